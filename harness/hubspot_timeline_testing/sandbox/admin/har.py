"""The log of requests as an HTTP archive (HAR 1.2), for the developer tools of browsers and for other programs."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hubspot_timeline_testing.sandbox.http.response import phrase


def http_archive(exchanges: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return logged requests with their headers and bodies, in their order, as an archive.

    A response whose connection was reset has the status 0. Fields with an underscore are the sandbox's own.
    """
    creator = {"name": "hubspot-timeline sandbox", "version": version("hubspot-timeline")}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(each) for each in exchanges]}}


def _entry(exchange: Mapping[str, Any]) -> dict[str, Any]:
    time = exchange["milliseconds"]
    return {
        "startedDateTime": exchange["received_at"],
        "time": time,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": time, "receive": 0},
        **{f"_{name}": exchange[name] for name in ("number", "operation", "account", "fault", "events")},
    }


def _request(exchange: Mapping[str, Any]) -> dict[str, Any]:
    media_type = dict(exchange["request_headers"]).get("content-type", "")
    query = parse_qsl(urlsplit(exchange["url"]).query)
    body = {"postData": {"mimeType": media_type, "text": exchange["request_body"]}} if exchange["request_body"] else {}
    return {
        "method": exchange["method"],
        "url": exchange["url"],
        "queryString": _pairs(query),
        "bodySize": exchange["bytes"],
        **_message(exchange["request_headers"]),
        **body,
    }


def _response(exchange: Mapping[str, Any]) -> dict[str, Any]:
    status, headers = exchange["status"], exchange["response_headers"]
    media_type, size = dict(headers).get("content-type", ""), exchange["response_bytes"]
    return {
        "status": status or 0,
        "statusText": phrase(status) if status else "",
        "content": {"size": size, "mimeType": media_type, "text": exchange["response_body"]},
        "redirectURL": "",
        "bodySize": size,
        **_message(headers),
    }


def _message(headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"httpVersion": "HTTP/1.1", "cookies": [], "headers": _pairs(headers), "headersSize": -1}


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
