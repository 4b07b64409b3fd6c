"""The checks of the unchanged document detect each change of it; only `make test-long` and `make mutants` try them."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeAlias

import pytest

from tests.helpers.document import DOCUMENTS, document
from tests.mutants.catalogue import EQUIVALENTS, all_mutants
from tests.mutants.mutant import Document, Mutant
from tests.mutants.samples import generate_samples
from tests.mutants.trial import try_mutant

Trial: TypeAlias = Callable[[str, Document], str]

MUTANTS = {f"{name}{mutant.name}": (name, mutant) for name in DOCUMENTS for mutant in all_mutants(document(name))}
V3 = "timeline-v3#/components"
BATCH = "timeline-v3#/paths/~1integrators~1timeline~1v3~1events~1batch~1create"
# Imported once, by the fork server. Nothing of this project, since each trial imports the client of its own mutant.
PRELOADED = [
    *("openapi_python_client", "hypothesis.strategies", "jsonschema_rs", "httpx", "attrs", "yaml"),
    *("starlette.applications", "starlette.middleware", "cattrs", "markdown_it", "nh3", "sqlite3", "asyncio"),
]


def parameter(key: str) -> object:
    """Return a mutant as a parameter; an equivalent one must not be detected, or its entry is stale."""
    name, mutant = MUTANTS[key]
    marks = [pytest.mark.xfail(reason=EQUIVALENTS[mutant.name])] if mutant.name in EQUIVALENTS else []
    return pytest.param(name, mutant, id=key, marks=marks)


@pytest.fixture(scope="session")
def trial() -> Iterator[Trial]:
    """Return a function that runs each trial in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        samples = {name: pool.submit(generate_samples, document(name)).result() for name in DOCUMENTS}
        yield lambda name, changed: pool.submit(try_mutant, name, changed, document(name), samples[name]).result()


@pytest.mark.long
@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_unchanged_document_has_no_problem(trial: Trial, name: str) -> None:
    """Otherwise every mutant would seem to be detected."""
    assert not trial(name, document(name))


@pytest.mark.long
@pytest.mark.parametrize(("name", "mutant"), [parameter(key) for key in MUTANTS])
def test_the_checks_detect_a_mutant(trial: Trial, name: str, mutant: Mutant) -> None:
    """With a client that is generated from it, and a sandbox that uses it; an equivalent mutant has its reason."""
    changed = mutant.of(document(name))
    assert trial(name, changed), "add a check that detects it, or list it as equivalent with the reason"


def test_each_mutant_is_a_different_document() -> None:
    """Mutants have distinct names, the original document stays unchanged, and each equivalent one is a mutant."""
    for key, (name, mutant) in MUTANTS.items():
        assert mutant.of(document(name)) != document(name), key
    assert len(MUTANTS) == sum(len(all_mutants(document(name))) for name in DOCUMENTS)
    assert set(EQUIVALENTS) <= {mutant.name for _, mutant in MUTANTS.values()}


@pytest.mark.parametrize(
    "name",
    [
        f"{V3}/schemas/TimelineEvent/properties/email: renamed",
        f"{V3}/schemas/TimelineEvent/properties/email: removed",
        f"{V3}/schemas/TimelineEvent: email is required",
        f"{V3}/schemas/TimelineEvent: id is optional",
        f"{V3}/schemas/TimelineEvent/properties/timestamp: no format date-time",
        f"{V3}/schemas/TimelineIFrame/properties/width: type string instead of integer",
        f"{V3}/schemas/BatchStatus: no value PENDING",
        f"{V3}/schemas/TokenType: one more value",
        f"{V3}/securitySchemes/developerKey: name key",
        f"{BATCH}: batch-renamed",
        f"{BATCH}/post: put",
        f"{BATCH}/post/responses/207: removed",
        f"{BATCH}/post/security: none",
        "app-events#/components/schemas/AppEvent: id is optional",
        "app-events#/paths/~1integrators~1timeline~1{version}~1events~1batch/post/responses/200: removed",
    ],
)
def test_each_kind_of_part_is_changed(name: str) -> None:
    """Properties, required names, types, formats, enums, paths, methods, status codes, security."""
    assert name in MUTANTS
