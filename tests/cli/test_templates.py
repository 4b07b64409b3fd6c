"""`templates` lists, shows, creates, updates and deletes templates, as JSON that the command also reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.helpers.command import Ended, run_here
from tests.helpers.documented_requests import operation_of

TEMPLATE = {
    "id": "12",
    "name": "Wëbinar",
    "objectType": "contacts",
    "headerTemplate": "{{seats}}",
    "tokens": [{"name": "seats", "label": "seats", "type": "number", "options": []}],
    "createdAt": "2026-03-10T23:04:41.164Z",
}
ENVIRONMENT = {"HUBSPOT_TIMELINE_TOKEN": "very-secret", "HUBSPOT_TIMELINE_APP_ID": "7"}


class Service:
    """Gives each request the same response, and keeps the requests."""

    def __init__(self, status: int, body: object) -> None:
        self.status, self.body = status, b"" if body is None else json.dumps(body).encode()
        self.requests: list[httpx.Request] = []
        self.url = ""

    def run(self, folder: Path, *arguments: str, **env: str) -> Ended:
        """Run `templates` with these arguments against the service."""
        environment = ENVIRONMENT | {"HUBSPOT_TIMELINE_BASE_URL": self.url} | env
        return run_here("templates", *arguments, folder=folder, env=environment)


@contextmanager
def serving(status: int, body: object) -> Iterator[Service]:
    service = Service(status, body)

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = service.url + self.path
            service.requests.append(httpx.Request(self.command, url, headers=dict(self.headers), content=content))
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(service.body)))
            self.end_headers()
            self.wfile.write(service.body)

        do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 - names of the standard library

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def test_the_list_can_be_used_to_validate(tmp_path: Path) -> None:
    """`templates list > FILE`, then `validate --templates FILE`."""
    with serving(200, {"results": [TEMPLATE]}) as service:
        ended = service.run(tmp_path, "list")
    assert (ended.code, json.loads(ended.out)) == (0, {"results": [TEMPLATE]})
    assert operation_of(service.requests[0]) == ("list_templates", {"appId": "7"})

    (tmp_path / "t.json").write_text(ended.out, encoding="utf-8")
    (tmp_path / "rows.csv").write_text("eventTemplateId,email,tokens.seats\n12,a@b.de,two\n")
    ended = run_here("validate", "--templates", "t.json", "rows.csv", folder=tmp_path)
    assert "rows.csv:2: tokens.seats: 'two' is not a number" in ended.err


def test_a_template_that_is_shown_can_be_created_again(tmp_path: Path) -> None:
    """`templates get ID > FILE`, then `templates create FILE`; fields that only the service sets are left out."""
    with serving(200, TEMPLATE) as service:
        shown = service.run(tmp_path, "get", "12", "--app-id", "8")
        (tmp_path / "t.json").write_text(shown.out, encoding="utf-8")
        created = service.run(tmp_path, "create", "t.json")

    assert (shown.code, created.code, json.loads(shown.out), json.loads(created.out)) == (0, 0, TEMPLATE, TEMPLATE)
    assert [operation_of(request) for request in service.requests] == [
        ("get_template", {"appId": "8", "eventTemplateId": "12"}),
        ("create_template", {"appId": "7"}),
    ]
    sent = json.loads(service.requests[1].content)
    assert sent == {name: value for name, value in TEMPLATE.items() if name not in ("id", "createdAt")}


@pytest.mark.parametrize(("texts", "requests"), [({"headerTemplate": "", "detailTemplate": "d"}, 1), ({}, 2)])
def test_a_template_is_replaced_by_that_of_a_file(tmp_path: Path, texts: dict[str, str], requests: int) -> None:
    """Texts that the file does not have stay; the type of its records does too, which is said."""
    new = {"name": "New", "objectType": "companies", "tokens": TEMPLATE["tokens"], **texts}
    (tmp_path / "t.json").write_text(json.dumps(new))
    with serving(200, TEMPLATE) as service:
        ended = service.run(tmp_path, "update", "12", "t.json")

    assert (ended.code, json.loads(ended.out), len(service.requests)) == (0, TEMPLATE, requests)
    assert ended.err == "Its objectType stays contacts, since it cannot be changed.\n"
    *_, update = service.requests
    assert operation_of(update) == ("update_template", {"appId": "7", "eventTemplateId": "12"})
    old = {"headerTemplate": TEMPLATE["headerTemplate"]}
    assert json.loads(update.content) == {"id": "12", "name": "New", "tokens": TEMPLATE["tokens"]} | (texts or old)


def test_a_template_is_deleted(tmp_path: Path) -> None:
    """The message is on standard error."""
    with serving(204, None) as service:
        ended = service.run(tmp_path, "delete", "12")
    assert (ended.code, ended.out, ended.err) == (0, "", "Template 12 is deleted.\n")
    assert operation_of(service.requests[0])[0] == "delete_template"


def test_an_error_of_the_service_has_the_exit_code_1(tmp_path: Path) -> None:
    """The message has the template, the error and what to do."""
    with serving(404, {"message": "no such template"}) as service:
        ended = service.run(tmp_path, "get", "12")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Error: template 12 of app 7: 404: no such template. Check the ids")


def test_a_missing_app_id_has_the_exit_code_2(tmp_path: Path) -> None:
    """No request is sent."""
    with serving(200, {}) as service:
        ended = service.run(tmp_path, "list", HUBSPOT_TIMELINE_APP_ID="")
    assert (ended.code, service.requests) == (2, [])
    assert "HUBSPOT_TIMELINE_APP_ID" in ended.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "t.json holds no template; give one"),
        ('[{"name":"a"}]', "t.json holds a list, and one template is expected, such as its first: jq '.[0]' t.json"),
        ('{"results":[]}', "t.json holds a list, and one template is expected, such as its first: jq '.results[0]' t."),
        ("{", "t.json:1: not JSON"),
        ('{"tokens":[{"name":"a","type":"numbr"}]}', "t.json: tokens[0].type: 'numbr' is not a type"),
        ('{"name":"a","tokens":[]}', "t.json: objectType: is missing"),
        ('{"name":5,"objectType":"contacts","tokens":[]}', "t.json: name: is 5; it must be text"),
        ('{"name":"a","objectType":"","tokens":[]}', "t.json: objectType: is ''; it must be text, and not empty"),
        (
            '{"name":"a","objectType":"c","tokens":[{"name":"a","type":"date","options":5}]}',
            "t.json: tokens[0].options: is a whole number, not a list",
        ),
    ],
)
def test_an_invalid_template_has_the_exit_code_2(tmp_path: Path, text: str, message: str) -> None:
    """The message has the file and the field, and nothing is created."""
    (tmp_path / "t.json").write_text(text)
    with serving(201, TEMPLATE) as service:
        ended = service.run(tmp_path, "create", "t.json")
    assert (ended.code, service.requests) == (2, [])
    assert f"Error: {message}" in ended.err
