"""What the engine answers: one function a request, each a few lines over the house."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

from sage import __version__, wire
from sage.adapters import backups, kept_backups, model_files, model_probe
from sage.adapters.settings_file import write_settings
from sage.core.errors import NotFound, SageError
from sage.core.plans import Reminder
from sage.core.schedule import in_quiet_hours
from sage.core.turns import Answer
from sage.engine import explanations
from sage.engine.bootstrap import House, fresh_id
from sage.engine.service import Emit, Line, Service
from sage.profile import ModelPlace, Resolved, describe, resolve

SETUP_STEPS = ("model", "notes")

Body = TypeVar("Body", bound=wire.Request[Any])
_HANDLERS: dict[type[Any], Callable[[Desk, Any, Line, Emit], Awaitable[Any]]] = {}


class Desk:
    """Where requests arrive: the house, and the service whose front ends ask."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.service: Service | None = None
        self._telling: asyncio.Task[int] | None = None

    def tell_reminder(self, reminder: Reminder, late: str) -> bool:
        """Tells a reminder to the apps that are open; False when none is."""
        service = self.service
        if service is None or not service.listeners:
            return False
        hours = resolve("default", self.house.home).settings.quiet_hours
        quiet = in_quiet_hours(self.house.clock.now(), hours.start, hours.end)
        self._telling = asyncio.create_task(service.tell_all(wire.ReminderDue(reminder, late, quiet)))
        return True

    async def handle(self, request: Any, line: Line, emit: Emit) -> Any:
        """Answers one request (a `service.Handler`)."""
        return await _HANDLERS[type(request)](self, request, line, emit)

    def profile(self, line: Line) -> Resolved:
        """The settings in force for a front end; files are read anew, so that an edit counts at once."""
        return resolve(line.profile or "default", self.house.home)


def _handles(
    kind: type[Body],
) -> Callable[[Callable[[Desk, Body, Line, Emit], Awaitable[Any]]], Callable[[Desk, Body, Line, Emit], Awaitable[Any]]]:
    def keep(
        function: Callable[[Desk, Body, Line, Emit], Awaitable[Any]],
    ) -> Callable[[Desk, Body, Line, Emit], Awaitable[Any]]:
        _HANDLERS[kind] = function
        return function

    return keep


# --- conversation ------------------------------------------------------------------------------------------------


@_handles(wire.Ask)
async def _ask(desk: Desk, request: wire.Ask, line: Line, emit: Emit) -> Answer:
    house, turn = desk.house, fresh_id("t")
    name = request.conversation
    if name == "last":
        newest = await asyncio.to_thread(house.journal.conversations, 1)
        name = newest[0].id if newest else ""
    elif name and not await asyncio.to_thread(house.journal.history, name):
        raise NotFound(
            f"There is no conversation {name!r}.", safe="Nothing was asked.", do="Go on with the last one: sage ask -c"
        )
    conversation = house.conversation(name or fresh_id("c"), desk.profile(line), turn, attended=request.attended)
    house.turns.start(turn, conversation, request.text, attended=request.attended)
    return await _follow_turn(desk, turn, 0, emit)


@_handles(wire.Follow)
async def _follow(desk: Desk, request: wire.Follow, line: Line, emit: Emit) -> Answer:
    return await _follow_turn(desk, request.turn, request.after, emit)


async def _follow_turn(desk: Desk, turn: str, after: int, emit: Emit) -> Answer:
    async with aclosing(desk.house.turns.follow(turn, after)) as events:
        async for event in events:
            if isinstance(event, Answer):
                return event
            await emit(event)
    raise SageError("The turn ended without an answer.", safe="What was said is kept.")


@_handles(wire.StopTurn)
async def _stop_turn(desk: Desk, request: wire.StopTurn, line: Line, emit: Emit) -> None:
    await desk.house.turns.stop(request.turn)


@_handles(wire.Decide)
async def _decide(desk: Desk, request: wire.Decide, line: Line, emit: Emit) -> None:
    desk.house.turns.decide(request.approval, request.digest, request.granted)


@_handles(wire.Warm)
async def _warm(desk: Desk, request: wire.Warm, line: Line, emit: Emit) -> None:
    profile = desk.profile(line)
    conversation = desk.house.conversation("", profile, "", attended=False)
    await desk.house.brains.warm(profile, conversation.opening())


