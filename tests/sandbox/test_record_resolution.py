"""Record resolution: an event belongs to the record of its objectId, else its utk, else its email, as documented."""

from typing import Any

from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.sandbox_calls import NOW_TEXT, Sandbox, event, opened, without


def send(sandbox: Sandbox, event_id: str, **identity: Any) -> None:
    assert sandbox.post(without("email", id=event_id, **identity)).status_code == 201


def records(sandbox: Sandbox) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = sandbox.get("/_sandbox/records").json()["records"]
    return body


def timeline(sandbox: Sandbox) -> list[str]:
    """Return the ids of the events of the only record."""
    [record] = records(sandbox)
    body = sandbox.get("/_sandbox/timeline", record=record["record"]).json()
    assert body["total"] == len(body["events"])
    return [each["id"] for each in body["events"]]


def test_an_unknown_email_creates_a_contact(sandbox: Sandbox) -> None:
    """A known one finds it."""
    send(sandbox, "a", email="ada@example.com")
    send(sandbox, "b", email="ada@example.com")
    [ada] = records(sandbox)
    expected = {"objectType": "CONTACT", "email": "ada@example.com", "events": 2, "latest": NOW_TEXT}
    assert ada | expected == ada
    assert timeline(sandbox) == ["b", "a"]


def test_an_object_id_precedes_an_email_and_changes_it(sandbox: Sandbox) -> None:
    """The contact has the new address from then on, unless another contact has it."""
    for event_id, object_id, email in [("a", "1", "old"), ("b", "1", "new"), ("c", "", "new"), ("d", "2", "new")]:
        send(sandbox, event_id, objectId=object_id, email=f"{email}@example.com")
    assert {record["objectId"]: (record["email"], record["events"]) for record in records(sandbox)} == {
        "1": ("new@example.com", 3),
        "2": (None, 1),
    }


def test_an_unknown_visitor_is_shown_once_identified(sandbox: Sandbox) -> None:
    """With the earlier events; from then on the utk precedes an email."""
    send(sandbox, "early", utk="u1")
    assert records(sandbox) == []
    send(sandbox, "known", utk="u1", email="ada@example.com")
    send(sandbox, "later", utk="u1", email="someone.else@example.com")
    [ada] = records(sandbox)
    assert (ada["utk"], ada["email"]) == ("u1", "ada@example.com")
    assert sorted(timeline(sandbox)) == ["early", "known", "later"]


def test_other_records_have_a_type_and_an_id(sandbox: Sandbox) -> None:
    """The same id of another type is another record; a standard type has several names."""
    for number, name in enumerate(("companies", "0-2", "COMPANY", "2-9")):
        send(sandbox, str(number), objectId="1", customObjectTypeId=name)
    assert {record["objectType"]: record["events"] for record in records(sandbox)} == {"2-9": 1, "COMPANY": 3}


def test_records_may_have_to_exist() -> None:
    """With that setting an unknown objectId is rejected, an email never."""
    with opened(SandboxSettings(records="must-exist")) as sandbox:
        response = sandbox.post(event("a", objectId="1"), event("b"))
        assert [result["id"] for result in response.json()["results"]] == ["b"]
        [created] = records(sandbox)
        send(sandbox, "c", objectId=created["objectId"])


def test_a_rejected_batch_creates_no_records(sandbox: Sandbox) -> None:
    """As it creates no events."""
    send(sandbox, "a", email="ada@example.com")
    assert sandbox.post(event("b", email="bob@example.com"), event("a")).status_code == 409
    assert [record["email"] for record in records(sandbox)] == ["ada@example.com"]


def test_an_object_id_that_the_sandbox_would_choose_is_accepted(sandbox: Sandbox) -> None:
    """A new contact gets another id then."""
    assert sandbox.post(event("e1", objectId="900000000002", email="")).status_code == 201
    assert sandbox.post(event("e2", email="new@example.com")).status_code == 201
    assert sandbox.store.count() == 2


def test_a_timeline_is_ordered_by_time(sandbox: Sandbox) -> None:
    """The latest event first, whatever its offset and the order of arrival."""
    for event_id, time in [("noon", "12:00:00Z"), ("later", "12:30:00+00:00"), ("before", "13:30:00+02:00")]:
        send(sandbox, event_id, email="ada@example.com", timestamp=f"2026-03-10T{time}")
    assert timeline(sandbox) == ["later", "noon", "before"]


def test_records_are_searched(sandbox: Sandbox) -> None:
    """By a part of their email, id, type or utk, case-insensitively and without wildcards."""
    send(sandbox, "a", email="Ada@example.com")
    send(sandbox, "b", objectId="4711", utk="u%1")
    for search, total in [("ada@", 1), ("4711", 1), ("contact", 2), ("U%", 1), ("%", 1), ("nobody", 0)]:
        assert sandbox.get("/_sandbox/records", search=search).json()["total"] == total, search
