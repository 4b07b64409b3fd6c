"""What the generator calls the parts of the document; it is asked itself."""

from openapi_python_client.strings import ClassName, PythonIdentifier

from changes.change import Touch

PACKAGE = "hubspot_timeline_api"


def argument(name: str) -> str:
    """Return the argument or attribute of a property or parameter."""
    return PythonIdentifier(name, "field_")


def model(name: str) -> str:
    """Return the module of a schema's class."""
    return f"{PACKAGE}.models.{PythonIdentifier(ClassName(name, 'field_'), 'field_')}"


def function(operation: str, tags: object) -> str:
    """Return the module of an operation; its first tag is the package."""
    tag = tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else "default"
    return f"{PACKAGE}.api.{PythonIdentifier(tag, 'tag')}.{PythonIdentifier(operation, 'field_')}"


def of_schema(name: str) -> Touch:
    """Return what a schema is written into."""
    return Touch(model(name))


def of_property(schema: str, name: str) -> tuple[Touch, ...]:
    """Return what a property is written into; one with an object of its own has a class for it, too."""
    return Touch(model(schema), argument(name)), Touch(model(f"{schema}_{name}"))
