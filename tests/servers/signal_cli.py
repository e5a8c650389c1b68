"""A stand-in for signal-cli's daemon over HTTP, as far as its manual and its answers say: made by those who made the plugin,
so it shows that the two agree, and not that Signal does. It is strict: an unknown method or parameter is a fault."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "+15550100"
_PARAMS: dict[str, dict[str, type]] = {
    "version": {},
    "listAccounts": {},
    "listGroups": {"account": str, "groupId": list},
    "send": {
        "account": str, "message": str, "recipient": list, "groupId": list,
        "quoteAuthor": str, "quoteTimestamp": int, "quoteMessage": str,
    },
}  # fmt: skip


@dataclass
class SignalCli:
    """One daemon with one account; an asynchronous context. What comes in waits until somebody listens, is handed over once
    and then gone. `people`: who is on Signal; `groups`: by id, the members' UUIDs; `sent`: the parameters of all that was
    sent; `instead`: by method, the error or result that it answers with."""

    people: set[str] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    instead: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._door: asyncio.Server | None = None
        self._moments = itertools.count()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()
        assert self.faults == []

    async def start(self) -> None:
        self._door = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._door.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """Ends it in mid-sentence."""
        if self._door:
            self._door.close()
        serving = list(self._open.items())
        for task, writer in serving:
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*(task for task, _ in serving), return_exceptions=True)

    def moment(self) -> int:
        """Now, in milliseconds, and never the same again."""
        return int(time.time() * 1000) + next(self._moments)

    def come(self, **envelope: Any) -> int:
        """Something comes in; when it was written."""
        written = self.moment()
        told = {"timestamp": written, "serverReceivedTimestamp": written, "serverDeliveredTimestamp": written}
        for key in ("dataMessage", "editMessage"):
            if key in envelope:
                said = envelope[key]["dataMessage"] if key == "editMessage" else envelope[key]
                said.setdefault("timestamp", written)
        self.put({"account": ACCOUNT, "envelope": told | envelope})
        return written

    def put(self, told: dict[str, Any]) -> None:
        """One event of the stream, as it is."""
        self._waiting.put_nowait(told)

    async def _serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open[task] = out
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                head = (await near.readuntil(b"\r\n\r\n")).decode().splitlines()
                lengths = [int(line.partition(":")[2]) for line in head if line.lower().startswith("content-length:")]
                body = await near.readexactly(lengths[0]) if lengths else b""
                await self._answer(head[0].split()[0], head[0].split()[1], body, near, out)
        finally:
            self._open.pop(task, None)
            out.close()

    async def _answer(
        self, verb: str, address: str, body: bytes, near: asyncio.StreamReader, out: asyncio.StreamWriter
    ) -> None:
        parts = urlsplit(address)
        if (verb, parts.path) == ("POST", "/api/v1/rpc"):
            told = json.dumps(self._call(json.loads(body))).encode()
            out.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(told) + told)
        elif (verb, parts.path) == ("GET", "/api/v1/events"):
            if parse_qs(parts.query) != {"account": [ACCOUNT]}:
                out.write(b"HTTP/1.1 400 Bad\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            else:
                await self._stream(near, out)
        else:
            self.faults.append(f"{verb} {address}")
            out.write(b"HTTP/1.1 404 None\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        await out.drain()

    async def _stream(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n:\n")
        hung_up = asyncio.ensure_future(near.read(1))
        try:
            while not hung_up.done():
                getting = asyncio.ensure_future(self._waiting.get())
                try:
                    await asyncio.wait([getting, hung_up], return_when=asyncio.FIRST_COMPLETED)
                finally:
                    getting.cancel()
                if getting.done() and not getting.cancelled():
                    told = json.dumps(getting.result(), ensure_ascii=False).encode("utf-8", "surrogatepass")
                    out.write(b"event:receive\ndata:" + told + b"\n\n")
                    await out.drain()
        finally:
            hung_up.cancel()

    def _call(self, asked: dict[str, Any]) -> dict[str, Any]:
        method, given = asked["method"], asked.get("params", {})
        self.asked.append(method)
        base = {"jsonrpc": "2.0", "id": asked["id"]}
        if method in self.instead:
            return base | self.instead[method]
        known = _PARAMS.get(method)
        if known is None or any(not isinstance(value, known.get(key, ())) for key, value in given.items()):
            self.faults.append(f"{method} {given}")
            return base | failed(-32601, "Method not implemented")
        if "account" in known and given.get("account") != ACCOUNT:
            return base | failed(-32602, "Specified account does not exist")
        if method == "version":
            return base | {"result": {"version": "0.13.19"}}
        if method == "listAccounts":
            return base | {"result": [{"number": ACCOUNT}]}
        return base | (self._list(given) if method == "listGroups" else self._send(given))

    def _list(self, given: dict[str, Any]) -> dict[str, Any]:
        found = []
        for each in given["groupId"]:
            if each in self.groups:
                members = [{"number": None, "uuid": one, "isAdmin": False} for one in self.groups[each]]
                members.append({"number": ACCOUNT, "uuid": "00000000-0000-4000-8000-000000000000", "isAdmin": True})
                found.append({"id": each, "name": "Demo family", "isMember": True, "members": members})
        return {"result": found}

    def _send(self, given: dict[str, Any]) -> dict[str, Any]:
        targets = [*given.get("recipient", ()), *given.get("groupId", ())]
        if len(targets) != 1 or not given["message"]:
            self.faults.append(f"send {given}")
        to = self.groups.get(targets[0], targets)
        results = [result(each, "SUCCESS" if each in self.people else "UNREGISTERED_FAILURE") for each in to]
        answer = {"timestamp": self.moment(), "results": results}
        if not any(each["type"] == "SUCCESS" for each in results):
            return failed(-1, "Failed to send message", answer)
        self.sent.append(given)
        return {"result": answer}


def failed(code: int, words: str, response: dict[str, Any] | None = None) -> dict[str, Any]:
    """An error as signal-cli answers it."""
    return {"error": {"code": code, "message": words, "data": {"response": response} if response else None}}


def result(who: str, kind: str, **more: Any) -> dict[str, Any]:
    """What became of a message for one recipient."""
    return {"recipientAddress": {"uuid": who, "number": None, "username": None}, "type": kind, **more}
