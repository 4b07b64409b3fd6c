"""Events land on the record that they name: objectId before utk before email, as documented."""

from collections.abc import Iterator
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.sandbox_calls import NOW_TEXT, Sandbox, event, opened, without


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


def send(sandbox: Sandbox, event_id: str, **identity: Any) -> None:
    assert sandbox.post({**without("email"), "id": event_id, **identity}).status_code == 201


def records(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.get("/_sandbox/records").json()["records"]
    return found


def timeline(sandbox: Sandbox, record: str) -> list[str]:
    told = sandbox.get("/_sandbox/timeline", record=record).json()
    assert told["total"] == len(told["events"])
    return [event["id"] for event in told["events"]]


def test_an_unknown_email_makes_a_contact(sandbox: Sandbox) -> None:
    """A known one finds it."""
    send(sandbox, "a", email="ada@example.com")
    send(sandbox, "b", email="ada@example.com")
    [ada] = records(sandbox)
    assert (ada["objectType"], ada["email"], ada["events"], ada["latest"]) == (
        "CONTACT",
        "ada@example.com",
        2,
        NOW_TEXT,
    )
    assert timeline(sandbox, ada["record"]) == ["b", "a"]


def test_an_object_id_goes_before_an_email_and_changes_it(sandbox: Sandbox) -> None:
    """The contact has the new address from then on, unless another contact has it."""
    send(sandbox, "a", objectId="1", email="old@example.com")
    send(sandbox, "b", objectId="1", email="new@example.com")
    send(sandbox, "c", email="new@example.com")
    send(sandbox, "d", objectId="2", email="new@example.com")
    assert {record["objectId"]: (record["email"], record["events"]) for record in records(sandbox)} == {
        "1": ("new@example.com", 3),
        "2": (None, 1),
    }


def test_an_unknown_visitor_shows_once_it_is_known_who_it_is(sandbox: Sandbox) -> None:
    """Its earlier events with it, and its utk goes before an email then."""
    send(sandbox, "early", utk="u1")
    assert records(sandbox) == []
    send(sandbox, "known", utk="u1", email="ada@example.com")
    send(sandbox, "later", utk="u1", email="someone.else@example.com")
    [ada] = records(sandbox)
    assert (ada["utk"], ada["email"]) == ("u1", "ada@example.com")
    assert sorted(timeline(sandbox, ada["record"])) == ["early", "known", "later"]


def test_other_records_are_found_by_their_type_and_id(sandbox: Sandbox) -> None:
    """The same id of another type is another record, whatever the type is called."""
    for number, kind in enumerate(("companies", "0-2", "COMPANY", "2-9")):
        send(sandbox, str(number), objectId="1", customObjectTypeId=kind)
    assert sorted((record["objectType"], record["events"]) for record in records(sandbox)) == [
        ("2-9", 1),
        ("COMPANY", 3),
    ]


def test_records_may_have_to_exist() -> None:
    """Where a sandbox is told so, an objectId that nothing has is refused, an email never."""
    with opened(SandboxSettings(records="must-exist")) as sandbox:
        refused = sandbox.post(event("a", objectId="1"), event("b"))
        assert [result["id"] for result in refused.json()["results"]] == ["b"]
        [made] = records(sandbox)
        send(sandbox, "c", objectId=made["objectId"])


def test_a_refused_batch_makes_no_records(sandbox: Sandbox) -> None:
    """All or nothing holds for them too."""
    send(sandbox, "a", email="ada@example.com")
    assert sandbox.post(event("b", email="bob@example.com"), event("a")).status_code == 409
    assert [record["email"] for record in records(sandbox)] == ["ada@example.com"]


def test_a_timeline_is_in_the_order_of_what_happened(sandbox: Sandbox) -> None:
    """The latest first, by the instant, not by its spelling or its arrival."""
    for event_id, moment in [("noon", "2026-03-10T12:00:00Z"), ("later", "2026-03-10T12:30:00+00:00"),
                             ("before", "2026-03-10T13:30:00+02:00")]:  # fmt: skip
        send(sandbox, event_id, email="ada@example.com", timestamp=moment)
    assert timeline(sandbox, records(sandbox)[0]["record"]) == ["later", "noon", "before"]


def test_records_are_searched(sandbox: Sandbox) -> None:
    """By a part of their address, id, type or utk, in any case; nothing in it is a pattern."""
    send(sandbox, "a", email="Ada@example.com")
    send(sandbox, "b", objectId="4711", utk="u%1")
    for search, total in [("ada@", 1), ("4711", 1), ("contact", 2), ("U%", 1), ("%", 1), ("nobody", 0)]:
        assert sandbox.get("/_sandbox/records", search=search).json()["total"] == total, search
