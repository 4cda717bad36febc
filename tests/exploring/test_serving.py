"""The server: who may ask, what it answers, and that nothing else gets an answer."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tdispmodel.exploring.serving import AT_ONCE, LONGEST_PATH, LONGEST_TARGET, Server
from tests.exploring.conftest import Described, Opening
from tests.exploring.engine import Engine, words


@pytest.fixture(scope="module")
def server(described: Described) -> Iterator[Server]:
    """A server of a page with room for forty states of bench-tdi."""
    with Server(described(room=40, verdicts=False, served=True)) as started:
        thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield started
        started.shutdown()
        thread.join()


def ask(
    server: Server, target: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request(method, target, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_page_is_served_to_who_knows_the_secret(server: Server) -> None:
    """The address with the secret answers with the page, under a policy that lets it ask this server and nobody else."""
    status, headers, body = ask(server, f"/{server.secret}/")
    assert (status, body) == (200, server.document)
    policy = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/", {}, 403),
        ("/index.html", {}, 403),
        ("/favicon.ico", {}, 403),
        ("/wrong/", {}, 403),
        ("/wrong/steps?path=0", {}, 403),
        ("/{secret}", {"Host": "example.com"}, 403),
        ("/{secret}/", {"Host": "example.com:{port}"}, 403),
        ("/{secret}/", {"Host": "127.0.0.1"}, 403),
        ("/{secret}/", {"Host": ""}, 403),
        ("/{secret}/steps?path=0", {"Host": "rebound.example:{port}"}, 403),
        ("/{secret}/steps?path=0", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("/{secret}/steps?path=0", {"Sec-Fetch-Site": "same-site"}, 403),
        ("/{secret}/page.html", {}, 404),
        ("/{secret}/../../etc/passwd", {}, 404),
        ("/{secret}/steps/", {}, 404),
        ("/{secret}/?x=1", {}, 404),
        ("/{secret}/steps", {}, 400),
        ("/{secret}/steps?path=", {}, 400),
        ("/{secret}/steps?path=0.-1", {}, 400),
        ("/{secret}/steps?path=0.1e3", {}, 400),
        ("/{secret}/steps?path=0.9999999", {}, 400),
        ("/{secret}/steps?path=1", {}, 404),
        ("/{secret}/steps?path=0.999", {}, 404),
        ("/{secret}/steps?path=0.1", {}, 404),
        ("/{secret}/steps?path=" + "0." * LONGEST_PATH + "0", {}, 400),
        ("/{secret}/steps?path=" + "0" * LONGEST_TARGET, {}, 414),
    ],
)
def test_whatever_else_is_refused(target: str, headers: dict[str, str], status: int, server: Server) -> None:
    """A wrong secret, another name for this machine, another page that asks, another path, a path of steps that is none
    (action 1, to start userspace, is not possible before the initrd): refused, and the refusal says nothing of the model.
    """
    given = {name: value.replace("{port}", str(server.server_port)) for name, value in headers.items()}
    answered, _, body = ask(server, target.replace("{secret}", server.secret), given)
    assert answered == status
    assert len(body) < 40


def test_the_action_that_is_refused_is_one_that_cannot_happen(server: Server) -> None:
    """Action 1 exists, so what was refused above is a step that its guard forbids."""
    assert server.successors.system.actions[1].name == "start_userspace"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods_are_refused(method: str, server: Server) -> None:
    """Only GET is answered."""
    assert ask(server, f"/{server.secret}/", method=method)[0] == 501


def test_what_is_no_request_gets_no_page(server: Server) -> None:
    """Bytes that are no request are refused, and the server goes on."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        connection.sendall(b"\xff\x00 nonsense\r\n\r\n")
        assert b"<html" not in connection.recv(10_000)
    assert ask(server, f"/{server.secret}/")[0] == 200


def test_it_listens_on_the_loopback_address_only(server: Server) -> None:
    """The socket is bound to 127.0.0.1."""
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_two_servers_have_different_secrets(described: Described, server: Server) -> None:
    """A secret is made for each server, of at least 128 bits in base64."""
    with Server(described(room=40, verdicts=False, served=True)) as other:
        assert other.secret != server.secret
        assert len(other.secret) * 6 >= 128


def test_too_many_at_once_are_not_let_in(server: Server) -> None:
    """With as many open connections as are answered at once, the next one is closed; when they go, it goes on."""
    idle = [socket.create_connection(("127.0.0.1", server.server_port), timeout=10) for _ in range(AT_ONCE)]
    try:
        with pytest.raises(ConnectionError):
            ask(server, f"/{server.secret}/")
    finally:
        for connection in idle:
            connection.close()
    for _ in range(100):
        try:
            assert ask(server, f"/{server.secret}/")[0] == 200
            break
        except ConnectionError:
            threading.Event().wait(0.05)
    else:
        pytest.fail("the server does not answer any more")


def test_steps_are_the_engines(described: Described, server: Server) -> None:
    """Of each of bench-tdi's 143 states, at the end of a shortest path, the server says the steps, and the states that they
    lead to, that the engine has.
    """
    description = described(room=40, verdicts=False, served=True)
    engine = Engine(description.system)
    variables = description.document["variables"]
    for number in range(len(engine.states)):
        _, actions = engine.path(number)
        path = ".".join(map(str, (0, *actions)))
        said: list[dict[str, Any]] = json.loads(ask(server, f"/{server.secret}/steps?path={path}")[2])
        told = {
            step["action"]: tuple(
                variable["values"][code] for variable, code in zip(variables, step["row"], strict=True)
            )
            for step in said
        }
        assert told == {action: tuple(map(words, engine.states[after])) for action, after in engine.steps(number)}


def test_a_served_page_goes_on_behind_its_border(
    server: Server, described: Described, browser: Any, opened: Opening
) -> None:
    """In a browser the counterexample of bench-tdi, which is longer than the radius, can be walked to its end; the page asks
    nobody but its server.
    """
    whole = described()
    (shown,) = [known for known in whole.document["properties"] if known["answer"] == "violated"]
    radius = described(room=40, verdicts=False, served=True).contents.part.radius
    assert len(shown["path"]["actions"]) > (radius or 0)
    context = browser.new_context()
    opened.contexts.append(context)
    page = opened.watched(context.new_page(), server.url)
    for index in shown["path"]["actions"]:
        page.locator(f'#can [data-action="{whole.system.actions[index].name}"]').click()
    page.wait_for_function(
        "n => document.querySelectorAll('.chart .row').length === n", arg=len(shown["path"]["actions"])
    )
    broken = page.locator('.property[data-standing="broken"]').evaluate_all(
        "all => all.map((one) => one.dataset.property)"
    )
    assert broken == [shown["name"]]
