"""The experiments that come first: whether the server keeps what it is sent, and takes an ordinary batch."""

from typing import Any, TypeAlias

from hubspot_timeline_testing.calibration.api_session import ApiSession
from hubspot_timeline_testing.calibration.messages import Exchange
from hubspot_timeline_testing.calibration.sender import RefusedError

Facts: TypeAlias = dict[str, Any]
"""By name: a JSON value, or UndecidedError with the reason."""

FIRST: dict[str, Any] = {"calibration": "first"}
"""The extraData of the event that is sent first."""

_PATIENCE = 5
_EXAMPLES = "the server seems to respond with examples, and to keep nothing"


def refusal(exchange: Exchange) -> Facts:
    """Return what characterises an error response."""
    return {"status": exchange.status, "category": exchange.text("category"), "message": exchange.message}


def control(session: ApiSession) -> Facts:
    """Create an ordinary event, and see that it is kept. Raises RefusedError if not: nothing can be decided then."""
    return _control_of_v3(session) if session.is_v3 else _control_of_app_events(session)


def _control_of_v3(session: ApiSession) -> Facts:
    if session.read(session.new_id()).is_success:
        raise RefusedError(f"an event that was never sent can be read; {_EXAMPLES}")
    exchange = session.single(lambda: session.event(extraData=FIRST))
    event_id = exchange.sent[0]["id"]
    if not exchange.is_success:
        raise RefusedError(f"an ordinary event is refused: {exchange}")
    begin, first = session.sender.clock(), session.read(event_id)
    read = first if first.is_success else session.read(event_id, patience=_PATIENCE)
    if read.value("id") != event_id:
        raise RefusedError(f"an event that was created cannot be read; {_EXAMPLES}")
    session.read_back = 0.0 if read is first else round(session.sender.clock() - begin, 1)
    session.known.append(event_id)
    return {"single_response": _single_response(exchange), "read_back_seconds": session.read_back}


def _control_of_app_events(session: ApiSession) -> Facts:
    exchange = session.single(lambda: session.event(extraData=FIRST))
    is_email_enough = exchange.is_success
    if session.settings.object_id:
        session.identity = {"objectId": session.settings.object_id}
        exchange = exchange if is_email_enough else session.single(lambda: session.event(extraData=FIRST))
    if not exchange.is_success:
        advice = (
            "" if session.settings.object_id else "; give the id of the contact too, for an email may not be enough"
        )
        raise RefusedError(f"an ordinary event is refused: {exchange}{advice}")
    event = exchange.sent[0]
    if exchange.value("id", event["id"]) != event["id"]:
        raise RefusedError(f"the response has another id than the event; {_EXAMPLES}")
    repeated = session.single(lambda: event)
    if repeated.is_success:
        raise RefusedError("an id is accepted twice, and app events cannot be read, so that nothing shows what is kept")
    session.known.append(event["id"])
    session.taken_status = repeated.status
    facts: Facts = {"single_response": _single_response(exchange), "contacts_need_object_id": not is_email_enough}
    return facts | {"single_duplicate_response": refusal(repeated)}


def _single_response(exchange: Exchange) -> str:
    if exchange.status == 200 and not exchange.body:
        return "accepted"
    return "created" if exchange.status == 201 else f"http-{exchange.status}"


def ordinary_batch(session: ApiSession) -> Facts:
    """Find out whether a batch takes two events or only one, so that later refusals have no other reason."""
    exchange = session.batch(lambda: [session.event(), session.event()])
    session.room = 2 if exchange.is_success else 1
    if not exchange.is_success:
        exchange = session.batch(lambda: [session.event()])
    if not exchange.is_success or exchange.has_errors:
        raise RefusedError(f"an ordinary batch is refused: {exchange}")
    session.known += [event["id"] for event in exchange.sent]
    return {"batch_status": exchange.status}
