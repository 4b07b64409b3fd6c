"""Messages are in the words of the command, with the right number."""

from pathlib import Path

import pytest

from hubspot_timeline import ApiError, BadRequestError, EventError, OptionError
from hubspot_timeline.cli.errors import in_command_words
from hubspot_timeline.errors import api_error, bad_request, counted, printable
from hubspot_timeline.files.sources import to_utf8
from tests.helpers.clients import TimelineClient
from tests.helpers.command import run_here


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "example.com"}, "--base-url (or HUBSPOT_TIMELINE_BASE_URL) is 'example.com'"),
        ({"app_id": 0}, "--app-id (or HUBSPOT_TIMELINE_APP_ID) is 0"),
        ({"max_in_flight": 0}, "--max-in-flight is 0"),
        ({"rate_limit_store": "x:"}, "--rate-limit-store (or HUBSPOT_TIMELINE_RATE_LIMIT_STORE) is 'x:'"),
    ],
)
def test_an_option_has_the_name_of_the_command(options: dict[str, object], message: str) -> None:
    """Python's name is not in the message."""
    with pytest.raises(OptionError) as caught:
        TimelineClient("t", **options)  # type: ignore[arg-type] # wrong values are what this is about
    text = in_command_words(str(caught.value))
    assert text.startswith(message)
    assert not any(name in text for name in options)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(413, "Make the event smaller, or lower --batch-size."), (477, "Wait for the time that the service names, which")],
)
def test_advice_has_the_options_of_the_command(status: int, advice: str) -> None:
    """What the service says is not changed."""
    text = in_command_words(str(api_error(status, {"message": "the rate is too high"})))
    assert "the rate is too high" in text
    assert advice in text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (api_error(404, {"message": "no template 7."}), "404: no template 7. Check the ids"),
        (bad_request(207, {"message": "no."}), "refused: no. Correct the event"),
        (bad_request(207, {"message": "no", "category": "VALIDATION_ERROR"}), "VALIDATION_ERROR: no. Correct the"),
    ],
)
def test_a_message_has_one_full_stop_and_no_status_of_a_batch(error: ApiError, text: str) -> None:
    """207 is the status of a whole response, in which an event has an error of its own."""
    assert str(error).startswith(text)


def test_a_number_has_its_noun() -> None:
    """Singular for one alone, thousands with commas."""
    texts = [counted(number, "event") for number in (0, 1, 2, 1_000)]
    assert texts == ["0 events", "1 event", "2 events", "1,000 events"]


CONTROL = "\x1b[2J\x07\r\n\x85\u202e\u2028\x9b1m"
ESCAPED = r"\x1b[2J\x07\r\n\x85\u202e\u2028\x9b1m"


def test_a_message_of_the_service_stays_on_one_line() -> None:
    """In its error, and without being too long."""
    error = BadRequestError(400, {"message": f"no{CONTROL}" + "x" * 10_000, "correlationId": "c\n7"})
    assert str(error).startswith(f"400: no{ESCAPED}x")
    assert "… (10," in str(error)
    assert str(error).endswith("Correct the event, or its template, and send it again.")
    assert "(correlationId c\\n7)" in str(error)
    assert str(EventError(f"is{CONTROL}", "id\n")) == f"id\\n: is{ESCAPED}"
    assert printable("naïve 日本語 🙂 a\xa0b") == "naïve 日本語 🙂 a\xa0b"


def test_a_file_that_is_not_utf8_is_reported_once_with_the_command_that_converts_it(tmp_path: Path) -> None:
    """Not for each of its rows; the name of the file is quoted for a shell."""
    row = '{"eventTemplateId":"1","tokens":{"name":"Jürgen"},"email":"a@b.c"}\n'
    (tmp_path / "my events.jsonl").write_bytes(row.encode("cp1252") * 3)

    lines = run_here("validate", "my events.jsonl", folder=tmp_path).err.splitlines()

    command = "iconv -f cp1252 -t utf-8 'my events.jsonl' > utf8.jsonl"
    assert lines == [
        f"my events.jsonl:1: the file is not UTF-8; if it is cp1252, convert it: {command}",
        "… and 2 more",
    ]
    assert to_utf8("standard input", "cp1252") == "convert its text with iconv -f cp1252 -t utf-8"


def test_off_a_terminal_no_message_is_wrapped(tmp_path: Path) -> None:
    """So that a path in it can be searched for, however long it is."""
    name = "x" * 120 + ".jsonl"
    (tmp_path / name).write_text('{"eventTemplateId":"1","tokens":{}}\n')
    path = "y" * 120
    options = ("--attempts", 1, "--dead-letters", path, "--base-url", f"http://127.0.0.1:9/{'z' * 120}")

    ended = run_here("send", *options, name, folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": "any-token"})
    usage = run_here("send", "--format", "z" * 120, folder=tmp_path)

    assert ended.err.startswith(f"Sending to http://127.0.0.1:9/{'z' * 120} in batches of 100, ")
    assert f"{name}:1: identifies no record; give objectId, utk or email" in ended.err.splitlines()
    assert f"Events not created, with their errors: {path}" in ended.out.splitlines()
    assert len(usage.err.splitlines()) == 2


def test_a_missing_template_is_explained_with_its_option(tmp_path: Path) -> None:
    """Which sets it for all rows."""
    (tmp_path / "rows.jsonl").write_text('{"tokens":{},"email":"a@b.c"}\n')
    text = "rows.jsonl:1: eventTemplateId: is missing; --template sets it for all rows without one\n"
    assert run_here("validate", "rows.jsonl", folder=tmp_path).err == text


def test_a_validation_that_read_nothing_says_that(tmp_path: Path) -> None:
    """Rather than that all of nothing is valid."""
    assert run_here("validate", "missing.jsonl", folder=tmp_path).out == "Nothing was read.\n"
