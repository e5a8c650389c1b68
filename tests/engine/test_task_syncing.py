"""Tasks that are kept elsewhere: read into the mirror, changed from here and there, and the kills in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_task_changes import TaskChangePages
from sage.adapters.plugins.task_mirror import TaskMirror, TaskMirrors
from sage.adapters.task_book import KEPT, TaskBook
from sage.core.errors import BadInput, NotFound, TaskChanged
from sage.core.plans import Task as Shown
from sage.core.plugins.foreign_tasks import foreign_id
from sage.core.plugins.task_conflicts import TaskChange
from sage.engine import task_syncing
from sage.engine.task_syncing import TaskAccount, TaskSyncing
from sage.locations import Home
from sage.plugin_api import Context, PluginError, Refused, Task, Unreachable
from sage.testing.accounts import FakeTaskAccounts, FakeTasks

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))
WORK = "demo/work"
RAKE = Task("7", "Rake the leaves", "r0", due="2026-11-27", where="Garden")
WATER = Task("8", "Water the demo plants", "r0", due="2026-11-23", recurs="every week")


class Killed(BaseException):
    """What stands for the end of the process."""


class Place:
    """A home whose engine comes and goes, and a service that stays."""

    def __init__(self, folder: Path, *tasks: Task, capabilities: tuple[Any, ...] = ("CHANGES",)) -> None:
        self.home = Home(folder / "home")
        self.home.prepare()
        self.source = FakeTasks(*tasks, ctx=Context(WORK, None, folder))
        self.accounts = FakeTaskAccounts(self.source)
        self.capabilities = capabilities
        self.enabled = [WORK]
        self.ids = 0

    @asynccontextmanager
    async def engine(self, database: Callable[[Path], Database] = open_journal) -> AsyncIterator[Engine]:
        journal = database(self.home.journal)
        engine = Engine(self, journal)
        try:
            yield engine
        finally:
            await engine.syncing.close()
            journal.close()

    def fresh_id(self) -> str:
        self.ids += 1
        return f"h{self.ids}"


class Engine:
    def __init__(self, place: Place, journal: Database) -> None:
        self.mirrors = TaskMirrors(place.home.index / "plugins")
        self.mirrors.load(place.enabled)
        self.pages = TaskChangePages(journal)
        self.book = TaskBook(place.home, self.mirrors, self.pages, lambda: NOW, place.fresh_id)
        sources = [TaskAccount(name, place.capabilities) for name in place.enabled]
        self.asked: list[TaskChange] = []
        self.syncing = TaskSyncing(
            place.accounts,
            lambda: sources,
            lambda: place.enabled,
            self.mirrors,
            self.pages,
            lambda: NOW,
            self.asked.append,
        )
        self.book.send = self.syncing.send_now

    async def settled(self) -> None:
        """Has everything looked at once, and what waits sent; nothing goes on by itself afterwards."""
        self.syncing.look_again()
        await self.syncing._looks.close()
        for account in self.syncing._senders:
            await self.syncing.look(account)

    async def do(self, deed: Callable[..., Any], *given: Any, **named: Any) -> Any:
        return await asyncio.to_thread(deed, *given, **named)

    def shown(self, text: str) -> Shown:
        (task,) = [task for task in self.book.tasks() if task.text == text]
        return task


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, RAKE, WATER)


async def test_tasks_elsewhere_stand_among_the_own_and_keep_their_ids(place: Place) -> None:
    async with place.engine() as engine:
        await engine.do(engine.book.add_task, "k1", "Buy tea", now=NOW)
        await engine.settled()
        found = engine.book.tasks()
        assert [(task.text, task.source) for task in found] == [
            ("Buy tea", ""),
            ("Rake the leaves", WORK),
            ("Water the demo plants", WORK),
        ]
        assert (found[1].id, found[1].due, found[1].where) == (foreign_id(WORK, "7"), "2026-11-27", "Garden")
    async with place.engine() as engine:  # without having asked anybody
        assert [task.id for task in engine.book.tasks()] == [task.id for task in found]
        assert "Rake" not in place.home.tasks.read_text()


async def test_a_completion_and_another_date_arrive_there(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        done = await engine.do(engine.book.complete_task, "rake leaves", now=NOW)
        assert (done.done, done.change, place.source.kept["7"].done) == (True, "", True)
        moved = await engine.do(engine.book.change_task, foreign_id(WORK, "8"), due="2026-11-24", now=NOW)
        assert (moved.due, place.source.kept["8"].due) == ("2026-11-24", "2026-11-24")
        assert engine.pages.open() == [] and place.source.writes == 2


async def test_a_new_task_is_made_where_the_person_said(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        made = await engine.do(engine.book.add_task, "k1", "Sow grass", due="2026-12-01T09:00", now=NOW, to="work")
        assert (made.source, made.id) == (WORK, foreign_id(WORK, "made-k1"))
        again = await engine.do(engine.book.add_task, "k1", "Sow grass", due="2026-12-01T09:00", now=NOW, to=WORK)
        assert (again.id, place.source.writes) == (made.id, 1)
        with pytest.raises(BadInput, match="No account with tasks is called 'home'"):
            await engine.do(engine.book.add_task, "k2", "Sow grass", now=NOW, to="home")
        assert not place.home.tasks.exists()


async def test_what_cannot_arrive_waits_is_shown_as_such_and_arrives_later(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        done = await engine.do(engine.book.complete_task, "rake leaves", now=NOW)
        made = await engine.do(engine.book.add_task, "k1", "Sow grass", now=NOW, to="work")
        assert (done.done, done.change, made.change) == (True, "waiting", "waiting")
        assert engine.shown("Rake the leaves").change == engine.shown("Sow grass").change == "waiting"
        with pytest.raises(BadInput, match="not yet on the server"):
            await engine.do(engine.book.complete_task, made.id, now=NOW)
    async with place.engine() as engine:
        assert engine.shown("Rake the leaves").done and engine.shown("Sow grass").change == "waiting"
        place.accounts.away.clear()
        await engine.settled()
        assert place.source.kept["7"].done and place.source.kept["made-k1"].text == "Sow grass"
        assert {task.change for task in engine.book.tasks()} == {""}
        assert place.source.writes == 2


async def test_two_changes_of_one_task_arrive_in_their_order(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        await engine.do(engine.book.complete_task, "rake", now=NOW)
        place.accounts.away.clear()
        await engine.settled()
        assert (place.source.kept["7"].due, place.source.kept["7"].done) == ("2026-12-01", True)
        assert not engine.book.conflicts() and not engine.pages.open()


async def test_a_change_of_another_field_there_and_one_here_both_stay(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.source.edit("7", text="Rake all leaves")
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        assert (place.source.kept["7"].text, place.source.kept["7"].due) == ("Rake all leaves", "2026-12-01")


async def test_one_field_changed_on_both_sides_is_a_conflict_with_both_versions(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.source.edit("7", due="2026-11-30")
        changed = await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        assert (changed.change, changed.due) == ("conflict", "2026-11-30")
        (conflict,) = engine.book.conflicts()
        assert conflict.theirs and conflict.theirs.due == "2026-11-30" and conflict.wanted.due == "2026-12-01"  # type: ignore[union-attr]
        assert engine.shown("Rake the leaves").change == "conflict"
    async with place.engine() as engine:  # it is on disk
        assert [one.id for one in engine.book.conflicts()] == [conflict.id]


@pytest.mark.parametrize(("side", "dues"), [("mine", ["2026-12-01"]), ("theirs", ["2026-11-30"]),
                                            ("both", ["2026-11-30", "2026-12-01"])])  # fmt: skip
async def test_the_person_decides_a_conflict(place: Place, side: Any, dues: list[str]) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.source.edit("7", due="2026-11-30")
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        (conflict,) = engine.book.conflicts()
        await engine.do(engine.book.decide, conflict.id, side)
        assert sorted(task.due for task in place.source.kept.values() if "Rake" in task.text) == dues
        assert not engine.book.conflicts() and not engine.pages.open()
        with pytest.raises(NotFound):
            await engine.do(engine.book.decide, conflict.id, side)


async def test_what_was_deleted_there_and_changed_here_is_a_conflict_and_not_made_anew_unasked(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.source.delete("7")
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        (conflict,) = engine.book.conflicts()
        assert conflict.theirs is None and "7" not in place.source.kept
        await engine.do(engine.book.decide, conflict.id, "mine")
        (again,) = [task for task in place.source.kept.values() if task.id != "8"]
        assert (again.text, again.due, again.where) == ("Rake the leaves", "2026-12-01", "Garden")


async def test_what_is_done_on_both_sides_is_done_once(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.source.edit("7", done=True, done_on="2026-11-22")
        done = await engine.do(engine.book.complete_task, "rake", now=NOW)
        assert (done.done, done.change, place.source.writes) == (True, "", 0)
        assert (await engine.do(engine.book.complete_task, done.id, now=NOW)).done_on == "2026-11-22"


async def test_a_returning_task_that_was_done_there_is_not_done_for_the_next_week_as_well(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.source.edit("8", due="2026-11-30")
        with pytest.raises(TaskChanged, match=r"It was: .*due 2026-11-23.* Now it is: .*due 2026-11-30"):
            await engine.do(engine.book.complete_task, "water plants", now=NOW)
        assert place.source.kept["8"].due == "2026-11-30"
        assert not engine.book.conflicts() and not engine.pages.open()


async def test_what_changed_while_a_completion_waited_is_asked_about(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        await engine.do(engine.book.complete_task, "rake", now=NOW)
        place.source.edit("7", text="Rake the leaves of the neighbour")
        place.accounts.away.clear()
        await engine.settled()
        assert not place.source.kept["7"].done
        (conflict,) = engine.book.conflicts()
        assert [one.id for one in engine.asked] == [conflict.id]
        await engine.do(engine.book.decide, conflict.id, "mine")
        assert place.source.kept["7"].done


async def test_what_the_service_refuses_is_told_and_does_not_come_again(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.before = [Refused("No tasks on\x1b[31m Sundays.")]
        with pytest.raises(BadInput, match="work does not take that: No tasks on Sundays"):
            await engine.do(engine.book.add_task, "k1", "Sow grass", now=NOW, to="work")
        assert not engine.pages.open() and not engine.book.conflicts()
        with pytest.raises(BadInput, match="Sage deletes nothing"):
            await engine.do(engine.book.drop_task, "rake", now=NOW)


async def test_what_is_refused_when_nobody_waits_for_it_is_asked_about(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        place.accounts.away.clear()
        place.accounts.before = [Refused("Not on Tuesdays.")]
        sender = engine.syncing._senders[WORK]
        assert [one.state for one in await sender.send_open()] == ["refused"]
        (conflict,) = engine.book.conflicts()
        assert (conflict.state, conflict.reason) == ("refused", "Not on Tuesdays.")
        await engine.do(engine.book.decide, conflict.id, "mine")
        assert place.source.kept["7"].due == "2026-12-01"


@pytest.mark.parametrize("known", [False, True])
async def test_what_was_shown_otherwise_is_told_with_both_versions_and_not_done(place: Place, known: bool) -> None:
    """Whether Sage has heard of the change already, or hears of it from the service when the task is to be done."""
    async with place.engine() as engine:
        await engine.settled()
        seen = engine.shown("Rake the leaves")
        place.source.edit("7", text="Rake the leaves of the neighbour")
        if known:
            await engine.settled()
        with pytest.raises(TaskChanged) as told:
            await engine.do(engine.book.complete_task, seen.id, now=NOW, seen=seen)
        assert told.value.what == (
            "It has changed in work since you saw it. It was: Rake the leaves (due 2026-11-27, Garden). "
            "Now it is: Rake the leaves of the neighbour (due 2026-11-27, Garden)."
        )
        assert not place.source.writes and not engine.book.conflicts() and not engine.pages.open()
        now_seen = engine.shown("Rake the leaves of the neighbour")
        assert (await engine.do(engine.book.complete_task, seen.id, now=NOW, seen=now_seen)).done


@pytest.mark.parametrize("known", [False, True])
async def test_what_was_deleted_since_it_was_shown_is_not_said_to_be_done(place: Place, known: bool) -> None:
    async with place.engine() as engine:
        await engine.settled()
        seen = engine.shown("Rake the leaves")
        place.source.delete("7")
        if known:
            await engine.settled()
        with pytest.raises(TaskChanged, match="It is no longer in work: Rake the leaves"):
            await engine.do(engine.book.complete_task, seen.id, now=NOW, seen=seen)
        assert not engine.book.conflicts() and not engine.pages.open()


async def test_what_is_seen_the_same_as_before_is_done_whatever_its_revision(place: Place) -> None:
    """Such as after a change of the person's own that has arrived meanwhile."""
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        seen = engine.shown("Rake the leaves")
        place.accounts.away.clear()
        await engine.settled()
        place.source.edit("7", priority="high")
        done = await engine.do(engine.book.complete_task, seen.id, now=NOW, seen=seen)
        assert done.done and place.source.kept["7"].done and place.source.kept["7"].priority == "high"


