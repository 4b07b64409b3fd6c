"""The events of a run, gathered into tallies and failures."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field
from schemathesis.core.failures import Failure as Found
from schemathesis.openapi.checks import IgnoredAuth, JsonSchemaError

from hubspot_timeline_testing.contract.known_deviations import ALLOWANCES
from hubspot_timeline_testing.contract.transport import Line
from hubspot_timeline_testing.contract.curl import curl_line
from hubspot_timeline_testing.contract.hooks import operation_of
from hubspot_timeline_testing.contract.excuses import allowance_for, is_excused
from hubspot_timeline_testing.contract.persistence_checks import NotShown
from hubspot_timeline_testing.contract.pointers import answer_pointer, operation_pointer, schema_pointer
from hubspot_timeline_testing.contract.checks import PROMISES, broken_promises
from hubspot_timeline_testing.contract.report import NOT_NOW, Failure, OperationTally
from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest, seen_answer, seen_request
from hubspot_timeline_testing.contract.sentences import sentence
from hubspot_timeline_testing.contract.settings import ContractSettings
from hubspot_timeline_testing.contract.snippet import python_lines
from hubspot_timeline_testing.contract.redaction import Secret, parsed
from hubspot_timeline_testing.openapi import operations

if TYPE_CHECKING:
    from schemathesis.engine.recorder import ScenarioRecorder

WALK = "walk"
"""What goes before the phases."""

ANSWERS = "answers"
"""The check that a request is answered, and to its end."""


@define
class Collector:
    """Takes what was recorded of each scenario; holds a tally for each operation, and each failure once."""

    settings: ContractSettings
    secret: Secret
    line: Line
    tallies: dict[str, OperationTally] = field(factory=dict)
    allowed: Counter[str] = field(factory=Counter)
    _failures: dict[tuple[object, ...], Failure] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for name in self.settings.operations:
            self.tallies[name] = OperationTally(name, *operations()[name])

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All that count, by operation and check."""
        return tuple(sorted(self._failures.values(), key=lambda failure: (failure.operation, failure.check)))

    def take(self, recorder: "ScenarioRecorder", phase: str) -> None:
        """Take what one scenario sent, and what the checks said of the answers."""
        for case_id, interaction in recorder.interactions.items():
            if case_id in self.line.skipped:
                continue
            case = recorder.cases[case_id].value
            operation = operation_of(case.operation.method, case.operation.path)
            request, answer = seen_request(interaction, self.secret), seen_answer(interaction, self.secret)
            tally = self.tallies[operation]
            tally.requests += 1
            tally.generated += phase != WALK
            if answer is None:
                self._unanswered(tally, case_id, request)
                continue
            if case.method.upper() == case.operation.method.upper():
                tally.statuses[answer.status] += 1
                if request.with_token:
                    tally.with_token.setdefault(phase, Counter())[answer.status] += 1
                    tally.streaks[phase] = tally.streaks[phase] + 1 if answer.status in NOT_NOW else 0
                self._promises(tally, request, answer)
            self._checks(tally, recorder, case_id, request, answer)

    def _unanswered(self, tally: OperationTally, case_id: str, request: SeenRequest) -> None:
        words = self.line.broken.get(case_id, "gave no answer")
        self._add((ANSWERS, words), tally, _failure(tally.operation, ANSWERS, f"{tally.operation} {words}", request))

    def _promises(self, tally: OperationTally, request: SeenRequest, answer: SeenAnswer) -> None:
        broken = {found.check: found for found in broken_promises(tally.operation, request, answer)}
        for check in PROMISES:
            if check not in broken:
                tally.passed[check] += 1
                continue
            found = broken[check]
            failure = _failure(tally.operation, check, found.message, request, answer, pointer=found.pointer)
            self._add((check, answer.status), tally, failure)

    def _checks(
        self,
        tally: OperationTally,
        scene: "ScenarioRecorder",
        case_id: str,
        request: SeenRequest,
        answer: SeenAnswer,
    ) -> None:
        for node in scene.checks.get(case_id, ()):
            found = node.failure_info.failure if node.failure_info else None
            if found is None or is_excused(found, answer):
                tally.passed[node.name] += 1
                continue
            word = allowance_for(tally.operation, found, request)
            message = sentence(tally.operation, found, answer, self.secret)
            failure = _failure(
                tally.operation, node.name, message, request, answer,
                pointer=_pointer(tally.operation, found, answer), allowance=word,
                earlier=tuple(_earlier(scene, case_id, found, self.secret)),
            )  # fmt: skip
            self._add((node.name, word, *_kind(found, answer)), tally, failure)

    def _add(self, kind: tuple[object, ...], tally: OperationTally, failure: Failure) -> None:
        failure = evolve(failure, message=self.secret.hidden_in(failure.message))  # which may quote parsed JSON
        if failure.allowance in self.settings.allow:
            self.allowed[str(failure.allowance)] += 1
            tally.passed[failure.check] += 1
            return
        tally.failed[failure.check] += 1
        key = (failure.operation, *kind)
        known = self._failures.get(key)
        shorter = failure if known is None or _size(failure) < _size(known) else known
        self._failures[key] = evolve(shorter, count=1 if known is None else known.count + 1)


def _failure(
    operation: str, check: str, message: str, request: SeenRequest, answer: SeenAnswer | None = None, **more: Any
) -> Failure:
    word = more.get("allowance")
    hint = f" (if that is known of this server: --allow {word})" if word in ALLOWANCES else ""
    known = {"pointer": operation_pointer(operation), "allowance": None} | more
    return Failure(
        operation=operation, check=check, message=f"{message}{hint}", count=1, request=request, answer=answer,
        curl=curl_line(request), python=python_lines(request), **known,
    )  # fmt: skip


def _size(failure: Failure) -> int:
    return len(failure.earlier) * 10_000 + len(failure.request.body or b"") + len(failure.request.url)


def _kind(found: Found, answer: SeenAnswer) -> tuple[object, ...]:
    """Return what tells one defect from another that the same check found: what it is, and nearly always the status."""
    by_type: dict[str, Callable[[Any], object]] = {
        "JsonSchemaError": lambda error: tuple(error.schema_path),
        "UnsupportedMethodResponse": lambda error: error.method,
        "UndefinedContentType": lambda error: error.content_type,
        "NotShown": lambda error: error.message,
    }
    name = type(found).__name__
    if isinstance(found, IgnoredAuth):  # with whatever status
        return (name, found.scenario)
    return (name, answer.status, by_type[name](found)) if name in by_type else (name, answer.status)


def _pointer(operation: str, found: Found, answer: SeenAnswer) -> str | None:
    if isinstance(found, JsonSchemaError):
        return schema_pointer(operation, answer.status, parsed(answer.body), found.instance_path)
    if {"content_type_conformance", "response_schema_conformance"} & set(found.checks):
        return answer_pointer(operation, answer.status)
    return operation_pointer(operation)


def _earlier(recorder: "ScenarioRecorder", case_id: str, found: Found, secret: Secret) -> Iterator[str]:
    if isinstance(found, NotShown):
        yield found.earlier
        return
    if isinstance(found, IgnoredAuth):  # it takes the place of the request before it
        return
    for case in recorder.iter_chain_cases(case_id=case_id, related_case_ids=found.related_case_ids()):
        if case.id != case_id and case.id in recorder.interactions:
            yield curl_line(seen_request(recorder.interactions[case.id], secret))
