"""What a request shows to be let in, by the security schemes of the document."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import frozen
from starlette.requests import Request

from hubspot_timeline_testing.openapi import document, security_of

Kind: TypeAlias = Literal["token", "key"]


@frozen
class Shown:
    """A secret, and whether it is an access token or a developer key."""

    kind: Kind
    secret: str


class Doors:
    """The ways into one operation: each scheme that the document names for it.

    Raises NotImplementedError for a scheme that the sandbox knows no secrets of.
    """

    def __init__(self, operation_id: str) -> None:
        named = [name for way in security_of(operation_id) for name in way]
        schemes = document()["components"]["securitySchemes"]
        self.is_open = len(named) < len(security_of(operation_id)) or not named
        self._own = [schemes[name] for name in named]
        self._others = [scheme for name, scheme in schemes.items() if name not in named]
        for scheme in self._own:
            _kind(scheme)

    def shown(self, request: Request) -> Shown | None:
        """Return what a request shows that this operation takes."""
        return next(filter(None, (_shown(request, scheme) for scheme in self._own)), None)

    def is_shown_in_vain(self, request: Request) -> bool:
        """Tell whether a request shows what other operations take."""
        return any(_shown(request, scheme) for scheme in self._others)


def _kind(scheme: Mapping[str, Any]) -> Kind:
    match scheme:
        case {"type": "http", "scheme": "bearer"}:
            return "token"
        case {"type": "apiKey", "in": "query"}:
            return "key"
    raise NotImplementedError(f"the sandbox knows no secrets of the security scheme {dict(scheme)}")


def _shown(request: Request, scheme: Mapping[str, Any]) -> Shown | None:
    kind = _kind(scheme)
    secret = _bearer_token(request) if kind == "token" else request.query_params.get(scheme["name"])
    return Shown(kind, secret) if secret else None


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
