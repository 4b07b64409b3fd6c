"""The senders that are compared: each sends the same events to the same server, as its documentation shows it.

One run is one process: `python benchmarks/senders.py NAME URL FILE BATCH_SIZE IN_FLIGHT` prints its time and memory as
JSON. Imports and the events, as the sender takes them, are ready before the measurement begins.
"""

import asyncio
import gc
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

OPERATION = "/integrators/timeline/v3/events/batch/create"
TOKEN = "benchmark-token"  # noqa: S105 - of no account

JsonObject: TypeAlias = dict[str, Any]

Reader: TypeAlias = Callable[[str], list[Any]]
"""Reads the events of a file."""

Send: TypeAlias = Callable[[], int]
"""Sends all events and returns how many were created."""


def read_mappings(path: str) -> list[JsonObject]:
    """Return the events of a file as mappings in JSON field names."""
    with Path(path).open("rb") as file:
        return [json.loads(line) for line in file]


def read_events(path: str) -> list[Any]:
    """Return the events of a file as `event()` builds them."""
    from hubspot_timeline import TimelineIFrame, event

    return [
        event(
            fields["eventTemplateId"],
            fields["tokens"],
            id=fields["id"],
            email=fields.get("email"),
            object_id=fields.get("objectId"),
            utk=fields.get("utk"),
            timestamp=fields.get("timestamp"),
            extra_data=fields.get("extraData"),
            iframe=TimelineIFrame.from_dict(fields["timelineIFrame"]) if "timelineIFrame" in fields else None,
            domain=fields.get("domain"),
            custom_object_type_id=fields.get("customObjectTypeId"),
        )
        for fields in read_mappings(path)
    ]


def batches(events: list[Any], size: int) -> list[list[Any]]:
    """Return the events in batches of a size."""
    return [events[start : start + size] for start in range(0, len(events), size)]


def snake_case(fields: JsonObject) -> JsonObject:
    """Return an object with its field names in snake case."""
    return {re.sub("([A-Z])", r"_\1", name).lower(): value for name, value in fields.items()}


def bare(url: str, path: str, batch_size: int, _: int) -> Send:
    """Use a loop of ten lines over httpx and orjson, with mappings."""
    import httpx
    import orjson  # pyright: ignore[reportMissingImports]

    events = read_mappings(path)

    def send() -> int:
        created = 0
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        with httpx.Client(base_url=url, headers=headers) as client:
            for batch in batches(events, batch_size):
                response = client.post(OPERATION, content=orjson.dumps({"inputs": batch}))
                response.raise_for_status()
                created += len(orjson.loads(response.content)["results"])
        return created

    return send


def generated(url: str, path: str, batch_size: int, _: int) -> Send:
    """Use the generated client in a naive loop."""
    from hubspot_timeline_api import AuthenticatedClient
    from hubspot_timeline_api.api.events import create_events
    from hubspot_timeline_api.models import TimelineEventBatch, TimelineEventBatchResult

    events = read_events(path)

    def send() -> int:
        created = 0
        with AuthenticatedClient(base_url=url, token=TOKEN) as client:
            for batch in batches(events, batch_size):
                result = create_events.sync(client=client, body=TimelineEventBatch(inputs=batch))
                assert isinstance(result, TimelineEventBatchResult)
                created += len(result.results)
        return created

    return send


def api_client(url: str, path: str, batch_size: int, _: int) -> Send:
    """Use hubspot-api-client, which discards the response."""
    from hubspot import HubSpot  # pyright: ignore[reportMissingImports]
    from hubspot.crm.timeline import BatchInputTimelineEvent, TimelineEvent, TimelineEventIFrame  # pyright: ignore[reportMissingImports]

    events = [
        TimelineEvent(
            event_template_id=fields["eventTemplateId"],
            id=fields["id"],
            tokens=fields["tokens"],
            email=fields.get("email"),
            object_id=fields.get("objectId"),
            utk=fields.get("utk"),
            timestamp=datetime.fromisoformat(fields["timestamp"]) if "timestamp" in fields else None,
            extra_data=fields.get("extraData"),
            timeline_i_frame=TimelineEventIFrame(**snake_case(fields["timelineIFrame"]))
            if "timelineIFrame" in fields
            else None,
        )
        for fields in read_mappings(path)
    ]

    def send() -> int:
        client = HubSpot(access_token=TOKEN)
        client.config["host"] = url
        for batch in batches(events, batch_size):
            client.crm.timeline.events_api.create_batch(BatchInputTimelineEvent(inputs=batch))
        return len(events)

    return send


def sdk(url: str, path: str, batch_size: int, _: int) -> Send:
    """Use hubspot-sdk, with its own path and field names."""
    from hubspot_sdk import HubSpot  # pyright: ignore[reportMissingImports]

    renamed = {"event_template_id": "event_type_name", "tokens": "properties"}
    events: list[Any] = [
        {renamed.get(name, name): value for name, value in snake_case(fields).items()}
        | ({"timeline_i_frame": snake_case(fields["timelineIFrame"])} if "timelineIFrame" in fields else {})
        for fields in read_mappings(path)
    ]

    def send() -> int:
        created = 0
        with HubSpot(access_token=TOKEN, base_url=url) as client:
            for batch in batches(events, batch_size):
                created += len(client.crm.timeline.batch.create(inputs=batch).results)
        return created

    return send


