"""`make diff` after a change of the document and `make client`: what changed, what breaks in the client, the result."""

import json
import re
from typing import Any

from changes.report import Exit
from tests.helpers.changed_document import DOCUMENT, Completed, Scratch

SUCCESSOR = "spec/app-events.yaml"
CREATE = "/integrators/timeline/v3/events/batch/create"
CLIENT = "hubspot_timeline_api"
MODEL = f"generated/{CLIENT}/models/timeline_event.py"
LAST_OF_EVENT = """\
          x-correction: The captured page has it in the answer only; the vendor's current page also in the request.
"""
NICKNAME = """\
        nickname:
          type: string
"""
EMAIL = """\
        email:
          type: string
          description: Identifies a contact, and creates one where the address is unknown.
"""
CREATED_AT = """\
        createdAt:
          type: string
          format: date-time
          description: When the token was created.
"""
TOKEN_MODEL = "models.timeline_event_template_token.TimelineEventTemplateToken"
DETAILS = "        details:\n"
SINGLE = """\
      security:
        - bearer: []
      summary: Create one timeline event.
"""
REQUIRED = "required: [eventTemplateId, id, tokens]"


def make_diff(clone: Scratch) -> Completed:
    """Run `make diff`, and return it with the exit code of the program instead of make's."""
    completed = clone.make("diff", "FORMAT=text")
    code = int("".join(re.findall(r"diff\] Error (\d+)$", completed.err, re.MULTILINE)) or 0)
    assert completed.code == (2 if code else 0)
    return Completed(code, completed.out, completed.err.splitlines()[0])


def regenerated(clone: Scratch, replacements: dict[str, str]) -> Completed:
    """Change the document, run `make client`, then the program behind `make diff`."""
    for old, new in replacements.items():
        clone.replace(old, new)
    client = clone.make("client")
    assert client.code == 0, client.out + client.err
    return clone.diff()


def findings(clone: Scratch, *arguments: str) -> list[Any]:
    """Return the findings of the program."""
    result: list[Any] = json.loads(clone.diff("--format=json", *arguments).out)["findings"]
    return result


def test_nothing_changed(clone: Scratch) -> None:
    """It is the one result for which make ends with 0."""
    completed = make_diff(clone)
    assert completed.out == "No differences from `HEAD` in spec/timeline-v3.yaml, spec/app-events.yaml.\n"
    assert (completed.code, completed.err) == (Exit.SAME, "exit 0: same")


def test_compatible_changes(clone: Scratch) -> None:
    """Nothing breaks, neither in the document nor in the client."""
    replacements = {
        LAST_OF_EVENT: LAST_OF_EVENT + NICKNAME,  # the last property, so that no argument changes its position
        "required: [details]": "required: [details, more]",  # only tests construct responses
        DETAILS: NICKNAME.replace("nickname", "more") + DETAILS,
        EMAIL: EMAIL.replace("type: string", 'type: [string, "null"]'),  # the type changes in the client, too
    }
    completed = regenerated(clone, replacements)
    assert (completed.code, completed.err) == (Exit.COMPATIBLE, "exit 2: compatible\n"), completed.out
    assert [re.sub(r"^.*:\d+: ", "", line) for line in completed.out.splitlines()] == [
        'compatible: `TimelineEvent.email` has `type` `["string", "null"]` instead of `string`. '
        "(used by `create_event`, `create_events`) [type-widened]",
        "compatible: `TimelineEvent.nickname` is a new field. "
        "(used by `create_event`, `create_events`) [property-added]",
        "compatible: `EventDetail.more` is now required: it is always there. "
        "(used by `get_event_detail`) [property-required]",
        "compatible: `EventDetail.more` is a new field. (used by `get_event_detail`) [property-added]",
    ]


def test_breaking_changes(clone: Scratch) -> None:
    """The document and the client have their findings each."""
    replacements = {
        CREATED_AT: NICKNAME + CREATED_AT,  # only calls that pass arguments by position are not valid any more
        EMAIL: "",
        REQUIRED: REQUIRED.replace("]", ", utk]"),
        f"{CREATE}:": f"{CREATE.replace('v3', 'v4')}:",
        "    Links:\n": "    Links:\n      title: Ways\n",
        "tags: [events]\n" + SINGLE: "tags: [single]\n" + SINGLE,
    }
    completed = regenerated(clone, replacements)
    assert (completed.code, completed.err) == (Exit.BREAKING, "exit 1: breaking\n")
    for text in (
        "compatible: `TimelineEventTemplateToken.nickname` is a new field.",
        f"{CLIENT}: breaking: `{TOKEN_MODEL}(created_at=…)`: positional parameter was moved ",
        f"{CLIENT}: breaking: `models.timeline_event.TimelineEvent.email`: public object was removed [client-o",
        f"{CLIENT}: breaking: `models.timeline_event.TimelineEvent(email=…)`: parameter was removed [client-pa",
        "breaking: `TimelineEvent.email` was removed: stop sending and reading it.",
        f"{CLIENT}: breaking: `models.timeline_event.TimelineEvent(utk=…)`: parameter is now required",
        "breaking: `TimelineEvent.utk` is now required: requests without it are rejected; pass it.",
        f"{CLIENT}: breaking: `models.links.Links`: public object was removed [client-object-removed]",
        f"{CLIENT}: breaking: `api.events.create_event`: public object was removed [client-object-removed]",
        f"breaking: `create_events` moved from `POST {CREATE}` to `POST {CREATE.replace('v3', 'v4')}`: ",
    ):
        assert completed.out.count(text) == 1, completed.out


