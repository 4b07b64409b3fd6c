"""`event` sends one event of its options."""

import json
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import Ended, run_here

TEMPLATE = {
    "id": "1",
    "tokens": [
        {"name": "seats", "type": "number"},
        {"name": "day", "type": "date"},
        {"name": "plan", "type": "string"},
    ],
}


def event(sandbox: SandboxServer, folder: Path, arguments: str) -> Ended:
    env = {"HUBSPOT_TIMELINE_TOKEN": "any-token", "HUBSPOT_TIMELINE_BASE_URL": sandbox.url}
    return run_here("event", *arguments.split(), folder=folder, env=env)


def tokens_of_x(sandbox: SandboxServer) -> dict[str, str] | None:
    """Return the tokens of the event with this id."""
    stored = sandbox.store.get("1", "x")
    return json.loads(stored.result)["tokens"] if stored else None


def test_the_event_is_created_and_its_outcome_shown(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Values are sent as they are written. With the same id there is no second event."""
    options = "--template 1 --email a@b.de --id x --timestamp 1767225600000 --token seats=2 --token q=a=b --token n="

    shown = event(sandbox, tmp_path, options)
    again = event(sandbox, tmp_path, f"{options} --json")
    another = event(sandbox, tmp_path, "--template 1 --object-id 7 --json")

    stored = tokens_of_x(sandbox)
    assert (shown.code, shown.out, shown.err) == (0, "created x: in the service, exactly once\n", "")
    assert again.result == {"outcome": "created", "id": "x", "existed": True, "attempts": 1, "error": None}
    assert stored == {"seats": "2", "q": "a=b", "n": ""}
    assert another.result["outcome"] == "created"
    assert sandbox.store.count() == 2


def test_an_app_event_has_properties(tmp_path: Path, sandbox: SandboxServer) -> None:
    """It needs its API; with the event type of its template one of v3 becomes one."""
    (tmp_path / "types.json").write_text('{"1": "signup"}')
    own = event(sandbox, tmp_path, "--event-type signup --object-id 7 --token plan=pro --api 2026-09")
    of_template = event(sandbox, tmp_path, "--template 1 --object-id 7 --api 2026-09 --event-types types.json")
    wrong = event(sandbox, tmp_path, "--event-type signup --object-id 7")

    assert (own.code, of_template.code, wrong.code) == (0, 0, 2)
    paths = {request["path"] for request in sandbox.control.requests() if request["method"] == "POST"}
    assert all("2026-09" in path for path in paths)
    assert "add --api 2026-09" in wrong.err


@pytest.mark.parametrize(
    ("tokens", "sent", "error"),
    [
        ("seats=2 day=2026-03-10", {"seats": "2", "day": "1773100800000"}, ""),
        ("day=2026-03-10T01:00+01:00 plan=2026-03-10", {"day": "1773100800000", "plan": "2026-03-10"}, ""),
        ("day=1773100800000", {"day": "1773100800000"}, ""),
        ("day=20260310", {"day": "1773100800000"}, ""),
        ("seats=two", None, "tokens.seats: 'two' is not a number; use one such as 12.5, or omit the token\n"),
        ("day=2026-03-10T01:00", None, "tokens.day: 2026-03-10 01:00:00 has no time zone; add Z or an offset such as"),
        (
            "day=soon",
            None,
            "tokens.day: 'soon' is not a time in epoch milliseconds; the command `event` converts 2026-0",
        ),
        ("seat=2", None, "tokens.seat: is not a token of template 1; did you mean seats?\n"),
    ],
)
def test_values_have_the_types_of_the_template(
    tmp_path: Path, sandbox: SandboxServer, tokens: str, sent: dict[str, Any] | None, error: str
) -> None:
    """A date is converted; what does not fit is rejected before it is sent."""
    (tmp_path / "t.json").write_text(json.dumps(TEMPLATE))
    values = " ".join(f"--token {token}" for token in tokens.split())

    ended = event(sandbox, tmp_path, f"--template 1 --email a@b.de --id x --templates t.json {values}")

    stored = tokens_of_x(sandbox)
    assert ended.err.startswith(error)
    assert (ended.code, stored) == (0 if sent else 3, sent)
    assert ended.out.startswith("created x: " if sent else "rejected x: not created, and will not be as it is")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--email a@b.de", "one of --template and --event-type is needed: the type of the event"),
        ("--template 1 --event-type t", "one of --template and --event-type is needed: the type of the event"),
        ("--template 1 --token pat-na1-s3cret", "--token is an event token, NAME=VALUE, such as seats=2; for the acc"),
        ("--template 1 --token a=s3cret --token a=2", "--token has a twice; remove one"),
        ("--template 1 --token", "Option '--token' requires an argument"),
    ],
)
def test_wrong_options_are_refused(tmp_path: Path, sandbox: SandboxServer, options: str, message: str) -> None:
    """Without the value, which may be an access token."""
    ended = event(sandbox, tmp_path, options)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Error: {message}")
    assert "s3cret" not in ended.err
