"""`hubspot-timeline templates`: the templates of an app, as JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from hubspot_timeline.cli.console import error_console, print_line, show
from hubspot_timeline.cli.options import AppId, BaseUrl, TokenFile
from hubspot_timeline.cli.target import open_target
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.files import read_new_template
from hubspot_timeline.resources import Templates

templates: typer.Typer = typer.Typer(
    name="templates",
    help="List, read, create, update and delete the templates of an app; --templates takes the list.",
    no_args_is_help=True,
    add_completion=False,
    epilog="Exit codes: 0 done · 1 the service refused the request, or did not respond · 2 bad usage · "
    "4 as 0, but standard output could not be written, and standard error has the result",
)

TemplateId: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="The id of a template.")]
TemplateFile: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="FILE", help="JSON with name, objectType and tokens, as get shows; - is standard input."),
]


@templates.command("list")
def list_(*, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None) -> None:
    """Show all templates of the app."""
    with _app_templates(app_id, base_url, token_file) as app:
        _show({"results": [template.to_dict() for template in app.list()]})


@templates.command()
def get(
    template_id: TemplateId, *, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None
) -> None:
    """Show one template."""
    with _app_templates(app_id, base_url, token_file) as app:
        _show(app.get(template_id).to_dict())


@templates.command()
def create(file: TemplateFile, *, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None) -> None:
    """Create the template in a file, and show it with its id."""
    with _app_templates(app_id, base_url, token_file) as app:
        new = read_new_template(file)
        header, detail = new.header_template or None, new.detail_template or None
        template = app.create(new.name, new.object_type, tokens=new.tokens, header=header, detail=detail)
        _show(template.to_dict())


@templates.command()
def update(
    template_id: TemplateId,
    file: TemplateFile,
    *,
    app_id: AppId = None,
    base_url: BaseUrl = None,
    token_file: TokenFile = None,
) -> None:
    """Replace the name and the tokens of a template by those in a file, and its texts if the file has them."""
    with _app_templates(app_id, base_url, token_file) as app:
        new = read_new_template(file)
        texts = (new.header_template, new.detail_template)
        header, detail = (text if isinstance(text, str) else None for text in texts)
        template = app.update(template_id, name=new.name, tokens=new.tokens, header=header, detail=detail)
        if template.object_type != new.object_type:
            show(error_console(), f"Its objectType stays {template.object_type}, since it cannot be changed.")
        _show(template.to_dict())


@templates.command()
def delete(
    template_id: TemplateId, *, app_id: AppId = None, base_url: BaseUrl = None, token_file: TokenFile = None
) -> None:
    """Delete a template."""
    with _app_templates(app_id, base_url, token_file) as app:
        app.delete(template_id)
        show(error_console(), f"Template {template_id} is deleted.")


@contextmanager
def _app_templates(app_id: int | None, base_url: str | None, token_file: Path | None) -> Iterator[Templates]:
    with (
        open_target(base_url, token_file, use_sandbox=False) as target,
        TimelineClient(target.token, base_url=target.base_url, app_id=app_id) as timeline,
    ):
        yield timeline.templates


def _show(value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    # JSON allows most control characters in text, but a terminal executes them.
    print_line("".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text))
