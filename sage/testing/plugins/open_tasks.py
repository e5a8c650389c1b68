"""An account of tasks that is open, as the suite sees it, and what all its tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from sage.core.plugins.manifest import Manifest
from sage.plugin_api import Capability, Change, Changes, Completed, Health, NewTask, PluginError, Task
from sage.testing.plugins.accounts import Conformance, Driver, GivenAccount, settled

ZONES = ("Pacific/Kiritimati", "Europe/Berlin", "Pacific/Pago_Pago")
"""From fourteen hours before UTC to eleven behind it: no moment is the same date in all of them."""
DONE_AT = datetime(2026, 11, 27, 10, 30, tzinfo=UTC)
TEXTS = (
    "Grüße an Zoë: Käse, naïve Ärger (e\u0301 and é)",
    "買い物 をする 🥙",
    "family 👩‍👩‍👧‍👦 flag 🇳🇿 thumbs 👍🏽",
    "שלום עולם, milk 2 ליטר",
    "quotes \" ' ` and <b>tags</b> & \\backslash\\ 100% {braces} | pipes",
    "a: colon, key:value, #tag @place +project [[link]] *stars* _under_ ~tilde~",
)
FORGERIES = (
    "one\ntwo",
    "one\n- [ ] two",
    "one\r\nx two",
    "one\n* TODO two",
    "one\nEND:VTODO\nBEGIN:VTODO\nSUMMARY:two",
    "one\u2028two\u2029three\x0bfour\x85five",
)
CONTROLS = "bell\x07 escape\x1b[31m null\x00 back\x08 delete\x7f c1\x9b"


Found = list[Task]  # since `list` is a method below


class OpenTasks:
    """An account that is open, as the tests see it."""

    def __init__(self, driver: Driver, given: GivenAccount, manifest: Manifest) -> None:
        self._driver, self._other, self._manifest = driver, given.other, manifest
        self.zone, self._keys = "UTC", 0

    def can(self, capability: Capability) -> bool:
        """Whether the plugin claims it."""
        return capability in self._manifest.capabilities

    async def open(self, zone: str = "UTC") -> None:
        self.zone = zone
        await self._driver.open(zone)

    async def reopen(self, zone: str = "") -> None:
        """Ends the plugin and starts it again, for a person in `zone`."""
        await self.close()
        await self.open(zone or self.zone)

    async def close(self) -> None:
        await self._driver.close()

    async def list(self) -> Found:
        return Found(await self._driver.ask("list"))

    async def changes(self, cursor: str) -> Changes:
        found: Changes = await self._driver.ask("changes", cursor)
        return found

    async def create(self, task: NewTask | str, key: str = "") -> Task:
        self._keys += not key
        new = NewTask(task) if isinstance(task, str) else task
        made: Task = await self._driver.ask("create", new, key or f"key-{self._keys}")
        return made

    async def update(self, task: Task, change: Change) -> Task:
        changed: Task = await self._driver.ask("update", task.id, change, task.revision)
        return changed

    async def complete(self, task: Task, at: datetime = DONE_AT) -> Completed:
        done: Completed = await self._driver.ask("complete", task.id, task.revision, at)
        return done

    async def health(self) -> Health:
        found: Health = await self._driver.ask("health")
        return found

    async def other(self, do: str, *given: Any, **more: Any) -> None:
        """Lets the other client do something."""
        await settled(getattr(self._other, do)(*given, **more))

    async def put(self, text: str) -> Task:
        """A task, made by the source if it can, else by the other client."""
        if self.can("CREATE"):
            return await self.create(text)
        await self.other("add", text)
        return await self.one(text)

    async def named(self, text: str) -> Found:
        return [task for task in await self.list() if task.text == text]

    async def one(self, text: str) -> Task:
        """The one task with these words."""
        listed = await self.list()
        found = [task for task in listed if task.text == text]
        assert len(found) == 1, f"{len(found)} tasks {text!r} among {[task.text for task in listed]}"
        return found[0]

    async def by_id(self, id: str) -> Task | None:  # noqa: A002
        found = [task for task in await self.list() if task.id == id]
        assert len(found) < 2, f"listed twice: {found}"
        return found[0] if found else None


async def refused_after_another_client(asked: Awaitable[Any], *kinds: type[PluginError]) -> PluginError:
    """What a call raises, of these kinds, because another client wrote before it."""
    try:
        answer = await asked
    except kinds as error:
        return error
    wanted = " or ".join(kind.__name__ for kind in kinds)
    pytest.fail(f"no {wanted}, but {answer}: it overwrites what another client wrote, or `other` wrote nothing")


class TaskSuite(Conformance):
    """The fixtures of a suite about tasks."""

    @pytest_asyncio.fixture
    async def tasks(
        self, driver: Driver, account: GivenAccount, manifest: Manifest, _left_out: None
    ) -> AsyncIterator[OpenTasks]:
        opened = OpenTasks(driver, account, manifest)
        await opened.open()
        yield opened
        await opened.close()
