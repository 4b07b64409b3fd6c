"""Templates and Events: the words of the client that blocks."""

from collections.abc import Iterable
from typing import Protocol, TypeAlias, TypeVar

from hubspot_timeline.delivery.outcomes import EventLike
from hubspot_timeline.delivery.single_request import Call
from hubspot_timeline.resources import event_calls, token_calls
from hubspot_timeline.resources.template_calls import TemplateCalls
from hubspot_timeline.templates.tokens import TokenOptions
from hubspot_timeline_api.models import (
    EventDetail,
    TimelineEventResult,
    TimelineEventTemplate,
    TimelineEventTemplateToken,
)

T = TypeVar("T")

TemplateList: TypeAlias = list[TimelineEventTemplate]


class Maker(Protocol):
    """Makes a call and returns its result; blocks."""

    def __call__(self, call: Call[T]) -> T:
        """Make a call. Raises TimelineError."""
        ...


class Templates:
    """The templates of an app, which give events their shape, and their tokens.

    All words keep to the rate limit, and ask again where trouble passes, as RetryPolicy says. They raise OptionError
    where the client has no `app_id` or a word cannot be meant, NotFoundError for an id that is not there, and the other
    errors of this package as they come.
    """

    def __init__(self, make: Maker, app_id: int | None) -> None:
        self._make = make
        self._app_id = app_id
        self._calls = TemplateCalls(app_id)

    def list(self) -> TemplateList:
        """Return all templates of the app."""
        return self._make(self._calls.all())

    def get(self, template_id: str | int) -> TimelineEventTemplate:
        """Return one template."""
        return self._make(self._calls.get(template_id))

    def create(
        self,
        name: str,
        object_type: str,
        *,
        tokens: Iterable[TimelineEventTemplateToken] = (),
        header: str | None = None,
        detail: str | None = None,
    ) -> TimelineEventTemplate:
        """Create a template for events on records of a type, such as contacts, and return it with its id.

        `tokens`: see template_token(). `header`, `detail`: Markdown with Handlebars placeholders for them.
        It is not repeated after a lost answer, since no id of the caller's would keep it from being created twice:
        after ServerError, ConnectionLostError or InvalidResponseError look at `list()` first.
        """
        return self._make(self._calls.create(name, object_type, tokens, header, detail))

    def update(
        self,
        template_id: str | int,
        *,
        name: str | None = None,
        tokens: Iterable[TimelineEventTemplateToken] | None = None,
        header: str | None = None,
        detail: str | None = None,
    ) -> TimelineEventTemplate:
        """Change a template and return it as it is now.

        The service replaces all four; so what is not given is read first, and stays as it was then.
        """
        before = self.get(template_id) if None in (name, tokens, header, detail) else None
        return self._make(
            self._calls.update(template_id, before, name=name, tokens=tokens, header=header, detail=detail)
        )

    def delete(self, template_id: str | int) -> None:
        """Delete a template."""
        self._make(self._calls.delete(template_id))

    def add_token(self, template_id: str | int, token: TimelineEventTemplateToken) -> TimelineEventTemplateToken:
        """Add a token to a template and return it; like `create`, it is not repeated after a lost answer."""
        return self._make(token_calls.add_token(self._app_id, template_id, token))

    def update_token(
        self,
        template_id: str | int,
        name: str,
        *,
        label: str | None = None,
        options: TokenOptions | None = None,
        property_name: str | None = None,
    ) -> TimelineEventTemplateToken:
        """Change a token of a template and return it as it is now; its name and its kind stay.

        The service replaces all three; so what is not given is read first, and stays as it was then.
        """
        before = self.get(template_id) if None in (label, options, property_name) else None
        return self._make(
            token_calls.update_token(
                self._app_id, template_id, name, before, label=label, options=options, property_name=property_name
            )
        )

    def delete_token(self, template_id: str | int, name: str) -> None:
        """Take a token from a template."""
        self._make(token_calls.delete_token(self._app_id, template_id, name))


class Events:
    """Single events. To create many, `send` takes a hundredth of the requests and accounts for each.

    All words keep to the rate limit, and ask again where trouble passes, as RetryPolicy says. They raise OptionError
    for an id that cannot be one, NotFoundError for one that is not there, and the other errors as they come.
    """

    def __init__(self, make: Maker) -> None:
        self._make = make

    def create(self, event: EventLike) -> TimelineEventResult:
        """Create one event and return the service's entry for it.

        Its id keeps it from being created twice: "exists already" after a lost answer means created, and the entry is
        read. Raises EventError for an event that cannot be sent, ConflictError where the id existed before.
        """
        return self._make(event_calls.create_event(event))

    def get(self, template_id: str | int, event_id: str) -> TimelineEventResult:
        """Return the service's entry for an event."""
        return self._make(event_calls.get_event(template_id, event_id))

    def detail(self, template_id: str | int, event_id: str) -> EventDetail:
        """Return the detail of an event, rendered; its text is in `details`."""
        return self._make(event_calls.get_detail(template_id, event_id))

    def render(self, template_id: str | int, event_id: str, *, detail: bool = False) -> str:
        """Return the header of an event, or its detail, as HTML."""
        return self._make(event_calls.render(template_id, event_id, detail=detail))
