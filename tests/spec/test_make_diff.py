"""Who changes the document, runs `make client` and then `make diff`, reads what it means and what is to be done."""

import re
import shutil
from pathlib import Path

import pytest
from attrs import evolve

from tests.helpers.changed_document import DOCUMENT, Ended, Scratch, scratch

LAST_OF_EVENT = (
    "          x-correction: The captured page has it in the answer only; "
    "the vendor's current page also in the request.\n"
)
NICKNAME = """\
        nickname:
          type: string
          description: What friends say.
          x-source: guess
"""
_MODEL = "generated/hubspot_timeline_api/models/timeline_event.py"
EMAIL = """\
        email:
          type: string
          description: Identifies a contact, and creates one where the address is unknown.
"""


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """Return what each test has a clone of."""
    return scratch(tmp_path_factory.mktemp("seed"))


@pytest.fixture
def clone(seed: Scratch, tmp_path: Path) -> Scratch:
    """Return a clone with nothing changed."""
    seed.git("clone", "--quiet", str(seed.root), str(tmp_path / "clone"))
    return Scratch(tmp_path / "clone")


def regenerated(clone: Scratch) -> Ended:
    """Run `make client`, then `make diff`; return it with the program's code, which make only tells."""
    client = clone.make("client")
    assert client.code == 0, client.out + client.err
    told = clone.make("diff")
    code = int("".join(re.findall(r"diff\] Error (\d+)$", told.err, re.MULTILINE)) or 0)
    assert told.code == (2 if code else 0)
    return evolve(told, code=code, err=told.err.splitlines()[0])


def line_of(clone: Scratch, text: str) -> int:
    lines = (clone.root / DOCUMENT).read_text(encoding="utf-8").splitlines()
    [number] = [number for number, line in enumerate(lines, 1) if line == text]
    return number


def drafted(told: Ended) -> str:
    """Return the draft for CHANGELOG.md."""
    return told.out.partition("CHANGELOG.md, a draft\n")[2].partition("\n\n")[0]


def remaining(told: Ended) -> str:
    """Return what it says has to be done."""
    return told.out.partition("What remains to be done\n")[2]


def test_nothing_changed_is_the_same(clone: Scratch) -> None:
    """Also for make, which ends with 0 here and nowhere else."""
    told = regenerated(clone)

    assert told.code == 0
    assert told.err == "exit 0: same"
    assert told.out == "Nothing that matters changed in spec/timeline-v3.yaml and the client since `HEAD`.\n"


def test_an_added_optional_field_is_compatible(clone: Scratch) -> None:
    """It stands last, so that no argument moves; the places that want to know of it are named."""
    clone.replace(LAST_OF_EVENT, LAST_OF_EVENT + NICKNAME)

    told = regenerated(clone)

    assert told.code == 2
    assert told.err == "exit 2: compatible"
    assert (
        "Compatible (1)\n  - `TimelineEvent.nickname` is a new optional field: nobody has to do anything.\n" in told.out
    )
    assert f"    {DOCUMENT}:{line_of(clone, '        nickname:')} · `create_event` and `create_events`\n" in told.out
    assert "Version: 0.1.0 → 0.1.1 (before 1.0 a compatible change is a patch version)" in told.out
    assert drafted(told) == "  - `TimelineEvent.nickname` is a new optional field."
    for place in ("`x-correction`", "`spec/README.md`", "`wire.FIELDS`", "`event()`", "`plain`", "`make test`"):
        assert place in remaining(told)
    assert "`x-source`" not in remaining(told)
    assert "Breaking" not in told.out


def test_a_source_is_asked_for_where_there_is_none(clone: Scratch) -> None:
    """And a correction, where none is there."""
    asked = {"": "`x-source` `x-correction`", "source": "`x-correction`", "correction": "`x-source`"}
    for note, expected in asked.items():
        clone.git("checkout", "--quiet", DOCUMENT)
        field = NICKNAME.replace("x-source: guess", f"x-{note}: guess") if note else NICKNAME.replace("x-source", "x-y")
        clone.replace(LAST_OF_EVENT, LAST_OF_EVENT + field)

        assert re.findall("`x-[a-z]+`", remaining(clone.diff())) == expected.split()


