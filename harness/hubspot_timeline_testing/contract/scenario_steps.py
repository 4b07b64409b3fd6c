"""Sends the steps of the scenario, and checks their responses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import define, field
from requests import RequestException
from schemathesis.checks import ignored_auth

from hubspot_timeline_testing.contract.checks import error_message, parse_json
from hubspot_timeline_testing.contract.recorder import Recorder, operation_of
from hubspot_timeline_testing.contract.scenario import State, Step
from hubspot_timeline_testing.contract.suppressions import INCONCLUSIVE, matching_rule
from hubspot_timeline_testing.openapi import operations

if TYPE_CHECKING:
    from schemathesis import BaseSchema, Case, Response


@define
class StepSender:
    """Sends steps one by one; read-backs are checked only after a success of the operation that they are about."""

    schema: "BaseSchema"
    recorder: Recorder
    _succeeded: set[str] = field(factory=set)

    def __call__(self, step: Step, state: State) -> Any:
        """Send a step; raises KeyError if a value of its path is missing."""
        method, path = operations()[step.operation]
        operation: Any = self.schema[path][method]
        values, body = step.path_values(state), step.body(state)
        parameters = {each.name: values[each.name] for each in operation.path_parameters}
        sent = {} if body is None else {"body": body, "media_type": "application/json"}
        headers = {"Authorization": self.recorder.bearer}
        case = operation.Case(path_parameters=parameters, headers=headers, **sent)
        try:
            response = case.call()
        except RequestException:
            return None
        if step.operation in self.recorder.settings.operations:
            self._check(case, response, step, state)
        if response.status_code >= 300:
            return None
        self._succeeded.add(step.operation)
        return _parsed(response)

    def _check(self, case: "Case[Any]", response: "Response", step: Step, state: State) -> None:
        try:
            case.validate_response(response, excluded_checks=[ignored_auth])
        except BaseExceptionGroup as group:
            self.recorder.scenario_failures += [f"{operation_of(case)}: {failure}" for failure in group.exceptions]
        for check, problem in self._problems(response, step, state):
            message = self.recorder.add_failure(check, case, response.status_code, problem, key=problem)
            self.recorder.scenario_failures.append(message)

    def _problems(self, response: "Response", step: Step, state: State) -> Iterator[tuple[str, str]]:
        status = response.status_code
        if step.changed in self._succeeded and status < 300:
            if step.is_shown is None:
                yield "changes_persist", f"{step.changed} is without effect"
            elif not step.is_shown(state, _parsed(response)):
                yield "changes_persist", f"does not show the effect of {step.changed}"
        if 400 <= status < 500 and status not in INCONCLUSIVE and not step.expects_absence:
            message = error_message(response.content or b"")
            if not matching_rule(status, message):
                yield "positive_data_acceptance", f"rejected a request that the document allows: {message}"


def _parsed(response: "Response") -> Any:
    value = parse_json(response.content)
    return (response.content or b"").decode("utf-8", "backslashreplace") if value is None else value
