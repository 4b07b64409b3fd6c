from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.developer_symbol import DeveloperSymbol
from ...models.error_body import ErrorBody
from ...models.event_type_name import EventTypeName
from ...types import Response


def _get_kwargs(
    version: str,
    *,
    body: DeveloperSymbol,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/integrators/timeline/{version}/types/projects".format(
            version=quote(str(version), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | EventTypeName:
    if response.status_code == 200:
        response_200 = EventTypeName.from_dict(response.json())

        return response_200

    if response.status_code == 404:
        response_404 = ErrorBody.from_dict(response.json())

        return response_404

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | EventTypeName]:
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
    body: DeveloperSymbol,
) -> Response[ErrorBody | EventTypeName]:
    """Look up the full name of an event type.

     Returns the name that identifies an event type in all accounts, by the project that defines the type
    and its uid in that project. Events may name either of them.

    Args:
        version (str):
        body (DeveloperSymbol): An event type, by the project that defines it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | EventTypeName]
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
    body: DeveloperSymbol,
) -> ErrorBody | EventTypeName | None:
    """Look up the full name of an event type.

     Returns the name that identifies an event type in all accounts, by the project that defines the type
    and its uid in that project. Events may name either of them.

    Args:
        version (str):
        body (DeveloperSymbol): An event type, by the project that defines it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | EventTypeName
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
    body: DeveloperSymbol,
) -> Response[ErrorBody | EventTypeName]:
    """Look up the full name of an event type.

     Returns the name that identifies an event type in all accounts, by the project that defines the type
    and its uid in that project. Events may name either of them.

    Args:
        version (str):
        body (DeveloperSymbol): An event type, by the project that defines it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | EventTypeName]
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
    body: DeveloperSymbol,
) -> ErrorBody | EventTypeName | None:
    """Look up the full name of an event type.

     Returns the name that identifies an event type in all accounts, by the project that defines the type
    and its uid in that project. Events may name either of them.

    Args:
        version (str):
        body (DeveloperSymbol): An event type, by the project that defines it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | EventTypeName
    """

    return (
        await asyncio_detailed(
            version=version,
            client=client,
            body=body,
        )
    ).parsed
