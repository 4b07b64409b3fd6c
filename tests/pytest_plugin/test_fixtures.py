"""The pytest plugin offers sandbox fixtures to tests with any HTTP client, and imports nothing for other tests."""

import json
import subprocess
import sys

import pytest

# Without other plugins, which take a third of a second.
LEAN = [f"-pno:{name}" for name in ("randomly", "schemathesis", "hypothesispytest", "anyio", "xdist")]
SYNCHRONOUS = """
import httpx
import urllib.request

PATH = "/integrators/timeline/v3/events/batch/create"
BODY = b'{"inputs": [{"eventTemplateId": "1", "id": "a", "tokens": {}, "email": "ada@example.com"}]}'
HEADERS = {"Authorization": "Bearer any", "Content-Type": "application/json"}
urls = []

def test_httpx(timeline_sandbox):
    assert httpx.post(timeline_sandbox.url + PATH, content=BODY, headers=HEADERS).status_code == 201
    timeline_sandbox.control.assert_exactly_once(["a"])
    urls.append(timeline_sandbox.url)

def test_urllib(timeline_sandbox):
    assert timeline_sandbox.store.count() == 0
    request = urllib.request.Request(timeline_sandbox.url + PATH, BODY, HEADERS)
    assert urllib.request.urlopen(request).status == 201
    assert urls == [timeline_sandbox.url]
"""
ASYNCHRONOUS = """
import asyncio
from hubspot_timeline import AsyncTimelineClient, event

def test_async(timeline_sandbox_asgi):
    async def run():
        options = {"transport": timeline_sandbox_asgi.transport}
        async with AsyncTimelineClient("any", base_url=timeline_sandbox_asgi.url, httpx_args=options) as timeline:
            return await timeline.send([event(1, id="a", email="ada@example.com")])

    assert asyncio.run(run()).created == 1
    assert timeline_sandbox_asgi.store.get("1", "a")
"""
SETTINGS = """
import pytest
from hubspot_timeline_testing.sandbox import SandboxSettings

@pytest.fixture(scope="session")
def timeline_sandbox_settings():
    return SandboxSettings(max_events={limit})
"""
APP_EVENTS = """
import httpx
import pytest
from hubspot_timeline_testing.sandbox import AppEventSettings, SandboxSettings

TYPE = {"uid": "webinar", "type": "app-event", "config": {"name": "Webinar", "objectType": "CONTACT"}}

@pytest.fixture(scope="session")
def timeline_sandbox_settings():
    return SandboxSettings(app_events=AppEventSettings(event_types=[TYPE]))

def send(url, version, path, **event):
    body = {"inputs": [event | {"id": "a", "email": "ada@example.com"}]}
    url = f"{url}/integrators/timeline/{version}/events/{path}"
    return httpx.post(url, json=body, headers={"Authorization": "Bearer any"}).status_code

@pytest.mark.parametrize("turn", [1, 2])
def test_both_apis(timeline_sandbox, turn):
    url = timeline_sandbox.url
    assert send(url, "2026-09", "batch", eventTypeName="webinar", properties={"no": "x"}) == 400
    assert send(url, "2026-09", "batch", eventTypeName="webinar", properties={}) == 200
    assert timeline_sandbox.control.app_event("webinar", "a")
    assert send(url, "v3", "batch/create", eventTemplateId="1", tokens={}) == 201
    timeline_sandbox.control.migrate()
    assert send(url, "v3", "batch/create", eventTemplateId="1", tokens={}) == 401
"""
SENDS_NINE = """
import httpx

def test_settings(timeline_sandbox):
    url = timeline_sandbox.url + "/integrators/timeline/v3/events/batch/create"
    event = {{"eventTemplateId": "1", "id": "a", "tokens": {{}}}}
    response = httpx.post(url, json={{"inputs": [event] * 9}}, headers={{"Authorization": "Bearer any"}})
    assert response.status_code == 400
    assert "at most {limit} " in response.text
"""


FILES = {
    "test_synchronous": SYNCHRONOUS,
    "test_asynchronous": ASYNCHRONOUS,
    "both/test_app_events": APP_EVENTS,
    **{f"{name}/conftest": SETTINGS.format(limit=limit) for name, limit in (("one", 1), ("seven", 7))},
    **{f"{name}/test_{name}": SENDS_NINE.format(limit=limit) for name, limit in (("one", 1), ("seven", 7))},
}


def test_the_fixtures_serve_tests_of_any_kind(pytester: pytest.Pytester) -> None:
    """Each folder has a server with its settings, empty for each test, for any client and both APIs."""
    for folder in ("both", "one", "seven"):
        pytester.mkdir(folder)
    for name, text in FILES.items():
        (pytester.path / f"{name}.py").write_text(text, encoding="utf-8")
    pytester.runpytest_subprocess(*LEAN).assert_outcomes(passed=7)


def test_a_missing_extra_is_reported_with_the_command_to_install_it(pytester: pytest.Pytester) -> None:
    """The test that requests the fixture fails."""
    pytester.makeconftest("import sys\nsys.modules['starlette'] = None\n")
    pytester.makepyfile("def test_sandbox(timeline_sandbox):\n    pass\n")
    result = pytester.runpytest_subprocess(*LEAN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pip install 'hubspot-timeline?testing?'*"])


def test_tests_without_a_fixture_import_nothing_more() -> None:
    """A fresh interpreter with the plugin has none of its dependencies."""
    code = "import hubspot_timeline_testing.pytest_plugin, sys; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    packages = {module.partition(".")[0] for module in output.split()}

    assert "hubspot_timeline_testing" in packages
    assert not packages & {"hubspot_timeline", "hubspot_timeline_api", "starlette", "httpx", "attrs", "hypothesis"}
    assert "hubspot_timeline_testing.sandbox" not in output.split()


def test_a_calibration_in_the_configuration_makes_the_sandboxes_behave_so(pytester: pytest.Pytester) -> None:
    """Its path is relative to the configuration file; a file that is none is named."""
    pytester.makeini("[pytest]\ntimeline_sandbox_calibration = calibration.json\n")
    settings = {"max_events": 3, "app_events": {"conflict_names": True}}
    calibration = {"format": 1, "date": "2026-01-01", "is_production": False, "settings": settings}
    pytester.makefile(".json", calibration=json.dumps(calibration))
    pytester.makepyfile(
        """
        def test_settings(timeline_sandbox_settings, timeline_sandbox_asgi):
            settings = timeline_sandbox_asgi.app.state.context.settings
            assert settings == timeline_sandbox_settings
            assert (settings.max_events, settings.app_events.conflict_names) == (3, True)
            assert settings.duplicates == "conflict"
        """
    )
    pytester.runpytest_subprocess(*LEAN).assert_outcomes(passed=1)

    pytester.makefile(".json", calibration='{"max_events": 3}')
    outcome = pytester.runpytest_subprocess(*LEAN)
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines("*calibration.json is not a calibration of the format 1*")
