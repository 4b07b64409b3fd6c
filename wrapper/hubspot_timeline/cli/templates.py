"""`hubspot-timeline templates`: the templates of an app, as JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.text import Text

from hubspot_timeline.cli.console import errors, say
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.cli.options import BaseUrl, TokenFile, usage_errors
from hubspot_timeline.cli.target import target
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.config import APP_ID_VARIABLE
from hubspot_timeline.errors import OptionError, TimelineError
from hubspot_timeline.files import FileError, read_new_template
from hubspot_timeline.resources.threaded import Templates

templates = typer.Typer(
    help="List, read, create and delete the templates of an app; a list is what --templates takes.",
    no_args_is_help=True,
    epilog="Exit codes: 0 it was done · 1 the service refused it, or could not be asked · 2 bad usage",
)

AppId: TypeAlias = Annotated[
    int | None, typer.Option(help="The app that the templates belong to.", envvar=APP_ID_VARIABLE)
]
TemplateId: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="The id of a template.")]
TemplateFile: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="FILE", help="JSON with name, objectType and tokens, as get shows; - is standard input."),
]


@templates.command("list")
def list_(*, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None) -> None:
    """Show all templates of the app."""
    with _asked(app_id, base_url, token_file) as words:
        _show({"results": [template.to_dict() for template in words.list()]})


@templates.command()
def get(
    template_id: TemplateId, *, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None
) -> None:
    """Show one template."""
    with _asked(app_id, base_url, token_file) as words:
        _show(words.get(template_id).to_dict())


@templates.command()
def create(file: TemplateFile, *, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None) -> None:
    """Create the template in a file, and show it with its id."""
    with _asked(app_id, base_url, token_file) as words:
        new = read_new_template(file)
        header, detail = new.header_template or None, new.detail_template or None
        made = words.create(new.name, new.object_type, tokens=new.tokens, header=header, detail=detail)
        _show(made.to_dict())


@templates.command()
def delete(
    template_id: TemplateId, *, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None
) -> None:
    """Delete a template."""
    with _asked(app_id, base_url, token_file) as words:
        words.delete(template_id)
        errors().print(Text(f"Template {template_id} is deleted."))


@contextmanager
def _asked(app_id: int | None, base_url: str | None, token_file: Path | None) -> Iterator[Templates]:
    """Give the words of a client; an error becomes its message and the exit code."""
    console = errors()
    with usage_errors(console):
        try:
            with (
                target(base_url, token_file, use_sandbox=False) as goal,
                TimelineClient(goal.token, base_url=goal.base_url, app_id=app_id) as timeline,
            ):
                yield timeline.templates
        except (OptionError, FileError):
            raise
        except TimelineError as error:
            console.print(Text(f"Error: {error}"), style="red", soft_wrap=True)
            raise typer.Exit(Exit.SOME) from error


def _show(value: dict[str, Any]) -> None:
    say(json.dumps(value, indent=2, ensure_ascii=False))
