"""The experiments that come first: whether the server keeps what it is sent, and takes an ordinary batch."""

from typing import Any, TypeAlias

from hubspot_timeline_testing.calibration.lab import Lab
from hubspot_timeline_testing.calibration.messages import Answer
from hubspot_timeline_testing.calibration.sender import RefusedError

Facts: TypeAlias = dict[str, Any]
"""By name: a JSON value, or UndecidedError with the reason."""

FIRST: dict[str, Any] = {"calibration": "first"}
"""The extraData of the event that is sent first."""

_PATIENCE = 5
_EXAMPLES = "the server seems to answer with examples, and to keep nothing"


def refusal(answer: Answer) -> Facts:
    """Return what characterises an error response."""
    return {"status": answer.status, "category": answer.value("category"), "message": answer.message}


def control(lab: Lab) -> Facts:
    """Create an ordinary event, and see that it is kept. Raises RefusedError if not: nothing can be decided then."""
    return _control_of_v3(lab) if lab.is_v3 else _control_of_app_events(lab)


def _control_of_v3(lab: Lab) -> Facts:
    if lab.read(lab.new_id()).is_success:
        raise RefusedError(f"an event that was never sent can be read; {_EXAMPLES}")
    answer = lab.single(lambda: lab.event(extraData=FIRST))
    event_id = answer.sent[0]["id"]
    if not answer.is_success:
        raise RefusedError(f"an ordinary event is refused: {answer}")
    begin, first = lab.sender.clock(), lab.read(event_id)
    read = first if first.is_success else lab.read(event_id, patience=_PATIENCE)
    if read.value("id") != event_id:
        raise RefusedError(f"an event that was created cannot be read; {_EXAMPLES}")
    lab.read_back = 0.0 if read is first else round(lab.sender.clock() - begin, 1)
    lab.known.append(event_id)
    return {"single_response": _single_response(answer), "read_back_seconds": lab.read_back}


def _control_of_app_events(lab: Lab) -> Facts:
    answer = lab.single(lambda: lab.event(extraData=FIRST))
    is_email_enough = answer.is_success
    if lab.settings.object_id:
        lab.identity = {"objectId": lab.settings.object_id}
        answer = answer if is_email_enough else lab.single(lambda: lab.event(extraData=FIRST))
    if not answer.is_success:
        advice = "" if lab.settings.object_id else "; give the id of the contact too, for an email may not be enough"
        raise RefusedError(f"an ordinary event is refused: {answer}{advice}")
    event = answer.sent[0]
    if answer.value("id", event["id"]) != event["id"]:
        raise RefusedError(f"the response has another id than the event; {_EXAMPLES}")
    repeated = lab.single(lambda: event)
    if repeated.is_success:
        raise RefusedError("an id is accepted twice, and app events cannot be read, so that nothing shows what is kept")
    lab.known.append(event["id"])
    lab.taken_status = repeated.status
    facts: Facts = {"single_response": _single_response(answer), "contacts_need_object_id": not is_email_enough}
    return facts | {"single_duplicate_response": refusal(repeated)}


def _single_response(answer: Answer) -> str:
    if answer.status == 200 and not answer.body:
        return "accepted"
    return "created" if answer.status == 201 else f"http-{answer.status}"


def ordinary_batch(lab: Lab) -> Facts:
    """Find out whether a batch takes two events or only one, so that later refusals have no other reason."""
    answer = lab.batch(lambda: [lab.event(), lab.event()])
    lab.room = 2 if answer.is_success else 1
    if not answer.is_success:
        answer = lab.batch(lambda: [lab.event()])
    if not answer.is_success or answer.has_errors:
        raise RefusedError(f"an ordinary batch is refused: {answer}")
    lab.known += [event["id"] for event in answer.sent]
    return {"batch_status": answer.status}
