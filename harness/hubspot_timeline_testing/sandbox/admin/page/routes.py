"""The routes of the page: itself at /, its files under /_sandbox/page."""

from importlib.resources import files
from pathlib import PurePath

from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.guard import Guard
from hubspot_timeline_testing.sandbox.errors import not_found
from hubspot_timeline_testing.sandbox.http.requests import path_route
from hubspot_timeline_testing.sandbox.http.response import HttpResponse

_FOLDER = files("hubspot_timeline_testing.sandbox.admin.page")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".js": "text/javascript; charset=utf-8",
}

FILES = {
    file.name: _TYPES[PurePath(file.name).suffix] for file in _FOLDER.iterdir() if PurePath(file.name).suffix in _TYPES
}
"""The files that are served, with their media types."""

# The page shows texts of senders: even if markup in them got through, it could neither run nor load anything. And no
# other page can put this one, with its switches, into a frame.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def page_routes(guard: Guard) -> list[Route]:
    """Return the routes of the page, which the guard protects."""
    routes = [path_route("/", {"GET": _index}), path_route("/_sandbox/page/{file}", {"GET": _file})]
    return [guard.protect(route) for route in routes]


def file_response(name: str) -> HttpResponse:
    """Return the response with a file. Raises ServiceError (404) for other names."""
    media_type = FILES.get(name)
    if media_type is None:
        raise not_found(f"file {name} of the page")
    return HttpResponse(200, _FOLDER.joinpath(name).read_bytes(), {**_HEADERS, "content-type": media_type})


async def _index(_: Request) -> HttpResponse:
    return file_response("index.html")


async def _file(request: Request) -> HttpResponse:
    return file_response(request.path_params["file"])
