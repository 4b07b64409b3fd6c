"""The experiments on batches with an id that exists, an id twice, or an invalid event."""

from typing import Any

from hubspot_timeline_testing.calibration.api_session import ApiSession
from hubspot_timeline_testing.calibration.control_experiments import FIRST, Facts, refusal
from hubspot_timeline_testing.calibration.error_names import place_in_any
from hubspot_timeline_testing.calibration.messages import Exchange
from hubspot_timeline_testing.calibration.sender import RefusedError, UndecidedError

NO_INVALID = "an event that identifies no record is accepted, so that no event is known to be invalid"
_SECOND = {"calibration": "second"}


def duplicates(session: ApiSession) -> Facts:
    """Send a batch with an id that exists and, where there is room, one that does not."""
    old = session.known[0]
    exchange = session.batch(
        lambda: [session.event(id=old, extraData=_SECOND), *([session.event()] if session.room > 1 else [])]
    )
    session.duplicate_shape = exchange.shape
    if exchange.is_success:
        return {"duplicates": _accepted_duplicate(session, old, exchange)}
    value = {409: "conflict", 400: "in-use"}.get(exchange.status, f"http-{exchange.status}")
    facts: Facts = {"duplicates": value, "duplicate_response": refusal(exchange)}
    facts["duplicate_named_in"] = _place_in_body(exchange, 0)
    if session.room > 1:
        facts["others_of_duplicate_created"] = _exists(session, exchange.sent[1]["id"])
        facts["duplicates"] = "partial" if facts["others_of_duplicate_created"] is True else value
    return facts


def _accepted_duplicate(session: ApiSession, old: str, exchange: Exchange) -> Any:
    if exchange.has_errors:
        return "partial"
    if not session.is_v3:
        return "accepted"
    extra = session.read(old, patience=2, outdated=FIRST).value("extraData")
    if extra not in (FIRST, _SECOND):
        return UndecidedError(
            "an id that exists is accepted, and its event has no extraData that shows which one is kept"
        )
    return "last-wins" if extra == _SECOND else "first-wins"


def repeated_ids(session: ApiSession) -> Facts:
    """Send an id twice in one batch."""
    if session.room < 2:
        raise UndecidedError("a batch of two events is refused")

    def twice() -> list[dict[str, Any]]:
        event = session.event()
        return [event, event]

    exchange = session.batch(twice)
    if exchange.is_success:
        return {"repeated_ids": "partial" if exchange.has_errors else "accepted"}
    value = {409: "conflict", 400: "invalid"}.get(exchange.status, f"http-{exchange.status}")
    return {"repeated_ids": value, "repeated_response": refusal(exchange)}


def invalid_events(session: ApiSession) -> Facts:
    """Send a batch with an invalid event and, where there is room, a valid one."""
    if not session.has_invalid:
        raise UndecidedError(NO_INVALID)
    exchange = session.batch(lambda: [*([session.event()] if session.room > 1 else []), session.anonymous()])
    facts = _partial(session, exchange) if exchange.is_success else _refused_batch(exchange)
    if session.room > 1:
        facts["others_created"] = _exists(session, exchange.sent[0]["id"])
        if facts["others_created"] is (facts["invalid_events"] != "partial"):
            facts["invalid_events"] = UndecidedError("the response contradicts what was created")
    return facts


def _refused_batch(exchange: Exchange) -> Facts:
    return {
        "invalid_events": "refuse-batch" if exchange.status == 400 else f"http-{exchange.status}",
        "invalid_response": refusal(exchange),
        "invalid_names": _is_last_named(exchange),
        "error_names": UndecidedError("an invalid event refuses its whole batch, so that no batch has errors"),
    }


def _partial(session: ApiSession, exchange: Exchange) -> Facts:
    if not exchange.has_errors:
        raise UndecidedError("a batch with an invalid event succeeds without errors")
    *others, invalid = [event["id"] for event in exchange.sent]
    names = place_in_any(invalid, exchange.objects("errors"), others)
    facts: Facts = {"invalid_events": "partial", "partial_status": exchange.status, "error_names": names}
    return facts | {"invalid_names": _is_last_named(session.single(session.anonymous))}


def _exists(session: ApiSession, event_id: str) -> bool | UndecidedError:
    try:
        return session.exists(event_id)
    except RefusedError:
        raise
    except UndecidedError as error:
        return error


def _is_last_named(exchange: Exchange) -> bool | str:
    place = _place_in_body(exchange, -1)
    return place if place in ("all", "others") else place != "nothing"


def _place_in_body(exchange: Exchange, position: int) -> str:
    """Return where a refusal names one of its events."""
    ids = [event["id"] for event in exchange.sent]
    event_id = ids.pop(position)
    return place_in_any(event_id, [exchange.body] if isinstance(exchange.body, dict) else [], ids)
