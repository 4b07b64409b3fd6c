"""Each failure's request, sent once more at the end, so that a reader knows whether its lines repeat the answer."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve
from requests import PreparedRequest, RequestException, Session

from hubspot_timeline.contract.courier import way
from hubspot_timeline.contract.deadline import Deadline
from hubspot_timeline.contract.report import Failure
from hubspot_timeline.contract.seen import AUTHORIZATION, SeenRequest
from hubspot_timeline.contract.settings import ContractSettings
from hubspot_timeline.contract.texts import Secret


def asked_again(
    failures: Iterable[Failure], secret: Secret, settings: ContractSettings, sleep: Callable[[float], None]
) -> tuple[Failure, ...]:
    """Return the failures with what was answered this time; those that follow on others are left as they are."""
    told = []
    with Session() as session:
        session.trust_env = False
        for failure in failures:
            if failure.answer is None or failure.earlier:
                told.append(failure)
                continue
            if settings.rate:
                sleep(1 / settings.rate)
            told.append(evolve(failure, again=_status(session, failure.request, secret, settings.timeout)))
    return tuple(told)


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
