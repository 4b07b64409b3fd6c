"""The same comparison as words, JSON, Markdown and annotations; hostile texts of a document stay texts in each."""

import json
import re
from pathlib import Path

import pytest
from attrs import evolve

from changes.change_kinds import Level
from changes.client import Breakage, broken, caused
from changes.rendering import FORMATS
from changes.report import Comparison, Finding
from changes.revisions import Revision
from changes.version import Versions
from tests.helpers.changed_document import changes, fresh

HOSTILE = "a`b\n::error file=x::gone %0A \r\x1b[31m <script> | @all \u202e ```"
BREAKAGE = Breakage("hubspot_timeline_api.client.Client", "", "object-removed", "`Client` is gone")


def comparison(*, client: list[Breakage] | None = None, stale: bool = False, base: str = "main") -> Comparison:
    """Return a comparison of a breaking, a compatible and a documented change, all with hostile names."""
    document = fresh()
    event = document["components"]["schemas"]["TimelineEvent"]
    del event["properties"]["utk"]
    event["properties"][HOSTILE] = {"type": "string"}
    event["properties"]["email"]["description"] = HOSTILE
    document["paths"]["/v3/" + HOSTILE] = {"get": {"operationId": HOSTILE, "tags": [HOSTILE], "responses": {}}}
    document["components"]["schemas"]["BatchStatus"]["enum"].append(HOSTILE)
    findings = [Finding(change, (), change.level, 7, 5) for change in changes(document)]
    return Comparison(Revision(Path(), base, "c0ffee"), findings, client or [], [], stale, Versions("1.2.3", "1.2.3"))


_COMMAND = r"::(error|notice) (file=spec/timeline-v3.yaml,line=\d+,)?title=[^:,]*::"
NOTHING = evolve(comparison(), findings=[])


@pytest.mark.parametrize("name", ["words", "markdown", "github"])
def test_hostile_texts_end_no_line_and_begin_no_command(name: str) -> None:
    """No control character, no command of a workflow, nothing that ends a code span."""
    shown = FORMATS[name](comparison(base=HOSTILE))

    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    commands = [line for line in shown.splitlines() if "::" in line and line.lstrip().startswith("::")]
    assert all(
        re.match(r"::(error|notice) (file=spec/timeline-v3.yaml,line=\d+,)?title=[^:,]*::", line) for line in commands
    )
    assert bool(commands) == (name == "github")
    assert name != "markdown" or shown.count("``") == 2  # around the draft


def test_texts_of_the_document_stand_in_code_spans_only() -> None:
    """So that Markdown takes nothing in them for markup, a mention or HTML."""
    outside = "".join(re.sub(r"`[^`]*`", "", line) for line in FORMATS["markdown"](comparison()).splitlines())
    for sign in ("<", "@", "::", "|", "%"):
        assert sign not in outside


def test_each_change_is_one_annotation() -> None:
    """At its line in the work tree; what is gone, at the line that is nearest."""
    found = comparison(client=[BREAKAGE], stale=True)
    lines = FORMATS["github"](found).splitlines()

    assert len(lines) == len(found.findings) + 3
    assert lines[0].startswith("::warning file=spec/timeline-v3.yaml,title=The client is not current::generated/ was")
    assert lines[-2] == "::error title=The client breaks its callers::`Client` is gone"
    assert lines[-1].startswith("::notice title=exit 1%3A breaking%2C by the document only%3A its client")
    assert sum(line.startswith("::error file=spec/timeline-v3.yaml,line=5,title=") for line in lines) == 2
    [gone] = [line for line in lines if "title=property-removed" in line]
    assert gone.endswith("%0AIt stood at main:spec/timeline-v3.yaml:7")


def test_percent_signs_are_kept() -> None:
    """Whoever reads the annotation sees what stands in the document, not a line's end."""
    assert "%250A" in FORMATS["github"](comparison())


def test_json_has_fixed_keys() -> None:
    """Programs rely on them; its texts are ASCII, whatever the document holds."""
    shown = FORMATS["json"](comparison(client=[BREAKAGE]))
    found = json.loads(shown)

    assert shown.isascii()
    assert list(found) == [
        "exit", "verdict", "base", "document", "stale", "changes", "client", "files", "version", "changelog", "todo",
    ]  # fmt: skip
    assert all(list(change) == [
        "kind", "level", "document_level", "pointer", "side", "line", "subject", "used_in", "operations", "sentence",
        "advice", "client",
    ] for change in found["changes"])  # fmt: skip
    assert (found["exit"], found["verdict"], found["base"]) == (1, "breaking", {"revision": "main", "commit": "c0ffee"})
    assert found["version"]["to"] == "2.0.0"
    assert [(each["path"], each["breaking"]) for each in found["client"]] == [(BREAKAGE.path, True)]
    [gone] = [change for change in found["changes"] if change["kind"] == "property-removed"]
    assert gone["pointer"] == "/components/schemas/TimelineEvent/properties/utk"
    assert (gone["side"], gone["line"], gone["level"]) == ("base", 7, "breaking")


