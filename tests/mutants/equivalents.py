"""Mutants that change nothing that anybody could notice, by name, with the reason."""

from collections.abc import Mapping

_ANY = "other properties are allowed where nothing is said of them, too"
_NO_WORD = "null is none of the enum's words, so that it stays invalid"

_TEXT = "a body of text/html is read as text, whatever its schema says; no line of the client or the sandbox differs"
_HTML = (
    "#/paths/~1integrators~1timeline~1v3~1events~1{eventTemplateId}~1{eventId}~1render/get"
    "/responses/200/content/text~1html/schema"
)

EQUIVALENTS: Mapping[str, str] = {
    "#/components/schemas/ExtraData: no additionalProperties": _ANY,
    "#/components/schemas/BatchError/properties/subCategory: no additionalProperties": _ANY,
    "#/components/schemas/BatchStatus: type ['string', 'null'] instead of string": _NO_WORD,
    "#/components/schemas/TokenType: type ['string', 'null'] instead of string": _NO_WORD,
    f"{_HTML}: type integer instead of string": _TEXT,
    f"{_HTML}: type boolean instead of string": _TEXT,
    f"{_HTML}: type ['string', 'null'] instead of string": _TEXT,
}
