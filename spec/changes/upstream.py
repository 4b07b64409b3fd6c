"""The comparison of a document as the vendor publishes it with ours: `make upstream`."""

from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from changes.alignment import align, pair_operations
from changes.change_kinds import Kind
from changes.compare import Change
from changes.compare_documents import compare_documents
from changes.document import CannotCompareError, Document, load_document, read_table
from changes.formatting import code, pointer_text
from changes.references import Pointer
from changes.report import Finding, Report
from changes.revisions import read, selected

_SECONDS = 30
# What is new at the vendor's was not there when a correction was written, so none explains it.
_NEW = {
    Kind.OPERATION_ADDED,
    Kind.PARAMETER_ADDED,
    Kind.MEDIA_TYPE_ADDED,
    Kind.STATUS_ADDED,
    Kind.STATUS_OVERRIDES_DEFAULT,
    Kind.HEADER_ADDED,
    Kind.PROPERTY_ADDED,
    Kind.PROPERTY_OVERRIDES_MAP,
    Kind.ENUM_VALUE_ADDED,
}
_REQUIRED = {Kind.PROPERTY_REQUIRED, Kind.PROPERTY_OPTIONAL}
_CONTAINERS = {"properties", "responses", "content", "headers"}


def make_upstream_report(root: Path, source: str, names: list[str]) -> Report:
    """Compare a file or URL of the vendor with the document that it describes; raise CannotCompareError if none."""
    theirs = load_document(source, _fetch(source))
    files = {name: f"spec/{name}.yaml" for name in selected(read_table(root), names)}
    ours = {name: load_document(file, read(root / file)) for name, file in files.items()}
    common = {name: _common_operations(each.data, theirs.data) for name, each in ours.items()}
    name = max(common, key=lambda each: common[each])
    if not common[name]:
        raise CannotCompareError(f"{source} has no operation of {', '.join(files.values())}: is it the right document?")
    return Report([files[name]], source, "", _findings(files[name], ours[name], theirs.data))


def _fetch(source: str) -> bytes:
    if not source:
        raise CannotCompareError("the document of the vendor is missing: name it by FILE=path or URL=address")
    try:
        if not source.startswith(("http://", "https://")):
            return Path(source).read_bytes()
        with urlopen(source, timeout=_SECONDS) as response:  # noqa: S310 - http and https only
            content: bytes = response.read()
            return content
    except (OSError, ValueError, HTTPException) as error:
        raise CannotCompareError(f"{source}: {error}") from error


def _common_operations(ours: Any, theirs: Any) -> int:
    return sum(bool(mine and other) for mine, other in pair_operations(ours, theirs))


def _findings(file: str, document: Document, theirs: Any) -> list[Finding]:
    """Return each difference once, although many operations may use the component that has it."""
    aligned = align(document.data, theirs)
    found: dict[tuple[Kind, Pointer, str], list[Change]] = {}
    for change in compare_documents(*aligned):
        if change.kind is not Kind.NOTE and not _is_explained(aligned[0], change):
            found.setdefault((change.kind, _pointer(aligned[0], change), _detail(change)), []).append(change)
    findings = []
    for (kind, pointer, _), changes in found.items():
        worst = max(changes, key=lambda change: change.level)
        operations = tuple(sorted({name for change in changes for name in change.place.operations}))
        uses = sorted({use for change in changes for use in change.place.use})
        place = (document.line(pointer), pointer_text(pointer), uses, operations)
        findings.append(Finding(worst.level.name.lower(), kind, worst.text, *place, source=file))
    return findings


def _detail(change: Change) -> str:
    """Return what distinguishes changes of the same kind at the same place, whatever operation uses it."""
    if change.kind in _REQUIRED:
        return change.place.subject.rpartition(".")[2]
    guidance = change.kind.guidance_for(change.place.use)
    return change.text.removeprefix(code(change.place.subject)).removesuffix(f": {guidance}.")


def _is_explained(ours: Any, change: Change) -> bool:
    """Return whether the part that differs, or the object that it belongs to, has an `x-correction`."""
    if change.kind in _NEW:
        return False
    *around, (part, _) = _parts(ours, change.place.pointer)
    owner = next(node for node, may_have_one in reversed(around) if may_have_one and isinstance(node, dict))
    candidates = [part, owner]
    if change.kind in _REQUIRED:
        candidates.append(owner.get("properties", {}).get(change.place.subject.rpartition(".")[2]))
    return any(isinstance(each, dict) and "x-correction" in each for each in candidates)


def _parts(document: Any, pointer: Pointer) -> Iterator[tuple[Any, bool]]:
    """Yield the parts on the way to a pointer, each with whether it may have a correction; maps have none."""
    node, container = document, ""
    yield node, True
    for key in pointer:
        node = node.get(key) if isinstance(node, dict) else None
        is_map = not container and key in _CONTAINERS
        yield node, not is_map and container != "content"
        container = key if is_map else ""


def _pointer(ours: Any, change: Change) -> Pointer:
    """Return where a part is in the document, which is in a component if it is used by reference."""
    pointer = change.place.pointer
    result = pointer
    for index, (node, _) in enumerate(_parts(ours, pointer)):
        if isinstance(node, dict) and "x-component" in node:
            result = (*node["x-component"].removeprefix("#/").split("/"), *pointer[index:])
    return result
