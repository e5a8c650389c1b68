"""Goals and tasks."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.plans import Goal, GoalState, Task
from sage.core.plugins.conflict_words import Side, TaskConflict
from sage.wire.base import Request


class Goals(Struct, frozen=True):
    goals: tuple[Goal, ...]


class Tasks(Struct, frozen=True):
    """`troubles` are sentences: which accounts cannot be read now, or were not read yet."""

    tasks: tuple[Task, ...]
    troubles: tuple[str, ...] = ()


class TaskConflicts(Struct, frozen=True):
    """What the person has to decide of tasks that are kept elsewhere."""

    conflicts: tuple[TaskConflict, ...]


class ConflictSettled(Struct, frozen=True):
    """What became of a conflict, a sentence."""

    text: str
    words: str


class GoalShown(Struct, frozen=True):
    """A goal with its chain of whys (nearest first), and its text."""

    goal: Goal
    whys: tuple[Goal, ...]
    text: str


class ListGoals(Request[Goals], frozen=True, tag=True):
    all: bool = False
    reply: ClassVar[Any] = Goals


class AddGoal(Request[Goal], frozen=True, tag=True):
    title: str
    why: str = ""
    parent: str = ""
    reply: ClassVar[Any] = Goal


class ShowGoal(Request[GoalShown], frozen=True, tag=True):
    goal: str
    reply: ClassVar[Any] = GoalShown


class ChangeGoal(Request[Goal], frozen=True, tag=True):
    goal: str
    state: GoalState
    reply: ClassVar[Any] = Goal


class ListTasks(Request[Tasks], frozen=True, tag=True):
    all: bool = False
    reply: ClassVar[Any] = Tasks


class AddTask(Request[Task], frozen=True, tag=True):
    """`to` names the account in which it is made ("": where the settings say)."""

    text: str
    due: str = ""
    to: str = ""
    reply: ClassVar[Any] = Task


class CompleteTask(Request[Task], frozen=True, tag=True):
    """`shown` is the task as the person sees it: one that another program has changed since is not completed, but told as
    TaskChanged. None: they name it by words, and mean what is listed now."""

    task: str
    shown: Task | None = None
    reply: ClassVar[Any] = Task


class ReopenTask(Request[Task], frozen=True, tag=True):
    """A task of the person's own list is not done after all. `task` is its id, or words of it."""

    task: str
    reply: ClassVar[Any] = Task


class PutOffTask(Request[Task], frozen=True, tag=True):
    """Gives a task another day, or time, in the person's words ("": no day)."""

    task: str
    until: str = ""
    reply: ClassVar[Any] = Task


class ListTaskConflicts(Request[TaskConflicts], frozen=True, tag=True):
    reply: ClassVar[Any] = TaskConflicts


class SettleTaskConflict(Request[ConflictSettled], frozen=True, tag=True):
    conflict: str
    side: Side
    reply: ClassVar[Any] = ConflictSettled


Requests = (
    ListGoals
    | AddGoal
    | ShowGoal
    | ChangeGoal
    | ListTasks
    | AddTask
    | CompleteTask
    | ReopenTask
    | PutOffTask
    | ListTaskConflicts
    | SettleTaskConflict
)
