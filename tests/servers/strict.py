"""What the stand-ins of web services share. They are strict: what their service would not know is answered with an error, and
noted as a fault, which fails the test."""

from __future__ import annotations

import contextlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit


class Fault(Exception):
    """The client did what the service does not know."""


@dataclass
class Answer:
    """What it answers; `body` becomes JSON unless it is bytes."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes

    def only(self, *allowed: str) -> dict[str, str]:
        """The query, of which nothing else is known."""
        if unknown := self.query.keys() - set(allowed):
            raise Fault(f"{self.method} {self.path}: unknown parameters {sorted(unknown)}")
        return self.query

    def form(self) -> dict[str, str]:
        self._typed("application/x-www-form-urlencoded")
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        if len(dict(pairs)) != len(pairs):
            raise Fault("a field of the form stands there twice")
        return dict(pairs)

    def json(self, **fields: type | tuple[type, ...]) -> dict[str, Any]:
        """The JSON object, which has no other fields than these, of these types."""
        self._typed("application/json")
        return checked(json.loads(self.body), fields, f"{self.method} {self.path}")

    def _typed(self, wanted: str) -> None:
        found = self.headers.get_content_type()
        if found != wanted:
            raise Fault(f"{self.method} {self.path}: {found} instead of {wanted}")


class Service(ABC):
    """A stand-in. `faults`: what a client did wrong. `instead`: what to answer first, whatever is asked. `asked`: what was.
    `meanwhile`: what happens right before it answers the request of that number."""

    def __init__(self) -> None:
        self.port = 0
        self.faults: list[str] = []
        self.instead: list[Answer] = []
        self.asked: list[Asked] = []
        self.meanwhile: dict[int, Callable[[], object]] = {}
        self.lock = threading.RLock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """Answers, or raises Fault."""

    def handle(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked)
            self.meanwhile.pop(len(self.asked), lambda: None)()
            if self.instead:
                return self.instead.pop(0)
            try:
                return self.answer(asked)
            except (Fault, ValueError, KeyError) as error:
                self.faults.append(repr(error))
                return Answer({"message": "fault"}, 400)


Standing = TypeVar("Standing", bound=Service)


def checked(given: Any, fields: dict[str, type | tuple[type, ...]], where: str) -> dict[str, Any]:
    """An object that has no other fields than these, of these types."""
    if not isinstance(given, dict) or given.keys() - fields.keys():
        raise Fault(f"{where}: unknown fields in {given}")
    for name, value in given.items():
        if not isinstance(value, fields[name]):
            raise Fault(f"{where}: {name} is {value!r}")
    return given


@contextlib.contextmanager
def standing(service: Standing) -> Iterator[Standing]:
    """Serves while the block lasts, and fails at its end if a client did what the service does not know."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            self._say(service.handle(Asked(self.command, parts.path, query, self.headers, body)))

        def _say(self, answer: Answer) -> None:
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - the library's names

        def log_message(self, format: str, *given: object) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.port = server.server_port
        running = threading.Thread(target=server.serve_forever, args=(0.01,))
        running.start()
        try:
            yield service
        finally:
            server.shutdown()
            running.join()
    assert service.faults == []
