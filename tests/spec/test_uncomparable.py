"""Where nothing was compared the exit code is 3 or more, never that of a verdict, and the message says what to do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from changes.document import read
from changes.errors import CannotCompareError
from changes.version import Versions
from tests.helpers.changed_document import DOCUMENT, Scratch, scratch

CLIENT = "generated/hubspot_timeline_api"


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """Return what each test has a clone of."""
    return scratch(tmp_path_factory.mktemp("seed"))


@pytest.fixture
def clone(seed: Scratch, tmp_path: Path) -> Scratch:
    """Return a clone with nothing changed."""
    seed.git("clone", "--quiet", str(seed.root), str(tmp_path / "clone"))
    return Scratch(tmp_path / "clone")


def refused(clone: Scratch, *words: str) -> str:
    """Return the message of a program that compares nothing."""
    told = clone.diff(*words)
    assert told.code == 3
    assert told.out == ""
    message, last = told.err.splitlines()
    assert last == "exit 3: nothing was compared"
    return message


def test_bad_words_are_no_verdict(clone: Scratch) -> None:
    """For most programs they end with 2, which means compatible here."""
    assert "invalid choice: 'html'" in refused(clone, "--format=html")
    assert "see --help" in refused(clone, "HEAD", "more")
    assert "unrecognized arguments: --form=json" in refused(clone, "--form=json", "HEAD")
    assert "3 nothing could be compared" in clone.diff("--help").out.replace("\n", " ")


@pytest.mark.parametrize("name", ["v9", "", "--all", "HEAD:spec", "a\nb"])
def test_an_unknown_revision_is_no_verdict(clone: Scratch, name: str) -> None:
    """A word that begins with a dash is one, too."""
    assert refused(clone, "--", name).startswith(f"git knows no revision {name!r}: see `git log`")


def test_a_folder_without_git_is_no_verdict(clone: Scratch) -> None:
    """As in an unpacked archive."""
    (clone.root / ".git").rename(clone.root.parent / "elsewhere")
    assert "is no git repository" in refused(clone)


def test_a_missing_document_is_no_verdict(clone: Scratch) -> None:
    """At BASE, and in the work tree."""
    document = (clone.root / DOCUMENT).read_text(encoding="utf-8")
    (clone.root / DOCUMENT).unlink()
    assert f"{DOCUMENT}: No such file" in refused(clone)
    clone.commit()
    clone.write(DOCUMENT, document)
    assert refused(clone) == f"HEAD has no {DOCUMENT}: name a later BASE"


def test_an_unreadable_document_is_no_verdict(clone: Scratch) -> None:
    """The place is told as file:line:column."""
    clone.write(DOCUMENT, "openapi: 3.1.0\npaths: {\n  a: [\n")
    assert refused(clone).startswith(f"{DOCUMENT}:4:1: is no YAML: ")
    clone.commit()
    assert refused(clone).startswith(f"HEAD:{DOCUMENT}:4:1: is no YAML: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- a\n- b\n", ":1:1: is no mapping"),
        (b"", ":1:1: is no mapping"),
        (b"a: 1\nb: 2\na: 3\n", ":3:1: a is there twice"),
        (b"a: {200: 1, '200': 2}\n", ":1:13: 200 is there twice"),
        (b"a: &a {b: *a}\n", ":1:4: contains itself"),
        (b"a: \xff\n", ": is no YAML: "),
        (b"a: \x00\n", ": is no YAML: "),
        (b"a: 2026-99-99\n", ": cannot be read: "),
        (b"a: !!python/object:os.system {}\n", ":1:4: is no YAML: "),
        (b"{[a]: 1}\n", "is no "),
        (b"a: 1\n---\nb: 2\n", ":2:1: is no YAML: "),
    ],
)
def test_each_unreadable_document_has_its_message(content: bytes, message: str) -> None:
    """A key that is there twice would hide one of its values."""
    with pytest.raises(CannotCompareError) as caught:
        read("document", content)
    assert str(caught.value).startswith("document")
    assert message in str(caught.value)


def test_a_missing_client_is_no_verdict(clone: Scratch) -> None:
    """It would be one without breakages otherwise."""
    (clone.root / CLIENT).rename(clone.root / "elsewhere")
    assert refused(clone) == f"the work tree has no {CLIENT}: run `make client` first"
    clone.commit()
    (clone.root / "elsewhere").rename(clone.root / CLIENT)
    assert refused(clone) == f"HEAD has no {CLIENT}: name a later BASE"


def test_a_client_that_is_no_python_is_no_verdict(clone: Scratch) -> None:
    """By itself griffe leaves such a file out, and everything in it would seem to be gone, or never to have been."""
    clone.write(f"{CLIENT}/models/links.py", "class Links(:\n")
    assert refused(clone).startswith("hubspot_timeline_api/models/links.py at the work tree is no Python: ")
    clone.commit()
    assert refused(clone).startswith("hubspot_timeline_api/models/links.py at HEAD is no Python: ")


def test_a_version_that_cannot_be_counted_up_is_no_verdict(clone: Scratch) -> None:
    """With a change, since nothing else asks for it."""
    with pytest.raises(CannotCompareError, match="is not of the form"):
        Versions("1.0rc1", "1.0rc1").suggested(0)  # type: ignore[arg-type]
    clone.write("pyproject.toml", "[project]\n")
    assert "pyproject.toml: has no version" in refused(clone)


def test_readers_of_json_and_annotations_are_told(clone: Scratch) -> None:
    """They may look at standard output only."""
    told = clone.diff("--format=json", "v9")
    assert told.code == 3
    found = json.loads(told.out)
    assert (found["exit"], found["verdict"]) == (3, "failed")
    assert found["error"].startswith("git knows no revision 'v9'")
    [annotation] = clone.diff("--format", "github", "v9%\n::stop").out.splitlines()
    assert annotation.startswith("::error title=make diff%3A exit 3%2C nothing was compared::git knows no rev")


def test_an_error_of_its_own_is_no_verdict(clone: Scratch) -> None:
    """Python would end with 1, which means breaking: also where a library is missing, or the reader went away."""
    clone.write("spec/yaml.py", "raise RuntimeError('planted')\n")
    told = clone.diff()
    assert told.code == 4
    assert "RuntimeError: planted" in told.err
    assert told.err.endswith("exit 4: an error of this program's own, nothing was compared\n")

    clone.write("spec/yaml.py", "import os\nos.close(1)\n")
    assert clone.diff().code == 4


def test_a_reader_that_goes_away_is_no_verdict(clone: Scratch) -> None:
    """As with `| head -0`: what was not read was not told."""
    clone.replace("The contract of", "Contract of")
    command = f"set -o pipefail; {sys.executable} -m changes HEAD 2>/dev/null | :"
    environment = {"PYTHONPATH": "spec", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", command], cwd=clone.root, env=environment, check=False)  # noqa: S607
    assert done.returncode in {0, 4}  # 0 where it was written before the pipe was closed
