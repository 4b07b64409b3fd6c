"""The experiments with single events that have one unusual value each, and with unusual bodies."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from hubspot_timeline_testing.calibration.api_session import VALUE_NAME, ApiSession, Event
from hubspot_timeline_testing.calibration.control_experiments import Facts, refusal
from hubspot_timeline_testing.calibration.messages import UNKNOWN_OBJECT, UNKNOWN_VALUE, Request
from hubspot_timeline_testing.calibration.sender import UndecidedError

Run: TypeAlias = Callable[[ApiSession], Facts]
"""Makes an experiment."""

_EPOCH = 1_780_000_000_000


def _single(name: str, build: Callable[[ApiSession], Event]) -> Run:
    """Return an experiment that sends an event alone: accepted or refused, and how."""

    def run(session: ApiSession) -> Facts:
        exchange = session.single(lambda: build(session))
        if exchange.is_success:
            return {name: "accepted"}
        return {name: "refused", f"{name}_response": refusal(exchange)}

    return run


def _value(value: Any) -> Callable[[ApiSession], Event]:
    return lambda session: session.event(**{session.values_field: {VALUE_NAME: value}})


unknown_value: Run = _single(
    "unknown_value", lambda session: session.event(**{session.values_field: {UNKNOWN_VALUE: "1"}})
)
missing_id: Run = _single("missing_id", lambda session: session.event(id=None))
epoch_timestamps: Run = _single("epoch_timestamps", lambda session: session.event(timestamp=_EPOCH))
unknown_object: Run = _single("unknown_object", lambda session: session.event(email=None, objectId=UNKNOWN_OBJECT))
unknown_email: Run = _single(
    "unknown_email", lambda session: session.event(objectId=None, email=f"calibration-{session.run}@example.com")
)


def unknown_type(session: ApiSession) -> Facts:
    """Send an event of a template or an event type that does not exist."""
    name = "9" * 12 if session.is_v3 else f"calibration-{session.run}"
    return _single("unknown_type", lambda session: session.event(**{session.type_field: name}))(session)


def no_identity(session: ApiSession) -> Facts:
    """Send an event that identifies no record, which other experiments use as the invalid one."""
    facts = _single("no_identity", ApiSession.anonymous)(session)
    session.has_invalid = facts["no_identity"] == "refused"
    return facts


def numbers_and_booleans(session: ApiSession) -> Facts:
    """Send a number and a boolean where the document has strings, after a string as a control."""
    control = session.single(lambda: _value("1")(session))
    if not control.is_success:
        raise UndecidedError(f'a string as the value of "{VALUE_NAME}" is refused: {control}')
    return _single("numbers", _value(1))(session) | _single("booleans", _value(True))(session)


def uuid_placeholder(session: ApiSession) -> Facts:
    """Find out from the response whether {{uuid}} in an id is replaced."""
    exchange = session.single(lambda: session.event(id=f"{session.new_id()}-{{{{uuid}}}}"))
    if not exchange.is_success:
        return {"uuid_placeholder": "refused"}
    event_id = exchange.value("id")
    if not isinstance(event_id, str):
        raise UndecidedError("the response has no id")
    return {"uuid_placeholder": "literal" if event_id == exchange.sent[0]["id"] else "replaced"}


def empty_inputs(session: ApiSession) -> Facts:
    """Send a batch without events."""
    exchange = session.batch(list)
    return {"empty_inputs": exchange.status}


def order_of_checks(session: ApiSession) -> Facts:
    """Find out which errors come before the 401, and whether Bearer may be in lower case."""
    path, invalid = session.path(is_batch=True), {"inputs": "calibration"}

    def statuses(*requests: Request) -> Sequence[int]:
        return [session.sender.send(lambda request=request: request).status for request in requests]  # type: ignore[misc] # bound now

    anonymous: dict[str, Any] = {"authorization": "", "is_about_access": True}
    order = statuses(
        Request("DELETE", path, **anonymous),
        Request("POST", path, invalid, accept="text/csv", **anonymous),
        Request("POST", path, invalid, **anonymous),
    )
    lower = f"bearer {session.sender.token}"
    [exact, lowercase] = statuses(
        Request("POST", path, invalid, is_about_access=True),
        Request("POST", path, invalid, authorization=lower, is_about_access=True),
    )
    names = ("wrong_method", "wrong_accept", "wrong_body")
    is_exact = lowercase == 401 if exact != 401 else UndecidedError("Bearer is refused as well")
    return {"without_credentials": dict(zip(names, order, strict=True)), "bearer_is_case_sensitive": is_exact}


def v3_ids(session: ApiSession, v3_session: ApiSession) -> Facts:
    """Send an id that exists in version 3; each attempt uses another one, since it may create it here."""
    if not v3_session.known:
        raise UndecidedError("needs events of version 3, of which none was created")
    known = v3_session.known

    def build() -> Event:
        if len(known) < 2:  # the first is that of other experiments
            raise UndecidedError("responses were lost, and no further id of version 3 is at hand")
        return session.event(id=known.pop())

    return {"v3_ids_are_taken": session.says_taken(session.single(build))}
