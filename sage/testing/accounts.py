"""Accounts of plugins in memory: what they keep, what goes wrong with them, and what others change there meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import UNSET, structs

from sage.plugin_api import (
    Change,
    Changes,
    Completed,
    Context,
    Gone,
    NewTask,
    PluginError,
    Stale,
    Task,
    TaskSource,
    Unreachable,
    Unsupported,
)


class FakeTasks(TaskSource):
    """A task source that keeps the rules of `plugin_api`, and in which other clients work as well (`edit`, `delete`)."""

    def __init__(self, *tasks: Task, ctx: Context) -> None:
        super().__init__(ctx)
        self.kept = {task.id: task for task in tasks}
        self.log: list[str] = []
        """The id of what changed, at each number of a cursor."""
        self.keys: dict[str, str] = {}
        self.done_at: dict[tuple[str, str], Completed] = {}
        self.writes = 0

    # what other clients do

    def edit(self, id: str, **changed: Any) -> Task:  # noqa: A002
        """Changes a task as another client would."""
        return self._put(structs.replace(self.kept[id], **changed))

    def delete(self, id: str) -> None:  # noqa: A002
        """Deletes a task as another client would."""
        del self.kept[id]
        self.log.append(id)

    # what Sage asks for

    async def list(self) -> AsyncIterator[Task]:
        for task in list(self.kept.values()):
            yield task

    async def changes(self, cursor: str) -> Changes:
        at = str(len(self.log))
        if not cursor:
            return Changes(tuple(self.kept.values()), cursor=at, whole=True)
        touched = dict.fromkeys(self.log[int(cursor) :])
        gone = tuple(name for name in touched if name not in self.kept)
        return Changes(tuple(self.kept[name] for name in touched if name in self.kept), gone, at)

    async def create(self, task: NewTask, key: str) -> Task:
        if key not in self.keys:
            self.keys[key] = f"made-{key}"
            self.writes += 1
            new = Task(
                self.keys[key], task.text, "1", due=task.due, zone=task.zone, priority=task.priority, where=task.where
            )
            self._put(new)
        return self.kept[self.keys[key]]

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        task = self._at(id, revision)
        self.writes += 1
        given = {name: value for name, value in structs.asdict(change).items() if value is not UNSET}
        return self._put(structs.replace(task, **given))

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        if id in self.kept and self.kept[id].done:
            return Completed(self.kept[id])
        task = self._at(id, revision)
        self.writes += 1
        if task.recurs:
            due = date.fromisoformat(task.due) + timedelta(days=7)
            return Completed(self._put(structs.replace(task, due=str(due))))
        return Completed(self._put(structs.replace(task, done=True, done_on=f"{at:%Y-%m-%d}")))

    def _at(self, name: str, revision: str) -> Task:
        if name not in self.kept:
            raise Gone
        if self.kept[name].revision != revision:
            raise Stale(self.kept[name])
        return self.kept[name]

    def _put(self, task: Task) -> Task:
        self.log.append(task.id)
        self.kept[task.id] = structs.replace(task, revision=f"r{len(self.log)}")
        return self.kept[task.id]


class FakeTaskAccounts:
    """Accounts that run (`ports.Accounts`), by name. `away` are those that cannot be reached. `before` and `after` fail the
    next calls: the first before the account has heard of it, the second when it has done it and cannot say so any more."""

    def __init__(self, *sources: FakeTasks) -> None:
        self.accounts = {source.ctx.account: source for source in sources}
        self.away: set[str] = set()
        self.before: list[PluginError] = []
        self.after: list[PluginError] = []
        self.asked: list[str] = []

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        """See `ports.Accounts.ask`."""
        self.asked.append(do)
        if account not in self.accounts:
            raise Unsupported(f"{account} is not enabled.")
        if account in self.away:
            raise Unreachable("The demo server is down.")
        if self.before:
            raise self.before.pop(0)
        found = getattr(self.accounts[account], do)(*given)
        answer = tuple([each async for each in found]) if hasattr(found, "__aiter__") else await found
        if self.after:
            raise self.after.pop(0)
        return answer
