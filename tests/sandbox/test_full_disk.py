"""A sandbox whose disk is full: an error in the shape of the service's, and it works again when there is room."""

from pathlib import Path

from hubspot_timeline_testing.sandbox import Store
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.sandbox_calls import Sandbox, event, opened

GRANT = {"grant_type": "refresh_token", "client_id": "c", "client_secret": "s", "refresh_token": "r"}


def set_room(sandbox: Sandbox, pages: int) -> None:
    """Let the database grow by so many pages, as a disk would."""
    with sandbox.store.database.transaction() as connection:
        [size] = connection.execute("PRAGMA page_count").fetchone()
    [_] = sandbox.store.database.rows(f"PRAGMA max_page_count = {size + pages}")


def test_a_full_disk_is_an_error_and_room_ends_it(tmp_path: Path) -> None:
    """At all operations, the token endpoint and the admin API."""
    with opened(store=Store(tmp_path / "sandbox.db")) as sandbox:
        set_room(sandbox, 30)
        responses = [sandbox.send(event(f"e{number}", extraData={"x": "y" * 4000})) for number in range(50)]
        for response in responses:
            name = "TimelineEventBatchResult" if response.is_success else "ErrorBody"
            validator(name).validate(response.json())
        created = [response for response in responses if response.status_code == 201]
        assert 0 < len(created) < 50
        assert {response.status_code for response in responses} == {201, 507}
        assert "database or disk is full" in responses[-1].json()["message"]
        tokens = {sandbox.request("POST", "/oauth/v1/token", data=GRANT).status_code for _ in range(100)}
        assert tokens == {507}
        assert sandbox.request("POST", "/_sandbox/reset").status_code in (200, 204, 507)

        set_room(sandbox, 1_000)
        assert sandbox.post(event("again")).status_code == 201
