"""Goals and tasks."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.plans import Goal, GoalState, Task
from sage.wire.base import Request


class Goals(Struct, frozen=True):
    goals: tuple[Goal, ...]


class Tasks(Struct, frozen=True):
    tasks: tuple[Task, ...]


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
    text: str
    due: str = ""
    reply: ClassVar[Any] = Task


class CompleteTask(Request[Task], frozen=True, tag=True):
    task: str
    reply: ClassVar[Any] = Task


Requests = ListGoals | AddGoal | ShowGoal | ChangeGoal | ListTasks | AddTask | CompleteTask
