"""The plan: every experiment with what it asks, what it sends at most, and the settings of the sandbox it decides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline_testing.calibration import event_experiments as events
from hubspot_timeline_testing.calibration import limit_experiments as limits
from hubspot_timeline_testing.calibration import value_experiments as values
from hubspot_timeline_testing.calibration.event_experiments import Facts
from hubspot_timeline_testing.calibration.lab import Lab
from hubspot_timeline_testing.calibration.sender import MAX_REQUESTS
from hubspot_timeline_testing.calibration.size_experiments import PROBES, largest_batch
from hubspot_timeline_testing.contract.documents import V3

Labs: TypeAlias = Mapping[str, Lab]
ACCOUNT_REQUESTS, TEMPLATE_REQUESTS = 1, 6
"""The most requests that look up the account, and that create, list and delete a template."""


@frozen
class Experiment:
    """One experiment: its name, what it asks, and at most so many requests and events without repetitions.

    `is_repeated`: whether a second run of it confirms its facts.
    """

    name: str
    question: str
    requests: int
    events: int
    run: Callable[[Lab, Labs], Facts]
    apis: str = "both"
    is_repeated: bool = True

    def has(self, api: str) -> bool:
        """Return whether it is made with an API."""
        return self.apis in ("both", "v3" if api == V3 else "app events")


def _with(run: Callable[[Lab], Facts]) -> Callable[[Lab, Labs], Facts]:
    return lambda lab, _: run(lab)


def _largest_batch(lab: Lab, labs: Labs) -> Facts:
    return largest_batch(lab, [each.max_events for each in labs.values()])


EXPERIMENTS: Sequence[Experiment] = (
    Experiment(
        "control", "Is an ordinary event kept, and when can it be read?", 7, 2, _with(events.control), is_repeated=False
    ),
    Experiment("ordinary-batch", "Is a batch of two events created?", 2, 3, _with(events.ordinary_batch)),
    Experiment("no-identity", "Is an event without a record refused?", 1, 1, _with(values.no_identity)),
    Experiment("duplicates", "What does an id that exists do to its batch?", 3, 2, _with(events.duplicates)),
    Experiment("repeated-ids", "What does an id twice in a batch do?", 1, 1, _with(events.repeated_ids)),
    Experiment("invalid-events", "What does one invalid event do to its batch?", 4, 3, _with(events.invalid_events)),
    Experiment(
        "v3-ids", "Is an id of version 3 taken?", 1, 1, lambda lab, labs: values.v3_ids(lab, labs.get(V3)), "app events"
    ),
    Experiment("largest-batch", "How many events may a batch have?", PROBES, 0, _largest_batch, is_repeated=False),
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


@frozen
class Plan:
    """What a run will do: its steps, each an API and an experiment, and its bounds on requests and events."""

    steps: tuple[tuple[str, Experiment], ...]
    max_requests: int
    max_events: int
    largest_batch: int
    creates_template: bool

    def __str__(self) -> str:
        if not self.steps:
            return "Nothing is left to decide."
        rows = [
            f"  {api:<8} {step.name:<17} {step.requests:>3} requests {self.events_of(step):>4} events  {step.question}"
            for api, step in self.steps
        ]
        template = "It creates a template, and deletes it at the end." if self.creates_template else ""
        contact = "One contact is created, by an unknown email." if self.max_events else ""
        total = (
            f"At most {self.max_requests} requests and {self.max_events} events, with repetitions; events cannot be "
            "deleted, and stay on the contact for ever."
        )
        return "\n".join(filter(None, [*rows, total, contact, template]))

    def events_of(self, step: Experiment) -> int:
        """Return the most events that an experiment leaves without repetitions."""
        return self.largest_batch if step.name == "largest-batch" else step.events


def make_plan(
    apis: Iterable[str],
    *,
    largest_batch: int,
    creates_template: bool,
    exhaust_limit: bool = False,
    skip: Iterable[str] = (),
) -> Plan:
    """Return the plan of a run; `skip` has the steps that are done, as `API name`."""
    experiments = (EXHAUST,) if exhaust_limit else EXPERIMENTS
    apis = list(apis)[:1] if exhaust_limit else apis
    steps = tuple(
        (api, each) for api in apis for each in experiments if each.has(api) and f"{api} {each.name}" not in skip
    )
    creates_template = creates_template and not exhaust_limit and any(api == V3 for api, _ in steps)
    once = ACCOUNT_REQUESTS + sum(each.requests for _, each in steps) + TEMPLATE_REQUESTS * creates_template
    searches = sum(each.name == "largest-batch" for _, each in steps)
    events = 2 * sum(each.events for _, each in steps) + searches * largest_batch
    return Plan(steps, min(2 * once, MAX_REQUESTS), events, largest_batch, creates_template)
