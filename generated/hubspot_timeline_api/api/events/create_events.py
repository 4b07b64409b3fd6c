from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.timeline_event_batch import TimelineEventBatch
from ...models.timeline_event_batch_result import TimelineEventBatchResult
from ...types import Response


def _get_kwargs(
    *,
    body: TimelineEventBatch,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/integrators/timeline/v3/events/batch/create",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TimelineEventBatchResult:
    if response.status_code == 200:
        response_200 = TimelineEventBatchResult.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = TimelineEventBatchResult.from_dict(response.json())

        return response_201

    if response.status_code == 207:
        response_207 = TimelineEventBatchResult.from_dict(response.json())

        return response_207

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | TimelineEventBatchResult]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: TimelineEventBatch,
) -> Response[ErrorBody | TimelineEventBatchResult]:
    """Create several timeline events.

     Creates up to one batch of events. Each event lands on the record that its objectId, utk or email
    identifies. Events cannot be changed afterwards. There is no idempotency header: an id that the
    sender chooses and keeps is the only protection against creating an event twice.

    Args:
        body (TimelineEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventBatchResult]
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
    body: TimelineEventBatch,
) -> ErrorBody | TimelineEventBatchResult | None:
    """Create several timeline events.

     Creates up to one batch of events. Each event lands on the record that its objectId, utk or email
    identifies. Events cannot be changed afterwards. There is no idempotency header: an id that the
    sender chooses and keeps is the only protection against creating an event twice.

    Args:
        body (TimelineEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventBatchResult
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TimelineEventBatch,
) -> Response[ErrorBody | TimelineEventBatchResult]:
    """Create several timeline events.

     Creates up to one batch of events. Each event lands on the record that its objectId, utk or email
    identifies. Events cannot be changed afterwards. There is no idempotency header: an id that the
    sender chooses and keeps is the only protection against creating an event twice.

    Args:
        body (TimelineEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventBatchResult]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TimelineEventBatch,
) -> ErrorBody | TimelineEventBatchResult | None:
    """Create several timeline events.

     Creates up to one batch of events. Each event lands on the record that its objectId, utk or email
    identifies. Events cannot be changed afterwards. There is no idempotency header: an id that the
    sender chooses and keeps is the only protection against creating an event twice.

    Args:
        body (TimelineEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventBatchResult
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
