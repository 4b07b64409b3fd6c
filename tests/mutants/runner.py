"""Runs the trials, each in a process of its own, as many at a time as there are processors."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from attrs import frozen

from tests.mutants.locations import Document, Mutant
from tests.mutants.samples import draw_samples
from tests.mutants.trial import try_mutant

# What every trial needs and what knows nothing of the client: imported once, by the process that the others are copies
# of. Nothing of this project is among it, since each trial imports the client of its own mutant.
_COMMON = [
    *("openapi_python_client", "hypothesis.strategies", "jsonschema_rs", "httpx", "attrs", "yaml"),
    *("starlette.applications", "starlette.middleware", "cattrs", "markdown_it", "nh3", "sqlite3", "asyncio"),
]


@frozen
class Result:
    """What became of a mutant: `evidence` is what was noticed, empty for one that survived."""

    mutant: Mutant
    evidence: str


def run(mutants: Sequence[Mutant], document: Document) -> Iterator[Result]:
    """Yield what becomes of each mutant, in the order in which they end.

    Raises RuntimeError if the unchanged document is complained of, since then nothing could be said of others.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_COMMON)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, max_tasks_per_child=1) as pool:
        samples = pool.submit(draw_samples, document).result()
        complaint = pool.submit(try_mutant, document, document, samples).result()
        if complaint:
            raise RuntimeError(f"the unchanged document does not pass: {complaint}")
        trials = {pool.submit(try_mutant, mutant.of(document), document, samples): mutant for mutant in mutants}
        for trial in as_completed(trials):
            yield Result(trials[trial], trial.result())
