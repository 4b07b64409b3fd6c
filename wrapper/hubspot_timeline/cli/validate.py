"""`hubspot-timeline validate`: what `send` would refuse, without sending."""

import json

import typer

from hubspot_timeline.cli.console import errors, say
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.options import AsJson, Files, Form, Template, TemplatesPath, usage_errors
from hubspot_timeline.delivery.outcomes import Rejected
from hubspot_timeline.execution.reader import prepare
from hubspot_timeline.files import read_files, read_templates


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
            prepared = prepare(read, row.given, rules)
            read += 1
            if isinstance(prepared, Rejected):
                failures.tell(row.origin, prepared.error)
            else:
                valid += 1
    failures.tell_rest()
    if as_json:
        say(json.dumps({"total": read, "valid": valid, "invalid": read - valid}))
    else:
        say(f"{read:,} events read: {valid:,} valid, {read - valid:,} not.")
    raise typer.Exit(Exit.of(read=read, good=valid, problems=failures.problems))
