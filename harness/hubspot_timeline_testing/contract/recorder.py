"""Records the responses and failures of a run in the process of Schemathesis, and decides which failures count."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from hubspot_timeline_testing.contract.checks import error_message, parse_json
from hubspot_timeline_testing.contract.known_deviations import ANY_TOKEN, LENIENT_TYPES, is_only_lenient
from hubspot_timeline_testing.contract.redaction import Redactor, printable
from hubspot_timeline_testing.contract.results import Finding, RunResults
from hubspot_timeline_testing.contract.settings import ContractSettings
from hubspot_timeline_testing.contract.suppressions import INCONCLUSIVE, matching_rule
from hubspot_timeline_testing.contract.transport import Watchdog, describe_network_error, is_partial_response
from hubspot_timeline_testing.openapi import operations

if TYPE_CHECKING:
    from schemathesis import Case, Response

_CHECKS_OF_REQUESTS = frozenset(
    {"ignored_auth", "missing_required_header", "negative_data_rejection", "positive_data_acceptance"}
    | {"unsupported_method"}
)
"""Checks of whether a request is accepted, not of the form of a response."""

_SLACK = 120.0
"""Seconds for which a request may wait for the rate limit of Schemathesis, beyond its timeouts."""

HUNG = 4
"""The exit code of a process that gave up a request."""


@define
class Recorder:
    """The state of a run."""

    settings: ContractSettings
    redactor: Redactor
    folder: Path | None
    results: RunResults = field(init=False)
    watchdog: Watchdog = field(init=False)
    scenario_failures: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.results = RunResults.empty(self.settings.operations)
        self.watchdog = Watchdog(3 * self.settings.timeout + _SLACK, self._give_up)

    @property
    def bearer(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self.redactor.token}"

    def save(self) -> None:
        """Write the results for the parent process."""
        if self.folder:
            self.results.write(self.folder)

    def add_response(self, case: "Case", response: "Response", phase: str) -> None:
        """Record the response to a request with the token."""
        if response.request.headers.get("Authorization") == self.bearer and is_documented_method(case):
            self.results.add_response(operation_of(case), phase, response.status_code)

    def add_network_error(self, case: "Case", error: BaseException | None) -> None:
        """Record a request without a complete response."""
        self.results.has_response |= is_partial_response(error)
        self.results.add_unanswered(operation_of(case), describe_network_error(error), self._curl(case))

    def add_failure(
        self, check: str, case: "Case", status: int, problem: str, *, key: object = None, deviation: str | None = None
    ) -> str:
        """Record a failure; return its message."""
        operation = operation_of(case)
        text = self.redactor.text(f"{operation} responded {status}: {problem}")
        message = printable(text) + (f" (to accept it: --allow {deviation})" if deviation else "")
        finding = Finding(check, [operation], message, status, self._curl(case), deviation)
        # A method that is not documented is rejected by one rule of the server, for all operations and methods.
        group = (status,) if check == "unsupported_method" else (operation, status, deviation, key)
        self.results.add_finding(group, finding)
        return message

    def is_failure(self, failure: Any, case: "Case", response: "Response") -> bool:
        """Record a failure that Schemathesis found; return whether it counts."""
        check = failure.checks[0] if failure.checks else failure.title.split("`")[1]
        status = _status_of(check, failure, response)
        if status in INCONCLUSIVE and check in _CHECKS_OF_REQUESTS:
            return False
        rejection = error_message(response.content or b"")
        if check == "positive_data_acceptance" and matching_rule(status, rejection):
            return False
        deviation = _deviation(check, failure, case, response)
        if deviation in self.settings.allow:
            self.results.allowed[deviation] = self.results.allowed.get(deviation, 0) + 1
            return False
        problem = rejection if check == "positive_data_acceptance" else failure.message.split("\n\n")[0]
        title = f"{failure.title}: " if failure.checks else ""
        key = str(getattr(failure, "schema_path", getattr(failure, "scenario", None)))
        self.add_failure(check, case, status, title + problem, key=key, deviation=deviation)
        return True

    def _curl(self, case: "Case") -> str:
        return self.redactor.text(case.as_curl_command())

    def _give_up(self) -> None:
        self.results.errors.append("a response did not end in time")
        self.save()
        os._exit(HUNG)  # nothing else ends a request that hangs


def operation_of(case: "Case") -> str:
    """Return the operationId of a case."""
    place = (case.operation.method.upper(), case.operation.path)
    return next(name for name, known in operations().items() if known == place)


def is_documented_method(case: "Case") -> bool:
    """Return whether a case has the method of its operation; Schemathesis tries others too."""
    return case.method.upper() == case.operation.method.upper()


def _status_of(check: str, failure: Any, response: "Response") -> int:
    """Return the status that a failure is about; ignored_auth sends requests itself."""
    match = re.search(r"got `(\d{3}) ", failure.message) if check == "ignored_auth" else None
    return int(match[1]) if match else response.status_code


def _deviation(check: str, failure: Any, case: "Case", response: "Response") -> str | None:
    if check == "ignored_auth" and failure.scenario.value != "no_auth":
        return ANY_TOKEN
    if check == "negative_data_rejection" and is_only_lenient(operation_of(case), parse_json(response.request.body)):
        return LENIENT_TYPES
    return None
