"""A web server on loopback whose answers a test decides."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What it answers to one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FeedServer:
    """`answers` by path; `asked` are the paths and headers of all requests."""

    port: int
    answers: dict[str, Answer | Callable[[Message], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, Message]] = field(default_factory=list)

    def url(self, path: str = "/feed.ics") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def serving() -> Iterator[FeedServer]:
    """Serves while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers))
            given = found.answers.get(self.path, Answer(status=404))
            answer = given if isinstance(given, Answer) else given(self.headers)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(answer.body)

        def log_message(self, format: str, *given: object) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = FeedServer(server.server_port)
        running = threading.Thread(target=server.serve_forever, args=(0.01,))
        running.start()
        try:
            yield found
        finally:
            server.shutdown()
            running.join()
