"""`hubspot-timeline validate`: what `send` would refuse, without sending."""

import json

import typer

from hubspot_timeline.cli.consoles import errors, say
from hubspot_timeline.cli.exits import Exit
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.options import AsJson, Files, Form, Template, TemplatesPath, usage_errors
from hubspot_timeline.errors import EventError
from hubspot_timeline.execution.reader import prepare
from hubspot_timeline.files import Row, read_files, read_templates
from hubspot_timeline.templates.validation import TemplateRules


def validate(
    files: Files,
    *,
    template: Template = None,
    templates: TemplatesPath = None,
    form: Form = None,
    as_json: AsJson = False,
) -> None:
    """Check the events of files without sending them."""
    console = errors()
    failures = Failures(console)
    read = valid = 0
    with usage_errors(console):
        rules = read_templates(templates) if templates else None
        for row in read_files(files, failures.problem, form=form, template=template):
            error = _problem(read, row, rules)
            read += 1
            if error:
                failures.tell(row.origin, error)
            else:
                valid += 1
    failures.tell_rest()
    if as_json:
        say(json.dumps({"total": read, "valid": valid, "invalid": read - valid}))
    else:
        say(f"{read:,} events read: {valid:,} valid, {read - valid:,} not.")
    raise typer.Exit(Exit.of(read=read, good=valid, problems=failures.problems))


def _problem(position: int, row: Row, rules: TemplateRules | None) -> EventError | None:
    try:
        prepare(position, row.event, rules)
    except EventError as error:
        return error
    return None
