"""The account of each event: what a function returns for it, or what its field of a name holds."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from hubspot_timeline.errors import EventError, OptionError, type_of
from hubspot_timeline.execution.reader import Assign

AccountOf: TypeAlias = str | Callable[[Any], object]
"""The name of the field or attribute that holds the account of an event, or a function that returns it."""


def assignment(account: AccountOf, event_fields: Collection[str], *, has_make: bool) -> Assign:
    """Return the function that assigns an event to an account. Raises OptionError.

    The field of a mapping that only names the account is not a part of the event, unless `make` makes the event of it.
    """
    if callable(account):
        return lambda source: (_checked(account(source), "the result of the account function"), source)
    if not account or type(account) is not str:
        raise OptionError(f"account is {account!r}; give the name of a field, or a function that returns the account")
    is_extra = not has_make and account not in event_fields

    def assign(source: Any) -> tuple[str, object]:
        if not isinstance(source, Mapping):
            return _checked(getattr(source, account, None), account), source
        found = _checked(source.get(account), account)
        return found, {name: value for name, value in source.items() if name != account} if is_extra else source

    return assign


def _checked(account: object, field: str) -> str:
    """Return an account as text. Raises EventError."""
    if isinstance(account, str | int) and not isinstance(account, bool) and account != "":
        if (text := str(account)).isprintable():  # no half of a surrogate pair, which no journal could store
            return text
        raise EventError(f"has no account: {field} contains a character that cannot be printed")
    problem = "is missing" if account is None else f"is {type_of(account)}; give text or a whole number"
    raise EventError(f"has no account: {field} {problem}" if account != "" else f"has no account: {field} is empty")
