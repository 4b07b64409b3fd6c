"""The report of a calibration as Markdown, fit for an issue: it names neither the account nor the contact."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hubspot_timeline_testing.calibration.assumptions import changes_since, wrong_assumptions
from hubspot_timeline_testing.calibration.results import Calibration
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings, left_out
from hubspot_timeline_testing.contract.redaction import in_markdown, in_markdown_code


def markdown(calibration: Calibration, earlier: Calibration | None = None) -> str:
    """Return the report, with what has changed since an earlier calibration."""
    server = "the vendor's service" if calibration.is_production else "a server that is not the vendor's"
    lines = [
        f"# Calibration of {calibration.date}",
        "",
        f"{calibration.requests} requests to {server}; events that were created, at most: {calibration.events}.",
        *(["It was interrupted, and is not complete."] if calibration.is_interrupted else []),
        *([f"Left over, to be deleted by hand: {in_markdown(calibration.leftover)}."] if calibration.leftover else []),
        *_table("What the sandbox assumes wrongly", ("fact", "assumed", "measured"), wrong_assumptions(calibration)),
        *_table("What to set", ("set", "because"), {f"`{set_to}`": (why,) for set_to, why in advice(calibration)}),
    ]
    if earlier:
        title = f"What has changed since {earlier.date}"
        same = ["", f"Nothing that both have decided has changed since {earlier.date}."]
        lines += _table(title, ("fact", "then", "now"), changes_since(earlier, calibration)) or same
    facts = {key: (fact.value, fact.sure) for key, fact in calibration.facts.items() if fact.is_decided}
    lines += _table("What was measured", ("fact", "value", "how sure"), facts)
    reasons: dict[str, list[str]] = {}
    for what, why in calibration.problems():
        reasons.setdefault(why, []).append(what)
    undecided = {", ".join(names): (why,) for why, names in reasons.items()}
    lines += _table("What is not decided", ("what", "why"), undecided)
    unset = {f"`{path}`": (why,) for path, why in left_out(calibration).items()}
    lines += _table("What was measured, and cannot be set in the sandbox", ("setting", "why"), unset)
    return "\n".join(lines) + "\n"


def advice(calibration: Calibration) -> Iterator[tuple[str, str]]:
    """Yield what to set in the client, and why; nothing is set by itself."""
    settings = {path: fact.value for path, fact in decided_settings(calibration).items() if fact.is_decided}
    tried = [fact.value for key, fact in calibration.facts.items() if key.endswith(".largest_batch_tried")]
    if "max_events" in settings:
        largest = settings["max_events"] or max(tried, default=100)
        if largest != 100:
            yield f"batch=BatchLimits(max_events={largest})", f"batches of up to {largest} are accepted"
    limit = (settings.get("limit.requests"), settings.get("limit.seconds"))
    if None not in limit and limit != (110, 10.0):
        requests, seconds = limit
        yield f"rate_limit=RateLimit({requests}, {seconds:g})", "the headers of the responses say so"


def _table(title: str, heads: tuple[str, ...], rows: Mapping[str, tuple[Any, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [
        "",
        f"## {title}",
        "",
        *lines,
        *(f"| {' | '.join((key, *map(_cell, cells)))} |" for key, cells in rows.items()),
    ]


def _cell(value: Any) -> str:
    return (
        in_markdown(value) if isinstance(value, str) else f"`{in_markdown_code(json.dumps(value, ensure_ascii=False))}`"
    )
