"""Taskwarrior holds what the kit asks of a task source, with the real program; and what is its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sage.plugin_api import BadConfig, Change, NewTask, PluginError, Refused, Stale, Unsupported
from sage.testing.plugins import GivenAccount, TaskSourceConformance
from sage.testing.plugins.accounts import made, manifest_of
from tests.servers.running import needs

pytestmark = pytest.mark.server


class Terminal:
    """The person at their terminal."""

    def __init__(self, folder: Path) -> None:
        needs("task")
        self.folder, self.rc = folder / "data", folder / "taskrc"
        self.folder.mkdir(parents=True)
        self.rc.write_text("verbose=nothing\nconfirmation=no\nrecurrence.confirmation=no\n")

    @property
    def account(self) -> GivenAccount:
        return GivenAccount({"taskrc": str(self.rc), "data": str(self.folder)}, other=self)

    def task(self, *words: str, given: str = "") -> str:
        run = subprocess.run(
            ["task", f"rc:{self.rc}", f"rc.data.location={self.folder}", "rc.json.array=on", *words],
            input=given, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return run.stdout

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        self.task("add", *([f"due:{due}"] if due else []), *(["recur:weekly"] if weekly else []), "--", text)
        self.task("list")  # makes the instances of what returns

    def retitle(self, text: str, to: str) -> None:
        self.task(self.find(text)["uuid"], "modify", "--", to)

    def remove(self, text: str) -> None:
        self.task(self.find(text)["uuid"], "delete")

    def find(self, text: str) -> dict[str, Any]:
        (found,) = [one for one in self.export() if one["description"] == text and one["status"] != "deleted"]
        return found

    def export(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.task("rc.recurrence=off", "rc.gc=off", "export"))
        return found


class TestTaskwarrior(TaskSourceConformance):
    plugin = "taskwarrior"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        return Terminal(tmp_path / "task").account


@pytest.mark.slow
class TestTaskwarriorInItsOwnProcess(TestTaskwarrior):
    in_its_own_process = True


# what is its own


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "task")


def source(terminal: Terminal, zone: str = "Europe/Berlin", **config: str) -> Any:
    given = GivenAccount({**terminal.account.config, **config})
    return made(manifest_of("taskwarrior"), given, terminal.folder.parent, zone)


async def listed(tasks: Any) -> list[Any]:
    return [task async for task in tasks.list()]


async def test_what_sage_does_not_know_stays_as_it_was(terminal: Terminal) -> None:
    terminal.task("config", "uda.effort.type", "string")
    terminal.task("add", "Rake", "+garden", "project:Home.Garden", "effort:low", "scheduled:2026-11-20")
    terminal.task("1", "annotate", "with the old rake")
    before = terminal.find("Rake")
    tasks = source(terminal)
    (task,) = await listed(tasks)
    assert task.where == "Home.Garden"
    await tasks.update(task.id, Change(text="Rake all", due="2026-11-27", priority="high"), task.revision)
    after = terminal.find("Rake all")
    changed = {"description", "due", "priority", "modified", "urgency"}
    assert {key: after[key] for key in after.keys() - changed} == {key: before[key] for key in before.keys() - changed}
    assert {"tags", "annotations", "effort", "scheduled"} <= after.keys()


async def test_reading_writes_nothing(terminal: Terminal) -> None:
    terminal.task("add", "Bins", "due:2020-01-01", "recur:weekly")
    hook = terminal.folder / "hooks"
    hook.mkdir()
    (hook / "on-launch-demo").write_text(f"#!/bin/sh\ntouch {terminal.folder}/launched\n")
    (hook / "on-launch-demo").chmod(0o755)
    files = {path: path.read_bytes() for path in terminal.folder.glob("*.data")}
    (terminal.folder / "completed.data").touch()  # an empty one is made whenever anything is asked
    files[terminal.folder / "completed.data"] = b""
    assert await listed(source(terminal)) == []  # only what Taskwarrior has made of it is shown
    assert {path: path.read_bytes() for path in terminal.folder.glob("*.data")} == files
    assert not (terminal.folder / "launched").exists()


async def test_each_instance_of_a_returning_task_is_done_by_itself(terminal: Terminal) -> None:
    terminal.add("Bins", "2020-01-01", weekly=True)
    tasks = source(terminal)
    first, second, *_ = await listed(tasks)
    assert (first.due, first.recurs, second.due) == ("2020-01-01", "weekly", "2020-01-08")
    done = await tasks.complete(first.id, first.revision, datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert done.task.done and done.following is None
    assert [task for task in await listed(tasks) if task.due == "2020-01-08"] == [second]
    (template,) = [one for one in terminal.export() if one["status"] == "recurring"]
    assert template["mask"].startswith("+-")


async def test_hooks_of_the_person_have_a_say_in_what_is_written(terminal: Terminal) -> None:
    hooks = terminal.folder / "hooks"
    hooks.mkdir()
    for name in ("on-add-demo", "on-modify-demo"):
        (hooks / name).write_text('#!/bin/sh\necho "Not today."\nexit 1\n')
        (hooks / name).chmod(0o755)
    tasks = source(terminal)
    with pytest.raises(Refused):
        await tasks.create(NewTask("Rake"), "k1")
    assert terminal.export() == []


@pytest.fixture
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone of this machine, for `task` and for Python."""
    zone: str = request.param
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    yield zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("machine_zone", ["Europe/Berlin", "Pacific/Kiritimati"], indirect=True)
async def test_midnight_is_a_date_and_a_time_of_midnight_stays_a_time(terminal: Terminal, machine_zone: str) -> None:
    tasks = source(terminal, zone=machine_zone)
    date = await tasks.create(NewTask("Pay the rent", due="2026-11-27"), "k1")
    midnight = await tasks.create(NewTask("Toast", due="2027-01-01T00:00"), "k2")
    assert (date.due, midnight.due) == ("2026-11-27", "2027-01-01T00:00")
    terminal.task("add", "due:2026-11-28", "Theirs")
    assert [task.due for task in await listed(tasks) if task.text == "Theirs"] == ["2026-11-28"]
    assert "2026-11-27" in terminal.task("rc.dateformat=Y-M-D", "list")


