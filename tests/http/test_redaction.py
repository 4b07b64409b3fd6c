"""A response that quotes the credentials of its request is reported without them (G8)."""

import httpx
import pytest

from hubspot_timeline import event
from tests.helpers.both_clients import ClientRunner
from tests.helpers.scripted_http import Script

TOKEN = "pass/word==pat-very-secret-0815"
EVENT_ERROR = '{"status": "COMPLETE", "results": [], "errors": [{"message": "bad %s", "context": {"id": ["a"]}}]}'


@pytest.mark.parametrize(
    "quoted", [TOKEN, TOKEN.replace("/", "\\/"), TOKEN.replace("=", "\\u003d"), "pass%2Fword%3D%3Dpat-very-secret-0815"]
)
@pytest.mark.parametrize(("code", "body"), [(401, '{"message": "bad %s"}'), (401, "<p>bad %s"), (207, EVENT_ERROR)])
def test_the_access_token_is_replaced_in_any_encoding(client: ClientRunner, quoted: str, code: int, body: str) -> None:
    """As writers of JSON and of URLs escape it; in JSON, in HTML and in the errors of single events."""
    script = Script(lambda _: httpx.Response(code, content=(body % quoted).encode()))
    report = client.run(script, lambda timeline: timeline.send([event(1, id="a", email="a@b.c")]), token=TOKEN)

    [failure] = report.failures
    assert "bad ***" in str(failure.error)
    assert "very-secret" not in str(failure.error) + repr(failure) + repr(vars(failure.error))
