"""`sage goal` and `sage task`."""

from __future__ import annotations

import argparse
from typing import Any, get_args

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.plans import Goal, change_words, task_line
from sage.core.plugins.conflict_words import Side, conflict_lines


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    goal = commands.add_parser("goal").add_subparsers(required=True, metavar="WHAT")
    add = goal.add_parser("add", parents=[common], help="add a goal")
    add.add_argument("title", nargs="+")
    add.add_argument("--why", default="", help="why it matters, in your words")
    add.add_argument("--serves", default="", metavar="GOAL", help="the goal that it serves")
    add.set_defaults(run=run_goal_add)
    listing = goal.add_parser("list", parents=[common], help="list goals")
    listing.add_argument("--all", action="store_true", help="also those done or dropped")
    listing.set_defaults(run=run_goal_list)
    show = goal.add_parser("show", parents=[common], help="show a goal with its chain of whys")
    show.add_argument("goal", nargs="+")
    show.set_defaults(run=run_goal_show)
    done = goal.add_parser("done", parents=[common], help="a goal is reached")
    done.add_argument("goal", nargs="+")
    done.set_defaults(run=run_goal_done)

    task = commands.add_parser("task").add_subparsers(required=True, metavar="WHAT")
    add = task.add_parser("add", parents=[common], help="add a task")
    add.add_argument("text", nargs="+")
    add.add_argument("--due", default="", metavar="DATE", help="such as friday, or 2026-11-27")
    add.add_argument(
        "--to", default="", metavar="ACCOUNT", help="the account in which it is made; tasks.md: your own list"
    )
    add.set_defaults(run=run_task_add)
    listing = task.add_parser("list", parents=[common], help="list tasks")
    listing.add_argument("--all", action="store_true", help="also those done")
    listing.set_defaults(run=run_task_list)
    done = task.add_parser("done", parents=[common], help="a task is done")
    done.add_argument("task", nargs="+", help="its id, or words of it")
    done.set_defaults(run=run_task_done)
    again = task.add_parser("reopen", parents=[common], help="a task of your own list is not done after all")
    again.add_argument("task", nargs="+", help="its id, or words of it")
    again.set_defaults(run=run_task_reopen)
    later = task.add_parser("put-off", parents=[common], help="a task is for another day, or for none")
    later.add_argument("task", nargs="+", help="its id, or words of it")
    later.add_argument(
        "--until", default="tomorrow", metavar="DATE", help="such as friday (tomorrow when left out); '' for no day"
    )
    later.set_defaults(run=run_task_put_off)
    clash = task.add_parser("conflicts", parents=[common], help="what changed here and where it is kept: decide")
    clash.add_argument("conflict", nargs="?", default="", metavar="ID")
    clash.add_argument("side", nargs="?", choices=get_args(Side), help="whose version counts; both: a second task")
    clash.set_defaults(run=run_task_conflicts)


def _client(given: argparse.Namespace) -> Client:
    return Client(given.home, profile=given.profile or "")


def run_goal_add(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        goal = client.call(wire.AddGoal(" ".join(given.title), given.why, given.serves))
    printer.data(goal, [f"Goal added: {_goal_line(goal)}"])
    return 0


def run_goal_list(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        goals = client.call(wire.ListGoals(given.all)).goals
    printer.data(goals, [_goal_line(goal) for goal in goals] or ["No goals yet."])
    return 0


def run_goal_show(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ShowGoal(" ".join(given.goal)))
    lines = [_goal_line(shown.goal), *(f"  serves: {_goal_line(above)}" for above in shown.whys), "", shown.text]
    printer.data(shown, lines)
    return 0


def run_goal_done(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        goal = client.call(wire.ChangeGoal(" ".join(given.goal), "done"))
    printer.data(goal, [f"Reached: {goal.title}"])
    return 0


def run_task_add(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        task = client.call(wire.AddTask(" ".join(given.text), given.due, given.to))
    printer.data(task, [f"Task added: {task_line(task)}", *filter(None, [change_words(task)])])
    return 0


def run_task_list(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        found = client.call(wire.ListTasks(given.all))
    nothing = "No open tasks, as far as they could be read." if found.troubles else "No open tasks."
    printer.data(found.tasks, [*([task_line(task) for task in found.tasks] or [nothing]), *found.troubles])
    return 0


def run_task_done(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        task = client.call(wire.CompleteTask(" ".join(given.task)))
    printer.data(task, [f"Done: {task.text}", *filter(None, [change_words(task)])])
    return 0


def run_task_reopen(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        task = client.call(wire.ReopenTask(" ".join(given.task)))
    printer.data(task, [f"Open again: {task_line(task)}"])
    return 0


def run_task_put_off(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        task = client.call(wire.PutOffTask(" ".join(given.task), given.until))
    printer.data(task, [f"Put off: {task_line(task)}", *filter(None, [change_words(task)])])
    return 0


def run_task_conflicts(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        if given.side:
            settled = client.call(wire.SettleTaskConflict(given.conflict, given.side))
            printer.data(settled, [settled.words])
            return 0
        conflicts = client.call(wire.ListTaskConflicts()).conflicts
    shown = [one for one in conflicts if given.conflict in ("", one.id)]
    printer.data(shown, [line for one in shown for line in conflict_lines(one)] or ["No conflicts."])
    return 0


def _goal_line(goal: Goal) -> str:
    state = "" if goal.state == "open" else f" ({goal.state})"
    why = f" — {goal.why}" if goal.why else ""
    return f"{goal.title}{why}{state}  [{goal.id}]"
