from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...models.timeline_event_result import TimelineEventResult
from ...types import Response


def _get_kwargs(
    event_template_id: str,
    event_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/integrators/timeline/v3/events/{event_template_id}/{event_id}".format(
            event_template_id=quote(str(event_template_id), safe=""),
            event_id=quote(str(event_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | TimelineEventResult:
    if response.status_code == 200:
        response_200 = TimelineEventResult.from_dict(response.json())

        return response_200

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
    event_template_id: str,
    event_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorBody | TimelineEventResult]:
    """Read one event back.

     Returns an event that exists, with the values that the service keeps.

    Args:
        event_template_id (str):
        event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventResult]
    """

    kwargs = _get_kwargs(
        event_template_id=event_template_id,
        event_id=event_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    event_template_id: str,
    event_id: str,
    *,
    client: AuthenticatedClient,
) -> ErrorBody | TimelineEventResult | None:
    """Read one event back.

     Returns an event that exists, with the values that the service keeps.

    Args:
        event_template_id (str):
        event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventResult
    """

    return sync_detailed(
        event_template_id=event_template_id,
        event_id=event_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    event_template_id: str,
    event_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ErrorBody | TimelineEventResult]:
    """Read one event back.

     Returns an event that exists, with the values that the service keeps.

    Args:
        event_template_id (str):
        event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | TimelineEventResult]
    """

    kwargs = _get_kwargs(
        event_template_id=event_template_id,
        event_id=event_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    event_template_id: str,
    event_id: str,
    *,
    client: AuthenticatedClient,
) -> ErrorBody | TimelineEventResult | None:
    """Read one event back.

     Returns an event that exists, with the values that the service keeps.

    Args:
        event_template_id (str):
        event_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | TimelineEventResult
    """

    return (
        await asyncio_detailed(
            event_template_id=event_template_id,
            event_id=event_id,
            client=client,
        )
    ).parsed
