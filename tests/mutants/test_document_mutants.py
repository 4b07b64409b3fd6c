"""The checks of the unchanged document detect each change of it; only `make test-long` and `make mutants` try them."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeAlias

import pytest

from tests.helpers.document import document
from tests.mutants.catalogue import EQUIVALENTS, all_mutants
from tests.mutants.mutant import Document, Mutant
from tests.mutants.samples import generate_samples
from tests.mutants.trial import try_mutant

Trial: TypeAlias = Callable[[Document], str]

MUTANTS = {mutant.name: mutant for mutant in all_mutants(document())}
BATCH = "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create"
# Imported once, by the fork server. Nothing of this project, since each trial imports the client of its own mutant.
PRELOADED = [
    *("openapi_python_client", "hypothesis.strategies", "jsonschema_rs", "httpx", "attrs", "yaml"),
    *("starlette.applications", "starlette.middleware", "cattrs", "markdown_it", "nh3", "sqlite3", "asyncio"),
]


def parameter(name: str) -> object:
    """Return a mutant as a parameter; an equivalent one must not be detected, or its entry is stale."""
    marks = [pytest.mark.xfail(reason=EQUIVALENTS[name])] if name in EQUIVALENTS else []
    return pytest.param(MUTANTS[name], id=name, marks=marks)


@pytest.fixture(scope="session")
def trial() -> Iterator[Trial]:
    """Return a function that runs each trial in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        samples = pool.submit(generate_samples, document()).result()
        yield lambda changed: pool.submit(try_mutant, changed, document(), samples).result()


@pytest.mark.long
def test_the_unchanged_document_has_no_problem(trial: Trial) -> None:
    """Otherwise every mutant would seem to be detected."""
    assert not trial(document())


@pytest.mark.long
@pytest.mark.parametrize("mutant", [parameter(name) for name in MUTANTS])
def test_the_checks_detect_a_mutant(trial: Trial, mutant: Mutant) -> None:
    """With a client that is generated from it, and a sandbox that uses it; an equivalent mutant has its reason."""
    assert trial(mutant.of(document())), "add a check that detects it, or list it as equivalent with the reason"


def test_each_mutant_is_a_different_document() -> None:
    """Mutants have distinct names, the original document stays unchanged, and each equivalent one is a mutant."""
    original, mutants = document(), all_mutants(document())
    for mutant in mutants:
        assert mutant.of(original) != original, mutant.name
    assert len(MUTANTS) == len(mutants)
    assert set(EQUIVALENTS) <= set(MUTANTS)


@pytest.mark.parametrize(
    "name",
    [
        "#/components/schemas/TimelineEvent/properties/email: renamed",
        "#/components/schemas/TimelineEvent/properties/email: removed",
        "#/components/schemas/TimelineEvent: email is required",
        "#/components/schemas/TimelineEvent: id is optional",
        "#/components/schemas/TimelineEvent/properties/timestamp: no format date-time",
        "#/components/schemas/TimelineIFrame/properties/width: type string instead of integer",
        "#/components/schemas/BatchStatus: no value PENDING",
        "#/components/schemas/TokenType: one more value",
        "#/components/securitySchemes/developerKey: name key",
        f"{BATCH}: batch-renamed",
        f"{BATCH}/post: put",
        f"{BATCH}/post/responses/207: removed",
        f"{BATCH}/post/security: none",
    ],
)
def test_each_kind_of_part_is_changed(name: str) -> None:
    """Properties, required names, types, formats, enums, paths, methods, status codes, security."""
    assert name in MUTANTS
