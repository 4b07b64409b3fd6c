"""What a change still needs in this repository; ARCHITECTURE.md says the same at greater length."""

from changes.change import Change
from changes.comparison import Comparison, Finding
from changes.kinds import Kind

_EVENT = "`wire.FIELDS`, a word in `event()` and `plain`, for `TimelineEvent`"
_ROW = "the row in `spec/README.md`"
_SOURCE = "an `x-source` in the document, and an `x-correction` where the captured page says otherwise"
_OPERATION = "`sandbox/operations/` with its `table.py`, the row in `spec/README.md`"
_STATUS = "`policy.decide` and the row of its test; the class of a new error in `errors`"
_ACCESS = "`sandbox/access/`, and `auth` or `base` where a token goes elsewhere"
_CHECKS = "`checks`, which refuses before sending what the service would refuse"
_LAST = "put the new property last in `properties`, so that the arguments of the class stay where they are"
_LIMITS = "what the sandbox takes is judged by the document: run its tests"

_NEEDS: dict[str, tuple[str, ...]] = {
    "operation": (_OPERATION, "the words for it in `words` and in both of its classes"),
    "parameter": (_OPERATION, "`words`, which calls the generated functions"),
    "body": (_OPERATION, "`words`, which calls the generated functions"),
    "module": ("what imports the generated functions: `transport`, `words`",),
    "status": (_STATUS, _OPERATION),
    "security": (_ACCESS,),
    "property": (_ROW,),
    "part": ("its section in `spec/README.md`",),
    "type": (_ROW,),
    "format": (_ROW,),
    "word": ("the words of the enum in `spec/README.md`", "what knows them: `answers`, `token_kinds`"),
    "limit": (_LIMITS,),
}
_REQUIRED = {Kind.PROPERTY_REQUIRED, Kind.PROPERTY_ADDED_REQUIRED}
_OF_EVENTS = {Kind.PROPERTY_ADDED, Kind.PROPERTY_ADDED_REQUIRED, Kind.PROPERTY_REMOVED, Kind.PROPERTY_REQUIRED}


def todo(found: Comparison) -> list[str]:
    """Return what remains, each once."""
    needs = ["`make client`, then `make diff` again"] if found.stale else []
    for finding in found.findings:
        needs += _needs(finding.change) + _order(finding)
    last = ["the version in `pyproject.toml` and the lines in `CHANGELOG.md`", "`make test`"]
    return list(dict.fromkeys(needs + last)) if found.level is not None or found.stale else []


def _order(finding: Finding) -> list[str]:
    added = finding.change.kind is Kind.PROPERTY_ADDED
    return [_LAST] if added and any(each.kind == "parameter-moved" for each in finding.breaks) else []


def _needs(change: Change) -> list[str]:
    needs = list(_NEEDS.get(change.kind.partition("-")[0], ()))
    if change.subject.startswith("TimelineEvent.") and change.kind in _OF_EVENTS:
        needs.append(_EVENT)
    if change.kind in {Kind.PROPERTY_ADDED, Kind.PROPERTY_ADDED_REQUIRED, Kind.OPERATION_ADDED, Kind.PART_ADDED}:
        needs.insert(0, _SOURCE)
    return [*needs, _CHECKS] if change.kind in _REQUIRED else needs
