"""Slack's side of Socket Mode, on loopback, after Slack's description of it: a stand-in of our own, as the independent one
has none. It is strict: what Slack would not know is noted as a fault.

An address is good for one connection. It greets, tells events to one of its connections, and tells those again, on the next
connection, that were not acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from typing import Any, Self

from aiohttp import WSMsgType, web

APP_TOKEN = "xapp-1-of-the-tests-alone"


class SocketMode:
    """An asynchronous context. `faults`: what a client did wrong. `told`: the envelopes that wait to be acknowledged, by id;
    `taken`: those that were, in order. `opened`: how many connections there were. `ends_at_once`: why each connection is ended
    as soon as it has greeted. `silent`: no greeting. `answers_pings`: of connections from now on, or that stand."""

    def __init__(self) -> None:
        self.port = self.opened = 0
        self.faults: list[str] = []
        self.told: dict[str, dict[str, Any]] = {}
        self.taken: list[str] = []
        self.open: list[web.WebSocketResponse] = []
        self.ends_at_once, self.silent, self.answers_pings = "", False, True
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()
        await self._runner.cleanup()
        assert not self.faults

    def path(self) -> str:
        """Where the next connection is opened."""
        ticket = f"ticket{next(self._numbers)}"
        self._tickets.add(ticket)
        return f"/link/?ticket={ticket}&app_id=A0APP"

    async def tell(self, event: dict[str, Any]) -> str:
        """Something happened; the envelope in which it is told."""
        number = next(self._numbers)
        envelope = f"envelope{number}"
        payload = {
            "token": "of old",
            "team_id": "T1",
            "api_app_id": "A0APP",
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{number}",
            "event_time": int(float(event.get("event_ts", "0"))),
        }
        await self.send_envelope(envelope, "events_api", payload)
        return envelope

    async def send_envelope(self, envelope: str, kind: str, payload: dict[str, Any]) -> None:
        frame = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": False}
        self.told[envelope] = frame
        await self.send(frame)

    async def send(self, frame: object) -> None:
        """A frame, on the newest connection; nothing if there is none."""
        for each in self.open[-1:]:
            with contextlib.suppress(ConnectionError):
                await each.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def disconnect(self, reason: str) -> None:
        """Slack says that a connection ends, and ends it soon after."""
        ending = self.open[-1]
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "demo"}})
        asyncio.get_running_loop().call_later(0.3, lambda: asyncio.ensure_future(ending.close()))

    async def hang_up(self) -> None:
        """All connections end without a warning."""
        for each in list(self.open):
            await each.close(code=1001)

    async def until(self, wanted: Any) -> None:
        """Returns when it is so."""
        async with asyncio.timeout(10):
            while not wanted():
                self._changed.clear()
                await self._changed.wait()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        wire = web.WebSocketResponse(autoping=False)
        await wire.prepare(request)
        self.opened += 1
        self.open.append(wire)
        self._changed.set()
        try:
            await self._talk(wire)
        finally:
            self.open.remove(wire)
            self._changed.set()
        return wire

    async def _talk(self, wire: web.WebSocketResponse) -> None:
        if not self.silent:
            await wire.send_json({"type": "hello", "num_connections": len(self.open), "debug_info": {"host": "demo"}})
        for frame in list(self.told.values()):
            await wire.send_json(frame | {"retry_attempt": 1, "retry_reason": "timeout"})
        if self.ends_at_once:
            await wire.send_json({"type": "disconnect", "reason": self.ends_at_once})
        async for frame in wire:
            if frame.type is WSMsgType.PING:
                if self.answers_pings:
                    await wire.pong(frame.data)
            elif frame.type is not WSMsgType.PONG:
                self._acknowledged(frame.data if frame.type is WSMsgType.TEXT else None)

    def _acknowledged(self, said: str | None) -> None:
        try:
            told = json.loads(said or "")
        except ValueError:
            told = None
        if not isinstance(told, dict) or told.keys() != {"envelope_id"}:
            self.faults.append("a frame that is no acknowledgement")
        elif told["envelope_id"] in self.told:
            del self.told[told["envelope_id"]]
            self.taken.append(told["envelope_id"])
        elif told["envelope_id"] not in self.taken:
            self.faults.append("an acknowledgement of what was never told")
        self._changed.set()
