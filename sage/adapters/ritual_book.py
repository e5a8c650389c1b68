"""The rituals over a home: composed from what is on record, answered, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from sage.adapters.day_planner import DayPlanner
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.core.briefs import Standing, evening_shutdown, morning_brief, weekly_review
from sage.core.events import day_begins
from sage.core.plans import Goal, Task, change_words
from sage.core.ports import Notebook
from sage.core.rituals import (
    PastRitual,
    Ritual,
    RitualAnswer,
    RitualKind,
    RitualLine,
    RitualQuestion,
    checked_answers,
    new_goal_words,
)
from sage.core.task_finding import find_task
from sage.core.today import Today, today_of

_COMPOSE = {"brief": morning_brief, "shutdown": evening_shutdown, "review": weekly_review}
_WEEK = timedelta(days=7)


class RitualBook:
    """Composes, carries out and keeps rituals. `held` gives the nudges that were held, as id and text; `messages` says in one
    line what came in, with the messages (by id) that the line rests on."""

    def __init__(
        self,
        planner: DayPlanner,
        notebook: Notebook,
        pages: RitualPages,
        focus: FocusPages,
        held: Callable[[], Sequence[tuple[str, str]]] = tuple,
        messages: Callable[[datetime], tuple[str, tuple[str, ...]]] = lambda now: ("", ()),
    ) -> None:
        self._planner, self._notebook, self._pages, self._focus, self._held = planner, notebook, pages, focus, held
        self._messages = messages

    def compose(self, kind: RitualKind, now: datetime) -> Ritual:
        """The ritual of today as the records have it now; what was answered before is not asked again."""
        ritual = _COMPOSE[kind](self._standing(kind, now))
        past = self._pages.find(kind, ritual.day)
        if past is None:
            return ritual
        answered = {answer.id for answer in past.answers}
        left = tuple(question for question in ritual.questions if question.id not in answered)
        return _in_words(replace(ritual, questions=left), {line.text: line.worded for line in past.ritual.lines})

    def shown(self, kind: RitualKind, now: datetime) -> bool:
        """Whether the person has looked at today's."""
        return self._pages.find(kind, f"{now:%Y-%m-%d}") is not None

    def show(self, kind: RitualKind, now: datetime) -> Ritual:
        """The same, for the person who asked for it: it is kept."""
        self._pages.note_here(now)
        ritual = self.compose(kind, now)
        past = self._pages.find(kind, ritual.day)
        self._pages.keep(PastRitual(ritual, past.answers if past else ()), now)
        return ritual

    def today(self, now: datetime, *, waits: bool = False, looks: bool = False) -> Today:
        """The day at a glance; with `looks` the person is here."""
        if looks:
            self._pages.note_here(now)
        standing, name = self._standing("brief", now), self._pages.chosen(now)
        known: list[Goal | Task] = [*standing.goals, *(task for task in self._notebook.tasks() if not task.done)]
        chosen = next((each for each in known if each.id == name), None)
        return today_of(standing, chosen, waits=waits, session=self._planner.focus(now))

    def choose(self, what: str, now: datetime) -> None:
        """Makes an open task (by its id, or words of it) or goal (by its id) the focus of today. Raises NotFound or BadInput."""
        goal = next((each for each in self._notebook.goals() if each.id == what and each.state == "open"), None)
        found = goal or find_task([task for task in self._notebook.tasks() if not task.done], what)
        self._pages.note_here(now)
        self._pages.choose(found.id, now)

    def unseen(self, kind: RitualKind, now: datetime) -> tuple[RitualLine, ...]:
        """The lines of today's that were not shown yet."""
        ritual = self.compose(kind, now)
        past = self._pages.find(kind, ritual.day)
        shown = {line.text for line in past.ritual.lines} if past else set()
        return tuple(line for line in ritual.lines if line.text not in shown)

    def word(self, kind: RitualKind, wordings: Mapping[str, str], now: datetime) -> Ritual:
        """Gives lines of today's their wordings, by the text of the line; they are kept."""
        ritual = _in_words(self.show(kind, now), wordings)
        past = self._pages.find(kind, ritual.day) or PastRitual(ritual)
        self._pages.keep(replace(past, ritual=ritual), now)
        return ritual

    def answer(self, kind: RitualKind, answers: Sequence[RitualAnswer], now: datetime) -> list[str]:
        """Carries out what the person decided, one after the other; returns what was done, in words. Raises BadInput."""
        ritual = self.show(kind, now)
        checked_answers(ritual, answers)
        asked = {question.id: question for question in ritual.questions}
        told = []
        for answer in answers:
            told.append(self._carry_out(asked[answer.id], answer, now))
            past = self._pages.find(kind, ritual.day) or PastRitual(ritual)
            self._pages.keep(replace(past, answers=(*past.answers, answer)), now)
        return told

    def _carry_out(self, question: RitualQuestion, answer: RitualAnswer, now: datetime) -> str:
        notebook, name = self._notebook, question.id
        match question.of, answer.deed:
            case "task", "carry":
                return _told("Tomorrow", notebook.change_task(name, due=f"{now.date() + timedelta(days=1)}", now=now))
            case "task", "park":
                return _told("Parked", notebook.change_task(name, due="", now=now))
            case "task", "drop":
                return _told("Dropped", notebook.drop_task(name, now=now))
            case "task", _:
                return _told("Done", notebook.complete_task(name, now=now))
            case _, "keep":
                return f"Kept: {question.text}"
            case _, "drop":
                return f"Dropped: {notebook.change_goal(name, state='dropped', now=now).title}"
        title, why = new_goal_words(answer)
        goal = notebook.change_goal(name, title=title or None, why=why or None, now=now)
        return f"Now: {goal.title}" + (f", because {goal.why}" if goal.why else "")

    def _standing(self, kind: RitualKind, now: datetime) -> Standing:
        today = now.date()
        first = today - _WEEK + timedelta(days=1) if kind == "review" else today
        tasks = self._notebook.tasks()
        return Standing(
            self._planner.agenda("", 1, now),
            now,
            tuple(goal for goal in self._notebook.goals() if goal.state == "open"),
            tuple(task for task in tasks if task.done and str(first) <= task.done_on <= str(today)),
            tuple(self._focus.since(day_begins(first, str(now.tzinfo)))),
            tuple(self._held()) if kind == "brief" else (),
            self._away(today, [task.done_on for task in tasks if "" < task.done_on < str(today)]),
            self._messages(now) if kind == "brief" else ("", ()),
        )

    def _away(self, today: date, done_on: Sequence[str]) -> int:
        here = [day for day in (self._pages.last_here(today), *map(date.fromisoformat, done_on)) if day]
        return (today - max(here)).days if here else 0


def _told(deed: str, task: Task) -> str:
    return ". ".join(filter(None, (f"{deed}: {task.text}", change_words(task))))


def _in_words(ritual: Ritual, wordings: Mapping[str, str]) -> Ritual:
    return replace(
        ritual, lines=tuple(replace(line, worded=wordings.get(line.text) or line.worded) for line in ritual.lines)
    )
