"""Nothing is sent to a production host, or created in an account, that the user did not name twice."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, evolve, field

from hubspot_timeline_testing.calibration import AccountError, Calibration, calibrate, markdown, plan_of
from hubspot_timeline_testing.contract import ContractUsageError
from hubspot_timeline_testing.sandbox import FaultPlan, SandboxSettings
from tests.helpers.calibrations import TOKEN, calibrated, sandbox_with_contact, settings
from tests.helpers.fake_time import FakeTime
from tests.helpers.production_hosts import SPELLINGS, forbid_network

HOST = "https://api.hubapi.com"
CONFIRMED: dict[str, Any] = {"production": True, "confirm_host": "api.hubapi.com"}


@define
class Account(httpx.BaseTransport):
    """Answers the look-up of the account, and fails for every other request."""

    status: int = 200
    body: dict[str, Any] = field(factory=dict)
    paths: list[str] = field(factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the account."""
        self.paths.append(request.url.path)
        return httpx.Response(self.status if request.url.path.startswith("/account-info") else 401, json=self.body)


def refused(url: str, transport: httpx.BaseTransport | None = None, account: str = "", **options: Any) -> str:
    """Return why a run is refused."""
    time = FakeTime()
    with pytest.raises((ContractUsageError, AccountError)) as error:
        calibrate(
            url, TOKEN, settings(account=account), transport=transport, sleep=time.sleep, clock=time.clock, **options
        )
    return str(error.value)


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at every resolution of a name and every connection."""
    forbid_network(monkeypatch)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_a_production_host_is_used(url: str) -> None:
    """Each that the contract refuses; also with the id of the account, which is not enough."""
    assert refused(url)
    assert refused(url, account="4711")


@pytest.mark.usefixtures("_no_network")
def test_a_production_host_needs_the_id_of_the_account_too() -> None:
    """Beside the two flags of the contract."""
    assert "add --production and --confirm-production" in refused(HOST, account="4711")
    assert "needs the id of the account" in refused(HOST, **CONFIRMED)


@pytest.mark.parametrize(
    ("account", "message"),
    [
        (Account(body={"portalId": 4712, "accountType": "DEVELOPER_TEST"}), "for another account than the one"),
        (Account(body={"portalId": 4711, "accountType": "STANDARD"}), "the account has the type STANDARD"),
        (Account(body={"portalId": 4711}), "the account has the type None"),
        (Account(403, {"message": "no"}), "cannot be looked up: 403 no"),
        (Account(500), "cannot be looked up"),
    ],
)
def test_no_event_is_created_in_an_account_that_is_another_one_or_not_for_tests(account: Account, message: str) -> None:
    """The look-up is all that is sent, here to a transport in this process."""
    assert message in refused(HOST, account, "4711", **CONFIRMED)
    assert set(account.paths) == {"/account-info/v3/details"}


def test_a_proxy_of_a_production_like_account_is_refused_as_well() -> None:
    """Whatever its host is, unless the user allows it."""
    account = Account(body={"portalId": 4711, "accountType": "STANDARD"})
    assert "STANDARD" in refused("https://staging.example.com", account)

    time, run = FakeTime(), settings(allow_any_account=True)
    calibration = calibrate(
        "https://staging.example.com", TOKEN, run, transport=account, sleep=time.sleep, clock=time.clock
    )
    assert calibration.requests > 1


def test_requests_are_at_most_half_of_the_rate_limit() -> None:
    """That of the vendor's documentation, before and without the headers of a response."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        calibration = calibrated(sandbox)
        assert sandbox.time.now >= (calibration.requests - 1) * 20 / 110


def test_secrets_and_the_contact_are_not_in_the_results() -> None:
    """Neither the token nor the email nor the id of the contact; requests with another case of Bearer included."""
    with sandbox_with_contact(SandboxSettings(faults=FaultPlan(rate=0.1, kinds=["http-502"]))) as sandbox:
        text = str(calibrated(sandbox, settings(object_id="50123456")).to_json()).lower()
    for secret in (TOKEN, "ada@example.com", "50123456"):
        assert secret not in text
    assert "bearer ***" in text
    assert "contact-email" in text


def test_an_interrupted_run_keeps_what_it_has_found_and_can_be_resumed() -> None:
    """It deletes its template first; the resumed run decides only what is left."""
    saved: list[int] = []

    def interrupt(calibration: Calibration) -> None:
        saved.append(len(calibration.steps))
        if len(saved) == 9:
            raise KeyboardInterrupt

    with sandbox_with_contact(SandboxSettings()) as sandbox:
        first = calibrated(sandbox, save=interrupt)
        templates = sandbox.counts()["templates"]
        left = plan_of(settings(), first)
        second = calibrated(sandbox, earlier=first)
    assert first.is_interrupted
    assert templates == 0
    assert len(first.steps) == 9
    assert ("v3", "duplicates") not in {(api, step.name) for api, step in left.steps}
    assert left.max_requests <= plan_of(settings()).max_requests
    assert not second.is_interrupted
    assert len(second.steps) == len(plan_of(settings()).steps)
    assert not plan_of(settings(), second).steps


def test_a_calibration_of_the_vendor_is_not_gone_on_with_at_another_server() -> None:
    """Nor the other way round: its facts would be mixed."""
    account = Account()
    earlier = Calibration("2026-01-01", is_production=True)
    assert "of another server" in refused("http://127.0.0.1", account, earlier=earlier)
    earlier = Calibration("2026-01-01", is_production=False)
    assert "of another server" in refused(HOST, account, "4711", earlier=earlier, **CONFIRMED)
    assert not account.paths


