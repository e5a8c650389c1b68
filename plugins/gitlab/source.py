"""One account of GitLab: issues as tasks.

GitLab has no conditional writes: an issue is read again right before it is written, and what somebody else changes in the
moment between is overwritten, if it is the same field.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sage.plugin_api import (
    UNSET,
    BadConfig,
    Change,
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

from .web import Found, Missing, Moved, Web

SHOWN_DONE = timedelta(days=30)
"""How long what is closed is still shown, and how far back it is looked for an issue that was made before."""
LONGEST = 255
"""Characters of the longest title."""
_NO_PLACE = "An issue of GitLab has no time of day, no priority and no place below another."
_NAME = re.compile(r"([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)#([1-9][0-9]{0,9})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Founds = list[Found]  # since `list` is a method below


class GitLab(TaskSource):
    """The issues of one account."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._open: Web | None = None
        self._turn = asyncio.Lock()
        self._me = ""

    async def open(self) -> None:
        await self.close()
        self._open = Web(self.ctx.config.url, self.ctx.secret("token").reveal())
        await self.health()

    async def health(self) -> Health:
        self._me = str((await self._web.get("/user"))["id"])
        return Health()

    async def close(self) -> None:
        if self._open:
            await self._open.close()

    async def list(self) -> AsyncIterator[Task]:
        issues: Founds = []
        for project in self.ctx.config.projects:
            with self._named(project):
                issues += await self._both(f"{_place(project)}/issues", {})
        if self.ctx.config.assigned:
            issues += await self._both("/issues", {"scope": "assigned_to_me"})
        tasks = {task.id: task for task in map(self._task, issues)}
        for task in tasks.values():
            yield task

    async def create(self, task: NewTask, key: str) -> Task:
        if task.priority or task.parent:
            raise Unsupported(_NO_PLACE)
        mark = f"<!-- sage:{hashlib.sha256(repr((self.ctx.account, key)).encode()).hexdigest()[:32]} -->"
        given: Found = {"title": _words(task.text), "description": mark}
        given |= {"due_date": _date(task.due)} if task.due else {}
        given |= {"confidential": True} if self.ctx.config.confidential else {}
        project = self._project(task.where)
        async with self._turn:
            with self._named(project):
                issue = await self._made_before(project, mark)
                return self._task(issue or await self._web.send("POST", f"{_place(project)}/issues", given))

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        if any(value is not UNSET and value for value in (change.priority, change.parent)):
            raise Unsupported(_NO_PLACE)
        async with self._turn:
            task = await self._at(id, revision)
            given: dict[str, Any] = {}
            if change.text is not UNSET and change.text != task.text:
                given["title"] = _words(change.text)
            if change.due is not UNSET and change.due != task.due:
                given["due_date"] = _date(change.due)
            return await self._written(id, given) if given else task

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        async with self._turn:
            task = self._task(await self._issue(id))
            if not task.done:
                await self._at(id, revision)
                task = await self._written(id, {"state_event": "close"})
            return Completed(task)

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def _web(self) -> Web:
        assert self._open, "it was not opened"
        return self._open

    async def _both(self, path: str, query: dict[str, str]) -> Founds:
        """All that is open, and what was closed lately, without what was moved: that is open elsewhere."""
        since = self._lately()
        still_open = await self._web.all(path, {**query, "state": "opened", "per_page": "100"})
        closed = await self._web.all(path, {**query, "state": "closed", "updated_after": since, "per_page": "100"})
        lately = [issue for issue in closed if str(issue.get("closed_at") or "") >= since]
        return [issue for issue in (*still_open, *lately) if not issue.get("moved_to_id")]

    async def _made_before(self, project: str, mark: str) -> Found | None:
        """The issue with a mark, if it was made already, and the answer lost."""
        mine = {"author_id": self._me, "state": "all", "updated_after": self._lately(), "per_page": "100"}
        issues = await self._web.all(f"{_place(project)}/issues", mine)
        return next((issue for issue in issues if mark in (issue.get("description") or "")), None)

    def _lately(self) -> str:
        return f"{self.ctx.now().astimezone(UTC) - SHOWN_DONE:%Y-%m-%dT00:00:00Z}"

    @contextlib.contextmanager
    def _named(self, project: str) -> Iterator[None]:
        """Turns what is missing into a sentence about the settings."""
        try:
            yield
        except Moved as error:
            raise BadConfig(f"{project} has another name by now; put that into the settings.", "projects") from error
        except Missing as error:
            raise BadConfig(f"GitLab shows no issues of {project} with this token.", "projects") from error

    def _project(self, name: str) -> str:
        """Where a new issue goes. Raises Refused."""
        config = self.ctx.config
        known: tuple[str, ...] = (*((config.into,) if config.into else ()), *config.projects)
        found = next((one for one in known if name.lower() in ("", one.lower())), None)
        if found is None:
            raise Refused("Name the project of new issues in the settings: `into`.")
        return found

    def _task(self, issue: Found) -> Task:
        name = issue["references"]["full"]
        done = issue["state"] == "closed"
        project = name.rpartition("#")[0]
        return Task(
            name, issue["title"], _revision(issue), done,
            done_on=self._day(issue.get("closed_at")) if done else "",
            due=issue.get("due_date") or "",
            where=f"{project} (confidential)" if issue.get("confidential") else project,
        )  # fmt: skip

    def _day(self, stamp: Any) -> str:
        """The person's date of a moment."""
        with contextlib.suppress(ValueError, TypeError):
            return f"{datetime.fromisoformat(stamp).astimezone(ZoneInfo(self.ctx.zone)):%Y-%m-%d}"
        return ""

    async def _issue(self, id: str) -> Found:  # noqa: A002
        """An issue as it is now. Raises Gone, also for one that was moved to another project."""
        issue = await self._web.get(_path(id))
        if issue.get("moved_to_id"):
            raise Gone("The issue was moved to another project.")
        return issue

    async def _at(self, id: str, revision: str) -> Task:  # noqa: A002
        """A task that is still at a revision. Raises Gone or Stale."""
        task = self._task(await self._issue(id))
        if task.revision != revision:
            raise Stale(task)
        return task

    async def _written(self, id: str, given: dict[str, Any]) -> Task:  # noqa: A002
        return self._task(await self._web.send("PUT", _path(id), given))


