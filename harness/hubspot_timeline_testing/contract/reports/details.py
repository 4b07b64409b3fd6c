"""What belongs to a failure beside its sentence, as lines of text."""

from collections.abc import Iterator

from hubspot_timeline_testing.contract.report import Failure
from hubspot_timeline_testing.contract.redaction import decoded, shown

_LONGEST_COMMAND = 20_000
"""Characters; a longer command is in the JSON report only."""


def details(failure: Failure) -> str:
    """Return where the document has it, what was sent and answered, and how to repeat it."""
    return "\n".join(_lines(failure))


def _lines(failure: Failure) -> Iterator[str]:
    yield from (f"{failure.message}", "", *facts(failure), "")
    if failure.earlier:
        yield from ("After:", *(shortened(line) for line in failure.earlier), "")
    yield from ("Repeat it:", shortened(failure.curl), "", "Or in Python:", shortened(failure.python))


def facts(failure: Failure) -> Iterator[str]:
    """Yield lines of what was found: how often, the document's part, the request, the answer."""
    yield f"seen: {failure.count} times" if failure.count > 1 else "seen: once"
    if failure.pointer:
        yield f"document: {failure.pointer}"
    request = failure.request
    yield f"request: {shown(request.method, 40)} {shown(request.url, 500)}"
    if request.body is not None:
        yield f"sent: {shown(decoded(request.body))}"
    if failure.answer is not None:
        content_type = shown(failure.answer.headers.get("content-type", "without a content type"), 100)
        yield f"answer: {failure.answer.status}, {content_type}"
        yield f"body: {shown(decoded(failure.answer.body))}"
    if failure.other_answer:
        yield failure.other_answer


def shortened(command: str) -> str:
    """Return a command, or where it is if it is too long to be shown."""
    return command if len(command) <= _LONGEST_COMMAND else f"({len(command):,} characters; in the JSON report)"
