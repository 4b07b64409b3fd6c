"""A client for the admin API of a running sandbox."""

import ssl
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Self

import httpx

from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.request_matching import request_mismatch

_PAGE = 1000


class SandboxControl:
    """The admin API of a sandbox in this or another process, as methods; usable from any thread.

    `access_key`: that of the sandbox, if it has one. `ca_file`: the CA of one that serves HTTPS.
    Each raises httpx.HTTPError if the sandbox does not respond, and ValueError for an error response.
    Close it, or use it as a context manager.
    """

    def __init__(self, url: str, *, access_key: str = "", ca_file: Path | None = None) -> None:
        headers = {"Authorization": f"Bearer {access_key}"} if access_key else {}
        verify: ssl.SSLContext | bool = True
        if ca_file:
            verify = ssl.create_default_context(cafile=ca_file)
        elif url.startswith("http:"):
            verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to load certificates takes 40 ms
        self._client = httpx.Client(base_url=url, headers=headers, verify=verify, trust_env=False, timeout=60)

    def counts(self) -> dict[str, int]:
        """Return the numbers of events, requests, limited (requests with a 429), records and templates."""
        counts: dict[str, int] = self._call("GET", "counts").json()
        return counts

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the results of all events, oldest first."""
        return self._all("events")

    def event(self, event_template_id: str, event_id: str) -> dict[str, Any] | None:
        """Return the result of one event, None if there is none."""
        return self._event(eventTemplateId=event_template_id, id=event_id)

    def app_event(self, event_type_name: str, event_id: str) -> dict[str, Any] | None:
        """Return the result of one app event, by the uid of its type, None if there is none."""
        return self._event(eventTypeName=event_type_name, id=event_id)

    def records(self, search: str = "") -> Iterator[dict[str, Any]]:
        """Yield the records that contain a text: record (its key), objectType, objectId, email, utk, events, latest."""
        return self._all("records", search=search)

    def timeline(self, record: str) -> Iterator[dict[str, Any]]:
        """Yield the events of a record by its key, the latest first, rendered by their templates."""
        return self._all("timeline", record=record)

    def requests(self) -> Iterator[dict[str, Any]]:
        """Yield the requests, the latest first: number, method, path, operation, account, status, fault, events, ….

        `operation` is an operationId of the documents, or issue_access_token.
        """
        return self._all("requests")

    def har(self) -> dict[str, Any]:
        """Return the latest 1,000 requests as an HTTP archive (HAR 1.2), with their bodies and without secrets."""
        archive: dict[str, Any] = self._call("GET", "requests.har").json()
        return archive

    def assert_requests(self, *, times: int | None = None, **expected: Any) -> None:
        """Raise AssertionError unless so many requests, by default one or more, had the expected values in the log.

        `expected`: fields as in `requests()`, such as operation="create_events", status=201, account="62515". The error
        names the requests that match, or the one that is nearest to it. Raises ValueError for an unknown field or
        operation.
        """
        error = request_mismatch(self.requests(), times, expected)
        if error:
            raise AssertionError(error)

    def assert_exactly_once(self, ids: Iterable[str]) -> None:
        """Raise AssertionError, which names them, for ids that were not created exactly once, in any template."""
        errors: dict[str, list[str]] = {"missing": [], "repeated": []}
        remaining = iter(ids)
        while page := list(islice(remaining, _PAGE)):
            for kind, names in self._call("POST", "exactly-once", json={"ids": page}).json().items():
                errors[kind] += names
        parts = [f"{len(names)} {kind}: {', '.join(names[:20])}" for kind, names in errors.items() if names]
        if parts:
            raise AssertionError(f"not created exactly once: {'; '.join(parts)}")

    def set_faults(self, plan: FaultPlan | dict[str, Any]) -> None:
        """Follow a plan of faults, or a mapping of its values, from its beginning; FaultPlan() ends all faults."""
        plan = plan if isinstance(plan, FaultPlan) else FaultPlan.from_json(plan)
        self._call("PUT", "faults", json=plan.to_json())

    def advance(self, seconds: float) -> None:
        """Move the clock of the sandbox forward: tokens expire, rate limits recover."""
        self._call("POST", "clock", json={"advance": seconds})

    def migrate(self, after: float = 0.0) -> None:
        """Let version 3 answer 401 from so many seconds on; `reset` undoes that."""
        self._call("POST", "migrate", json={"after": after})

    def reset(self) -> None:
        """Delete all events, requests, records and tokens; restart limits, and templates and faults of the settings."""
        self._call("POST", "reset")

    def snapshot(self) -> dict[str, Any]:
        """Return everything that is stored, as JSON."""
        snapshot: dict[str, Any] = self._call("GET", "snapshot").json()
        return snapshot

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Replace everything that is stored by what `snapshot` returned."""
        self._call("PUT", "snapshot", json=snapshot)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return _checked(self._client.request(method, f"/_sandbox/{path}", **options))

    def _event(self, **query: str) -> dict[str, Any] | None:
        response = self._client.get("/_sandbox/event", params=query)
        event: dict[str, Any] | None = None if response.status_code == 404 else _checked(response).json()
        return event

    def _all(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        offset, listed = 0, "events" if path == "timeline" else path
        while True:
            page = self._call("GET", path, params={**query, "offset": offset, "limit": _PAGE}).json()[listed]
            yield from page
            offset += len(page)
            if len(page) < _PAGE:
                return


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        request = response.request
        raise ValueError(f"{request.method} {request.url}: {response.status_code}: {response.text[:500]}")
    return response