def test_a_stale_client_is_a_warning(clone: Scratch) -> None:
    """The result is that of the document alone, and the last line says so."""
    clone.replace(LAST_OF_EVENT, LAST_OF_EVENT + NICKNAME)
    line = (clone.root / DOCUMENT).read_text(encoding="utf-8").splitlines().index("        nickname:") + 1
    completed = clone.diff()
    assert completed.code == Exit.COMPATIBLE
    assert completed.out.startswith(f"{CLIENT}: warning: the client was generated from another document")
    assert f"{DOCUMENT}:{line}: compatible: `TimelineEvent.nickname`" in completed.out
    assert completed.err.startswith("exit 2: compatible (the client was generated from another document")


def test_any_revision_may_be_the_base(clone: Scratch) -> None:
    """Make passes it and the format unchanged, with quotes, blanks and dollars."""
    clone.replace(
        "x-source: seed\n      deprecated: true\n      tags: [events]",
        "x-source: doc\n      deprecated: true\n      tags: [events]",
    )
    clone.commit()
    assert clone.diff("HEAD~1").code == Exit.COMPATIBLE
    completed = clone.make("diff", "FORMAT=text", 'BASE=HEAD^{/it\'s "no" $$(touch here) commit}')
    assert completed.err.startswith("git has no revision ")
    assert not (clone.root / "here").exists()
    assert clone.make("diff", "BASE=main~1", "FORMAT=json").out.startswith('{\n  "exit": 2,')


def test_each_document_is_compared_unless_one_is_named(clone: Scratch) -> None:
    """A finding has the document or the package that it is in."""
    for path in (DOCUMENT, SUCCESSOR):
        clone.replace("tags:\n  - name: events\n", "tags:\n  - name: events\n    x-note: other\n", path)
    assert {each["source"] for each in findings(clone)} == {DOCUMENT, SUCCESSOR, CLIENT, "hubspot_app_events_api"}
    assert {each["source"] for each in findings(clone, "--document=app-events")} == {
        SUCCESSOR,
        "hubspot_app_events_api",
    }
    completed = clone.make("diff", "DOCUMENT=app-events", "FORMAT=json")
    assert json.loads(completed.out)["documents"] == [SUCCESSOR]


def test_a_document_that_the_base_does_not_have_is_new(clone: Scratch) -> None:
    """It is compatible, and a document that is gone is breaking; the others are compared all the same."""
    table = 'app-events = "hubspot_app_events_api"\n'
    clone.replace(table, "", "pyproject.toml")
    [removed] = findings(clone)
    assert (removed["level"], removed["kind"], removed["source"]) == ("breaking", "document-removed", SUCCESSOR)
    clone.git("rm", "--quiet", SUCCESSOR)
    clone.commit()
    clone.git("checkout", "--quiet", "HEAD~1", "--", "pyproject.toml", SUCCESSOR)
    [added] = findings(clone)
    assert (added["level"], added["kind"], added["source"]) == ("compatible", "document-added", SUCCESSOR)


def test_a_client_that_changed_alone_is_reported(clone: Scratch) -> None:
    """Another generator or template: a missing name or another type breaks, other code behind the names does not."""
    path = "generated/hubspot_timeline_api/client.py"
    text = (clone.root / path).read_text(encoding="utf-8")
    results = []
    for changed in (text + "\n# Other code.\n", text.replace("class AuthenticatedClient", "class KnownClient"), text):
        clone.write(path, changed)
        if changed == text:
            clone.replace("    email: str | Unset = UNSET\n", "    email: int | Unset = UNSET\n", MODEL)
        results.append([(each["level"], each["kind"], each["text"]) for each in findings(clone)])
    retyped = "`models.timeline_event.TimelineEvent.email`: type was changed"
    assert results[0] == [("compatible", "client-file-changed", "`client.py` differs although the document does not")]
    assert ("breaking", "client-object-removed", "`client.AuthenticatedClient`: public object was removed") in results[
        1
    ]
    assert results[2] == [("breaking", "client-type-changed", retyped)]


def test_a_changed_type_is_not_reported_beside_a_change_of_the_document(clone: Scratch) -> None:
    """Which of them explains it is not known; another description explains nothing."""
    clone.replace("    email: str | Unset = UNSET\n", "    email: int | Unset = UNSET\n", MODEL)
    clone.replace(EMAIL, EMAIL.replace("Identifies", "Names"))
    assert {each["kind"] for each in findings(clone)} == {"client-stale", "client-type-changed", "note"}
    clone.replace(LAST_OF_EVENT, LAST_OF_EVENT + NICKNAME)
    assert {each["kind"] for each in findings(clone)} == {"client-stale", "property-added", "note"}


def test_the_repository_stays_as_it_was(clone: Scratch) -> None:
    """There is no worktree, no branch and no other index: the program only reads."""
    before = {path: path.stat().st_mtime_ns for path in (clone.root / ".git").rglob("*")}
    clone.diff()
    assert {path: path.stat().st_mtime_ns for path in (clone.root / ".git").rglob("*")} == before
