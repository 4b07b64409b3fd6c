"""The entry point: measure how a server behaves where the service is not documented."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
from attrs import evolve

from hubspot_timeline_testing.calibration.evidence import Masker
from hubspot_timeline_testing.calibration.plan import plan_of
from hubspot_timeline_testing.calibration.results import Calibration
from hubspot_timeline_testing.calibration.runner import Runner
from hubspot_timeline_testing.calibration.sender import Sender
from hubspot_timeline_testing.calibration.settings import CalibrationSettings
from hubspot_timeline_testing.contract.redaction import Redactor
from hubspot_timeline_testing.contract.settings import ContractUsageError, check_token
from hubspot_timeline_testing.contract.url_guard import check_url, host_of, is_loopback, is_production


def check_target(
    url: str, token: str, settings: CalibrationSettings, *, production: bool, confirm_host: str | None
) -> str:
    """Return the base URL without a slash at its end. Raises ContractUsageError for one that must not be used."""
    base_url = check_url(url, production=production, confirm_host=confirm_host)
    check_token(token)
    if is_production(host_of(base_url)) and not settings.account:
        raise ContractUsageError("a production host needs the id of the account, too; nothing was sent")
    return base_url


def calibrate(
    url: str,
    token: str,
    settings: CalibrationSettings,
    *,
    production: bool = False,
    confirm_host: str | None = None,
    earlier: Calibration | None = None,
    save: Callable[[Calibration], None] = lambda _: None,
    announce: Callable[[str], None] = lambda _: None,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Calibration:
    """Measure how the server at a base URL behaves, by the requests of `plan_of(settings, earlier)` at most.

    Production hosts need `production`, the full name of the host as `confirm_host`, and `settings.account`. `earlier`:
    an interrupted calibration to go on with. `save` gets the results after each experiment, `announce` a line before
    it. Ctrl-C ends the run, and what it has found is returned. Raises ContractUsageError before any request,
    AccountError before any event.
    """
    base_url = check_target(url, token, settings, production=production, confirm_host=confirm_host)
    host = host_of(base_url)
    server = sha256(base_url.lower().encode()).hexdigest()[:16]
    if earlier and (earlier.is_production is not is_production(host) or earlier.server not in ("", server)):
        raise ContractUsageError("the earlier calibration is of another server; nothing was sent")
    plan = plan_of(settings, earlier)
    names: dict[str, str] = {settings.email: "CONTACT-EMAIL", settings.object_id: "CONTACT-ID"}
    names |= {settings.account: "ACCOUNT-ID"}
    masker = Masker(Redactor(token), {secret: name for secret, name in names.items() if secret})
    options: dict[str, Any] = {"transport": transport, "timeout": settings.timeout, "trust_env": not is_loopback(host)}
    if not settings.exhaust_limit:  # which has to be fast
        # A connection that is used again may hold a response too many, which is not that of the next request.
        options["limits"] = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=base_url, **options) as client:
        sender = Sender(client, token, masker.body, plan.max_requests, plan.max_events, sleep, clock, settings.timeout)
        results = Calibration(datetime.now(UTC).date().isoformat(), is_production(host), server=server)
        if earlier:
            date = results.date if plan.steps else earlier.date
            results = evolve(earlier, date=date, server=server, steps=dict(earlier.steps), is_interrupted=False)
        if not plan.steps:
            save(results)
        else:
            Runner(plan, settings, sender, masker, results, save, announce).make_all()
    return results