def sync(url: str, path: str, batch_size: int, in_flight: int, read: Reader = read_events, **options: Any) -> Send:
    """Use TimelineClient, with events that event() builds."""
    from hubspot_timeline import BatchLimits, TimelineClient

    events = read(path)

    def send() -> int:
        with TimelineClient(
            TOKEN, base_url=url, batch=BatchLimits(batch_size), max_in_flight=in_flight, rate_limit=None, **options
        ) as timeline:
            return timeline.send(events).created

    return send


def sync_mappings(url: str, path: str, batch_size: int, in_flight: int) -> Send:
    """Use TimelineClient, with mappings in JSON field names."""
    return sync(url, path, batch_size, in_flight, read_mappings)


def sync_sequential(url: str, path: str, batch_size: int, _: int) -> Send:
    """Use TimelineClient with one request in flight, as the bare loop has, with events that event() builds."""
    return sync(url, path, batch_size, 1)


def sync_pyqwest(url: str, path: str, batch_size: int, in_flight: int) -> Send:
    """Use TimelineClient through pyqwest, with events that event() builds."""
    return sync(url, path, batch_size, in_flight, transport="pyqwest")


def sync_sequential_pyqwest(url: str, path: str, batch_size: int, _: int) -> Send:
    """Use TimelineClient through pyqwest with one request in flight, with events that event() builds."""
    return sync(url, path, batch_size, 1, transport="pyqwest")


def coroutines(
    url: str, path: str, batch_size: int, in_flight: int, read: Reader = read_events, **options: Any
) -> Send:
    """Use AsyncTimelineClient, with events that event() builds."""
    from hubspot_timeline import AsyncTimelineClient, BatchLimits

    events = read(path)

    async def send() -> int:
        async with AsyncTimelineClient(
            TOKEN, base_url=url, batch=BatchLimits(batch_size), max_in_flight=in_flight, rate_limit=None, **options
        ) as timeline:
            return (await timeline.send(events)).created

    return lambda: asyncio.run(send())


def coroutines_mappings(url: str, path: str, batch_size: int, in_flight: int) -> Send:
    """Use AsyncTimelineClient, with mappings in JSON field names."""
    return coroutines(url, path, batch_size, in_flight, read_mappings)


def coroutines_pyqwest(url: str, path: str, batch_size: int, in_flight: int) -> Send:
    """Use AsyncTimelineClient through pyqwest, with events that event() builds."""
    return coroutines(url, path, batch_size, in_flight, transport="pyqwest")


def command(url: str, path: str, batch_size: int, in_flight: int) -> Send:
    """Run the command on the file; its start is part of the time."""
    target = ["--base-url", url, "--rate-limit", "0", "--dead-letters", f"{path}.dead-letters"]
    limits = ["--batch-size", str(batch_size), "--max-in-flight", str(in_flight)]
    command_path = Path(sys.executable).with_name("hubspot-timeline")

    def send() -> int:
        process = subprocess.run(
            [command_path, "send", *target, *limits, "--json", path],
            env=os.environ | {"HUBSPOT_TIMELINE_TOKEN": TOKEN},
            capture_output=True,
            check=True,
        )
        return int(json.loads(process.stdout.splitlines()[-1])["created"])

    return send


SENDERS: dict[str, Callable[[str, str, int, int], Send]] = {
    "bare": bare,
    "generated": generated,
    "api-client": api_client,
    "sdk": sdk,
    "sync": sync,
    "sync-one": sync_sequential,
    "sync-pyqwest": sync_pyqwest,
    "sync-one-pyqwest": sync_sequential_pyqwest,
    "sync-mappings": sync_mappings,
    "async": coroutines,
    "async-pyqwest": coroutines_pyqwest,
    "async-mappings": coroutines_mappings,
    "command": command,
}


def measured(send: Send, who: int = resource.RUSAGE_SELF) -> dict[str, float]:
    """Return the seconds of wall clock and CPU, and the megabytes of memory: its peak, and its growth meanwhile."""
    gc.collect()
    gc.freeze()  # the events themselves must not cost the sender time in the garbage collector
    before, started = resource.getrusage(who), time.perf_counter()
    created = send()
    wall, after = time.perf_counter() - started, resource.getrusage(who)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak, growth = after.ru_maxrss / 1024, (after.ru_maxrss - before.ru_maxrss) / 1024
    return {"created": created, "wall": wall, "cpu": cpu, "peak": peak, "growth": growth}


def main() -> None:
    """Run one sender and print its figures."""
    name, url, path, batch_size, in_flight = sys.argv[1:]
    who = resource.RUSAGE_CHILDREN if name == "command" else resource.RUSAGE_SELF
    print(json.dumps(measured(SENDERS[name](url, path, int(batch_size), int(in_flight)), who)))


if __name__ == "__main__":
    main()
