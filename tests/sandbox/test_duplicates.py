"""An id that exists already is treated by one of three named ways, since the service's own is undocumented."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import DuplicateMode, SandboxSettings
from tests.helpers.sandbox_calls import Sandbox, event, opened, without

STORED = event("old", domain="first.example")
STORED_BEFORE = [event("new"), event("old", domain="second.example")]
TWICE_IN_THE_BATCH = [event("two", domain="first.example"), event("two", domain="second.example")]
BATCHES = pytest.mark.parametrize(
    ("batch", "taken"),
    [(STORED_BEFORE, "old"), (TWICE_IN_THE_BATCH, "two")],
    ids=["stored before", "twice in the batch"],
)


def sandboxes(mode: DuplicateMode) -> Iterator[Sandbox]:
    with opened(SandboxSettings(duplicates=mode)) as sandbox:
        assert sandbox.post(STORED).status_code == 201
        yield sandbox


@pytest.fixture
def conflict() -> Iterator[Sandbox]:
    yield from sandboxes("conflict")


@pytest.fixture
def in_use() -> Iterator[Sandbox]:
    yield from sandboxes("in-use")


@pytest.fixture
def last_wins() -> Iterator[Sandbox]:
    yield from sandboxes("last-wins")


@BATCHES
def test_conflict_refuses_the_batch(conflict: Sandbox, batch: Sequence[dict[str, Any]], taken: str) -> None:
    """In the successor's way the whole batch is a 409 that names the ids, and nothing is created."""
    response = conflict.post(*batch)
    assert response.status_code == 409
    assert response.json()["category"] == "CONFLICT"
    assert response.json()["context"] == {"id": [taken]}
    assert conflict.get("/_sandbox/events").json()["events"][0]["domain"] == "first.example"
    assert conflict.store.count() == 1


@BATCHES
def test_in_use_refuses_the_batch(in_use: Sandbox, batch: Sequence[dict[str, Any]], taken: str) -> None:
    """In the way of v1 the whole batch is a 400 that says so, and nothing is created."""
    response = in_use.post(*batch)
    assert response.status_code == 400
    assert "Event ID already in use" in response.json()["message"]
    assert response.json()["context"] == {"id": [taken]}
    assert in_use.store.count() == 1


@BATCHES
def test_last_wins_replaces(last_wins: Sandbox, batch: Sequence[dict[str, Any]], taken: str) -> None:
    """In the way of the old text the newer event is a 201 and takes the place of the older one."""
    response = last_wins.post(*batch)
    assert response.status_code == 201
    assert [result["id"] for result in response.json()["results"]] == [sent["id"] for sent in batch]
    found = last_wins.get("/_sandbox/event", eventTemplateId="1000123", id=taken)
    assert found.json()["domain"] == "second.example"
    assert last_wins.store.count() == 2


def test_conflict_is_the_default() -> None:
    """Without a setting the sandbox does as the successor of v3."""
    assert SandboxSettings().duplicates == "conflict"


def test_an_id_is_unique_for_its_template_only(conflict: Sandbox) -> None:
    """The same id under another template is another event."""
    assert conflict.post(STORED | {"eventTemplateId": "other"}).status_code == 201
    assert conflict.store.count() == 2


def test_a_refused_event_does_not_take_its_id(conflict: Sandbox) -> None:
    """An id that was refused by a rule is free."""
    assert conflict.post(without("email") | {"id": "free"}, event("free")).status_code == 207
    assert conflict.store.count() == 2


def test_an_unknown_way_is_refused() -> None:
    """A setting that names no way is a ValueError at once."""
    with pytest.raises(ValueError, match="duplicates"):
        SandboxSettings(duplicates="whatever")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
