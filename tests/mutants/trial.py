"""The trial of one mutant, in a process of its own: generate a client, import it, hold it to the unchanged document."""

import contextlib
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings

from tests.helpers.document import ROOT
from tests.mutants.locations import Document
from tests.mutants.samples import Samples

_PACKAGE = "hubspot_timeline_api"
_EXAMPLES = 3


def try_mutant(mutant: Document, original: Document, samples: Sequence[Samples]) -> str:
    """Return the first thing that shows that a document was changed, empty if nothing does.

    Must run in a process that has imported neither the generated client nor the wrapper.
    """
    with TemporaryDirectory() as folder:
        refusal = _generate(mutant, Path(folder))
        if refusal:
            return f"generator: {refusal}"
        sys.path.insert(0, folder)
        try:
            return next(_complaints(original, samples), "")
        except Exception as error:  # noqa: BLE001 - that the project cannot even start with it is noticed
            return f"start: {type(error).__name__}: {error}"


def _generate(document: Document, folder: Path) -> str:
    """Write the client as `make client` does, but for its format; return what the generator says against it."""
    from openapi_python_client import generate  # noqa: PLC0415 - the parent process imports it before it forks
    from openapi_python_client.config import Config, ConfigFile, MetaType  # noqa: PLC0415

    source, target = folder / "document.json", folder / _PACKAGE
    source.write_text(json.dumps(document), encoding="utf-8")
    config = Config.from_sources(
        ConfigFile(post_hooks=[]), MetaType.NONE, source, "utf-8", overwrite=True, output_path=target
    )
    with contextlib.redirect_stdout(io.StringIO()):
        problems = generate(config=config, custom_template_path=ROOT / "spec/templates")
    (target / "timeline-v3.json").write_text(json.dumps(document), encoding="utf-8")
    return "; ".join(f"{problem.header} {problem.detail}" for problem in problems)


def _complaints(original: Document, samples: Sequence[Samples]) -> Iterator[str]:
    """Yield what the checks of the original say, the quickest first."""
    settings.register_profile("trial", derandomize=True, database=None)
    settings.load_profile("trial")  # the score is to be the same every time
    from hubspot_timeline_testing.conformance import find_breaches  # noqa: PLC0415 - imports the mutant's client
    from hubspot_timeline_testing.conformance.generated_package import Package  # noqa: PLC0415
    from tests.mutants.sandbox_checks import server_complaints  # noqa: PLC0415

    yield from (f"client: {breach}" for breach in find_breaches(Package.load(_PACKAGE), original, _EXAMPLES))
    yield from (f"sandbox: {complaint}" for complaint in server_complaints(original, samples))
