"""Whatever a server responds, a run ends with a report, and within its bounds."""

import json
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.calibration import markdown, plan_of
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.settings_json import settings_from_json
from tests.helpers.calibrations import calibrated, sandbox_with_contact, settings
from tests.helpers.examples import examples
from tests.helpers.odd_servers import APP_EVENT, EVENT, Answering, measured, reasons, rewritten

BODIES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, [], {}, "text", 1, EVENT, APP_EVENT, {"id": 1}, {"errors": [1, {}]}, {"results": {}}, {"portalId": 7}),
        *(
            {"results": [EVENT], "errors": [{"context": 1, "message": None}]},
            {"message": ["x"]},
            {"context": {"id": 5}},
        ),
    ]
)


@hypothesis.settings(max_examples=examples(40, 400))
@given(
    exchanges=st.lists(st.tuples(st.sampled_from([200, 201, 204, 207, 302, 400, 404, 409, 418]), BODIES), min_size=1)
)
def test_no_server_makes_it_fail_or_exceed_its_bounds(exchanges: list[tuple[int, Any]]) -> None:
    """Whatever it responds; what it decides then is what that server does."""
    turns = cycle(exchanges)

    def respond(request: httpx.Request) -> httpx.Response:
        status, body = (404, None) if request.url.path.startswith("/account-info") else next(turns)
        return httpx.Response(status, json=body)

    calibration = measured(Answering(respond))
    assert calibration.events <= plan_of(settings()).max_events
    assert markdown(calibration)


ANY_JSON: st.SearchStrategy[Any] = st.sampled_from([None, 0, -1, True, "", "X", [], ["a"], {}, {"a": [None]}, 1.5])

NUMBERS: st.SearchStrategy[str] = st.sampled_from(["0", "1", "-1", "x", "110", "10000", "9" * 12, "9" * 5000])


@hypothesis.settings(max_examples=examples(12, 200))
@hypothesis.example(302, ["a"], 1, ["0", "0", "0"])
@hypothesis.example(302, None, None, ["1", "10000", "0"])  # a limit with which nothing is measured
@hypothesis.example(400, 5, None, ["9" * 400, "9" * 400, "9" * 400])
@given(
    status=st.sampled_from([200, 302, 304, 400, 404, 409, 418, 451]),
    category=ANY_JSON,
    message=ANY_JSON,
    numbers=st.lists(NUMBERS, min_size=3, max_size=3),
)
def test_a_sandbox_accepts_the_settings_that_any_server_makes(
    status: int, category: Any, message: Any, numbers: list[str]
) -> None:
    """And what it would refuse is left out, as the report says."""
    names = ("x-hubspot-ratelimit-max", "x-hubspot-ratelimit-interval-milliseconds", "x-hubspot-ratelimit-daily")

    def lying(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        if response.status_code in (400, 409):
            response = httpx.Response(status, json={"category": category, "message": message})
        if response.status_code >= 400:
            response.headers.update(dict(zip(names, numbers, strict=True)))
        return response

    calibration = rewritten(lying)
    assert isinstance(settings_from_json(calibration.settings), SandboxSettings)
    text = markdown(calibration)
    if status == 302 and "v3.duplicates" in calibration.facts:
        assert "| `errors.v3.duplicate` | the sandbox refuses it" in text


HEADERS: list[dict[str, Any]] = [
    {"x-hubspot-ratelimit-max": "9" * 400, "x-hubspot-ratelimit-interval-milliseconds": "9" * 400},
    {"x-hubspot-ratelimit-max": "100", "x-hubspot-ratelimit-interval-milliseconds": "9" * 400},
    {"x-hubspot-ratelimit-max": "9" * 5000, "x-hubspot-ratelimit-daily": "9" * 5000},
    {"x-hubspot-ratelimit-max": "-1", "x-hubspot-ratelimit-interval-milliseconds": "-1000"},
    {"x-hubspot-ratelimit-max": "0", "x-hubspot-ratelimit-interval-milliseconds": "0", "retry-after": "9" * 5000},
    {"content-type": "text/html; charset=hex"},
    {"content-type": "text/html; charset=idna"},
    {"location": "http://[::1"},
    {"set-cookie": b"a=\x80; expires=1"},
]

CONTENTS = [b'{"message":"\\ud800","\\ud800":[NaN,1e999]}', b"[" * 800 + b"]" * 800, b"[" * 90000, b"9" * 5000, b"\xff"]


@pytest.mark.parametrize("headers", HEADERS, ids=range(len(HEADERS)))
@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
def test_a_run_ends_with_a_report_whatever_a_server_sends(
    tmp_path: Path, headers: dict[str, Any], content: bytes
) -> None:
    """Headers with numbers of any length, codecs that are none of text, half characters, and deep bodies."""
    for status in (200, 302, 400, 429):
        transport = Answering(lambda _, status=status: httpx.Response(status, headers=headers, content=content))  # type: ignore[misc] # bound now
        calibration = measured(transport, exhaust_limit=status == 400)
        written = tmp_path / "calibration.json"
        calibration.write(written)
        assert json.loads(written.read_bytes()) == json.loads(json.dumps(calibration.to_json()))
        assert "unforeseen" not in markdown(calibration).encode().decode()


ODD = ["1\n", "\x1b[31m", "9" * 70_000, "../../contacts/1?x=", "", "\ud800", None]


@pytest.mark.parametrize("template", ODD, ids=range(len(ODD)))
def test_a_template_with_an_odd_id_is_no_template(template: Any) -> None:
    """It could make a path that names something else; it may exist, and is left over."""
    seen: list[tuple[str, str]] = []

    def create(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path))
        content = json.dumps({"id": template})
        return httpx.Response(404 if "account-info" in request.url.path else 201, content=content)

    calibration = measured(Answering(create), apis="v3")
    assert [method for method, _ in seen] == ["GET", "POST"]
    assert calibration.leftover.startswith("perhaps a template named Calibration ")
    assert all("a template cannot be created" in reason for reason in reasons(calibration))


def test_an_unforeseen_error_ends_an_experiment_and_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never told as a wrong option."""

    def fail(*_: object) -> None:
        raise ValueError("of our own")

    monkeypatch.setattr("hubspot_timeline_testing.calibration.sender.Sender.send_fast", fail)
    with sandbox_with_contact(SandboxSettings(limit=RequestLimit())) as sandbox:
        calibration = calibrated(sandbox, settings(exhaust_limit=True))
    assert dict(calibration.problems()) == {"v3 exhausted-limit": "unforeseen ValueError: of our own"}
