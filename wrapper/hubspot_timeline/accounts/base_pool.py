"""What both pools have in common: their options, and what each account needs to send."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

import httpx
from msgspec.structs import replace

from hubspot_timeline.accounts.assignment import AccountOf, assignment
from hubspot_timeline.accounts.lanes import MAX_BYTES, MAX_SIZE, PoolLimits
from hubspot_timeline.accounts.open_accounts import OpenAccounts
from hubspot_timeline.accounts.run import PoolRun
from hubspot_timeline.accounts.tokens import AccountToken, AccountTokens
from hubspot_timeline.auth.secret import hidden
from hubspot_timeline.base_client import BaseClient, ClientOptions, refuse_coroutine_functions
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.errors import OptionError, require_count, type_of
from hubspot_timeline.execution.async_executor import AsyncExecutor
from hubspot_timeline.execution.reader import Make, Preparation
from hubspot_timeline.http.transport import AsyncTransport
from hubspot_timeline.templates.validation import TemplateRules, Validate

# Connections of all accounts together; operating systems often allow a process 1,024 open files.
_MAX_CONNECTIONS = 256

# The accounts are spread over so many pools of connections.
_MAX_TRANSPORTS = 32

# Token refreshes at once, which have connections of their own.
_MAX_REFRESHES = 64


class BaseAccountPool(BaseClient):
    """Options of a pool, which sends the events of many accounts.

    `tokens`: the access token of each account, or a function that returns it (see AccountTokens).
    `max_open_accounts`: of how many accounts the access token and the rate limit are kept; beyond that, the account
    that was unused the longest is closed once its time window is over.
    `max_size`, `max_bytes`: how many events, and bytes of them, may wait for a response or for their batch to be full.
    The reading waits meanwhile; so an account that is slow does not stop the others before it has filled this.
    The other options are those of BaseClient. `rate_limit`, `max_in_flight` and `error_limit` are for each account.
    `rate_limit_store` is `memory:`, or `redis://host:port/0#name`, where each account has a limit of its own.

    Raises OptionError for a value that is not allowed.
    """

    def __init__(
        self,
        tokens: AccountTokens,
        *,
        max_open_accounts: int = 10_000,
        max_size: int = MAX_SIZE,
        max_bytes: int = MAX_BYTES,
        **options: Unpack[ClientOptions],
    ) -> None:
        kind = type_of(tokens)
        tokens = hidden(tokens)
        if not isinstance(tokens, Mapping) and not callable(tokens):
            raise OptionError(f"tokens is {kind}; give a mapping of accounts to tokens, or a function")
        for account in tokens if isinstance(tokens, dict) else ():  # another mapping may have to read a database
            if not isinstance(account, str):
                raise OptionError(f"tokens has the account {account!r}, {type_of(account)}; write it as text")
        require_count("max_open_accounts", max_open_accounts)
        require_count("max_size", max_size)
        require_count("max_bytes", max_bytes)
        self._account_tokens = tokens
        self._max_open_accounts = max_open_accounts
        super().__init__(_no_token, **options)
        self._limits = PoolLimits(max_size, max_bytes, self._batch_limits, self._max_in_flight, self._error_limit)

    @staticmethod
    def _credentials_from_environment() -> Any:
        from hubspot_timeline.files.accounts import accounts_from_environment  # noqa: PLC0415 - few pools need it

        return accounts_from_environment()

    def _open(self) -> None:
        """Open the connections, and no account."""
        args = self._connection.httpx_args
        # Only httpcore looks at all connections of its pool with each request.
        is_httpcore = self._connection.transport == "httpx" and "transport" not in args
        self._max_transports = _MAX_TRANSPORTS if is_httpcore else 1
        if is_httpcore and not args.keys() & {"verify", "cert"}:  # the certificates take long to load
            args = {**args, "verify": httpx.create_ssl_context(trust_env=args.get("trust_env", True))}
        self._pool_connection = replace(
            self._connection, max_in_flight=_MAX_CONNECTIONS // self._max_transports, httpx_args=args
        )
        self._transports = [self._new_transport()]
        self._executor = AsyncExecutor(
            self._transports[0],
            self._rate_limiter.for_account(""),  # raises for a store that has one limit only
            self._delivery_options,
            self._runtime.sleep,
            asyncio.Semaphore(_MAX_CONNECTIONS),
        )
        self._refreshes = asyncio.Semaphore(_MAX_REFRESHES)
        self._accounts = OpenAccounts(self._executor, self._open_account, self._max_open_accounts)

    def _new_transport(self) -> AsyncTransport:
        return AsyncTransport(self._pool_connection, self._rate_limiter)

    def _next_transport(self) -> AsyncTransport:
        """Return the transport for another account."""
        if len(self._transports) < self._max_transports:
            self._transports.append(self._new_transport())
        return self._transports[len(self._accounts) % len(self._transports)]

    def _open_account(self, account: str) -> AsyncExecutor:
        limiter = self._rate_limiter.for_account(account)
        tokens = AccountToken(self._account_tokens, account, self._runtime.clock, self._refreshes, self._on_renewal)
        return replace(
            self._executor,
            transport=self._next_transport().for_account(tokens, limiter),
            rate_limiter=limiter,
            options=replace(self._delivery_options, apis=self._apis.copy()),
        )

    def _new_run(
        self,
        account: AccountOf,
        make: Make | None,
        journal: str | Path | None,
        validate: Validate | None,
        counters: RunCounters,
    ) -> PoolRun:
        refuse_coroutine_functions(make=make, account=account)
        if validate == "templates":
            raise OptionError(
                "a pool cannot list the templates of the app, having no access token of its own; pass them"
            )
        api = self._apis.primary
        assign = assignment(account, api.event_format.fields, has_make=make is not None)
        preparation = Preparation(api, None if validate is None else TemplateRules.of(validate), make, assign)
        return PoolRun(self._accounts, preparation, self._open_journal(journal), self._limits, counters)


def _no_token() -> str:
    raise OptionError("a pool has no access token of its own")
