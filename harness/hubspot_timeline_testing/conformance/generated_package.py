"""A generated client package, and the names that openapi-python-client gives to its parts."""

import builtins
import keyword
import pkgutil
import re
from importlib import import_module
from types import ModuleType
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.openapi import OperationObject

_RESERVED = (set(dir(builtins)) | {"self", "true", "false", "datetime"}) - {"id"}


def python_name(json_name: str) -> str:
    """Return the name of an attribute or a parameter, such as `timeline_i_frame` for `timelineIFrame`."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", json_name).replace("-", "_").lower()
    return f"{snake}_" if keyword.iskeyword(snake) or snake in _RESERVED else snake


def module_name(operation: OperationObject) -> str:
    """Return the module of an operation within `api`, such as `events.create_events`."""
    tag = python_name(operation.tags[0]) if operation.tags else "default"
    return f"{tag}.{python_name(operation.id)}"


@frozen
class GeneratedPackage:
    """An imported generated package."""

    name: str
    models: ModuleType
    client: ModuleType
    unset: Any

    @classmethod
    def load(cls, name: str) -> "GeneratedPackage":
        """Import a package. Raises ImportError for a package that openapi-python-client did not generate."""
        try:
            models, client, types = (import_module(f"{name}.{part}") for part in ("models", "client", "types"))
            return cls(name, models, client, types.Unset)
        except (ImportError, AttributeError) as error:
            raise ImportError(
                f"{name} is not a client that can be imported ({error}); pass the import name of a package that "
                "openapi-python-client generated"
            ) from error

    def operation_names(self) -> set[str]:
        """Return the modules within `api` that are operations, such as `events.create_events`."""
        api = import_module(f"{self.name}.api")
        modules = pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        return {module.name.removeprefix(f"{api.__name__}.") for module in modules if not module.ispkg}

    def operation(self, operation: OperationObject) -> ModuleType:
        """Return the module of an operation. Raises ImportError."""
        return import_module(f"{self.name}.api.{module_name(operation)}")
