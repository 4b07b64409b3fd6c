"""The server that a run sends to: the service, another base URL, or a sandbox of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from urllib.parse import quote

import httpx
from attrs import field, frozen
from rich.console import Console

from hubspot_timeline.accounts.tokens import AccountTokens
from hubspot_timeline.auth.credentials import AccessTokenLike
from hubspot_timeline.cli.options import find_token
from hubspot_timeline.config import base_url_from_environment
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import accounts_from_environment, read_accounts


@frozen
class Target:
    """A server and the access token for it; for several accounts `accounts` has that of each, and `token` is empty."""

    base_url: str
    token: AccessTokenLike = field(repr=False)
    accounts: AccountTokens = field(factory=dict[str, AccessTokenLike], repr=False)
    is_sandbox: bool = False

    def __str__(self) -> str:
        return f"a sandbox at {self.base_url}" if self.is_sandbox else self.base_url

    def event_count(self) -> int | None:
        """Return how many events the sandbox holds; None for the service itself."""
        if not self.is_sandbox:
            return None
        try:
            return int(httpx.get(f"{self.base_url}/_sandbox/counts", trust_env=False).json()["events"])
        except httpx.HTTPError:  # its process has died, which the report shows better
            return None

    def show_page(self, console: Console, *, keep: bool) -> None:
        """Show where the page of the sandbox is; with `keep`, wait there for Ctrl-C."""
        if not keep:
            console.print(f"Its page was at {self.base_url}; --keep keeps it open.", soft_wrap=True)
            return
        console.print(f"Its page is open at {self.base_url} until Ctrl-C.", soft_wrap=True)
        with suppress(KeyboardInterrupt):
            Event().wait()


@contextmanager
def open_target(
    base_url: str | None,
    token_file: Path | None,
    templates: str | None = None,
    event_types: str | None = None,
    *,
    accounts: str | None = None,
    has_accounts: bool = False,
    use_sandbox: bool,
) -> Iterator[Target]:
    """Return the server to send to; a sandbox runs for the time of the block. Raises OptionError.

    `templates` is the file of the templates that the sandbox holds. It holds the event types too that `migrate` wrote
    to the folder of `event_types`. `accounts` is the file or folder with the access token of each account if the target
    `has_accounts`, by default that of the environment.
    """
    if has_accounts and not use_sandbox:
        tokens = read_accounts(accounts) if accounts else accounts_from_environment()
        yield Target(base_url or base_url_from_environment(), "", tokens)
        return
    if not use_sandbox:
        yield Target(base_url or base_url_from_environment(), find_token(token_file))
        return
    if base_url or token_file or accounts:
        raise OptionError("--sandbox cannot be combined with --base-url, --token-file or --accounts")
    with _sandbox_url(templates, event_types) as url:
        yield Target(url, "any-token", _made_up_token, is_sandbox=True)


def _made_up_token(account: str) -> str:
    """Return a token that the sandbox takes for an account of its own."""
    return quote(account, safe="")


@contextmanager
def _sandbox_url(templates: str | None, event_types: str | None) -> Iterator[str]:
    # Imported here, since most runs need no sandbox.
    from hubspot_timeline_testing.sandbox import SandboxProcess, SandboxStartError  # noqa: PLC0415
    from hubspot_timeline_testing.sandbox.cli_options import FaultOptions, settings_from_options  # noqa: PLC0415

    path = Path(event_types) if event_types else None
    has_types = path and any((path if path.is_dir() else path.parent).glob("*-hsmeta.json"))
    try:
        settings = settings_from_options(
            None,
            FaultOptions(),
            None,
            templates=Path(templates) if templates else None,
            event_types=[path] if path and has_types else (),
            modes={},
        )
    except ValueError as error:
        raise OptionError(str(error)) from error
    try:
        with SandboxProcess(settings=settings) as sandbox:
            yield sandbox.url
    except SandboxStartError as error:  # with the lines of its error output
        raise OptionError(" ".join(str(error).split())) from error
