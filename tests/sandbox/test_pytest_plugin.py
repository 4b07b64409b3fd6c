"""The pytest plugin: fixtures with a sandbox that is empty for each test, for any HTTP client."""

import pytest

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

def test_none():
    pass
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
    return SandboxSettings(max_events=1)
"""
SETTINGS_USED = """
import httpx

def test_settings(timeline_sandbox):
    url = timeline_sandbox.url + "/integrators/timeline/v3/events/batch/create"
    response = httpx.post(url, json={"inputs": [{}, {}]}, headers={"Authorization": "Bearer any"})
    assert response.status_code == 400
"""


def test_one_server_is_empty_for_each_test(pytester: pytest.Pytester) -> None:
    """With httpx and with urllib."""
    pytester.makepyfile(SYNCHRONOUS)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=3)


def test_a_sandbox_without_a_server_has_an_asgi_transport(pytester: pytest.Pytester) -> None:
    """In the same event loop."""
    pytester.makepyfile(ASYNCHRONOUS)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_settings_are_a_fixture(pytester: pytest.Pytester) -> None:
    """It is overridden in a conftest.py."""
    pytester.makeconftest(SETTINGS)
    pytester.makepyfile(SETTINGS_USED)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_plugin_loads_nothing_without_a_fixture(pytester: pytest.Pytester) -> None:
    """Neither the sandbox nor its dependencies."""
    pytester.makepyfile("def test_none():\n    import sys\n    assert 'starlette' not in sys.modules\n")
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=1)


def test_a_missing_extra_is_an_error(pytester: pytest.Pytester) -> None:
    """It names what to install."""
    pytester.makeconftest("import sys\nsys.modules['starlette'] = None\n")
    pytester.makepyfile("def test_some(timeline_sandbox):\n    pass\n")
    done = pytester.runpytest_subprocess("-p", "no:schemathesis")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*pip install 'hubspot-timeline?testing?'*"])


def test_folders_can_have_their_own_settings(pytester: pytest.Pytester) -> None:
    """Each has a server with them."""
    for folder, most in (("one", 1), ("two", 7)):
        path = pytester.mkdir(folder)
        (path / "conftest.py").write_text(SETTINGS.replace("max_events=1", f"max_events={most}"))
        expected = f"assert 'at most {most} are' in response.text"
        send = SETTINGS_USED.replace("assert response.status_code == 400", expected)
        event = '{"eventTemplateId": "1", "id": "a", "tokens": {}}'
        (path / f"test_{folder}.py").write_text(send.replace("[{}, {}]", f"[{event}] * 9"))
    pytester.runpytest_subprocess("one", "two").assert_outcomes(passed=2)