def test_a_field_added_in_the_middle_moves_others(clone: Scratch) -> None:
    """The document alone is compatible; who passes arguments by position is not, and is told where to put it."""
    clone.replace(EMAIL, NICKNAME + EMAIL)

    told = regenerated(clone)

    assert told.code == 1
    assert "`TimelineEvent.nickname` is a new optional field: requests and answers stay" in told.out
    assert "`TimelineEvent(email=…)`" in told.out
    assert "moved among the arguments (pass by name)" in told.out
    assert "put the new property last in `properties`" in told.out
    assert drafted(told).startswith("  - Breaking: `TimelineEvent.nickname` is a new optional field; `TimelineEvent(")


def test_a_removed_field_is_breaking(clone: Scratch) -> None:
    """What griffe finds in the client stands under the change that caused it, and nowhere else."""
    line = line_of(clone, EMAIL.splitlines()[2]) - 2
    clone.replace(EMAIL, "")

    told = regenerated(clone)

    assert told.code == 1
    assert told.err == "exit 1: breaking"
    assert "Breaking (1)\n  - `TimelineEvent.email` is gone: code that names it fails" in told.out
    assert "`event(email=…)`" in told.out
    assert f"    HEAD:{DOCUMENT}:{line} · " in told.out
    assert told.out.count("    client: `TimelineEvent(email=…)` is no argument any more\n") == 1
    assert told.out.count("    client: `TimelineEvent.email` is gone\n") == 1
    assert "The client, where no change" not in told.out
    assert "Version: 0.1.0 → 0.2.0 (before 1.0 a breaking change is a minor version)" in told.out
    assert drafted(told) == "  - Breaking: `TimelineEvent.email` is gone."


def test_a_field_made_required_is_breaking_for_senders(clone: Scratch) -> None:
    """Those who left it out are refused."""
    clone.replace("required: [eventTemplateId, id, tokens]", "required: [eventTemplateId, id, tokens, email]")

    told = regenerated(clone)

    assert told.code == 1
    assert "`TimelineEvent.email` is required now: what callers send without it is refused; they pass it." in told.out
    assert told.out.count("    client: `TimelineEvent(email=…)` must be given now\n") == 1
    assert "0.1.0 → 0.2.0" in told.out
    assert drafted(told) == "  - Breaking: `TimelineEvent.email` is required now."
    assert "`checks`" in told.out


def test_a_renamed_path_is_one_change(clone: Scratch) -> None:
    """Not an operation that is gone and another that is new: its name and its calls stay."""
    clone.replace("/integrators/timeline/v3/events/batch/create:", "/integrators/timeline/v4/events/batch/create:")

    told = regenerated(clone)

    assert told.code == 1
    assert "Breaking (1)\n  - `create_events` moved from `POST /integrators/timeline/v3/events/batch" in told.out
    assert f"{DOCUMENT}:{line_of(clone, '  /integrators/timeline/v4/events/batch/create:') + 1}\n" in told.out
    assert "0.1.0 → 0.2.0" in told.out
    assert re.sub(r"\s+", " ", drafted(told)).strip() == (
        "- Breaking: `create_events` moved from `POST /integrators/timeline/v3/events/batch/create` to `POST"
        " /integrators/timeline/v4/events/batch/create`."
    )


BATCH = "/integrators/timeline/v3/events/batch/create"


