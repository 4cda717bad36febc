"""The page for this machine alone: a server on its loopback address, with a secret in every address that it knows.

Given a description, gives a server that answers two questions: the page, and what can happen at the end of a path.  A
path begins in a start state and names actions, so nothing that is not reachable is ever shown.  Whoever does not know
the secret, comes under another name (a page elsewhere whose name was made to point here), or asks for anything else, is
refused.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tdispmodel.exploring.description import Description, row
from tdispmodel.exploring.page import page, policy, script_text, static
from tdispmodel.exploring.space import Walker
from tdispmodel.ir.system import State
from tdispmodel.semantics import LeavesRange

ADDRESS = "127.0.0.1"
LONGEST_PATH = 2000
LONGEST_TARGET = 8 * LONGEST_PATH
AT_ONCE = 16
SECONDS = 20.0
QUESTION = "path="


class Impossible(Exception):
    """A path that this system does not have."""


class Successors:
    """What can happen at the end of paths, by the reference semantics."""

    def __init__(self, description: Description) -> None:
        self.system = description.system
        self.book = description.book
        self.starts = description.contents.part.starts
        self.walker = Walker(self.system)

    def end(self, path: list[int]) -> State:
        """Return the state at the end of a path: the number of its start, then the indices of its actions.

        Raises `Impossible`.
        """
        begin, *actions = path
        if begin >= len(self.starts):
            raise Impossible
        state = self.starts[begin]
        for index in actions:
            if index >= len(self.system.actions):
                raise Impossible
            action = self.system.actions[index]
            if not self.walker.semantics.holds(action.guard, state):
                raise Impossible
            try:
                state = self.walker.semantics.step(state, action)
            except LeavesRange:
                raise Impossible from None
        return state

    def steps(self, path: list[int]) -> list[dict[str, Any]]:
        """Return the steps at the end of a path, as `page/data.js` reads them.  Raises `Impossible`."""
        state = self.end(path)
        try:
            steps = self.walker.steps(state)
        except LeavesRange:
            raise Impossible from None
        taken = [(state, after, self.system.actions[action].name) for action, after in steps]
        truths = _columns(self.book.truths([after for _, after in steps]), len(steps))
        holds = _columns(self.book.step_truths(taken), len(steps))
        return [
            {"action": action, "row": row(self.system, after), "truths": truth, "holds": held}
            for (action, after), truth, held in zip(steps, truths, holds, strict=True)
        ]


class Server(ThreadingHTTPServer):
    """Serves one page.  ``port`` 0 takes any that is free; `url` is the address with the secret in it."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, description: Description, port: int = 0) -> None:
        self.document = page(description).encode()
        self.policy = policy(static("style.css"), script_text(), served=True) + "; frame-ancestors 'none'"
        self.successors = Successors(description)
        self.secret = secrets.token_urlsafe(24)
        self.places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__((ADDRESS, port), Handler)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which it may be asked."""
        return (f"{ADDRESS}:{self.server_port}", f"localhost:{self.server_port}")

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{ADDRESS}:{self.server_port}/{self.secret}/"

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as the library has it
        """Answer in a thread, if there is one left; else hang up."""
        if not self.places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as above
        """Answer, and give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, _request: Any, _client_address: Any) -> None:  # noqa: ANN401  # as above
        """Say nothing of a client that went away."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    server_version = "tdispmodel"
    sys_version = ""
    timeout = SECONDS

    def do_GET(self) -> None:
        """Answer with the page, with steps, or with a refusal."""
        target = urlsplit(self.path)
        prefix, _, name = target.path.removeprefix("/").partition("/")
        if len(self.path) > LONGEST_TARGET:
            self.refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif not self.is_ours(prefix):
            self.refuse(HTTPStatus.FORBIDDEN)
        elif name == "" and not target.query:
            self.answer(HTTPStatus.OK, "text/html; charset=utf-8", self.server.document)
        elif name == "steps":
            self.tell_steps(target.query)
        else:
            self.refuse(HTTPStatus.NOT_FOUND)

    def is_ours(self, secret: str) -> bool:
        """Whether the request knows the secret, names this server as its host, and was made by no other page."""
        known = hmac.compare_digest(secret.encode("utf-8", "replace"), self.server.secret.encode())
        hosts = self.headers.get_all("Host") or []
        site = self.headers.get("Sec-Fetch-Site", "none")
        return known and len(hosts) == 1 and hosts[0] in self.server.hosts and site in ("none", "same-origin")

    def tell_steps(self, query: str) -> None:
        """Answer with the steps at the end of a path."""
        numbers = query.removeprefix(QUESTION).split(".")
        written = all(number.isascii() and number.isdigit() and len(number) < 7 for number in numbers)
        if not query.startswith(QUESTION) or not written or len(numbers) > LONGEST_PATH:
            self.refuse(HTTPStatus.BAD_REQUEST)
            return
        try:
            steps = self.server.successors.steps([int(number) for number in numbers])
        except Impossible:
            self.refuse(HTTPStatus.NOT_FOUND)
            return
        self.answer(HTTPStatus.OK, "application/json", json.dumps(steps).encode())

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with a refusal."""
        self.answer(status, "text/plain; charset=utf-8", f"{status.phrase}\n".encode())

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request that the library understands."""
        del message, explain
        self.refuse(HTTPStatus(code))

    def answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        """Send an answer that no browser keeps, frames or takes for something else."""
        self.close_connection = True
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": self.server.policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the library has it
        """Write nothing: addresses hold the secret."""


def _columns(truths: list[list[bool]], count: int) -> list[str]:
    """Return for each of ``count`` places the truths there, as a text of zeros and ones."""
    return ["".join("1" if column[place] else "0" for column in truths) for place in range(count)]
