"""Sends the steps of the scenario, and checks their responses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import define, field
from requests import RequestException
from schemathesis.checks import ignored_auth

from hubspot_timeline_testing.contract.checks import error_message, parse_json
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.contract.recorder import Recorder
from hubspot_timeline_testing.contract.scenario import State, Step
from hubspot_timeline_testing.contract.settings import EVENT_TYPE, PROJECT
from hubspot_timeline_testing.contract.suppressions import INCONCLUSIVE, matching_rule

if TYPE_CHECKING:
    from schemathesis import BaseSchema, Case, Response


@define
class StepSender:
    """Sends steps one by one; read-backs are checked only after a success of the operation that they are about.

    Steps about a refusal are sent only after it, and have to succeed.
    """

    schema: "BaseSchema"
    recorder: Recorder
    _succeeded: set[str] = field(factory=set)
    _refused: set[str] = field(factory=set)

    def __call__(self, step: Step, state: State) -> Any:
        """Send a step; raises KeyError if a value of its path is missing."""
        if step.refused is not None and step.refused not in self._refused:
            return None
        method, path = contract_operations(self.recorder.settings.api)[step.operation]
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
        if response.status_code in (400, 409, 413, 422):
            self._refused.add(step.name)
        if response.status_code >= 300:
            return None
        if step.changed is None:
            self._succeeded.add(step.operation)
        return _parsed(response)

    def _check(self, case: "Case[Any]", response: "Response", step: Step, state: State) -> None:
        try:
            case.validate_response(response, excluded_checks=[ignored_auth])
        except BaseExceptionGroup as group:
            self.recorder.scenario_failures += [
                f"{self.recorder.operation_of(case)}: {failure}" for failure in group.exceptions
            ]
        for check, problem in self._problems(response, step, state):
            rule = "" if check == "positive_data_acceptance" else problem  # that problem has a text of the server
            message = self.recorder.add_failure(check, case, response.status_code, problem, key=problem, rule=rule)
            self.recorder.scenario_failures += [message] if message else []

    def _problems(self, response: "Response", step: Step, state: State) -> Iterator[tuple[str, str]]:
        status = response.status_code
        if step.changed in self._succeeded and status < 300:
            if step.is_conflict:
                yield "duplicates_conflict", f"accepted an id that exists, or {step.changed} was without effect"
            elif step.is_shown is None:
                yield "changes_persist", f"{step.changed} is without effect"
            elif not step.is_shown(state, _parsed(response)):
                yield "changes_persist", f"does not show the effect of {step.changed}"
        if not 400 <= status < 500 or status in INCONCLUSIVE:
            return
        if step.is_conflict and step.changed in self._succeeded and status != 409:
            yield "duplicates_conflict", "rejected an id that exists with another status than 409"
        elif step.refused and status == 409:
            yield "refusals_create_nothing", f"the {step.refused} was refused, and has created this event"
        elif not step.expects_absence and not step.name:
            message = error_message(response.content or b"")
            if not matching_rule(status, message, self.recorder.settings.api) and not self._is_example(step, status):
                yield "positive_data_acceptance", f"rejected a request that the document allows: {message}"

    def _is_example(self, step: Step, status: int) -> bool:
        """Return whether no such event type was found as that of the document's examples, which nobody need have."""
        names = self.recorder.settings.event_type, self.recorder.settings.project
        return status == 404 and step.operation == "resolve_event_type" and names == (EVENT_TYPE, PROJECT)


def _parsed(response: "Response") -> Any:
    value = parse_json(response.content)
    return (response.content or b"").decode("utf-8", "backslashreplace") if value is None else value
