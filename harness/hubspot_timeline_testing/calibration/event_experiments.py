"""The experiments on batches with an id that exists, an id twice, or an invalid event."""

from typing import Any

from hubspot_timeline_testing.calibration.control_experiments import FIRST, Facts, refusal
from hubspot_timeline_testing.calibration.error_names import place_in_any, place_of
from hubspot_timeline_testing.calibration.lab import Lab
from hubspot_timeline_testing.calibration.messages import Answer
from hubspot_timeline_testing.calibration.sender import RefusedError, UndecidedError

NO_INVALID = "an event that identifies no record is accepted, so that no event is known to be invalid"
_SECOND = {"calibration": "second"}


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
    if extra not in (FIRST, _SECOND):
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
