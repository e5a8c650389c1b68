"""The half of the task suite about reading and making them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sage.plugin_api import Capability, Change, NewTask, PluginError, Priority, Task, Unsupported
from sage.testing.plugins.accounts import needs
from sage.testing.plugins.open_tasks import CONTROLS, FORGERIES, TEXTS, ZONES, OpenTasks, TaskSuite

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


class TasksAreRead(TaskSuite):
    """For every source."""

    @needs()
    async def test_an_empty_account_has_no_tasks(self, tasks: OpenTasks) -> None:
        assert await tasks.list() == []

    @needs()
    async def test_each_task_is_listed_once_with_an_id_and_a_revision(self, tasks: OpenTasks) -> None:
        for text in ("Water the plants", "Mow the lawn", "Call Demo Aunt"):
            await tasks.put(text)
        found = await tasks.list()
        assert sorted(task.text for task in found) == ["Call Demo Aunt", "Mow the lawn", "Water the plants"]
        assert len({task.id for task in found}) == 3
        assert all(task.id and task.revision and not task.done for task in found)
        assert await tasks.list() == found, "listing changed something"

    @needs()
    async def test_ids_and_revisions_survive_reopening(self, tasks: OpenTasks) -> None:
        for text in ("one", "two", "three"):
            await tasks.put(text)
        before = {task.id: task for task in await tasks.list()}
        await tasks.reopen()
        assert {task.id: task for task in await tasks.list()} == before

    @needs(other=True)
    async def test_what_another_client_changes_is_seen(self, tasks: OpenTasks) -> None:
        before = await tasks.put("Water the plants")
        await tasks.put("Mow the lawn")
        await tasks.other("retitle", "Water the plants", "Water the roses")
        after = await tasks.one("Water the roses")
        assert not await tasks.named("Water the plants")
        assert after.id != before.id or after.revision != before.revision

    @needs(other=True)
    async def test_what_another_client_adds_and_removes_is_seen(self, tasks: OpenTasks) -> None:
        await tasks.put("Mow the lawn")
        kept = await tasks.put("Water the plants")
        await tasks.other("add", "Feed the cat")
        added = await tasks.one("Feed the cat")
        await tasks.other("remove", "Mow the lawn")
        assert {task.id: task for task in await tasks.list()} == {kept.id: kept, added.id: added}

    @needs("DUE_DATE", other=True)
    async def test_a_date_of_another_client_stays_one_in_every_zone(self, tasks: OpenTasks) -> None:
        await tasks.other("add", "Pay the rent", due="2026-11-27")
        for zone in ZONES:
            await tasks.reopen(zone)
            assert (await tasks.one("Pay the rent")).due == "2026-11-27", zone

    @needs()
    async def test_it_is_well(self, tasks: OpenTasks) -> None:
        assert (await tasks.health()).state == "ok"

    @needs()
    async def test_closing_twice_does_no_harm(self, tasks: OpenTasks) -> None:
        await tasks.put("Mow the lawn")
        await tasks.close()
        await tasks.close()
        await tasks.open()
        await tasks.one("Mow the lawn")

    @needs()
    async def test_what_it_does_not_claim_it_says_and_does_not_do(self, tasks: OpenTasks) -> None:
        task = await tasks.put("Mow the lawn")
        calls: dict[Capability, Callable[[], Awaitable[object]]] = {
            "CREATE": lambda: tasks.create("Rake the leaves"),
            "UPDATE": lambda: tasks.update(task, Change(text="Mow it all")),
            "COMPLETE": lambda: tasks.complete(task),
        }
        for capability, call in calls.items():
            if not tasks.can(capability):
                with pytest.raises(Unsupported):
                    await call()
        assert await tasks.list() == [task]


class TasksAreMade(TaskSuite):
    """For those with CREATE."""

    @needs("CREATE")
    async def test_what_is_made_is_listed_as_it_was_answered(self, tasks: OpenTasks) -> None:
        made = await tasks.create("Water the plants")
        assert (made.text, made.done, made.read_only) == ("Water the plants", False, False)
        assert await tasks.list() == [made]

    @needs("CREATE")
    async def test_one_key_makes_one_task(self, tasks: OpenTasks) -> None:
        first = await tasks.create("Water the plants", key="k")
        again = await tasks.create("Water the plants", key="k")
        assert again.id == first.id
        assert [task.id for task in await tasks.list()] == [first.id]

    @needs("CREATE")
    async def test_one_key_makes_one_task_also_after_reopening(self, tasks: OpenTasks) -> None:
        first = await tasks.create("Water the plants", key="k")
        await tasks.reopen()
        assert (await tasks.create("Water the plants", key="k")).id == first.id
        assert [task.id for task in await tasks.list()] == [first.id]

    @needs("CREATE")
    async def test_two_keys_make_two_tasks_with_the_same_words(self, tasks: OpenTasks) -> None:
        first, second = await tasks.create("Stretch", key="k1"), await tasks.create("Stretch", key="k2")
        assert first.id != second.id
        assert {task.id for task in await tasks.named("Stretch")} == {first.id, second.id}
        await tasks.reopen()
        assert {task.id for task in await tasks.named("Stretch")} == {first.id, second.id}

    @needs("CREATE")
    async def test_words_come_back_as_they_were(self, tasks: OpenTasks) -> None:
        made = [await tasks.create(text) for text in TEXTS]
        assert [task.text for task in made] == [*TEXTS]
        await tasks.reopen()
        assert {task.id: task for task in await tasks.list()} == {task.id: task for task in made}

    @needs("CREATE")
    async def test_line_ends_in_words_forge_no_second_task(self, tasks: OpenTasks) -> None:
        await self._made_or_refused(tasks, *FORGERIES)

    @needs("CREATE")
    async def test_control_bytes_spoil_nothing(self, tasks: OpenTasks) -> None:
        await self._made_or_refused(tasks, CONTROLS)

    @needs("CREATE")
    async def test_a_task_without_words_is_refused_or_one_task(self, tasks: OpenTasks) -> None:
        await self._made_or_refused(tasks, "", " \t ")

    @needs("CREATE")
    async def test_long_words_are_whole_or_refused(self, tasks: OpenTasks) -> None:
        text = " ".join(f"word{number}" for number in range(400))  # what Sage shows of one: 4,000 characters
        made = await self._made_or_refused(tasks, text)
        assert [task.text for task in made] in ([], [text])

    async def _made_or_refused(self, tasks: OpenTasks, *texts: str) -> list[Task]:
        """That each of these texts makes exactly one open task, or is refused and makes none, and harms no other."""
        made = [await tasks.create("Mow the lawn")]
        for text in texts:
            with contextlib.suppress(PluginError):
                made.append(await tasks.create(text))
        await tasks.reopen()
        found = await tasks.list()
        assert len(found) == len(made)
        assert {task.id: task for task in found} == {task.id: task for task in made}
        assert not [task for task in made if task.done or task.due or task.priority or task.parent]
        return made[1:]

    @needs("CREATE", "DUE_DATE")
    async def test_a_date_stays_a_date_in_every_zone(self, tasks: OpenTasks) -> None:
        for zone in ZONES:
            await tasks.reopen(zone)
            assert (await tasks.create(NewTask(f"rent in {zone}", due="2026-11-27"))).due == "2026-11-27"
        for zone in ZONES:
            await tasks.reopen(zone)
            assert {task.text: task.due for task in await tasks.list()} == {
                f"rent in {made_in}": "2026-11-27" for made_in in ZONES
            }, zone

    @needs("CREATE", "DUE_DATETIME")
    async def test_a_time_stays_the_same_moment_and_wall_time(self, tasks: OpenTasks) -> None:
        times = [(due, zone) for due in ("2026-11-27T09:00", "2026-07-01T23:30") for zone in (BERLIN, NEW_YORK)]
        await tasks.reopen(BERLIN)
        for number, (due, zone) in enumerate(times):
            await tasks.create(NewTask(f"call {number}", due=due, zone=zone))
        for seen_from in (BERLIN, NEW_YORK, "Pacific/Kiritimati"):
            await tasks.reopen(seen_from)
            for number, (due, zone) in enumerate(times):
                found = await tasks.one(f"call {number}")
                shown_in = found.zone or seen_from
                moment = datetime.fromisoformat(found.due).replace(tzinfo=ZoneInfo(shown_in))
                assert moment == datetime.fromisoformat(due).replace(tzinfo=ZoneInfo(zone)), (due, zone, seen_from)
                assert shown_in != zone or found.due == due

    @needs("CREATE")
    async def test_what_has_no_place_is_refused_rather_than_lost(self, tasks: OpenTasks) -> None:
        kept = await tasks.create("Garden")
        fields: dict[Capability, NewTask] = {
            "DUE_DATE": NewTask("Pay the rent", due="2026-11-27"),
            "DUE_DATETIME": NewTask("Call Demo Aunt", due="2026-11-27T09:00", zone="Europe/Berlin"),
            "PRIORITY": NewTask("Pay the rent", priority="high"),
            "SUBTASKS": NewTask("Mow the lawn", parent=kept.id),
        }
        for capability, task in fields.items():
            if not tasks.can(capability):
                with pytest.raises(Unsupported):
                    await tasks.create(task)
        assert await tasks.list() == [kept]

    @needs("CREATE", "PRIORITY")
    async def test_priorities_come_back(self, tasks: OpenTasks) -> None:
        levels: tuple[Priority, ...] = ("high", "medium", "low", "")
        for level in levels:
            await tasks.create(NewTask(f"task {level}", priority=level))
        await tasks.reopen()
        assert {task.text.strip(): task.priority for task in await tasks.list()} == {
            f"task {level}".strip(): level for level in levels
        }

    @needs("CREATE", "SUBTASKS")
    async def test_a_subtask_stands_below_its_parent(self, tasks: OpenTasks) -> None:
        garden, house = await tasks.create("Garden"), await tasks.create("House")
        for text, parent in (("Mow", garden), ("Paint", house), ("Rake", garden)):
            assert (await tasks.create(NewTask(text, parent=parent.id))).parent == parent.id
        await tasks.reopen()
        parents = {task.text: task.parent for task in await tasks.list()}
        assert parents == {"Garden": "", "House": "", "Mow": garden.id, "Paint": house.id, "Rake": garden.id}

    @needs("CREATE", "SUBTASKS")
    async def test_a_parent_that_is_gone_makes_nothing(self, tasks: OpenTasks) -> None:
        with pytest.raises(PluginError):
            await tasks.create(NewTask("Mow", parent="never-was"))
        assert await tasks.list() == []
