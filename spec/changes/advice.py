"""What callers see of a change, and what they are to do."""

from changes.change import Change
from changes.change_kinds import Kind, Use
from changes.formatting import code
from changes.report import Finding

_SENDERS = {
    Kind.OPERATION_REMOVED: "calls of it fail; there is nothing to call instead",
    Kind.OPERATION_MOVED: "clients of the old document ask where nobody answers; take the new client",
    Kind.OPERATION_RENAMED: "the function has another name: callers import and call the new one",
    Kind.MODULE_CHANGED: "the function stands in another module: callers import it from there",
    Kind.SECURITY_REMOVED: "callers who came in that way need another",
    Kind.SECURITY_CHANGED: "callers look at how they authenticate",
    Kind.PARAMETER_ADDED_REQUIRED: "every call without it fails; callers pass it",
    Kind.PARAMETER_REMOVED: "callers leave it out",
    Kind.PARAMETER_REQUIRED: "calls without it fail; callers pass it",
    Kind.PARAMETER_CHANGED: "callers pass it as it is now",
    Kind.BODY_ADDED_REQUIRED: "every call without a body fails; callers pass one",
    Kind.BODY_REMOVED: "callers leave it out",
    Kind.BODY_REQUIRED: "calls without a body fail; callers pass one",
    Kind.MEDIA_TYPE_REMOVED: "what is sent or read as that fails",
    Kind.STATUS_REMOVED: "code that waits for it waits in vain",
    Kind.HEADER_REMOVED: "code that reads it finds nothing",
    Kind.PART_REMOVED: "code that names it fails",
    Kind.PROPERTY_ADDED_REQUIRED: "what callers send without it is refused; they pass it",
    Kind.PROPERTY_REQUIRED: "what callers send without it is refused; they pass it",
    Kind.PROPERTY_ADDED_COVERED: "callers who sent something else under its name send what it takes now",
    Kind.TYPE_NARROWED: "callers send only what it still takes",
    Kind.WORD_REMOVED: "what callers send with it is refused",
    Kind.MEMBER_OVERLAPS: "look at it yourself, for what was valid before may fit two members now",
    Kind.ENUM_ADDED: "what callers send with another word is refused",
    Kind.LIMIT_TIGHTER: "what was sent before may be refused",
    Kind.DEFAULT_CHANGED: "callers who leave it out get something else; they pass what they mean",
    Kind.PROPERTY_ADDED: "nobody has to do anything",
    Kind.PROPERTY_OPTIONAL: "callers may leave it out",
}
_READERS = {
    Kind.PROPERTY_ADDED_REQUIRED: "readers find it in every answer",
    Kind.PROPERTY_REQUIRED: "readers may rely on it",
    Kind.PROPERTY_ADDED_COVERED: "readers find it as a field of its own type, and no more among the further ones",
    Kind.STATUS_ADDED_COVERED: "what callers read there changes its type",
    Kind.PROPERTY_OPTIONAL: "readers may find it missing (UNSET); they check before they use it",
    Kind.TYPE_WIDENED: "readers meet values that they do not know; they handle them",
    Kind.MEMBER_OVERLAPS: "readers meet values that they do not know; they handle them",
    Kind.ENUM_ADDED: "readers get a class of words, which raises ValueError at any later one",
    Kind.WORD_ADDED: "clients of the old document raise ValueError at it, and lose the whole answer",
    Kind.LIMIT_LOOSER: "readers meet values that there were none of before",
    Kind.PROPERTY_ADDED: "nobody has to do anything",
}
_ALL = {
    Kind.PROPERTY_REMOVED: "code that names it fails; callers stop sending and reading it",
    Kind.TYPE_CHANGED: "callers send and read the new type",
    Kind.FORMAT_CHANGED: "its type in Python may be another",
    Kind.LIMIT_CHANGED: "what was allowed before may not be now, and the other way round",
    Kind.CLASS_RENAMED: "a title names the class in the client: callers import the new name",
    Kind.REFERENCE_CHANGED: "callers send and read the other type",
    Kind.SERVER_CHANGED: "callers look at their base URL",
    Kind.UNJUDGED: "no rule speaks of this, so that it is taken as breaking; look at it yourself",
}


def advice(change: Change) -> str:
    """Return what callers see and do, first those who send; empty where nobody sees a thing."""
    if change.kind is Kind.PROPERTY_REMOVED:
        return f"{_ALL[change.kind]} ({_calls(change)})"
    if change.kind in _ALL:
        return _ALL[change.kind]
    sending = Use.REQUEST in change.use and _SENDERS.get(change.kind)
    reading = Use.ANSWER in change.use and _READERS.get(change.kind)
    said = [each for each in (sending, reading) if each]
    return "; ".join(dict.fromkeys(said))


def _calls(change: Change) -> str:
    """Return what such code looks like."""
    owner, name = change.subject.split(".")[0], change.touches[0].member
    event = f", {code(f'event({name}=…)')} where it has the word" if owner == "TimelineEvent" else ""
    return f"{code(f'{owner}({name}=…)')}, {code(f'.{name}')}{event}"


def sentence(finding: Finding) -> str:
    """Return a change as one sentence; where only the client breaks, so that nobody reads it as harmless."""
    more = advice(finding.change)
    if finding.level > finding.change.level:
        more = "requests and answers stay as they were, but calls of the client break"
    return f"{finding.change.fact}: {more}." if more else f"{finding.change.fact}."
