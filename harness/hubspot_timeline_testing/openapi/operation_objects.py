"""The operations of an OpenAPI document, with references resolved."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.openapi.documents import Document, document, resolve_reference

_METHODS = ("get", "put", "post", "delete", "patch")


@frozen
class MediaTypeObject:
    """The media type and the schema of a request or response body."""

    name: str
    schema: Mapping[str, Any]

    @property
    def schema_name(self) -> str | None:
        """Return the name of the component schema, None for an inline schema."""
        return self.schema["$ref"].rpartition("/")[2] if "$ref" in self.schema else None


@frozen
class OperationObject:
    """One operation. `responses` maps a status code, a range (`4XX`) or `default` to a body, None where it has none."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    parameters: tuple[Mapping[str, Any], ...]
    request: MediaTypeObject | None
    is_body_required: bool
    responses: Mapping[str, MediaTypeObject | None]
    security: tuple[Mapping[str, Any], ...]

    def response_key(self, status: int) -> str | None:
        """Return the key of `responses` that describes a status code; None if none does."""
        keys = (str(status), f"{status // 100}XX", "default")
        return next((key for key in keys if key in self.responses), None)


def operation_objects(spec: Document | None = None) -> Mapping[str, OperationObject]:
    """Return the operations of a document by operationId; of document() for None."""
    return _client_operations() if spec is None else {operation.id: operation for operation in _operations(spec)}


def operations(spec: Document | None = None) -> Mapping[str, tuple[str, str]]:
    """Return the HTTP method, such as POST, and the path of each operation by operationId."""
    return {name: (operation.method, operation.path) for name, operation in operation_objects(spec).items()}


def operation_path(operation_id: str) -> str:
    """Return the path of an operation. Raises LookupError for an unknown operation."""
    return _operation(operation_id).path


def security_of(operation_id: str) -> Sequence[Mapping[str, Any]]:
    """Return the alternative security requirements of an operation. Raises LookupError for an unknown operation."""
    return _operation(operation_id).security


@cache
def _client_operations() -> Mapping[str, OperationObject]:
    return operation_objects(document())


def _operation(operation_id: str) -> OperationObject:
    if operation_id not in _client_operations():
        raise LookupError(f"the document has no operation {operation_id}")
    return _client_operations()[operation_id]


def _operations(spec: Document) -> Iterator[OperationObject]:
    for path, item in spec.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                yield _operation_object(spec, path, method, item)


def _operation_object(spec: Document, path: str, method: str, item: Mapping[str, Any]) -> OperationObject:
    node = item[method]
    request = _resolve(spec, node.get("requestBody", {}))
    parameters = (*item.get("parameters", ()), *node.get("parameters", ()))
    return OperationObject(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        tags=tuple(node.get("tags", ())),
        parameters=tuple(_resolve(spec, parameter) for parameter in parameters),
        request=_body(request),
        is_body_required=bool(request.get("required")),
        responses={str(status): _body(_resolve(spec, response)) for status, response in node["responses"].items()},
        security=tuple(node.get("security", spec.get("security", ()))),
    )


def _resolve(spec: Document, node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = resolve_reference(spec, node["$ref"])
    return node


def _body(node: Mapping[str, Any]) -> MediaTypeObject | None:
    for name, media_type in node.get("content", {}).items():
        return MediaTypeObject(name, media_type["schema"])
    return None
