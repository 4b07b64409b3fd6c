"""Each failure's request, sent once more at the end, so that a reader knows whether its lines repeat the answer."""

from collections.abc import Iterable
from typing import Any

from attrs import evolve
from requests import PreparedRequest, RequestException, Session

from hubspot_timeline_testing.contract.transport import Line, way
from hubspot_timeline_testing.contract.deadline import Deadline
from hubspot_timeline_testing.contract.report import Failure
from hubspot_timeline_testing.contract.seen import AUTHORIZATION, SeenRequest
from hubspot_timeline_testing.contract.redaction import Secret

_PATIENCE = 3
"""After so many requests without an answer no more are asked again."""


def asked_again(
    failures: Iterable[Failure], secret: Secret, timeout: float, line: Line
) -> tuple[tuple[Failure, ...], bool]:
    """Return the failures with what was answered this time, and whether Ctrl-C has ended it.

    Those that follow on others are left as they are, and so are all after some that had no answer.
    """
    told = list(failures)
    patience = _PATIENCE
    with Session() as session:
        session.trust_env = False
        try:
            for number, failure in enumerate(told):
                if failure.answer is None or failure.earlier or not patience:
                    continue
                line.pace()
                told[number] = evolve(failure, again=_status(session, failure.request, secret, timeout))
                patience -= told[number].again is None
        except KeyboardInterrupt:
            return tuple(told), True
    return tuple(told), False


def _status(session: Session, request: SeenRequest, secret: Secret, timeout: float) -> int | None:
    deadline = Deadline(timeout)
    options: dict[str, Any] = way(request.url) | {"timeout": timeout, "stream": True}
    try:
        return deadline.keep(lambda: session.send(_prepared(request, secret), **options).status_code)
    except RequestException:
        return None


def _prepared(request: SeenRequest, secret: Secret) -> PreparedRequest:
    prepared = PreparedRequest()
    token = {AUTHORIZATION: secret.bearer} if request.with_token else {}
    prepared.prepare(method=request.method, url=request.url, headers={**request.headers, **token})
    prepared.url = request.url  # as it was, whatever is usual
    prepared.prepare_body(request.body, None)
    return prepared
