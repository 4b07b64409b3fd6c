"""The trial of one mutant, in its own process: generates a client and runs the checks of the unchanged document."""

import contextlib
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings

from hubspot_timeline_testing.openapi import packages
from tests.mutants.mutant import Document
from tests.mutants.samples import Samples

_ROOT = Path(__file__).parents[2]
_EXAMPLES = 3


def try_mutant(name: str, mutant: Document, original: Document, samples: Sequence[Samples]) -> str:
    """Return the first problem that a change of the document of that name causes, empty if no check detects it.

    Must run in a process that has not imported the generated client.
    """
    with TemporaryDirectory() as folder:
        error = _generate_client(name, mutant, Path(folder))
        if error:
            return f"generator: {error}"
        sys.path.insert(0, folder)
        try:
            return next(_problems(name, original, samples), "")
        except Exception as error:  # noqa: BLE001 - a client or a sandbox that cannot start is detected, too
            return f"start: {type(error).__name__}: {error}"


def _generate_client(name: str, document: Document, folder: Path) -> str:
    """Generate a client as `make client` does, without formatting it; return the errors of the generator."""
    from openapi_python_client import generate  # noqa: PLC0415 - the fork server has imported it
    from openapi_python_client.config import Config, ConfigFile, MetaType  # noqa: PLC0415

    source, target = folder / "document.json", folder / packages()[name]
    source.write_text(json.dumps(document), encoding="utf-8")
    config = Config.from_sources(
        ConfigFile(post_hooks=[]), MetaType.NONE, source, "utf-8", overwrite=True, output_path=target
    )
    with contextlib.redirect_stdout(io.StringIO()):
        errors = generate(config=config, custom_template_path=_ROOT / "spec/templates")
    (target / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return "; ".join(f"{error.header} {error.detail}" for error in errors)


def _problems(name: str, original: Document, samples: Sequence[Samples]) -> Iterator[str]:
    """Yield the problems that the checks of the unchanged document find, the fastest checks first."""
    settings.register_profile("trial", derandomize=True, database=None)
    settings.load_profile("trial")  # the same score in every run
    from hubspot_timeline_testing.conformance import find_mismatches  # noqa: PLC0415 - imports the mutant's client
    from tests.mutants.sandbox_checks import sandbox_problems  # noqa: PLC0415

    yield from (f"client: {mismatch}" for mismatch in find_mismatches(packages()[name], original, _EXAMPLES))
    yield from (f"sandbox: {problem}" for problem in sandbox_problems(name, original, samples))
