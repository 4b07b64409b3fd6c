"""The plan of a run: its experiments, and its bounds on requests and events."""

from attrs import frozen

from hubspot_timeline_testing.calibration.experiments import EXHAUST, EXPERIMENTS, V3_IDS, Experiment
from hubspot_timeline_testing.calibration.results import Calibration
from hubspot_timeline_testing.calibration.sender import INTERVAL, MAX_REQUESTS
from hubspot_timeline_testing.calibration.settings import CalibrationSettings
from hubspot_timeline_testing.contract.documents import V3

ACCOUNT_REQUESTS, TEMPLATE_REQUESTS = 1, 6
"""The most requests that look up the account, and that create, list and delete a template."""


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
        sizes = [self.settings.largest_batch for _, step in self.steps if step.name == "largest-batch"]
        return 2 * sum(step.events for _, step in self.steps) + sum(sizes)

    def __str__(self) -> str:
        if not self.steps:
            return "Nothing is left to decide."
        lines = [f"  {api:<8} {step.name:<17} {step.question}" for api, step in self.steps]
        if V3 not in self.settings.apis and not self.settings.exhaust_limit:
            lines.append(f"Left out: {V3_IDS}, which needs both APIs: --api {V3},{self.settings.apis[0]}.")
        lines.append(f"At most {self.max_requests} requests, with repetitions.")
        lines.append(
            f"About {self.max_requests * INTERVAL:.0f} seconds, longer if the server is slow or its limit is low."
        )
        if self.max_events:
            lines.append(
                f"At most {self.max_events} events, which cannot be deleted: they stay on the contact for ever."
            )
        if any(step.name == "unknown-email" for _, step in self.steps):
            lines.append("One more contact, which an unknown email creates.")
        if self.creates_template:
            lines.append("A template, which is deleted at the end.")
        return "\n".join(lines)


def plan_of(settings: CalibrationSettings, earlier: Calibration | None = None) -> Plan:
    """Return the plan of a run; that of a resumed one has only what `earlier` has not decided."""
    done = {key for key, step in earlier.steps.items() if step.is_decided} if earlier else set()
    experiments, apis = (EXPERIMENTS, settings.apis) if not settings.exhaust_limit else ((EXHAUST,), settings.apis[:1])
    steps = [
        (api, each) for api in apis for each in experiments if each.has(api) and (each.name != V3_IDS or V3 in apis)
    ]
    left = [(api, each) for api, each in steps if f"{api} {each.name}" not in done]
    unfinished = {api for api, each in left if each.name not in PREPARATIONS}
    if any(each.name == V3_IDS for _, each in left):
        unfinished |= {V3} & set(apis)  # whose preparations make the ids
    again = [(api, each) for api, each in steps if api in unfinished and each.name in PREPARATIONS]
    return Plan(settings, tuple(step for step in steps if step in left or step in again))
