"""hubspot-api-client, generated from the vendor's spec, works with the sandbox when only its host is changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.timeline import (
    ApiException,
    BatchInputTimelineEvent,
    TimelineEvent,
    TimelineEventIFrame,
    TimelineEventTemplateCreateRequest,
    TimelineEventTemplateToken,
    TimelineEventTemplateTokenOption,
    TimelineEventTemplateTokenUpdateRequest,
    TimelineEventTemplateUpdateRequest,
)
from hubspot.crm.timeline.exceptions import ForbiddenException, NotFoundException, UnauthorizedException

from hubspot_timeline_testing.sandbox import Account, RequestLimit, SandboxServer, SandboxSettings

APP = 42
OWNER = Account(name="owner", app=APP, access_token="owner-token", developer_key="owner-key")
READER = Account(name="reader", app=APP, scopes=("developers-read",), access_token="reader-token")
ACCOUNTS = SandboxSettings(accounts=(OWNER, READER))


@contextmanager
def connected(token: str = "", key: str = "", settings: SandboxSettings = ACCOUNTS) -> Iterator[Any]:
    """Give the timeline part of a client with a token, a developer key, or both."""
    with SandboxServer(settings=settings) as server:
        secrets: dict[str, Any] = {"access_token": token, "api_key": key}
        yield HubSpot(host=server.url, **{name: secret for name, secret in secrets.items() if secret}).crm.timeline


def token_request(name: str = "seats", **fields: Any) -> Any:
    return TimelineEventTemplateToken(**({"name": name, "label": "Seats", "type": "number"} | fields))


def template_request(*tokens: Any) -> Any:
    return TimelineEventTemplateCreateRequest(
        name="Webinar",
        object_type="contacts",
        header_template="Registered",
        detail_template="With a guest",
        tokens=tokens,
    )


def new_event(template: Any, event_id: str = "e1", **fields: Any) -> Any:
    defaults = {"event_template_id": template.id, "id": event_id, "email": "ada@example.com", "tokens": {"seats": "2"}}
    return TimelineEvent(**(defaults | fields))


BOTH = (OWNER.access_token, OWNER.developer_key)
SECRETS = pytest.mark.parametrize(
    ("token", "key"), [("", OWNER.developer_key), (OWNER.access_token, "")], ids=["developer key", "access token"]
)


@SECRETS
def test_templates_are_managed(token: str, key: str) -> None:
    """They are created, listed, read, changed and deleted, with a developer key or an access token."""
    with connected(token, key) as timeline:
        api, auth = timeline.templates_api, bearer(timeline)
        created = api.create(APP, template_request(token_request()), **auth)
        assert [each.id for each in api.get_all(APP, **auth).results] == [created.id]
        assert api.get_by_id(created.id, APP, **auth).to_dict() == created.to_dict()
        update = TimelineEventTemplateUpdateRequest(id=created.id, name="Renamed", tokens=[])
        changed = api.update(created.id, APP, update, **auth)
        assert (changed.name, changed.tokens, changed.object_type) == ("Renamed", [], "contacts")
        api.archive(created.id, APP, **auth)
        with pytest.raises(NotFoundException):
            api.get_by_id(created.id, APP, **auth)


@SECRETS
def test_tokens_are_managed(token: str, key: str) -> None:
    """They are created, changed and deleted; enumerations have options."""
    with connected(token, key) as timeline:
        api, auth = timeline.tokens_api, bearer(timeline)
        template = timeline.templates_api.create(APP, template_request(), **auth)
        assert api.create(template.id, APP, token_request(), **auth).options == []
        plans = [TimelineEventTemplateTokenOption(value="pro", label="Professional")]
        created = api.create(template.id, APP, token_request("plan", type="enumeration", options=plans), **auth)
        assert [each.value for each in created.options] == ["pro"]
        renamed = TimelineEventTemplateTokenUpdateRequest(label="The plan")
        assert api.update(template.id, "plan", APP, renamed, **auth).label == "The plan"
        api.archive(template.id, "seats", APP, **auth)
        assert [each.name for each in timeline.templates_api.get_by_id(template.id, APP, **auth).tokens] == ["plan"]


def bearer(timeline: Any) -> dict[str, Any]:
    """Return the arguments with which the client sends an access token for templates too, if it has one."""
    oauth = timeline.templates_api.api_client.configuration.auth_settings().get("oauth2")
    return {"_request_auth": oauth} if oauth else {}


def test_single_events_are_created_and_read() -> None:
    """They are created, read, and rendered."""
    with connected(*BOTH) as timeline:
        template, api = timeline.templates_api.create(APP, template_request(token_request())), timeline.events_api
        frame = TimelineEventIFrame(link_label="Open", header_label="It", url="https://e.example", width=8, height=6)
        event = new_event(template, extra_data={"votes": [1, None]}, timeline_i_frame=frame)
        created = api.create(event)
        assert (created.object_type, created.tokens) == ("CONTACT", {"seats": "2"})
        assert (created.extra_data, created.timeline_i_frame.width) == (event.extra_data, 8)
        assert api.get_by_id(template.id, "e1").to_dict() == created.to_dict()
        assert "With a guest" in api.get_detail_by_id(template.id, "e1").details
        assert "Registered" in api.get_render_by_id(template.id, "e1")
        assert "With a guest" in api.get_render_by_id(template.id, "e1", detail=True)


def test_batches_are_created() -> None:
    """An invalid event makes the response a 207."""
    with connected(*BOTH) as timeline:
        template, api = timeline.templates_api.create(APP, template_request(token_request())), timeline.events_api
        assert batch_status(api, new_event(template), new_event(template, "e2")) == 201
        assert batch_status(api, new_event(template, "e3"), new_event(template, "e4", tokens={"nobody": "x"})) == 207
        assert [api.get_by_id(template.id, name).id for name in ("e1", "e2", "e3")] == ["e1", "e2", "e3"]


def batch_status(api: Any, *events: Any) -> int:
    """Send a batch; the client returns the status and the headers of the response, not the body."""
    _, status_code, _ = api.create_batch_with_http_info(BatchInputTimelineEvent(inputs=events))
    return int(status_code)


LIMITED = SandboxSettings(limit=RequestLimit(requests=1, seconds=3600))


@pytest.mark.parametrize(
    ("token", "settings", "expected", "status", "body"),
    [
        ("stranger", ACCOUNTS, UnauthorizedException, 401, '"category":"INVALID_AUTHENTICATION"'),
        (READER.access_token, ACCOUNTS, ForbiddenException, 403, '{"requiredGranularScopes":["timeline"]}'),
        (OWNER.access_token, ACCOUNTS, ApiException, 400, "Some required fields were not set: [id]"),
        ("any", LIMITED, ApiException, 429, '"policyName":"TEN_SECONDLY_ROLLING"'),
    ],
)
def test_an_error_is_an_exception(
    token: str, settings: SandboxSettings, expected: type[ApiException], status: int, body: str
) -> None:
    """With the service's body, which names the missing scope, the missing field or the limit."""
    with connected(token, settings=settings) as timeline, pytest.raises(expected) as caught:
        timeline.events_api.create_batch(BatchInputTimelineEvent(inputs=[]))
        timeline.events_api.create(TimelineEvent(event_template_id="1", tokens={}))
    assert (caught.value.status, body in str(caught.value.body)) == (status, True)
