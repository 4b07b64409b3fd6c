"""generated/ is what `make client` writes from the document, byte for byte, and nothing else is in it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.changed_document import DOCUMENT, scratch
from tests.helpers.document import ROOT

NAME = "generated/hubspot_timeline_api"
GENERATED = ROOT / NAME


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def differing(one: Path, other: Path) -> list[str]:
    """Return the names of the files that two folders do not have alike."""
    before, now = contents(one), contents(other)
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def hold_alike(fresh: Path, kept: Path) -> None:
    """Fail with the names of the files, and with what to do."""
    names = differing(fresh, kept)
    assert not names, f"not what the document says: {', '.join(names)}: run `make client`"


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    """A stale client, a hand edit and a leftover file all show here."""
    make = shutil.which("make")
    assert make
    fresh = tmp_path / "hubspot_timeline_api"

    done = subprocess.run([make, "-C", ROOT, "client", f"CLIENT={fresh}"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    hold_alike(fresh, GENERATED)


def test_files_that_are_not_current_are_named(tmp_path: Path) -> None:
    """Changed, left over or missing; and nobody has to read their bytes."""
    shutil.copytree(GENERATED, tmp_path / "kept", ignore=shutil.ignore_patterns("*.pyc"))
    (tmp_path / "kept/models/links.py").write_text("# By hand.\n", encoding="ascii")
    (tmp_path / "kept/left.py").touch()
    (tmp_path / "kept/types.py").unlink()

    with pytest.raises(AssertionError) as caught:
        hold_alike(GENERATED, tmp_path / "kept")

    assert str(caught.value).splitlines()[0] == (
        "not what the document says: left.py, models/links.py, types.py: run `make client`"
    )


BROKEN = {
    "no YAML": (("tags: [events]", "tags: [events"), f"{DOCUMENT}:36:15: invalid YAML: "),
    "a key twice": (("servers:\n", "info: {}\nservers:\n"), f"{DOCUMENT}:18:1: invalid YAML: duplicate key info"),
    "no OpenAPI": (("openapi: 3.1.0", "openapi: 7"), "openapi"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_document_that_cannot_be_read_leaves_the_client_as_it_was(name: str, tmp_path: Path) -> None:
    """The message leads to the line; nothing half-written stays."""
    clone = scratch(tmp_path)
    mistake, message = BROKEN[name]
    text = (clone.root / DOCUMENT).read_text(encoding="utf-8")
    clone.write(DOCUMENT, text.replace(*mistake, 1))

    told = clone.make("client")

    assert told.code == 2
    assert message in told.out + told.err
    assert "Traceback" not in told.err
    assert "stays as it was: mend spec/timeline-v3.yaml" in told.err
    hold_alike(clone.root / NAME, GENERATED)
    assert list((clone.root / "build").iterdir()) == []


def test_a_client_elsewhere_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    """In a folder that is made for it; what is left over from before goes."""
    clone = scratch(tmp_path)
    (clone.root / NAME / "left.py").touch()
    elsewhere = tmp_path / "a folder/that is new/client"

    assert clone.make("client").code == 0
    assert clone.make("client", f"CLIENT={elsewhere}").code == 0

    hold_alike(clone.root / NAME, GENERATED)
    hold_alike(elsewhere, GENERATED)