@_handles(wire.ListConversations)
async def _conversations(desk: Desk, request: wire.ListConversations, line: Line, emit: Emit) -> wire.Conversations:
    return wire.Conversations(tuple(await asyncio.to_thread(desk.house.journal.conversations, request.limit)))


@_handles(wire.ShowConversation)
async def _conversation(desk: Desk, request: wire.ShowConversation, line: Line, emit: Emit) -> wire.ConversationShown:
    name = request.id
    if name == "last":
        newest = await asyncio.to_thread(desk.house.journal.conversations, 1)
        name = newest[0].id if newest else ""
    turns = await asyncio.to_thread(desk.house.journal.history, name)
    return wire.ConversationShown(name, tuple(turns), desk.house.turns.running_in(name))


# --- memory ------------------------------------------------------------------------------------------------------


@_handles(wire.Recall)
async def _recall(desk: Desk, request: wire.Recall, line: Line, emit: Emit) -> wire.Recalled:
    began = time.perf_counter()
    hits = await asyncio.to_thread(
        desk.house.memory.recall, request.query, k=request.k, recipients=request.recipients, now=desk.house.clock.now()
    )
    return wire.Recalled(request.query, round(1000 * (time.perf_counter() - began), 2), tuple(hits))


@_handles(wire.ImportNotes)
async def _import(desk: Desk, request: wire.ImportNotes, line: Line, emit: Emit) -> Any:
    loop = asyncio.get_running_loop()

    def tell(progress: Any) -> None:
        asyncio.run_coroutine_threadsafe(emit(progress), loop)

    return await asyncio.to_thread(desk.house.memory.import_path, Path(request.path), progress=tell)


# --- notes, goals, tasks -----------------------------------------------------------------------------------------


@_handles(wire.AddNote)
async def _add_note(desk: Desk, request: wire.AddNote, line: Line, emit: Emit) -> Any:
    house = desk.house
    return await asyncio.to_thread(
        house.notebook.add_note, fresh_id("n"), request.text, title=request.title, now=house.clock.now()
    )


@_handles(wire.ListGoals)
async def _list_goals(desk: Desk, request: wire.ListGoals, line: Line, emit: Emit) -> wire.Goals:
    goals = await asyncio.to_thread(desk.house.notebook.goals)
    return wire.Goals(tuple(goal for goal in goals if request.all or goal.state == "open"))


@_handles(wire.AddGoal)
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


@_handles(wire.ShowGoal)
async def _show_goal(desk: Desk, request: wire.ShowGoal, line: Line, emit: Emit) -> wire.GoalShown:
    notebook = desk.house.notebook
    goal = await asyncio.to_thread(notebook.find_goal, request.goal)
    by_id = {each.id: each for each in await asyncio.to_thread(notebook.goals)}
    whys, above = [], goal.parent
    while above in by_id and by_id[above] not in whys:
        whys.append(by_id[above])
        above = by_id[above].parent
    return wire.GoalShown(goal, tuple(whys), await asyncio.to_thread(notebook.goal_text, goal.id))


@_handles(wire.ChangeGoal)
async def _change_goal(desk: Desk, request: wire.ChangeGoal, line: Line, emit: Emit) -> Any:
    house = desk.house
    return await asyncio.to_thread(house.notebook.change_goal, request.goal, state=request.state, now=house.clock.now())


@_handles(wire.ListTasks)
async def _list_tasks(desk: Desk, request: wire.ListTasks, line: Line, emit: Emit) -> wire.Tasks:
    tasks = await asyncio.to_thread(desk.house.notebook.tasks)
    return wire.Tasks(tuple(task for task in tasks if request.all or not task.done))


@_handles(wire.AddTask)
async def _add_task(desk: Desk, request: wire.AddTask, line: Line, emit: Emit) -> Any:
    house = desk.house
    due = await asyncio.to_thread(house.read_date, request.due) if request.due else ""
    return await asyncio.to_thread(house.notebook.add_task, fresh_id("k"), request.text, due=due, now=house.clock.now())


@_handles(wire.CompleteTask)
async def _complete_task(desk: Desk, request: wire.CompleteTask, line: Line, emit: Emit) -> Any:
    return await asyncio.to_thread(desk.house.notebook.complete_task, request.task, now=desk.house.clock.now())


# --- models, profile, first run ----------------------------------------------------------------------------------


@_handles(wire.ListModels)
async def _list_models(desk: Desk, request: wire.ListModels, line: Line, emit: Emit) -> wire.ModelsShown:
    return await _models(desk, line)


