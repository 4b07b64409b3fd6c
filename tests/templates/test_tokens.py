"""template_token(): the generated model from plain arguments, valid against the OpenAPI document."""

from typing import Any

import pytest

from hubspot_timeline import OptionError, template_token
from hubspot_timeline_api.models import TokenType
from tests.helpers.document import validator


def test_a_token_is_valid_against_the_document() -> None:
    """Types by name or by the generated type; options as values or with labels, converted as events convert them."""
    tokens = [
        template_token("a"),
        template_token("b.c-D_9", TokenType.DATE, "B"),
        template_token("c", "enumeration", options=[1, True, "x"]),
        template_token("d", "enumeration", options={2.50: "two and a half"}),
    ]
    for token in tokens:
        validator("TimelineEventTemplateToken").validate(token.to_dict())
    assert [token.label for token in tokens] == ["a", "B", "c", "d"]
    assert [option["value"] for option in tokens[2].to_dict()["options"]] == ["1", "true", "x"]
    assert tokens[3].to_dict()["options"] == [{"value": "2.5", "label": "two and a half"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a b",), "name is 'a b'; the name of a token may hold letters"),
        (("log",), "name is 'log'; the name log is reserved"),
        (("a", "numbr"), "kind is 'numbr'; did you mean number"),
        (("a", 5), "kind is 5; use one of date, enumeration, number, string"),
        (("a", "enumeration"), "needs the values"),
        (("a", "string", None, ["x"]), "but a is a string"),
        (("a", "enumeration", None, "xy"), "options is 'xy'; use a list"),
        (("a", "enumeration", None, [1, "1"]), "options contains '1' twice"),
        (("a", "enumeration", None, [None]), "options: has no value"),
    ],
)
def test_an_invalid_argument_is_refused(arguments: Any, message: str) -> None:
    """With the argument that is wrong, and what would be right."""
    with pytest.raises(OptionError, match=message):
        template_token(*arguments)
