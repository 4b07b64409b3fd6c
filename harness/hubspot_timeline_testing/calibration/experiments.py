"""The table of experiments: what each asks, what it sends at most, and the function that makes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline_testing.calibration import control_experiments as controls
from hubspot_timeline_testing.calibration import event_experiments as events
from hubspot_timeline_testing.calibration import limit_experiments as limits
from hubspot_timeline_testing.calibration import value_experiments as values
from hubspot_timeline_testing.calibration.api_session import ApiSession
from hubspot_timeline_testing.calibration.control_experiments import Facts
from hubspot_timeline_testing.calibration.sender import MAX_REQUESTS
from hubspot_timeline_testing.calibration.size_experiments import PROBES, largest_batch
from hubspot_timeline_testing.contract.documents import V3

V3_IDS = "v3-ids"
Sessions: TypeAlias = Mapping[str, ApiSession]


@frozen
class Experiment:
    """One experiment: its name, what it asks, and at most so many requests and events without repetitions.

    `is_repeated`: whether a second run of it confirms its facts.
    """

    name: str
    question: str
    requests: int
    events: int
    run: Callable[[ApiSession, Sessions], Facts]
    apis: str = "both"
    is_repeated: bool = True

    def has(self, api: str) -> bool:
        """Return whether it is made with an API."""
        return self.apis in ("both", "v3" if api == V3 else "app events")


def _with(run: Callable[[ApiSession], Facts]) -> Callable[[ApiSession, Sessions], Facts]:
    return lambda session, _: run(session)


def _find_largest_batch(session: ApiSession, sessions: Sessions) -> Facts:
    return largest_batch(session, [each.max_events for each in sessions.values()])


EXPERIMENTS: Sequence[Experiment] = (
    Experiment(
        "control",
        "Is an ordinary event kept, and when can it be read?",
        7,
        2,
        _with(controls.control),
        is_repeated=False,
    ),
    Experiment("ordinary-batch", "Is a batch of two events created?", 2, 3, _with(controls.ordinary_batch)),
    Experiment("no-identity", "Is an event without a record refused?", 1, 1, _with(values.no_identity)),
    Experiment("duplicates", "What does an id that exists do to its batch?", 3, 2, _with(events.duplicates)),
    Experiment("repeated-ids", "What does an id twice in a batch do?", 1, 1, _with(events.repeated_ids)),
    Experiment("invalid-events", "What does one invalid event do to its batch?", 4, 3, _with(events.invalid_events)),
    Experiment(
        V3_IDS,
        "Is an id of version 3 taken?",
        1,
        1,
        lambda session, sessions: values.v3_ids(session, sessions[V3]),
        "app events",
    ),
    Experiment("largest-batch", "How many events may a batch have?", PROBES, 0, _find_largest_batch, is_repeated=False),
    Experiment("numbers", "Are numbers and booleans accepted as values?", 3, 3, _with(values.numbers_and_booleans)),
    Experiment("epoch-timestamps", "Are epoch milliseconds accepted?", 1, 1, _with(values.epoch_timestamps), "v3"),
    Experiment("unknown-type", "Is an unknown template or event type refused?", 1, 1, _with(values.unknown_type)),
    Experiment("unknown-object", "Is an unknown objectId refused?", 1, 1, _with(values.unknown_object)),
    Experiment("unknown-value", "Is an unknown event token or property refused?", 1, 1, _with(values.unknown_value)),
    Experiment("unknown-email", "Does an unknown email create a contact?", 1, 1, _with(values.unknown_email)),
    Experiment("uuid-placeholder", "Is {{uuid}} in an id replaced?", 1, 1, _with(values.uuid_placeholder)),
    Experiment("missing-id", "Is an event without an id refused?", 1, 1, _with(values.missing_id)),
    Experiment("empty-inputs", "What does an empty batch get?", 1, 0, _with(values.empty_inputs)),
    Experiment("order-of-checks", "Which errors come before the 401?", 5, 0, _with(values.order_of_checks)),
    Experiment("rate-limit", "Which limits do the headers state?", 0, 0, _with(limits.rate_limit), is_repeated=False),
    Experiment(
        "error-fields", "Which fields do error bodies have?", 0, 0, _with(limits.error_fields), is_repeated=False
    ),
)
EXHAUST = Experiment(
    "exhausted-limit", "Has a 429 a Retry-After?", MAX_REQUESTS, 0, _with(limits.exhausted_limit), is_repeated=False
)
"""Made alone, since it fills a window of the rate limit."""
