"""As a person uses it: tasks of an account over the command line, with a real engine, and a plugin in its own process."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, running_engine, stop_engine
from sage.core.errors import SageError
from sage.core.rituals import RitualAnswer
from sage.locations import Home
from tests import homes
from tests.adapters.plugins.plugin_files import write_plugin
from tests.tasks_elsewhere import home_with_tasks, read_tasks, wait_for, write_tasks


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = home_with_tasks(tmp_path, a="Rake the leaves", b="Water the demo plants")
    yield made
    stop_engine(made)


def sage(home: Home, *words: str, code: int = 0) -> str:
    done = homes.sage(home, *words)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_task_done_in_sage_is_done_for_the_other_client_and_one_made_there_is_seen(home: Home) -> None:
    assert "Rake the leaves  due 2020-01-02  · work  [p" in sage(home, "task", "list")
    assert sage(home, "task", "done", "rake", "leaves") == "Done: Rake the leaves\n"
    assert read_tasks(home)["a"]["done_on"]
    assert "Task added: [ ] Sow grass  · work" in sage(home, "task", "add", "Sow grass", "--to", "work")
    assert "Sow grass" in [task["text"] for task in read_tasks(home).values()]
    assert not home.tasks.exists()
    kept = read_tasks(home)
    write_tasks(home, {**kept, "c": {"text": "Made elsewhere", "due": "", "done_on": ""}})
    with Client(home) as client:
        client.call(wire.StartPlugin("demo/work"))
        wait_for(client, lambda found: any(task.text == "Made elsewhere" for task in found))
    assert "demo-work" not in sage(home, "task", "add", "Sow grass", "--to", "demo-work", code=1).splitlines()[-1]


def test_a_command_does_what_is_listed_now_and_tells_what_turns_out_to_be_changed(home: Home) -> None:
    kept = read_tasks(home)
    edited = {**kept, "a": {**kept["a"], "text": "Rake the leaves of the neighbour"}}
    write_tasks(home, edited)  # which Sage has not read yet
    told = sage(home, "task", "done", "rake", "leaves", code=1)
    assert told == (
        "It has changed in work since you saw it. It was: Rake the leaves (due 2020-01-02). "
        "Now it is: Rake the leaves of the neighbour (due 2020-01-02).\n"
        "Nothing was changed.\nIf that is done as well, say so once more.\n"
    )
    assert read_tasks(home) == edited and sage(home, "task", "conflicts") == "No conflicts.\n"
    assert sage(home, "task", "done", "rake", "leaves") == "Done: Rake the leaves of the neighbour\n"
    assert read_tasks(home)["a"]["done_on"]


SLOW = """import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from sage.plugin_api import AuthRefused, Task, TaskSource


class Demo(TaskSource):
    async def list(self) -> AsyncIterator[Task]:
        while not Path(self.ctx.config.path).exists():
            await asyncio.sleep(0.02)
        yield Task("1", "Rake the leaves", "r1")

    async def open(self) -> None:
        if Path(self.ctx.config.path + ".locked").exists():
            raise AuthRefused("The demo server refuses the password.")
