"""The senders that are compared: each sends the same events to the same server, as a user of it would write it down.

One run is one process: `python benchmarks/senders.py NAME URL FILE BATCH IN_FLIGHT` prints what it took as JSON. What a
sender imports, and the events as it wants them, are ready before its time begins.
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
TOKEN = "of-nobody"  # noqa: S105 - it opens nothing

Wire: TypeAlias = dict[str, Any]
Send: TypeAlias = Callable[[], int]
"""Sends all events and returns how many were created."""


def wire_events(path: str) -> list[Wire]:
    """Return the events of a file as JSON objects: what a program has that speaks to the service without a client."""
    with Path(path).open("rb") as file:
        return [json.loads(line) for line in file]


def made_events(path: str) -> list[Any]:
    """Return the same events as `event()` makes them."""
    from hubspot_timeline import TimelineIFrame, event

    return [
        event(
            one["eventTemplateId"],
            one["tokens"],
            id=one["id"],
            email=one.get("email"),
            object_id=one.get("objectId"),
            utk=one.get("utk"),
            timestamp=one.get("timestamp"),
            extra_data=one.get("extraData"),
            iframe=TimelineIFrame.from_dict(one["timelineIFrame"]) if "timelineIFrame" in one else None,
            domain=one.get("domain"),
            custom_object_type_id=one.get("customObjectTypeId"),
        )
        for one in wire_events(path)
    ]


def batches(events: list[Any], size: int) -> list[list[Any]]:
    """Return the events in lists of so many."""
    return [events[start : start + size] for start in range(0, len(events), size)]


def snake(names: Wire) -> Wire:
    """Return an object with the names that Python clients give its fields."""
    return {re.sub("([A-Z])", r"_\1", name).lower(): value for name, value in names.items()}


def bare(url: str, path: str, batch: int, _: int) -> Send:
    """Write ten lines of httpx and orjson, over dictionaries."""
    import httpx
    import orjson  # pyright: ignore[reportMissingImports]

    events = wire_events(path)

    def send() -> int:
        created = 0
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        with httpx.Client(base_url=url, headers=headers) as client:
            for some in batches(events, batch):
                response = client.post(OPERATION, content=orjson.dumps({"inputs": some}))
                response.raise_for_status()
                created += len(orjson.loads(response.content)["results"])
        return created

    return send


def generated(url: str, path: str, batch: int, _: int) -> Send:
    """Use the generated client in a naive loop."""
    from hubspot_timeline_api import AuthenticatedClient
    from hubspot_timeline_api.api.events import create_events
    from hubspot_timeline_api.models import TimelineEventBatch, TimelineEventBatchResult

    events = made_events(path)

    def send() -> int:
        created = 0
        with AuthenticatedClient(base_url=url, token=TOKEN) as client:
            for some in batches(events, batch):
                result = create_events.sync(client=client, body=TimelineEventBatch(inputs=some))
                assert isinstance(result, TimelineEventBatchResult)
                created += len(result.results)
        return created

    return send


def api_client(url: str, path: str, batch: int, _: int) -> Send:
    """Use hubspot-api-client, which throws the answer away."""
    from hubspot import HubSpot  # pyright: ignore[reportMissingImports]
    from hubspot.crm.timeline import BatchInputTimelineEvent, TimelineEvent, TimelineEventIFrame  # pyright: ignore[reportMissingImports]

    events = [
        TimelineEvent(
            event_template_id=one["eventTemplateId"],
            id=one["id"],
            tokens=one["tokens"],
            email=one.get("email"),
            object_id=one.get("objectId"),
            utk=one.get("utk"),
            timestamp=datetime.fromisoformat(one["timestamp"]) if "timestamp" in one else None,
            extra_data=one.get("extraData"),
            timeline_i_frame=TimelineEventIFrame(**snake(one["timelineIFrame"])) if "timelineIFrame" in one else None,
        )
        for one in wire_events(path)
    ]

    def send() -> int:
        client = HubSpot(access_token=TOKEN)
        client.config["host"] = url
        for some in batches(events, batch):
            client.crm.timeline.events_api.create_batch(BatchInputTimelineEvent(inputs=some))
        return len(events)

    return send


def sdk(url: str, path: str, batch: int, _: int) -> Send:
    """Use hubspot-sdk on its own path, with that path's names."""
    from hubspot_sdk import HubSpot  # pyright: ignore[reportMissingImports]

    own = {"event_template_id": "event_type_name", "tokens": "properties"}
    events: list[Any] = [
        {own.get(name, name): value for name, value in snake(one).items()}
        | ({"timeline_i_frame": snake(one["timelineIFrame"])} if "timelineIFrame" in one else {})
        for one in wire_events(path)
    ]

    def send() -> int:
        created = 0
        with HubSpot(access_token=TOKEN, base_url=url) as client:
            for some in batches(events, batch):
                created += len(client.crm.timeline.batch.create(inputs=some).results)
        return created

    return send


