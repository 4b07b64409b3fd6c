"""The methods for templates and single events work with the sandbox."""

from collections.abc import Iterator

import pytest

from hubspot_timeline import NotFoundError, event, template_token
from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxServer
from tests.helpers.clients import TimelineClient


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def test_templates_are_created_changed_and_deleted(server: SandboxServer) -> None:
    """With their tokens; what an update does not name stays."""
    with TimelineClient("any", base_url=server.url, app_id=7) as timeline:
        template = timeline.templates.create("Webinar", "contacts", tokens=[template_token("name")], header="{{name}}")
        timeline.templates.add_token(template.id, template_token("seats", "number", "Seats"))
        timeline.templates.update_token(template.id, "seats", label="Places")
        timeline.templates.update(template.id, name="Webinars")
        [listed] = timeline.templates.list()
        assert (listed.name, listed.header_template, listed.object_type) == ("Webinars", "{{name}}", "contacts")
        assert [(token.name, token.label) for token in listed.tokens] == [("name", "name"), ("seats", "Places")]
        timeline.templates.delete_token(template.id, "seats")
        timeline.templates.delete(template.id)
        with pytest.raises(NotFoundError, match=template.id):
            timeline.templates.get(template.id)


def test_single_events_are_created_read_and_rendered(server: SandboxServer) -> None:
    """With an id that contains any character."""
    with TimelineClient("any", base_url=server.url, app_id=7) as timeline:
        template = timeline.templates.create(
            "W", "contacts", tokens=[template_token("name")], header="**{{name}}**", detail="{{name}}!"
        )
        created = timeline.events.create(event(template.id, {"name": "Ada"}, id="a/b c?#%", email="ada@example.com"))
        assert timeline.events.get(template.id, "a/b c?#%").to_dict() == created.to_dict()
        assert timeline.events.render(template.id, created.id) == "<strong>Ada</strong>"
        assert "Ada!" in timeline.events.detail(template.id, created.id).details


def test_a_lost_response_is_retried(server: SandboxServer) -> None:
    """The event is created once."""
    server.control.set_faults(FaultPlan(script=[Fault.RESET_AFTER, Fault.HTTP_502]))
    with TimelineClient("any", base_url=server.url, sleep=lambda _: None) as timeline:
        timeline.events.create(event(1, id="once", email="ada@example.com"))
    server.control.assert_exactly_once(["once"])
