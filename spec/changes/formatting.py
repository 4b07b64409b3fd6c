"""Quoting of texts and pointers from the document, which may contain anything."""

import json

_MAX_LENGTH = 100
_MAX_MESSAGE_LENGTH = 2_000


def printable(text: str) -> str:
    """Return the text on one line, with control characters escaped, and not too long."""
    text = text if len(text) <= _MAX_MESSAGE_LENGTH else f"{text[:_MAX_MESSAGE_LENGTH]}…"
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def code(value: object) -> str:
    """Return the value between backticks, on one line and shortened."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    escaped = printable(text).replace("`", "'")
    return f"`{escaped[:_MAX_LENGTH]}{'…' if len(escaped) > _MAX_LENGTH else ''}`" if escaped else '`""`'


def pointer_text(pointer: tuple[str, ...]) -> str:
    """Return the pointer as RFC 6901 writes it."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in pointer)
