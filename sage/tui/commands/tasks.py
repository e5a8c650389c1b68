"""Slash commands about tasks, wherever they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import BadInput, TaskChanged
from sage.core.plans import Task, change_words
from sage.core.plugins.conflict_words import TaskConflict, conflict_lines
from sage.core.task_finding import find_task
from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

_KEYS = {"mine": "m", "theirs": "t", "both": "b"}


async def show_tasks(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.day_pages import tasks_entry

    found = await dialogue.call(wire.ListTasks())
    dialogue.listed = found.tasks
    dialogue.talk.transcript.append(tasks_entry(found.tasks, found.troubles))


async def complete(dialogue: Dialogue, rest: str) -> None:
    if not rest:
        dialogue.talk.note("Name it by words of it: /done water the plants. /tasks lists what is open.")
        return
    shown = _listed(dialogue, rest)
    try:
        task = await dialogue.call(wire.CompleteTask(shown.id, shown) if shown else wire.CompleteTask(rest))
    except TaskChanged:  # which tells how it is now: that counts as shown
        dialogue.listed = (await dialogue.call(wire.ListTasks())).tasks
        raise
    dialogue.listed = tuple(one for one in dialogue.listed if one.id != task.id)
    dialogue.talk.note(" ".join(filter(None, (f"Done: {task.text}.", change_words(task)))))


def _listed(dialogue: Dialogue, words: str) -> Task | None:
    """The task of an account that these words name in the list that stands in Talk; None: none, or not a single one."""
    try:
        found = find_task(dialogue.listed, words)
    except BadInput:
        return None
    return found if found.source else None


async def show_conflicts(dialogue: Dialogue, rest: str) -> None:
    """One after the other, with both versions; what is not decided stays."""
    conflicts = (await dialogue.call(wire.ListTaskConflicts())).conflicts
    if not conflicts:
        dialogue.talk.note("No conflicts: nothing was changed on both sides.")
    for conflict in conflicts:
        await _decide(dialogue, conflict)


async def _decide(dialogue: Dialogue, conflict: TaskConflict) -> None:
    *words, _command = conflict_lines(conflict)
    sides = {_KEYS[side]: side for side in conflict.sides}
    key = await dialogue.asking.ask("\n".join(words), sides, escape="later")
    if key:
        settled = await dialogue.call(wire.SettleTaskConflict(conflict.id, sides[key]))
        dialogue.talk.note(settled.words)


COMMANDS = (
    Command("tasks", show_tasks, "what is open, in your own list and in your accounts"),
    Command("done", complete, "a task is done", "TASK"),
    Command("conflicts", show_conflicts, "tasks that changed here and where they are kept: yours, theirs, or both"),
)
