"""The plan: every experiment with what it asks, what it sends at most, and the settings of the sandbox it decides."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline_testing.calibration import event_experiments as events
from hubspot_timeline_testing.calibration import limit_experiments as limits
from hubspot_timeline_testing.calibration import value_experiments as values
from hubspot_timeline_testing.calibration.event_experiments import Facts
from hubspot_timeline_testing.calibration.lab import Lab
from hubspot_timeline_testing.calibration.results import Calibration
from hubspot_timeline_testing.calibration.sender import MAX_REQUESTS
from hubspot_timeline_testing.calibration.settings import CalibrationSettings
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


PREPARATIONS = ("control", "ordinary-batch", "no-identity")
"""What other experiments of a run build on, so that a resumed run makes them again."""


@frozen
class Plan:
    """What a run will do: its steps, each an API and an experiment, and its bounds on requests and events."""

    settings: CalibrationSettings
    steps: tuple[tuple[str, Experiment], ...]

    @property
    def creates_template(self) -> bool:
        """Whether a template is created for the time of the run."""
        return not self.settings.template and any(api == V3 and step is not EXHAUST for api, step in self.steps)

    @property
    def max_requests(self) -> int:
        """The most requests, with repetitions."""
        once = ACCOUNT_REQUESTS + sum(step.requests for _, step in self.steps)
        return min(2 * (once + TEMPLATE_REQUESTS * self.creates_template), MAX_REQUESTS)

    @property
    def max_events(self) -> int:
        """The most events that can stay, with repetitions; those of the largest batch are repeated with equal ids."""
        sizes = [self.settings.largest_batch for _, step in self.steps if step.run is _largest_batch]
        return 2 * sum(step.events for _, step in self.steps) + sum(sizes)

    def __str__(self) -> str:
        if not self.steps:
            return "Nothing is left to decide."
        lines = [f"  {api:<8} {step.name:<17} {step.question}" for api, step in self.steps]
        lines.append(f"At most {self.max_requests} requests, with repetitions.")
        if self.max_events:
            lines.append(
                f"At most {self.max_events} events, which cannot be deleted: they stay on the contact for ever."
            )
            lines.append("One more contact, which an unknown email creates.")
        if self.creates_template:
            lines.append("A template, which is deleted at the end.")
        return "\n".join(lines)


def plan_of(settings: CalibrationSettings, earlier: Calibration | None = None) -> Plan:
    """Return the plan of a run; that of a resumed one has only what `earlier` has not decided."""
    done = {key for key, step in earlier.steps.items() if step.is_decided} if earlier else set()
    experiments, apis = (EXPERIMENTS, settings.apis) if not settings.exhaust_limit else ((EXHAUST,), settings.apis[:1])
    steps = [(api, each) for api in apis for each in experiments if each.has(api)]
    left = [(api, each) for api, each in steps if f"{api} {each.name}" not in done]
    unfinished = {api for api, each in left if each.name not in PREPARATIONS}
    again = [(api, each) for api, each in steps if api in unfinished and each.name in PREPARATIONS]
    return Plan(settings, tuple(step for step in steps if step in left or step in again))
