"""Redaction: the access token is removed from texts of others, and texts of a server are made printable.

Our own messages are not redacted, since a token of the sandbox may be a word of them.
"""

import re
from functools import lru_cache
from html.entities import html5

from attrs import field, frozen

REDACTED = "***"

_MIN_LENGTH = 8
"""Below this length a token is also found inside of ordinary words, so only `Bearer` followed by it is redacted."""

_MARKUP = re.compile(r"[`<@|\[]")
_CODE_MARKUP = re.compile(r"[`<@|]")


@frozen
class Redactor:
    """Removes an access token from texts, plain or as JSON, URLs and HTML encode it."""

    token: str = field(repr=False)

    def text(self, text: str) -> str:
        """Return text without the token."""
        return _pattern(self.token).sub(REDACTED, text) if self.token else text

    def content(self, content: bytes) -> bytes:
        """Return a body without the token."""
        text = content.decode("utf-8", "surrogateescape")
        redacted = self.text(text)
        return content if redacted == text else redacted.encode("utf-8", "surrogateescape")


def printable(text: str, limit: int = 300) -> str:
    """Return text on one line, with an escape for each character that is not printable, and shortened."""
    return escaped(" ".join(text[:limit].split())) + ("…" if len(text) > limit else "")


def escaped(text: str) -> str:
    """Return text with an escape for each character that is not printable, as JSON and `$'…'` of a shell have it."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


def in_markdown(text: str) -> str:
    """Return a text that a server may have sent, so that neither a terminal nor Markdown finds anything in it."""
    return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", escaped(" ".join(text.split())))


def in_markdown_code(text: str) -> str:
    """Return JSON for a code span of Markdown, which decodes no entities."""
    return _CODE_MARKUP.sub(lambda sign: f"\\u{ord(sign[0]):04x}", escaped(" ".join(text.split())))


def any_encoding(text: str) -> str:
    """Return a regular expression that finds a text, plain or as JSON, URLs and HTML encode it."""
    signs = "\\x00{0,3}".join(_encodings(sign) for sign in text)  # UTF-16 and UTF-32 put NUL bytes in between
    return rf"(?=[\\%&{re.escape(text[0])}])" + signs  # passes over a large body three times as fast


@lru_cache(maxsize=1)
def _pattern(token: str) -> re.Pattern[str]:
    signs = any_encoding(token)
    return re.compile(f"(?<=Bearer ){signs}" if len(token) < _MIN_LENGTH else signs, re.IGNORECASE)


def _encodings(sign: str) -> str:
    # Plain, after backslashes, or by its number or name. Each repetition is bounded: a body may be all backslashes.
    code = ord(sign)
    numbers = rf"\\{{1,4}}u{code:04x}|" + "".join(
        f"%(?:25){{0,3}}{byte:02x}" for byte in sign.encode("utf-8", "surrogatepass")
    )
    numbers += rf"|&(?:amp;){{0,2}}#(?:0{{0,6}}{code}|x0{{0,6}}{code:x});?"
    names = "".join(f"|&(?:amp;){{0,2}}{name}" for name, value in html5.items() if value == sign and name.endswith(";"))
    return rf"(?:\\{{0,4}}{re.escape(sign)}|{numbers}{names})"
