from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.timeline_event_template import TimelineEventTemplate
from ...models.timeline_event_template_update import TimelineEventTemplateUpdate
from ...types import Response


def _get_kwargs(
    app_id: int,
    event_template_id: str,
    *,
    body: TimelineEventTemplateUpdate,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/integrators/timeline/v3/{app_id}/event-templates/{event_template_id}".format(
            app_id=quote(str(app_id), safe=""),
            event_template_id=quote(str(event_template_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TimelineEventTemplate:
    if response.status_code == 200:
        response_200 = TimelineEventTemplate.from_dict(response.json())

        return response_200

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | TimelineEventTemplate]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    event_template_id: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateUpdate,
) -> Response[ErrorBody | TimelineEventTemplate]:
    """Replace the name, the texts and the tokens of a template.

     Replaces the name, the header, the detail and all tokens of a template. Its id and its object type
    stay.

    Args:
        app_id (int):
        event_template_id (str):
        body (TimelineEventTemplateUpdate): A template as it is to become.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventTemplate]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        event_template_id=event_template_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    event_template_id: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateUpdate,
) -> ErrorBody | TimelineEventTemplate | None:
    """Replace the name, the texts and the tokens of a template.

     Replaces the name, the header, the detail and all tokens of a template. Its id and its object type
    stay.

    Args:
        app_id (int):
        event_template_id (str):
        body (TimelineEventTemplateUpdate): A template as it is to become.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventTemplate
    """

    return sync_detailed(
        app_id=app_id,
        event_template_id=event_template_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    event_template_id: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateUpdate,
) -> Response[ErrorBody | TimelineEventTemplate]:
    """Replace the name, the texts and the tokens of a template.

     Replaces the name, the header, the detail and all tokens of a template. Its id and its object type
    stay.

    Args:
        app_id (int):
        event_template_id (str):
        body (TimelineEventTemplateUpdate): A template as it is to become.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventTemplate]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        event_template_id=event_template_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    event_template_id: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateUpdate,
) -> ErrorBody | TimelineEventTemplate | None:
    """Replace the name, the texts and the tokens of a template.

     Replaces the name, the header, the detail and all tokens of a template. Its id and its object type
    stay.

    Args:
        app_id (int):
        event_template_id (str):
        body (TimelineEventTemplateUpdate): A template as it is to become.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventTemplate
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            event_template_id=event_template_id,
            client=client,
            body=body,
        )
    ).parsed
