"""The account behind the access token: nothing is created in one that is not meant for tests, or another one."""

from hubspot_timeline_testing.calibration.messages import Request
from hubspot_timeline_testing.calibration.sender import Sender, UndecidedError
from hubspot_timeline_testing.calibration.settings import CalibrationSettings
from hubspot_timeline_testing.contract.redaction import printable

PATH = "/account-info/v3/details"
TEST_ACCOUNTS = ("DEVELOPER_TEST", "SANDBOX")
"""The account types, as the vendor documents them, in which events do no harm."""


class AccountError(Exception):
    """The account must not be used, or cannot be identified; no event was sent."""


def check_account(sender: Sender, settings: CalibrationSettings, *, is_production: bool) -> None:
    """Raise AccountError unless the account is the one that the user named, and one for tests.

    A server that is not the vendor's need not identify it; what it states applies all the same.
    """
    try:
        exchange = sender.send(lambda: Request("GET", PATH, is_about_access=True))
    except UndecidedError as error:
        if is_production:
            raise AccountError(f"the account cannot be looked up: {error}") from error
        return
    account, kind = exchange.value("portalId"), exchange.value("accountType")
    if account is None and kind is None:
        if is_production:
            raise AccountError(f"the account cannot be looked up: {exchange}")
        return
    if (settings.account or is_production) and str(account) != settings.account:
        raise AccountError("the access token is for another account than the one that was named")
    if kind not in TEST_ACCOUNTS and not settings.allow_any_account:
        shown = printable(str(exchange.text("accountType")), 50)
        raise AccountError(f"the account has the type {shown}; use one of {', '.join(TEST_ACCOUNTS)}")
