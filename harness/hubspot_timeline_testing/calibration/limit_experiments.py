"""The experiments on rate limits: what the headers say, and what a request beyond the limit gets."""

from hubspot_timeline_testing.calibration.api_session import ApiSession
from hubspot_timeline_testing.calibration.control_experiments import Facts
from hubspot_timeline_testing.calibration.messages import Request
from hubspot_timeline_testing.calibration.sender import LIMIT, LIMIT_INTERVAL, UndecidedError, number_in

_DAILY = "x-hubspot-ratelimit-daily"
_FACTS = {"limit_requests": (LIMIT, 1), "limit_seconds": (LIMIT_INTERVAL, 1000), "daily_requests": (_DAILY, 1)}


def rate_limit(session: ApiSession) -> Facts:
    """Return the limits in the headers of the responses so far; nothing is sent."""
    headers = session.sender.limit_headers
    facts: Facts = {"limit_headers": sorted(headers)}
    for name, (header, divisor) in _FACTS.items():
        number = number_in(headers, header)
        if number is None:
            facts[name] = UndecidedError(f"no response had a number as {header}")
        else:
            facts[name] = number if divisor == 1 else number / divisor
    return facts


def error_fields(session: ApiSession) -> Facts:
    """Return the fields of the error bodies of this API; nothing is sent."""
    fields = sorted(session.sender.error_fields)
    session.sender.error_fields.clear()
    return {"error_fields": fields}


def exhausted_limit(session: ApiSession) -> Facts:
    """Fill a window with invalid requests, which create nothing, and look at the first 429."""
    request = Request("POST", session.path(is_batch=True), {"inputs": "calibration"})
    session.sender.send(lambda: request)
    limit = number_in(session.sender.limit_headers, LIMIT)
    if limit is None:
        raise UndecidedError(f"no response had a number as {LIMIT}")
    if limit + 1 > session.sender.remaining:
        raise UndecidedError(
            f"the limit of {limit} requests cannot be filled with the {session.sender.remaining} that are left"
        )
    while session.sender.remaining:
        if exchange := session.sender.send_fast(request):
            fields = sorted(exchange.body) if isinstance(exchange.body, dict) else []
            return rate_limit(session) | {"retry_after": "retry-after" in exchange.headers, "limited_fields": fields}
    raise UndecidedError(f"the limit of {limit} requests was not reached in time")