async def _models(desk: Desk, line: Line) -> wire.ModelsShown:
    detected = await model_probe.detect(desk.house.home, os.environ)
    return wire.ModelsShown(tuple(desk.profile(line).settings.model.chain), detected.options)


@_handles(wire.InstallModel)
async def _install_model(desk: Desk, request: wire.InstallModel, line: Line, emit: Emit) -> None:
    async with aclosing(model_files.install(request.name, desk.house.home)) as steps:
        async for step in steps:
            await emit(step)


@_handles(wire.UseModel)
async def _use_model(desk: Desk, request: wire.UseModel, line: Line, emit: Emit) -> wire.ModelsShown:
    house = desk.house
    await house.brains.check(ModelPlace(request.id, request.base_url, request.key_env))
    values = {"model.chain": [request.id], "model.base_url": request.base_url, "model.key_env": request.key_env}
    await asyncio.to_thread(write_settings, house.home, values)
    return await _models(desk, line)


@_handles(wire.StoreKey)
async def _store_key(desk: Desk, request: wire.StoreKey, line: Line, emit: Emit) -> None:
    await asyncio.to_thread(desk.house.secrets.store, request.name, request.key)


@_handles(wire.ShowProfile)
async def _show_profile(desk: Desk, request: wire.ShowProfile, line: Line, emit: Emit) -> wire.ProfileShown:
    profile = desk.profile(line)
    rows = (
        wire.Setting(row.key, profile.value_of(row.key), profile.origin_of(row.key), row.text) for row in describe()
    )
    return wire.ProfileShown(profile.name, tuple(rows))


@_handles(wire.ShowSetup)
async def _show_setup(desk: Desk, request: wire.ShowSetup, line: Line, emit: Emit) -> wire.SetupShown:
    house = desk.house
    closed = await asyncio.to_thread(house.journal.closed_steps)
    options = (await _models(desk, line)).options
    roots = await asyncio.to_thread(house.imported_roots)
    return wire.SetupShown(
        tuple(step for step in SETUP_STEPS if step not in closed), options, tuple(roots), str(house.home.path)
    )


@_handles(wire.CloseSetup)
async def _close_setup(desk: Desk, request: wire.CloseSetup, line: Line, emit: Emit) -> None:
    await asyncio.to_thread(desk.house.journal.close_step, request.step, desk.house.clock.now())


# --- the home ----------------------------------------------------------------------------------------------------


@_handles(wire.Why)
async def _why(desk: Desk, request: wire.Why, line: Line, emit: Emit) -> wire.Explanation:
    return await asyncio.to_thread(explanations.explain, desk.house, request.id)


@_handles(wire.MakeBackup)
async def _make_backup(desk: Desk, request: wire.MakeBackup, line: Line, emit: Emit) -> wire.BackupMade:
    house = desk.house
    target = Path(request.path) if request.path else None
    made = await asyncio.to_thread(backups.make, house.home, house.database, target, house.clock.now())
    remarks = await asyncio.to_thread(kept_backups.remarks, made)
    return wire.BackupMade(str(made), made.stat().st_size, tuple(f"{each.name}: {each.what}" for each in remarks))


@_handles(wire.ShowStatus)
async def _status(desk: Desk, request: wire.ShowStatus, line: Line, emit: Emit) -> wire.EngineStatus:
    house, profile = desk.house, desk.profile(line)
    counts = await asyncio.to_thread(house.memory.counts)
    spent = await asyncio.to_thread(house.budget.spent_on, house.clock.now())
    service = desk.service
    assert service
    return wire.EngineStatus(
        pid=os.getpid(),
        sage=__version__,
        home=str(house.home.path),
        profile=profile.name,
        answering=profile.settings.model.chain[0],
        documents=counts.notes + counts.texts,
        passages=counts.passages,
        spent_today_usd=spent,
        memory_mb=round(_resident_mb(), 1),
        clients=len(service.lines),
        stays=service.stays,
        theme=profile.settings.ui.theme,
    )


@_handles(wire.StopEngine)
async def _stop_engine(desk: Desk, request: wire.StopEngine, line: Line, emit: Emit) -> None:
    assert desk.service
    asyncio.get_running_loop().call_later(0.05, desk.service.close)


def _resident_mb() -> float:
    """Resident memory now (Linux), else at its most (elsewhere), in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
