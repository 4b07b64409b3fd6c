"""A request and its answer, as they went over the wire; the token is not in them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from hubspot_timeline_testing.contract.redaction import Secret

if TYPE_CHECKING:
    from schemathesis.engine.recorder import Interaction

AUTHORIZATION = "Authorization"
_OF_THE_CLIENT = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-schemathesis-testcaseid",
    }
)
"""Headers that each client writes as it needs them, and one by which Schemathesis marks its requests."""


@frozen
class SeenRequest:
    """A request: what any client needs to repeat it. `with_token`: whether it carried the token of the run."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = field(repr=False)
    with_token: bool


@frozen
class SeenAnswer:
    """An answer: its status, its headers in small letters, and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def seen_request(interaction: "Interaction", secret: Secret) -> SeenRequest:
    """Return the request of an interaction, without the token."""
    request = interaction.request
    sent = {name: _line(values) for name, values in request.headers.items()}
    kept = {name: value for name, value in sent.items() if name.lower() not in _OF_THE_CLIENT}
    with_token = any(name.lower() == "authorization" and value == secret.bearer for name, value in kept.items())
    if with_token:
        kept = {name: value for name, value in kept.items() if name.lower() != "authorization"}
    kept = {name: secret.hidden_in(value) for name, value in kept.items()}
    return SeenRequest(request.method, secret.hidden_in(request.uri), kept, _hidden(request.body, secret), with_token)


def seen_answer(interaction: "Interaction", secret: Secret) -> SeenAnswer | None:
    """Return the answer of an interaction, without the token; None where there was none."""
    response = interaction.response
    if response is None:
        return None
    headers = {name.lower(): secret.hidden_in(", ".join(values)) for name, values in response.headers.items()}
    return SeenAnswer(response.status_code, headers, _hidden(response.content or b"", secret) or b"")


def _line(values: Sequence[str | bytes] | str | bytes) -> str:
    if isinstance(values, bytes):
        return values.decode("latin-1")
    return values if isinstance(values, str) else ", ".join(_line(value) for value in values)


def _hidden(body: bytes | None, secret: Secret) -> bytes | None:
    if body is None:
        return None
    told = body.decode("utf-8", "surrogateescape")
    hidden = secret.hidden_in(told)
    return body if hidden == told else hidden.encode("utf-8", "surrogateescape")
