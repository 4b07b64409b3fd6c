"""Operations: which functions they have, and what those take."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from hubspot_timeline_testing.conformance.exchanges import Exchange, functions_of
from hubspot_timeline_testing.conformance.generated_package import Package, module_name, python_name
from hubspot_timeline_testing.conformance.mismatches import Breach, breach_of
from hubspot_timeline_testing.conformance.python_types import PythonTypes, names_of
from hubspot_timeline_testing.openapi.operation_objects import Operation

_CLIENTS = ("AuthenticatedClient", "Client")


def operation_breaches(
    package: Package, operation: Operation, document: Mapping[str, Any], max_examples: int
) -> Iterator[Breach]:
    """Yield where the functions of an operation depart from it."""
    where = f"api.{module_name(operation)}"
    try:
        module = package.operation(operation)
    except ImportError:
        return  # check_client has said so
    missing = [name for name in functions_of(operation) if not hasattr(module, name)]
    yield from (Breach(f"{where}.{name}", "is missing") for name in missing)
    if missing:
        return
    yield from _of_arguments(where, package, module, operation, document)
    exchange = Exchange(package, module, operation)
    for status in operation.responses:
        yield from breach_of(where, exchange.calls(status, document), exchange.check, max_examples)


def _of_arguments(
    where: str, package: Package, module: ModuleType, operation: Operation, document: Mapping[str, Any]
) -> Iterator[Breach]:
    types = PythonTypes(package, document)
    wanted = {
        python_name(each["name"]): types.wanted(each["schema"], is_required=bool(each.get("required")))
        for each in operation.parameters
    }
    if operation.request:
        wanted["body"] = types.wanted(operation.request.schema, is_required=operation.is_body_required)
    clients = _CLIENTS[:1] if operation.security else _CLIENTS
    wanted["client"] = {getattr(package.client, name) for name in clients}
    for function in functions_of(operation):
        takes = {name: hint for name, hint in types.hints(getattr(module, function)).items() if name != "return"}
        for name in sorted(wanted.keys() | takes.keys()):
            if takes.get(name) != wanted.get(name):
                told = [names_of(each[name]) if name in each else "missing" for each in (takes, wanted)]
                yield Breach(f"{where}.{function}({name})", f"is {told[0]}, not {told[1]}")
