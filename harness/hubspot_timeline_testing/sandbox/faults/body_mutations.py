"""Batch results that say less than the truth, or something else: a parsed body in, another one out."""

from typing import Any, TypeAlias
from uuid import uuid4

Body: TypeAlias = dict[str, Any]


def without_results(body: Body) -> Body:
    """Return the body as if nothing had been asked for: neither results nor errors."""
    kept = {name: value for name, value in body.items() if name != "numErrors"}
    return kept | {"results": [], "errors": []}


def half_named(body: Body) -> Body:
    """Return the body with every second result, counted from the second; of a single one nothing is left."""
    return body | {"results": body["results"][1::2]}


def shuffled(body: Body) -> Body:
    """Return the body with its results in reverse order."""
    return body | {"results": body["results"][::-1]}


def with_unknown_word(body: Body) -> Body:
    """Return the body with a status that the document does not know."""
    return body | {"status": "FINISHED"}


def with_word_completed(body: Body) -> Body:
    """Return the body with the status that a reader would rather expect than the document's COMPLETE."""
    return body | {"status": "COMPLETED"}


def with_wrong_ids(body: Body) -> Body:
    """Return the body with ids that nobody sent, not even in another event."""
    return body | {"results": [result | {"id": f"{result['id']}-{uuid4()}"} for result in body["results"]]}
