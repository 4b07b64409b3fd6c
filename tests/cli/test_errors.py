"""Messages are in the words of the command, with the right number."""

import json
from pathlib import Path

import pytest

from hubspot_timeline import BadRequestError, EventError, OptionError
from hubspot_timeline.cli.errors import in_command_words
from hubspot_timeline.errors import api_error, counted, printable
from tests.helpers.clients import TimelineClient
from tests.helpers.command import run


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


def test_a_number_has_its_noun() -> None:
    """Singular for one alone, thousands with commas."""
    texts = [counted(number, "event") for number in (0, 1, 2, 1_000)]
    assert texts == ["0 events", "1 event", "2 events", "1,000 events"]


CONTROL = "\x1b[2J\x07\r\n\x85\u202e\u2028\x9b1m"
ESCAPED = r"\x1b[2J\x07\r\n\x85\u202e\u2028\x9b1m"


def test_control_characters_of_others_reach_no_terminal(tmp_path: Path) -> None:
    """Of a server, a row, a file name and an option: they could clear the screen, or forge lines."""
    folder = tmp_path / "odd"
    folder.mkdir()
    name = "a\x1b[2Jb.jsonl"
    (folder / name).write_text(
        json.dumps({"eventTemplateId": "1", "id": "x", "tokens": {CONTROL: "1"}, "email": "a@b.c"})
    )

    ended = run("validate", name, folder=folder)
    assert ended.code == 3
    assert ESCAPED in ended.err
    wrong = run("send", "--batch-size", f"1{CONTROL}", name, folder=folder)
    for text in (ended.err, ended.out, wrong.err):
        assert not set(text) & set(CONTROL.replace("\n", "").replace("[2J", "").replace("1m", ""))


def test_a_message_of_the_service_stays_on_one_line() -> None:
    """In its error, and without being too long."""
    error = BadRequestError(400, {"message": f"no{CONTROL}" + "x" * 10_000, "correlationId": "c\n7"})
    assert str(error).startswith(f"400: no{ESCAPED}x")
    assert "… (10," in str(error)
    assert str(error).endswith("Correct the event, or its template, and send it again.")
    assert "(correlationId c\\n7)" in str(error)
    assert str(EventError(f"is{CONTROL}", "id\n")) == f"id\\n: is{ESCAPED}"
    assert printable("naïve 日本語 🙂 a\xa0b") == "naïve 日本語 🙂 a\xa0b"


def test_a_validation_that_read_nothing_says_that(tmp_path: Path) -> None:
    """Rather than that all of nothing is valid."""
    assert run("validate", "missing.jsonl", folder=tmp_path).out == "Nothing was read.\n"
