"""hubspot-api-client, made from the vendor's own spec, works with the sandbox when nothing but its host is changed."""

import json
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
    """Give the timeline part of a client that knows a token, a developer key, or both."""
    with SandboxServer(settings=settings) as server:
        secrets: dict[str, Any] = {"access_token": token, "api_key": key}
        yield HubSpot(host=server.url, **{name: secret for name, secret in secrets.items() if secret}).crm.timeline


def a_token(name: str = "seats", **fields: Any) -> Any:
    return TimelineEventTemplateToken(**({"name": name, "label": "Seats", "type": "number"} | fields))


def a_template(*tokens: Any) -> Any:
    return TimelineEventTemplateCreateRequest(
        name="Webinar",
        object_type="contacts",
        header_template="Registered",
        detail_template="With a guest",
        tokens=tokens,
    )


def an_event(template: Any, event_id: str = "e1", **fields: Any) -> Any:
    known = {"event_template_id": template.id, "id": event_id, "email": "ada@example.com", "tokens": {"seats": "2"}}
    return TimelineEvent(**(known | fields))


BOTH = (OWNER.access_token, OWNER.developer_key)
WAYS = pytest.mark.parametrize(
    ("token", "key"), [("", OWNER.developer_key), (OWNER.access_token, "")], ids=["developer key", "access token"]
)


def body_of(refused: pytest.ExceptionInfo[Any]) -> Any:
    return json.loads(refused.value.body)


@WAYS
def test_templates_are_managed(token: str, key: str) -> None:
    """A template is created, listed, read, changed and deleted, by developer key or by access token."""
    with connected(token, key) as timeline:
        api, auth = timeline.templates_api, bearer(timeline)
        made = api.create(APP, a_template(a_token()), **auth)
        assert [one.id for one in api.get_all(APP, **auth).results] == [made.id]
        assert api.get_by_id(made.id, APP, **auth).to_dict() == made.to_dict()
        wanted = TimelineEventTemplateUpdateRequest(id=made.id, name="Renamed", tokens=[])
        changed = api.update(made.id, APP, wanted, **auth)
        assert (changed.name, changed.tokens, changed.object_type) == ("Renamed", [], "contacts")
        api.archive(made.id, APP, **auth)
        with pytest.raises(NotFoundException):
            api.get_by_id(made.id, APP, **auth)


@WAYS
def test_tokens_are_managed(token: str, key: str) -> None:
    """A token is added to a template, changed and taken from it; options are only for those that have some."""
    with connected(token, key) as timeline:
        api, auth = timeline.tokens_api, bearer(timeline)
        template = timeline.templates_api.create(APP, a_template(), **auth)
        assert api.create(template.id, APP, a_token(), **auth).options == []
        plans = [TimelineEventTemplateTokenOption(value="pro", label="Professional")]
        made = api.create(template.id, APP, a_token("plan", type="enumeration", options=plans), **auth)
        assert [one.value for one in made.options] == ["pro"]
        renamed = TimelineEventTemplateTokenUpdateRequest(label="The plan")
        assert api.update(template.id, "plan", APP, renamed, **auth).label == "The plan"
        api.archive(template.id, "seats", APP, **auth)
        assert [one.name for one in timeline.templates_api.get_by_id(template.id, APP, **auth).tokens] == ["plan"]


def bearer(timeline: Any) -> dict[str, Any]:
    """Return the arguments by which the client sends its access token, where it has one, for templates too."""
    oauth = timeline.templates_api.api_client.configuration.auth_settings().get("oauth2")
    return {"_request_auth": oauth} if oauth else {}


def test_single_events_are_created_and_read() -> None:
    """An event is created, read back, its detail and its header are rendered."""
    with connected(*BOTH) as timeline:
        template, api = timeline.templates_api.create(APP, a_template(a_token())), timeline.events_api
        frame = TimelineEventIFrame(link_label="Open", header_label="It", url="https://e.example", width=8, height=6)
        event = an_event(template, extra_data={"votes": [1, None]}, timeline_i_frame=frame)
        created = api.create(event)
        assert (created.object_type, created.tokens) == ("CONTACT", {"seats": "2"})
        assert (created.extra_data, created.timeline_i_frame.width) == (event.extra_data, 8)
        assert api.get_by_id(template.id, "e1").to_dict() == created.to_dict()
        assert "With a guest" in api.get_detail_by_id(template.id, "e1").details
        assert "Registered" in api.get_render_by_id(template.id, "e1")
        assert "With a guest" in api.get_render_by_id(template.id, "e1", detail=True)


def test_batches_are_created() -> None:
    """A batch is created, and one in which an event is at fault is a 207."""
    with connected(*BOTH) as timeline:
        template, api = timeline.templates_api.create(APP, a_template(a_token())), timeline.events_api
        assert status(api, an_event(template), an_event(template, "e2")) == 201
        assert status(api, an_event(template, "e3"), an_event(template, "e4", tokens={"nobody": "x"})) == 207
        assert [api.get_by_id(template.id, name).id for name in ("e1", "e2", "e3")] == ["e1", "e2", "e3"]


def status(api: Any, *events: Any) -> int:
    """Send a batch; of its answer the client gives the status and the headers away, not the body."""
    _, answered, _ = api.create_batch_with_http_info(BatchInputTimelineEvent(inputs=events))
    return int(answered)


def test_an_unknown_token_is_its_unauthorised() -> None:
    """A 401 arrives as its own exception, with the service's body."""
    with connected("stranger") as timeline, pytest.raises(UnauthorizedException) as refused:
        timeline.events_api.get_by_id("1", "e1")
    assert body_of(refused)["category"] == "INVALID_AUTHENTICATION"


def test_a_missing_scope_is_its_forbidden() -> None:
    """A 403 of an account without the scope arrives as its own exception, and names the scope."""
    with connected(READER.access_token) as timeline, pytest.raises(ForbiddenException) as refused:
        timeline.events_api.create(TimelineEvent(event_template_id="1", id="e1", tokens={}))
    assert body_of(refused)["errors"][0]["context"] == {"requiredGranularScopes": ["timeline"]}


def test_a_reached_limit_is_its_exception() -> None:
    """A 429 arrives as its own exception, and names the limit."""
    with connected(*BOTH, settings=SandboxSettings(limit=RequestLimit(requests=1, seconds=3600))) as timeline:
        timeline.templates_api.get_all(APP)
        with pytest.raises(ApiException) as refused:
            timeline.templates_api.get_all(APP)
    assert (refused.value.status, body_of(refused)["policyName"]) == (429, "TEN_SECONDLY_ROLLING")


def test_an_invalid_event_is_its_exception() -> None:
    """A 400 arrives as its own exception, and says what is missing."""
    with connected(*BOTH) as timeline, pytest.raises(ApiException) as refused:
        timeline.events_api.create(TimelineEvent(event_template_id="1", tokens={}))
    assert refused.value.status == 400
    assert "some of required attributes are not set [id]" in body_of(refused)["message"]
