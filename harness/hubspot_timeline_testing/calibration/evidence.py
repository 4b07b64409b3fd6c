"""Evidence: the requests and responses behind a fact, without secrets, and shortened."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.calibration.messages import Answer
from hubspot_timeline_testing.contract.redaction import Redactor

_HEADERS = re.compile(r"x-hubspot-ratelimit.*|retry-after|content-type|location|allow")
_MAX_ITEMS, _MAX_TEXT = 3, 500


@frozen
class Masker:
    """Replaces the access token and whatever identifies the account or its contact. `names`: by the text they mask."""

    redactor: Redactor
    names: Mapping[str, str] = field(factory=dict, repr=False)

    def mask(self, value: Any) -> Any:
        """Return a JSON value with all of its texts masked."""
        return _with_texts(value, self._masked)

    def brief(self, value: Any) -> Any:
        """Return a JSON value masked, and with long lists and texts shortened."""
        return _with_texts(_with_short_lists(value), lambda text: _short(self._masked(text)))

    def evidence(self, answer: Answer) -> dict[str, Any]:
        """Return a request and its response."""
        request = answer.request
        sent = {"method": request.method, "path": self.mask(request.path), "body": self.brief(request.body)}
        if request.authorization is not None:
            sent["authorization"] = self.mask(request.authorization)
        headers = {name: self.mask(text) for name, text in answer.headers.items() if _HEADERS.fullmatch(name)}
        return {
            "request": sent,
            "response": {"status": answer.status, "headers": headers, "body": self.brief(answer.body)},
        }

    def _masked(self, text: str) -> str:
        text = self.redactor.text(text)
        for secret, name in self.names.items():
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", name, text, flags=re.IGNORECASE)
        return text


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case list():
            return [_with_texts(each, change) for each in value]
        case dict():
            return {change(name): _with_texts(each, change) for name, each in value.items()}
    return value


def _with_short_lists(value: Any) -> Any:
    match value:
        case list():
            more = [f"… {len(value) - _MAX_ITEMS} more"] if len(value) > _MAX_ITEMS else []
            return [_with_short_lists(each) for each in value[:_MAX_ITEMS]] + more
        case dict():
            return {name: _with_short_lists(each) for name, each in value.items()}
    return value


def _short(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
