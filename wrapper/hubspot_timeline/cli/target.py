"""Where a run sends to: the service, another base URL, or a sandbox of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from attrs import field, frozen
from rich.console import Console

from hubspot_timeline.auth.credentials import AccessTokenLike
from hubspot_timeline.cli.options import find_token
from hubspot_timeline.config import base_url_from_environment
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.sandbox import SandboxProcess, SandboxSettings
from hubspot_timeline_testing.sandbox.template_files import read_templates


@frozen
class Target:
    """Where to send to, and with what."""

    base_url: str
    token: AccessTokenLike = field(repr=False)
    is_sandbox: bool = False

    def __str__(self) -> str:
        return f"a sandbox at {self.base_url}" if self.is_sandbox else self.base_url

    def events_held(self) -> int | None:
        """Return how many events the sandbox holds; None for the service itself."""
        if not self.is_sandbox:
            return None
        try:
            return int(httpx.get(f"{self.base_url}/_sandbox/counts", trust_env=False).json()["events"])
        except httpx.HTTPError:  # it has died, which the report shows better
            return None


@contextmanager
def target(
    base_url: str | None, token_file: Path | None, templates: Path | None = None, *, use_sandbox: bool
) -> Iterator[Target]:
    """Find out where to send to; a sandbox is started, and ends with the block. Raises OptionError.

    `templates` names the file of those that the sandbox holds.
    """
    if not use_sandbox:
        yield Target(base_url or base_url_from_environment(), find_token(token_file))
        return
    if base_url or token_file:
        raise OptionError("--sandbox goes without --base-url and --token-file")
    held = SandboxSettings(templates=_held(templates)) if templates else None
    with SandboxProcess(settings=held) as sandbox:
        yield Target(sandbox.url, "any-token-will-do", is_sandbox=True)


def _held(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        return read_templates(path)
    except ValueError as error:
        raise OptionError(str(error)) from error


def show_page(goal: Target, console: Console, *, keep: bool) -> None:
    """Say where the page of a sandbox is, and keep it open until Ctrl-C if asked to."""
    if not keep:
        console.print(f"Its page was at {goal.base_url}; --keep keeps it open.", soft_wrap=True)
        return
    console.print(f"Its page is open at {goal.base_url} until Ctrl-C.", soft_wrap=True)
    with suppress(KeyboardInterrupt):
        Event().wait()
