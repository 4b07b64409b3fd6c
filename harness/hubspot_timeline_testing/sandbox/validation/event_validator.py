"""The judgement of single events: the rules, the template, the record."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.auth.accounts import Caller
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.records import CONTACT, Landing, object_type_name
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.storage.templates import Template
from hubspot_timeline_testing.sandbox.validation.event_rules import Problem, find_problem
from hubspot_timeline_testing.sandbox.validation.template_rules import find_misfit, foreign


@frozen
class Judge:
    """Judges the events of one request, which must conform to the document."""

    _store: Store
    _settings: SandboxSettings
    _caller: Caller
    _templates: dict[str, Template | None] = field(factory=dict)  # looked up once for a request

    def find_problem(self, event: Mapping[str, Any], text: str, landing: Landing) -> Problem | None:
        """Return why an event is refused, if it is; `text` is the event as JSON, `landing` its record."""
        return (
            find_problem(event, text, landing.object_type)
            or self._problem_of_template(event)
            or self._problem_of_record(landing)
        )

    def landing(self, event: Mapping[str, Any]) -> Landing:
        """Return what the event says of its record; the type is its own, else its template's, else that of contacts."""
        template = self._template(event)
        of_template = template.body["objectType"] if template else ""
        object_type = object_type_name(event.get("customObjectTypeId") or of_template or CONTACT)
        return Landing(object_type, event.get("objectId", ""), event.get("utk", ""), event.get("email", ""))

    def _problem_of_template(self, event: Mapping[str, Any]) -> Problem | None:
        template = self._template(event)
        template_id = event["eventTemplateId"]
        owner = template.app if template else self._store.templates.owner(template_id)
        if owner is not None and self._caller.app not in (None, owner):
            return foreign(template_id)
        if template is None:
            is_missed = owner is not None or self._settings.template_checks == "strict"
            return foreign(template_id) if is_missed else None
        return find_misfit(event, template)

    def _problem_of_record(self, landing: Landing) -> Problem | None:
        if self._settings.records == "create" or not landing.object_id or self._store.records.exists(landing):
            return None
        return Problem(
            f"No {landing.object_type[:100]} has the objectId {landing.object_id[:100]}.", "OBJECT_NOT_FOUND"
        )

    def _template(self, event: Mapping[str, Any]) -> Template | None:
        template_id = event["eventTemplateId"]
        if template_id not in self._templates:
            self._templates[template_id] = self._store.templates.get(template_id)
        return self._templates[template_id]
