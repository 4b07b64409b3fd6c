"""Runs the trials in parallel, each in its own process."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from attrs import frozen

from tests.mutants.mutant import Document, Mutant
from tests.mutants.samples import generate_samples
from tests.mutants.trial import try_mutant

# Imported once, by the fork server. Nothing of this project, since each trial imports the client of its own mutant.
_PRELOADED = [
    *("openapi_python_client", "hypothesis.strategies", "jsonschema_rs", "httpx", "attrs", "yaml"),
    *("starlette.applications", "starlette.middleware", "cattrs", "markdown_it", "nh3", "sqlite3", "asyncio"),
]


@frozen
class Result:
    """The result of a trial: the problem that was detected, empty for a mutant that survived."""

    mutant: Mutant
    problem: str


def run(mutants: Sequence[Mutant], document: Document) -> Iterator[Result]:
    """Yield the result of each trial, in the order in which they end.

    Raises RuntimeError if the checks fail for the unchanged document, since then no result would be reliable.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, max_tasks_per_child=1) as pool:
        samples = pool.submit(generate_samples, document).result()
        problem = pool.submit(try_mutant, document, document, samples).result()
        if problem:
            raise RuntimeError(f"the checks fail for the unchanged document: {problem}")
        trials = {pool.submit(try_mutant, mutant.of(document), document, samples): mutant for mutant in mutants}
        for trial in as_completed(trials):
            yield Result(trials[trial], trial.result())
