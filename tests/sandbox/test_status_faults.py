"""A word of the shape http-NNN makes the sandbox answer that status, instead of the work or after it."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxServer, SandboxSettings, StatusFault
from hubspot_timeline_testing.sandbox.faults.apply import answer_instead, disturb
from hubspot_timeline_testing.sandbox.faults.kinds import EventFault
from hubspot_timeline_testing.sandbox.faults.parsing import read_event_fault, read_fault
from hubspot_timeline_testing.sandbox.http.response import Sent
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.sandbox_calls import HEADERS, PATH, event, opened

STATUSES = st.builds(StatusFault, st.integers(200, 599), is_html=st.booleans(), is_after_work=st.booleans())


@pytest.mark.parametrize(
    ("word", "status", "is_html", "stored"),
    [
        ("http-404", 404, False, 0),
        ("http-418-html", 418, True, 0),
        ("http-522", 522, False, 0),
        ("http-504-after", 504, False, 1),
        ("http-524-html-after", 524, True, 1),
        ("http-299", 299, False, 0),
    ],
)
def test_a_status_comes_as_its_word_says(word: str, status: int, is_html: bool, stored: int) -> None:
    """Status, form of the body, and whether the event is created: each stands in the word."""
    with opened(SandboxSettings(faults=FaultPlan(script=[word]))) as sandbox:
        answer = sandbox.request("POST", PATH, headers=HEADERS, json={"inputs": [event()]})
        assert (answer.status_code, sandbox.store.count()) == (status, stored)
    assert answer.headers["content-type"] == ("text/html" if is_html else "application/json")
    if is_html:
        assert answer.text.startswith(f"<html><head><title>{status} ")
    else:
        assert validator("ErrorBody").is_valid(answer.json())
        assert answer.json()["correlationId"]


@given(fault=STATUSES)
def test_a_word_means_one_thing(fault: StatusFault) -> None:
    """Each status is read back from its own word, whatever names of Fault look like it."""
    assert read_fault(str(fault)) == fault
    reply = disturb(fault, 201, "{}")
    assert isinstance(reply, Sent)
    assert reply.status == fault.status
    assert (b"<html>" in reply.body) == (fault.is_html and reply.status not in (204, 205, 304))


def test_old_names_mean_what_they_did() -> None:
    """A name of Fault comes before the status that it looks like, and a number is its word."""
    assert read_fault("http-502") is Fault.HTTP_502
    assert read_fault(502) is Fault.HTTP_502
    assert read_fault(418) == StatusFault(418)
    assert str(StatusFault(502)) == "http-502-json"


def test_statuses_without_a_body_leave_the_connection_in_order() -> None:
    """Where HTTP knows no body there is none, and the same connection serves the next request."""
    script = [204, 205, 304, 301, 599, None]
    with (
        SandboxServer(settings=SandboxSettings(faults=FaultPlan(script=script))) as server,
        httpx.Client(base_url=server.url, headers=HEADERS) as client,
    ):
        answers: list[httpx.Response] = []
        ports: set[int] = set()
        for _ in script:
            answers.append(client.post(PATH, json={"inputs": [event()]}))
            ports.add(answers[-1].extensions["network_stream"].get_extra_info("client_addr")[1])
    assert [answer.status_code for answer in answers] == [204, 205, 304, 301, 599, 201]
    assert [bool(answer.content) for answer in answers] == [False, False, False, True, True, True]
    assert len(ports) == 1


def test_a_status_after_the_work_hides_a_refusal_too() -> None:
    """What comes of the work is not told, also where nothing came of it; before the work there is nothing to hide."""
    after = StatusFault(524, is_html=True, is_after_work=True)
    reply = disturb(after, 400, '{"message": "no"}')
    assert isinstance(reply, Sent)
    assert reply.status == 524
    with pytest.raises(LookupError):
        answer_instead(after)


@pytest.mark.parametrize("status", [199, 600, -1])
def test_there_are_no_other_statuses(status: int) -> None:
    """HTTP answers are from 200 to 599 here, given as a value, a number or a word."""
    with pytest.raises(ValueError, match="status"):
        StatusFault(status)
    with pytest.raises(ValueError, match="from 200 to 599"):
        read_fault(status)
    with pytest.raises(ValueError, match="from 200 to 599"):
        read_fault(f"http-{status}")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("htpp-502", "http-502"), ("HTTP_503", "http-503"), ("trunkated", "truncated"), ("http-524-htm", "http-524-html")],
)
def test_a_wrong_word_gets_the_likeliest(wrong: str, meant: str) -> None:
    """The error says what was found, what may have been meant, and all there is."""
    with pytest.raises(ValueError, match=f"'{wrong}' is no fault; did you mean {meant}\\?") as caught:
        read_fault(wrong)
    assert all(fault in str(caught.value) for fault in Fault)


def test_words_for_events_are_for_events() -> None:
    """A request as such cannot be met by what only an event can."""
    assert read_event_fault("refuse") is EventFault.REFUSE
    with pytest.raises(ValueError, match="'refuse' is no fault"):
        read_fault("refuse")
    with pytest.raises(ValueError, match="'refused' is no fault of an event; did you mean refuse"):
        read_event_fault("refused")
