"""Messages are in the words of the command, with the right number."""

import pytest

from hubspot_timeline import OptionError
from hubspot_timeline.cli.errors import in_command_words
from hubspot_timeline.errors import api_error, counted
from tests.helpers.clients import TimelineClient


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
