"""The sandbox takes what the service is known to take beyond the document, and answers by the document."""

from collections.abc import Iterator

import pytest

from tests.helpers.sandbox_calls import NOW_TEXT, Sandbox, event, opened


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("5", "5"),
        ("-0", "0"),
        ("1.50", "1.5"),
        ("true", "true"),
        ("false", "false"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('"5"', "5"),
    ],
)
def test_scalar_tokens_come_back_as_strings(sandbox: Sandbox, written: str, text: str) -> None:
    """Numbers and booleans among the tokens are accepted and become strings."""
    body = f'{{"inputs": [{{"eventTemplateId": "1", "id": "a", "utk": "u", "tokens": {{"t": {written}}}}}]}}'
    response = sandbox.post_raw(body)
    assert response.status_code == 201
    assert response.json()["results"][0]["tokens"] == {"t": text}


@pytest.mark.parametrize(
    ("epoch", "text"),
    [
        (1773183881164, NOW_TEXT),
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_epoch_milliseconds_become_a_date_time(sandbox: Sandbox, epoch: int, text: str) -> None:
    """A timestamp in epoch milliseconds is accepted and comes back as a date-time in UTC."""
    response = sandbox.post(event(timestamp=epoch))
    assert response.status_code == 201
    assert response.json()["results"][0]["timestamp"] == text


def test_a_timestamp_with_an_offset_comes_back_as_sent(sandbox: Sandbox) -> None:
    """A date-time that conforms to the document is not rewritten."""
    result = sandbox.post(event(timestamp="2026-03-10T23:04:41+02:00")).json()["results"][0]
    assert result["timestamp"] == "2026-03-10T23:04:41+02:00"
