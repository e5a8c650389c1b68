"""The half of the task suite that is about changes: writes with a revision, completing, returning, and what changed since."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sage.plugin_api import Capability, Change, Changes, Gone, NewTask, PluginError, Stale, Task, Unsupported
from sage.testing.plugins.accounts import needs
from sage.testing.plugins.open_tasks import FORGERIES, ZONES, OpenTasks, TaskSuite, refused_after_another_client


class TasksAreChanged(TaskSuite):
    """For those with UPDATE."""

    @needs("UPDATE")
    async def test_a_change_is_written_and_keeps_the_id(self, tasks: OpenTasks) -> None:
        await tasks.put("Mow the lawn")
        before = await tasks.put("Water the plants")
        after = await tasks.update(before, Change(text="Water the roses"))
        assert (after.id, after.text) == (before.id, "Water the roses") and after.revision != before.revision
        assert await tasks.by_id(before.id) == after
        await tasks.reopen()
        assert await tasks.by_id(before.id) == after
        assert sorted(task.text for task in await tasks.list()) == ["Mow the lawn", "Water the roses"]

    @needs("UPDATE")
    async def test_a_change_of_nothing_changes_nothing(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Mow the lawn")
        await tasks.update(task, Change())
        assert (await tasks.one("Mow the lawn")).id == task.id

    @needs("UPDATE")
    async def test_a_stale_change_is_refused_with_what_stands_there(self, tasks: OpenTasks) -> None:
        old = await tasks.put("Water the plants")
        new = await tasks.update(old, Change(text="Water the roses"))
        with pytest.raises(Stale) as refused:
            await tasks.update(old, Change(text="Water the cactus"))
        assert refused.value.theirs == new
        assert await tasks.list() == [new]

    @needs("UPDATE", other=True)
    async def test_a_change_never_overwrites_another_clients(self, tasks: OpenTasks) -> None:
        old = await tasks.put("Water the plants")
        await tasks.other("retitle", "Water the plants", "Water the roses")
        refused = await refused_after_another_client(tasks.update(old, Change(text="Water the cactus")), Stale, Gone)
        theirs = await tasks.one("Water the roses")
        assert not isinstance(refused, Stale) or refused.theirs == theirs
        assert await tasks.list() == [theirs]

    @needs("UPDATE")
    async def test_of_two_changes_at_once_one_is_stale(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Water the plants")
        changes = (tasks.update(task, Change(text=f"Water the {what}")) for what in ("roses", "cactus"))
        answers = await asyncio.gather(*changes, return_exceptions=True)
        (won,) = [answer for answer in answers if isinstance(answer, Task)]
        assert [type(answer) for answer in answers if answer != won] == [Stale]
        assert await tasks.list() == [won]

    @needs("UPDATE")
    async def test_what_never_was_is_gone(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Mow the lawn")
        with pytest.raises(Gone):
            await tasks.update(Task("never-was", "x", task.revision), Change(text="y"))
        assert await tasks.list() == [task]

    @needs("UPDATE", other=True)
    async def test_what_another_client_removed_is_gone(self, tasks: OpenTasks) -> None:
        task, kept = await tasks.put("Water the plants"), await tasks.put("Mow the lawn")
        await tasks.other("remove", "Water the plants")
        await refused_after_another_client(tasks.update(task, Change(text="Water the roses")), Gone)
        assert [each.text for each in await tasks.list()] == [kept.text]

    @needs("UPDATE")
    async def test_line_ends_in_changed_words_forge_no_second_task(self, tasks: OpenTasks) -> None:
        known = [await tasks.put(f"task {number}") for number in range(len(FORGERIES) + 1)]
        for number, text in enumerate(FORGERIES):
            with contextlib.suppress(PluginError):
                known[number] = await tasks.update(known[number], Change(text=text))
        await tasks.reopen()
        found = await tasks.list()
        assert len(found) == len(known)
        assert {task.id: task for task in found} == {task.id: task for task in known}

    @needs("CREATE", "UPDATE", "DUE_DATE")
    async def test_a_date_is_set_moved_and_taken_away_in_every_zone(self, tasks: OpenTasks) -> None:
        task = await tasks.create("Pay the rent")
        for zone in ZONES:
            await tasks.reopen(zone)
            assert await tasks.list() == [task], zone
            for due in ("2026-11-26", "", "2026-11-27"):
                before = task
                task = await tasks.update(task, Change(due=due))
                assert (task.due, task.text, task.id) == (due, "Pay the rent", before.id)
                assert task.revision != before.revision
                assert await tasks.list() == [task]

    @needs("UPDATE")
    async def test_a_change_that_has_no_place_is_refused_rather_than_lost(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Call Demo Aunt")
        changes: dict[Capability, Change] = {
            "DUE_DATE": Change(text="Call her", due="2026-11-27"),
            "DUE_DATETIME": Change(text="Call her", due="2026-11-27T09:00", zone="Europe/Berlin"),
            "PRIORITY": Change(text="Call her", priority="high"),
        }
        for capability, change in changes.items():
            if not tasks.can(capability):
                with pytest.raises(Unsupported):
                    await tasks.update(task, change)
        assert await tasks.list() == [task]

    @needs("CREATE", "UPDATE", "DUE_DATE", "PRIORITY")
    async def test_a_change_of_one_thing_leaves_the_others(self, tasks: OpenTasks) -> None:
        task = await tasks.create(NewTask("Pay the rent", due="2026-11-27", priority="medium"))
        task = await tasks.update(task, Change(text="Pay the whole rent"))
        assert (task.due, task.priority) == ("2026-11-27", "medium")
        task = await tasks.update(task, Change(priority="high"))
        assert (task.text, task.due, task.priority) == ("Pay the whole rent", "2026-11-27", "high")
        task = await tasks.update(task, Change(priority="", due="2026-12-01"))
        assert (task.text, task.due, task.priority) == ("Pay the whole rent", "2026-12-01", "")
        await tasks.reopen()
        assert await tasks.list() == [task]


class TasksAreDone(TaskSuite):
    """For those with COMPLETE."""

    @needs("COMPLETE")
    async def test_a_task_is_done(self, tasks: OpenTasks) -> None:
        kept, task = await tasks.put("Mow the lawn"), await tasks.put("Water the plants")
        done = await tasks.complete(task)
        assert (done.task.id, done.task.text, done.task.done, done.following) == (task.id, task.text, True, None)
        await tasks.reopen()
        assert [each for each in await tasks.list() if not each.done] == [kept]
        assert await tasks.by_id(task.id) in (done.task, None)

    @needs("COMPLETE")
    async def test_what_is_done_is_answered_as_it_is(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Water the plants")
        first = await tasks.complete(task)
        for given in (task, first.task):
            again = await tasks.complete(given, datetime(2026, 12, 24, 12, 0, tzinfo=UTC))
            assert again == first
        await tasks.reopen()
        assert await tasks.complete(task) == first
        assert [each for each in await tasks.list() if not each.done] == []

    @needs("COMPLETE")
    @pytest.mark.parametrize("zone", ZONES)
    async def test_it_is_done_on_the_persons_date(self, tasks: OpenTasks, zone: str) -> None:
        await tasks.reopen(zone)
        at = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
        done_on = (await tasks.complete(await tasks.put("Water the plants"), at)).task.done_on
        if len(done_on) == len("2026-11-27"):
            assert done_on == at.astimezone(ZoneInfo(zone)).date().isoformat()
        elif done_on:
            assert datetime.fromisoformat(done_on).date() == at.astimezone(ZoneInfo(zone)).date()

    @needs("COMPLETE", "UPDATE")
    async def test_a_stale_task_is_not_done(self, tasks: OpenTasks) -> None:
        old = await tasks.put("Water the plants")
        new = await tasks.update(old, Change(text="Water the roses"))
        with pytest.raises(Stale) as refused:
            await tasks.complete(old)
        assert refused.value.theirs == new
        assert await tasks.list() == [new]

    @needs("COMPLETE")
    async def test_what_never_was_cannot_be_done(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Mow the lawn")
        with pytest.raises(Gone):
            await tasks.complete(Task("never-was", "x", task.revision))
        assert await tasks.list() == [task]

    @needs("COMPLETE", other=True)
    async def test_what_another_client_removed_cannot_be_done(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Water the plants")
        await tasks.other("remove", "Water the plants")
        await refused_after_another_client(tasks.complete(task), Gone)
        assert await tasks.list() == []

    @needs("CREATE", "COMPLETE", "SUBTASKS")
    async def test_doing_a_subtask_leaves_the_others_open(self, tasks: OpenTasks) -> None:
        garden = await tasks.create("Garden")
        mow = await tasks.create(NewTask("Mow", parent=garden.id))
        await tasks.create(NewTask("Rake", parent=garden.id))
        await tasks.complete(mow)
        assert {task.text for task in await tasks.list() if not task.done} == {"Garden", "Rake"}

    @needs("COMPLETE", "RECURRENCE", "DUE_DATE", other=True)
    @pytest.mark.parametrize("zone", ZONES)
    async def test_a_returning_task_returns_once(self, tasks: OpenTasks, zone: str) -> None:
        await tasks.reopen(zone)
        await tasks.other("add", "Take out the bins", due="2026-11-27", weekly=True)
        task = await tasks.one("Take out the bins")
        assert task.recurs and task.due == "2026-11-27"
        for again in (False, True):
            if again:
                await tasks.reopen()
            done = await tasks.complete(task)
            assert done.task.id == task.id
            following = await self._open_one(tasks)
            assert following.due == (date(2026, 11, 27) + timedelta(days=7)).isoformat()
            assert done.following is None or done.following == following
            assert done.task.done or done.task == following

    @needs("COMPLETE", "RECURRENCE", "DUE_DATE", other=True)
    async def test_a_returning_task_goes_on_returning(self, tasks: OpenTasks) -> None:
        await tasks.other("add", "Take out the bins", due="2026-11-27", weekly=True)
        for due in ("2026-11-27", "2026-12-04", "2026-12-11"):
            task = await self._open_one(tasks)
            assert task.due == due
            await tasks.complete(task, datetime.fromisoformat(f"{due}T10:00+00:00"))

    async def _open_one(self, tasks: OpenTasks) -> Task:
        still_open = [task for task in await tasks.named("Take out the bins") if not task.done]
        assert len(still_open) == 1, still_open
        return still_open[0]


class ChangesAreTold(TaskSuite):
    """`changes`: for every source, as one without CHANGES answers with everything each time."""

    @needs()
    @pytest.mark.parametrize("cursor", ["", "no cursor at all", "12345:67"])
    async def test_without_a_good_cursor_it_tells_everything(self, tasks: OpenTasks, cursor: str) -> None:
        task = await tasks.put("Mow the lawn")
        found = await tasks.changes(cursor)
        assert (found.whole, found.changed) == (True, (task,))

    @needs("CHANGES")
    async def test_with_nothing_changed_it_tells_nothing(self, tasks: OpenTasks) -> None:
        await tasks.put("Mow the lawn")
        cursor = (await tasks.changes("")).cursor
        assert cursor
        for _ in range(2):
            found = await tasks.changes(cursor)
            assert (found.changed, found.gone, found.whole) == ((), (), False)
            cursor = found.cursor

    @needs("CHANGES", other=True)
    async def test_it_tells_what_changed_and_no_more(self, tasks: OpenTasks) -> None:
        await tasks.put("Mow the lawn")
        cursor = (await tasks.changes("")).cursor
        await tasks.other("add", "Feed the cat")
        found = await tasks.changes(cursor)
        assert [task.text for task in found.changed] == ["Feed the cat"] and not found.whole and not found.gone

    @needs("CHANGES", other=True)
    async def test_one_cursor_can_be_asked_about_twice(self, tasks: OpenTasks) -> None:
        await tasks.put("Mow the lawn")
        cursor = (await tasks.changes("")).cursor
        await tasks.other("add", "Feed the cat")
        first = await tasks.changes(cursor)
        assert (await tasks.changes(cursor)).changed == first.changed, "an answer that was lost is lost for good"

    @needs(other=True)
    async def test_who_follows_the_changes_has_what_is_listed(self, tasks: OpenTasks) -> None:
        mirror: dict[str, Task] = {}
        cursor = await self._followed(tasks, mirror, "")
        for do, given, there in (
            ("add", ("one",), {"one"}),
            ("add", ("two",), {"one", "two"}),
            ("retitle", ("one", "uno"), {"uno", "two"}),
            ("add", ("three",), {"uno", "two", "three"}),
            ("remove", ("two",), {"uno", "three"}),
            ("retitle", ("three", "tres"), {"uno", "tres"}),
            ("remove", ("uno",), {"tres"}),
        ):
            await tasks.other(do, *given)
            cursor = await self._followed(tasks, mirror, cursor)
            assert {task.text for task in mirror.values()} == there
        await tasks.reopen()
        await tasks.other("add", "quattro")
        await self._followed(tasks, mirror, cursor)
        assert {task.text for task in mirror.values()} == {"tres", "quattro"}

    @needs("CREATE", "UPDATE", "COMPLETE")
    async def test_what_was_written_here_is_told_as_well(self, tasks: OpenTasks) -> None:
        mirror: dict[str, Task] = {}
        cursor = await self._followed(tasks, mirror, "")
        task = await tasks.create("Mow the lawn")
        cursor = await self._followed(tasks, mirror, cursor)
        task = await tasks.update(task, Change(text="Mow all of the lawn"))
        cursor = await self._followed(tasks, mirror, cursor)
        await tasks.complete(task)
        await self._followed(tasks, mirror, cursor)

    async def _followed(self, tasks: OpenTasks, mirror: dict[str, Task], cursor: str) -> str:
        found = await tasks.changes(cursor)
        _apply(mirror, found)
        assert mirror == {task.id: task for task in await tasks.list()}
        return found.cursor


def _apply(mirror: dict[str, Task], found: Changes) -> None:
    if found.whole:
        mirror.clear()
    for task in found.changed:
        mirror[task.id] = task
    for gone in found.gone:
        mirror.pop(gone, None)
