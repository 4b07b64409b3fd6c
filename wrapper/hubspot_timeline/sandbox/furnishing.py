"""What a sandbox holds from the beginning."""

from hubspot_timeline.sandbox.judging.validation import complaint
from hubspot_timeline.sandbox.settings import SandboxSettings
from hubspot_timeline.sandbox.state.store import Store
from hubspot_timeline.sandbox.state.template_bodies import made_template
from hubspot_timeline.sandbox.state.templates import Template


def furnish(store: Store, settings: SandboxSettings, now: str) -> None:
    """Put the templates of the settings into a store; `now` is when, RFC 3339.

    Raises ValueError for one that the document does not allow.
    """
    for number, body in enumerate(settings.templates):
        problem = complaint("TimelineEventTemplate", body)
        if problem:
            raise ValueError(f"templates[{number}] is no template: {problem}")
    for body in settings.templates:
        store.templates.put(Template(settings.app, made_template(body, now)))
