"""Makes the experiments of a plan, one after another, and keeps what each has found."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import count
from typing import Any

from attrs import define, field

from hubspot_timeline_testing.calibration.account import AccountError, check_account
from hubspot_timeline_testing.calibration.api_session import ApiSession
from hubspot_timeline_testing.calibration.control_experiments import Facts
from hubspot_timeline_testing.calibration.evidence import Masker
from hubspot_timeline_testing.calibration.experiments import Experiment
from hubspot_timeline_testing.calibration.plan import Plan
from hubspot_timeline_testing.calibration.results import Calibration, Fact, Step
from hubspot_timeline_testing.calibration.sandbox_settings import sandbox_settings
from hubspot_timeline_testing.calibration.sender import RefusedError, Sender, UndecidedError, unforeseen
from hubspot_timeline_testing.calibration.settings import CalibrationSettings
from hubspot_timeline_testing.calibration.template import TemporaryTemplate
from hubspot_timeline_testing.contract.documents import V3


@define
class Runner:
    """Runs a plan. `save` gets the calibration after each step; it may have results of earlier runs."""

    plan: Plan
    settings: CalibrationSettings
    sender: Sender
    masker: Masker
    calibration: Calibration
    save: Callable[[Calibration], None]
    announce: Callable[[str], None]
    run: str = field(factory=lambda: secrets.token_hex(4))
    _requests_before: int = field(init=False)
    _events_before: int = field(init=False)
    _sessions: dict[str, ApiSession] = field(factory=dict)
    _refusals: dict[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._requests_before, self._events_before = self.calibration.requests, self.calibration.events

    def make_all(self) -> None:
        """Make each experiment once, then again while requests are left, until an interrupt.

        Raises AccountError, and an unforeseen error once it has saved what is known until then.
        """
        numbers = count(1)
        for api in dict.fromkeys(api for api, _ in self.plan.steps):
            self._sessions[api] = ApiSession(
                api, self.sender, self.settings, self.settings.type_name(api), self.run, numbers
            )
        template = TemporaryTemplate(self.sender, self.settings.app_id or 0, self.run)
        try:
            check_account(self.sender, self.settings, is_production=self.calibration.is_production)
            with ExitStack() as stack:
                self._enter(stack, template)
                for number, (api, step) in enumerate(self._turns(), 1):
                    place = f"{number} of {len(self.plan.steps)}" if number <= len(self.plan.steps) else "again"
                    self.announce(f"{place}: {api} {step.name}")
                    self._make(api, step)
        except KeyboardInterrupt:
            self.calibration.is_interrupted = True
        except AccountError:
            raise
        except Exception:
            self.calibration.is_interrupted = True
            with suppress(Exception):  # of the same defect; the first error tells more
                self._finish(template.leftover)
            with suppress(Exception):
                self.save(self.calibration)
            raise
        self._finish(template.leftover)
        self._save()

    def _finish(self, leftover: str) -> None:
        self._count()
        self.calibration.leftover = "; ".join(filter(None, (self.calibration.leftover, self.masker.mask(leftover))))

    def _enter(self, stack: ExitStack, template: TemporaryTemplate) -> None:
        if not self.plan.creates_template:
            return
        try:
            self._sessions[V3].type_name = stack.enter_context(template.created())
        except UndecidedError as error:
            self._refusals[V3] = str(error)
        except Exception as error:  # noqa: BLE001 - as in an experiment
            self._refusals[V3] = unforeseen(error)

    def _turns(self) -> Iterator[tuple[str, Experiment]]:
        yield from self.plan.steps
        for api, step in self.plan.steps:
            if step.is_repeated and step.requests <= self.sender.remaining and api not in self._refusals:
                yield api, step

    def _make(self, api: str, experiment: Experiment) -> None:
        self.sender.exchanges.clear()
        facts, problem = self._facts(api, experiment)
        evidence = tuple(self.masker.evidence(exchange) for exchange in self.sender.exchanges)
        step = Step({name: self._fact(value) for name, value in facts.items()}, evidence, self.masker.mask(problem))
        key = f"{api} {experiment.name}"
        earlier = self.calibration.steps.get(key)
        self.calibration.steps[key] = earlier.merged(step) if earlier else step
        self._save()

    def _fact(self, value: Any) -> Fact:
        is_decided = not isinstance(value, UndecidedError)
        return Fact(self.masker.mask(value)) if is_decided else Fact(None, "not decided", self.masker.mask(str(value)))

    def _facts(self, api: str, experiment: Experiment) -> tuple[Facts, str]:
        if api in self._refusals:
            return {}, self._refusals[api]
        try:
            return experiment.run(self._sessions[api], self._sessions), ""
        except RefusedError as error:
            self._refusals[api] = str(error)
            return {}, str(error)
        except UndecidedError as error:
            if experiment.name == "control":
                self._refusals[api] = str(error)
            return {}, str(error)
        except Exception as error:  # noqa: BLE001 - whatever a server sends, the run ends with a report
            return {}, unforeseen(error)

    def _count(self) -> None:
        self.calibration.requests = self._requests_before + self.sender.requests
        self.calibration.events = self._events_before + len(self.sender.events)

    def _save(self) -> None:
        self._count()
        self.calibration.settings = sandbox_settings(self.calibration)
        self.save(self.calibration)
