"""Each failure comes with a line for a shell and lines of Python that send the same request, byte for byte."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline_testing.contract import render
from hubspot_timeline_testing.contract.again import asked_again
from hubspot_timeline_testing.contract.transport import Line
from hubspot_timeline_testing.contract.curl import curl_line
from hubspot_timeline_testing.contract.reports.summary import summary
from hubspot_timeline_testing.contract.seen import SeenRequest
from hubspot_timeline_testing.contract.snippet import python_lines
from hubspot_timeline_testing.contract.redaction import Secret
from tests.helpers.contract_runs import TOKEN, Exchange, contract, evolve_answer, flawed, serving
from tests.helpers.examples import examples

ENVIRONMENT = os.environ | {"HUBSPOT_TIMELINE_TOKEN": TOKEN, "http_proxy": "http://127.0.0.1:9"}


def shell(line: str) -> str:
    """Run a line as from a file: one argument is bounded, and a line is not."""
    done = subprocess.run(["/bin/sh"], input=line.encode(), capture_output=True, check=True, env=ENVIRONMENT)
    return done.stdout.decode()


def python(lines: str, folder: Path) -> str:
    program = folder / "again.py"
    program.write_text(lines, encoding="ascii")
    return subprocess.run([sys.executable, program], capture_output=True, check=True, env=ENVIRONMENT, text=True).stdout


def test_both_ways_repeat_each_failure(tmp_path: Path) -> None:
    """With the status that the report tells, in a shell and in Python."""
    with flawed(lambda done: evolve(done, status=202) if done.status in (201, 400) else done) as url:
        report = contract(url, phases=["examples", "coverage"])
        assert len(report.failures) > 3
        for failure in report.failures:
            assert failure.answer
            status = failure.answer.status
            # What was created by it exists by now.
            expected = {str(status)} if status != 202 else {"202", "409"}
            assert shell(failure.curl).split()[1] in expected, failure.curl
            assert python(failure.python, tmp_path).split()[0] in expected, failure.python


def test_the_token_is_in_neither() -> None:
    """It comes from the environment."""
    with flawed(lambda done: evolve(done, status=202)) as url:
        report = contract(url)
    assert report.failures
    for failure in report.failures:
        assert TOKEN not in failure.curl + failure.python + failure.message
        if failure.request.with_token:
            assert '-H "Authorization: Bearer $HUBSPOT_TIMELINE_TOKEN"' in failure.curl
            assert "os.environ['HUBSPOT_TIMELINE_TOKEN']" in failure.python


def test_what_does_not_repeat_is_told() -> None:
    """An answer that hangs on what the server held is another at the end of the run."""
    with flawed(lambda done: evolve(done, status=202) if done.status == 201 and "batch" in done.path else done) as url:
        report = contract(url, operations=["create_events"])
    [failure] = report.failures
    assert failure.answer
    assert (failure.answer.status, failure.again) == (202, 409)
    other = failure.other_answer or ""
    assert other.startswith("asked again: 409, as the server holds something else by now")
    told = [summary(report), *(render(report, form) for form in ("junit", "markdown"))]
    assert all(other in text for text in told)
    assert '"again": 409' in render(report, "json")


def test_an_interrupt_while_it_is_asked_again_loses_nothing() -> None:
    """What was found is told as it is."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with flawed(lambda done: evolve(done, status=202) if done.status == 201 else done) as url:
        report = contract(url)
        again = asked_again(report.failures, Secret(TOKEN), 1, Line(0, interrupt, rate=1))
    assert report.failures
    assert again == (report.failures, True)


def test_it_is_not_asked_again_for_ever() -> None:
    """Three requests without an answer are enough."""
    with flawed(lambda done: evolve(done, status=202) if done.status < 300 else done) as url:
        report = contract(url, operations=[], phases=["examples"])
    assert len(report.failures) > 3
    line = Line(0)
    unanswered, _ = asked_again(report.failures, Secret(TOKEN), 1, line)  # by a server that is no more
    assert [failure.again for failure in unanswered[:3]] == [None] * 3
    assert unanswered[3:] == report.failures[3:]


