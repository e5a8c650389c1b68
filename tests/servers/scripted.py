"""A web server on loopback whose answers a test decides: for what no real server would do when it is asked to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What it answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass
class ScriptedServer:
    """`answers` by method and path ("PUT /a.ics"), by path, or by method; what has none is not there (404)."""

    port: int
    answers: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/feed.ics") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        names = (f"{asked.method} {asked.path}", asked.path, asked.method)
        given = next((self.answers[name] for name in names if name in self.answers), Answer(status=404))
        return given if isinstance(given, Answer) else given(asked)


@contextlib.contextmanager
def serving() -> Iterator[ScriptedServer]:
    """Serves while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = found.answer(Asked(self.command, self.path, self.headers, body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PROPFIND = do_REPORT = _any  # noqa: N815 - the library's names

        def log_message(self, format: str, *given: object) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = ScriptedServer(server.server_port)
        running = threading.Thread(target=server.serve_forever, args=(0.01,))
        running.start()
        try:
            yield found
        finally:
            server.shutdown()
            running.join()
