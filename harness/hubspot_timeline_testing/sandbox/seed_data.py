"""What a sandbox holds from the beginning."""

from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.errors import RefusedError
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.storage.template_bodies import made_template
from hubspot_timeline_testing.sandbox.storage.templates import Template
from hubspot_timeline_testing.sandbox.validation.schemas import complaint


def furnish(store: Store, settings: SandboxSettings, clock: Clock) -> None:
    """Put the templates of the settings into a store.

    Raises ValueError for one that the document does not allow.
    """
    made = []
    for number, body in enumerate(settings.templates):
        problem = complaint("TimelineEventTemplate", body)
        if problem:
            raise ValueError(f"templates[{number}] is no template: {problem}")
        try:
            made.append(made_template(body, clock.text()))
        except RefusedError as error:
            raise ValueError(f"templates[{number}]: {error.message}") from error
    for body in made:
        if store.templates.owner(body["id"]) is None:  # a file may hold it already, and a later form of it
            store.templates.put(Template(settings.app, body))
