"""A stand-in for Todoist's API, version 1, as far as its documentation says: made by those who made the plugin, so it shows
that the two agree, and not that Todoist does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers.strict import Answer, Asked, Fault, Service, checked

TOKEN = "demo-token"
_ARGS: dict[str, dict[str, Any]] = {
    "item_add": {
        "content": str, "project_id": str, "priority": int, "auto_parse_labels": bool, "due": dict, "parent_id": str,
    },
    "item_update": {"id": str, "content": str, "priority": int, "due": (dict, type(None))},
    "item_move": {"id": str, "parent_id": str, "project_id": str},
    "item_complete": {"id": str, "completed_at": str},
    "item_close": {"id": str},
}  # fmt: skip
_DUE: dict[str, Any] = {"date": str, "timezone": str}
_NOT_FOUND = {"error": "Item not found", "error_code": 22, "error_tag": "ITEM_NOT_FOUND", "http_code": 404}


class TodoistServer(Service):
    """One account. `forgets`: a command that comes again is answered without what it made. `page`: items of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, dict[str, Any]] = {}
        self.projects: dict[str, dict[str, Any]] = {}
        self.forgets, self.page, self.full_syncs = False, 2, 0
        self._changed: list[tuple[str, str]] = []
        self._done: dict[str, Any] = {}
        self._made: dict[str, str] = {}
        self.add_project("Inbox", inbox=True)

    # what the person does with Todoist's own programs

    def add_project(self, name: str, inbox: bool = False) -> str:
        with self.lock:
            key = f"p{len(self.projects) + 1}"
            self.projects[key] = {
                "id": key, "name": name, "inbox_project": inbox, "is_archived": False, "is_deleted": False,
            }  # fmt: skip
            self._changed.append(("projects", key))
            return key

    def archive(self, key: str) -> None:
        with self.lock:
            self.projects[key]["is_archived"] = True
            self._changed.append(("projects", key))

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        self.put(content=text, **({"due": _due({"date": due}, weekly)} if due else {}))

    def retitle(self, text: str, to: str) -> None:
        with self.lock:
            self.change(self.find(text), content=to)

    def remove(self, text: str) -> None:
        with self.lock:
            self.change(self.find(text), is_deleted=True)

    def find(self, text: str) -> str:
        (found,) = [key for key, one in self.items.items() if one["content"] == text and not one["is_deleted"]]
        return found

    def put(self, **fields: Any) -> str:
        with self.lock:
            key = f"6X{len(self.items) + 1:03}"
            self.items[key] = {
                "id": key, "project_id": "p1", "content": "", "description": "", "priority": 1, "due": None,
                "deadline": None, "labels": [], "parent_id": None, "checked": False, "is_deleted": False,
                "completed_at": None, "added_at": f"2026-11-20T08:00:00.{len(self.items):06}Z", "updated_at": "",
            }  # fmt: skip
            self.change(key, **fields)
            return key

    def change(self, key: str, **fields: Any) -> None:
        with self.lock:
            self.items[key] |= fields
            self._changed.append(("items", key))
            self.items[key]["updated_at"] = f"2026-11-20T09:00:00.{len(self._changed):06}Z"

    # what it answers

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Answer({"error": "Unauthorized", "error_code": 401, "error_tag": "UNAUTHORIZED"}, 401)
        if (asked.method, asked.path) == ("POST", "/api/v1/sync"):
            asked.only()
            return self._sync(asked.form())
        if (asked.method, asked.path) == ("GET", "/api/v1/tasks/completed/by_completion_date"):
            return self._completed(asked.only("since", "until", "limit", "cursor"))
        raise Fault(f"there is no {asked.method} {asked.path}")

    def _sync(self, form: dict[str, str]) -> Answer:
        if form.keys() - {"sync_token", "resource_types", "commands"} or set(json.loads(form["resource_types"])) - {
            "items", "projects",
        }:  # fmt: skip
            raise Fault(f"unknown fields: {form}")
        token = form["sync_token"]
        full = token == "*"
        if not full and not (token.startswith("t-") and token[2:].isdecimal()):
            return Answer({"error": "Sync token is invalid", "error_code": 20, "http_code": 400}, 400)
        self.full_syncs += full
        status, mapping = {}, {}
        for command in json.loads(form.get("commands", "[]")):
            name = command["uuid"]
            if name not in self._done:
                self._done[name] = self._do(command)
                mapping.update({name: self._made[name]} if name in self._made else {})
            elif name in self._made and not self.forgets:
                mapping[name] = self._made[name]
            status[name] = self._done[name]
        changed = {key for _, key in self._changed[0 if full else int(token[2:]) :]}
        found = {
            kind: [one for key, one in held.items() if key in changed and not (full and _is_over(one))]
            for kind, held in (("items", self.items), ("projects", self.projects))
        }
        commands = {"sync_status": status} if status else {}
        answer = {"sync_token": f"t-{len(self._changed)}", "full_sync": full, "temp_id_mapping": mapping}
        return Answer({**answer, **found, **commands})

    def _do(self, command: dict[str, Any]) -> Any:
        kind = command["type"]
        if kind not in _ARGS or command.keys() - {"type", "uuid", "temp_id", "args"}:
            raise Fault(f"unknown command: {command}")
        given = checked(dict(command["args"]), _ARGS[kind], kind)
        if due := given.get("due"):
            given["due"] = _due(checked(due, _DUE, "due"))
        if kind == "item_add":
            return self._add(command, given)
        if given["id"] not in self.items or self.items[given["id"]]["is_deleted"]:
            return _NOT_FOUND
        return self._write(kind, given.pop("id"), given)

    def _add(self, command: dict[str, Any], given: dict[str, Any]) -> Any:
        if len(given["content"]) > 500 or not given["content"].strip() or given["project_id"] not in self.projects:
            return {"error": "Invalid argument value", "error_code": 20, "http_code": 400}
        if given.pop("auto_parse_labels", True):
            given["labels"] = [word[1:] for word in given["content"].split() if word.startswith("@")]
            given["content"] = " ".join(word for word in given["content"].split() if not word.startswith("@"))
        self._made[command["uuid"]] = self.put(**given)
        assert command["temp_id"] == command["uuid"]
        return "ok"

    def _write(self, kind: str, key: str, given: dict[str, Any]) -> Any:
        item = self.items[key]
        if kind == "item_move" and len(given) != 1:
            return {"error": "Invalid argument value", "error_code": 20, "http_code": 400}
        if kind == "item_move" and "project_id" in given:
            given["parent_id"] = None
        if kind == "item_close" and item["due"] and item["due"]["is_recurring"]:
            following = date.fromisoformat(item["due"]["date"]) + timedelta(days=7)
            given = {"due": item["due"] | {"date": following.isoformat()}}
        elif kind in ("item_close", "item_complete"):
            if not item["checked"]:
                self._finish(key, given.get("completed_at") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
            return "ok"
        self.change(key, **given)
        return "ok"

    def _finish(self, key: str, at: str) -> None:
        self.change(key, checked=True, completed_at=at.replace("Z", ".000000Z"))
        for child, one in self.items.items():
            if one["parent_id"] == key and not _is_over(one):
                self._finish(child, at)

    def _completed(self, query: dict[str, str]) -> Answer:
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        if until - since > timedelta(days=92) or not 1 <= int(query["limit"]) <= 200:
            raise Fault(f"too wide: {query}")
        done = [one for one in self.items.values() if one["checked"] and not one["is_deleted"]]
        found = [one for one in done if since <= datetime.fromisoformat(one["completed_at"]) <= until]
        begin = int(query.get("cursor", "0"))
        end = begin + min(self.page, int(query["limit"]))
        return Answer({"items": found[begin:end], "next_cursor": str(end) if end < len(found) else None})


def _is_over(one: dict[str, Any]) -> bool:
    return bool(one.get("checked") or one["is_deleted"] or one.get("is_archived"))


def _due(given: dict[str, Any], weekly: bool = False) -> dict[str, Any]:
    """A due as it is answered: with microseconds, and all its fields."""
    at = given["date"]
    if "T" in at:
        at = f"{at.removesuffix('Z')}.000000{'Z' if at.endswith('Z') else ''}"
    words = "every week" if weekly else at
    return {"date": at, "timezone": given.get("timezone"), "string": words, "lang": "en", "is_recurring": weekly}