"""


def test_a_list_says_whose_tasks_were_not_read_yet_and_whose_may_be_out_of_date(tmp_path: Path) -> None:
    home, gate = homes.make_home(tmp_path, linger=20), tmp_path / "gate"
    write_plugin(home.plugins, "slow", source=SLOW)
    try:
        assert sage(home, "task", "list") == "No open tasks.\n"
        sage(home, "plugin", "enable", "slow", "work", f"path={gate}", "--yes")
        unread = "The tasks of work have not been read yet. They come by themselves, in a moment.\n"
        assert sage(home, "task", "list") == f"No open tasks, as far as they could be read.\n{unread}"
        stop_engine(home)
        assert unread in sage(home, "task", "list")  # also by an engine that has just started
        gate.touch()
        with Client(home) as client:
            wait_for(client, lambda found: found)
        assert sage(home, "task", "list").startswith("[ ] Rake the leaves  · work") and unread not in sage(
            home, "task", "list"
        )
        gate.with_suffix(".locked").touch()
        sage(home, "plugin", "start", "slow", "work")
        told = sage(home, "task", "list").splitlines()[1]
        assert told.startswith("The tasks of work cannot be read now. They are shown as they were today at")
        assert told.endswith("The demo server refuses the password. When that is mended: sage plugin start slow/work")
    finally:
        stop_engine(home)


def test_an_account_that_nobody_agreed_to_is_told_by_the_list(tmp_path: Path) -> None:
    home = homes.make_home(tmp_path, linger=20, settings="[plugins.slow.work]\nenabled = true\npath = 'x'\n")
    write_plugin(home.plugins, "slow", source=SLOW)
    try:
        told = sage(home, "task", "list")
        assert "None of them is shown. The files of slow are not those that you agreed to." in told
        assert told.endswith("then: sage plugin enable slow work\n")
    finally:
        stop_engine(home)


def test_a_conflict_has_both_versions_and_is_settled_by_a_word(home: Home) -> None:
    kept = read_tasks(home)
    with Client(home) as client:
        ritual = client.call(wire.ShowRitual("shutdown"))
        (asked,) = [question.id for question in ritual.questions if question.text == "Rake the leaves"]
        write_tasks(home, {**kept, "a": {**kept["a"], "due": "2030-05-05"}})
        told = client.call(wire.AnswerRitual("shutdown", (RitualAnswer(asked, "park"),))).told
    assert told == ("Parked: Rake the leaves. It changed in work as well. See: sage task conflicts",)
    shown = sage(home, "task", "conflicts")
    assert "due: yours: none; theirs: 2030-05-05 (before: 2020-01-02)" in shown
    (conflict,) = json.loads(sage(home, "task", "conflicts", "--json"))
    assert conflict["sides"] == ["mine", "theirs", "both"]
    assert sage(home, "task", "conflicts", conflict["id"], "both") == "A second task stands in work: Rake the leaves\n"
    assert sorted(task["due"] for task in read_tasks(home).values() if "Rake" in task["text"]) == ["", "2030-05-05"]
    assert sage(home, "task", "conflicts") == "No conflicts.\n"


def test_an_engine_that_is_killed_has_lost_nothing_that_it_said_yes_to(home: Home) -> None:
    kept = read_tasks(home)
    in_the_way = home.path.parent / ".work.json.new"
    in_the_way.mkdir()  # the plugin fails whenever it writes
    assert "not yet on the server of work" in sage(home, "task", "done", "rake")
    assert "not yet on the server" in sage(home, "task", "list", "--all")
    os.kill(int(home.lock.read_text()), signal.SIGKILL)
    assert read_tasks(home) == kept
    in_the_way.rmdir()
    with Client(home) as client:
        wait_for(client, lambda found: len(found) == 2 and not any(task.change for task in found))
    assert read_tasks(home)["a"]["done_on"]


@pytest.mark.slow
@pytest.mark.parametrize("kills", [int(os.environ.get("SAGE_KILLS", "8"))])
def test_whoever_kills_the_engine_when_each_task_that_was_said_yes_to_is_there_once(home: Home, kills: int) -> None:
    chance, said = random.Random(7), list[str]()

    def add(client: Client, text: str) -> None:
        with contextlib.suppress(SageError):
            client.call(wire.AddTask(text, to="work"))
            said.append(text)

    stop_engine(home)
    with Client(home) as client:  # the first one waits for the account to run
        client.call(wire.ListTasks())
        before = time.monotonic()
        add(client, "Task without a number")
        usual = time.monotonic() - before
    for number in range(kills):
        with Client(home) as client:
            client.call(wire.ListTasks())
            adding = threading.Thread(target=add, args=(client, f"Task number {number}"))
            adding.start()
            time.sleep(chance.uniform(0.0, 2 * usual))
            os.kill(int(home.lock.read_text()), signal.SIGKILL)
            adding.join()
        while running_engine(home):  # until its door is shut
            time.sleep(0.02)
    with Client(home) as client:
        found = wait_for(client, lambda found: found and not any(task.change for task in found))
    there = [task["text"] for task in read_tasks(home).values() if "number" in task["text"]]
    assert len(there) == len(set(there)) and set(there) >= set(said)
    assert {task.text for task in found} >= set(said)
