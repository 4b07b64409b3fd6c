"""`make mutants-code`: mutation testing of the modules that decide about deliveries, with mutmut.

`[tool.mutmut]` in pyproject.toml names the modules and the tests. A mutant that survives must be listed in
mutants_code.toml with the reason why no test can detect it; an entry without a surviving mutant is an error, too.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parent.parent
EXPLAINED = ROOT / "tests" / "mutants_code.toml"
FOLDER = ROOT / "build" / "mutants-code"
MUTMUT = Path(sys.executable).parent / "mutmut"
# mutmut finds code only in a folder named src.
LINKS = {"src": "wrapper", "tests": "tests", "spec": "spec", "pyproject.toml": "pyproject.toml"}
MAX_BYTES = 4_000_000_000  # a mutant with an endless loop could use all memory before its timeout
MIN_KILLED = 0.9

_RESULT = re.compile(r"^\s*(?P<name>hubspot_timeline\.\S+__mutmut_\d+): (?P<status>.+)$", re.MULTILINE)


@frozen
class Change:
    """A changed function, such as `delivery.retry.decide`, with the lines before and after."""

    where: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.where}\n  - {self.was}\n  + {self.becomes}"


def mutmut(*arguments: str) -> str:
    """Run mutmut; return its output."""
    return subprocess.run([MUTMUT, *arguments], cwd=FOLDER, check=True, capture_output=True, text=True).stdout


def run(processes: str) -> None:
    """Test every mutant in an empty folder, with the same examples each time."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, target in LINKS.items():
        (FOLDER / name).symlink_to(ROOT / target)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    environment = os.environ | {"HUBSPOT_TIMELINE_TEST_REPEATED": "1"}
    subprocess.run([MUTMUT, "run", "--max-children", processes], cwd=FOLDER, env=environment, check=True)


def function_of(mutant: str) -> str:
    """Return the module and the function of a mutant, such as `delivery.retry.decide`."""
    module, _, function = mutant.removeprefix("hubspot_timeline.").rpartition(".")
    return f"{module}.{function.partition('__mutmut_')[0].removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def change_of(mutant: str) -> Change:
    """Return the lines that a mutant changes."""
    lines = [line for line in mutmut("show", mutant).splitlines() if not line.startswith(("---", "+++"))]
    was, becomes = ("\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return Change(function_of(mutant), was, becomes)


def explained_changes() -> Mapping[Change, str]:
    """Return the changes that no test can detect, with the reason for each."""
    entries = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["equivalent"]
    return {Change(each["where"], each["was"].strip(), each["becomes"].strip()): each["because"] for each in entries}


def table(statuses: Mapping[str, str]) -> Iterator[str]:
    """Yield the number of mutants for each module. Only a failed test kills; a timeout may be a slow machine."""
    modules = {name: name.removeprefix("hubspot_timeline.").rpartition(".")[0] for name in statuses}
    total = Counter(modules.values())
    killed = Counter(modules[name] for name, status in statuses.items() if status == "killed")
    yield f"\n{'module':26}{'mutants':>9}{'killed':>9}{'survived':>10}{'share':>9}"
    rows = [(module, total[module], killed[module]) for module in sorted(total)]
    for module, count, dead in [*rows, ("all", total.total(), killed.total())]:
        yield f"{module:26}{count:9}{dead:9}{count - dead:10}{dead / count:9.1%}"


def main() -> None:
    """Exit with 1 if a survivor has no reason, a reason has no survivor, or too many mutants survive."""
    run(sys.argv[1] if len(sys.argv) > 1 else str(os.cpu_count()))
    statuses = {match["name"]: match["status"] for match in _RESULT.finditer(mutmut("results", "--all", "true"))}
    survivors = {change_of(name): status for name, status in statuses.items() if status != "killed"}
    explained = explained_changes()
    for change, reason in explained.items():
        print(f"\nexplained: {change}\n  {reason}" if change in survivors else f"\nSTALE, killed or removed: {change}")
    for change in survivors.keys() - explained.keys():
        print(f"\nNOT EXPLAINED ({survivors[change]}): {change}")
    print("\n".join(table(statuses)))
    if wrong := survivors.keys() ^ explained.keys():
        sys.exit(f"\n{len(wrong)} not explained or stale: add a test that detects the mutant, or update {EXPLAINED}")
    if sum(status == "killed" for status in statuses.values()) < MIN_KILLED * len(statuses):
        sys.exit(f"\nFewer than {MIN_KILLED:.0%} are killed")


if __name__ == "__main__":
    main()
