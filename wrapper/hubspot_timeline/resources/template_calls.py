"""The calls about templates: plain words in, generated requests and models out."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from hubspot_timeline.config import required_app_id
from hubspot_timeline.delivery.single_request import Call
from hubspot_timeline.errors import ApiError, OptionError
from hubspot_timeline.resources.requests import nothing, segment, text, text_or_unset, written
from hubspot_timeline_api.api import templates as api
from hubspot_timeline_api.models import (
    TimelineEventTemplate,
    TimelineEventTemplateCreate,
    TimelineEventTemplateList,
    TimelineEventTemplateToken,
    TimelineEventTemplateUpdate,
)

_MOST_TOKENS = 500
SAY_AGAIN = "It may have been done all the same: look at the template, or say it once more."


@frozen
class TemplateCalls:
    """The calls for the templates of an app.

    Each raises OptionError where there is no app, or where a word cannot be meant.
    """

    app_id: int | None

    @property
    def _app(self) -> int:
        return required_app_id(self.app_id)

    def all(self) -> Call[list[TimelineEventTemplate]]:
        """Return the call that lists the templates."""
        return Call(api.list_templates_request(self._app), _read_list, f"the templates of app {self._app}")

    def get(self, template_id: str | int) -> Call[TimelineEventTemplate]:
        """Return the call that reads a template."""
        request = api.get_template_request(self._app, segment("template_id", template_id))
        return Call(request, _read_template, self._subject(template_id))

    def create(
        self,
        name: str,
        object_type: str,
        tokens: Iterable[TimelineEventTemplateToken],
        header: str | None,
        detail: str | None,
    ) -> Call[TimelineEventTemplate]:
        """Return the call that creates a template; it is not repeated after a lost answer."""
        body = TimelineEventTemplateCreate(
            name=text("name", name),
            object_type=text("object_type", object_type),
            tokens=checked_tokens(tokens),
            header_template=text_or_unset("header", header),
            detail_template=text_or_unset("detail", detail),
        )
        return Call(
            written(api.create_template_request(self._app, body=body)),
            _read_template,
            f"the new template {name!r} of app {self._app}",
            doubt="It may have been created all the same: look at templates.list() before you create it again.",
            is_repeatable=False,
        )

    def update(
        self,
        template_id: str | int,
        before: TimelineEventTemplate | None,
        *,
        name: str | None,
        tokens: Iterable[TimelineEventTemplateToken] | None,
        header: str | None,
        detail: str | None,
    ) -> Call[TimelineEventTemplate]:
        """Return the call that replaces a template; what is None stays as it was before."""
        id_ = segment("template_id", template_id)
        body = TimelineEventTemplateUpdate(
            id=id_,
            name=before.name if before and name is None else text("name", name),
            tokens=before.tokens if before and tokens is None else checked_tokens(tokens or ()),
            header_template=before.header_template if before and header is None else text_or_unset("header", header),
            detail_template=before.detail_template if before and detail is None else text_or_unset("detail", detail),
        )
        request = written(api.update_template_request(self._app, id_, body=body))
        return Call(request, _read_template, self._subject(template_id), doubt=SAY_AGAIN)

    def delete(self, template_id: str | int) -> Call[None]:
        """Return the call that deletes a template."""
        request = api.delete_template_request(self._app, segment("template_id", template_id))
        return Call(request, nothing, self._subject(template_id), doubt=SAY_AGAIN, confirms=is_gone)

    def _subject(self, template_id: str | int) -> str:
        return f"template {template_id} of app {self._app}"


def checked_tokens(tokens: Iterable[TimelineEventTemplateToken]) -> list[TimelineEventTemplateToken]:
    """Return the tokens of a template. Raises OptionError for what is none, is there twice, or is too much."""
    found: Sequence[Any] = list(tokens)
    for index, one in enumerate(found):
        if not isinstance(one, TimelineEventTemplateToken):
            raise OptionError(f"tokens[{index}] is a {type(one).__name__}; make one with token()")
        if any(one.name == other.name for other in found[:index]):
            raise OptionError(f"tokens has {one.name} twice")
    if len(found) > _MOST_TOKENS:
        raise OptionError(f"tokens has {len(found)}; a template has at most {_MOST_TOKENS}")
    return list(found)


def is_gone(error: ApiError) -> bool:
    """Tell whether the service itself says that what was to be deleted is not there."""
    return error.status == 404 and bool(error.body)  # not a page of an edge server


def _read_list(content: bytes) -> list[TimelineEventTemplate]:
    return TimelineEventTemplateList.from_dict(json.loads(content)).results


def _read_template(content: bytes) -> TimelineEventTemplate:
    return TimelineEventTemplate.from_dict(json.loads(content))
