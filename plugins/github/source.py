"""One account of GitHub: issues as tasks.

GitHub has no conditional writes: an issue is read again right before it is written, and what somebody else changes in the
moment between is overwritten, if it is the same field.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
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
LONGEST = 256
"""Characters of the longest title."""
_NO_PLACE = "An issue of GitHub has no date, no priority and no place below another."
_NAME = re.compile(r"([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)#([1-9][0-9]{0,9})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Founds = list[Found]  # since `list` is a method below


class GitHub(TaskSource):
    """The issues of one account."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._open: Web | None = None
        self._turn = asyncio.Lock()
        self._login = ""

    async def open(self) -> None:
        await self.close()
        self._open = Web(self.ctx.config.url, self.ctx.secret("token").reveal(), lambda: self.ctx.now().timestamp())
        await self.health()

    async def health(self) -> Health:
        self._login = str((await self._web.get("/user"))["login"])
        return Health()

    async def close(self) -> None:
        if self._open:
            await self._open.close()

    async def list(self) -> AsyncIterator[Task]:
        tasks: dict[str, Task] = {}
        for repository in self.ctx.config.repositories:
            for issue in await self._issues(repository):
                tasks |= self._tasks(issue)
        if self.ctx.config.assigned:
            for issue in await self._both("/issues", {"filter": "assigned"}):
                tasks |= self._tasks(issue)
        self._web.forget()
        for task in tasks.values():
            yield task

    async def create(self, task: NewTask, key: str) -> Task:
        if task.due or task.priority or task.parent:
            raise Unsupported(_NO_PLACE)
        title, repository = _words(task.text), self._repository(task.where)
        mark = f"<!-- sage:{hashlib.sha256(repr((self.ctx.account, key)).encode()).hexdigest()[:32]} -->"
        async with self._turn:
            issue = await self._made_before(repository, mark)
            if issue is None:
                with self._named(repository):
                    issue = await self._web.send("POST", f"/repos/{repository}/issues", {"title": title, "body": mark})
            return self._task(issue)

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        if any(value is not UNSET and value for value in (change.due, change.priority, change.parent)):
            raise Unsupported(_NO_PLACE)
        async with self._turn:
            task = await self._at(id, revision)
            if change.text is UNSET or change.text == task.text:
                return task
            return await self._written(id, {"title": _words(change.text)})

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        async with self._turn:
            task = self._task(await self._issue(id))
            if not task.done:
                await self._at(id, revision)
                task = await self._written(id, {"state": "closed", "state_reason": "completed"})
            return Completed(task)

    # -- reading -------------------------------------------------------------------------------------------------------

    @property
    def _web(self) -> Web:
        assert self._open, "it was not opened"
        return self._open

    async def _issues(self, repository: str) -> Founds:
        with self._named(repository):
            return await self._both(f"/repos/{repository}/issues", {})

    async def _both(self, path: str, query: dict[str, str]) -> Founds:
        """All that is open, and what was closed lately."""
        still_open = await self._web.all(path, {**query, "state": "open", "per_page": "100"})
        since = self._lately()
        closed = await self._web.all(path, {**query, "state": "closed", "since": since, "per_page": "100"})
        return [*still_open, *(issue for issue in closed if str(issue.get("closed_at") or "") >= since)]

    async def _made_before(self, repository: str, mark: str) -> Found | None:
        """The issue with a mark, if it was made already, and the answer lost."""
        mine = {"creator": self._login, "state": "all", "since": self._lately(), "per_page": "100"}
        with self._named(repository):
            issues = await self._web.all(f"/repos/{repository}/issues", mine)
        return next((issue for issue in issues if mark in (issue.get("body") or "")), None)

    def _lately(self) -> str:
        """The same moment for a whole day, so that the lists since it can be asked for with their marks."""
        return f"{self.ctx.now().astimezone(UTC) - SHOWN_DONE:%Y-%m-%dT00:00:00Z}"

    @contextlib.contextmanager
    def _named(self, repository: str) -> Iterator[None]:
        """Turns what is missing into a sentence about the settings."""
        try:
            yield
        except Moved as error:
            raise BadConfig(
                f"{repository} has another name by now; put that into the settings.", "repositories"
            ) from error
        except Missing as error:
            what = f"GitHub shows no issues of {repository} with this token."
            raise BadConfig(what, "repositories") from error

    def _repository(self, name: str) -> str:
        """Where a new issue goes. Raises Refused."""
        config = self.ctx.config
        known: tuple[str, ...] = (*((config.into,) if config.into else ()), *config.repositories)
        found = next((one for one in known if name.lower() in ("", one.lower())), None)
        if found is None:
            raise Refused("Name the repository of new issues in the settings: `into`.")
        return found

    def _tasks(self, issue: Found) -> dict[str, Task]:
        """An issue by its id; nothing for a pull request, which GitHub lists among them."""
        task = None if "pull_request" in issue else self._task(issue)
        return {task.id: task} if task else {}

    def _task(self, issue: Found) -> Task:
        repository = "/".join(issue["repository_url"].rsplit("/", 2)[-2:])
        done = issue["state"] == "closed"
        return Task(
            f"{repository}#{issue['number']}", issue["title"], _revision(issue), done,
            done_on=self._date(issue.get("closed_at")) if done else "",
            where=repository,
        )  # fmt: skip

    def _date(self, stamp: object) -> str:
        """The person's date of a moment."""
        with contextlib.suppress(ValueError, TypeError):
            return f"{datetime.fromisoformat(stamp).astimezone(ZoneInfo(self.ctx.zone)):%Y-%m-%d}"  # type: ignore[arg-type]
        return ""

    async def _issue(self, id: str) -> Found:  # noqa: A002
        """An issue as it is now. Raises Gone, also for one that was moved to another repository."""
        issue = await self._web.get(_path(id))
        if "pull_request" in issue:
            raise Gone("That is a pull request.")
        return issue

    async def _at(self, id: str, revision: str) -> Task:  # noqa: A002
        """A task that is still at a revision. Raises Gone or Stale."""
        task = self._task(await self._issue(id))
        if task.revision != revision:
            raise Stale(task)
        return task

    async def _written(self, id: str, given: dict[str, str]) -> Task:  # noqa: A002
        return self._task(await self._web.send("PATCH", _path(id), given))


def _path(id: str) -> str:  # noqa: A002
    """Where an issue is asked for. Raises Gone for an id that is none."""
    found = _NAME.fullmatch(id)
    if found is None:
        raise Gone("The issue is no longer there.")
    return f"/repos/{found[1]}/issues/{found[2]}"


def _words(text: str) -> str:
    """Words that can be a title. Raises Refused."""
    if not text.strip():
        raise Refused("An issue needs a title.")
    if _CONTROL.search(text):
        raise Refused("The title of an issue is one line of plain text.")
    if len(text) > LONGEST:
        raise Refused(f"The title of an issue has at most {LONGEST} characters.")
    return text


def _revision(issue: Found) -> str:
    """Another one after every change of what is written here, or says what is to be done: not after each comment."""
    shown = [issue.get(field) for field in ("title", "body", "state", "state_reason")]
    return hashlib.sha256(json.dumps(shown).encode("utf-8", "surrogatepass")).hexdigest()[:16]
