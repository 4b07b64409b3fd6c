"""How texts of the document, which may hold anything, are put into a sentence."""

import json

_LONGEST = 100


def visible(text: str) -> str:
    """Return a text on one line, its control characters written out."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def code(value: object) -> str:
    """Return a value between backticks: on one line, without control characters, not too long."""
    shown = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    seen = visible(shown).replace("`", "'")
    return f"`{seen[:_LONGEST]}{'…' if len(seen) > _LONGEST else ''}`" if seen else '`""`'


def several(values: list[str]) -> str:
    """Return words as a list for people."""
    return " and ".join([", ".join(values[:-1]), values[-1]]) if len(values) > 1 else "".join(values)
