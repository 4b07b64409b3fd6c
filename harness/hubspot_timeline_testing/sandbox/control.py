"""Looking into a running sandbox, and steering it, from Python."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Self

import httpx

from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan

_PAGE = 1000


class SandboxControl:
    """What a sandbox has under /_sandbox, as calls; usable from any thread, for a sandbox in this or another process.

    Each raises httpx.HTTPError where the sandbox is not there, and ValueError, in the sandbox's own words, where it
    refuses. Close it, or use it as a context manager.
    """

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=60)

    def counts(self) -> dict[str, int]:
        """Return how many events, requests, limited (those with a 429), records and templates there are."""
        found: dict[str, int] = self._call("GET", "counts").json()
        return found

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the results of all events, oldest first."""
        return self._all("events")

    def event(self, event_template_id: str, event_id: str) -> dict[str, Any] | None:
        """Return the result of one event, None if there is none."""
        query = {"eventTemplateId": event_template_id, "id": event_id}
        response = self._client.get("/_sandbox/event", params=query)
        found: dict[str, Any] | None = None if response.status_code == 404 else _checked(response).json()
        return found

    def records(self, search: str = "") -> Iterator[dict[str, Any]]:
        """Yield the records that contain a text: record (its key), objectType, objectId, email, utk, events, latest."""
        return self._all("records", search=search)

    def timeline(self, record: str) -> Iterator[dict[str, Any]]:
        """Yield the events of a record by its key, the latest first, rendered by their templates."""
        return self._all("timeline", record=record)

    def requests(self) -> Iterator[dict[str, Any]]:
        """Yield the requests, the latest first: number, method, path, account, status, fault, milliseconds, events."""
        return self._all("requests")

    def assert_exactly_once(self, ids: Iterable[str]) -> None:
        """Raise AssertionError, which names them, if an id was not created exactly once, under whichever template."""
        found: dict[str, list[str]] = {"missing": [], "repeated": []}
        asked = iter(ids)
        while some := list(islice(asked, _PAGE)):
            for what, named in self._call("POST", "exactly-once", json={"ids": some}).json().items():
                found[what] += named
        told = [f"{len(found[what])} {what}: {', '.join(found[what][:20])}" for what in found if found[what]]
        if told:
            raise AssertionError(f"not created exactly once: {'; '.join(told)}")

    def set_faults(self, plan: FaultPlan) -> None:
        """Misbehave by this plan from now on, from its beginning; FaultPlan() ends it."""
        self._call("PUT", "faults", json=plan.to_json())

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass at once: tokens expire, rate windows empty."""
        self._call("POST", "clock", json={"advance": seconds})

    def reset(self) -> None:
        """Forget all events, requests, records, templates and tokens; begin limits and the plan of faults anew."""
        self._call("POST", "reset")

    def snapshot(self) -> dict[str, Any]:
        """Return everything that it holds, as JSON."""
        found: dict[str, Any] = self._call("GET", "snapshot").json()
        return found

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Begin from what `snapshot` returned."""
        self._call("PUT", "snapshot", json=snapshot)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _call(self, method: str, what: str, **options: Any) -> httpx.Response:
        return _checked(self._client.request(method, f"/_sandbox/{what}", **options))

    def _all(self, what: str, **query: Any) -> Iterator[dict[str, Any]]:
        offset, listed = 0, "events" if what == "timeline" else what
        while True:
            page = self._call("GET", what, params={**query, "offset": offset, "limit": _PAGE}).json()[listed]
            yield from page
            offset += len(page)
            if len(page) < _PAGE:
                return


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise ValueError(f"the sandbox answered {response.status_code}: {response.text[:500]}")
    return response
