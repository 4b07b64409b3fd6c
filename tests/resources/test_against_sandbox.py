"""The words for templates and single events of both clients do against the sandbox what they say."""

import asyncio
from collections.abc import Iterator

import pytest

from hubspot_timeline import NotFoundError, event, template_token
from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxServer
from tests.helpers.clients import AsyncTimelineClient, TimelineClient


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def test_templates_are_made_changed_and_gone(server: SandboxServer) -> None:
    """With their tokens; what is not named stays."""
    with TimelineClient("any", base_url=server.url, app_id=7) as timeline:
        made = timeline.templates.create("Webinar", "contacts", tokens=[template_token("name")], header="{{name}}")
        timeline.templates.add_token(made.id, template_token("seats", "number", "Seats"))
        timeline.templates.update_token(made.id, "seats", label="Places")
        timeline.templates.update(made.id, name="Webinars")
        [found] = timeline.templates.list()
        assert (found.name, found.header_template, found.object_type) == ("Webinars", "{{name}}", "contacts")
        assert [(one.name, one.label) for one in found.tokens] == [("name", "name"), ("seats", "Places")]
        timeline.templates.delete_token(made.id, "seats")
        timeline.templates.delete(made.id)
        with pytest.raises(NotFoundError, match=made.id):
            timeline.templates.get(made.id)


def test_single_events_are_created_read_and_rendered(server: SandboxServer) -> None:
    """Under an id with any character in it."""
    with TimelineClient("any", base_url=server.url, app_id=7) as timeline:
        made = timeline.templates.create(
            "W", "contacts", tokens=[template_token("name")], header="**{{name}}**", detail="{{name}}!"
        )
        created = timeline.events.create(event(made.id, {"name": "Ada"}, id="a/b c?#%", email="ada@example.com"))
        assert timeline.events.get(made.id, "a/b c?#%").to_dict() == created.to_dict()
        assert timeline.events.render(made.id, created.id) == "<strong>Ada</strong>"
        assert "Ada!" in timeline.events.detail(made.id, created.id).details


def test_trouble_that_passes_is_waited_for(server: SandboxServer) -> None:
    """A lost answer to a single event is asked again: it is created once."""
    server.control.set_faults(FaultPlan(script=[Fault.RESET_AFTER, Fault.HTTP_502]))
    with TimelineClient("any", base_url=server.url, sleep=lambda _: None) as timeline:
        timeline.events.create(event(1, id="once", email="ada@example.com"))
    server.control.assert_exactly_once(["once"])


def test_events_that_do_not_fit_never_leave(server: SandboxServer) -> None:
    """Checked by the templates of the service, in threads and in coroutines."""

    async def run() -> tuple[int, int]:
        async with AsyncTimelineClient("any", base_url=server.url, app_id=7) as timeline:
            made = await timeline.templates.create("W", "contacts", tokens=[template_token("seats", "number")])
            events = [event(made.id, {"seats": seats}, email="ada@example.com") for seats in (1, "two", 3)]
            report = await timeline.send(events, validate="templates")
            return report.created, report.rejected

    assert asyncio.run(run()) == (2, 1)
    assert server.store.count() == 2
