from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.timeline_event_template_token import TimelineEventTemplateToken
from ...models.timeline_event_template_token_update import (
    TimelineEventTemplateTokenUpdate,
)
from ...types import Response


def _get_kwargs(
    app_id: int,
    event_template_id: str,
    token_name: str,
    *,
    body: TimelineEventTemplateTokenUpdate,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/integrators/timeline/v3/{app_id}/event-templates/{event_template_id}/tokens/{token_name}".format(
            app_id=quote(str(app_id), safe=""),
            event_template_id=quote(str(event_template_id), safe=""),
            token_name=quote(str(token_name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TimelineEventTemplateToken:
    if response.status_code == 200:
        response_200 = TimelineEventTemplateToken.from_dict(response.json())

        return response_200

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | TimelineEventTemplateToken]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    app_id: int,
    event_template_id: str,
    token_name: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateTokenUpdate,
) -> Response[ErrorBody | TimelineEventTemplateToken]:
    """Replace the label and the options of a token.

     Replaces the label and the options of a token, and the property that its values are written to. Its
    name and its type stay.

    Args:
        app_id (int):
        event_template_id (str):
        token_name (str):
        body (TimelineEventTemplateTokenUpdate): A token as it is to become; its name and its type
            stay.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventTemplateToken]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        event_template_id=event_template_id,
        token_name=token_name,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    app_id: int,
    event_template_id: str,
    token_name: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateTokenUpdate,
) -> ErrorBody | TimelineEventTemplateToken | None:
    """Replace the label and the options of a token.

     Replaces the label and the options of a token, and the property that its values are written to. Its
    name and its type stay.

    Args:
        app_id (int):
        event_template_id (str):
        token_name (str):
        body (TimelineEventTemplateTokenUpdate): A token as it is to become; its name and its type
            stay.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventTemplateToken
    """

    return sync_detailed(
        app_id=app_id,
        event_template_id=event_template_id,
        token_name=token_name,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    app_id: int,
    event_template_id: str,
    token_name: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateTokenUpdate,
) -> Response[ErrorBody | TimelineEventTemplateToken]:
    """Replace the label and the options of a token.

     Replaces the label and the options of a token, and the property that its values are written to. Its
    name and its type stay.

    Args:
        app_id (int):
        event_template_id (str):
        token_name (str):
        body (TimelineEventTemplateTokenUpdate): A token as it is to become; its name and its type
            stay.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventTemplateToken]
    """

    kwargs = _get_kwargs(
        app_id=app_id,
        event_template_id=event_template_id,
        token_name=token_name,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    app_id: int,
    event_template_id: str,
    token_name: str,
    *,
    client: AuthenticatedClient,
    body: TimelineEventTemplateTokenUpdate,
) -> ErrorBody | TimelineEventTemplateToken | None:
    """Replace the label and the options of a token.

     Replaces the label and the options of a token, and the property that its values are written to. Its
    name and its type stay.

    Args:
        app_id (int):
        event_template_id (str):
        token_name (str):
        body (TimelineEventTemplateTokenUpdate): A token as it is to become; its name and its type
            stay.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventTemplateToken
    """

    return (
        await asyncio_detailed(
            app_id=app_id,
            event_template_id=event_template_id,
            token_name=token_name,
            client=client,
            body=body,
        )
    ).parsed
