"""What stands before the stand-in and adds what it lacks: where the app is, who is in a channel, and the latest answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.servers.front import Call, Front, Said
from tests.servers.slack_socket import APP_TOKEN

NOBODY = "U0NOBODY"
_DATE = b"Date: Tue, 14 Nov 2023 22:13:19 GMT\r\n"
"""Where the stand-in's clock begins, which is none of the day's."""


class SlackFront(Front):
    """`places`: where the app is. `members`: by channel. `replies`: the latest one by the message that began a thread.
    `bots`: the messages that programs wrote. `socket`: where Socket Mode is, by asking for the next address."""

    def __init__(self, behind: int) -> None:
        super().__init__(behind)
        self.places: list[str] = []
        self.members: dict[str, list[str]] = {}
        self.replies: dict[str, str] = {}
        self.bots: set[str] = set()
        self.socket: Callable[[], str] | None = None

    async def answer(self, call: Call) -> Said:
        if call.method == "apps.connections.open":
            return self._opened(call)
        if call.method == "users.conversations":
            return await self._conversations(call)
        if call.method == "conversations.members":
            return _ok({"members": self.members[call.given["channel"]]})
        if call.given.get("users") == NOBODY:
            return _ok({"ok": False, "error": "user_not_found"})
        passed = await self.passed(call)
        if passed.status == 200 and call.method in ("conversations.history", "conversations.replies"):
            told = json.loads(passed.body)
            return _ok({**told, "messages": [self._whole(each) for each in told["messages"]]} if told["ok"] else told)
        return Said(passed.status, passed.body, _DATE)

    def _opened(self, call: Call) -> Said:
        if call.how != "POST" or call.headers.get("authorization") != f"Bearer {APP_TOKEN}" or not self.socket:
            return _ok({"ok": False, "error": "invalid_auth"})
        return _ok({"url": self.socket()})

    async def _conversations(self, call: Call) -> Said:
        path = call.path.replace("users.conversations", "conversations.list").replace("limit=100", "limit=1000")
        passed = await self.passed(call._replace(path=path))
        told = json.loads(passed.body)
        if passed.status != 200 or not told["ok"]:
            return passed
        return _ok({"channels": [each for each in told["channels"] if each["id"] in self.places]})

    def _whole(self, message: dict[str, Any]) -> dict[str, Any]:
        more = {"latest_reply": self.replies[message["ts"]]} if message["ts"] in self.replies else {}
        return message | more | ({"bot_id": "B0PROGRAM"} if message["ts"] in self.bots else {})


def _ok(told: dict[str, Any]) -> Said:
    return Said(200, json.dumps({"ok": True, **told}).encode(), _DATE)
