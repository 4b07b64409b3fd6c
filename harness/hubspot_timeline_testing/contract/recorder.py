"""Records the responses and failures of a run in the process of Schemathesis, and decides which failures count."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from hubspot_timeline_testing.contract.baseline import ANY_OPERATION, fingerprint
from hubspot_timeline_testing.contract.checks import error_message, parse_json
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.contract.known_deviations import ANY_TOKEN, LENIENT_TYPES, is_only_lenient
from hubspot_timeline_testing.contract.redaction import Redactor, escaped, printable
from hubspot_timeline_testing.contract.results import Finding, RunResults
from hubspot_timeline_testing.contract.settings import ContractSettings
from hubspot_timeline_testing.contract.suppressions import INCONCLUSIVE, matching_rule
from hubspot_timeline_testing.contract.transport import describe_network_error, is_partial_response
from hubspot_timeline_testing.contract.violations import coverage_key, violations_of

if TYPE_CHECKING:
    from schemathesis import Case, Response

_REJECTED = "positive_data_acceptance"
_CHECKS_OF_REQUESTS = {
    *("ignored_auth", "missing_required_header", "negative_data_rejection", _REJECTED, "unsupported_method")
}
"""Checks of whether a request is accepted, not of the form of a response."""


@define
class Recorder:
    """The state of a run; `folder` is None if Schemathesis was started without `verify`."""

    settings: ContractSettings
    redactor: Redactor
    folder: Path | None
    results: RunResults = field(init=False)
    scenario_failures: list[str] = field(factory=list)

    _operation_ids: dict[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.results = RunResults.empty(self.settings.operations)
        operations = contract_operations(self.settings.api)
        self._operation_ids = {f"{method} {path}": name for name, (method, path) in operations.items()}

    def operation_of(self, case: "Case[Any]") -> str:
        """Return the operationId of a case."""
        return self._operation_ids[case.operation.label]

    @property
    def bearer(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self.redactor.token}"

    def add_response(self, case: "Case[Any]", response: "Response", phase: str) -> None:
        """Record the response to a request with the token."""
        result = self.results.operations.get(self.operation_of(case))
        if response.request.headers.get("Authorization") != self.bearer or not is_documented_method(case):
            return
        is_inconclusive = response.status_code in INCONCLUSIVE
        self.results.inconclusive_in_a_row = self.results.inconclusive_in_a_row + 1 if is_inconclusive else 0
        if result:
            violated = coverage_key(self._violations(case, response))
            result.add_response(response.status_code, phase, violated)

    def add_network_error(self, case: "Case[Any]", error: BaseException | None) -> None:
        """Record a request without a complete response."""
        operation, description = self.operation_of(case), describe_network_error(error)
        self.results.has_response |= is_partial_response(error)
        self.results.network_errors.append(description)
        if result := self.results.operations.get(operation):
            result.unanswered += 1
            message = f"{operation} {description}"
            name = fingerprint(self.settings.api, operation, "response_received", None, description)
            finding = Finding("response_received", [operation], message, curl=self._curl(case), fingerprint=name)
            self.results.add_finding((message,), finding)

    def add_failure(
        self,
        check: str,
        case: "Case[Any]",
        status: int,
        problem: str,
        *,
        key: str,
        rule: str,
        deviation: str | None = None,
    ) -> str | None:
        """Record a failure; return its message, or None if it is known.

        `key` tells findings apart, `rule` failures of the same check and status in a baseline.
        """
        operation = self.operation_of(case)
        message = printable(f"{operation} responded {status}: {self.redactor.text(problem)}")
        if deviation:
            message += f" (to accept it: --allow {deviation})"
        # A method that is not documented is rejected by one rule of the server, for all operations and methods.
        is_general = check == "unsupported_method"
        group = (status,) if is_general else (operation, status, deviation, key)
        name = fingerprint(
            self.settings.api, ANY_OPERATION if is_general else operation, check, status, deviation or rule
        )
        self.results.add_finding(group, Finding(check, [operation], message, status, self._curl(case), deviation, name))
        return None if name in self.settings.baseline else message

    def is_failure(self, failure: Any, case: "Case[Any]", response: "Response") -> bool:
        """Record a failure that Schemathesis found; return whether it counts."""
        check = failure.checks[0] if failure.checks else failure.title.split("`")[1]
        status, rejection = _status_of(check, failure, response), error_message(response.content or b"")
        if status in INCONCLUSIVE and check in _CHECKS_OF_REQUESTS:
            return False
        if check == _REJECTED and matching_rule(status, rejection, self.settings.api):
            return False
        deviation = self._deviation(check, failure, case, response)
        if deviation in self.settings.allow:
            self.results.allowed[deviation] = self.results.allowed.get(deviation, 0) + 1
            return False
        title = f"{failure.title}: " if failure.checks else ""
        problem = rejection if check == _REJECTED else failure.message.split("\n\n")[0]
        rules = [_rule(failure)]
        if check == "negative_data_rejection":  # accepted, so that none of them is enforced
            rules = self._violations(case, response) or rules
        messages = [
            self.add_failure(check, case, status, title + problem, key=rule, rule=rule, deviation=deviation)
            for rule in rules
        ]
        return any(messages)

    def _deviation(self, check: str, failure: Any, case: "Case[Any]", response: "Response") -> str | None:
        if check == "ignored_auth" and failure.scenario.value != "no_auth":
            return ANY_TOKEN
        body = parse_json(response.request.body)
        if check == "negative_data_rejection" and is_only_lenient(self.operation_of(case), body, self.settings.api):
            return LENIENT_TYPES
        return None

    def _violations(self, case: "Case[Any]", response: "Response") -> list[str]:
        return violations_of(self.operation_of(case), case, response.request.body, self.settings.api)

    def _curl(self, case: "Case[Any]") -> str:
        command, *_ = case.as_curl_command().split("\n\n⚠️")  # below it is why a part of it is encoded
        return escaped(self.redactor.text(command))


def is_documented_method(case: "Case[Any]") -> bool:
    """Return whether a case has the method of its operation; Schemathesis tries others too."""
    return bool(case.method.upper() == case.operation.method.upper())


def _rule(failure: Any) -> str:
    """Return which rule of its check a failure is about."""
    if scenario := getattr(failure, "scenario", None):
        return str(scenario.value)
    names = getattr(failure, "_name_to_uri", None) or {}  # Schemathesis numbers the schemas of each run
    path = "/".join(str(names.get(step, step)) for step in getattr(failure, "schema_path", ()))
    return path.rpartition("#/components/schemas/")[2]


def _status_of(check: str, failure: Any, response: "Response") -> int:
    """Return the status that a failure is about; ignored_auth sends requests itself."""
    match = re.search(r"got `(\d{3}) ", failure.message) if check == "ignored_auth" else None
    return int(match[1]) if match else response.status_code
