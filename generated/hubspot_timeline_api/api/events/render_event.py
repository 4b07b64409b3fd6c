from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.error_body import ErrorBody
from ...types import UNSET, Response, Unset


def _get_kwargs(
    event_template_id: str,
    event_id: str,
    *,
    detail: bool | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["detail"] = detail

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/integrators/timeline/v3/events/{event_template_id}/{event_id}/render".format(
            event_template_id=quote(str(event_template_id), safe=""),
            event_id=quote(str(event_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | str:
    if response.status_code == 200:
        response_200 = response.text
        return response_200

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    response_default = ErrorBody.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorBody | str]:
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
    detail: bool | Unset = UNSET,
) -> Response[ErrorBody | str]:
    """Read the header or the detail of an event as HTML.

     Returns the header template of the event with its tokens in it, as HTML; with detail=true the detail
    template.

    Args:
        event_template_id (str):
        event_id (str):
        detail (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | str]
    """

    kwargs = _get_kwargs(
        event_template_id=event_template_id,
        event_id=event_id,
        detail=detail,
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
    detail: bool | Unset = UNSET,
) -> ErrorBody | str | None:
    """Read the header or the detail of an event as HTML.

     Returns the header template of the event with its tokens in it, as HTML; with detail=true the detail
    template.

    Args:
        event_template_id (str):
        event_id (str):
        detail (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | str
    """

    return sync_detailed(
        event_template_id=event_template_id,
        event_id=event_id,
        client=client,
        detail=detail,
    ).parsed


async def asyncio_detailed(
    event_template_id: str,
    event_id: str,
    *,
    client: AuthenticatedClient,
    detail: bool | Unset = UNSET,
) -> Response[ErrorBody | str]:
    """Read the header or the detail of an event as HTML.

     Returns the header template of the event with its tokens in it, as HTML; with detail=true the detail
    template.

    Args:
        event_template_id (str):
        event_id (str):
        detail (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorBody | str]
    """

    kwargs = _get_kwargs(
        event_template_id=event_template_id,
        event_id=event_id,
        detail=detail,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    event_template_id: str,
    event_id: str,
    *,
    client: AuthenticatedClient,
    detail: bool | Unset = UNSET,
) -> ErrorBody | str | None:
    """Read the header or the detail of an event as HTML.

     Returns the header template of the event with its tokens in it, as HTML; with detail=true the detail
    template.

    Args:
        event_template_id (str):
        event_id (str):
        detail (bool | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorBody | str
    """

    return (
        await asyncio_detailed(
            event_template_id=event_template_id,
            event_id=event_id,
            client=client,
            detail=detail,
        )
    ).parsed
