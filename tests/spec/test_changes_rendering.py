"""A report as text, JSON and annotations; any text from the document stays a text in each."""

import json
import re

import pytest

from changes.compare import Change
from changes.formatting import pointer_text
from changes.references import resolve
from changes.renderers import FORMATS
from changes.report import Exit, Finding, Report
from tests.helpers.changed_document import changes, fresh

HOSTILE = "a`b\n::error file=x::gone %0A \r\x1b[31m <script> | @all \u202e ```"
DOCUMENT = "spec/timeline-v3.yaml"
CLIENT = Finding("breaking", "client-object-removed", "`client.Client`: public object was removed", source="some_api")
STALE = Finding("warning", "client-stale", "the client was generated from another document", source="some_api")


def report(*findings: Finding, base: str = "main") -> Report:
    return Report([DOCUMENT], base, "c0ffee", list(findings))


def hostile_report() -> Report:
    """Return a report of changes whose names are hostile."""
    document = fresh()
    event = document["components"]["schemas"]["TimelineEvent"]
    event["properties"][HOSTILE] = {"type": "string"}
    event["properties"]["email"][HOSTILE] = HOSTILE
    document["paths"]["/v3/" + HOSTILE] = {"get": {"operationId": HOSTILE, "tags": [HOSTILE], "responses": {}}}
    document["components"]["schemas"]["BatchStatus"]["enum"].append(HOSTILE)
    differences = changes(document)
    assert len(differences) == 4
    return report(*map(_finding, differences), base=HOSTILE)


def _finding(change: Change) -> Finding:
    return Finding(change.level.name.lower(), change.kind, change.text, 7, "/", [], (HOSTILE,), DOCUMENT)


@pytest.mark.parametrize("name", ["text", "github"])
def test_hostile_texts_neither_end_a_line_nor_begin_a_command(name: str) -> None:
    """Every line is a finding or a command of ours, without control characters."""
    for output in (FORMATS[name](hostile_report()), FORMATS[name](report(base=HOSTILE))):
        assert all(letter.isprintable() or letter == "\n" for letter in output)
        pattern = {
            "text": r"spec/timeline-v3.yaml:7: \w+: .* \[[a-z-]+\]|No differences from .*",
            "github": r"::(error|notice) (file=spec/timeline-v3.yaml,line=7,)?title=[a-z -]+::.*",
        }[name]
        assert all(re.fullmatch(pattern, line) for line in output.splitlines())


def test_annotations_keep_percent_signs() -> None:
    """GitHub shows what the document contains, not the end of a line."""
    assert "%250A" in FORMATS["github"](hostile_report())


def test_each_finding_is_a_line_of_text_and_an_annotation() -> None:
    """Those of the document have their line; the last annotation is the result."""
    change = Finding("compatible", "property-added", "`A.b` is a new field.", 7, "/b", ["request"], ("send",), DOCUMENT)
    example = report(STALE, CLIENT, change)
    assert FORMATS["text"](example).splitlines() == [
        f"some_api: warning: {STALE.text} [client-stale]",
        f"some_api: breaking: {CLIENT.text} [client-object-removed]",
        "spec/timeline-v3.yaml:7: compatible: `A.b` is a new field. (used by `send`) [property-added]",
    ]
    assert FORMATS["github"](example).splitlines() == [
        f"::warning title=client-stale::{STALE.text}",
        f"::error title=client-object-removed::{CLIENT.text}",
        "::notice file=spec/timeline-v3.yaml,line=7,title=property-added::`A.b` is a new field.",
        f"::notice title=make diff::exit 1: breaking ({STALE.text})",
    ]


def test_pointers_and_references_escape_keys_alike() -> None:
    """RFC 6901 has escapes for the slash and the tilde."""
    pointer = pointer_text(("a/b", "c~d"))
    assert pointer == "/a~1b/c~0d"
    assert resolve({"a/b": {"c~d": 1}}, {"$ref": f"#{pointer}"}) == 1


@pytest.mark.parametrize("example", [report(), hostile_report()])
def test_json_has_fixed_keys(example: Report) -> None:
    """Programs rely on them; the text is ASCII whatever the document contains."""
    output = FORMATS["json"](example)
    data = json.loads(output)
    assert output.isascii()
    assert list(data) == ["exit", "verdict", "documents", "base", "commit", "findings"]
    keys = ["level", "kind", "text", "line", "pointer", "used_in", "operations", "source"]
    assert all(list(finding) == keys for finding in data["findings"])
    assert (data["exit"], data["verdict"]) == (int(example.exit), example.exit.name.lower())


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], Exit.SAME),
        (["warning"], Exit.SAME),
        (["note"], Exit.COMPATIBLE),
        (["note", "compatible", "warning"], Exit.COMPATIBLE),
        (["compatible", "breaking"], Exit.BREAKING),
    ],
)
def test_the_exit_code_is_that_of_the_most_severe_finding(levels: list[str], expected: Exit) -> None:
    """A warning changes nothing, but it is part of the last line."""
    example = report(*(Finding(level, "kind", "text") for level in levels))
    assert example.exit is expected
    assert example.result.startswith(f"exit {int(expected)}: {expected.name.lower()}")
    assert ("(text)" in example.result) == ("warning" in levels)
