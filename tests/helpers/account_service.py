"""A service with several accounts, each with its own events and faults, that checks which access token sends what."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import httpx

from tests.helpers.model_service import ModelService
from tests.helpers.scripted_http import Handler, inputs


class AccountService:
    """Handles the requests of a pool; `of` is the model of each account, which creates its events.

    `requests` lists the account and the events of each request. `crossed` lists those whose access token belongs to
    another account than an event: it must stay empty. `responses` take the place of the model for the next requests of
    an account.
    """

    def __init__(self, *accounts: str, **options: Any) -> None:
        self.of: dict[str, ModelService] = {account: ModelService(**options) for account in accounts}
        # A dot and a number may follow the access token of an account, if it was fetched later.
        self._accounts = {token_of(account): account for account in accounts}
        self.requests: list[tuple[str, list[Any]]] = []
        self.crossed: list[tuple[str, Any]] = []
        self.responses: dict[str, list[Handler]] = {account: [] for account in accounts}

    @property
    def tokens(self) -> dict[str, str]:
        """The access token of each account."""
        return {account: token_of(account) for account in self.of}

    @property
    def created(self) -> set[str]:
        """The ids of all events that exist."""
        return {event_id for model in self.of.values() for event_id in model.created}

    def requests_of(self, account: str) -> int:
        """Return how many requests an account has sent."""
        return sum(sender == account for sender, _ in self.requests)

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Process one request."""
        token = request.headers["Authorization"].removeprefix("Bearer ")
        account, events = self._accounts[token.partition(".")[0]], inputs(request)
        self.requests.append((account, events))
        self.crossed += [(account, event) for event in events if event["tokens"]["account"] != account]
        responses = self.responses[account]
        return responses.pop(0)(request) if responses else self.of[account].respond(request)


def token_of(account: str) -> str:
    """Return the access token of an account, which no text contains by chance."""
    return blake2b(account.encode(), digest_size=16).hexdigest()


def event_of(account: str, number: int) -> dict[str, Any]:
    """Return an event of an account, which the field `portal` names."""
    tokens = {"account": account, "n": number}
    return {"portal": account, "eventTemplateId": "1", "id": f"{account}/{number}", "email": "a@b.c", "tokens": tokens}


def events_of(accounts: Iterable[str], size: int) -> list[dict[str, Any]]:
    """Return so many events of each account, which take turns."""
    names = list(accounts)
    return [event_of(account, number) for number in range(size) for account in names]
