"""Answers about notes, goals and tasks."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from sage import wire
from sage.core.errors import SageError
from sage.core.plugins.shown_conflicts import conflict_of, settled_words
from sage.engine.bootstrap import House, fresh_id
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line

LOOKED_WITHIN = 2.0
"""Seconds that a list of tasks waits for an engine that has just started."""


@handles(wire.AddNote)
async def _add_note(desk: Desk, request: wire.AddNote, line: Line, emit: Emit) -> Any:
    house = desk.house
    return await asyncio.to_thread(
        house.notebook.add_note, fresh_id("n"), request.text, title=request.title, now=house.clock.now()
    )


@handles(wire.ListGoals)
async def _list_goals(desk: Desk, request: wire.ListGoals, line: Line, emit: Emit) -> wire.Goals:
    goals = await asyncio.to_thread(desk.house.notebook.goals)
    return wire.Goals(tuple(goal for goal in goals if request.all or goal.state == "open"))


@handles(wire.AddGoal)
async def _add_goal(desk: Desk, request: wire.AddGoal, line: Line, emit: Emit) -> Any:
    house = desk.house
    return await asyncio.to_thread(
        house.notebook.add_goal,
        fresh_id("g"),
        request.title,
        why=request.why,
        parent=request.parent,
        now=house.clock.now(),
    )


@handles(wire.ShowGoal)
async def _show_goal(desk: Desk, request: wire.ShowGoal, line: Line, emit: Emit) -> wire.GoalShown:
    notebook = desk.house.notebook
    goal = await asyncio.to_thread(notebook.find_goal, request.goal)
    by_id = {each.id: each for each in await asyncio.to_thread(notebook.goals)}
    whys, above = [], goal.parent
    while above in by_id and by_id[above] not in whys:
        whys.append(by_id[above])
        above = by_id[above].parent
    return wire.GoalShown(goal, tuple(whys), await asyncio.to_thread(notebook.goal_text, goal.id))


@handles(wire.ChangeGoal)
async def _change_goal(desk: Desk, request: wire.ChangeGoal, line: Line, emit: Emit) -> Any:
    house = desk.house
    return await asyncio.to_thread(house.notebook.change_goal, request.goal, state=request.state, now=house.clock.now())


@handles(wire.ListTasks)
async def _list_tasks(desk: Desk, request: wire.ListTasks, line: Line, emit: Emit) -> wire.Tasks:
    notebook = desk.house.notebook
    await _until_accounts_are_known(desk.house)
    tasks = await asyncio.to_thread(notebook.tasks)
    return wire.Tasks(tuple(task for task in tasks if request.all or not task.done), notebook.troubles())


async def _until_accounts_are_known(house: House) -> None:
    """An engine that has just started knows in a moment which accounts run; until then it could not say what is missing."""
    with contextlib.suppress(TimeoutError, SageError):
        enabled = await asyncio.to_thread(house.enabled_accounts)
        if enabled and not house.accounts.looked.is_set():
            async with asyncio.timeout(LOOKED_WITHIN):
                await house.accounts.looked.wait()


@handles(wire.AddTask)
async def _add_task(desk: Desk, request: wire.AddTask, line: Line, emit: Emit) -> Any:
    house = desk.house
    due = await asyncio.to_thread(house.read_date, request.due) if request.due else ""
    return await asyncio.to_thread(
        house.notebook.add_task, fresh_id("k"), request.text, due=due, now=house.clock.now(), to=request.to
    )


@handles(wire.CompleteTask)
async def _complete_task(desk: Desk, request: wire.CompleteTask, line: Line, emit: Emit) -> Any:
    house = desk.house
    return await asyncio.to_thread(
        house.notebook.complete_task, request.task, now=house.clock.now(), seen=request.shown
    )


@handles(wire.ReopenTask)
async def _reopen_task(desk: Desk, request: wire.ReopenTask, line: Line, emit: Emit) -> Any:
    return await asyncio.to_thread(desk.house.notebook.reopen_task, request.task)


@handles(wire.PutOffTask)
async def _put_off_task(desk: Desk, request: wire.PutOffTask, line: Line, emit: Emit) -> Any:
    house = desk.house
    due = await asyncio.to_thread(house.read_date, request.until) if request.until.strip() else ""
    return await asyncio.to_thread(house.notebook.change_task, request.task, due=due, now=house.clock.now())


@handles(wire.ListTaskConflicts)
async def _list_conflicts(desk: Desk, request: wire.ListTaskConflicts, line: Line, emit: Emit) -> wire.TaskConflicts:
    conflicts = await asyncio.to_thread(desk.house.notebook.conflicts)
    return wire.TaskConflicts(tuple(conflict_of(change) for change in conflicts))


@handles(wire.SettleTaskConflict)
async def _settle_conflict(
    desk: Desk, request: wire.SettleTaskConflict, line: Line, emit: Emit
) -> wire.ConflictSettled:
    after = await asyncio.to_thread(desk.house.notebook.decide, request.conflict, request.side)
    return wire.ConflictSettled(after.text, settled_words(after, request.side))
