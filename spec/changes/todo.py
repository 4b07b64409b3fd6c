"""What a change still needs in this repository; ARCHITECTURE.md says the same at greater length."""

from changes.change import Change
from changes.change_kinds import Kind
from changes.formatting import code, several
from changes.report import Comparison, Finding

_EVENT = "`wire.FIELDS`, a word in `event()` and `plain`, for `TimelineEvent`"
_ROW = "the row in `spec/README.md`"
_SOURCE = "an `x-source` in the document"
_CORRECTION = "an `x-correction` in the document where the captured page says otherwise"
_OPERATION = "`sandbox/operations/` with its `table.py`, the row in `spec/README.md`"
_STATUS = "`policy.decide` and the row of its test; the class of a new error in `errors`"
_ACCESS = "`sandbox/access/`, and `auth` or `base` where a token goes elsewhere"
_CHECKS = "`checks`, which refuses before sending what the service would refuse"
_LAST = "put the new property last in `properties`, so that the arguments of the class stay where they are"
_LIMITS = "what the sandbox takes is judged by the document: run its tests"

_NEEDS: dict[str, tuple[str, ...]] = {
    "operation": (_OPERATION,),
    "parameter": (_OPERATION,),
    "body": (_OPERATION,),
    "status": (_STATUS, _OPERATION),
    "security": (_ACCESS,),
    "property": (_ROW,),
    "part": ("its section in `spec/README.md`",),
    "type": (_ROW,),
    "format": (_ROW,),
    "word": ("the words of the enum in `spec/README.md`", "what knows them: `answers`, `token_kinds`"),
    "limit": (_LIMITS,),
}
_BATCH = "create_events"
_SENT = "`transport`, which sends it"
_CALLED = {
    "operation": "the words for it in `words` and in both of its classes",
    "parameter": "`words`, which calls the generated functions",
    "body": "`words`, which calls the generated functions",
    "module": "`words`, which imports the generated functions",
}
_NEW = {
    Kind.PROPERTY_ADDED,
    Kind.PROPERTY_ADDED_REQUIRED,
    Kind.PROPERTY_ADDED_COVERED,
    Kind.OPERATION_ADDED,
    Kind.PART_ADDED,
}
_REQUIRED = {Kind.PROPERTY_REQUIRED, Kind.PROPERTY_ADDED_REQUIRED}
_OF_EVENTS = _REQUIRED | {Kind.PROPERTY_ADDED, Kind.PROPERTY_ADDED_COVERED, Kind.PROPERTY_REMOVED}


def todo(found: Comparison) -> list[str]:
    """Return what remains, each once."""
    needs = ["`make client`, then `make diff` again"] if found.stale else []
    for finding in found.findings:
        needs += _notes(finding) + _needs(finding.change) + _order(finding)
    needs += [f"what holds the old path {code(path)}: {_listed(names)}" for path, names in found.mentions.items()]
    last = ["the version in `pyproject.toml` and the lines in `CHANGELOG.md`", "`make test`"]
    return list(dict.fromkeys(needs + last)) if found.level is not None or found.stale else []


def _listed(names: list[str]) -> str:
    return several([code(name) for name in names])


def _notes(finding: Finding) -> list[str]:
    """Return what a new part still has to say of where it is known from."""
    missing = {"x-source": _SOURCE, "x-correction": _CORRECTION} if finding.change.kind in _NEW else {}
    return [words for note, words in missing.items() if note not in finding.notes]


def _order(finding: Finding) -> list[str]:
    added = finding.change.kind is Kind.PROPERTY_ADDED
    return [_LAST] if added and any(each.kind == "parameter-moved" for each in finding.breaks) else []


def _needs(change: Change) -> list[str]:
    part = change.kind.partition("-")[0]
    needs = [*_NEEDS.get(part, ()), *_senders(change.operations, _CALLED.get(part))]
    if change.subject.startswith("TimelineEvent.") and change.kind in _OF_EVENTS:
        needs.append(_EVENT)
    return [*needs, _CHECKS] if change.kind in _REQUIRED else needs


def _senders(operations: tuple[str, ...], called: str | None) -> list[str]:
    """Return what of the library uses operations; `called` is what is to be done for single calls, None for nothing."""
    if called is None:
        return []
    batch, single = _BATCH in operations, set(operations) != {_BATCH}
    return [_SENT] * batch + [called] * single
