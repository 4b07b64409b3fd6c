from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.timeline_event import TimelineEvent
from ...models.timeline_event_result import TimelineEventResult
from ...types import Response


def _get_kwargs(
    *,
    body: TimelineEvent,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/integrators/timeline/v3/events",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TimelineEventResult:
    if response.status_code == 201:
        response_201 = TimelineEventResult.from_dict(response.json())

        return response_201

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | TimelineEventResult]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: TimelineEvent,
) -> Response[ErrorBody | TimelineEventResult]:
    """Create one timeline event.

     The same as a batch of one, but that an event which breaks a rule is answered with a refusal.

    Args:
        body (TimelineEvent): One event to create. Written as JSON it may take at most 1 MB.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventResult]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: TimelineEvent,
) -> ErrorBody | TimelineEventResult | None:
    """Create one timeline event.

     The same as a batch of one, but that an event which breaks a rule is answered with a refusal.

    Args:
        body (TimelineEvent): One event to create. Written as JSON it may take at most 1 MB.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventResult
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TimelineEvent,
) -> Response[ErrorBody | TimelineEventResult]:
    """Create one timeline event.

     The same as a batch of one, but that an event which breaks a rule is answered with a refusal.

    Args:
        body (TimelineEvent): One event to create. Written as JSON it may take at most 1 MB.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventResult]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TimelineEvent,
) -> ErrorBody | TimelineEventResult | None:
    """Create one timeline event.

     The same as a batch of one, but that an event which breaks a rule is answered with a refusal.

    Args:
        body (TimelineEvent): One event to create. Written as JSON it may take at most 1 MB.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventResult
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
