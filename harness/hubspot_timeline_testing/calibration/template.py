"""The template that a run creates for its events of version 3, and deletes at its end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field

from hubspot_timeline_testing.calibration.api_session import VALUE_NAME
from hubspot_timeline_testing.calibration.messages import Request
from hubspot_timeline_testing.calibration.sender import RefusedError, Sender, UndecidedError, unforeseen
from hubspot_timeline_testing.contract.documents import contract_operations

RESERVE, RESERVE_OF_WAITS = 5, 60.0
"""The requests, and the seconds of waits, that are kept for the deletion."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@define
class TemporaryTemplate:
    """A template of an app. `leftover`: what could not be deleted."""

    sender: Sender
    app_id: int
    run: str
    leftover: str = ""
    _is_unclear: bool = field(default=False)
    _id: str = ""

    @contextmanager
    def created(self) -> Iterator[str]:
        """Create it, give its id, and delete it after the block, also after an interrupt. Raises RefusedError."""
        self.sender.check_limit()
        self.sender.max_requests -= RESERVE
        self.sender.max_wait -= RESERVE_OF_WAITS
        try:
            yield self._create()
        finally:
            self.sender.max_requests += RESERVE
            self.sender.max_wait += RESERVE_OF_WAITS
            self.sender.is_cleaning_up = True
            self._delete_all()
            self.sender.is_cleaning_up = False

    def _create(self) -> str:
        token = {"name": VALUE_NAME, "label": "Calibration", "type": "string", "options": []}
        texts = {"headerTemplate": "Calibration", "detailTemplate": f"{{{{{VALUE_NAME}}}}}"}
        body = {"name": self._name, "objectType": "contacts", "tokens": [token]} | texts
        self._is_unclear = True  # until there is a response
        exchange = self.sender.send(lambda: Request("POST", self._path("create_template"), body, is_about_access=True))
        self._is_unclear = exchange.was_lost
        created = exchange.value("id")
        if exchange.is_success and not _is_id(created):
            self.leftover = f"perhaps a template named {self._name}"
        if not exchange.is_success or not _is_id(created):
            raise RefusedError(f"a template cannot be created: {exchange}; name one that exists")
        self._id = str(created)
        self.leftover = f"the template {self._id}"  # until it is deleted
        return self._id

    @property
    def _name(self) -> str:
        return f"Calibration {self.run}"

    def _path(self, operation: str) -> str:
        path = contract_operations()[operation][1]
        return path.replace("{appId}", str(self.app_id)).replace("{eventTemplateId}", self._id)

    def _delete_all(self) -> None:
        try:
            ids = self._listed() if self._is_unclear else [self._id] if self._id else []
            for self._id in ids:
                self.leftover = f"the template {self._id}"
                exchange = self.sender.send(
                    lambda: Request("DELETE", self._path("delete_template"), is_about_access=True)
                )
                if exchange.is_success or exchange.status == 404:
                    self.leftover = ""
        except Exception as error:  # noqa: BLE001 - the report names what is left over
            reason = str(error) if isinstance(error, UndecidedError) else unforeseen(error)
            self.leftover = f"{self.leftover or f'perhaps a template named {self._name}'} ({reason})"

    def _listed(self) -> list[str]:
        exchange = self.sender.send(lambda: Request("GET", self._path("list_templates"), is_about_access=True))
        if not exchange.is_success:
            raise UndecidedError(f"templates cannot be listed: {exchange}")
        return [
            each["id"]
            for each in exchange.objects("results")
            if each.get("name") == self._name and _is_id(each.get("id"))
        ]


def _is_id(value: Any) -> bool:
    """Return whether a value can be an id; others could make a path that names something else."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None
