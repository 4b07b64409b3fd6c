"""Evidence: the requests and responses behind a fact, without secrets, and shortened."""

import re
from collections.abc import Mapping
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
        """Return a JSON value with all of its texts masked and long lists and texts shortened."""
        match value:
            case str():
                return self._text(value)
            case list():
                more = [f"… {len(value) - _MAX_ITEMS} more"] if len(value) > _MAX_ITEMS else []
                return [self.mask(each) for each in value[:_MAX_ITEMS]] + more
            case dict():
                return {self._text(name): self.mask(each) for name, each in value.items()}
        return value

    def evidence(self, answer: Answer) -> dict[str, Any]:
        """Return a request and its response."""
        request = answer.request
        sent = {"method": request.method, "path": self.mask(request.path), "body": self.mask(request.body)}
        if request.authorization is not None:
            sent["authorization"] = self._text(request.authorization)
        headers = {name: self._text(text) for name, text in answer.headers.items() if _HEADERS.fullmatch(name)}
        return {
            "request": sent,
            "response": {"status": answer.status, "headers": headers, "body": self.mask(answer.body)},
        }

    def _text(self, text: str) -> str:
        text = self.redactor.text(text)
        for secret, name in self.names.items():
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", name, text, flags=re.IGNORECASE)
        return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