async def test_what_waits_is_not_shown_until_its_day(terminal: Terminal) -> None:
    terminal.task("add", "Later", "wait:2999-01-01")
    terminal.task("add", "Now", "wait:2020-01-01")
    assert [task.text for task in await listed(source(terminal))] == ["Now"]


async def test_one_key_is_one_task_also_after_it_was_deleted_there(terminal: Terminal) -> None:
    tasks = source(terminal)
    await tasks.create(NewTask("Rake"), "k1")
    terminal.remove("Rake")
    with pytest.raises(PluginError):
        await tasks.create(NewTask("Rake"), "k1")
    assert await listed(tasks) == []


async def test_bytes_that_are_no_text_are_read_and_never_written(terminal: Terminal) -> None:
    terminal.task("add", "Rake XXXX")
    pending = terminal.folder / "pending.data"
    pending.write_bytes(pending.read_bytes().replace(b"XXXX", b"\xed\xa0\xbe\x07"))
    tasks = source(terminal)
    (task,) = await listed(tasks)
    assert task.text.startswith("Rake ") and task.read_only
    with pytest.raises(Refused):
        await tasks.update(task.id, Change(due="2026-11-27"), task.revision)
    assert b"\xed\xa0\xbe" in pending.read_bytes()


async def test_a_project_is_where_a_new_task_goes(terminal: Terminal) -> None:
    tasks = source(terminal)
    assert (await tasks.create(NewTask("Rake", where="Home.Garden"), "k1")).where == "Home.Garden"
    with pytest.raises(Unsupported):
        await tasks.create(NewTask("Rake", parent="x"), "k2")


async def test_a_change_between_looking_and_writing_is_seen(terminal: Terminal) -> None:
    tasks = source(terminal)
    task = await tasks.create(NewTask("Rake"), "k1")
    terminal.task(task.id, "modify", "+garden")
    with pytest.raises(Stale):
        await tasks.complete(task.id, task.revision, datetime.now(UTC))


async def test_it_tells_when_another_program_has_written(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sage_plugins.taskwarrior.source.LOOK_EVERY", 0.01)
    tasks = source(terminal)
    told = asyncio.Event()
    tasks.ctx.changed = told.set
    await tasks.open()
    try:
        terminal.task("add", "Rake")
        async with asyncio.timeout(10):
            await told.wait()
    finally:
        await tasks.close()


@pytest.mark.parametrize(
    ("config", "words"),
    [({"taskrc": "/no such/rc"}, "no /no such/rc"), ({"data": "/no such/folder"}, "no /no such/folder")],
)
async def test_what_is_not_set_up_is_said(terminal: Terminal, config: dict[str, str], words: str) -> None:
    with pytest.raises(BadConfig, match=words):
        await source(terminal, **config).open()


@pytest.mark.parametrize(
    ("says", "words"), [("echo 3.1.0", "Taskwarrior 3.1.0; only version 2"), ("exit 3", "ended with 3")]
)
async def test_another_program_of_that_name_or_version_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, words: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "task").write_text(f"#!/bin/sh\n{says}\n")
    (folder / "task").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(BadConfig, match=words):
        await source(terminal).open()


async def test_a_hook_that_hangs_ends(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sage_plugins.taskwarrior.program.PATIENCE", 0.5)
    hooks = terminal.folder / "hooks"
    hooks.mkdir()
    (hooks / "on-add-demo").write_text("#!/bin/sh\nsleep 60\n")
    (hooks / "on-add-demo").chmod(0o755)
    with pytest.raises(PluginError, match="did not answer"):
        await source(terminal).create(NewTask("Rake"), "k1")
