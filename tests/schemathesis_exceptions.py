"""Schemathesis loads this: what it holds against the sandbox only within the bounds of rules that no schema states."""

from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

RULES = {
    "The event names no record to land on": "it needs one of three fields, none of which the captured page requires",
    "needs an objectId": "whether it is a contact that the event lands on can hang on its template",
    " has no token ": "which tokens an event may have is in its template, which is state",
    ", which is no": "the type of a token's value is in the template, too",
    " has no template ": "a template that was deleted is one that events name in vain",
    " is there twice": "the names of a template's tokens differ; schemas compare whole items only",
    "The body is about the template": "the id in the body is the one in the path",
}
"""Words of a refusal with 400 that may meet a request which the document allows, each with the reason for it."""


@schemathesis.check
def what_the_document_allows_is_taken(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    """Check that valid data is accepted, unless one of the rules refuses it."""
    if response.status_code == 400 and any(words in response.json()["message"] for words in RULES):
        return None
    return positive_data_acceptance(ctx, response, case)
