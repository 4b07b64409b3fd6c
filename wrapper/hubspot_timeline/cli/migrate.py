"""`hubspot-timeline migrate`: writes the event types of app events for the templates of v3."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hubspot_timeline.cli.console import error_console, print_line, show
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.errors import counted
from hubspot_timeline.files import FileError, read_event_types, read_template_list
from hubspot_timeline.files.event_types import EVENT_TYPES
from hubspot_timeline.files.sources import display_name
from hubspot_timeline.templates.migration import migrate as migrate_templates
from hubspot_timeline.templates.suggestions import listed


def migrate(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Templates as `templates list` shows them; - is standard input.")
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to; it is made where there is none.")],
    force: Annotated[
        bool,
        typer.Option("--force", help="Overwrite files that are in the folder, but keep the names in event-types.json."),
    ] = False,
) -> None:
    """Write an event type for each template (NAME-hsmeta.json), and event-types.json, which maps templates to them."""
    templates = read_template_list(file)
    known = read_event_types(str(out / EVENT_TYPES)) if force and _is_file(out / EVENT_TYPES) else {}
    migration = migrate_templates(templates, known)
    console = error_console()
    for problem in migration.problems:
        show(console, f"{display_name(file)}: {problem}", "red" if problem.is_error else "yellow")
    contents: dict[str, object] = {f"{each['uid']}-hsmeta.json": each for each in migration.event_types}
    _write(out, {**contents, EVENT_TYPES: migration.uids}, overwrite=force)
    print_line(f"{len(contents):,} of {counted(len(templates), 'template')} written to {out}, and {EVENT_TYPES}.")
    raise typer.Exit(Exit.of(total=len(templates), succeeded=len(contents), file_errors=0))


@contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"{error.filename} cannot be written: {error.strerror}; choose another folder") from error


@_file_errors()
def _write(folder: Path, contents: Mapping[str, object], *, overwrite: bool) -> None:
    """Write JSON files. Raises FileError before the first is written if one has other content, unless `overwrite`."""
    texts = {folder / name: _json(content) for name, content in contents.items()}
    before = {path: path.read_bytes() for path in texts if _is_file(path)}
    changed = {path: text for path, text in texts.items() if text != before.get(path)}
    existing = [path.name for path in changed if path in before]
    if existing and not overwrite:
        raise FileError(f"{folder} has {listed(existing)} already; nothing was written: --force overwrites them")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in changed.items():
        path.write_bytes(text)


@_file_errors()
def _is_file(path: Path) -> bool:
    """Return whether there is a file. Raises FileError if there is anything else, such as a link or a named pipe."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise FileError(f"{path} is not a regular file; remove it, or choose another folder")
    return path.exists()


def _json(value: object) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")  # half of a character is an escape in JSON too
