"""One account of a calendar server (CalDAV, RFC 4791): its tasks, both ways, and its events.

A task's id is its path on the server, its revision the server's mark of it (ETag); each write depends on that mark, so that
nothing of another program is ever overwritten.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from xml.sax.saxutils import escape

from msgspec.structs import replace

from sage.plugin_api import (
    UNSET,
    CalendarPage,
    CalendarSource,
    Change,
    Changes,
    Completed,
    Context,
    Event,
    Gone,
    Health,
    NewTask,
    Refused,
    Stale,
    Task,
    TaskSource,
    Unreachable,
    Unsupported,
)

from . import items, lists, reading
from .items import Place, Read
from .lines import Broken
from .lists import Calendar
from .reading import Expired, Item, Items
from .web import Conflict, Missing, Web

_LOOK_AGAIN = 600.0
"""Seconds after which the account may have other lists."""
_MOST_EVENTS = 5_000
_ROUND = timedelta(days=1)
"""More than is asked of the server on both sides, which knows nothing of the person's zone."""


Reads = list[Read]  # since `list` is a method below


class CalDav(TaskSource, CalendarSource):
    """Tasks and events."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._open: Web | None = None
        self._lists: Sequence[Calendar] = ()
        self._looked = float("-inf")
        self._writing = asyncio.Lock()
        self._paths: dict[str, str] = {}
        """The paths of tasks by UID, as far as they are known."""
        self._unread: dict[str, int] = {}
        """How many items of a list, by its path, could not be read when all of it was last asked for."""

    async def open(self) -> None:
        config = self.ctx.config
        self._open = Web(config.url, config.username, self.ctx.secret("password").reveal())
        await self._look()

    async def health(self) -> Health:
        await self._look()
        unread = sum(self._unread.values())
        return Health("ok", f"Items of the server that cannot be read, and are not shown: {unread}." if unread else "")

    async def close(self) -> None:
        if self._open:
            await self._open.close()

    # -- tasks ---------------------------------------------------------------------------------------------------------

    async def list(self) -> AsyncIterator[Task]:
        await self._look()
        for task in await self._all():
            yield task

    async def changes(self, cursor: str) -> Changes:
        if time.monotonic() - self._looked > _LOOK_AGAIN:
            await self._look()
        tokens = _tokens(cursor)
        if tokens.keys() != {one.path for one in self._task_lists()} or not all(tokens.values()):
            return await self._whole()
        changed, gone = [], []
        try:
            for one in self._task_lists():
                since = await reading.changed_since(self._dav, one, tokens[one.path])
                found = self._reads(one, await reading.some(self._dav, one, since.changed))
                changed += [await self._beneath(read) for read in found]
                gone += since.gone
                tokens[one.path] = since.token
        except (Expired, Missing):
            return await self._whole()
        return Changes(tuple(changed), tuple(gone), json.dumps(tokens))

    async def create(self, task: NewTask, key: str) -> Task:
        one = self._list_named(task.where or self.ctx.config.into)
        uid = _uid_for(self.ctx.account, key)
        place = Place(f"{one.path}{uid}.ics", "", one.name, one.writable)
        parent = await self._uid(task.parent) if task.parent else ""
        text = items.made(uid, task, parent, self.ctx.now(), self.ctx.zone)
        try:
            return await self._put(place, text, {"If-None-Match": "*"})
        except Missing as error:
            raise Refused("The list is no longer there.") from error
        except Conflict as error:
            try:
                text, place = await self._current(place.path)
            except Gone:
                raise Refused("The calendar server does not take the task.") from error
            return await self._task(text, place)

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        text, place = await self._current(id)
        task = await self._task(text, place)
        self._check(task, place, revision)
        if all(value is UNSET for value in (change.text, change.due, change.zone, change.priority, change.parent)):
            return task
        parent = await self._uid(change.parent) if change.parent else ""
        return await self._written(place, items.changed(text, change, parent, self.ctx.now(), self.ctx.zone))

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        text, place = await self._current(id)
        task = await self._task(text, place)
        if task.done or items.was_done(text, revision):
            return Completed(task)
        self._check(task, place, revision)
        after = await asyncio.to_thread(items.completed, text, revision, at, self.ctx.now(), self.ctx.zone)
        return Completed(await self._written(place, after))

    # -- events --------------------------------------------------------------------------------------------------------

    async def occurrences(self, since: datetime, until: datetime) -> CalendarPage:
        await self._look()
        start, end = (f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" for moment in (since - _ROUND, until + _ROUND))
        asked = f'<C:time-range start="{start}" end="{end}"/>'
        pages = []
        for one in self._lists:
            if "VEVENT" in one.kinds:
                found = await reading.everything(self._dav, one, "VEVENT", asked)
                pages.append(await asyncio.to_thread(self._page, one, found, since, until))
        return _joined(pages)

    def _page(self, one: Calendar, found: Items, since: datetime, until: datetime) -> CalendarPage:
        events: dict[str, Event] = {}
        troubles = [f"Items of the calendar {one.name} cannot be read: {found.unread}."] if found.unread else []
        whole = not found.unread
        for item in found.found:
            page = self.ctx.read_calendar(item.text.encode(), since, until)
            whole &= page.whole
            troubles += [f"{one.name}: {trouble}" for trouble in page.troubles]
            for event in page.events:
                twice = f"{event.id}-{hashlib.sha256(item.path.encode()).hexdigest()[:8]}"
                name = twice if event.id in events else event.id
                events[name] = replace(event, id=name)
        return CalendarPage(tuple(events.values()), tuple(dict.fromkeys(troubles)), whole)

    # -- what both need ------------------------------------------------------------------------------------------------

    @property
    def _dav(self) -> Web:
        assert self._open, "it was not opened"
        return self._open

    async def _look(self) -> None:
        """Looks which lists there are."""
        config = self.ctx.config
        self._lists = await lists.found(self._dav, config.url, config.lists)
        self._looked = time.monotonic()

    def _task_lists(self) -> tuple[Calendar, ...]:
        return tuple(one for one in self._lists if "VTODO" in one.kinds)

    def _list_named(self, name: str) -> Calendar:
        """The list of that name that takes tasks; "" for the first, one that takes nothing else if there is any. Raises
        Refused."""
        able = [one for one in self._task_lists() if one.writable and name in ("", one.name)]
        if not able:
            raise Refused(f"There is no list {name!r} that takes tasks." if name else "No list there takes tasks.")
        return min(able, key=lambda one: "VEVENT" in one.kinds)

    async def _all(self) -> tuple[Task, ...]:
        """All tasks of all lists."""
        reads: Reads = []
        for one in self._task_lists():
            try:
                found = await reading.everything(self._dav, one, "VTODO")
            except Missing as error:
                raise Unreachable("A list of the calendar server has just gone.") from error
            self._unread[one.path] = found.unread
            reads += await asyncio.to_thread(self._reads, one, found)
        self._paths = {read.uid: read.task.id for read in reads}
        return tuple([replace(read.task, parent=self._paths.get(read.parent, "")) for read in reads])

    async def _whole(self) -> Changes:
        await self._look()
        tokens = {one.path: await reading.token_of(self._dav, one) for one in self._task_lists()}
        return Changes(await self._all(), cursor=json.dumps(tokens) if all(tokens.values()) else "", whole=True)

    def _reads(self, one: Calendar, found: Items) -> Reads:
        """The tasks among some items; one that is none of iCalendar is counted."""
        reads = []
        for item in found.found:
            try:
                read = items.read(item.text, _place(item, one), self.ctx.zone)
            except Broken:
                self._unread[one.path] = self._unread.get(one.path, 0) + 1
            else:
                reads += [read] if read else []
        self._paths |= {read.uid: read.task.id for read in reads}
        return reads

    async def _beneath(self, read: Read) -> Task:
        """The task with the id of the one above it."""
        if read.parent and read.parent not in self._paths:
            self._paths[read.parent] = await self._path_of(read.parent)
        return replace(read.task, parent=self._paths.get(read.parent, ""))

    async def _path_of(self, uid: str) -> str:
        """Where the task with a UID is, which takes the server a while; "" if it is nowhere."""
        text = (
            f'<C:prop-filter name="UID"><C:text-match collation="i;octet">{escape(uid)}</C:text-match></C:prop-filter>'
        )
        for one in self._task_lists():
            for item in (await reading.everything(self._dav, one, "VTODO", text)).found:
                read = items.read(item.text, _place(item, one), self.ctx.zone)
                if read and read.uid == uid:
                    return item.path
        return ""

    async def _uid(self, path: str) -> str:
        """The UID of the task at a path. Raises Refused."""
        try:
            return items.uid_of((await self._current(path))[0])
        except (Gone, Broken) as error:
            raise Refused("The task that it belongs to is no longer there.") from error

    async def _current(self, path: str) -> tuple[str, Place]:
        """A task's item as it is now. Raises Gone."""
        one = next((one for one in self._task_lists() if path.startswith(one.path)), None)
        if one is None:
            raise Gone("The task is no longer there.")
        answer = await self._dav.get(path)
        return answer.body.decode("utf-8", "replace"), Place(path, answer.etag, one.name, one.writable)

    async def _task(self, text: str, place: Place) -> Task:
        try:
            read = items.read(text, place, self.ctx.zone)
        except Broken as error:
            raise Refused("The task cannot be read.") from error
        if read is None:
            raise Gone("There is no task any more.")
        return await self._beneath(read)

    def _check(self, task: Task, place: Place, revision: str) -> None:
        """That the task may be written and is still at a revision. Raises Stale or Unsupported."""
        if place.etag != revision:
            raise Stale(task)
        if task.read_only:
            raise Unsupported("This task can only be read here; change it in your calendar program.")

    async def _written(self, place: Place, text: str) -> Task:
        """Writes an item in the place of the one that was read. Raises Stale, Gone or Refused."""
        try:
            return await self._put(place, text, {"If-Match": place.etag})
        except Conflict:
            await self._why_not(place)

    async def _why_not(self, place: Place) -> NoReturn:
        """A server has the same answer for what changed meanwhile and for what it does not want."""
        text, now = await self._current(place.path)
        if now.etag != place.etag:
            raise Stale(await self._task(text, now))
        raise Refused("The calendar server does not take the change.")

    async def _put(self, place: Place, text: str, condition: dict[str, str]) -> Task:
        async with self._writing:
            etag = await self._dav.put(place.path, text, condition)
        if not etag or etag.startswith("W/"):  # a server need not say it, or changed what it was given
            text, place = await self._current(place.path)
            etag = place.etag
        return await self._task(text, place._replace(etag=etag))


def _uid_for(account: str, key: str) -> str:
    """The same for the same key, so that a task is made once."""
    return f"sage-{hashlib.sha256(repr((account, key)).encode()).hexdigest()[:32]}"


def _place(item: Item, one: Calendar) -> Place:
    return Place(item.path, item.etag, one.name, one.writable)


def _tokens(cursor: str) -> dict[str, str]:
    """The tokens of lists in a cursor; none in one that is not ours."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    good = isinstance(found, dict) and all(isinstance(token, str) for token in found.values())
    return found if good else {}


def _joined(pages: list[CalendarPage]) -> CalendarPage:
    events = sorted(
        (event for page in pages for event in page.events), key=lambda event: (event.start, event.end, event.id)
    )
    troubles = [trouble for page in pages for trouble in page.troubles]
    if len(events) > _MOST_EVENTS:
        troubles.append(f"There are more than {_MOST_EVENTS} events; the later ones are left out.")
    whole = all(page.whole for page in pages) and len(events) <= _MOST_EVENTS
    return CalendarPage(tuple(events[:_MOST_EVENTS]), tuple(troubles), whole)
