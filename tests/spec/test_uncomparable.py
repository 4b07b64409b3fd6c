"""If nothing was compared, the exit code is 3 or more, never that of a result, and the message says what to do."""

import json
import subprocess
import sys

import pytest

from changes.document import CannotCompareError, load_document
from tests.helpers.changed_document import DOCUMENT, Scratch

CLIENT = "generated/hubspot_timeline_api"


def failure(clone: Scratch, *arguments: str) -> str:
    """Return the message of a program that compares nothing."""
    completed = clone.diff(*arguments)
    assert (completed.code, completed.out) == (3, "")
    message, last = completed.err.splitlines()
    assert last == "exit 3: nothing was compared"
    return message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format=html"], "invalid choice: 'html'"),
        (["HEAD", "more"], "see --help"),
        (["--document=nope"], "pyproject.toml lists no document nope, but app-events, timeline-v3"),
        (["--form=json", "HEAD"], "unrecognized arguments: --form=json"),
        *(
            (["--", name], f"git has no revision {name!r}: see `git log`")
            for name in ("v9", "", "--all", "HEAD:spec", "a\nb")
        ),
    ],
)
def test_invalid_arguments_are_a_failure(clone: Scratch, arguments: list[str], message: str) -> None:
    """Most programs end with 2 for them, which means compatible here."""
    assert message in failure(clone, *arguments)


def test_help_lists_the_exit_codes(clone: Scratch) -> None:
    """It is the one output without a comparison that is not a failure."""
    completed = clone.diff_process("--help")
    assert completed.code == 0
    assert "3 nothing was compared" in " ".join(completed.out.split())


def test_a_folder_without_git_is_a_failure(clone: Scratch) -> None:
    """An unpacked archive has nothing to compare with."""
    (clone.root / ".git").rename(clone.root.parent / "elsewhere")
    assert "is not a git repository" in failure(clone)


def test_a_missing_document_is_a_failure(clone: Scratch) -> None:
    """It may be missing in the base or in the work tree."""
    document = (clone.root / DOCUMENT).read_text(encoding="utf-8")
    (clone.root / DOCUMENT).unlink()
    assert f"{DOCUMENT}: No such file" in failure(clone)
    clone.commit()
    clone.write(DOCUMENT, document)
    assert failure(clone) == f"HEAD has no {DOCUMENT}: name a later BASE"


def test_an_invalid_document_is_a_failure(clone: Scratch) -> None:
    """The message has its place as file:line:column."""
    clone.write(DOCUMENT, "openapi: 3.1.0\npaths: {\n  a: [\n")
    assert failure(clone).startswith(f"{DOCUMENT}:4:1: invalid YAML: ")
    clone.commit()
    assert failure(clone).startswith(f"HEAD:{DOCUMENT}:4:1: invalid YAML: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- a\n- b\n", ":1:1: not a mapping"),
        (b"", ":1:1: not a mapping"),
        (b"a: 1\nb: 2\na: 3\n", ":3:1: invalid YAML: duplicate key a"),
        (b"a: {200: 1, '200': 2}\n", ":1:13: invalid YAML: duplicate key 200"),
        (b"a: &a {b: *a}\n", ": invalid YAML: "),
        (b"a: \xff\n", ": invalid YAML: "),
        (b"a: \x00\n", ": invalid YAML: "),
        (b"a: 2026-99-99\n", ": invalid YAML: month must be in 1..12"),
        (b"a: !!python/object:os.system {}\n", ":1:4: invalid YAML: "),
        (b"{[a]: 1}\n", ": invalid YAML: "),
        (b"a: 1\n---\nb: 2\n", ":2:1: invalid YAML: "),
    ],
)
def test_each_invalid_document_has_its_message(content: bytes, message: str) -> None:
    """A duplicate key would hide one of its values."""
    with pytest.raises(CannotCompareError) as caught:
        load_document("document", content)
    assert str(caught.value).startswith(f"document{message}")


def test_a_missing_client_is_a_failure(clone: Scratch) -> None:
    """Otherwise nothing would seem to break."""
    (clone.root / CLIENT).rename(clone.root / "elsewhere")
    assert failure(clone) == "the work tree has no client in hubspot_timeline_api: run `make client`"
    clone.commit()
    (clone.root / "elsewhere").rename(clone.root / CLIENT)
    assert failure(clone) == f"HEAD has no {CLIENT}: name a later BASE"


def test_a_client_that_is_not_python_is_a_failure(clone: Scratch) -> None:
    """By itself griffe skips such a file, and everything in it would seem to be removed, or new."""
    clone.write(f"{CLIENT}/models/links.py", "class Links(:\n")
    assert failure(clone).startswith("the work tree: models/links.py: invalid syntax")
    clone.commit()
    assert failure(clone).startswith("HEAD: models/links.py: invalid syntax")


def test_json_and_annotations_contain_the_failure(clone: Scratch) -> None:
    """Their readers may look at standard output only."""
    completed = clone.diff("--format=json", "v9")
    data = json.loads(completed.out)
    assert (completed.code, data["exit"], data["verdict"]) == (3, 3, "failed")
    assert data["error"].startswith("git has no revision 'v9'")
    [annotation] = clone.diff("--format", "github", "v9%\n::stop").out.splitlines()
    assert annotation.startswith("::error title=make diff%3A nothing was compared::git has no revision 'v9%25")


@pytest.mark.parametrize("defect", ["raise RuntimeError('planted')\n", "import os\nos.close(1)\n"])
def test_an_internal_error_is_not_a_result(clone: Scratch, defect: str) -> None:
    """Python would end with 1, which means breaking, for a missing library or a closed output, too."""
    clone.write("spec/yaml.py", defect)
    completed = clone.diff_process()
    assert completed.code == 4
    assert completed.err.endswith("exit 4: internal error, nothing was compared\n")


def test_a_closed_pipe_is_not_a_result(clone: Scratch) -> None:
    """As with `| head -0`."""
    clone.replace("The contract of", "Contract of")
    command = f"set -o pipefail; {sys.executable} -m changes HEAD 2>/dev/null | :"
    environment = {"PYTHONPATH": "spec", "PATH": "/usr/bin:/bin"}
    process = subprocess.run(["bash", "-c", command], cwd=clone.root, env=environment, check=False)  # noqa: S607
    assert process.returncode in {0, 4}  # 0 if it was written before the pipe was closed
