"""A web page of another site, in a browser on the same machine, can neither look into a sandbox nor steer it."""

from collections.abc import Iterator

import pytest

from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.sandbox_api import TEMPLATE, TOKENS
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, event, opened


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8080", "origin": "http://evil.example"},
        {"host": "127.0.0.1:8080", "origin": "null"},
        {"host": "127.0.0.1:8080", "origin": "http://127.0.0.1:9090"},
        {"host": "evil.example:8080"},
        {"host": "evil.example", "origin": "http://evil.example"},
        {"host": "127.0.0.1.evil.example"},
    ],
)
def test_other_sites_are_refused(sandbox: Sandbox, headers: dict[str, str]) -> None:
    """By their Origin, and by a name that was made to mean this machine; nothing is reset."""
    sandbox.post(event())
    refused = sandbox.request("POST", "/_sandbox/reset", headers=headers)
    assert (refused.status_code, sandbox.store.count()) == (403, 1)
    assert sandbox.request("GET", "/_sandbox/events", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8080", "origin": "http://127.0.0.1:8080"},
        {"host": "localhost:8080", "origin": "http://localhost:8080"},
        {"host": "[::1]:8080"},
        {"host": "localhost"},
        {"host": "sandbox:8080"},
    ],
)
def test_its_own_page_and_programs_are_not(sandbox: Sandbox, headers: dict[str, str]) -> None:
    """Under any of this machine's names."""
    assert sandbox.request("POST", "/_sandbox/reset", headers=headers).status_code == 204


def test_the_service_itself_has_no_such_rule(sandbox: Sandbox) -> None:
    """Only what is under /_sandbox has."""
    response = sandbox.request("POST", PATH, headers=HEADERS | {"host": "api.hubapi.com"}, json={"inputs": []})
    assert response.status_code == 201


def test_templates_of_the_settings_are_whole() -> None:
    """With the fields that the service sets, so that a snapshot of them can be restored; a wrong one is an error."""
    body = {**TEMPLATE, "id": "my-own", "tokens": [{"name": "a", "label": "A", "type": "string"}]}
    with opened(SandboxSettings(templates=[body])) as sandbox:
        snapshot = sandbox.get("/_sandbox/snapshot").json()
        assert sandbox.request("PUT", "/_sandbox/snapshot", json=snapshot).status_code == 204
        assert sandbox.store.templates.of_app(1)[0]["tokens"][0]["options"] == []
    for wrong in ({"id": "1"}, {**TEMPLATE, "id": "1", "tokens": [TOKENS[0]] * 2}):
        with pytest.raises(ValueError, match=r"templates\[0\]"), opened(SandboxSettings(templates=[wrong])):
            pass