def test_nothing_is_sent_where_nothing_is_left_to_decide() -> None:
    """A complete file that is resumed."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        complete = calibrated(sandbox)
        requests = sandbox.counts()["requests"]
        assert calibrated(sandbox, earlier=complete).to_json() == complete.to_json()
        assert sandbox.counts()["requests"] == requests


def test_a_resumed_run_keeps_what_the_earlier_one_left_over() -> None:
    """Until it is deleted by hand, which no run sees."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        earlier = Calibration("2026-01-01", is_production=False, leftover="the template 7")
        assert calibrated(sandbox, earlier=earlier).leftover == "the template 7"


def test_the_results_of_another_server_are_not_gone_on_with() -> None:
    """Even if neither is the vendor's; the file has a digest of the URL."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        earlier = calibrated(sandbox)
    assert "of another server" in refused("http://127.0.0.1:1", Account(), earlier=earlier)
    assert "127.0.0.1" not in str(earlier.to_json())


def test_a_resumed_run_makes_the_ids_of_version_3_that_are_left_to_decide() -> None:
    """The preparations of version 3 come again, although it has nothing left."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        earlier = calibrated(sandbox)
        del earlier.steps["2026-09 v3-ids"]
        assert "One more contact" not in str(plan_of(settings(), earlier))
        resumed = calibrated(sandbox, earlier=earlier)
    assert resumed.steps["2026-09 v3-ids"].is_decided
    assert ("v3", "control") in {(api, step.name) for api, step in plan_of(settings(), earlier).steps}
    assert ("v3", "control") not in {(api, step.name) for api, step in plan_of(settings(apis="2026-09"), earlier).steps}


def test_a_run_that_was_interrupted_when_nothing_was_left_is_complete() -> None:
    """Resuming saves that, and sends nothing."""
    saved: list[Calibration] = []
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        complete = calibrated(sandbox)
        earlier = evolve(complete, date="2026-01-01", is_interrupted=True)
        resumed = calibrated(sandbox, earlier=earlier, save=saved.append)
    assert saved == [resumed] == [evolve(complete, date="2026-01-01")]


def _changed(**changes: Any) -> str:
    return json.dumps(Calibration("2026-01-01", is_production=False).to_json() | changes)


def _with_fact(name: str, value: Any, sure: str = "once") -> str:
    fact = {"value": value, "sure": sure, "reason": ""}
    return _changed(steps={"v3 duplicates": {"facts": {name: fact}, "evidence": [], "problem": ""}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "must be an object"),
        ("[" * 100_000, "nested too deeply"),
        ("{", "not valid JSON"),
        ('{"format": 2}', "the format 1"),
        ('{"format": 1}', "date is missing"),
        (_changed(requests="abc"), "calibration.requests: is 'abc'"),
        (_changed(is_production="yes"), "calibration.is_production: is 'yes'"),
        (_changed(date="\x1b[31m"), "calibration.date must be a date"),
        (_changed(other=1), "has no other"),
        (_changed(steps=[]), "calibration.steps: must be an object"),
        (_changed(steps={"| evil": {"facts": {}, "evidence": [], "problem": ""}}), "a name in calibration.steps"),
        (_changed(steps={"v3 numbers": {"facts": [], "evidence": [], "problem": ""}}), "facts: must be an object"),
        (_changed(steps={"v3 numbers": {"facts": {}, "evidence": 5, "problem": ""}}), "evidence: must be a list"),
        (_changed(settings={"max_events": 0}), "calibration.settings: max_events is 0; it must be 1 or more"),
        (_changed(settings={"max_event": 1}), "calibration.settings: has no max_event; known are duplicates"),
        (_changed(settings={"limit": {"requests": "7"}}), "calibration.settings.limit.requests: is '7'"),
        (_with_fact("duplicates", "conflict", "bogus"), "facts['duplicates'].sure: is 'bogus'"),
        (_with_fact("duplicates", []), "calibration.steps['v3 duplicates'].facts['duplicates'] is wrong"),
        (_with_fact("largest_batch", "7"), "facts['largest_batch'] is wrong"),
        (_with_fact("limit_requests", None), "facts['limit_requests'] is wrong"),
        (_with_fact("| evil", 1), "facts['| evil'] is wrong"),
    ],
    ids=range(21),
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    """Instead of an error of whatever reads its results later."""
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        Calibration.read(path)
    assert str(error.value).startswith(str(path))


def test_a_file_without_the_sizes_that_were_tried_is_reported() -> None:
    """If no batch was too large."""
    assert "batch of 100 events" not in markdown(Calibration.from_json(json.loads(_with_fact("largest_batch", None))))


@pytest.mark.parametrize("evidence", ['"\\ud800"', "1e999", "[" * 900 + "]" * 900], ids=range(3))
def test_evidence_that_no_file_can_hold_is_read_without_it(tmp_path: Path, evidence: str) -> None:
    """So that a run that goes on with it can save its results."""
    value = _changed(steps={"v3 numbers": {"facts": {}, "evidence": [{"a": "…"}], "problem": ""}})
    value = value.replace(json.dumps("…"), evidence)
    Calibration.from_json(json.loads(value)).write(tmp_path / "calibration.json")
    assert Calibration.read(tmp_path / "calibration.json").steps["v3 numbers"].evidence