def sync(url: str, path: str, batch: int, in_flight: int, make: Callable[[str], list[Any]] = made_events) -> Send:
    """Use TimelineClient, given what event() made."""
    from hubspot_timeline import BatchLimits, TimelineClient

    events = make(path)

    def send() -> int:
        with TimelineClient(
            TOKEN, base_url=url, batch=BatchLimits(batch), max_in_flight=in_flight, rate_limit=None
        ) as timeline:
            return timeline.send(events).created

    return send


def sync_mappings(url: str, path: str, batch: int, in_flight: int) -> Send:
    """Use TimelineClient, given mappings in wire names."""
    return sync(url, path, batch, in_flight, wire_events)


def sync_one(url: str, path: str, batch: int, _: int) -> Send:
    """Use TimelineClient with one request in flight, as the bare loop has, given what event() made."""
    return sync(url, path, batch, 1)


def coroutines(url: str, path: str, batch: int, in_flight: int, make: Callable[[str], list[Any]] = made_events) -> Send:
    """Use AsyncTimelineClient, given what event() made."""
    from hubspot_timeline import AsyncTimelineClient, BatchLimits

    events = make(path)

    async def send() -> int:
        async with AsyncTimelineClient(
            TOKEN, base_url=url, batch=BatchLimits(batch), max_in_flight=in_flight, rate_limit=None
        ) as timeline:
            return (await timeline.send(events)).created

    return lambda: asyncio.run(send())


def coroutines_mappings(url: str, path: str, batch: int, in_flight: int) -> Send:
    """Use AsyncTimelineClient, given mappings in wire names."""
    return coroutines(url, path, batch, in_flight, wire_events)


def command(url: str, path: str, batch: int, in_flight: int) -> Send:
    """Run the command line on the file, with its start."""
    where = ["--base-url", url, "--rate-limit", "0", "--batch-size", str(batch), "--max-in-flight", str(in_flight)]
    letters = ["--dead-letters", f"{path}.dead-letters"]
    program = Path(sys.executable).with_name("hubspot-timeline")

    def send() -> int:
        done = subprocess.run(
            [program, "send", *where, *letters, "--json", path],
            env=os.environ | {"HUBSPOT_TIMELINE_TOKEN": TOKEN},
            capture_output=True,
            check=True,
        )
        return int(json.loads(done.stdout.splitlines()[-1])["created"])

    return send


SENDERS: dict[str, Callable[[str, str, int, int], Send]] = {
    "bare": bare,
    "generated": generated,
    "api-client": api_client,
    "sdk": sdk,
    "sync": sync,
    "sync-one": sync_one,
    "sync-mappings": sync_mappings,
    "async": coroutines,
    "async-mappings": coroutines_mappings,
    "command": command,
}


def measured(send: Send, who: int = resource.RUSAGE_SELF) -> dict[str, float]:
    """Return what a sender takes: seconds of wall and CPU, megabytes at its peak, and what of them came meanwhile."""
    gc.collect()
    gc.freeze()  # the events are ready; that they lie there is nobody's cost
    before, began = resource.getrusage(who), time.perf_counter()
    created = send()
    wall, after = time.perf_counter() - began, resource.getrusage(who)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak, growth = after.ru_maxrss / 1024, (after.ru_maxrss - before.ru_maxrss) / 1024
    return {"created": created, "wall": wall, "cpu": cpu, "peak": peak, "growth": growth}


def main() -> None:
    """Run one sender and print what it took."""
    name, url, path, batch, in_flight = sys.argv[1:]
    who = resource.RUSAGE_CHILDREN if name == "command" else resource.RUSAGE_SELF
    print(json.dumps(measured(SENDERS[name](url, path, int(batch), int(in_flight)), who)))


if __name__ == "__main__":
    main()
