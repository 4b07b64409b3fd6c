"""The walk through the operations, sent and judged by Schemathesis."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import define
from requests import RequestException
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.engine.context import make_session
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import ignored_auth

from hubspot_timeline.contract.collecting import Collector
from hubspot_timeline.contract.texts import parsed
from hubspot_timeline.contract.walk import walk

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

    def __call__(self, operation: str, values: Mapping[str, Any], body: Any) -> Any:
        """Send one operation; raises KeyError where a value of its path is not known."""
        if self.collector.line.is_hopeless:
            raise KeyError
        asked = self.schema.find_operation_by_id(operation)
        names = [parameter.name for parameter in asked.path_parameters]
        case = asked.Case(
            path_parameters={name: values[name] for name in names},
            body=NOT_SET if body is None else body,
            media_type=None if body is None else "application/json",
        )
        return self._send(case, is_wanted=operation in self.collector.tallies)

    def _send(self, case: "Case[Any]", *, is_wanted: bool) -> Any:
        recorder = ScenarioRecorder(label=case.operation.label)
        recorder.record_case(case=case)
        response = None
        try:
            response = case.call(session=self.session, headers={"Authorization": self.collector.secret.bearer})
            recorder.record_response(case_id=case.id, response=response)
            _judge(case, response, recorder)
        except RequestException as error:
            recorder.record_network_error(case_id=case.id, error=error)
        if is_wanted:
            self.collector.take(recorder, is_generated=False)
        return parsed(response.content) if response is not None and response.status_code < 300 else None


def _judge(case: "Case[Any]", response: "Response", recorder: ScenarioRecorder) -> None:
    found: list[tuple[str, Failure]] = []
    try:
        case.validate_response(response, excluded_checks=[ignored_auth])
    except FailureGroup as group:
        found += [(failure.checks[0], failure) for failure in group.exceptions]
    if 400 <= response.status_code < 500:  # nothing is wrong with it; a check by the document would have to be told so
        label, status = case.operation.label, response.status_code
        refused = RejectedPositiveData(operation=label, message="", status_code=status, allowed_statuses=[])
        found.append(("positive_data_acceptance", refused))
    for check, failure in found:
        recorder.record_check_failure(name=check, case_id=case.id, code_sample="", failure=failure)