def _place(project: str) -> str:
    """A project's address, in which its name is one word."""
    return f"/projects/{quote(project, safe='')}"


def _path(id: str) -> str:  # noqa: A002
    """Where an issue is asked for. Raises Gone for an id that is none."""
    found = _NAME.fullmatch(id)
    if found is None:
        raise Gone("The issue is no longer there.")
    return f"{_place(found[1])}/issues/{found[2]}"


def _words(text: str) -> str:
    """Words that can be a title. Raises Refused."""
    if not text.strip():
        raise Refused("An issue needs a title.")
    if _CONTROL.search(text):
        raise Refused("The title of an issue is one line of plain text.")
    if len(text) > LONGEST:
        raise Refused(f"The title of an issue has at most {LONGEST} characters.")
    return text


def _date(due: str) -> str:
    """A date that an issue can have, "" for none. Raises Unsupported or Refused."""
    if "T" in due:
        raise Unsupported(_NO_PLACE)
    try:
        return due and date.fromisoformat(due).isoformat()
    except ValueError as error:
        raise Refused("That is no date.") from error


def _revision(issue: Found) -> str:
    """Another one after every change of what is written here, or says what is to be done: not after each comment."""
    shown = [issue.get(field) for field in ("title", "description", "state", "due_date", "confidential")]
    return hashlib.sha256(json.dumps(shown).encode("utf-8", "surrogatepass")).hexdigest()[:16]
