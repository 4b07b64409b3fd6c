"""What is no defect though a check says so: rules that no schema states, and departures that are known."""

from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import (
    AuthScenario,
    IgnoredAuth,
    MissingHeaderNotRejected,
    RejectedPositiveData,
    UnsupportedMethodResponse,
)

from hubspot_timeline_testing.contract.known_deviations import ANY_TOKEN, LENIENT_TYPES, as_documented
from hubspot_timeline_testing.contract.pointers import request_validator
from hubspot_timeline_testing.contract.report import NOT_NOW
from hubspot_timeline_testing.contract.suppressions import rule_behind
from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline_testing.contract.sentences import message_of
from hubspot_timeline_testing.contract.redaction import parsed

_OF_THE_REQUEST = (AcceptedNegativeData, RejectedPositiveData, MissingHeaderNotRejected, UnsupportedMethodResponse)
"""What is said of how a request was judged, rather than of the form of its answer."""


def is_excused(failure: Failure, answer: SeenAnswer) -> bool:
    """Tell whether the service may do what a check holds against it."""
    if answer.status in NOT_NOW and isinstance(failure, _OF_THE_REQUEST):  # it says nothing of the request
        return True
    return isinstance(failure, RejectedPositiveData) and rule_behind(answer.status, message_of(answer)) is not None


def allowance_for(operation: str, failure: Failure, request: SeenRequest) -> str | None:
    """Return the word of the allowance that covers a failure, if one does."""
    if isinstance(failure, IgnoredAuth) and failure.scenario is not AuthScenario.NO_AUTH:
        return ANY_TOKEN
    if isinstance(failure, AcceptedNegativeData) and _is_only_lenient(operation, request.body):
        return LENIENT_TYPES
    return None


def _is_only_lenient(operation: str, body: bytes | None) -> bool:
    validator = request_validator(operation)
    sent = parsed(body)
    return validator is not None and not validator.is_valid(sent) and validator.is_valid(as_documented(sent))