@pytest.mark.parametrize("capabilities", [("CHANGES",), ()])
async def test_a_look_that_fails_takes_nothing_away_and_is_told(tmp_path: Path, capabilities: tuple[Any, ...]) -> None:
    place = Place(tmp_path, RAKE, WATER, capabilities=capabilities)
    async with place.engine() as engine:
        await engine.settled()
        place.source.delete("7")
        place.accounts.after = [Unreachable("The line was cut.")]
        assert not await engine.syncing._senders[WORK].look()
        assert len(engine.book.tasks()) == 2
        assert engine.book.troubles() == (
            "The tasks of work cannot be read now: The line was cut. They are shown as they were today at 10:00, "
            "and may be out of date. It is tried again by itself.",
        )
        await engine.settled()
        assert [task.text for task in engine.book.tasks()] == ["Water the demo plants"] and not engine.book.troubles()


async def test_a_source_without_changes_is_listed_whole_each_time(tmp_path: Path) -> None:
    place = Place(tmp_path, RAKE, WATER, capabilities=())
    async with place.engine() as engine:
        await engine.settled()
        place.source.delete("7")
        await engine.settled()
        assert [task.text for task in engine.book.tasks()] == ["Water the demo plants"]
        assert set(place.accounts.asked) == {"list"}


async def test_nothing_in_a_task_from_elsewhere_can_steer_the_terminal_or_break_the_agenda(tmp_path: Path) -> None:
    odd = Task(
        "1", "Pay \x1b]0;you\x07now\u202e\nquick", "r", due="someday", done_on="x", zone="Mars/Base", where="a\x1b[2J"
    )
    place = Place(
        tmp_path, odd, Task("2", "", "r", due="2026-11-27T09:00:30+01:00", parent="1"), replace(RAKE, text="x" * 5000)
    )
    async with place.engine() as engine:
        await engine.settled()
        first, second, third = engine.book.tasks()
        assert (first.text, first.due, first.done_on, first.where) == ("Pay now quick", "", "", "a")
        assert (second.text, second.due, second.parent) == ("(without words)", "2026-11-27T09:00", first.id)
        assert len(third.text) == 2001