def test_json_of_nothing_has_the_same_keys() -> None:
    """No version is suggested, nothing is to be done."""
    found = json.loads(FORMATS["json"](NOTHING))

    assert list(found) == list(json.loads(FORMATS["json"](comparison())))
    assert (found["exit"], found["verdict"], found["version"], found["todo"]) == (0, "same", None, [])


def test_markdown_and_words_say_the_same() -> None:
    """Each change, each draft and each thing to be done stands in both."""
    found = comparison(client=[BREAKAGE])
    data = json.loads(FORMATS["json"](found))
    for name in ("words", "markdown"):
        shown = FORMATS[name](found)
        for text in [*(change["sentence"] for change in data["changes"]), *data["todo"], BREAKAGE.sentence]:
            assert shown.count(text) >= 1, text
        assert "1.2.3 → 2.0.0" in shown
        assert all(line in shown for item in data["changelog"] for line in item.splitlines())


@pytest.mark.parametrize(
    ("version", "level", "expected"),
    [
        ("0.1.9", Level.BREAKING, "0.2.0"), ("0.1.9", Level.COMPATIBLE, "0.1.10"), ("0.1.9", Level.NOTE, "0.1.10"),
        ("1.2.3", Level.BREAKING, "2.0.0"), ("1.2.3", Level.COMPATIBLE, "1.3.0"),
        ("1.2.3", Level.DOCUMENTATION, "1.2.4"), ("1.2.3", Level.NOTE, "1.2.4"),
    ],
)  # fmt: skip
def test_versions_follow_semantic_versioning(version: str, level: Level, expected: str) -> None:
    """Before 1.0 each step is one place further right."""
    assert Versions(version, version).suggested(level) == expected


def test_a_version_that_was_raised_already_is_seen() -> None:
    """The suggestion goes out from BASE; who raised it reads so."""
    raised = evolve(comparison(), versions=Versions("1.2.3", "2.0.0"))
    too_low = evolve(raised, versions=Versions("1.2.3", "1.3.0"))
    assert "; pyproject.toml says 1.3.0 only\n" in FORMATS["words"](too_low)
    assert "1.2.3 → 2.0.0 (a breaking change is a major version); pyproject.toml says 2.0.0 already" in FORMATS[
        "words"
    ](raised)


def test_breakages_are_neither_lost_nor_doubled() -> None:
    """Each goes to the one change that fits best, the rest to a group of its own; a type is told once."""
    document = fresh()
    event = document["components"]["schemas"]["TimelineEvent"]
    del event["properties"]["utk"]
    event["properties"]["email"]["type"] = "integer"
    module = "hubspot_timeline_api.models.timeline_event.TimelineEvent"
    breaks = [
        BREAKAGE,
        Breakage(f"{module}.utk", "", "object-removed", "`utk` is gone"),
        Breakage(f"{module}.__init__", "utk", "parameter-removed", "`utk=` is gone"),
        Breakage(f"{module}.email", "", "type-changed", "`email` has another type"),
        Breakage(f"{module}.to_dict", "", "object-removed", "`to_dict` is gone"),
        Breakage(f"{module}.__init__", "domain", "parameter-moved", "`domain` moved"),
        Breakage(f"{module}.__init__", "email", "parameter-moved", "`email` moved"),
    ]
    found = changes(document)
    by_change, rest = caused(found, breaks)

    told = {found[number].subject: [each.sentence for each in group] for number, group in by_change.items()}
    assert [each.sentence for each in rest] == ["`Client` is gone", "`to_dict` is gone"]
    assert sorted(sentence for group in told.values() for sentence in group) == [
        "`domain` moved", "`email` moved", "`utk=` is gone", "`utk` is gone",
    ]  # fmt: skip
    assert {"`utk` is gone", "`utk=` is gone"} <= set(told["TimelineEvent.utk"])
    assert broken(breaks[-2:]) == ["`domain` and `email` moved"]


def test_a_type_is_explained_by_a_change_of_that_very_part() -> None:
    """Neither by other words about it nor by what happens beside it: another generator may have changed it."""
    module = "hubspot_timeline_api.models.timeline_event.TimelineEvent"
    retyped = Breakage(f"{module}.email", "", "type-changed", "`email` has another type")
    document = fresh()
    event = document["components"]["schemas"]["TimelineEvent"]["properties"]
    event["email"]["description"] = "Other words."
    event["nickname"] = {"type": "string"}

    assert caused(changes(document), [retyped]) == ({}, [retyped])
    event["email"]["type"] = "integer"
    assert caused(changes(document), [retyped]) == ({}, [])


def test_the_constructor_of_what_is_only_read_breaks_nobody() -> None:
    """Only tests build answers; they are told, and it is no verdict."""
    module = "hubspot_timeline_api.models.links"
    breakage = Breakage(f"{module}.Links.__init__", "a", "parameter-added-required", "`Links(a=…)` is new")
    assert breakage.where_only_read({module}).breaking is False
    assert breakage.where_only_read({"hubspot_timeline_api.models.other"}).breaking is True
    assert evolve(NOTHING, client=[breakage.where_only_read({module})]).exit == 2
    assert evolve(NOTHING, client=[breakage]).exit == 1
    assert evolve(NOTHING, inside=["client.py"]).exit == 2
    assert NOTHING.exit == 0
