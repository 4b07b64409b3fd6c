"""Reading back what was created, under /_sandbox; the service itself has nothing like it, and no token is needed."""

import re

from attrs import asdict, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline.sandbox.bodies import encode, json_list
from hubspot_timeline.sandbox.refusals import RefusedError, invalid
from hubspot_timeline.sandbox.state.store import Store
from hubspot_timeline.sandbox.web.responses import json_response

_NUMBER = re.compile(r"[0-9]{1,15}")  # what SQLite can count


@frozen
class ReadBack:
    """The requests that read a store.

    GET /_sandbox/events?offset=0&limit=100 answers {"total": n, "events": [result, …]}, oldest first.
    GET /_sandbox/event?eventTemplateId=…&id=… answers the one result; ids hold any character, so they are no path.
    GET /_sandbox/counts answers {"events": n, "requests": n, "limited": n}; refused requests count too, and limited
    are those of them that were answered with 429.
    """

    store: Store

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        return [
            Route("/_sandbox/events", self.events, methods=["GET"]),
            Route("/_sandbox/event", self.event, methods=["GET"]),
            Route("/_sandbox/counts", self.counts, methods=["GET"]),
        ]

    async def events(self, request: Request) -> Response:
        """Answer with one page of events."""
        page = self.store.page(_number(request, "offset", 0), _number(request, "limit", 100))
        listed = json_list([event.result for event in page])
        return json_response(200, f'{{"total":{self.store.count()},"events":{listed}}}')

    async def event(self, request: Request) -> Response:
        """Answer with one event, or 404."""
        found = self.store.get(_text(request, "eventTemplateId"), _text(request, "id"))
        if found is None:
            raise RefusedError(404, "No event has that template and id", "OBJECT_NOT_FOUND")
        return json_response(200, found.result)

    async def counts(self, request: Request) -> Response:  # noqa: ARG002 - every endpoint is given its request
        """Answer with the numbers of events, of requests, and of refusals by a rate limit."""
        return json_response(200, encode(asdict(self.store.counts())))


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, str(default))
    if not _NUMBER.fullmatch(given):
        raise invalid(f"{name} must be a whole number from 0 on")
    return int(given)


def _text(request: Request, name: str) -> str:
    given = request.query_params.get(name)
    if given is None:
        raise invalid(f"{name} is missing in the query")
    return given
