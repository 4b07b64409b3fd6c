"""The OpenAPI document of each API that a contract run may be about, with the version in its paths."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from hubspot_timeline_testing.openapi import document_file, operations

V3 = "v3"

_APP_EVENTS = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def is_api(api: str) -> bool:
    """Return whether an API has a document: v3, or a version of app events."""
    return api == V3 or bool(_APP_EVENTS.fullmatch(api))


def document_name(api: str) -> str:
    """Return the name of the document that describes an API."""
    return "timeline-v3" if api == V3 else "app-events"


@cache
def contract_document(api: str = V3) -> dict[str, Any]:
    """Return the document of an API. Callers must not change it."""
    document: dict[str, Any] = json.loads(document_file(document_name(api)).read_text(encoding="utf-8"))
    fill_version(document, api)
    return document


@cache
def contract_operations(api: str = V3) -> Mapping[str, tuple[str, str]]:
    """Return the method and the path of each operation of an API by operationId."""
    return operations(contract_document(api))


def fill_version(document: dict[str, Any], version: str) -> None:
    """Put the version into the paths of a document in place, so that no request is for another version."""
    paths = document["paths"]
    for path in [path for path in paths if "{version}" in path]:
        item = paths.pop(path)
        item["parameters"] = [each for each in item["parameters"] if not each.get("$ref", "").endswith("/Version")]
        paths[path.replace("{version}", version)] = item
