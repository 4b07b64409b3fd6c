"""A response that belongs to no request, and arrives after the next request was sent, settles no event (G2)."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hubspot_timeline import BatchLimits, Created, OAuthRefresh, Outcome, Rejected
from hubspot_timeline.http.network_stream import NEW_CONNECTION
from tests.helpers.both_clients import AsyncRunner, ClientRunner
from tests.helpers.examples import examples
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status
from tests.helpers.storing_server import StoringServer, Turn, http

RUNS = examples(1, 30)

SURPLUS = {
    "201": http(201, b'{"results": [{"id": "e0"}]}'),
    "207": http(207, b'{"results": [], "errors": [{"message": "no such template"}]}'),
    "400": http(400, b'{"message": "no such template"}'),
    "403": http(403, b'{"category": "MISSING_SCOPES", "message": "no"}'),
    "404": http(404, b"<html>"),
    "408": http(408, b"", b"Connection: close"),
}


def transport(client: ClientRunner, url: str) -> dict[str, Any]:  # noqa: ARG001 - as the others
    """Return the options for a transport of the caller."""
    own = httpx.AsyncHTTPTransport() if isinstance(client, AsyncRunner) else httpx.HTTPTransport()
    return {"httpx_args": {"transport": own}}


TRANSPORTS: dict[str, Callable[[ClientRunner, str], dict[str, Any]]] = {
    "default": lambda client, url: {},
    "transport": transport,
    "proxy": lambda client, url: {"httpx_args": {"proxy": url}},
    "pyqwest": lambda client, url: {"transport": "pyqwest"},
}


def run(client: ClientRunner, server: StoringServer, given: dict[str, Any], count: int) -> list[Outcome]:
    """Return the outcomes of events that are sent one after the other."""
    options: dict[str, Any] = {"batch": BatchLimits(max_events=1), "max_in_flight": 1, "rate_limit": None}
    options |= {"httpx_args": {}} | given
    url = "http://localhost:1" if "proxy" in options["httpx_args"] else server.url
    outcomes: list[Outcome] = client.run(
        Script(), lambda timeline: timeline.stream(numbered(count)), base_url=url, **options
    )
    return outcomes


@pytest.mark.parametrize("transport", ["httpx", "pyqwest"])
def test_a_refused_request_is_repeated_on_a_new_connection(client: ClientRunner, transport: str) -> None:
    """One connection for the events before and their refusal, and one for the repeated refusal."""
    ports: list[int] = []

    def respond(turn: Turn) -> None:
        ports.append(turn.connection.getpeername()[1])
        response = turn.process()
        turn.send(http(response.status, response.content))

    with StoringServer(respond, invalid=["e1"], names_ids=False) as server:
        run(client, server, {"transport": transport}, 2)

    first, second, third = ports
    assert first == second != third


def test_a_token_refresh_uses_a_new_connection(client: ClientRunner) -> None:
    """Its response has no id that would show to which request it belongs."""
    script = Script(status(200, {"access_token": "a-token", "expires_in": 1800}))
    credentials = OAuthRefresh("app", "secret-0815", "refresh-4711")
    client.run(script, lambda timeline: timeline.send(numbered(1)), token=credentials)

    assert [request.extensions[NEW_CONNECTION] for request in script.requests] == [True, False]


@pytest.mark.parametrize("given", TRANSPORTS.values(), ids=TRANSPORTS)
@pytest.mark.parametrize("surplus", SURPLUS.values(), ids=SURPLUS)
@pytest.mark.parametrize("invalid", [(), ("e1",)], ids=["created", "refused"])
def test_a_late_surplus_response_is_not_taken_for_the_next_one(
    client: ClientRunner, given: Callable[[ClientRunner, str], dict[str, Any]], surplus: bytes, invalid: tuple[str]
) -> None:
    """It is sent once the next request has arrived, so that no client can notice it before."""

    def respond(turn: Turn) -> None:
        response = turn.process()
        turn.send(http(response.status, response.content))
        turn.surplus = surplus if turn.ids == ["e0"] else b""

    for _ in range(RUNS):
        with StoringServer(respond, invalid=invalid, names_ids=False) as server:
            outcomes = run(client, server, given(client, server.url), 3)

        assert len(outcomes) == 3
        for outcome in outcomes:
            assert not isinstance(outcome, Created) or outcome.id in server.stored
            assert not isinstance(outcome, Rejected) or outcome.id in invalid
        if surplus != SURPLUS["408"] and surplus != SURPLUS["201"]:  # after these, a refusal is ambiguous
            assert {outcome.id for outcome in outcomes if isinstance(outcome, Rejected)} == set(invalid)
