from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.app_event import AppEvent
from ...models.error_body import ErrorBody
from ...types import Response


def _get_kwargs(
    version: str,
    *,
    body: AppEvent,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/integrators/timeline/{version}/events".format(
            version=quote(str(version), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | AppEvent | ErrorBody:
    if response.status_code == 200:
        response_200 = cast(Any, None)
        return response_200

    if response.status_code == 201:
        response_201 = AppEvent.from_dict(response.json())

        return response_201

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
) -> Response[Any | AppEvent | ErrorBody]:
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
    body: AppEvent,
) -> Response[Any | AppEvent | ErrorBody]:
    """Create one event.

     Creates an event on the record that its objectId, utk or email identifies. Since no operation reads
    an event, the 409 for an id that exists is the only evidence that it was created.

    Args:
        version (str):
        body (AppEvent): One event, to create or as the service created it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | AppEvent | ErrorBody]
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
    body: AppEvent,
) -> Any | AppEvent | ErrorBody | None:
    """Create one event.

     Creates an event on the record that its objectId, utk or email identifies. Since no operation reads
    an event, the 409 for an id that exists is the only evidence that it was created.

    Args:
        version (str):
        body (AppEvent): One event, to create or as the service created it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | AppEvent | ErrorBody
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
    body: AppEvent,
) -> Response[Any | AppEvent | ErrorBody]:
    """Create one event.

     Creates an event on the record that its objectId, utk or email identifies. Since no operation reads
    an event, the 409 for an id that exists is the only evidence that it was created.

    Args:
        version (str):
        body (AppEvent): One event, to create or as the service created it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | AppEvent | ErrorBody]
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
    body: AppEvent,
) -> Any | AppEvent | ErrorBody | None:
    """Create one event.

     Creates an event on the record that its objectId, utk or email identifies. Since no operation reads
    an event, the 409 for an id that exists is the only evidence that it was created.

    Args:
        version (str):
        body (AppEvent): One event, to create or as the service created it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | AppEvent | ErrorBody
    """

    return (
        await asyncio_detailed(
            version=version,
            client=client,
            body=body,
        )
    ).parsed
