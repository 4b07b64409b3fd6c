"""Templates and AsyncTemplates: the event templates of an app."""

from collections.abc import Iterable
from typing import TypeAlias

from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline.resources.parameters import json_body, json_parser, optional_text, path_segment, required_text
from hubspot_timeline.resources.sync_async import AsyncResource, ReadFirst, SyncResource, sync_and_async
from hubspot_timeline.resources.template_tokens import (
    REPLACED_ADVICE,
    TemplateTokenMethods,
    is_deleted,
    parse_nothing,
    parse_template,
    tokens_of_template,
)
from hubspot_timeline_api.api import templates as api
from hubspot_timeline_api.models import (
    TimelineEventTemplate,
    TimelineEventTemplateCreate,
    TimelineEventTemplateList,
    TimelineEventTemplateToken,
    TimelineEventTemplateUpdate,
)

TemplateList: TypeAlias = list[TimelineEventTemplate]  # inside the class `list` is a method


class TemplateMethods(TemplateTokenMethods):
    """The methods of Templates and AsyncTemplates.

    All of them observe the rate limit, and are retried by the RetryPolicy of the client. They raise OptionError where
    the client has no `app_id` or an argument is not allowed, NotFoundError for an id that does not exist, and the other
    errors of this package.
    """

    @sync_and_async
    def list(self) -> SingleRequest[TemplateList]:
        """Return all templates of the app."""
        request = api.list_templates_request(self._required_app_id)
        parse = json_parser(lambda body: TimelineEventTemplateList.from_dict(body).results)
        return SingleRequest(request, parse, f"the templates of app {self.app_id}")

    @sync_and_async
    def get(self, template_id: str | int) -> SingleRequest[TimelineEventTemplate]:
        """Return one template."""
        return self._read_request(template_id)

    @sync_and_async
    def create(
        self,
        name: str,
        object_type: str,
        *,
        tokens: Iterable[TimelineEventTemplateToken] = (),
        header: str | None = None,
        detail: str | None = None,
    ) -> SingleRequest[TimelineEventTemplate]:
        """Create a template for events on records of a type, such as contacts, and return it with its id.

        `tokens`: see template_token(). `header`, `detail`: Markdown with Handlebars placeholders for the tokens.
        It is not retried after a lost response, since no id prevents a second one: after ServerError,
        ConnectionLostError or InvalidResponseError call `list()` first.
        """
        body = TimelineEventTemplateCreate(
            name=required_text("name", name),
            object_type=required_text("object_type", object_type),
            tokens=tokens_of_template(tokens),
            header_template=optional_text("header", header),
            detail_template=optional_text("detail", detail),
        )
        return SingleRequest(
            json_body(api.create_template_request(self._required_app_id, body=body)),
            parse_template,
            f"the new template {name!r} of app {self.app_id}",
            lost_advice="It may have been created: call templates.list() before you create it again.",
            is_idempotent=False,
        )

    @sync_and_async
    def update(
        self,
        template_id: str | int,
        *,
        name: str | None = None,
        tokens: Iterable[TimelineEventTemplateToken] | None = None,
        header: str | None = None,
        detail: str | None = None,
    ) -> SingleRequest[TimelineEventTemplate] | ReadFirst[TimelineEventTemplate]:
        """Change a template and return it as it is now.

        The service replaces all four; so what is None is read first, and sent as it was then.
        """

        def replace(old: TimelineEventTemplate | None) -> SingleRequest[TimelineEventTemplate]:
            body = TimelineEventTemplateUpdate(
                id=path_segment("template_id", template_id),
                name=old.name if old and name is None else required_text("name", name),
                tokens=old.tokens if old and tokens is None else tokens_of_template(tokens or ()),
                header_template=old.header_template if old and header is None else optional_text("header", header),
                detail_template=old.detail_template if old and detail is None else optional_text("detail", detail),
            )
            request = json_body(api.update_template_request(self._required_app_id, body.id, body=body))
            return SingleRequest(request, parse_template, self._subject(template_id), lost_advice=REPLACED_ADVICE)

        is_partial = None in (name, tokens, header, detail)
        return ReadFirst(self._read_request(template_id), replace) if is_partial else replace(None)

    @sync_and_async
    def delete(self, template_id: str | int) -> SingleRequest[None]:
        """Delete a template."""
        return SingleRequest(
            api.delete_template_request(self._required_app_id, path_segment("template_id", template_id)),
            parse_nothing,
            self._subject(template_id),
            lost_advice=REPLACED_ADVICE,
            confirms_success=is_deleted,
        )


class Templates(SyncResource, TemplateMethods):
    """The event templates of an app and their tokens; its methods block."""


class AsyncTemplates(AsyncResource, TemplateMethods):
    """The event templates of an app and their tokens; its methods are awaited."""
