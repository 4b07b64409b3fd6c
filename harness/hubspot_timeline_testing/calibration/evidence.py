"""Evidence: the requests and responses behind a fact, without secrets, and with few of the events."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from attrs import field, frozen

from hubspot_timeline_testing.calibration.messages import Exchange
from hubspot_timeline_testing.contract.redaction import REDACTED, Redactor, any_encoding

_HEADERS = re.compile(r"x-hubspot-ratelimit.*|retry-after|content-type|location|allow")
_MOST = 3  # events of a batch
_SIGN = r"(?:[A-Za-z0-9+/_-]|\\/|%2[BbFf])"
_ENCODED = re.compile(
    rf"{_SIGN}(?:[\r\n]{{0,2}}{_SIGN}){{7,}}"
)  # Base64 of either alphabet, which has the signs of hexadecimal
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{8,}")
_SIGNS = str.maketrans("-_", "+/", "\r\n\\")
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
        return _ENCODED.sub(lambda run: REDACTED if self._is_encoded_in(run[0]) else run[0], text)

    def _is_encoded_in(self, run: str) -> bool:
        text = "\n".join(_decoded(run)).lower().replace("\0", "")  # as UTF-16 has them
        secrets = (self.redactor.token, *self.names)
        return any(len(secret) >= _MIN_LENGTH and secret.lower() in text for secret in secrets)


def _decoded(run: str) -> Iterator[str]:
    """Yield what a run of signs may encode; the first of them may belong to a word before it."""
    signs = unquote(run).translate(_SIGNS)
    for begin in range(4):
        whole = signs[begin:]
        yield b64decode(whole + "A" * (-len(whole) % 4)).decode("utf-8", "replace")
    for digits in _HEXADECIMAL.findall(run):
        for begin in range(2):
            pairs = digits[begin : begin + (len(digits) - begin) // 2 * 2]
            yield bytes.fromhex(pairs).decode("utf-8", "replace")


@lru_cache(maxsize=8)
def _pattern(secret: str) -> re.Pattern[str]:
    signs = any_encoding(secret)
    return re.compile(rf"(?<!\w){signs}(?!\w)" if len(secret) < _MIN_LENGTH else signs, re.IGNORECASE)
