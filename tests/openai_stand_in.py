"""A chat server on loopback that says what a test told it to, in the OpenAI streaming protocol and in Ollama's."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

USAGE = {
    "prompt_tokens": 120,
    "completion_tokens": 7,
    "total_tokens": 127,
    "prompt_tokens_details": {"cached_tokens": 100},
}


@dataclass(frozen=True)
class Answer:
    """One reply. `calls` are (index, id, name, argument fragment) in the order streamed.

    `raw` replaces the event lines, `dies` drops the connection after the pieces, `hangs` sends nothing more after
    them until the test ends, `pause` waits that many seconds before each piece, `onward` sends on to that address,
    `retry_after` goes with an error.
    """

    pieces: tuple[str, ...] = ()
    calls: tuple[tuple[int, str, str, str], ...] = ()
    finish: str | None = "stop"
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    status: int = 200
    error: str = ""
    raw: tuple[str, ...] = ()
    dies: bool = False
    hangs: bool = False
    pause: float = 0.0
    onward: str = ""
    retry_after: str = ""


class StandIn:
    """Runs in threads between `with` and its end; `answers` are given one a request, `asked` holds what came."""

    def __init__(self, *answers: Answer, models: tuple[str, ...] = ("qwen-local", "llama-local")) -> None:
        self.answers, self.models = deque(answers), models
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.closing, self.left = threading.Event(), threading.Event()
        stand_in = self

        class Handler(_Handler):
            script = stand_in

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def base_url(self) -> str:
        return self.address + "/v1"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.script.paths.append(self.path)
        names = self.script.models
        if self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})
        elif self.path == "/api/tags":
            self._json(200, {"models": [{"name": name, "size": 1000} for name in names]})
        else:
            self._json(404, {"error": {"message": "no such page"}})

    def do_POST(self) -> None:
        self.script.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/show":
            self._json(200, {"template": "{{ .Tools }}", "model_info": {}, "capabilities": ["completion", "tools"]})
            return
        self.script.asked.append(body)
        self.script.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.script.answers.popleft()
        if answer.onward:
            self._json(answer.status, {}, answer.onward + self.path)
            return
        if answer.status != 200:
            error = {"message": answer.error, "type": "error", "code": answer.status}
            self._json(answer.status, {"error": error}, retry_after=answer.retry_after)
            return
        try:
            self._stream(answer, ollama=self.path == "/api/chat")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            self.script.left.set()

    def _stream(self, answer: Answer, *, ollama: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in answer.raw or (_ollama_lines(answer) if ollama else event_lines(answer)):
            time.sleep(answer.pause)
            self._chunk(line + ("\n" if ollama else "\n\n"))
        while answer.hangs and not self.script.closing.wait(0.02):
            self._chunk(": waiting\n\n")
        if answer.dies or answer.hangs:
            self.close_connection = True
            with contextlib.suppress(OSError):  # who asked may have hung up already
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _json(self, status: int, body: dict[str, Any], onward: str = "", retry_after: str = "") -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if onward:
            self.send_header("Location", onward)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *values: Any) -> None:  # noqa: A002
        pass


def event_lines(answer: Answer) -> list[str]:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in answer.pieces]
    for index, call_id, name, fragment in answer.calls:
        call: dict[str, Any] = {"index": index, "function": {"arguments": fragment}}
        if name:
            call |= {"id": call_id, "type": "function"}
            call["function"]["name"] = name
        deltas.append({"tool_calls": [call]})
    lines = [_event({"index": 0, "delta": delta, "finish_reason": None}) for delta in deltas]
    if answer.dies or answer.hangs:
        return lines
    if answer.finish is not None:
        lines.append(_event({"index": 0, "delta": {}, "finish_reason": answer.finish}))
    if answer.usage is not None:
        lines.append(_event(None, usage=answer.usage))
    return [*lines, "data: [DONE]"]


def _event(choice: dict[str, Any] | None, **more: Any) -> str:
    event = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": "qwen-local"}
    return "data: " + json.dumps(event | {"choices": [choice] if choice else []} | more)


def _ollama_lines(answer: Answer) -> list[str]:
    start: dict[str, Any] = {"model": "qwen-local", "created_at": "2026-01-01T00:00:00Z"}
    messages: list[dict[str, Any]] = [{"role": "assistant", "content": piece} for piece in answer.pieces]
    messages += [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": name, "arguments": json.loads(text)}}],
        }
        for _, _, name, text in answer.calls
    ]
    lines = [json.dumps(start | {"message": message, "done": False}) for message in messages]
    end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": answer.finish}
    return [*lines, json.dumps(start | end | {"prompt_eval_count": 120, "eval_count": 7})]
