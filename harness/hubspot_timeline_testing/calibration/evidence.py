"""Evidence: the requests and responses behind a fact, without secrets, and with few of the events."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.calibration.messages import Exchange
from hubspot_timeline_testing.contract.redaction import Redactor, any_encoding

_HEADERS = re.compile(r"x-hubspot-ratelimit.*|retry-after|content-type|location|allow")
_MOST = 3  # events of a batch
_MIN_LENGTH = 4  # below it a secret is also found inside of ordinary words and numbers


@frozen
class Masker:
    """Replaces the access token and whatever identifies the account or its contact. `names`: by the text they mask.

    A text is masked before it is cut or changed: a part of a secret is not found any more.
    """

    redactor: Redactor
    names: Mapping[str, str] = field(factory=dict, repr=False)

    def body(self, value: Any) -> Any:
        """Return the body of a response with its texts and numbers masked."""
        match value:
            case list():
                return [self.body(each) for each in value]
            case dict():
                return {self._masked(name): self.body(each) for name, each in value.items()}
            case int() | float() if (text := self._masked(str(value))) != str(value):
                return text
        return self.mask(value)

    def mask(self, value: Any, most: int | None = None) -> Any:
        """Return a JSON value with all of its texts masked, and of each list `most` entries."""
        match value:
            case str():
                return self._masked(value)
            case list():
                more = [f"… {len(value) - most} more"] if most is not None and len(value) > most else []
                return [self.mask(each, most) for each in value[:most]] + more
            case dict():
                return {self._masked(name): self.mask(each, most) for name, each in value.items()}
        return value

    def evidence(self, exchange: Exchange) -> dict[str, Any]:
        """Return a request and its response."""
        request = exchange.request
        sent = {"method": request.method, "path": self.mask(request.path), "body": self.mask(request.body, _MOST)}
        if request.authorization is not None:
            sent["authorization"] = self.mask(request.authorization)
        headers = self.mask({name: text for name, text in exchange.headers.items() if _HEADERS.fullmatch(name)})
        return {
            "request": sent,
            "response": {"status": exchange.status, "headers": headers, "body": self.mask(exchange.shown, _MOST)},
        }

    def _masked(self, text: str) -> str:
        text = self.redactor.text(text)
        for secret in sorted(self.names, key=len, reverse=True):  # one may be a part of another
            text = _pattern(secret).sub(self.names[secret], text)
        return text


@lru_cache(maxsize=8)
def _pattern(secret: str) -> re.Pattern[str]:
    signs = any_encoding(secret)
    return re.compile(rf"(?<!\w){signs}(?!\w)" if len(secret) < _MIN_LENGTH else signs, re.IGNORECASE)
