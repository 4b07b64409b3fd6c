"""Outcomes are complete and true whatever bytes a server sends, as long as it does what they say (G1, G2, G4).

Unlike the faults of `ModelService`, these are of raw bytes: they pass through each transport, and through the reuse of
connections. A run is determined by its seed.
"""

import gzip
import json
from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

import pytest

from hubspot_timeline import BatchLimits, Created, Outcome, Rejected, RetryPolicy, Unsent
from tests.helpers.both_clients import ClientRunner
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script
from tests.helpers.storing_server import StoringServer, Turn, http

RUNS = examples(30, 1_000)

Fault: TypeAlias = Callable[[Turn, Random], None]
"""Responds to a request in some way."""

BOMB = gzip.compress(bytes(200_000_000), compresslevel=1)
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"
SURPLUS = [
    http(400, b'{"message": "no such template"}'),
    http(403, b'{"message": "no"}'),
    http(404, b"<html>"),
    http(408, b"", b"Connection: close"),
    http(201, b'{"results": [{"id": "another"}]}'),
    http(207, b'{"results": [], "errors": [{"message": "no such template"}]}'),
    http(500, b"") * 3,
    HINT * 3,
    b"\r\n",
    b"HTTP/1.1",
    b"\x00\xff" * 50,
]


class TickingTime(FakeTime):
    """A clock that advances a little each time it is read, so that a response that drips comes to its deadline."""

    def clock(self) -> float:
        """Return the next time."""
        self.now += 0.01
        return self.now


def right(turn: Turn) -> bytes:
    """Process a request and return the response that is right."""
    response = turn.process()
    return http(response.status, response.content, b"Content-Type: application/json")


def well(turn: Turn, random: Random) -> None:  # noqa: ARG001 - a Fault
    """Respond as the service does."""
    turn.send(right(turn))


def reset(turn: Turn, random: Random) -> None:
    """Reset the connection before or after the events are processed, or after any byte of the response."""
    response = right(turn) if random.random() < 0.7 else b""
    turn.send(response[: random.randint(0, len(response))])
    turn.reset() if random.random() < 0.5 else turn.close()


def pieces(turn: Turn, random: Random) -> None:
    """Send the response in pieces."""
    response = right(turn)
    while response:
        cut = random.choice([1, 7, 100])
        turn.send(response[:cut])
        response = response[cut:]


def wrong_length(turn: Turn, random: Random) -> None:
    """Name a length that is wrong, or no number."""
    length = random.choice([b"0", b"5", b"-1", b"9" * 30, b"1e3", b"99999", b""])
    content = turn.process().content
    turn.send(b"HTTP/1.1 201 Created\r\nContent-Length: %b\r\n\r\n%b" % (length, content))
    turn.close()


def odd_headers(turn: Turn, random: Random) -> None:
    """Send headers twice, or broken."""
    response = turn.process()
    headers = random.choice(
        [
            [b"Content-Length: 1"],
            [b"Content-Length: %d" % len(response.content)],
            [b"Transfer-Encoding: chunked"],
            [b"Transfer-Encoding: gzip, chunked"],
            [b"Content-Type: a", b"Content-Type: b"],
            [b"X: " + b"y" * 200_000],
            [b"X: \x00\xff\xfe"],
            [b"no colon"],
            [b" : folded", b"\tmore"],
            [b"Retry-After: soon", b"Retry-After: -5"],
            [b"X-HubSpot-RateLimit-Max: 0", b"X-HubSpot-RateLimit-Interval-Milliseconds: 10000"],
            [b"Set-Cookie: a=" + b"b" * 5_000] * 5,
        ]
    )
    turn.send(http(response.status, response.content, *headers))
    turn.close()