async def test_a_time_in_another_zone_is_shown_in_the_persons_own_and_written_back_as_theirs(tmp_path: Path) -> None:
    place = Place(tmp_path, replace(RAKE, due="2026-11-27T04:00", zone="America/New_York"))
    async with place.engine() as engine:
        await engine.settled()
        assert engine.book.tasks()[0].due == "2026-11-27T10:00"
        moved = await engine.do(engine.book.change_task, "rake", due="2026-11-28T10:00", now=NOW)
        assert moved.due == "2026-11-28T10:00"
        assert (place.source.kept["7"].due, place.source.kept["7"].zone) == ("2026-11-28T10:00", "Europe/Berlin")


async def test_an_account_that_is_no_longer_enabled_takes_its_tasks_along_and_waiting_changes_stay(
    place: Place,
) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        await engine.do(engine.book.complete_task, "rake", now=NOW)
    place.enabled = []
    async with place.engine() as engine:
        engine.syncing.look_again()
        assert engine.book.tasks() == [] and len(engine.pages.open()) == 1
    assert not list((place.home.index / "plugins").rglob("*.json"))


async def test_a_mirror_that_is_lost_or_torn_costs_one_list_and_no_task(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
    path = place.home.index / "plugins" / "demo" / "work.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(path.read_bytes()[:40])
    async with place.engine() as engine:
        assert engine.book.tasks() == []
        await engine.settled()
        assert len(engine.book.tasks()) == 2 and place.source.kept.keys() == {"7", "8"}


async def test_a_change_that_was_forgotten_while_it_was_sent_is_not_put_back(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        (change,) = engine.pages.open()
        engine.pages._database.run("DELETE FROM task_changes")
        engine.pages.put(replace(change, state="conflict"), NOW)
        assert not engine.pages.open() and not engine.book.conflicts()


async def test_a_service_that_hangs_keeps_nobody_waiting_for_long(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_syncing, "PATIENCE", 0.05)
    async with place.engine() as engine:
        await engine.settled()
        goes_on = asyncio.Event()
        ask = place.accounts.ask

        async def hang(account: str, do: str, *given: Any) -> Any:
            await goes_on.wait()
            return await ask(account, do, *given)

        place.accounts.ask = hang  # type: ignore[method-assign]
        done = await engine.do(engine.book.complete_task, "rake", now=NOW)
        assert (done.done, done.change) == (True, "waiting")
        goes_on.set()
        async with engine.syncing._senders[WORK]._turn:
            assert not engine.pages.open()
        assert place.source.kept["7"].done


async def test_by_itself_it_looks_at_once_and_again_when_an_account_says_that_something_changed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.engine() as engine:
        read = asyncio.Queue[None]()
        take = TaskMirror.take

        def tell(mirror: TaskMirror, *given: Any) -> None:
            take(mirror, *given)
            loop.call_soon_threadsafe(read.put_nowait, None)

        loop = asyncio.get_running_loop()
        monkeypatch.setattr(TaskMirror, "take", tell)
        engine.syncing.look_again()
        async with asyncio.timeout(5):
            await read.get()
            assert len(engine.book.tasks()) == 2
            place.source.edit("7", text="Rake all leaves")
            engine.syncing.look_soon(WORK)
            await read.get()
        assert engine.shown("Rake all leaves")


async def test_what_was_settled_is_kept_for_a_while_and_what_is_open_for_good(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        await engine.do(engine.book.complete_task, "rake", now=NOW)
        place.accounts.away.add(WORK)
        await engine.do(engine.book.complete_task, "water", now=NOW)
        for after, left in ((KEPT - timedelta(hours=1), ["done", "waiting"]), (KEPT + timedelta(hours=1), ["waiting"])):
            engine.pages.drop_settled(NOW + after - KEPT)
            rows = engine.pages._database.rows("SELECT state FROM task_changes ORDER BY seq")
            assert [state for (state,) in rows] == left


# killed at each step


class Kills:
    """Lets so many steps pass (commits, and a call before and after the service heard of it), then ends everything."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


class KilledPages(TaskChangePages):
    kills: Kills

    def add(self, change: TaskChange, now: datetime) -> TaskChange:
        self.kills.step()
        kept = super().add(change, now)
        self.kills.step()
        return kept

    def put(self, change: TaskChange, now: datetime) -> None:
        self.kills.step()
        super().put(change, now)
        self.kills.step()


def watched(accounts: FakeTaskAccounts, kills: Kills) -> Callable[..., Awaitable[Any]]:
    ask = accounts.ask

    async def step(account: str, do: str, *given: Any) -> Any:
        kills.step()
        answer = await ask(account, do, *given)
        kills.step()
        return answer

    return step


DEEDS: dict[str, tuple[Callable[[Engine], Any], Callable[[FakeTasks], bool]]] = {
    "create": (
        lambda engine: engine.book.add_task("k1", "Sow grass", now=NOW, to="work"),
        lambda source: [task.text for task in source.kept.values()].count("Sow grass") == 1,
    ),
    "update": (
        lambda engine: engine.book.change_task("rake", due="2026-12-01", now=NOW),
        lambda source: source.kept["7"].due == "2026-12-01",
    ),
    "complete": (lambda engine: engine.book.complete_task("rake", now=NOW), lambda source: source.kept["7"].done),
}


@pytest.mark.parametrize("steps", range(9))
@pytest.mark.parametrize("deed", DEEDS)
async def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(tmp_path: Path, deed: str, steps: int) -> None:
    place = Place(tmp_path, RAKE, WATER)
    act, holds = DEEDS[deed]
    async with place.engine() as engine:
        await engine.settled()
    ask = place.accounts.ask
    kills = Kills(steps)
    journal = open_journal(place.home.journal)
    engine = Engine(place, journal)
    pages = KilledPages(journal)
    pages.kills = kills
    engine.book.changes = engine.pages = pages
    place.accounts.ask = watched(place.accounts, kills)  # type: ignore[method-assign]
    kept = killed = False

    async def whole_send(change: TaskChange) -> None:
        engine.syncing._pages = pages
        sender = task_syncing._Sender(TaskAccount(WORK, ("CHANGES",)), engine.syncing)
        await sender.send_open()

    sent: list[TaskChange] = []
    engine.book.send = sent.append
    try:
        try:
            await asyncio.to_thread(act, engine)
        finally:
            kept = bool(pages.open())
        await whole_send(sent[0])
    except Killed:
        killed = True
    await engine.syncing.close()
    journal.close()
    place.accounts.ask = ask  # type: ignore[method-assign]
    async with place.engine() as engine:
        await engine.settled()
        assert not engine.pages.open() and not engine.book.conflicts()
        assert holds(place.source) == kept  # what was on disk has arrived; nothing else has
        assert place.source.writes == int(kept)
        assert killed == (steps < 8)


@pytest.mark.parametrize("error", [Unreachable("cut"), PluginError("odd")])
async def test_an_answer_that_got_lost_is_found_out_about(place: Place, error: PluginError) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.after = [error]
        moved = await engine.do(engine.book.change_task, "rake", due="2026-12-01", now=NOW)
        assert moved.change == "waiting"
        await engine.settled()
        assert place.source.kept["7"].due == "2026-12-01" and place.source.writes == 1
        assert not engine.pages.open() and not engine.book.conflicts()


async def test_a_change_that_fails_each_time_is_asked_about_and_keeps_no_other_waiting(place: Place) -> None:
    async with place.engine() as engine:
        await engine.settled()
        place.accounts.away.add(WORK)
        for due in ("2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05", "2026-12-06"):
            await engine.do(engine.book.change_task, "rake", due=due, now=NOW)
        assert len(engine.pages.open()) == 6 and not engine.book.conflicts()  # being away is no failure
        place.accounts.away.clear()
        sender = engine.syncing._senders[WORK]
        for _ in range(task_syncing.MOST_TRIES):
            assert await sender.look()
            place.accounts.before = [Unreachable("The plugin ended.")]
            await sender.send_open()
        (asked,) = engine.book.conflicts()
        assert (asked.state, asked.reason) == ("refused", "The plugin ended.")
        assert await sender.look()
        await sender.send_open()
        assert place.source.kept["7"].due == "2026-12-06"
