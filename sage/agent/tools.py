"""What Sage can do for the person by itself: find, note, plan, remind. Each tool is one small function over ports."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from pydantic import Field, ValidationError

from sage.agent.facts import hit_of, look_up, told_with_sources
from sage.agent.time_reader import TimeReader
from sage.agent.tool import Arguments, Tool
from sage.core.chat_prompt import broken_arguments
from sage.core.errors import BadInput
from sage.core.facts.fact_questions import NO_FACTS, FactQuery, days_of
from sage.core.labels import LOCAL_ONLY
from sage.core.messages import ToolCall, ToolSpec
from sage.core.plans import Task, account_name, change_words
from sage.core.ports import DateReader, Facts, Memory, Notebook, Reminders, ToolOutcome
from sage.core.reading.chunking import shares_itself
from sage.core.schedules.saying import promised
from sage.core.schedules.schedule import Schedule
from sage.core.schedules.wall_time import plainly

MOST_FACTS = 12
"""Facts that are told at once."""


class _Recall(Arguments):
    query: str = Field(min_length=1)


class _Facts(Arguments):
    about: str = ""
    when: str = ""
    scope: Literal["all", "open", "promised"] = "all"
    mine: bool = False


class _Note(Arguments):
    text: str = Field(min_length=1)
    title: str = ""


class _AddGoal(Arguments):
    title: str = Field(min_length=1)
    why: str = ""


class _ChangeGoal(Arguments):
    goal: str = Field(min_length=1)
    state: Literal["open", "done", "dropped"] | None = None
    why: str | None = None


class _AddTask(Arguments):
    text: str = Field(min_length=1)
    due: str = ""


class _ListTasks(Arguments):
    due: str = ""


class _CompleteTask(Arguments):
    task: str = Field(min_length=1)


class _Remind(Arguments):
    text: str = Field(min_length=1)
    when: str = ""


class _Nothing(Arguments):
    pass


class HomeTools:
    """The tools over a person's own home; `more` are those of other areas, by name."""

    def __init__(
        self,
        memory: Memory,
        notebook: Notebook,
        reminders: Reminders,
        dates: DateReader,
        facts: Facts,
        times: TimeReader | None = None,
        more: Mapping[str, Tool] = MappingProxyType({}),
    ) -> None:
        self._memory, self._notebook, self._reminders, self._dates = memory, notebook, reminders, dates
        self._times = times or TimeReader(dates)
        self._facts = facts
        self._tools = {
            "recall": Tool("Search the person's notes and conversations.", "read", _Recall, self._recall),
            "facts": Tool(
                "Look up what the person believes, likes, promised, or knows about somebody; when: May.",
                "read",
                _Facts,
                self._look_up,
            ),
            "note": Tool("Write a note in the person's words.", "local", _Note, self._note),
            "add_task": Tool("Add a task; due is a date such as 2026-11-27.", "local", _AddTask, self._add_task),
            "list_tasks": Tool("List open tasks and reminders.", "read", _ListTasks, self._list_tasks),
            "complete_task": Tool("Mark a task as done.", "local", _CompleteTask, self._complete_task),
            "add_goal": Tool("Add a goal, with its why if given.", "local", _AddGoal, self._add_goal),
            "list_goals": Tool("List the person's goals.", "read", _Nothing, self._list_goals),
            "change_goal": Tool("Change a goal's state or its why.", "local", _ChangeGoal, self._change_goal),
            "remind": Tool(
                "Remind at a time: 2026-11-27T09:00, or every other Tuesday at 8.",
                "local",
                _Remind,
                self._remind,
            ),
            "tell_time": Tool("Tell date and time.", "read", _Nothing, self._tell_time),
            **more,
        }

    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec(name) for name, tool in self._tools.items())

    def source_of(self, tool: str) -> str:
        return ""

    def check(self, call: ToolCall) -> None:
        self._read(call)

    async def run(self, action: str, call: ToolCall, *, now: datetime, stays: bool = False) -> ToolOutcome:
        return await asyncio.to_thread(self.act, action, call, now, stays)

    def act(self, action: str, call: ToolCall, now: datetime, stays: bool = False) -> ToolOutcome:
        """`run`, in the thread that calls it."""
        given = self._read(call)
        if stays and isinstance(given, _Note):
            return self._note(given, action, now, stays=True)
        return self._tools[call.name].act(given, action, now)

    def _read(self, call: ToolCall) -> Arguments:
        tool = self._tools.get(call.name)
        if tool is None:
            raise BadInput(f"There is no tool {call.name!r}.", do=f"The tools are {', '.join(self._tools)}.")
        if (written := broken_arguments(call)) is not None:
            raise BadInput(f"The arguments of {call.name} are no JSON: {written[:200]}")
        try:
            return tool.arguments.model_validate(call.arguments)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            raise BadInput(f"The arguments of {call.name} do not fit: {wrong}.") from error

    def _recall(self, given: _Recall, action: str, now: datetime) -> ToolOutcome:
        hits = tuple(self._memory.recall(given.query, k=5, now=now))
        return ToolOutcome("\n".join(f"{hit.citation}: {hit.text}" for hit in hits) or "Nothing was found.", hits)

    def _look_up(self, given: _Facts, action: str, now: datetime) -> ToolOutcome:
        first, last = ("", "")
        if given.when.strip():
            days = days_of(given.when, now.date())
            if days is None:
                raise BadInput(f"{given.when!r} names no time.", do="Write it like 2026-05, May, or last spring.")
            first, last = days
        query = FactQuery(given.about, first, last, scope=given.scope, mine=given.mine)
        found, by_statement = look_up(self._facts, query, now.date())
        if not found:
            return ToolOutcome(NO_FACTS)
        shown = found[:MOST_FACTS]
        lines = told_with_sources(shown, by_statement)
        if len(found) > len(shown):
            lines.append(f"- and {len(found) - len(shown)} more: sage facts")
        return ToolOutcome("\n".join(lines), tuple(hit_of(belief.statements[0]) for belief in shown))

    def _note(self, given: _Note, action: str, now: datetime, *, stays: bool = False) -> ToolOutcome:
        # Only the person shares, by a command of their own: what a model wrote down says nothing of who may see it.
        fields = {"audience": LOCAL_ONLY if stays else "private"} if stays or shares_itself(given.text) else None
        note = self._notebook.add_note(action, given.text, title=given.title, now=now, fields=fields)
        return ToolOutcome(f"Noted in {note.path}.")

    def _add_task(self, given: _AddTask, action: str, now: datetime) -> ToolOutcome:
        task = self._notebook.add_task(action, given.text, due=self._date(given.due, now), now=now)
        return ToolOutcome(f"Task added: {line_of(task, now.date())}. {change_words(task)}".strip())

    def _list_tasks(self, given: _ListTasks, action: str, now: datetime) -> ToolOutcome:
        last = self._date(given.due, now)[:10]
        tasks = [task for task in self._notebook.tasks() if not task.done]
        if last:
            tasks = [task for task in tasks if task.due and task.due[:10] <= last]
        tasks.sort(key=lambda task: (task.due or "9999", task.text))
        lines = [f"- {line_of(task, now.date())}" for task in tasks]
        for occurrence, schedule in self._reminders.waiting():
            rings_at = datetime.fromisoformat(occurrence.ring_at).astimezone(now.tzinfo)
            if not last or rings_at.date().isoformat() <= last:
                lines.append(f"- reminder {plainly(rings_at, now)}: {schedule.text}")
        text = "\n".join(lines) or ("Nothing is due by then." if last else "No open tasks.")
        return ToolOutcome(text, strange=any(task.source for task in tasks))

    def _complete_task(self, given: _CompleteTask, action: str, now: datetime) -> ToolOutcome:
        task = self._notebook.complete_task(given.task, now=now)
        return ToolOutcome(f"Done: {task.text}. {change_words(task)}".strip(), strange=bool(task.source))

    def _add_goal(self, given: _AddGoal, action: str, now: datetime) -> ToolOutcome:
        if shares_itself(given.title):
            raise BadInput(
                "A goal's title cannot share it.", safe="No goal was added.", do="Leave the tag out; then: sage share"
            )
        goal = self._notebook.add_goal(action, given.title, why=given.why, now=now)
        return ToolOutcome(f"Goal added: {goal.title}." + (f" Why: {goal.why}." if goal.why else ""))

    def _list_goals(self, given: _Nothing, action: str, now: datetime) -> ToolOutcome:
        goals = [goal for goal in self._notebook.goals() if goal.state == "open"]
        lines = [f"- {goal.title}" + (f" (why: {goal.why})" if goal.why else "") for goal in goals]
        return ToolOutcome("\n".join(lines) or "No goals yet.")

    def _change_goal(self, given: _ChangeGoal, action: str, now: datetime) -> ToolOutcome:
        goal = self._notebook.change_goal(given.goal, state=given.state, why=given.why, now=now)
        return ToolOutcome(f"Goal changed: {goal.title} is {goal.state}.")

    def _remind(self, given: _Remind, action: str, now: datetime) -> ToolOutcome:
        spoken = self._times.read(given.text, now, when=given.when)
        following = self._reminders.add(Schedule(action, spoken.text or given.text, spoken.rule), now)
        return ToolOutcome(promised(spoken, following, now))

    def _tell_time(self, given: _Nothing, action: str, now: datetime) -> ToolOutcome:
        return ToolOutcome(f"It is {now:%A} {now.day} {now:%B} {now:%Y, %H:%M} ({now.tzinfo}).")

    def _date(self, text: str, now: datetime) -> str:
        """An ISO date (and time) for what a model or a person wrote; the rule decides, not the model."""
        if not text.strip():
            return ""
        found = self._dates.read(text.strip(), now)
        if found is None:
            raise BadInput(
                f"{text!r} names no date.", safe="Nothing was added.", do="Write it like 2026-11-27, or tomorrow at 9."
            )
        return found


def line_of(task: Task, today: date) -> str:
    """A task in one line, its date in plain words, and the account that keeps it."""
    where = f" · {account_name(task.source)}" if task.source else ""
    if not task.due:
        return task.text + where
    day = date.fromisoformat(task.due[:10])
    away = (day - today).days
    named = {0: "today", 1: "tomorrow"}.get(
        away, f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
    )
    clock = f" {task.due[11:16]}" if len(task.due) > 10 else ""
    return f"{task.text} ({named}{clock}){where}"
