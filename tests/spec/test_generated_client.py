"""`make client` writes exactly the files in generated/, and keeps them when a document has an error."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.changed_document import DOCUMENT, scratch
from tests.helpers.document import ROOT

GENERATED = ROOT / "generated"
CLIENT = "hubspot_timeline_api"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def assert_same_files(actual: Path, expected: Path) -> None:
    """Fail with the names of the files that differ, not with their content."""
    before, after = contents(expected), contents(actual)
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    assert not names, f"not as generated from the document: {', '.join(names)}: run `make client`"


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    """Detects a client that is not current, a manual edit and a file that is left over; the folder may be new."""
    make = shutil.which("make")
    assert make
    fresh = tmp_path / "a folder/that is new"

    process = subprocess.run(
        [make, "-C", ROOT, "client", f"OUTPUT={fresh}"], capture_output=True, text=True, check=False
    )

    assert process.returncode == 0, process.stdout + process.stderr
    assert_same_files(fresh, GENERATED)


def test_the_failure_names_the_files(tmp_path: Path) -> None:
    """A file that is changed, left over or missing is named, and what to do."""
    shutil.copytree(GENERATED / CLIENT, tmp_path / "edited", ignore=shutil.ignore_patterns("*.pyc"))
    (tmp_path / "edited/models/links.py").write_text("# By hand.\n", encoding="ascii")
    (tmp_path / "edited/left.py").touch()
    (tmp_path / "edited/types.py").unlink()

    with pytest.raises(AssertionError) as caught:
        assert_same_files(GENERATED / CLIENT, tmp_path / "edited")

    assert str(caught.value).splitlines()[0] == (
        "not as generated from the document: left.py, models/links.py, types.py: run `make client`"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("tags: [events]", "tags: [events", f"{DOCUMENT}:35:15: invalid YAML: ", id="invalid YAML"),
        pytest.param(
            "servers:\n", "info: {}\nservers:\n", f"{DOCUMENT}:19:1: invalid YAML: duplicate key info", id="key"
        ),
        pytest.param("openapi: 3.1.0", "openapi: 7", "openapi", id="invalid OpenAPI"),
    ],
)
def test_an_invalid_document_leaves_the_client_unchanged(old: str, new: str, message: str, tmp_path: Path) -> None:
    """The message names the line, and no temporary file stays."""
    clone = scratch(tmp_path)
    text = (clone.root / DOCUMENT).read_text(encoding="utf-8")
    clone.write(DOCUMENT, text.replace(old, new, 1))

    ended = clone.make("client")

    assert ended.code == 2
    assert message in ended.out + ended.err
    assert "Traceback" not in ended.err
    assert "is unchanged: correct spec/timeline-v3.yaml" in ended.err
    assert_same_files(clone.root / "generated", GENERATED)
    assert list((clone.root / "build").iterdir()) == []


NOTES = """\
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      operationId: create_note
      tags: [notes]
      security: [bearer: []]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
      responses:
        "200": {description: Created., content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    Note: {type: object, required: [text], properties: {text: {type: string}}}
"""
CHECK = """
import os, sys
from pathlib import Path
from hatchling.build import prepare_metadata_for_build_wheel
from hatchling.builders.wheel import WheelBuilder
wheel = WheelBuilder(os.getcwd())
print(*sorted(file.distribution_path for file in wheel.recurse_included_files()))
metadata = Path("metadata", prepare_metadata_for_build_wheel("metadata"))
(metadata / "entry_points.txt").write_text(wheel.construct_entry_points_file())
sys.path[:0] = ["generated", "metadata"]
from hubspot_timeline_testing.conformance import check_client
from hubspot_timeline_testing.openapi import document, packages
assert check_client(packages()["notes"], document=document("notes"), max_examples=2) == []
"""


def test_a_third_document_is_a_file_and_a_line(tmp_path: Path) -> None:
    """`make client`, `make diff`, the wheel and the harness find it; a file that is left over in another is removed."""
    clone = scratch(tmp_path)
    (clone.root / "generated" / CLIENT / "left.py").touch()
    line = 'app-events = "hubspot_app_events_api"\n'
    clone.replace(line, line + 'notes = "hubspot_notes_api"\n', "pyproject.toml")
    clone.write("spec/notes.yaml", NOTES)
    for name in ("README.md", "LICENSE"):
        clone.write(name, "")
    (tmp_path / "metadata").mkdir()

    client = clone.make("client")
    checked = clone.run(sys.executable, "-c", CHECK)
    compared = clone.diff()

    assert client.code == 0, client.err
    assert_same_files(clone.root / "generated" / CLIENT, GENERATED / CLIENT)
    assert checked.code == 0, checked.err
    assert {"hubspot_notes_api/notes.json", "hubspot_app_events_api/app-events.json"} <= set(checked.out.split())
    assert compared.out == "spec/notes.yaml: compatible: is a new document [document-added]\n"
