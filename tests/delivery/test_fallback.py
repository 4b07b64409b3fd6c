"""What becomes of a batch when v3 refuses every access token and the fallback API takes its place."""

import json

import pytest
from msgspec.structs import replace

from hubspot_timeline import (
    ApiError,
    AuthenticationError,
    ConnectionLostError,
    Created,
    Rejected,
    RetryPolicy,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.apis import Apis, open_apis
from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.steps import Reply
from hubspot_timeline.errors import api_error
from tests.helpers.model_service import DeliveryRun, ModelService, drive
from tests.helpers.payloads import VALID, payload_of

POLICY = RetryPolicy(attempts=3, wait_total=10_000)
EXPIRED = AuthenticationError(401, {"category": "EXPIRED_AUTHENTICATION"})
EXPIRED.is_refreshable = True
REFUSED, LOST, INVALID = api_error(401), ConnectionLostError("lost"), api_error(400, {"message": "no"})


def v3_items(*ids: str, opened_by: str | None = None, template: str = "1") -> Batch:
    bodies = [json.dumps(payload_of(VALID | {"id": name, "eventTemplateId": template})).encode() for name in ids]
    return tuple(Item(n, None, name, bodies[n], opened_by) for n, name in enumerate(ids))


def apis() -> Apis:
    return open_apis("v3", "2026-09", {"1": "webinar"})


class BothApis:
    """v3 gives some replies, then refuses the access token for good; app events are created."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.app_events = ModelService()
        self.v3_ids: list[list[str]] = []

    def reply(self, items: Batch) -> Reply:
        """Reply to one request, whose events show which API it is for."""
        if "eventTypeName" in json.loads(items[0].body):
            return self.app_events.reply(items)
        self.v3_ids.append([item.id for item in items])
        return self.replies.pop(0) if self.replies else REFUSED

    def drive(self, batch: Batch, apis: Apis) -> DeliveryRun:
        """Deliver a batch."""
        return drive(batch, self.reply, POLICY, apis=apis)


def test_a_batch_that_v3_refuses_goes_out_through_the_fallback() -> None:
    """With the event type of its template, the same id, and the properties and record that it had."""
    service, both = BothApis(), apis()

    run = service.drive(v3_items("a", "b"), both)

    assert run.outcome_types == {"a": Created, "b": Created}
    assert service.v3_ids == [["a", "b"]]
    expected = payload_of(VALID | {"id": "a"})
    sent = service.app_events.created["a"]
    assert sent.pop("eventTypeName") == "webinar"
    assert sent.pop("properties") == expected.pop("tokens")
    del expected["eventTemplateId"]
    assert sent == expected
    assert [item.id for item in run.switched] == ["a", "b"]
    assert run.result.fallback_api == both.current.version == "2026-09"
    assert run.abort_error is None


def test_later_batches_are_not_sent_to_v3() -> None:
    """And are recorded first, as every batch that goes through another API."""
    service, both = BothApis(), apis()
    service.drive(v3_items("a"), both)

    run = service.drive(v3_items("b"), both)

    assert (service.v3_ids, sorted(service.app_events.created)) == ([["a"]], ["a", "b"])
    assert [item.id for item in run.switched] == ["b"]


def test_a_new_access_token_is_tried_before_the_fallback() -> None:
    """A token that has expired says nothing about the API."""
    service = BothApis(EXPIRED, EXPIRED)

    run = service.drive(v3_items("a"), apis())

    assert run.outcome_types == {"a": Created}
    assert len(service.v3_ids) == 2


@pytest.mark.parametrize(("error", "requests"), [(REFUSED, 2), (EXPIRED, 3)])
def test_a_token_that_both_refuse_stops_the_run(error: AuthenticationError, requests: int) -> None:
    """The fallback has no fallback, and gets the token that v3 has refused, not another new one."""
    run = drive(v3_items("a"), lambda _: error, POLICY, apis=apis())

    assert run.outcome_types == {"a": Unsent}
    assert run.abort_error is error
    assert run.result.requests == requests


@pytest.mark.parametrize("replies", [[LOST], [LOST, INVALID]])
def test_an_event_that_v3_may_have_created_is_not_sent_through_the_fallback(replies: list[Reply]) -> None:
    """Whether an id of v3 counts as taken there is unknown, so that it could be created twice."""
    service = BothApis(*replies)

    run = service.drive(v3_items("a", "b"), apis())

    assert run.outcome_types == {"a": Unconfirmed, "b": Unconfirmed}
    assert service.app_events.created == {}
    [error] = {outcome.error for outcome in run.result.outcomes if isinstance(outcome, Unconfirmed)}
    assert "could create it twice" in str(error)


def test_only_the_part_of_a_batch_that_may_exist_is_kept_from_the_fallback() -> None:
    """One half was refused and one was lost before v3 refused the access token."""
    service = BothApis(INVALID, LOST)

    run = service.drive(v3_items("a", "b"), apis())

    assert run.outcome_types == {"a": Unconfirmed, "b": Created}


@pytest.mark.parametrize(
    ("opened_by", "is_switched", "kind", "v3_requests"),
    [
        ("v3", False, Unconfirmed, 1),
        ("v3", True, Unconfirmed, 0),
        ("2026-09", False, Created, 0),
        ("2026-03", False, Unconfirmed, 0),  # the options have changed
    ],
)
def test_an_event_of_an_earlier_run_stays_with_the_api_that_it_was_sent_through(
    opened_by: str, is_switched: bool, kind: type, v3_requests: int
) -> None:
    """The journal says which API may have created it."""
    service, both = BothApis(), apis()
    if is_switched:
        both.switch()

    run = service.drive(v3_items("a", opened_by=opened_by), both)

    assert run.outcome_types == {"a": kind}
    [outcome] = run.result.outcomes
    assert not isinstance(outcome, Unconfirmed) or "could create it twice" in str(outcome.error)
    assert len(service.v3_ids) == v3_requests


def test_an_event_whose_template_has_no_event_type_is_rejected_by_name() -> None:
    """The others of its batch are sent."""
    service = BothApis()
    batch = (*v3_items("a"), replace(v3_items("b", template="7")[0], position=1))

    run = service.drive(batch, apis())

    assert run.outcome_types == {"a": Created, "b": Rejected}
    [rejected] = [outcome for outcome in run.result.outcomes if isinstance(outcome, Rejected)]
    assert rejected.attempts == 1
    assert str(rejected.error) == "eventTemplateId: template 7 has no event type in event_types (--event-types); add it"


def test_an_event_that_may_exist_is_not_rejected_for_the_map() -> None:
    """Another map was used when it was sent."""
    run = BothApis().drive(v3_items("a", template="7", opened_by="2026-09"), apis())

    assert run.outcome_types == {"a": Unconfirmed}


@pytest.mark.parametrize("error", [api_error(403), api_error(429, {"policyName": "DAILY"})])
def test_another_reason_to_stop_is_not_a_reason_to_switch(error: ApiError) -> None:
    """Only a refused access token says that v3 has ended."""
    service, both = BothApis(error), apis()

    run = service.drive(v3_items("a"), both)

    assert (run.outcome_types, run.abort_error, run.switched) == ({"a": Unsent}, error, ())
    assert run.result.fallback_api is None
