"""Tools for the person's days: what is on, what is free, the day's brief, and time for one thing."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from sage.agent.tool import Arguments, Tool
from sage.core.agenda import has_others
from sage.core.agenda_answers import agenda_answer, free_answer
from sage.core.day_spans import DaySpan, read_days
from sage.core.errors import BadInput
from sage.core.focus import USUAL_MINUTES, ended_early_words
from sage.core.plain_dates import WEEKDAYS
from sage.core.ports import DateReader, Days, Rituals, ToolOutcome


class _Agenda(Arguments):
    day: str = ""
    free: bool = False


class _Brief(Arguments):
    pass


class _BeginFocus(Arguments):
    about: str = ""
    minutes: int = Field(default=USUAL_MINUTES)


class _EndFocus(Arguments):
    pass


class DayTools:
    """`dates` reads days in the person's language, `week_start` is the English name of the day on which their weeks begin."""

    def __init__(self, days: Days, rituals: Rituals, dates: DateReader, week_start: str = "monday") -> None:
        self._days, self._rituals, self._dates = days, rituals, dates
        self._week_start = WEEKDAYS.index(week_start)

    def tools(self) -> dict[str, Tool]:
        """The tools by name."""
        return {
            "agenda": Tool(
                "What is on, or with free what is free; day: tomorrow, Friday afternoon, this week.",
                "read",
                _Agenda,
                self._agenda,
            ),
            "brief": Tool("The person's brief of today.", "read", _Brief, self._brief),
            "begin_focus": Tool("Begin a focus session.", "local", _BeginFocus, self._begin_focus),
            "end_focus": Tool("End the focus session.", "local", _EndFocus, self._end_focus),
        }

    def _agenda(self, given: _Agenda, action: str, now: datetime) -> ToolOutcome:
        span = self._span(given.day, now)
        found = self._days.agenda(str(span.first), span.days, now)
        text = (free_answer if given.free else agenda_answer)(found, span, now.date())
        return ToolOutcome(text, strange=has_others(found))

    def _span(self, words: str, now: datetime) -> DaySpan:
        span = read_days(words, now, week_start=self._week_start)
        if span is None and (read := self._dates.read(words.strip(), now)):
            span = read_days(read[:10], now)
        if span is None:
            raise BadInput(f"{words!r} names no day.", do="Write it like tomorrow, Friday afternoon, or 2026-11-27.")
        return span

    def _brief(self, given: _Brief, action: str, now: datetime) -> ToolOutcome:
        first, *rest = (line.said for line in self._rituals.show("brief", now).lines)
        others = has_others(self._days.agenda("", 1, now))
        return ToolOutcome("\n".join([first, *(f"- {line}" for line in rest)]), strange=others)

    def _begin_focus(self, given: _BeginFocus, action: str, now: datetime) -> ToolOutcome:
        begun = self._days.begin_focus(action, given.about, given.minutes, now)
        until = datetime.fromisoformat(begun.until).astimezone(now.tzinfo)
        on = f" on {begun.about}" if begun.about else ""
        return ToolOutcome(f"Focus{on} until {until:%H:%M}. Nothing is proposed meanwhile, and its end is told.")

    def _end_focus(self, given: _EndFocus, action: str, now: datetime) -> ToolOutcome:
        ended = self._days.end_focus(now)
        return ToolOutcome(ended_early_words(ended, now))
