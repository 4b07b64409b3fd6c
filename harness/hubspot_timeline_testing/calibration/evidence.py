"""Evidence: the requests and responses behind a fact, without secrets, and with few of the events."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.calibration.messages import Exchange
from hubspot_timeline_testing.contract.redaction import Redactor

_HEADERS = re.compile(r"x-hubspot-ratelimit.*|retry-after|content-type|location|allow")
_MOST = 3  # events of a batch


@frozen
class Masker:
    """Replaces the access token and whatever identifies the account or its contact. `names`: by the text they mask."""

    redactor: Redactor
    names: Mapping[str, str] = field(factory=dict, repr=False)

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
        headers = {name: self.mask(text) for name, text in exchange.headers.items() if _HEADERS.fullmatch(name)}
        return {
            "request": sent,
            "response": {"status": exchange.status, "headers": headers, "body": self.mask(exchange.body, _MOST)},
        }

    def _masked(self, text: str) -> str:
        text = self.redactor.text(text)
        for secret, name in self.names.items():
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", name, text, flags=re.IGNORECASE)
        return text
