"""What two runs of an experiment find differently is contradictory, and decides nothing."""

from collections.abc import Callable

import httpx

from hubspot_timeline_testing.calibration import Fact, markdown, plan_of
from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.calibrations import InProcess, sandbox_with_contact, settings
from tests.helpers.odd_servers import Answering, measured, rewritten


def test_two_different_answers_are_contradictory_not_a_value() -> None:
    """If a second run of an experiment finds something else."""
    seen: list[str] = []
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)

        def moody(request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            if response.status_code == 409:
                seen.append(request.url.path)
            is_changed = response.status_code == 409 and len(seen) > 2
            return httpx.Response(400, content=response.content) if is_changed else response

        calibration = measured(Answering(moody, inner), apis="v3")
    fact = calibration.facts["v3.duplicates"]
    assert (fact.sure, fact.value) == ("contradictory", None)
    assert "duplicates" not in calibration.settings


def statuses_of_empty(*statuses: int) -> Callable[[httpx.Request, httpx.Response], httpx.Response]:
    """Return what gives an empty batch one status after another."""
    turns = iter(statuses)

    def moody(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        return httpx.Response(next(turns), json={}) if b'"inputs":[]' in request.content else response

    return moody


def test_what_is_contradictory_stays_so_and_is_not_measured_again() -> None:
    """Although later runs may agree."""
    first = rewritten(statuses_of_empty(201, 400))
    assert first.facts["v3.empty_inputs"].sure == "contradictory"
    assert "empty-inputs" not in {step.name for _, step in plan_of(settings(apis="v3"), first).steps}
    for other in (Fact(201), Fact(201, "repeated"), Fact(None, "not decided", "no")):
        assert first.facts["v3.empty_inputs"].merged(other) == first.facts["v3.empty_inputs"]
        assert other.merged(first.facts["v3.empty_inputs"]) == first.facts["v3.empty_inputs"]


def test_a_contradictory_fact_decides_no_setting() -> None:
    """Although others that the setting follows from are decided; the report says so."""
    seen: list[int] = []

    def moody(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if b'"calibration":true' not in request.content:
            return response
        seen.append(1)
        return response if len(seen) % 2 else httpx.Response(400, json={"message": "no"})

    calibration = rewritten(moody)
    assert calibration.facts["v3.numbers"].is_decided
    assert calibration.facts["v3.booleans"].sure == "contradictory"
    assert "types" not in calibration.settings
    assert "| `types` | contradictory: v3.booleans: first" in markdown(calibration)
