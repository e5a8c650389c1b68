"""What stands before the stand-in and adds what it lacks: who is in a group, that a bot wrote, that a message changed."""

from __future__ import annotations

import json
from typing import Any

from tests.servers.front import Call, Front, Said

NOBODY = 404404


class TelegramFront(Front):
    """`members`: by chat; the first one leads it. `changes`: by the number of an update, what its sender is besides.
    `edits`: by the number of an update, which message it changes."""

    def __init__(self, behind: int) -> None:
        super().__init__(behind)
        self.members: dict[int, list[int]] = {}
        self.changes: dict[int, dict[str, Any]] = {}
        self.edits: dict[int, int] = {}

    async def answer(self, call: Call) -> Said:
        if call.method.startswith("getChat"):
            return _ok(self._of_group(call.method, call.given))
        if call.given.get("chat_id") == NOBODY:
            words = "Forbidden: bot can't initiate conversation with a user"
            return Said(403, json.dumps({"ok": False, "error_code": 403, "description": words}).encode())
        passed = await self.passed(call)
        if call.method == "getUpdates" and passed.status == 200:
            return _ok([self._changed(each) for each in json.loads(passed.body)["result"]])
        return passed

    def _of_group(self, method: str, given: dict[str, Any]) -> Any:
        members = self.members[given["chat_id"]]
        if method == "getChatMemberCount":
            return len(members) + 1
        if method == "getChatAdministrators":
            return [{"status": "creator", "user": {"id": members[0], "is_bot": False}}]
        return {"status": "member" if given["user_id"] in members else "left"}

    def _changed(self, update: dict[str, Any]) -> dict[str, Any]:
        number, message = update["update_id"], update["message"]
        message = {**message, "from": {**message["from"], **self.changes.get(number, {})}}
        if number in self.edits:
            edit = {"message_id": self.edits[number], "edit_date": message["date"]}
            return {"update_id": number, "edited_message": message | edit}
        return {"update_id": number, "message": message}


def _ok(result: Any) -> Said:
    return Said(200, json.dumps({"ok": True, "result": result}).encode())
