"""The options of a pool: those that could send nothing are refused, and no message shows a token."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from hubspot_timeline import AccountPool
from hubspot_timeline.errors import OptionError
from hubspot_timeline.rate_limit.sqlite import SQLiteRateLimiter


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ({62515: "s3cret"}, "tokens has the account 62515, an int; write it as text"),
        ({"1": "s3cret", None: "s3cret"}, "tokens has the account None, a NoneType; write it as text"),
        ("s3cret", "tokens is a str; give a mapping of accounts to tokens, or a function"),
        (None, "tokens is a NoneType; give a mapping of accounts to tokens, or a function"),
    ],
)
def test_tokens_that_no_event_could_be_sent_with_are_refused(tokens: Any, message: str) -> None:
    """The account of an event is text, also where a row has a number, so that it would find no other key."""
    with pytest.raises(OptionError) as caught:
        AccountPool(tokens)
    assert str(caught.value) == message


def test_a_function_that_returns_no_account_is_named_in_the_error() -> None:
    """It is there, so that it is not what is missing."""
    with AccountPool({}, base_url="http://127.0.0.1:9") as pool:
        report = pool.send([{"eventTemplateId": "1"}], account=lambda _: None)
    assert str(report.failures[0].error) == "has no account: the result of the account function is missing"


def test_a_pool_that_cannot_be_opened_closes_its_rate_limit(tmp_path: Path) -> None:
    """A file has one limit, and a pool one for each account."""
    with (
        patch.object(SQLiteRateLimiter, "close", autospec=True, side_effect=SQLiteRateLimiter.close) as close,
        pytest.raises(OptionError, match="rate_limit_store has one limit only"),
    ):
        AccountPool({"1": "s3cret"}, rate_limit_store=f"sqlite:{tmp_path / 'rate.db'}")
    close.assert_called_once()
