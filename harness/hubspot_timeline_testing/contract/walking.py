"""The walk through the operations, sent and judged by Schemathesis."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import define, field
from requests import RequestException
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.engine.context import make_session
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import ignored_auth

from hubspot_timeline_testing.contract.results import WALK, Collector
from hubspot_timeline_testing.contract.curl import curl_line
from hubspot_timeline_testing.contract.persistence_checks import NotShown, State
from hubspot_timeline_testing.contract.seen import SeenAnswer, seen_answer, seen_request
from hubspot_timeline_testing.contract.redaction import decoded, parsed
from hubspot_timeline_testing.contract.scenario import Step, walk

if TYPE_CHECKING:
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case

_ANY_APP = 1


def take_a_walk(schema: Any, collector: Collector) -> None:
    """Send each wanted operation once in the natural order, and give the collector what came of it."""
    settings = collector.settings
    state = {"appId": settings.app_id or _ANY_APP, "seed": settings.seed}
    walk(state, settings.operations, _Walker(schema, collector, make_session(schema.config)))


@define
class _Walker:
    schema: Any
    collector: Collector
    session: Any
    done: dict[str, str] = field(factory=dict)  # a line that repeats it, by the operation that succeeded

    def __call__(self, step: Step, known: State) -> Any:
        """Send one step; raises KeyError where a value of its path is not known."""
        if self.collector.line.is_hopeless:
            raise KeyError
        asked, body, values = self.schema.find_operation_by_id(step.operation), step.body(known), step.values(known)
        case = asked.Case(
            path_parameters={each.name: values[each.name] for each in asked.path_parameters},
            body=NOT_SET if body is None else body,
            media_type=None if body is None else "application/json",
        )
        recorder = ScenarioRecorder(label=case.operation.label)
        recorder.record_case(case=case)
        said = self._send(case, recorder, step, known)
        if step.operation in self.collector.tallies:
            self.collector.take(recorder, WALK)
        return said

    def _send(self, case: "Case[Any]", recorder: ScenarioRecorder, step: Step, known: State) -> Any:
        try:
            response = case.call(session=self.session, headers={"Authorization": self.collector.secret.bearer})
        except RequestException as error:
            recorder.record_network_error(case_id=case.id, error=error)
            return None
        recorder.record_response(case_id=case.id, response=response)
        answer = seen_answer(recorder.interactions[case.id], self.collector.secret)
        said = _said(answer) if answer else None
        for failure in (*_judged(case, response, step), *self._lasting(step, known, said)):
            check = failure.checks[0]
            recorder.record_check_failure(name=check, case_id=case.id, code_sample="", failure=failure)
        if said is not None:
            self.done[step.operation] = curl_line(seen_request(recorder.interactions[case.id], self.collector.secret))
        return said

    def _lasting(self, step: Step, known: State, said: Any) -> Iterator[Failure]:
        if step.mark is None or step.mark.since not in self.done or said is None:
            return
        if words := step.mark.absent(known, said):
            yield NotShown(operation=step.operation, message=words, earlier=self.done[step.mark.since])


def _said(answer: SeenAnswer) -> Any:
    if answer.status >= 300:
        return None
    body = parsed(answer.body)
    return decoded(answer.body) if body is None else body


def _judged(case: "Case[Any]", response: "Response", step: Step) -> Iterator[Failure]:
    try:
        case.validate_response(response, excluded_checks=[ignored_auth])
    except FailureGroup as group:
        yield from group.exceptions
    if 400 <= response.status_code < 500 and not (step.mark and step.mark.is_gone):
        # Nothing is wrong with the request; a check by the document would have to be told so.
        label, status = case.operation.label, response.status_code
        yield RejectedPositiveData(operation=label, message="", status_code=status, allowed_statuses=[])
