"""Mutations of the body of a batch response: a parsed body in, another one out."""

from typing import Any, TypeAlias
from uuid import uuid4

BatchBody: TypeAlias = dict[str, Any]


def without_results(body: BatchBody) -> BatchBody:
    """Return the body with neither results nor errors."""
    return {name: value for name, value in body.items() if name != "numErrors"} | {"results": [], "errors": []}


def with_missing_results(body: BatchBody) -> BatchBody:
    """Return the body with every second result, starting with the second; a single result is removed."""
    return body | {"results": body["results"][1::2]}


def with_reversed_results(body: BatchBody) -> BatchBody:
    """Return the body with its results in reverse order."""
    return body | {"results": body["results"][::-1]}


def with_unknown_status(body: BatchBody) -> BatchBody:
    """Return the body with a batch status that the document does not have."""
    return body | {"status": "FINISHED"}


def with_status_completed(body: BatchBody) -> BatchBody:
    """Return the body with a batch status that is easily confused with the document's COMPLETE."""
    return body | {"status": "COMPLETED"}


def with_wrong_ids(body: BatchBody) -> BatchBody:
    """Return the body with ids that were not sent, not even in another event."""
    return body | {"results": [result | {"id": f"{result['id']}-{uuid4()}"} for result in body["results"]]}
