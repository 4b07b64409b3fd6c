"""Runs Schemathesis with the extension of this package, in a process of its own.

Checks and hooks of Schemathesis are global to a process, so they must not be registered in that of the caller.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from hubspot_timeline_testing.contract.documents import document_name
from hubspot_timeline_testing.contract.redaction import Redactor
from hubspot_timeline_testing.contract.results import RunResults, read_results
from hubspot_timeline_testing.contract.settings import (
    RUN_FOLDER_VARIABLE,
    SETTINGS_FILE,
    ContractSettings,
    ContractUsageError,
)
from hubspot_timeline_testing.contract.url_guard import host_of, is_loopback
from hubspot_timeline_testing.openapi import document_file

_SECONDS_TO_STOP = 10


def run_schemathesis(
    settings: ContractSettings, token: str, *, options: Iterable[str], config_file: str | None, show_output: bool
) -> tuple[RunResults, bool]:
    """Run Schemathesis; return the results, and whether the run was interrupted.

    `options` are further options of `schemathesis run`. Raises ContractUsageError if Schemathesis rejects its options.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / SETTINGS_FILE).write_text(json.dumps(attrs.asdict(settings)), encoding="utf-8")
        command, environment = _command(settings, options, config_file), _environment(settings, token, folder)
        if show_output:
            # Schemathesis ends if it cannot write; this lets a caller find out first, and replace the stream.
            print("Running Schemathesis; the summary is below its output.", flush=True)
        with (folder / "output").open("wb") as output:
            code, interrupted = _run(command, environment, None if show_output else output.fileno())
        lines = (folder / "output").read_text(encoding="utf-8", errors="replace").split("\n")
        results = read_results(folder)
    last_line = next((line.strip() for line in reversed(lines) if line.strip()), "see its message")
    reason = Redactor(token).text(last_line)
    if results is None and not interrupted:
        raise ContractUsageError(f"Schemathesis did not start: {reason}")
    results = results or RunResults.empty(settings.operations)
    if code != 0 and not interrupted and not results.findings and not results.errors:
        results.errors.append(f"Schemathesis ended with exit code {code}: {reason}")
    return results, interrupted


def _command(settings: ContractSettings, options: Iterable[str], config_file: str | None) -> list[str]:
    """Return the command line. The last of several equal options counts, so ours come last."""
    config = config_file or next(filter(os.path.isfile, _config_files()))
    return [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", config),
        *("run", str(document_file(document_name(settings.api)))),
        *options,
        *(part for name in settings.operations for part in ("--include-operation-id", name)),
        *("--url", settings.url, "--max-redirects", "0", "--output-sanitize", "true"),
        *("--seed", str(settings.seed), "--max-examples", str(settings.max_examples)),
        *("--phases", ",".join(settings.phases), "--request-timeout", str(settings.timeout)),
        *("--continue-on-failure", "--generation-database", "none", "--suppress-health-check", "all"),
    ]


def _config_files() -> Iterator[str]:
    """Yield where a configuration of Schemathesis may be: here, above, and the default of this package."""
    yield from (str(folder / "schemathesis.toml") for folder in (Path.cwd(), *Path.cwd().parents))
    yield str(files("hubspot_timeline_testing.contract").joinpath("schemathesis.toml"))


def _environment(settings: ContractSettings, token: str, folder: Path) -> Mapping[str, str]:
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - of Path it may raise
    environment = {
        # It outlasts the run, because Hypothesis takes two seconds for the Unicode tables that it keeps there.
        "HYPOTHESIS_STORAGE_DIRECTORY": str(Path(caches, "hubspot-timeline", "hypothesis")),
        **os.environ,
        "HUBSPOT_TIMELINE_TOKEN": token,
        "SCHEMATHESIS_HOOKS": "hubspot_timeline_testing.contract.hooks",
        RUN_FOLDER_VARIABLE: str(folder),
        "HYPOTHESIS_NO_PLUGINS": "1",  # a fifth of a second for the search of entry points
        "PYTHONSAFEPATH": "1",  # a module of the working directory would be run, with the token in its environment
        "NETRC": os.devnull,  # requests would send a password from it in place of the token
    }
    if is_loopback(host := host_of(settings.url)):
        environment["no_proxy"] = environment["NO_PROXY"] = host
    return environment


def _run(command: list[str], environment: Mapping[str, str], output: int | None) -> tuple[int, bool]:
    """Run a command; return its exit code, and whether Ctrl-C ended it.

    In a session of its own it gets Ctrl-C once, from here, and not from the terminal too.
    """
    error_output = None if output is None else subprocess.STDOUT
    with subprocess.Popen(  # noqa: S603 - our own interpreter, and options of the user
        command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=error_output, start_new_session=True
    ) as process:
        try:
            return process.wait(), False
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            try:
                return process.wait(_SECONDS_TO_STOP), True
            except (KeyboardInterrupt, subprocess.TimeoutExpired):
                return 0, True
        finally:
            process.kill()  # without effect on a process that has ended
