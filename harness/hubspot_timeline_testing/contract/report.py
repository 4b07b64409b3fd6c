"""What a verification found."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from attrs import define, field, frozen

from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline_testing.contract.settings import ContractSettings

NOT_NOW = frozenset({401, 403, 423, 429, 477})
"""Statuses that say nothing of the request: who may not ask, or not now, is not told what would come of it."""


_LONG = 5
"""So many answers in a row that tell nothing, at the end of a phase, leave it unverified."""


class Verdict(StrEnum):
    """How a verification ended."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNVERIFIED = "unverified"
    INTERRUPTED = "interrupted"


@define
class OperationTally:
    """What was sent to one operation, and what came of it.

    `requests`: all of them. `generated`: those that a phase thought of, without the walk. `statuses`: how many answers
    had which status. `with_token`: by phase, the same of the requests that had the token; `streaks`: how many of
    the last of those told nothing. `passed`, `failed`: how often each check was made, and with what result.
    """

    operation: str
    method: str
    path: str
    requests: int = 0
    generated: int = 0
    statuses: Counter[int] = field(factory=Counter)
    with_token: dict[str, Counter[int]] = field(factory=dict)
    streaks: Counter[str] = field(factory=Counter)
    passed: Counter[str] = field(factory=Counter)
    failed: Counter[str] = field(factory=Counter)

    @property
    def telling(self) -> int:
        """How many answers said something of the request."""
        return sum(count for status, count in self.statuses.items() if status not in NOT_NOW)

    @property
    def accepted(self) -> int:
        """How many requests were a success."""
        return sum(count for status, count in self.statuses.items() if 200 <= status < 300)

    @property
    def problem(self) -> str | None:
        """Why nothing can be said of the operation, if nothing can."""
        if not self.requests:
            return "no request was sent"
        if not self.statuses:
            return "no request was answered"
        if not self.telling:
            return f"all answers were {_listed(self.statuses)}"
        if not self.accepted:
            return f"no request succeeded; all answers were {_listed(self.statuses)}"
        return self._later_problem()

    def _later_problem(self) -> str | None:
        for phase, statuses in self.with_token.items():
            told = sum(count for status, count in statuses.items() if status not in NOT_NOW)
            if told < statuses.total() - told or self.streaks[phase] >= _LONG:
                untold = Counter({status: count for status, count in statuses.items() if status in NOT_NOW})
                return f"{_share(told)} answers of the phase {phase} were {_listed(untold)}"
        refused = sum(statuses[401] for statuses in self.with_token.values())
        return f"answered 401 to the token {_times(refused)}, which it had taken; has it expired?" if refused else None


def _share(told: int) -> str:
    return "too many" if told else "all"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _listed(statuses: Counter[int]) -> str:
    return ", ".join(str(status) for status in sorted(statuses))


@frozen(kw_only=True)
class Failure:
    """One defect; equal ones are told once, as the smallest request that showed it.

    `message`: the defect in one sentence. `check`: which check found it. `count`: how often. `pointer`: the part of the
    document that is broken, as a JSON pointer. `allowance`: the word that would allow it, if one would. `curl` and
    `python` repeat the request; `earlier` are lines for requests that went before it and that it needs. `again`: the
    status of the same request at the end of the run, where it was asked again and answered.
    """

    operation: str
    check: str
    message: str
    count: int
    pointer: str | None
    allowance: str | None
    request: SeenRequest
    answer: SeenAnswer | None
    curl: str
    python: str
    earlier: tuple[str, ...] = ()
    again: int | None = None

    @property
    def other_answer(self) -> str | None:
        """What is to be known of a request that was answered otherwise when it was asked again, if it was."""
        if self.answer is None or self.again in (None, self.answer.status, *NOT_NOW):
            return None
        return f"asked again: {self.again}, as the server holds something else by now, perhaps by the first request"


@frozen(kw_only=True)
class ContractReport:
    """What a verification found; true where the contract holds.

    `failures`: by operation and check. `problems`: why something could not be verified, each a sentence.
    `allowed`: how many findings each allowance covered. `seconds`: how long it took. `versions`: of what sent it.
    """

    url: str
    settings: ContractSettings
    operations: tuple[OperationTally, ...]
    failures: tuple[Failure, ...]
    problems: tuple[str, ...]
    allowed: Mapping[str, int]
    interrupted: bool
    seconds: float
    versions: Mapping[str, str]

    @property
    def verdict(self) -> Verdict:
        """How it ended: a broken contract is told before what could not be verified."""
        if self.interrupted:
            return Verdict.INTERRUPTED
        if self.failures:
            return Verdict.BROKEN
        return Verdict.UNVERIFIED if self.problems else Verdict.HOLDS

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return sum(tally.requests for tally in self.operations)

    def __bool__(self) -> bool:
        return self.verdict is Verdict.HOLDS
