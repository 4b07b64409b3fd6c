"""The options that choose an API, and a run that goes on through the fallback, for both clients."""

import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    AuthenticationError,
    BatchLimits,
    Created,
    JournalError,
    OptionError,
    Outcome,
    Rejected,
    RetryPolicy,
    TimelineClient,
    Unconfirmed,
    app_event,
    event,
)
from hubspot_timeline.files import FileError
from tests.helpers.both_clients import ClientRunner, client
from tests.helpers.model_service import Fault, ModelService
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status

__all__ = ["client"]

OPTIONS: dict[str, Any] = {"batch": BatchLimits(max_events=2), "max_in_flight": 1, "retry": RetryPolicy(attempts=2)}
FALLBACK = OPTIONS | {"fallback_api": "2026-09", "event_types": {"1": "webinar"}}


class BothApis:
    """A service with both APIs; v3 answers 401 from the request on whose number is `migrated_at`."""

    def __init__(self, migrated_at: int | None = None, faults: tuple[Fault, ...] = ()) -> None:
        self.v3 = ModelService(faults)
        self.app_events = ModelService()
        self.migrated_at = migrated_at
        self.paths: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Respond to one request."""
        self.paths.append(request.url.path)
        if "/v3/" not in request.url.path:
            return self.app_events.respond(request)
        if self.migrated_at is not None and len(self.paths) > self.migrated_at:
            return httpx.Response(401, json={"category": "INVALID_AUTHENTICATION", "message": "migrated"})
        return self.v3.respond(request)


@pytest.mark.parametrize("version", ["2026-03", "2026-09", "2027-03"])
def test_app_events_go_to_the_version_that_is_named(client: ClientRunner, version: str) -> None:
    """A later version is only another part of the path."""
    service = BothApis()

    report = client.run(
        service, lambda timeline: timeline.send([app_event("webinar", email="a@b.c") for _ in range(3)]), api=version
    )

    assert (report.created, report.fallback_api) == (3, None)
    assert service.paths == [f"/integrators/timeline/{version}/events/batch"]


def test_what_the_service_lists_is_an_app_event(client: ClientRunner) -> None:
    """Its result is the generated model of that API."""
    outcomes: list[Outcome] = []

    client.run(
        BothApis(),
        lambda t: t.send([app_event("w", {"a": 1}, email="a@b.c")], on_outcome=outcomes.append),
        api="2026-09",
    )

    [created] = outcomes
    assert isinstance(created, Created)
    assert created.app_event
    assert (created.app_event.event_type_name, created.app_event.properties.to_dict()) == ("w", {"a": "1"})


def test_events_of_v3_go_out_as_app_events(client: ClientRunner) -> None:
    """One whose template has no event type is rejected before it is sent."""
    service, outcomes = BothApis(), []  # type: ignore[var-annotated]
    events = [event(1, email="a@b.c", id="a"), event(2, email="a@b.c", id="b"), app_event("own", email="a@b.c", id="c")]

    client.run(
        service,
        lambda timeline: timeline.send(events, on_outcome=outcomes.append),
        api="2026-09",
        event_types={"1": "webinar"},
    )

    assert {each.id: type(each) for each in outcomes} == {"a": Created, "b": Rejected, "c": Created}
    assert all(each.event is events[each.position] for each in outcomes)
    assert [each["eventTypeName"] for each in service.app_events.requests[0]] == ["webinar", "own"]


def test_a_run_goes_on_through_the_fallback(client: ClientRunner, caplog: pytest.LogCaptureFixture) -> None:
    """Once v3 refuses the access token; every event is created once, and the log and the report say so once."""
    service = BothApis(migrated_at=2)

    with caplog.at_level(logging.WARNING):
        report = client.run(service, lambda timeline: timeline.send(numbered(9)), **FALLBACK)

    assert (report.created, report.fallback_api) == (9, "2026-09")
    assert (len(service.v3.created), len(service.app_events.created)) == (4, 5)
    assert not service.v3.created.keys() & service.app_events.created.keys()
    assert [record.getMessage() for record in caplog.records] == [
        "v3 refuses the access token, so the run goes on through 2026-09: 401 INVALID_AUTHENTICATION: migrated. Use a "
        "current OAuth access token of the app that owns the template or event type; it expires after 30 minutes. "
        "Once an app has migrated to app events, v3 refuses every token: send with api='2026-09' (--api)."
    ]


@pytest.mark.parametrize(("api", "is_advised"), [("v3", True), ("2026-09", False)])
def test_only_a_refusal_of_v3_advises_to_migrate(client: ClientRunner, api: str, is_advised: bool) -> None:
    """A run that is on app events has migrated already."""
    refusal = Script(status(401, {"message": "no"}))
    one: Any = event(1, email="a@b.c") if api == "v3" else app_event("w", email="a@b.c")

    [failure] = client.run(refusal, lambda timeline: timeline.send([one]), api=api).failures

    assert ("v3 refuses every token" in str(failure.error)) is is_advised


@pytest.mark.parametrize("options", [FALLBACK, {"api": "2026-09", "event_types": {"1": "webinar"}}])
def test_a_run_goes_on_without_the_templates_that_v3_no_longer_lists(
    client: ClientRunner, caplog: pytest.LogCaptureFixture, options: dict[str, Any]
) -> None:
    """Their rules are gone with v3; its events are converted and sent as they are."""
    send: Any = lambda timeline: timeline.send(numbered(1), validate="templates")  # noqa: E731

    report = client.run(BothApis(migrated_at=0), send, app_id=7, **options)

    assert report.created == 1
    assert "Events are not validated against their templates, which v3 refuses to list: " in caplog.text
    with pytest.raises(AuthenticationError):
        client.run(BothApis(migrated_at=0), send, app_id=7)


def test_an_app_event_does_not_go_through_a_client_of_v3(client: ClientRunner) -> None:
    """Not even after the switch, which would depend on time."""
    report = client.run(
        BothApis(migrated_at=0), lambda t: t.send([*numbered(1), app_event("w", email="a@b.c")]), **FALLBACK
    )

    assert (report.created, report.rejected) == (1, 1)
    assert "also after it has gone over to fallback_api; send it with api='2026-09' (--api)" in str(
        report.failures[0].error
    )


def test_a_client_stays_with_the_fallback(client: ClientRunner) -> None:
    """Later calls do not ask v3 again."""
    service = BothApis(migrated_at=0)

    client.run_all(service, *[lambda timeline: timeline.send([event(1, email="a@b.c")])] * 2, **FALLBACK)

    assert [path.split("/")[3] for path in service.paths] == ["v3", "2026-09", "2026-09"]


def test_a_queue_goes_on_through_the_fallback() -> None:
    """It has no journal in which to record the switch."""
    service, outcomes = BothApis(migrated_at=0), []  # type: ignore[var-annotated]
    with (
        TimelineClient("t", httpx_args={"transport": httpx.MockTransport(service)}, **FALLBACK) as timeline,
        timeline.queue(on_outcome=outcomes.append) as queue,
    ):
        for each in numbered(5):
            queue.put(each)

    assert [type(outcome) for outcome in outcomes] == [Created] * 5
    assert len(service.app_events.created) == 5
    assert queue.report.fallback_api == "2026-09"


def test_a_journal_survives_the_switch(client: ClientRunner, tmp_path: Path) -> None:
    """The next run creates what is left through the fallback, and nothing that v3 has (G6)."""
    journal, events = tmp_path / "run.journal", [event(1, email="a@b.c", id=f"e{n}") for n in range(8)]
    service = BothApis()
    send: Any = lambda timeline: timeline.send(events, journal=journal)  # noqa: E731
    service.v3.faults = [Fault.NONE, Fault.DAILY_LIMIT]
    assert client.run(service, send, **FALLBACK).unsent == 6
    service.migrated_at = 0

    report = client.run(service, send, **FALLBACK)

    assert (report.created, report.resumed, report.fallback_api) == (8, 2, "2026-09")
    assert sorted(service.v3.created) == ["e0", "e1"]
    assert sorted(service.app_events.created) == [f"e{n}" for n in range(2, 8)]
    assert client.run(service, send, **FALLBACK).resumed == 8


@pytest.mark.parametrize("lost_by_fallback", [False, True])
def test_an_event_whose_response_was_lost_stays_with_its_api(
    client: ClientRunner, tmp_path: Path, lost_by_fallback: bool
) -> None:
    """The journal says which one may have created it; the other could create it twice."""
    journal, events = tmp_path / "run.journal", [event(1, email="a@b.c", id="e0")]
    service = BothApis(migrated_at=0 if lost_by_fallback else None)
    lossy = service.app_events if lost_by_fallback else service.v3
    lossy.faults = [Fault.RESET_AFTER_CREATION, Fault.HTML_502]
    send: Any = lambda timeline: timeline.send(events, journal=journal)  # noqa: E731
    assert client.run(service, send, **FALLBACK).unconfirmed == 1
    service.migrated_at = 0
    service.paths.clear()

    outcomes: list[Outcome] = []
    client.run(service, lambda t: t.send(events, journal=journal, on_outcome=outcomes.append), **FALLBACK)

    assert [type(outcome) for outcome in outcomes] == [Created if lost_by_fallback else Unconfirmed]
    assert [path.split("/")[3] for path in service.paths] == (["2026-09"] if lost_by_fallback else ["v3"])
    assert len(service.v3.created) + len(service.app_events.created) == 1


def test_the_journal_keeps_the_api_that_may_have_created_an_event(client: ClientRunner, tmp_path: Path) -> None:
    """Also where an event before it has switched the run to the fallback, and in a later call of the client."""
    journal, events = tmp_path / "run.journal", [event(1, email="a@b.c", id=f"e{n}") for n in range(2)]
    service = BothApis(faults=(Fault.RATE_LIMITED, Fault.RESET_AFTER_CREATION))
    options = FALLBACK | {"batch": BatchLimits(max_events=1), "retry": RetryPolicy(attempts=1)}
    send: Any = lambda timeline: timeline.send(events, journal=journal)  # noqa: E731
    first = client.run(service, send, **options)
    assert (first.unsent, first.unconfirmed) == (1, 1)
    service.migrated_at = 0

    reports = [report for _ in range(2) for report in client.run_all(service, send, send, **options)]

    assert [(report.created, report.unconfirmed) for report in reports] == [(1, 1)] * 4
    assert (list(service.v3.created), list(service.app_events.created)) == (["e1"], ["e0"])


def test_an_event_of_the_fallback_does_not_switch_the_run(
    client: ClientRunner, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """If v3 takes the access token again, only what an earlier run sent through the fallback goes there."""
    journal, events = tmp_path / "run.journal", [event(1, email="a@b.c", id=f"e{n}") for n in range(2)]
    service = BothApis(migrated_at=0)
    service.app_events.faults = [Fault.RESET_AFTER_CREATION, Fault.HTML_502]
    client.run(service, lambda timeline: timeline.send(events[:1], journal=journal), **FALLBACK)
    service.migrated_at = None
    caplog.clear()

    report = client.run(service, lambda timeline: timeline.send(events, journal=journal), **FALLBACK)

    assert (report.created, list(service.v3.created), list(service.app_events.created)) == (2, ["e1"], ["e0"])
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("changed", [{"fallback_api": None, "event_types": None}, {"fallback_api": "2026-03"}])
def test_an_event_of_another_fallback_is_not_sent_through_v3(
    client: ClientRunner, tmp_path: Path, changed: dict[str, Any]
) -> None:
    """The journal was begun with other options, and v3 takes the access token again."""
    journal, events = tmp_path / "run.journal", [event(1, email="a@b.c", id="e0")]
    service = BothApis(migrated_at=0)
    service.app_events.faults = [Fault.RESET_AFTER_CREATION, Fault.HTML_502]
    send: Any = lambda timeline: timeline.send(events, journal=journal)  # noqa: E731
    assert client.run(service, send, **FALLBACK).unconfirmed == 1
    service.migrated_at = None

    assert client.run(service, send, **FALLBACK | changed).unconfirmed == 1
    assert not service.v3.created


def test_a_journal_belongs_to_its_api(client: ClientRunner, tmp_path: Path) -> None:
    """What was created through one API is not known to another."""
    send: Any = lambda timeline: timeline.send([], journal=tmp_path / "run.journal")  # noqa: E731
    client.run(BothApis(), send)

    with pytest.raises(JournalError, match=r"through v3.* could be created again through 2026-09"):
        client.run(BothApis(), send, api="2026-09")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api": "v4"}, "api is 'v4'; it must be v3, or the version of app events, such as 2026-09"),
        ({"api": 3}, "api is 3;"),
        ({"fallback_api": "v3", "event_types": {}}, "fallback_api takes the place of v3"),
        ({"api": "2026-09", "fallback_api": "2026-09", "event_types": {}}, "fallback_api takes the place of v3"),
        ({"fallback_api": "2026-09"}, "fallback_api needs event_types (--event-types)"),
        (
            {"event_types": {"1": "a"}},
            "event_types (--event-types) is set, but api is v3; set fallback_api",
        ),
        ({"api": "2026-09", "event_types": ["a"]}, "event_types is ['a']; give a Mapping"),
    ],
)
def test_an_option_that_is_not_allowed_is_an_error(options: Any, message: str) -> None:
    """Of the constructor, before anything is sent."""
    with pytest.raises(OptionError) as caught:
        TimelineClient("t", **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("by_folder", [False, True])
def test_event_types_are_read_from_a_file(tmp_path: Path, by_folder: bool) -> None:
    """The one that `migrate` writes, or its folder."""
    path = tmp_path / "event-types.json"
    path.write_text(json.dumps({"1": "webinar"}), encoding="utf-8")
    service = BothApis()
    with TimelineClient(
        "t",
        api="2026-09",
        event_types=path.parent if by_folder else path,
        httpx_args={"transport": httpx.MockTransport(service)},
    ) as timeline:
        assert timeline.send([event(1, email="a@b.c")]).created == 1

    with pytest.raises(FileError, match=r"none\.json"):
        TimelineClient("t", api="2026-09", event_types=str(tmp_path / "none.json"))


def test_the_environment_names_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option of from_env takes precedence."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "t")
    monkeypatch.setenv("HUBSPOT_TIMELINE_API", " 2026-09 ")
    service = BothApis()
    args: Any = {"transport": httpx.MockTransport(service)}
    with TimelineClient.from_env(httpx_args=args) as timeline:
        timeline.send([app_event("w", email="a@b.c")])
    with TimelineClient.from_env(httpx_args=args, api="v3") as timeline:
        timeline.send([event(1, email="a@b.c")])

    assert [path.split("/")[3] for path in service.paths] == ["2026-09", "v3"]


def test_the_ids_of_templates_may_be_numbers(client: ClientRunner) -> None:
    """As in event()."""
    service, event_types = BothApis(), {1: "webinar"}

    report = client.run(service, lambda t: t.send([event(1, email="a@b.c")]), api="2026-09", event_types=event_types)

    assert report.created == 1


def test_app_events_cannot_be_read(client: ClientRunner) -> None:
    """No operation reads one; v3 has no event types."""
    with pytest.raises(OptionError, match="none can be read"):
        client.run(BothApis(), lambda timeline: timeline.events, api="2026-09")
    with pytest.raises(OptionError, match="api is v3, which has templates instead of event types"):
        client.run(BothApis(), lambda timeline: timeline.event_types)


def test_an_event_type_is_looked_up(client: ClientRunner) -> None:
    """By the name of its project and its uid; with v3 and a fallback as well."""
    requests: list[Any] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append((request.url.path, json.loads(request.content)))
        symbol = {"projectName": "p", "developerSymbol": "webinar"}
        body = {"developerQualifiedSymbol": symbol, "fullyQualifiedName": "ae7_webinar"}
        return httpx.Response(200, json=body)

    name = client.run(respond, lambda timeline: timeline.event_types.resolve("p", "webinar"), **FALLBACK)

    assert name.fully_qualified_name == "ae7_webinar"
    body = {"projectName": "p", "developerSymbol": "webinar"}
    assert requests == [("/integrators/timeline/2026-09/types/projects", body)]
    with pytest.raises(OptionError, match="uid is ''"):
        client.run(respond, lambda timeline: timeline.event_types.resolve("p", ""), api="2026-09")
