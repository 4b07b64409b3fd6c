from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.app_event_batch import AppEventBatch
from ...models.app_event_batch_result import AppEventBatchResult
from ...models.error_body import ErrorBody
from ...types import Response


def _get_kwargs(
    version: str,
    *,
    body: AppEventBatch,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/integrators/timeline/{version}/events/batch".format(
            version=quote(str(version), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AppEventBatchResult | ErrorBody:
    if response.status_code == 200:
        response_200 = AppEventBatchResult.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorBody.from_dict(response.json())

        return response_400

    if response.status_code == 409:
        response_409 = ErrorBody.from_dict(response.json())

        return response_409

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AppEventBatchResult | ErrorBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    version: str,
    *,
    client: AuthenticatedClient,
    body: AppEventBatch,
) -> Response[AppEventBatchResult | ErrorBody]:
    """Create several events, all or none.

     Creates each event of the batch, or none of them: one event that is invalid, or whose id exists
    already, makes the service refuse the whole batch. If the response was lost, one event of the batch
    settles what happened, provided that nobody else uses its id: the 409 for it says that all were
    created.

    Args:
        version (str):
        body (AppEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppEventBatchResult | ErrorBody]
    """

    kwargs = _get_kwargs(
        version=version,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    version: str,
    *,
    client: AuthenticatedClient,
    body: AppEventBatch,
) -> AppEventBatchResult | ErrorBody | None:
    """Create several events, all or none.

     Creates each event of the batch, or none of them: one event that is invalid, or whose id exists
    already, makes the service refuse the whole batch. If the response was lost, one event of the batch
    settles what happened, provided that nobody else uses its id: the 409 for it says that all were
    created.

    Args:
        version (str):
        body (AppEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppEventBatchResult | ErrorBody
    """

    return sync_detailed(
        version=version,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    version: str,
    *,
    client: AuthenticatedClient,
    body: AppEventBatch,
) -> Response[AppEventBatchResult | ErrorBody]:
    """Create several events, all or none.

     Creates each event of the batch, or none of them: one event that is invalid, or whose id exists
    already, makes the service refuse the whole batch. If the response was lost, one event of the batch
    settles what happened, provided that nobody else uses its id: the 409 for it says that all were
    created.

    Args:
        version (str):
        body (AppEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AppEventBatchResult | ErrorBody]
    """

    kwargs = _get_kwargs(
        version=version,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    version: str,
    *,
    client: AuthenticatedClient,
    body: AppEventBatch,
) -> AppEventBatchResult | ErrorBody | None:
    """Create several events, all or none.

     Creates each event of the batch, or none of them: one event that is invalid, or whose id exists
    already, makes the service refuse the whole batch. If the response was lost, one event of the batch
    settles what happened, provided that nobody else uses its id: the 409 for it says that all were
    created.

    Args:
        version (str):
        body (AppEventBatch): The events of one request.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AppEventBatchResult | ErrorBody
    """

    return (
        await asyncio_detailed(
            version=version,
            client=client,
            body=body,
        )
    ).parsed
