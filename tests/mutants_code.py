"""Changes the code that decides, one place at a time, and says which changes no test notices: `make mutants-code`.

mutmut makes the changes and runs the tests; `[tool.mutmut]` in pyproject.toml says which. What survives has to stand
in mutants_code.toml with the reason why no test can notice it. The folder that mutmut works in, build/mutants-code,
is made of links, since it looks for code in `src` alone.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "mutants-code"
EXPLAINED = ROOT / "tests" / "mutants_code.toml"
MUTMUT = Path(sys.executable).parent / "mutmut"
LINKS = {"src": "wrapper", "tests": "tests", "spec": "spec", "pyproject.toml": "pyproject.toml"}

# What never ends in a mutant would fill the memory before its time is over.
MOST_BYTES = 4_000_000_000
LEAST_KILLED = 0.9

_NAME = re.compile(r"^\s*hubspot_timeline\.(?P<where>\S+)__mutmut_(?P<number>\d+): (?P<status>.+)$")


@frozen
class Change:
    """A function, the lines of it that are changed, and what they become."""

    where: str
    was: str
    becomes: str


@frozen
class Mutant:
    """A changed function, as mutmut names it, and what its tests made of it."""

    name: str
    status: str

    @property
    def where(self) -> str:
        """Module and function, such as `policy.decide`."""
        module, _, function = self.name.removeprefix("hubspot_timeline.").partition(".")
        return f"{module}.{function.partition('__mutmut_')[0].removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"

    @property
    def is_killed(self) -> bool:
        """Whether a test failed. One that did not end in its time may only have been slow: that is not counted."""
        return self.status == "killed"

    def change(self) -> Change:
        """Return what is changed in it."""
        diff = mutmut("show", self.name).splitlines()
        lines = [line for line in diff if not line.startswith(("---", "+++"))]
        was, becomes = ("\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
        return Change(self.where, was, becomes)


def lay_out() -> None:
    """Make the folder that mutmut works in, with nothing in it of an earlier run."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, target in LINKS.items():
        (FOLDER / name).symlink_to(ROOT / target)


def mutmut(*words: str) -> str:
    """Return what mutmut prints."""
    return subprocess.run([MUTMUT, *words], cwd=FOLDER, check=True, capture_output=True, text=True).stdout


def judge(processes: str) -> None:
    """Let the tests judge every mutant, the same way each time."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    environment = os.environ | {"HUBSPOT_TIMELINE_TEST_REPEATED": "1"}
    subprocess.run([MUTMUT, "run", "--max-children", processes], cwd=FOLDER, env=environment, check=True)


def results() -> Iterator[Mutant]:
    """Yield all mutants."""
    for line in mutmut("results", "--all", "true").splitlines():
        if found := _NAME.match(line):
            yield Mutant(f"hubspot_timeline.{found['where']}__mutmut_{found['number']}", found["status"])


def explained() -> Mapping[Change, str]:
    """Return the changes that no test can notice, with the reason for each."""
    listed = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["equivalent"]
    return {Change(one["where"], one["was"].strip(), one["becomes"].strip()): one["because"] for one in listed}


def print_table(mutants: Sequence[Mutant]) -> None:
    """Print the numbers of each module."""
    total = Counter(mutant.where.partition(".")[0] for mutant in mutants)
    killed = Counter(mutant.where.partition(".")[0] for mutant in mutants if mutant.is_killed)
    print(f"\n{'module':14}{'mutants':>9}{'killed':>9}{'survived':>10}{'share':>9}")
    rows = [(module, total[module], killed[module]) for module in sorted(total)]
    for module, count, dead in [*rows, ("all", total.total(), killed.total())]:
        print(f"{module:14}{count:9}{dead:9}{count - dead:10}{dead / count:9.1%}")


def print_survivors(survivors: Mapping[Mutant, Change], known: Mapping[Change, str]) -> int:
    """Print what survived, with the reason where there is one; return how many have none, or do not survive.

    A change that no test can notice and that is killed all the same was killed by something else than its change.
    """
    unknown = {mutant: change for mutant, change in survivors.items() if change not in known}
    for change in sorted(set(survivors.values()) & set(known), key=lambda change: change.where):
        print(f"\nexplained: {change.where}\n  - {change.was}\n  + {change.becomes}\n  {known[change]}")
    for mutant, change in unknown.items():
        print(f"\nNOT EXPLAINED ({mutant.status}): {change.where}\n  - {change.was}\n  + {change.becomes}")
    stale = set(known) - set(survivors.values())
    for change in stale:
        print(f"\nSTALE, for it is killed or gone: {change.where}\n  - {change.was}\n  + {change.becomes}")
    return len(unknown) + len(stale)


def main() -> None:
    """Exit with 1 if a survivor has no reason, a reason has no survivor, or too many survive."""
    lay_out()
    judge(sys.argv[1] if len(sys.argv) > 1 else str(os.cpu_count()))
    mutants = list(results())
    survivors = {mutant: mutant.change() for mutant in mutants if not mutant.is_killed}
    wrong = print_survivors(survivors, explained())
    print_table(mutants)
    if wrong:
        sys.exit(f"\n{wrong} without a reason, or stale: write a test that notices, or set {EXPLAINED} right")
    if len(survivors) > (1 - LEAST_KILLED) * len(mutants):
        sys.exit(f"\nLess than {LEAST_KILLED:.0%} are killed")


if __name__ == "__main__":
    main()
