"""A run of the contract against a server."""

import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

from hubspot_timeline_testing.contract.errors import ContractUsageError
from hubspot_timeline_testing.contract.url_guard import checked_url
from hubspot_timeline_testing.contract.report import ContractReport, OperationTally
from hubspot_timeline_testing.contract.settings import ContractSettings
from hubspot_timeline_testing.contract.redaction import Secret, shown

if TYPE_CHECKING:
    from hubspot_timeline_testing.contract.results import Collector

OnProgress: TypeAlias = Callable[[str, OperationTally], object]
"""Is told which phase is done with which operation."""

MISSING = "the contract is run by Schemathesis, which is missing; pip install 'hubspot-timeline[contract]'"


def _silent(_phase: str, _tally: OperationTally) -> None:
    pass


def verify(
    url: str,
    token: str,
    *,
    seed: int | None = None,
    max_examples: int = 25,
    operations: Iterable[str] = (),
    phases: Iterable[str] = (),
    allow: Iterable[str] = (),
    app_id: int | None = None,
    rate: int | None = None,
    max_time: int | None = None,
    max_wait: float = 60.0,
    timeout: float = 30.0,
    production: bool = False,
    host_again: str | None = None,
    on_progress: OnProgress = _silent,
    sleep: Callable[[float], None] = time.sleep,
) -> ContractReport:
    """Run the document's contract against the server at a base URL, and return what was found.

    The options up to `timeout` are those of ContractSettings. Without `seed` one is drawn, and told in the report. The
    vendor's hosts are asked only with `production`, and with the host's name in full as `host_again`. `on_progress` is
    given the name of a phase and the tally of an operation whenever the phase is done with it. Ctrl-C ends the run; the
    report has what was found until then. `sleep` waits where answers with 429 ask for it.
    Raises ContractUsageError, before anything is sent, for options that cannot be meant, and ImportError, which says
    what to install, without Schemathesis.
    """
    base = checked_url(url, production=production, host_again=host_again)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ContractUsageError("the token is empty or holds blanks, line ends or characters outside ASCII")
    try:
        settings = ContractSettings(
            seed=secrets.randbits(32) if seed is None else seed, max_examples=max_examples, operations=operations,
            phases=phases, allow=allow, app_id=app_id, rate=rate, max_time=max_time, max_wait=max_wait, timeout=timeout,
        )  # fmt: skip
    except ValueError as error:
        raise ContractUsageError(str(error)) from error
    _require_schemathesis()
    return _run(base, Secret(token), settings, on_progress, sleep)


def _run(
    url: str,
    secret: Secret,
    settings: ContractSettings,
    on_progress: OnProgress,
    sleep: Callable[[float], None],
) -> ContractReport:
    from hubspot_timeline_testing.contract.again import asked_again  # noqa: PLC0415 - they load Schemathesis
    from hubspot_timeline_testing.contract.results import Collector  # noqa: PLC0415
    from hubspot_timeline_testing.contract.transport import Line  # noqa: PLC0415
    from hubspot_timeline_testing.contract.runner import follow  # noqa: PLC0415

    began = time.monotonic()
    line = Line(settings.max_wait, sleep, settings.rate)
    collector = Collector(settings, secret, line)
    with _quiet():
        ended = follow(url, collector, on_progress)
        failures = collector.failures if line.heard else ()
        if not ended.interrupted and not line.is_hopeless:
            failures, ended.interrupted = asked_again(failures, secret, settings.timeout, line)
    return ContractReport(
        url=url,
        settings=settings,
        operations=tuple(collector.tallies.values()),
        failures=failures,
        problems=tuple(_problems(collector, ended.problems)),
        allowed=dict(collector.allowed),
        interrupted=ended.interrupted,
        seconds=round(time.monotonic() - began, 3),
        versions=_versions(),
    )


def _problems(collector: "Collector", told: list[str]) -> Iterator[str]:
    yield from dict.fromkeys(shown(collector.secret.hidden_in(problem), 300) for problem in told)
    if not collector.line.heard:
        reasons = dict.fromkeys(collector.line.broken.values())
        yield f"nothing was answered; the server {'; '.join(reasons) or 'was not asked'}"
    elif collector.line.skipped:
        yield "given up, since too many requests in a row had no answer, or one that told nothing"
    for tally in collector.tallies.values():
        if tally.problem:
            yield f"{tally.operation}: {tally.problem}"


def _require_schemathesis() -> None:
    try:
        import schemathesis  # noqa: F401, PLC0415 - it takes half a second, and only this needs it
    except ModuleNotFoundError as error:
        raise ImportError(MISSING, name="schemathesis") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep warnings of the libraries from ending a run where warnings are errors."""
    import warnings  # noqa: PLC0415 - of no use to the rest

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _versions() -> dict[str, str]:
    packages = ("hubspot-timeline", "schemathesis", "hypothesis")
    return {name: version(name) for name in packages} | {"python": sys.version.split()[0]}
