"""hubspot-sdk, the vendor's client of app events, works with the sandbox when only its address is changed."""

from typing import Any

import hubspot_sdk
import pytest

from hubspot_timeline_testing.sandbox import SandboxServer


def test_single_events_and_batches_are_created() -> None:
    """And a batch with an id that exists is an exception."""
    with SandboxServer() as server, hubspot_sdk.HubSpot(access_token="any", base_url=server.url) as client:
        fields: dict[str, Any] = {
            "event_type_name": "webinar",
            "properties": {"seats": "2"},
            "email": "ada@example.com",
        }
        client.crm.timeline.create_event(id="a1", **fields)
        new_id: Any = {"id": "a4", **fields}
        new: list[Any] = [{"id": name, **fields} for name in ("a2", "a3")]
        batch = client.crm.timeline.batch.create(inputs=new)
        assert [each.id for each in batch.results] == ["a2", "a3"]
        with pytest.raises(hubspot_sdk.ConflictError):
            client.crm.timeline.batch.create(inputs=[*new, new_id])
        server.control.assert_exactly_once(["a1", "a2", "a3"])
        assert server.store.count() == 3
