"""Checks the generated operations: their functions, parameters, requests and responses."""

from collections.abc import Iterator
from types import ModuleType

from hubspot_timeline_testing.conformance.exchanges import ExchangeCheck, function_names
from hubspot_timeline_testing.conformance.generated_package import GeneratedPackage, module_name, python_name
from hubspot_timeline_testing.conformance.mismatches import Mismatch, check_values
from hubspot_timeline_testing.conformance.python_types import PythonTypes, type_names
from hubspot_timeline_testing.openapi import OperationObject
from hubspot_timeline_testing.openapi.documents import Document

_CLIENTS = ("AuthenticatedClient", "Client")


def operation_mismatches(
    package: GeneratedPackage, operation: OperationObject, document: Document, max_examples: int
) -> Iterator[Mismatch]:
    """Yield the mismatches between an operation and its functions."""
    location = f"api.{module_name(operation)}"
    try:
        module = package.operation(operation)
    except ImportError:
        return  # find_mismatches() reports the missing module
    missing = [name for name in function_names(operation) if not hasattr(module, name)]
    yield from (Mismatch(f"{location}.{name}", "is missing") for name in missing)
    if missing:
        return
    yield from _parameter_mismatches(location, module, operation, PythonTypes(package, document))
    exchange = ExchangeCheck(package, module, operation)
    for status in operation.responses:
        yield from check_values(location, exchange.exchanges(status, document), exchange.check, max_examples)


def _parameter_mismatches(
    location: str, module: ModuleType, operation: OperationObject, types: PythonTypes
) -> Iterator[Mismatch]:
    expected = {
        python_name(parameter["name"]): types.expected(parameter["schema"], is_required=bool(parameter.get("required")))
        for parameter in operation.parameters
    }
    if operation.request:
        expected["body"] = types.expected(operation.request.schema, is_required=operation.is_body_required)
    clients = _CLIENTS[:1] if operation.security else _CLIENTS
    expected["client"] = {getattr(types.package.client, name) for name in clients}
    for function in function_names(operation):
        actual = types.annotations(getattr(module, function))
        for name in sorted((expected.keys() | actual.keys()) - {"return"}):
            if actual.get(name) != expected.get(name):
                texts = [type_names(each[name]) if name in each else "missing" for each in (actual, expected)]
                yield Mismatch(f"{location}.{function}({name})", f"is {texts[0]}, not {texts[1]}")
