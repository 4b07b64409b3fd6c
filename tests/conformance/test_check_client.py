"""check_client() finds no mismatch in the generated client, and names each place where a client differs."""

import re
import shutil
from pathlib import Path

import pytest

import hubspot_timeline_api
from hubspot_timeline_testing.conformance import check_client, find_mismatches
from hubspot_timeline_testing.openapi import packages
from tests.helpers.document import DOCUMENTS, document
from tests.helpers.examples import examples
from tests.mutants.catalogue import all_mutants

GENERATED = Path(hubspot_timeline_api.__file__).parent
MUTANTS = {mutant.name: mutant for mutant in all_mutants(document())}
SCHEMAS = "#/components/schemas"
EVENTS = "#/paths/~1integrators~1timeline~1v3~1events"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_generated_client_conforms_to_the_document(name: str) -> None:
    """Every model and every operation, with many generated values."""
    assert check_client(packages()[name], document=document(name), max_examples=examples(3, 300)) == []


@pytest.mark.parametrize(
    ("change", "mismatch"),
    [
        (f"{SCHEMAS}/BatchError/properties/category: renamed", "models.BatchError.category is not a property of"),
        (f"{SCHEMAS}/BatchError: one more property", "models.BatchError.one_more is missing, for the property oneMore"),
        (f"{SCHEMAS}/BatchError: category is required", "models.BatchError.category is Unset | str, not str"),
        (f"{SCHEMAS}/BatchError/properties/category: type integer instead of string", "is Unset | str, not Unset | in"),
        (f"{SCHEMAS}/BatchError/properties/category: format date-time instead of none", "is Unset | str, not Unset |"),
        (f"{SCHEMAS}/BatchStatus: no value CANCELED", "models.BatchStatus has the values CANCELED, COMPLETE, "),
        (f"{SCHEMAS}/EventTokens: no additionalProperties", "_properties is dict[str, str], not dict[str, typing.Any]"),
        (f"{EVENTS}/post: operationId renamed", "api.events.create_event is not an operation of the document"),
        (f"{EVENTS}/post: put", "api.events.create_event sends POST, not PUT"),
        (f"{EVENTS}: events-renamed", "create_event requests /integrators/timeline/v3/events, not /integrators/timel"),
        (f"{EVENTS}/post/requestBody: optional", "sync_detailed(body) is TimelineEvent, not TimelineEvent | Unset"),
        (f"{EVENTS}/post: one more parameter", "api.events.create_event.sync_detailed(more) is missing, not Unset |"),
    ],
)
def test_a_change_of_the_document_is_a_mismatch(change: str, mismatch: str) -> None:
    """A fast subset of the document mutants, held against the client of the unchanged document."""
    first = next(find_mismatches("hubspot_timeline_api", MUTANTS[change].of(document()), 1))

    assert mismatch in str(first)


def test_a_schema_without_a_model_is_a_mismatch() -> None:
    """It was added to the document, and the client was not generated again."""
    components = document()["components"]
    added = components | {"schemas": components["schemas"] | {"New": {"type": "object"}}}

    mismatches = map(str, find_mismatches("hubspot_timeline_api", document() | {"components": added}, 1))
    assert next(mismatches) == "models.New is missing, but a schema of the document"


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "mismatch"),
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
            "models.TimelineEvent.utk has the default 'x', not UNSET",
        ),
        (
            "models/batch_error.py",
            r'"message": self\.message',
            '"message": "x" + self.message',
            "models.BatchError converts ",
        ),
        ("models/batch_error.py", r'd\.pop\("message"\)', 'd.pop("massage")', "models.BatchError fails: KeyError: "),
        (
            "models/batch_error.py",
            r'd\.pop\("message"\)',
            'd["message"]',
            "models.BatchError keeps message as additional properties",
        ),
        (
            "models/batch_error.py",
            r'd\.pop\("message"\)',
            'd.pop("message", "")',
            "models.BatchError can be made without message, which is required",
        ),
        (
            "api/events/create_event.py",
            r'headers\["Content-Type"\] = "application/json"',
            'headers["Content-Type"] = "text/json"',
            "api.events.create_event sends text/json",
        ),
        ("client.py", r'prefix: str = "Bearer"', 'prefix: str = "Basic"', " sends no bearer token"),
    ],
)
def test_a_change_of_the_client_is_a_mismatch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, pattern: str, replacement: str, mismatch: str
) -> None:
    """A copy of the client with one edit."""
    name = f"edited_{tmp_path.name}"
    shutil.copytree(GENERATED, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    edited, count = re.subn(pattern, replacement, (tmp_path / name / file).read_text(encoding="utf-8"))
    assert count == 1
    (tmp_path / name / file).write_text(edited, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    mismatches = map(str, find_mismatches(name, document(), examples(1, 20)))
    assert any(mismatch in text for text in mismatches)


@pytest.mark.parametrize("name", ["json", "no_such_package", "hubspot_timeline_testing.strategies"])
def test_a_package_that_is_not_a_generated_client_is_rejected(name: str) -> None:
    """A package without models, and a package that does not exist."""
    with pytest.raises(ImportError, match=f"{name} is not a client that can be imported .*openapi-python-client"):
        check_client(name)


def test_a_document_without_paths_is_rejected() -> None:
    """It is an error of the caller, not a mismatch in every operation."""
    with pytest.raises(LookupError, match="the document has no paths; pass a whole OpenAPI document"):
        check_client(document={})
