"""`migrate` writes event types for templates, and overwrites nothing that it is not told to."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline.files import read_event_types
from tests.helpers.command import Ended, run_here
from tests.helpers.document import ROOT

TEMPLATE: dict[str, Any] = {"id": "12", "name": "Wëbinar", "objectType": "contacts", "tokens": []}


def migrate(folder: Path, *templates: object, options: tuple[str, ...] = ("--out", "out/types")) -> Ended:
    """Write templates to a file, as `templates list` does, and run `migrate`."""
    (folder / "templates.json").write_text(json.dumps({"results": templates}))
    return run_here("migrate", "templates.json", *options, folder=folder)


def contents(folder: Path) -> dict[str, str]:
    """Return the texts of the files that were written, by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "out/types").iterdir()}


def test_the_samples_are_converted(tmp_path: Path) -> None:
    """Each has a file with its uid; the map leads to all of them. A second run changes nothing."""
    templates = json.loads((ROOT / "samples/templates.json").read_text(encoding="utf-8"))["results"]
    ended = migrate(tmp_path, *templates)

    assert ended.code == 0
    assert ended.out == "9 of 9 templates written to out/types, and event-types.json.\n"
    event_types = read_event_types(str(tmp_path / "out/types/event-types.json"))
    assert list(event_types) == [template["id"] for template in templates]
    written = contents(tmp_path)
    assert written.keys() == {"event-types.json", *(f"{uid}-hsmeta.json" for uid in event_types.values())}
    assert {json.loads(written[f"{uid}-hsmeta.json"])["uid"] for uid in event_types.values()} == {*event_types.values()}

    again = migrate(tmp_path, *templates)
    assert (again.code, contents(tmp_path)) == (0, written)


def test_a_template_with_an_error_does_not_stop_the_others(tmp_path: Path) -> None:
    """It is named, with its field; people can complete the map."""
    ended = migrate(tmp_path, TEMPLATE, {**TEMPLATE, "id": "13", "name": "n" * 51})

    assert (ended.code, ended.out) == (1, "1 of 2 templates written to out/types, and event-types.json.\n")
    assert "templates.json: error: template 13: name: has 51 characters" in ended.err
    assert contents(tmp_path).keys() == {"webinar-hsmeta.json", "event-types.json"}
    assert json.loads(contents(tmp_path)["event-types.json"]) == {"12": "webinar", "13": ""}


def test_templates_that_all_have_errors_have_their_own_exit_code(tmp_path: Path) -> None:
    """The map is written, to be completed."""
    ended = migrate(tmp_path, {**TEMPLATE, "objectType": "-"})
    assert (ended.code, contents(tmp_path)) == (3, {"event-types.json": '{\n  "12": ""\n}\n'})


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    """All files are checked before the first is written."""
    migrate(tmp_path, TEMPLATE)
    first, path = contents(tmp_path), tmp_path / "out/types/webinar-hsmeta.json"
    path.write_text("{}")
    before = contents(tmp_path)

    ended = migrate(tmp_path, {**TEMPLATE, "id": "11", "name": "Another"}, TEMPLATE)
    assert ended.code == 2
    assert (
        "out/types has webinar-hsmeta.json, event-types.json already; nothing was written: --force overwrites them"
        in ended.err
    )
    assert contents(tmp_path) == before

    ended = migrate(tmp_path, TEMPLATE, options=("--out", "out/types", "--force"))
    assert (ended.code, contents(tmp_path)) == (0, first)


def test_texts_are_written_for_people(tmp_path: Path) -> None:
    """As they are; half of a character, which UTF-8 cannot have, as an escape."""
    migrate(tmp_path, {**TEMPLATE, "headerTemplate": "half \ud83d"})
    text = contents(tmp_path)["webinar-hsmeta.json"]
    assert '"name": "Wëbinar"' in text
    assert json.loads(text)["config"]["headerTemplate"] == "half \ud83d"


def test_files_that_cannot_be_used_are_bad_usage(tmp_path: Path) -> None:
    """The templates, and the folder."""
    assert "templates.json holds no template" in migrate(tmp_path).err
    (tmp_path / "file").write_text("")
    ended = migrate(tmp_path, TEMPLATE, options=("--out", "file/types"))
    assert ended.code == 2
    assert "cannot be written: Not a directory; choose another folder" in ended.err
    ended = migrate(tmp_path, TEMPLATE, options=("--out", "n" * 256, "--force"))
    assert (ended.code, "cannot be written: File name too long" in ended.err) == (2, True)
    ended = migrate(tmp_path, TEMPLATE, options=())
    assert (ended.code, "Missing option '--out'" in ended.err) == (2, True)


@pytest.mark.parametrize("options", [("--out", "out/types"), ("--out", "out/types", "--force")])
@pytest.mark.parametrize("name", ["webinar-hsmeta.json", "event-types.json"])
@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        Path.mkdir,
        lambda path: path.symlink_to("../../templates.json"),
        lambda path: path.symlink_to("../../missing.json"),
    ],
)
def test_only_regular_files_are_read_or_replaced(
    tmp_path: Path, make: Callable[[Path], None], name: str, options: tuple[str, ...]
) -> None:
    """A named pipe would never end, and behind a link may be any file of the user's."""
    folder = tmp_path / "out/types"
    folder.mkdir(parents=True)
    make(folder / name)

    ended = migrate(tmp_path, TEMPLATE, options=options)
    assert (ended.code, f"out/types/{name} is not a regular file; remove it" in ended.err) == (2, True)
    assert [path.name for path in folder.iterdir()] == [name]
    assert json.loads((tmp_path / "templates.json").read_text()) == {"results": [TEMPLATE]}
    assert not (tmp_path / "missing.json").exists()


def test_force_keeps_the_names_that_people_have_completed(tmp_path: Path) -> None:
    """The names of event types that were deployed under another one, or by hand; also of templates of other files."""
    migrate(tmp_path, TEMPLATE)
    path = tmp_path / "out/types/event-types.json"
    path.write_text(json.dumps({"12": "deployed", "98": "", "99": "by_hand"}))

    ended = migrate(
        tmp_path, TEMPLATE, {**TEMPLATE, "id": "13", "name": "Other"}, options=("--out", "out/types", "--force")
    )

    names = {"12": "deployed", "13": "other", "99": "by_hand"}
    assert (ended.code, json.loads(path.read_text(encoding="utf-8"))) == (0, names)
