"""Files of events: JSON Lines and CSV in, dead letters out; templates, event types."""

from hubspot_timeline.files.accounts import accounts_from_environment, read_accounts
from hubspot_timeline.files.csv_options import CsvOptions, read_columns
from hubspot_timeline.files.dead_letters import DeadLetters
from hubspot_timeline.files.event_types import read_event_types
from hubspot_timeline.files.reader import FileOptions, Format, read_file, read_files
from hubspot_timeline.files.rows import Row, RowError
from hubspot_timeline.files.sources import FileError
from hubspot_timeline.files.templates import read_new_template, read_template_list, read_templates

__all__ = [
    "CsvOptions",
    "DeadLetters",
    "FileError",
    "FileOptions",
    "Format",
    "Row",
    "RowError",
    "accounts_from_environment",
    "read_accounts",
    "read_columns",
    "read_event_types",
    "read_file",
    "read_files",
    "read_new_template",
    "read_template_list",
    "read_templates",
]
