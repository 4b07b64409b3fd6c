"""Accounts that have installed the app."""

from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import deep_iterable, in_, min_len

EVENTS = "timeline"
READ_TEMPLATES = "developers-read"
WRITE_TEMPLATES = "developers-write"
WRITE_EVENTS = "timeline.write"  # since 2026-09
RECORDS = ("crm.objects.contacts.write", "crm.objects.companies.write", "crm.objects.deals.write", "tickets")
"""The scopes to write records; each of them is enough for app events."""

SCOPES = (EVENTS, READ_TEMPLATES, WRITE_TEMPLATES, WRITE_EVENTS, *RECORDS)
"""All scopes that operations require. Which operations require those of templates is an assumption."""


def _scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    return tuple(scopes)


@frozen(kw_only=True)
class Account:
    """One account that has installed the app. A sandbox with accounts accepts the secrets of these only.

    `refresh_token`, with `client_id` and `client_secret`, gets access tokens from the token endpoint; `access_token`
    never expires; `developer_key` manages templates. An empty secret is never accepted. `app`: the app whose templates
    its events use; None for any. `scopes`: what its tokens may do. Raises ValueError for an invalid value.
    """

    name: str = field(validator=min_len(1))
    app: int | None = None
    scopes: tuple[str, ...] = field(default=SCOPES, converter=_scopes, validator=deep_iterable(in_(SCOPES)))
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    developer_key: str = field(default="", repr=False)
