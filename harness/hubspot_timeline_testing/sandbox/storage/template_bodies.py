"""The bodies of templates and tokens as they are kept: whole, with the fields that the service sets."""

from hubspot_timeline_testing.sandbox.errors import invalid
from hubspot_timeline_testing.sandbox.storage.templates import Body


def stamp(body: Body, now: str) -> Body:
    """Return a template or a token with the times that the service sets."""
    return {**body, "createdAt": now, "updatedAt": now}


def new_token(body: Body, now: str) -> Body:
    """Return a token as it is kept: with its options, if only none, and its times."""
    return stamp({"options": [], **body}, now)


def made_template(body: Body, now: str) -> Body:
    """Return a template as it is kept. Raises RefusedError with 400 where a token is there twice."""
    names = [token["name"] for token in body["tokens"]]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise invalid(f"The token {twice[:100]} is there twice")
    return stamp({**body, "tokens": [new_token(token, now) for token in body["tokens"]]}, now)
