"""A generated package, and how openapi-python-client names what is in it."""

import builtins
import keyword
import pkgutil
import re
from importlib import import_module
from types import ModuleType
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.openapi.operation_objects import Operation

_TAKEN = (set(dir(builtins)) | {"self", "true", "false", "datetime"}) - {"id"}


def python_name(wire_name: str) -> str:
    """Return the name of an attribute or an argument, such as `timeline_i_frame` for `timelineIFrame`."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", wire_name).replace("-", "_").lower()
    return f"{snake}_" if keyword.iskeyword(snake) or snake in _TAKEN else snake


def module_name(operation: Operation) -> str:
    """Return where the functions of an operation are within `api`, such as `events.create_events`."""
    tag = python_name(operation.tags[0]) if operation.tags else "default"
    return f"{tag}.{python_name(operation.id)}"


@frozen
class Package:
    """A generated package that was imported."""

    name: str
    models: ModuleType
    client: ModuleType
    unset: Any

    @classmethod
    def load(cls, name: str) -> "Package":
        """Import a package. Raises ImportError, which says so, for what is none that was generated."""
        try:
            models, client, types = (import_module(f"{name}.{part}") for part in ("models", "client", "types"))
            return cls(name, models, client, types.Unset)
        except (ImportError, AttributeError) as error:
            raise ImportError(
                f"{name} is no client that can be imported ({error}); give the name, as in an import, "
                "of a package that openapi-python-client generated"
            ) from error

    def operation_names(self) -> set[str]:
        """Return the modules within `api` that are operations, such as `events.create_events`."""
        api = import_module(f"{self.name}.api")
        found = pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        return {each.name.removeprefix(f"{api.__name__}.") for each in found if not each.ispkg}

    def operation(self, operation: Operation) -> ModuleType:
        """Return the module of an operation. Raises ImportError."""
        return import_module(f"{self.name}.api.{module_name(operation)}")
