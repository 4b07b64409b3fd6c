"""What the data source refuses on the driver, before anything is sent, with what to do instead."""

from typing import Any

import pytest
from pyspark.sql.types import StructType

from hubspot_timeline.errors import OptionError
from hubspot_timeline.spark.options import parse_options
from pyspark_hubspot_timeline import DefaultSource
from tests.helpers.spark_tasks import COLUMNS, schema

CREDENTIALS = {"credentials": "module:function"}
UNARRANGED = schema(by_account=False)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (
            schema(*COLUMNS[1:]),
            {},
            r"the column 'id' is missing.*name it by option idColumn, or set option ids=content",
        ),
        (schema(*COLUMNS, "emial"), {}, r"column 'emial' is not a field of an event; did you mean email\?; drop"),
        (schema(*COLUMNS, "key"), {"idColumn": "key"}, "column 'id' is not a field of an event"),
        (schema(*COLUMNS), {"credentials": None}, r"'account'; option accountColumn\) need option credentials"),
        (schema("id", *COLUMNS[2:]), {}, r"'account'; option accountColumn\) need option credentials"),
        (UNARRANGED, {}, r"write events_by_account\(df\).*, or share the limit by option rateStore"),
        (UNARRANGED, {"ids": "content", "rateStore": "redis://host/0"}, r"events_by_account\(df\).*spark$"),
        (schema(), {"tokn": "x"}, "option tokn: is unknown; use one of api, "),
        (schema(), {"batchsiz": "5"}, "option batchsiz: is unknown; did you mean batchSize"),
        (schema(), {"path": "/x"}, "option path: is unknown; save"),
        (schema(), {"credentials": "pat-na1-secret"}, "option credentials: name the function"),
        (schema(), {"onRejected": "deadLetter"}, "option deadLetterPath: goes with onRejected=deadLetter"),
        (schema(), {"onRejected": "fail", "deadLetterPath": "/x"}, "option deadLetterPath: goes with"),
        (schema(), {"deadLetterPath": "dead"}, "option deadLetterPath: .*give an absolute path, or a URL"),
        (schema(), {"reportPath": "ftp://x"}, "option reportPath: .*give an absolute path, or a URL"),
        (schema(), {"rateLimit": "fast"}, "option rateLimit: is 'fast'; write requests/seconds"),
        (schema(), {"batchSize": "many"}, "option batchSize: is 'many', not a number"),
        (schema(), {"ids": "uuid"}, "option ids: is 'uuid'; use one of column, content"),
    ],
)
def test_what_could_be_sent_twice_too_fast_or_not_at_all(
    columns: StructType, options: dict[str, Any], message: str
) -> None:
    """For batches and streams."""
    source = DefaultSource({**CREDENTIALS, **options})
    with pytest.raises(OptionError, match=message):
        source.writer(columns, overwrite=False)
    with pytest.raises(OptionError, match=message):
        source.streamWriter(columns, overwrite=False)


def test_a_secret_given_as_credentials_is_not_quoted() -> None:
    """In the error, which a log may have."""
    with pytest.raises(OptionError) as caught:
        parse_options({"credentials": "pat-na1-secret"})
    assert "secret" not in str(caught.value)


def test_overwriting_is_refused() -> None:
    """Since events cannot be deleted."""
    for open_writer in (DefaultSource(CREDENTIALS).writer, DefaultSource(CREDENTIALS).streamWriter):
        with pytest.raises(OptionError, match=r'cannot be overwritten; use .mode\("append"\)'):
            open_writer(schema(), overwrite=True)


def test_a_stream_needs_ids_of_its_own() -> None:
    """Ids by content count equal rows, of which another micro-batch may have more."""
    with pytest.raises(OptionError, match="option ids: content is for batches"):
        DefaultSource({**CREDENTIALS, "ids": "content"}).streamWriter(schema(), overwrite=False)


def test_names_are_those_of_spark_or_of_python() -> None:
    """In any case; what a stream passes on for itself is accepted."""
    given = {
        "batchsize": "7",
        "RATE_LIMIT": "20/5s",
        "max_errors": 3,
        "checkpointLocation": "/x",
        "onRejected": "IGNORE",
    }
    found = parse_options(given)
    assert (found.client["batch"].max_events, found.rate_limit.requests) == (7, 20)  # type: ignore[union-attr]
    assert found.on_rejected == "ignore"
