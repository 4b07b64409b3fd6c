"""event-types.json maps template ids to event types; an invalid one is refused with the place of the error."""

from pathlib import Path

import pytest

from hubspot_timeline.files import FileError, read_event_types


def test_event_types_are_read_by_template_id(tmp_path: Path) -> None:
    """Those that are empty are not mapped yet, and left out."""
    path = tmp_path / "event-types.json"
    path.write_text('{"1": "webinar", "2": "", "3": " ", "4": "ae7_note"}', encoding="utf-8-sig")
    assert read_event_types(str(path)) == {"1": "webinar", "4": "ae7_note"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n"1": "a"\n"2": "b"}', ":3: not JSON: Expecting ',' delimiter in column 1"),
        (b'{\n"1": "\xff"}', ":2: the byte 0xff in column 7 is not UTF-8; save the file as UTF-8"),
        (b"", ":1: not JSON: Expecting value in column 1"),
        (
            b'["1"]',
            ' is an array, not an object such as {"1000123": "webinar_registration"}; give event-types.json, w',
        ),
        (b'{"uid": "a", "config": {}}', " has 'config', which is not a template id; give event-types.json, which migr"),
        (b'{"results": []}', " has 'results', which is not a template id; give event-types.json, which migrate writes"),
        (b"null", " is null, not an object"),
        (
            b'{"1": "a", "2": 5}',
            ': 2: is a number, not a string; give the name of its event type, or "" while it has none',
        ),
        (b'{"1": {"uid": "a"}}', ": 1: is an object, not a string"),
        (b'{"": null}', ": an empty template id: is null, not a string"),
        (b'{"1": "a", "1": "b"}', ": 1: appears twice, so its value is ambiguous"),
    ],
)
def test_an_invalid_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    """With its line, or the template id, and what to do."""
    monkeypatch.chdir(tmp_path)
    Path("e.json").write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_event_types("e.json")
    assert str(caught.value).startswith(f"e.json{message}")


def test_a_missing_file_is_named() -> None:
    """The message is that of any missing file."""
    with pytest.raises(FileError, match=r"none\.json cannot be read: No such file"):
        read_event_types("none.json")
