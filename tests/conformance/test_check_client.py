"""check_client() names each place where a generated client departs from the document."""

import re
import shutil
from pathlib import Path

import pytest

import hubspot_timeline_api
from hubspot_timeline_testing.conformance import check_client
from hubspot_timeline_testing.strategies import answers
from tests.helpers.examples import examples

GENERATED = Path(hubspot_timeline_api.__file__).parent


@pytest.mark.parametrize(
    ("file", "pattern", "becomes", "breach"),
    [
        (
            "api/events/create_event.py",
            r"(?s)(\ndef sync\(.*?)\)\.parsed",
            r"\1).content",
            "api.events.create_event reads bytes from 201 by sync(), not TimelineEventResult",
        ),
        (
            "api/events/create_event.py",
            r"(?s)(\nasync def asyncio\(.*?)\)\.parsed",
            r"\1).content",
            "api.events.create_event reads bytes from 201 by asyncio(), not TimelineEventResult",
        ),
        (
            "api/events/create_event.py",
            r"(\n)def sync\(",
            r"\1def other(",
            "api.events.create_event.sync is missing",
        ),
        (
            "models/timeline_event.py",
            r"utk: str \| Unset = UNSET",
            'utk: str | Unset = "x"',
            "models.TimelineEvent.utk is 'x' where nobody gives it",
        ),
    ],
)
def test_what_departs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, pattern: str, becomes: str, breach: str
) -> None:
    """Of a copy of the client that was changed in one place."""
    name = f"departs_{tmp_path.name}"
    shutil.copytree(GENERATED, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    changed, times = re.subn(pattern, becomes, (tmp_path / name / file).read_text(encoding="utf-8"))
    assert times == 1
    (tmp_path / name / file).write_text(changed, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    found = [str(each) for each in check_client(name, max_examples=examples(1, 20))]

    assert breach in found


@pytest.mark.parametrize("name", ["json", "no_such_package", "hubspot_timeline_testing.strategies"])
def test_what_is_no_generated_client_is_said(name: str) -> None:
    """A package without models, and none at all."""
    with pytest.raises(ImportError, match=f"{name} is no client that can be imported .*openapi-python-client"):
        check_client(name)


def test_what_is_no_document_is_said() -> None:
    """Rather than that everything departs from it."""
    with pytest.raises(LookupError, match="the document has no paths; give a whole OpenAPI document"):
        check_client(document={})
    with pytest.raises(LookupError, match="no operation create_events; it has none"):
        answers(document={})
