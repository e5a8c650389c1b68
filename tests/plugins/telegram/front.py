"""What stands before the stand-in and adds what it lacks: who is in a group, that a bot wrote, that a message changed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

NOBODY = 404404
_LEFT = {"status": "left"}


@dataclass
class Front:
    """An HTTP server on loopback that passes everything on to the port `behind`; an asynchronous context.

    `members`: by chat, the administrators first; one of them leads it. `changes`: by the number of an update, what its
    message is besides. `edits`: by the number of an update, which message it changes.
    """

    behind: int
    members: dict[int, list[int]] = field(default_factory=dict)
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    edits: dict[int, int] = field(default_factory=dict)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(timeout=90.0, limits=httpx.Limits(max_keepalive_connections=0))
        self._door = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._door.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._door.close()
        await self._client.aclose()

    async def _serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, httpx.HTTPError):
            head = (await near.readuntil(b"\r\n\r\n")).decode().splitlines()
            lengths = [int(line.partition(":")[2]) for line in head if line.lower().startswith("content-length:")]
            body = await near.readexactly(lengths[0]) if lengths else b""
            answering = asyncio.ensure_future(self._answer(head[0].split()[1], body))
            hung_up = asyncio.ensure_future(near.read(1))
            await asyncio.wait([answering, hung_up], return_when=asyncio.FIRST_COMPLETED)
            hung_up.cancel()
            if not answering.done():
                answering.cancel()
            else:
                status, told = answering.result()
                out.write(
                    b"HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(told)) + told
                )
                await out.drain()
        out.close()

    async def _answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        method = path.rpartition("/")[2]
        given = json.loads(body or b"{}")
        if method.startswith("getChat"):
            return 200, _ok(self._of_group(method, given))
        if given.get("chat_id") == NOBODY:
            words = "Forbidden: bot can't initiate conversation with a user"
            return 403, json.dumps({"ok": False, "error_code": 403, "description": words}).encode()
        passed = await self._client.post(f"http://127.0.0.1:{self.behind}{path}", json=given)
        if method == "getUpdates" and passed.status_code == 200:
            return 200, _ok([self._changed(each) for each in passed.json()["result"]])
        return passed.status_code, passed.content

    def _of_group(self, method: str, given: dict[str, Any]) -> Any:
        members = self.members[given["chat_id"]]
        if method == "getChatMemberCount":
            return len(members) + 1
        if method == "getChatAdministrators":
            return [{"status": "creator", "user": {"id": members[0], "is_bot": False}}]
        return {"status": "member"} if given["user_id"] in members else _LEFT

    def _changed(self, update: dict[str, Any]) -> dict[str, Any]:
        number, message = update["update_id"], update["message"]
        user = {**message["from"], **self.changes.get(number, {})}
        message = {**message, "from": user}
        if number in self.edits:
            edit = {"message_id": self.edits[number], "edit_date": message["date"]}
            return {"update_id": number, "edited_message": message | edit}
        return {"update_id": number, "message": message}


def _ok(result: Any) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()
