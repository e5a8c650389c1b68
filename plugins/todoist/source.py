"""One account of Todoist: its tasks, both ways.

All open items are held in memory and brought up to date by sync token before anything else is done, so that a look costs one
small request. Todoist has no conditional writes: what a write is based on is compared with what that request brought, and
what another program changes in the moment between that request and the write is overwritten.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

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

from . import items
from .items import Item
from .notes import Notes
from .web import Found, Rejected, Web, check_command

SHOWN_DONE = timedelta(days=30)
"""How long what is done is still shown."""
_DAY = timedelta(days=1)
_EVERYTHING = "*"
_NAMES = uuid.UUID("0e4a2f7c-6f0a-4a6e-9f0c-4d1b7f6f3a52")

Tasks = list[Task]  # since `list` is a method below
Items = list[Item]


class Todoist(TaskSource):
    """The tasks of one account."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._open: Web | None = None
        self._notes = Notes(ctx.folder / "notes.json")
        self._turn = asyncio.Lock()
        self._token = _EVERYTHING
        self._items: dict[str, Item] = {}
        self._projects: dict[str, Item] = {}

    async def open(self) -> None:
        await self.close()
        self._open = Web(self.ctx.config.url, self.ctx.secret("token").reveal())
        async with self._turn:
            await self._catch_up()

    async def health(self) -> Health:
        async with self._turn:
            await self._catch_up()
        return Health()

    async def close(self) -> None:
        if self._open:
            await self._open.close()

    async def list(self) -> AsyncIterator[Task]:
        async with self._turn:
            await self._catch_up()
            found = await self._all()
        for task in found:
            yield task

    async def changes(self, cursor: str) -> Changes:
        async with self._turn:
            known, found = cursor == self._token, await self._catch_up()
            if not known:
                found = await self._since(cursor) if cursor else {}
            if not found or found["full_sync"] or found.get("projects"):  # a project that goes takes its tasks with it
                return Changes(tuple(await self._all()), cursor=self._token, whole=True)
            changed = [item for item in found.get("items", ()) if self._is_shown(item)]
            gone = [item["id"] for item in found.get("items", ()) if not self._is_shown(item)]
            return Changes(tuple(map(self._task, changed)), tuple(gone), found["sync_token"])

    async def create(self, task: NewTask, key: str) -> Task:
        async with self._turn:
            await self._catch_up()
            name = str(uuid.uuid5(_NAMES, f"{self.ctx.account}\0{key}"))
            made = self._notes.get(name)
            if made is None:
                made = await self._made(self._new(task), name)
                self._notes.put(name, made)
            return self._task(await self._item(made))

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        async with self._turn:
            await self._catch_up()
            item = await self._at(id, revision)
            await self._command(*self._changed(item, change))
            return self._task(await self._item(id))

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        async with self._turn:
            await self._catch_up()
            item = await self._item(id)
            note = f"{id} done at {revision}"
            before = self._notes.get(note)
            came_again = before is not None and items.returns(item) and items.date_of(item) > before
            if not item.get("checked") and not came_again:
                await self._at(id, revision)
                await self._command(self._done(item, note, at))
                item = await self._item(id)
            return Completed(self._task(item))

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def _web(self) -> Web:
        assert self._open, "it was not opened"
        return self._open

    async def _sync(self, token: str, commands: Sequence[Found] = ()) -> Found:
        form = {"sync_token": token, "resource_types": '["items", "projects"]'}
        if commands:
            form["commands"] = json.dumps(commands)
        return await self._web.post("/sync", form)

    async def _catch_up(self) -> Found:
        """Brings what is held up to date; what changed."""
        found = await self._since(self._token)
        self._hold(found)
        return found

    async def _since(self, token: str) -> Found:
        """What changed since a token; everything for one that is none."""
        try:
            return await self._sync(token or _EVERYTHING)
        except Rejected:
            return await self._sync(_EVERYTHING)

    def _hold(self, found: Found) -> None:
        if found.get("full_sync"):
            self._items, self._projects = {}, {}
        for held, came in ((self._items, found.get("items", ())), (self._projects, found.get("projects", ()))):
            for one in came:
                held[one["id"]] = one
                if one.get("is_deleted"):
                    del held[one["id"]]
        self._token = found["sync_token"]

    async def _all(self) -> Tasks:
        """All that is open, and what was done lately."""
        now = self.ctx.now()
        done = {item["id"]: item for item in await self._done_between(now - SHOWN_DONE, now + _DAY)}
        return [self._task(item) for item in (done | self._items).values() if self._is_shown(item)]

    async def _done_between(self, since: datetime, until: datetime) -> Sequence[Item]:
        found, cursor = Items(), ""
        span = {"since": _stamp(since), "until": _stamp(until), "limit": "200"}
        while True:
            page = await self._web.get(
                "/tasks/completed/by_completion_date", span | ({"cursor": cursor} if cursor else {})
            )
            found += [item | {"checked": True} for item in page.get("items", ())]
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return found

    def _is_shown(self, item: Item) -> bool:
        """Whether it is there, in a project that is wanted."""
        project = self._projects.get(item.get("project_id", ""), {})
        if item.get("is_deleted") or project.get("is_archived"):
            return False
        wanted = self.ctx.config.projects
        return not wanted or project.get("name") in wanted

    def _task(self, item: Item) -> Task:
        names = {key: project["name"] for key, project in self._projects.items()}
        return items.task_of(item, names, self.ctx.zone)

    async def _item(self, id: str) -> Item:  # noqa: A002
        """An item as it is now, also one that is done. Raises Gone."""
        found = self._items.get(id)
        if found is None:
            noted, now = self._notes.get(f"{id} done"), self.ctx.now()
            at = datetime.fromisoformat(noted) if noted else None
            span = (at - _DAY, at + _DAY) if at else (now - SHOWN_DONE, now + _DAY)
            found = next((item for item in await self._done_between(*span) if item["id"] == id), None)
        if found is None or not self._is_shown(found):
            raise Gone("The task is no longer there.")
        return found

    async def _at(self, id: str, revision: str) -> Item:  # noqa: A002
        """An item that is still at a revision. Raises Gone or Stale."""
        item = await self._item(id)
        task = self._task(item)
        if task.revision != revision:
            raise Stale(task)
        return item

    # -- writing -------------------------------------------------------------------------------------------------------

    async def _command(self, *commands: Found) -> Found:
        """Has commands done, and brings what is held up to date. Raises what the first that was not done deserves."""
        if not commands:
            return {}
        found = await self._sync(self._token, commands)
        self._hold(found)
        for command in commands:
            check_command(found.get("sync_status", {}).get(command["uuid"]))
        return found

    def _new(self, task: NewTask) -> Found:
        """The arguments that make a task."""
        parent = self._parent(task.parent) if task.parent else None
        given: Found = {
            "content": items.words(task.text),
            "project_id": parent["project_id"] if parent else self._project(task.where or self.ctx.config.into),
            "priority": items.priority_of(task.priority),
            "auto_parse_labels": False,  # else it takes words with @ out of the text
        }
        due = items.due_of(task.due, task.zone)
        return given | ({"due": due} if due else {}) | ({"parent_id": parent["id"]} if parent else {})

    async def _made(self, given: Found, name: str) -> str:
        """Makes a task under a name; its id. Todoist does a command with one uuid once; should it not say again what the
        first one made, then that is the newest with these very fields."""
        found = await self._command({"type": "item_add", "uuid": name, "temp_id": name, "args": given})
        made = found.get("temp_id_mapping", {}).get(name)
        if made:
            return str(made)
        same = [item for item in self._items.values() if _is_made_of(item, given)]
        if not same:
            raise Gone("The task was made before, and is no longer there.")
        return str(max(same, key=lambda item: str(item.get("added_at", "")))["id"])

    def _project(self, name: str) -> str:
        """The id of the project of that name; "" is the inbox. Raises Refused."""
        for key, project in self._projects.items():
            if not project.get("is_archived") and (project["name"] == name if name else project.get("inbox_project")):
                return key
        raise Refused(f"There is no project {name!r} in Todoist." if name else "Todoist has no inbox.")

    def _parent(self, id: str) -> Item:  # noqa: A002
        found = self._items.get(id)
        if found is None or found.get("checked"):
            raise Refused("The task above it is no longer there.")
        return found

    def _changed(self, item: Item, change: Change) -> Sequence[Found]:
        """The commands of a change."""
        now, given = self._task(item), Found(id=item["id"])
        if change.text is not UNSET:
            given["content"] = items.words(change.text)
        if change.priority is not UNSET:
            given["priority"] = items.priority_of(change.priority)
        due = now.due if change.due is UNSET else change.due
        zone = now.zone if change.zone is UNSET else change.zone
        if (due, zone) != (now.due, now.zone):
            if now.recurs:
                raise Unsupported("The date of a task that returns can be changed in Todoist alone.")
            given["due"] = items.due_of(due, zone)
        commands = [_command("item_update", given)] if len(given) > 1 else []
        if change.parent is not UNSET and change.parent != now.parent:
            above = {"parent_id": self._parent(change.parent)["id"]} if change.parent else {}
            commands.append(_command("item_move", {"id": item["id"], **(above or {"project_id": item["project_id"]})}))
        return commands

    def _done(self, item: Item, note: str, at: datetime) -> Found:
        """The command that marks as done. One that returns is sent on by Todoist, and noted before, so that a second
        attempt does not send it on again."""
        name = str(uuid.uuid5(_NAMES, f"{self.ctx.account}\0{note}"))
        if items.returns(item):
            self._notes.put(note, items.date_of(item))
            return {"type": "item_close", "uuid": name, "args": {"id": item["id"]}}
        self._notes.put(f"{item['id']} done", at.isoformat())
        return {"type": "item_complete", "uuid": name, "args": {"id": item["id"], "completed_at": _stamp(at)}}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _command(kind: str, given: Found) -> Found:
    return {"type": kind, "uuid": str(uuid.uuid4()), "args": given}


def _is_made_of(item: Item, given: dict[str, Any]) -> bool:
    fields = ("content", "project_id", "priority")
    above = item.get("parent_id") or None, given.get("parent_id")
    return above[0] == above[1] and all(item.get(field) == given[field] for field in fields)
