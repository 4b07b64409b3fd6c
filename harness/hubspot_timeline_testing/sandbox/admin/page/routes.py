"""The files of the page, as they lie beside this module."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.errors import not_found
from hubspot_timeline_testing.sandbox.http.requests import path_route

_FOLDER = files("hubspot_timeline_testing.sandbox.admin.page")
_SCRIPTS = ("api", "dom", "faults", "limits", "list", "main", "records", "requests", "tabs", "timeline", "words")

FILES = {
    "index.html": "text/html",
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
    **{f"{name}.js": "text/javascript" for name in _SCRIPTS},
}
"""The names that are served, and nothing else is; with their media types."""

# What senders put into events is shown here: even if markup of theirs came through, it could neither run nor load
# anything, and nobody can put the page with its switches into a frame of their own.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_routes() -> list[Route]:
    """Return the routes of the page: itself at /, its files under /_sandbox/page."""
    return [path_route("/", {"GET": _page}), path_route("/_sandbox/page/{file}", {"GET": _file})]


def served(name: str) -> Response:
    """Return the answer with a file. Raises RefusedError with 404 for any other name."""
    media_type = FILES.get(name)
    if media_type is None:
        raise not_found(f"file {name} of the page")
    return Response(_FOLDER.joinpath(name).read_bytes(), headers=_HEADERS, media_type=media_type)


async def _page(request: Request) -> Response:  # noqa: ARG001 - every endpoint is given its request
    return served("index.html")


async def _file(request: Request) -> Response:
    return served(request.path_params["file"])
