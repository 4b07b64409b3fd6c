"""`hubspot-timeline validate`: checks the events of files without sending them."""

import json

import typer

from hubspot_timeline.apis import V3_VERSION, open_apis
from hubspot_timeline.cli.check import Check
from hubspot_timeline.cli.console import error_console, log_messages, print_line
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.cli.options import (
    AccountColumn,
    ApiVersion,
    AsJson,
    ColumnMap,
    ColumnMapFile,
    Delimiter,
    Encoding,
    EventType,
    EventTypes,
    FileFormat,
    Files,
    Template,
    TemplatesPath,
    TimeFormat,
    TimeZone,
    csv_options,
)
from hubspot_timeline.delivery.batches import Batcher, BatchLimits
from hubspot_timeline.execution.reader import EventReader, Preparation
from hubspot_timeline.files import FileOptions, read_event_types, read_files, read_templates


def validate(
    files: Files,
    *,
    api: ApiVersion = V3_VERSION,
    event_types: EventTypes = None,
    template: Template = None,
    event_type: EventType = None,
    templates: TemplatesPath = None,
    file_format: FileFormat = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    time_zone: TimeZone = None,
    time_format: TimeFormat = None,
    column_map: ColumnMap = None,
    column_map_file: ColumnMapFile = None,
    account_column: AccountColumn = None,
    as_json: AsJson = False,
) -> None:
    """Check the events of files without sending them."""
    console = error_console()
    failures = Failures(console)
    csv = csv_options(
        files,
        file_format,
        delimiter=delimiter,
        encoding=encoding,
        time_zone=time_zone,
        time_format=time_format,
        column_map=column_map,
        column_map_file=column_map_file,
    )
    primary = open_apis(api, None, read_event_types(event_types) if event_types else None).primary
    preparation = Preparation(primary, read_templates(templates) if templates else None)
    check = Check(failures)
    with log_messages(console):
        options = FileOptions(
            file_format=file_format,
            csv=csv,
            template=template,
            event_type=event_type,
            event_format=primary.event_format,
            account_column=account_column,
        )
        rows = read_files(files, failures.report_file, **options)
        check.read(rows, EventReader(Batcher(BatchLimits()), preparation))
    failures.show_hidden_count()
    counts = check.counts
    if as_json:
        print_line(json.dumps({"total": counts.total, "valid": counts.valid, "invalid": counts.invalid}))
    else:
        print_line(counts.sentence())
    raise typer.Exit(Exit.of(total=counts.total, succeeded=counts.valid, file_errors=failures.file_errors))
