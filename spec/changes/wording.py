"""How texts of the document, which may hold anything, are put into a sentence."""

import json

_LONGEST = 70


def code(value: object) -> str:
    """Return a value between backticks: on one line, without control characters, not too long."""
    shown = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    visible = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in shown).replace("`", "'")
    return f"`{visible[:_LONGEST]}{'…' if len(visible) > _LONGEST else ''}`" if visible else '`""`'


def several(values: list[str]) -> str:
    """Return words as a list for people."""
    return " and ".join([", ".join(values[:-1]), values[-1]]) if len(values) > 1 else "".join(values)
