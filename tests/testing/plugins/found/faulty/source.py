"""A task source whose "server" is a JSON file: {"tasks": {id: task}, "keys": {key: id}, "log": [ids as they changed]}."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sage.plugin_api import (
    UNSET,
    Change,
    Changes,
    Completed,
    Context,
    Gone,
    Health,
    NewTask,
    Refused,
    Stale,
    Task,
    TaskSource,
    Unsupported,
)


class Faulty(TaskSource):
    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._keys: dict[str, str] = {}
        self._seen: dict[str, Any] | None = None
        self._told: set[str] = set()
        self._closed = False

    def _has(self, fault: str) -> bool:
        return bool(self.ctx.config.fault == fault)

    # -- the server -----------------------------------------------------------

    def _load(self) -> dict[str, Any]:
        if self._has("looks only once") and self._seen:
            return self._seen
        try:
            kept: dict[str, Any] = json.loads(self.ctx.config.server.read_text())
        except FileNotFoundError:
            kept = {"tasks": {}, "keys": {}, "log": []}
        self._seen = kept
        return kept

    def _save(self, kept: dict[str, Any]) -> None:
        self.ctx.config.server.write_text(json.dumps(kept))

    def _put(self, kept: dict[str, Any], task: Task) -> Task:
        kept["log"].append(task.id)
        revision = "same" if self._has("one revision for all") else f"r{len(kept['log'])}"
        task = msgspec.structs.replace(task, revision=revision)
        kept["tasks"][task.id] = msgspec.to_builtins(task)
        if self._has("a date becomes midnight here") and len(task.due) == 10:
            midnight = datetime.fromisoformat(task.due).replace(tzinfo=ZoneInfo(self.ctx.zone)).astimezone(UTC)
            kept["tasks"][task.id]["due"] = "@" + midnight.isoformat()
        if self._has("a time loses its zone"):
            kept["tasks"][task.id]["zone"] = ""
        self._save(kept)
        return self._shown(kept, kept["tasks"][task.id])

    def _shown(self, kept: dict[str, Any], raw: dict[str, Any]) -> Task:
        raw = dict(raw)
        if raw["due"].startswith("@"):
            raw["due"] = datetime.fromisoformat(raw["due"][1:]).astimezone(ZoneInfo(self.ctx.zone)).date().isoformat()
        if self._has("reads a date as a moment") and raw["due"]:
            raw["due"] = (
                datetime.fromisoformat(raw["due"] + "T00:00Z").astimezone(ZoneInfo(self.ctx.zone)).date().isoformat()
            )
        if self._has("ids by place"):
            raw["id"] = str(list(kept["tasks"]).index(raw["id"]))
        if self._has("new ids after opening"):
            raw["id"] = f"{raw['id']}-{id(self.ctx)}"
        return msgspec.convert(raw, Task)

    # -- what Sage asks ---------------------------------------------------------

    async def open(self) -> None:
        self._closed = False

    async def close(self) -> None:
        if self._closed and self._has("closes only once"):
            raise RuntimeError("closed already")
        self._closed = True

    async def health(self) -> Health:
        return Health("stuck" if self._has("needs the person") else "ok")

    async def list(self) -> AsyncIterator[Task]:
        kept = self._load()
        for raw in kept["tasks"].values():
            yield self._shown(kept, raw)
            if self._has("lists twice"):
                yield self._shown(kept, raw)

    async def changes(self, cursor: str) -> Changes:
        kept = self._load()
        shown = {name: self._shown(kept, raw) for name, raw in kept["tasks"].items()}
        now = str(len(kept["log"]))
        good = cursor.isdigit() and int(cursor) <= len(kept["log"])
        if not good or self._has("tells everything"):
            if self._has("takes any cursor") and cursor:
                return Changes((), cursor=now)
            return Changes(tuple(shown.values()), cursor=now, whole=not self._has("never whole"))
        touched = dict.fromkeys(kept["log"][int(cursor) :])
        if self._has("hides what was made here"):
            touched = {name: None for name in touched if name not in kept["keys"].values()}
        if self._has("tells once"):
            touched = {name: None for name in touched if name not in self._told}
            self._told.update(touched)
        changed = tuple(shown[name] for name in touched if name in shown)
        gone = () if self._has("hides what is gone") else tuple(name for name in touched if name not in shown)
        return Changes(changed, gone, now)

    async def create(self, task: NewTask, key: str) -> Task:
        kept = self._load()
        keys = self._keys if self._has("keys in memory") else kept["keys"]
        if key in keys and not self._has("no keys"):
            return self._shown(kept, kept["tasks"][keys[key]])
        texts = task.text.splitlines() if self._has("a task a line") else [" ".join(task.text.split())]
        if self._has("latin only"):
            texts = [text.encode("latin-1", "replace").decode("latin-1") for text in texts]
        if self._has("cuts"):
            texts = [text[:255] for text in texts]
        if self._has("ends at a null") and "\0" in task.text:
            kept["tasks"].clear()
        if not any(texts):
            if self._has("a task without words is no task"):
                return Task("none", "", "r")
            raise Refused("A task needs words.")
        if task.parent and task.parent not in kept["tasks"] and not self._has("any parent"):
            raise Refused("There is no such parent.")
        priority = "" if self._has("no priority") else task.priority
        parent = "" if self._has("no parent") else task.parent
        for text in texts:
            number = len(text) if self._has("one id for the same words") else len(kept["log"]) + 1
            name = keys[key] = f"t{number}"
            made = self._put(
                kept, Task(name, text, "r", due=task.due, zone=task.zone, priority=priority, parent=parent)
            )
        return msgspec.structs.replace(made, revision="?") if self._has("answers with a wrong revision") else made

    def _looked_at(self, kept: dict[str, Any], id: str, revision: str) -> Task:  # noqa: A002
        raw = kept["tasks"].get(id)
        if raw is None:
            if self._has("makes what is gone"):
                return Task(id, "made", revision)
            raise Gone("It is gone.")
        task = msgspec.convert(raw, Task)
        if task.revision != revision and not self._has("overwrites"):
            raise Stale(task)
        return task

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        kept = self._load()
        new = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        if self._has("writes, then looks") and id in kept["tasks"]:
            before = self._shown(kept, kept["tasks"][id])
            self._put(kept, msgspec.structs.replace(msgspec.convert(kept["tasks"][id], Task), **new))
            if before.revision != revision:
                raise Stale(before)
        task = self._looked_at(kept, id, kept["tasks"][id]["revision"] if self._has("writes, then looks") else revision)
        if self._has("empties the rest"):
            task = Task(id, task.text, task.revision)
        if self._has("a change of nothing removes") and not new:
            del kept["tasks"][id]
            self._save(kept)
            return task
        if self._has("a task a line") and "\n" in new.get("text", ""):
            self._put(kept, Task(id + "-2", new["text"].split("\n")[1], "r"))
        if "text" in new:
            new["text"] = " ".join(new["text"].split())
        if self._has("a new id after a change"):
            del kept["tasks"][id]
            new["id"] = id + "x"
        return self._put(kept, msgspec.structs.replace(task, **new))

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        kept = self._load()
        raw = kept["tasks"].get(id)
        if raw and raw["done"] and not self._has("done twice"):
            following = kept["tasks"].get(id + "+")
            return Completed(self._shown(kept, raw), self._shown(kept, following) if following else None)
        if raw and raw["recurs"] and raw["revision"] != revision and not self._has("returns twice"):
            raise Stale(self._shown(kept, raw))
        task = self._looked_at(kept, id, revision)
        following = None
        if task.recurs and not self._has("never returns"):
            due = (date.fromisoformat(task.due) + timedelta(days=7)).isoformat()
            following = self._put(kept, msgspec.structs.replace(task, id=id + "+", due=due))
            if self._has("returns twice"):
                self._put(kept, msgspec.structs.replace(task, id=id + "++", due=due))
        zone = UTC if self._has("done in UTC") else ZoneInfo(self.ctx.zone)
        done_on = at.astimezone(zone).date().isoformat()
        task = msgspec.structs.replace(task, done=not self._has("never done"), done_on=done_on)
        if self._has("all are done"):
            for other in kept["tasks"].values():
                other["done"] = True
        return Completed(self._put(kept, task), following)


class Reader(Faulty):
    """Only reads; with a fault it loses what it has no place for."""

    async def create(self, task: NewTask, key: str) -> Task:
        if self._has("loses quietly"):
            return await super().create(NewTask(task.text), key)
        raise Unsupported("Tasks cannot be made here.")

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        if self._has("loses quietly"):
            return await super().update(id, Change(text=change.text), revision)
        raise Unsupported("Tasks cannot be changed here.")

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        if self._has("loses quietly"):
            return await super().complete(id, revision, at)
        raise Unsupported("Tasks cannot be completed here.")