def test_what_repeats_is_asked_with_the_very_request() -> None:
    """The last requests of a run are those of its failures."""
    heard: list[Exchange] = []

    def note(done: Exchange) -> Exchange:
        heard.append(done)
        return evolve(done, status=400) if done.sent else done

    with flawed(note) as url:
        report = contract(url, phases=["examples", "coverage"])
    assert all(failure.again == 400 and failure.other_answer is None for failure in report.failures)
    for failure, again in zip(report.failures, heard[-len(report.failures) :], strict=True):
        assert (again.method, url + again.path, again.sent) == (
            failure.request.method, failure.request.url, failure.request.body or b"",
        )  # fmt: skip
        headers = {name.lower(): value for name, value in again.headers.items()}
        assert {name.lower(): value for name, value in failure.request.headers.items()}.items() <= headers.items()
        assert (headers.get("authorization") == f"Bearer {TOKEN}") == failure.request.with_token


@contextmanager
def listening() -> Iterator[tuple[str, list[Exchange]]]:
    heard: list[Exchange] = []

    def note(exchange: Exchange) -> Exchange:
        heard.append(exchange)
        return evolve_answer(exchange, 200, b"{}")

    with serving(note) as url:
        yield url, heard


def bodies() -> st.SearchStrategy[bytes]:
    texts = st.text(st.sampled_from("a'\"\\$`!%\n\r\t{}[]@ü\x00\x1b😀")).map(str.encode)
    return st.binary(max_size=60) | texts | st.just(b"@/etc/hostname")


def requests(url: str) -> st.SearchStrategy[SeenRequest]:
    paths = st.text(st.sampled_from("abz019-_~!$&'()*+,;=:@"), min_size=1).map(
        lambda text: f"{url}/{text}?q=%C3%BC[]{{}}"
    )
    values = st.text(st.characters(min_codepoint=33, max_codepoint=126) | st.sampled_from("'\"$`\\é"), max_size=10)
    headers = st.fixed_dictionaries({}, optional={"Content-Type": st.just("application/json"), "X-Odd": values})
    return st.builds(SeenRequest, st.sampled_from(["POST", "PUT", "PATCH"]), paths, headers, bodies(), st.booleans())


@settings(max_examples=examples(15, 150), suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_request_arrives_as_it_was_from_a_shell_and_from_python(data: st.DataObject) -> None:
    """Whatever is in its body, its path and its headers: quotes, line ends, bytes that are no text."""
    with listening() as (url, heard):
        request = data.draw(requests(url))
        shell(curl_line(request))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HUBSPOT_TIMELINE_TOKEN", TOKEN)
            exec(compile(python_lines(request), "again.py", "exec"), {"print": lambda _: None})  # noqa: S102 - our own
    assert [one.sent for one in heard] == [request.body, request.body]
    for one in heard:
        assert url + one.path == request.url
        assert one.method == request.method
        assert one.headers.get("Authorization") == (f"Bearer {TOKEN}" if request.with_token else None)
        assert one.headers.get("X-Odd", "") == request.headers.get("X-Odd", "")
        assert one.headers.get("Content-Type") == request.headers.get("Content-Type")


def test_a_request_without_a_body_has_none() -> None:
    """Nor is one made up by curl."""
    with listening() as (url, heard):
        for method in ("GET", "DELETE", "OPTIONS", "HEAD"):
            shell(curl_line(SeenRequest(method, f"{url}/a", {}, None, with_token=False)))
    assert [(one.method, one.sent) for one in heard] == [("GET", b""), ("DELETE", b""), ("OPTIONS", b""), ("HEAD", b"")]


@pytest.mark.parametrize("body", [b"", b"'" * 110_000, b'{"text": "' + b"\\n\x00" * 50_000 + b'"}'], ids=len)
def test_no_body_is_too_long_or_too_short(body: bytes) -> None:
    """Longer than an argument may be, or nothing at all."""
    with listening() as (url, heard):
        shell(curl_line(SeenRequest("POST", f"{url}/a", {}, body, with_token=True)))
    assert [one.sent for one in heard] == [body]
