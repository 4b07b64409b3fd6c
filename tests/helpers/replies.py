"""Replies of a service, as the delivery engine gets them."""

import json
from typing import Any

from hubspot_timeline import (
    ConnectionLostError,
    NotConnectedError,
    RetryPolicy,
    StoppedError,
)
from hubspot_timeline.delivery.response import parse_response
from hubspot_timeline.delivery.steps import Reply
from hubspot_timeline.errors import api_error

POLICY = RetryPolicy(wait_initial=1, wait_max=4, wait_total=100)
LOST, NOT_CONNECTED = ConnectionLostError("lost"), NotConnectedError("refused")
NOT_FOUND = api_error(404, {"message": "no route"}, text="<html>")
STOPPED, EXISTS, INVALID = StoppedError("enough"), api_error(409), api_error(400, {"message": "no"})


def unsolicited(status: int, body: dict[str, Any] | None = None) -> Reply:
    """Return a refusal that may belong to another request."""
    if status == 207:
        return parse_response(207, json.dumps(body).encode(), may_be_unsolicited=True)
    error = api_error(status, body)
    error.may_be_unsolicited = True
    return error


NO, NO_ACCESS, TAKEN = unsolicited(400, {"message": "no"}), unsolicited(403), unsolicited(409)
