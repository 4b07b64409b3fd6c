"""hubspot-sdk, the vendor's next client, works with the sandbox when only its base URL is changed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hubspot_sdk import AsyncHubSpot, BadRequestError, ConflictError, HubSpot, PermissionDeniedError
from hubspot_sdk import AuthenticationError as UnauthenticatedError

from hubspot_timeline_testing.sandbox import Account, AppEventSettings, SandboxServer, SandboxSettings
from tests.helpers.app_events import event_type

SENDER = Account(name="sender", access_token="token")
READER = Account(name="reader", access_token="reader-token", scopes=("developers-read",))
SETTINGS = SandboxSettings(
    accounts=[SENDER, READER], app_events=AppEventSettings(event_types=[event_type()], project="demo")
)


@contextmanager
def connected(token: str = "token") -> Iterator[tuple[Any, SandboxServer]]:
    """Give the timeline part of a client, and its sandbox."""
    with (
        SandboxServer(settings=SETTINGS) as server,
        HubSpot(access_token=token, base_url=server.url, max_retries=0) as client,
    ):
        yield client.crm.timeline, server


def app_event(event_id: str, **fields: Any) -> dict[str, Any]:
    """Return an app event in the client's names."""
    return {"event_type_name": "webinar", "id": event_id, "email": "ada@example.com", "properties": {}} | fields


def test_single_events_are_created() -> None:
    """With every field; the client discards the response."""
    frame = {"link_label": "Open", "header_label": "It", "url": "https://e.example", "width": 8, "height": 6}
    extra: dict[str, Any] = {"votes": [1, None]}
    with connected() as (timeline, server):
        timeline.create_event(**app_event("a", properties={"seats": "2"}, extra_data=extra, timeline_i_frame=frame))
        stored = server.control.app_event("webinar", "a")
    assert stored
    assert (stored["properties"], stored["extraData"], stored["timelineIFrame"]["width"]) == ({"seats": "2"}, extra, 8)


def test_batches_are_created_as_a_whole() -> None:
    """The result has every event; an id in use or an unknown property refuses the whole batch."""
    with connected() as (timeline, server):
        created = timeline.batch.create(inputs=[app_event("a"), app_event("b", properties={"seats": "2"})])
        assert (created.status, [result.id for result in created.results]) == ("COMPLETE", ["a", "b"])
        assert created.results[1].properties == {"seats": "2"}
        with pytest.raises(ConflictError):
            timeline.batch.create(inputs=[app_event("c"), app_event("b")])
        with pytest.raises(BadRequestError, match="Event d failed with validation error"):
            timeline.batch.create(inputs=[app_event("c"), app_event("d", properties={"nobody": "x"})])
        assert [event["id"] for event in server.control.events()] == ["a", "b"]


def test_an_event_type_is_looked_up() -> None:
    """By project and uid."""
    with connected() as (timeline, _):
        found = timeline.create_project_type(project_name="demo", developer_symbol="webinar")
        assert found.fully_qualified_name == "ae1_webinar"


@pytest.mark.parametrize(("token", "error"), [("other", UnauthenticatedError), ("reader-token", PermissionDeniedError)])
def test_a_request_without_access_is_an_exception(token: str, error: type[Exception]) -> None:
    """For an unknown token, and for one without scopes to send app events."""
    with connected(token) as (timeline, server):
        with pytest.raises(error):
            timeline.batch.create(inputs=[app_event("a")])
        assert server.store.count() == 0


def test_the_asynchronous_client_sends_batches() -> None:
    """As the other one does."""

    async def send(url: str) -> Any:
        async with AsyncHubSpot(access_token="token", base_url=url, max_retries=0) as client:
            timeline: Any = client.crm.timeline
            return await timeline.batch.create(inputs=[app_event("a")])

    with SandboxServer(settings=SETTINGS) as server:
        assert [result.id for result in asyncio.run(send(server.url)).results] == ["a"]
