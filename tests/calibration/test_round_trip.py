"""A sandbox that is started with the calibration of another one responds as that one does."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve

from hubspot_timeline_testing.calibration import Calibration
from hubspot_timeline_testing.calibration.messages import Exchange as MessageExchange
from hubspot_timeline_testing.calibration.messages import Request
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.sandbox import AppEventSettings, RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.error_texts import ErrorText
from hubspot_timeline_testing.sandbox.settings_json import with_changes
from tests.helpers.calibrations import BOTH, URL, InProcess, calibrated, sandbox_with_contact, settings
from tests.helpers.contract_runs import APP_EVENTS, Exchange, changed, contract
from tests.helpers.examples import IS_LONG
from tests.helpers.sandbox_calls import opened

TEXTS = {
    "v3.duplicate": ErrorText("The event {id} of {type} is there", 409, "EVENT_EXISTS"),
    "v3.no_identity": ErrorText("Whose event is {id}?", 400, "INVALID_EVENT"),
    "app_events.too_many": ErrorText("{count} are too many", 413),
    "app_events.unknown_type": ErrorText("No such type: {type}", 400, "NOT_FOUND"),
}
ODD = {
    "refuses": SandboxSettings(
        duplicates="in-use",
        max_events=2,
        invalid_events="refuse-batch",
        types="strict",
        records="must-exist",
        limit=RequestLimit(500, 1.0),
        app_events=AppEventSettings(
            invalid_events="partial", conflict_names=True, repeated_ids="invalid", single_response="accepted"
        ),
    ),
    "texts": SandboxSettings(
        template_checks="strict",
        error_names="message",
        errors=TEXTS,
        app_events=AppEventSettings(contacts_need_object_id=True, invalid_names=False, v3_ids_are_taken=True),
    ),
    "last wins": SandboxSettings(duplicates="last-wins", max_events=None, error_names="nothing"),
}
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\d{4}-\d\d-\d\dT[\d:.]+Z")


@pytest.fixture(scope="module")
def recorded() -> list[Exchange]:
    """Return the requests of contract runs with each API; those for templates are only examples in `make test`."""
    exchanges: list[Exchange] = []

    def record(exchange: Exchange) -> Exchange:
        exchanges.append(exchange)
        return exchange

    with changed(record) as url:
        contract(url, operations=(), phases=("examples",), max_examples=1)
        for api in BOTH:
            operations = () if IS_LONG else [name for name in contract_operations(api) if "event" in name]
            contract(url, api=api, operations=operations, phases=("coverage",), max_examples=1)
    assert len(exchanges) > 300
    return exchanges


def replayed(sandbox_settings: SandboxSettings, requests: list[Exchange]) -> list[tuple[Any, ...]]:
    """Return the status, the headers that a setting decides, and the body of each response."""
    app_events = evolve(sandbox_settings.app_events, event_types=APP_EVENTS.event_types, project=APP_EVENTS.project)
    with (
        opened(evolve(sandbox_settings, app_events=app_events)) as sandbox,
        httpx.Client(base_url=URL, transport=InProcess(sandbox.app)) as client,
    ):
        return [
            _response(client.request(each.method, each.path, content=each.sent, headers=_sendable(each)))
            for each in requests
        ]


def _sendable(exchange: Exchange) -> dict[str, str]:
    names = ("authorization", "content-type", "accept")
    return {name: value for name, value in exchange.headers.items() if name.lower() in names and value.isascii()}


def _response(response: httpx.Response) -> tuple[Any, ...]:
    headers = {name: value for name, value in response.headers.items() if "ratelimit" in name or name == "location"}
    return response.status_code, headers, _CHANGING.sub("…", response.text)


@pytest.fixture(scope="module")
def usual(recorded: list[Exchange]) -> list[tuple[Any, ...]]:
    """Return the responses with the default settings."""
    return replayed(SandboxSettings(), recorded)


@pytest.mark.parametrize("name", ODD)
def test_the_file_of_one_sandbox_makes_another_one_respond_alike(
    name: str, recorded: list[Exchange], usual: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    """To each request that the contract sends, except for ids, dates and correlation ids."""
    file = tmp_path / "calibration.json"
    with sandbox_with_contact(ODD[name]) as sandbox:
        calibrated(sandbox, settings(largest_batch=501), save=lambda results: results.write(file))
    copy = with_changes(SandboxSettings(), Calibration.read(file).settings)

    original, copied = replayed(ODD[name], recorded), replayed(copy, recorded)

    different = [
        (each.method, each.path, each.sent, *pair)
        for each, *pair in zip(recorded, original, copied, strict=True)
        if pair[0] != pair[1]
    ]
    assert not different
    assert usual != original
    assert {status for status, *_ in original} >= {200, 201, 400, 401}


def test_the_file_survives(tmp_path: Path) -> None:
    """With all facts and evidence."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        calibration = calibrated(sandbox)
    calibration.write(tmp_path / "calibration.json")
    read = Calibration.read(tmp_path / "calibration.json")
    assert json.dumps(read.to_json()) == json.dumps(calibration.to_json())
    assert read.facts == calibration.facts


def test_a_message_that_names_a_type_like_the_prefix_of_ids_is_made_comparable() -> None:
    """As the event type of docs/calibration.md; the ids of all events and what is unknown come first."""
    events = [{"id": f"calibration-7-0000{number}", "eventTypeName": "calibration"} for number in (1, 2)]
    message = {"message": "calibration-7-00002 of calibration has calibration-unknown"}
    exchange = MessageExchange(Request("POST", "/", {"inputs": events}), 400, shown=message)
    assert exchange.message == "{id} of {type} has {subject}"
