"""Taskwarrior as a source of tasks."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sage.plugin_api import (
    UNSET,
    Change,
    Completed,
    Context,
    Gone,
    NewTask,
    Priority,
    Refused,
    Stale,
    Task,
    TaskSource,
    UnsetType,
    Unsupported,
)

from .program import Program, Raw

LOOK_EVERY = 2.0
"""Seconds between two looks at whether another program has written."""
_SHOWN = ("(", "status:pending", "or", "(", "status:completed", "and", "end.after:now-30d", ")", ")")
_NAMES = uuid.UUID("6c4a0f0e-5f7f-4f6b-9f60-0d8f3f0f7a51")
_PASSING = frozenset(("id", "urgency"))
"""What is another one without a change: the number in a list, and what is computed from the date of today."""
_PRIORITIES: dict[str, Priority] = {"H": "high", "M": "medium", "L": "low"}
_LETTERS = {name: letter for letter, name in _PRIORITIES.items()}
_STAMP = "%Y%m%dT%H%M%SZ"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]")


class Taskwarrior(TaskSource):
    """The tasks of one configuration of Taskwarrior."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._program = Program(ctx.config.taskrc, ctx.config.data)
        self._turn = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        folder = await self._program.check()
        self._watching = asyncio.create_task(self._watch(folder, _mark(folder)))

    async def close(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def list(self) -> AsyncIterator[Task]:
        for raw in await self._program.export(*_SHOWN):
            if not _waits(raw, self.ctx.now()):
                yield self._task(raw)

    async def create(self, task: NewTask, key: str) -> Task:
        name = str(uuid.uuid5(_NAMES, f"{self.ctx.account}\0{key}"))
        async with self._turn:
            if not await self._program.export(name):
                if task.parent:
                    raise Unsupported("Taskwarrior has no subtasks.")
                raw: Raw = {"uuid": name, "status": "pending", "description": _words(task.text)}
                if task.where:
                    raw["project"] = _words(task.where)
                self._set(raw, task.due, task.zone, task.priority)
                raw["entry"] = _stamp(self.ctx.now())
                await self._program.take(raw)
            return self._task(await self._raw(name))

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        async with self._turn:
            raw = await self._at(id, revision)
            if change.parent is not UNSET and change.parent:
                raise Unsupported("Taskwarrior has no subtasks.")
            if change.text is not UNSET:
                raw["description"] = _words(change.text)
            zone = "" if change.zone is UNSET else change.zone
            self._set(raw, change.due, zone, change.priority)
            await self._program.take({field: value for field, value in raw.items() if field not in _PASSING})
            return self._task(await self._raw(id))

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        async with self._turn:
            raw = await self._raw(id)
            if raw["status"] != "completed":
                await self._at(id, revision)
                await self._program.done(id, _stamp(at))
                raw = await self._raw(id)
            return Completed(self._task(raw))

    async def _raw(self, id: str) -> Raw:  # noqa: A002
        """The task of an id. Raises Gone."""
        found = await self._program.export(id) if _is_uuid(id) else []
        if len(found) != 1 or found[0]["status"] in ("deleted", "recurring"):
            raise Gone("The task is no longer there.")
        return found[0]

    async def _at(self, id: str, revision: str) -> Raw:  # noqa: A002
        """The task of an id that can be written. Raises Gone, Stale or Refused."""
        raw = await self._raw(id)
        now = self._task(raw)
        if now.revision != revision:
            raise Stale(now)
        if now.read_only:
            raise Refused("There are bytes in this task that are no text, which writing would spoil.")
        return raw

    def _set(self, raw: Raw, due: str | UnsetType, zone: str, priority: Priority | UnsetType) -> None:
        fields = {
            "due": UNSET if isinstance(due, UnsetType) else due and self._due(due, zone),
            "priority": UNSET if isinstance(priority, UnsetType) else _LETTERS.get(priority, ""),
        }
        for field, value in fields.items():
            if value:
                raw[field] = value
            elif value == "":
                raw.pop(field, None)

    def _due(self, due: str, zone: str) -> str:
        """A date is the midnight of this machine's zone, as `task` itself has it."""
        try:
            wall = datetime.fromisoformat(due)
        except ValueError as error:
            raise Refused(f"{due!r} is no date.") from error
        if len(due) == len("2026-11-27"):
            return _stamp(wall.astimezone())
        moment = wall.replace(tzinfo=ZoneInfo(zone or self.ctx.zone))
        if _is_midnight(moment):
            moment += timedelta(seconds=1)  # so that it does not become a date
        return _stamp(moment)

    def _task(self, raw: Raw) -> Task:
        lasting = {field: value for field, value in raw.items() if field not in _PASSING}
        revision = hashlib.sha256(json.dumps(lasting, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        due, ended = (_moment(raw.get(field, "")) for field in ("due", "end"))
        done = raw["status"] == "completed"
        text = raw.get("description", "")
        return Task(
            raw["uuid"], text, revision, done,
            done_on=f"{ended.astimezone(ZoneInfo(self.ctx.zone)):%Y-%m-%d}" if done and ended else "",
            due=self._wall(due) if due else "",
            priority=_PRIORITIES.get(raw.get("priority", ""), ""),
            recurs=raw.get("recur", ""),
            where=raw.get("project", ""),
            read_only="\ufffd" in json.dumps(raw, ensure_ascii=False),
        )  # fmt: skip

    def _wall(self, due: datetime) -> str:
        if _is_midnight(due):
            return f"{due.astimezone():%Y-%m-%d}"
        return f"{due.astimezone(ZoneInfo(self.ctx.zone)):%Y-%m-%dT%H:%M}"

    async def _watch(self, folder: Path, before: object) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = _mark(folder)
            if now != before:
                before = now
                self.ctx.changed()


def _words(text: str) -> str:
    """Words that can stand in Taskwarrior's files. Raises Refused."""
    if not text.strip():
        raise Refused("A task needs words.")
    if _CONTROL.search(text):
        raise Refused("A task of Taskwarrior is one line of plain text.")
    return text


def _is_uuid(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return str(uuid.UUID(name)) == name
    return False


def _waits(raw: Raw, now: datetime) -> bool:
    until = _moment(raw.get("wait", ""))
    return until is not None and until > now and raw["status"] != "completed"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):{_STAMP}}"


def _moment(stamp: str) -> datetime | None:
    with contextlib.suppress(ValueError, TypeError):
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    return None


def _is_midnight(moment: datetime) -> bool:
    return f"{moment.astimezone():%H%M%S}" == "000000"


def _mark(folder: Path) -> tuple[tuple[str, int, int], ...]:
    found = []
    for path in sorted(folder.glob("*.data")):
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)
