"""The experiments on ids and on batches: whether events are kept, duplicates, invalid events."""

from typing import Any, TypeAlias

from hubspot_timeline_testing.calibration.lab import Lab
from hubspot_timeline_testing.calibration.messages import Answer, place_in_any, place_of
from hubspot_timeline_testing.calibration.sender import RefusedError, UndecidedError

Facts: TypeAlias = dict[str, Any]
"""By name: a JSON value, or UndecidedError with the reason."""

_FIRST, _SECOND = {"calibration": "first"}, {"calibration": "second"}
_PATIENCE = 5
NO_INVALID = "an event that identifies no record is accepted, so that no event is known to be invalid"
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
    answer = lab.single(lambda: lab.event(extraData=_FIRST))
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
    answer = lab.single(lambda: lab.event(extraData=_FIRST))
    is_email_enough = answer.is_success
    if lab.settings.object_id:
        lab.identity = {"objectId": lab.settings.object_id}
        answer = answer if is_email_enough else lab.single(lambda: lab.event(extraData=_FIRST))
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


def duplicates(lab: Lab) -> Facts:
    """Send a batch with an id that exists and, where there is room, one that does not."""
    old = lab.known[0]
    answer = lab.batch(lambda: [lab.event(id=old, extraData=_SECOND), *([lab.event()] if lab.room > 1 else [])])
    lab.duplicate_shape = answer.shape
    if answer.is_success:
        return {"duplicates": _accepted_duplicate(lab, old, answer)}
    value = {409: "conflict", 400: "in-use"}.get(answer.status, f"http-{answer.status}")
    facts: Facts = {"duplicates": value, "duplicate_response": refusal(answer)}
    facts["duplicate_named_in"] = place_of(old, answer.body) if isinstance(answer.body, dict) else "nothing"
    if lab.room > 1:
        facts["others_of_duplicate_created"] = _exists(lab, answer.sent[1]["id"])
        facts["duplicates"] = "partial" if facts["others_of_duplicate_created"] is True else value
    return facts


def _accepted_duplicate(lab: Lab, old: str, answer: Answer) -> Any:
    if answer.has_errors:
        return "partial"
    if not lab.is_v3:
        return "accepted"
    extra = lab.read(old).value("extraData")
    if extra not in (_FIRST, _SECOND):
        return UndecidedError(
            "an id that exists is accepted, and its event has no extraData that shows which one is kept"
        )
    return "last-wins" if extra == _SECOND else "first-wins"


def repeated_ids(lab: Lab) -> Facts:
    """Send an id twice in one batch."""
    if lab.room < 2:
        raise UndecidedError("a batch of two events is refused")

    def twice() -> list[dict[str, Any]]:
        event = lab.event()
        return [event, event]

    answer = lab.batch(twice)
    if answer.is_success:
        return {"repeated_ids": "partial" if answer.has_errors else "accepted"}
    value = {409: "conflict", 400: "invalid"}.get(answer.status, f"http-{answer.status}")
    return {"repeated_ids": value, "repeated_response": refusal(answer)}


def invalid_events(lab: Lab) -> Facts:
    """Send a batch with an invalid event and, where there is room, a valid one."""
    if not lab.has_invalid:
        raise UndecidedError(NO_INVALID)
    answer = lab.batch(lambda: [*([lab.event()] if lab.room > 1 else []), lab.anonymous()])
    facts = _partial(lab, answer) if answer.is_success else _refused_batch(answer)
    if lab.room > 1:
        facts["others_created"] = _exists(lab, answer.sent[0]["id"])
        if facts["others_created"] is (facts["invalid_events"] != "partial"):
            facts["invalid_events"] = UndecidedError("the response contradicts what was created")
    return facts


def _refused_batch(answer: Answer) -> Facts:
    return {
        "invalid_events": "refuse-batch" if answer.status == 400 else f"http-{answer.status}",
        "invalid_response": refusal(answer),
        "invalid_names": _is_last_named(answer),
        "error_names": UndecidedError("an invalid event refuses its whole batch, so that no batch has errors"),
    }


def _partial(lab: Lab, answer: Answer) -> Facts:
    if not answer.has_errors:
        raise UndecidedError("a batch with an invalid event succeeds without errors")
    names = place_in_any(answer.sent[-1]["id"], answer.objects("errors"))
    facts: Facts = {"invalid_events": "partial", "partial_status": answer.status, "error_names": names}
    return facts | {"invalid_names": _is_last_named(lab.single(lab.anonymous))}


def _exists(lab: Lab, event_id: str) -> bool | UndecidedError:
    try:
        return lab.exists(event_id)
    except RefusedError:
        raise
    except UndecidedError as error:
        return error


def _is_last_named(answer: Answer) -> bool:
    return isinstance(answer.body, dict) and place_of(answer.sent[-1]["id"], answer.body) != "nothing"