def test_what_holds_a_path_that_is_gone_is_named(clone: Scratch) -> None:
    """Files that git knows; not those with a longer path, the captured page, or what is generated."""
    (clone.root / "docs").mkdir()
    clone.write("docs/send.md", f'post(f"{{url}}{BATCH}", json={{}})\n')
    clone.write("docs/longer.md", f"{BATCH}/more and {BATCH}-or-not and {BATCH}s\n")
    clone.write("docs/latin.md", f"{BATCH}.\n")
    (clone.root / "docs/latin.md").write_bytes(f"{BATCH}. \xe9\n".encode("latin-1"))
    clone.commit()
    clone.write("docs/unknown.md", f"{BATCH}\n")
    assert "old path" not in remaining(clone.diff())

    clone.replace(f"{BATCH}:", "/integrators/timeline/v4/events/batch/create:")

    assert (
        f"  - what holds the old path `{BATCH}`: `docs/latin.md`, `docs/send.md` and `spec/README.md`\n"
        in remaining(clone.diff())
    )


def test_what_sends_an_operation_is_named(clone: Scratch) -> None:
    """The batch has a way of its own, on which no single call goes."""
    clone.replace(f"{BATCH}:", "/v4/create:")
    batch = remaining(clone.diff())
    clone.git("checkout", "--quiet", DOCUMENT)
    clone.replace("/integrators/timeline/v3/events:", "/v4/events:")
    single = remaining(clone.diff())

    assert "  - `transport`, which sends it\n" in batch
    assert "`words`" not in batch
    assert "  - the words for it in `words` and in both of its classes\n" in single
    assert "`transport`" not in single


def test_an_old_client_is_warned_of(clone: Scratch) -> None:
    """The document's own verdict holds, but nobody takes it for all that there is to know."""
    clone.replace(LAST_OF_EVENT, LAST_OF_EVENT + NICKNAME)

    told = clone.diff()

    assert told.code == 2
    assert told.out.startswith("Warning: generated/ was written from another document: run `make client` first")
    assert told.err.strip() == (
        "exit 2: compatible, by the document only: its client is not current; run `make client`, then `make diff` again"
    )
    assert "  - `make client`, then `make diff` again\n" in told.out


def test_any_revision_is_a_base(clone: Scratch) -> None:
    """Make passes it, and the format, as they are: with quotes, blanks and dollars in them."""
    clone.replace(EMAIL, "")
    assert clone.make("client").code == 0
    clone.commit()

    assert clone.diff("HEAD~1").code == 1
    told = clone.make("diff", 'BASE=HEAD^{/it\'s "no" $$(touch here) commit}')
    assert "exit 3: nothing was compared" in told.err
    assert not (clone.root / "here").exists()
    assert clone.make("diff", "BASE=main~1", "FORMAT=json").out.startswith('{\n  "exit": 1,')


def test_a_client_that_changed_alone_is_told(clone: Scratch) -> None:
    """Another generator, or other templates: names that are gone break; code behind the same names does not."""
    path = "generated/hubspot_timeline_api/client.py"
    text = (clone.root / path).read_text(encoding="utf-8")
    clone.write(path, text + "\n# Other code.\n")
    inside = clone.diff()
    clone.write(path, text.replace("class AuthenticatedClient", "class KnownClient"))
    gone = clone.diff()
    clone.write(path, text)
    clone.replace("    email: str | Unset = UNSET\n", "    email: int | Unset = UNSET\n", _MODEL)
    retyped = clone.diff()

    assert inside.code == 2
    assert "The code of the client, but none of its names\n  - client.py\n" in inside.out
    assert gone.code == 1
    assert "The client, where no change of the document explains it\n  - `AuthenticatedClient` is gone\n" in gone.out
    assert retyped.code == 1
    assert (
        "  - `timeline_event.TimelineEvent.email` has another type\n" in retyped.out
        or "`TimelineEvent.email` has" in retyped.out
    )


_MODEL = "generated/hubspot_timeline_api/models/timeline_event.py"


def test_git_is_left_as_it_was(clone: Scratch) -> None:
    """No worktree, no branch, no index: the program only reads."""
    before = {path: path.stat().st_mtime_ns for path in (clone.root / ".git").rglob("*")}
    assert shutil.which("git")
    clone.diff()
    assert {path: path.stat().st_mtime_ns for path in (clone.root / ".git").rglob("*")} == before