def chunks(turn: Turn, random: Random) -> None:
    """Send chunks of which one may be damaged."""
    content = turn.process().content
    size = random.choice([b"%x" % len(content), b"%X;x=y" % len(content), b"zz", b"-1", b"f" * 30, b"0", b"1"])
    turn.send(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\n%b\r\n0\r\n\r\n" % (size, content))
    turn.close()


def surplus(turn: Turn, random: Random) -> None:
    """Send bytes that belong to no request, at once or when the next request has arrived."""
    turn.send(right(turn))
    if random.random() < 0.5:
        turn.send(random.choice(SURPLUS))
    else:
        turn.surplus = random.choice(SURPLUS)


def hints(turn: Turn, random: Random) -> None:
    """Send informational responses, at times more than there is time for."""
    response = right(turn)
    turn.send(HINT * random.choice([1, 50, 20_000]) + response)


def drip(turn: Turn, random: Random) -> None:
    """Send a body that is longer than there is time for, byte by byte."""
    turn.send(right(turn)[:-1])
    for _ in range(random.choice([100, 20_000])):
        turn.send(b" ")
    turn.close()


def html(turn: Turn, random: Random) -> None:
    """Respond with HTML, as an edge server that has not passed the request on, or has lost the response."""
    code = random.choice([200, 201, 204, 207, 400, 404, 413, 502, 503, 504, 520, 524])
    if code < 400 or code >= 500:
        turn.process()
    turn.send(http(code, b"" if code == 204 else b"<html>edge</html>", b"Content-Type: text/html"))


def refusal(turn: Turn, random: Random) -> None:
    """Refuse the request for a reason that is not in its events."""
    code = random.choice([401, 403, 405, 423, 429, 477, 500, 503, 301, 302, 307, 304, 451, 600, 999])
    headers = [b"Location: /elsewhere"] if code < 400 else random.choice([[], [b"Retry-After: 3"], [b"Retry-After: x"]])
    turn.send(http(code, b'{"message": "no", "category": "X"}', *headers))


def other_results(turn: Turn, random: Random) -> None:
    """Name other events than were created, fewer, more, or some twice."""
    response = turn.process()
    results = list(response.body.get("results", ()))
    changed = random.choice(
        [
            [],
            results[1:],
            results * 2,
            [*results, {"id": "another"}],
            [{**result, "id": result["id"] + "?"} for result in results],
            [{"no": "id"} for _ in results],
            [None, 1, "x", [], *results],
            [{**result, "id": 7} for result in results],
            None,
            {"id": turn.ids[0]},
            "results",
        ]
    )
    turn.send(http(response.status, json.dumps({**response.body, "results": changed}).encode()))


def odd_errors(turn: Turn, random: Random) -> None:
    """Send a 207 whose errors have forms that nobody documents."""
    response = turn.process()
    errors = random.choice(
        [
            [],
            [None, 1, "text", [], {}],
            [{"message": None}],
            [{"message": ""} for error in response.body.get("errors", ())],
            {"message": "an object"},
            [{"context": {"id": {"deep": turn.ids}}}],
            "errors",
            [{"errors": [[[]]]}],
        ]
    )
    body = {"errors": errors, **response.body}
    turn.send(http(207 if response.status < 300 else response.status, json.dumps(body).encode()))


def bodies(turn: Turn, random: Random) -> None:
    """Send a body that is empty, nested, of another encoding or no JSON."""
    response = turn.process()
    content = random.choice(
        [
            b"",
            b"null",
            b"[]",
            b"[" * 100_000,
            b'{"results": ' + b"[" * 50_000,
            b'{"results": [' + b"9" * 10_000 + b"]}",
            b"\xef\xbb\xbf" + response.content,
            response.content.decode().encode("utf-16"),
            response.content.decode().encode("utf-32"),
            response.content[:-1],
            response.content + b"}",
            b"\xff" + response.content,
            response.content.replace(b'"e', b'"\\ud800e'),
        ]
    )
    turn.send(http(response.status, content, b"Content-Type: application/json; charset=utf-7"))


def encodings(turn: Turn, random: Random) -> None:
    """Send a body that is compressed, damaged or a bomb."""
    response = turn.process()
    zipped = gzip.compress(response.content)
    name, content = random.choice(
        [
            (b"gzip", zipped),
            (b"gzip", zipped[:-5]),
            (b"gzip", zipped + b"more"),
            (b"gzip", response.content),
            (b"gzip, gzip", gzip.compress(zipped)),
            (b"gzip", BOMB),
            (b"gzip", gzip.compress(BOMB)),
            (b"br", BOMB),
            (b"zstd", b"\x28\xb5\x2f\xfd"),
            (b"deflate", zipped),
            (b"none", response.content),
            (b"identity", response.content),
        ]
    )
    turn.send(http(response.status, content, b"Content-Encoding: " + name))


def huge(turn: Turn, random: Random) -> None:  # noqa: ARG001 - a Fault
    """Send a body that is longer than any response."""
    turn.process()
    turn.send(b"HTTP/1.1 201 Created\r\nContent-Length: 1000000000000\r\n\r\n")
    for _ in range(70):
        turn.send(b" " * 1_000_000)
    turn.close()


def status_lines(turn: Turn, random: Random) -> None:
    """Send a status line that is wrong."""
    content = turn.process().content
    line = random.choice(
        [
            *(b"HTTP/1.1 20 OK", b"HTTP/1.1 2000 OK", b"HTTP/2 201", b"ICY 201 OK", b"HTTP/1.0 201 OK"),
            *(b"HTTP/1.1 201", b"x", b"HTTP/1.1 101 Switching Protocols", b"HTTP/1.1 -201 OK"),
            *(b"\r\n\r\nHTTP/1.1 201 OK", b"\x16\x03\x01"),
        ]
    )
    turn.send(b"%b\r\nContent-Length: %d\r\n\r\n%b" % (line, len(content), content))
    turn.close()


FAULTS: list[Fault] = [
    *(reset, pieces, wrong_length, odd_headers, chunks, surplus, hints, drip, html, refusal, other_results, odd_errors),
    *(bodies, encodings, huge, status_lines),
]
WEIGHTS = [1.0 if fault is not huge else 0.1 for fault in FAULTS]


def run(client: ClientRunner, seed: int, transport: str) -> tuple[StoringServer, list[Outcome], int]:
    """Return the server of a run, the outcomes and the number of events."""
    random = Random(seed)  # noqa: S311 - not a secret
    count, share = random.randint(1, 12), random.choice([0.2, 0.5, 0.9])

    def respond(turn: Turn) -> None:
        own = Random(f"{seed} {turn.number}")  # noqa: S311 - not a secret
        fault = own.choices(FAULTS, WEIGHTS)[0] if own.random() < share else well
        fault(turn, own)

    options: dict[str, Any] = {
        "batch": BatchLimits(max_events=random.randint(1, 5)),
        "max_in_flight": random.randint(1, 3),
        "retry": RetryPolicy(attempts=random.randint(1, 6), wait_total=100_000),
        "rate_limit": None,
        "httpx_args": {},
        "transport": transport,
    }
    server = StoringServer(
        respond,
        invalid=[f"e{n}" for n in range(count) if random.random() < 0.2],
        refuses_batch=random.random() < 0.5,
        names_ids=random.random() < 0.5,
    )
    with server:
        outcomes = client.run(
            Script(), lambda timeline: timeline.stream(numbered(count)), TickingTime(), base_url=server.url, **options
        )
    return server, outcomes, count


@pytest.mark.parametrize("transport", ["httpx", "pyqwest"])
def test_outcomes_are_complete_and_true_whatever_the_server_sends(client: ClientRunner, transport: str) -> None:
    """Each event has one outcome; the server has what is Created, and does not have what is Rejected or Unsent."""
    for seed in range(RUNS):
        server, outcomes, count = run(client, seed, transport)

        assert sorted(outcome.id or "" for outcome in outcomes) == sorted(f"e{n}" for n in range(count)), seed
        false = [
            outcome
            for outcome in outcomes
            if (isinstance(outcome, Created) and outcome.id not in server.stored)
            or (isinstance(outcome, Rejected | Unsent) and outcome.id in server.stored)
        ]
        assert not false, f"seed {seed}: {false}"
        assert server.requests <= 40 * count, seed
