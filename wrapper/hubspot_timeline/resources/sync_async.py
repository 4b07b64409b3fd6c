"""sync_and_async: a method that is defined once, blocks in one client and is awaited in the other."""

from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeAlias, TypeVar, overload

from msgspec import Struct

from hubspot_timeline.delivery.single_request import SingleRequest
from hubspot_timeline_api.models import TimelineEventTemplate

P = ParamSpec("P")
T = TypeVar("T")


class Sender(Protocol):
    """Sends a single request and returns its result; blocks."""

    def __call__(self, request: SingleRequest[T]) -> T:
        """Send a request. Raises TimelineError."""
        ...


class AsyncSender(Protocol):
    """Sends a single request and returns its result, with await."""

    async def __call__(self, request: SingleRequest[T]) -> T:
        """Send a request. Raises TimelineError."""
        ...


class SyncResource:
    """Base of a resource whose methods block; `app_id` and `api_version` are those of the client."""

    def __init__(self, send: Sender, app_id: int | None = None, api_version: str = "") -> None:
        self.send = send
        self.app_id = app_id
        self.api_version = api_version


class AsyncResource:
    """Base of a resource whose methods are awaited; `app_id` and `api_version` are those of the client."""

    def __init__(self, send: AsyncSender, app_id: int | None = None, api_version: str = "") -> None:
        self.send = send
        self.app_id = app_id
        self.api_version = api_version


class ReadFirst(Struct, Generic[T], frozen=True):
    """A request that is built from the present template, because the service replaces what the request leaves out."""

    template: SingleRequest[TimelineEventTemplate]
    build: Callable[[TimelineEventTemplate], SingleRequest[T]]


Built: TypeAlias = SingleRequest[T] | ReadFirst[T]


class sync_and_async(Generic[P, T]):  # noqa: N801 - used as a decorator
    """Turns a method that builds a request into one that sends it and returns its result.

    In a SyncResource the method blocks, in an AsyncResource it is a coroutine function. Parameters and docstring are
    those of the decorated method.
    """

    def __init__(self, build: Callable[Concatenate[Any, P], Built[T]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, resource: None, owner: type) -> "sync_and_async[P, T]": ...
    @overload
    def __get__(self, resource: SyncResource, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: AsyncResource, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, resource: SyncResource | AsyncResource | None, owner: type) -> Any:
        """Return the method of a resource."""
        if resource is None:
            return self
        bind = self._blocking if isinstance(resource, SyncResource) else self._awaited
        return update_wrapper(bind(resource), self._build)  # type: ignore[arg-type] # the one that its class takes

    def _blocking(self, resource: SyncResource) -> Callable[P, T]:
        def method(*args: P.args, **options: P.kwargs) -> T:
            request = self._build(resource, *args, **options)
            if isinstance(request, ReadFirst):
                request = request.build(resource.send(request.template))
            return resource.send(request)

        return method

    def _awaited(self, resource: AsyncResource) -> Callable[P, Coroutine[Any, Any, T]]:
        async def method(*args: P.args, **options: P.kwargs) -> T:
            request = self._build(resource, *args, **options)
            if isinstance(request, ReadFirst):
                request = request.build(await resource.send(request.template))
            return await resource.send(request)

        return method
