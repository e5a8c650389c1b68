"""What is on, gathered from wherever it is kept; and the stretches of time that the person gives to one thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sage.adapters.journal.journal_rituals import FocusPages
from sage.core.agenda import MOST_DAYS, Agenda, Plans, Quiet, agenda
from sage.core.errors import BadInput, NotFound
from sage.core.events import day_begins
from sage.core.focus import FocusSession, check_minutes
from sage.core.ports import Calendar, DateReader, Notebook, Reminders

MOST_YEARS = 100
"""How far from today an agenda may lie: no zone and no calendar knows more, and dates end somewhere."""


class DayPlanner:
    """The person's days (implements the port `Days`). `quiet` tells the quiet hours that are in force; `changed` is called when
    a session began or ended, `troubles` tells what of the tasks could not be read."""

    def __init__(
        self,
        calendar: Calendar,
        notebook: Notebook,
        reminders: Reminders,
        dates: DateReader,
        focus: FocusPages,
        quiet: Callable[[], Quiet],
        changed: Callable[[], None] = lambda: None,
        troubles: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._calendar, self._notebook, self._reminders = calendar, notebook, reminders
        self._dates, self._focus, self._quiet, self._changed = dates, focus, quiet, changed
        self._troubles = troubles

    def agenda(self, words: str, days: int, now: datetime) -> Agenda:
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"{days} days cannot be shown.", do=f"Ask for 1 to {MOST_DAYS} days.")
        first = self._day(words, now)
        return agenda(self.plans(first, days, now), first, days, now, self._quiet())

    def plans(self, first: date, days: int, now: datetime) -> Plans:
        """All that stands on some days, and what has no day."""
        zone = str(now.tzinfo)
        since, until = (day_begins(day, zone).astimezone(now.tzinfo) for day in (first, first + timedelta(days=days)))
        found = self._calendar.events(since, until)
        return Plans(
            found.events, self._notebook.tasks(), self._reminders.waiting(), self._notebook.goals(),
            (*found.troubles, *self._troubles()),
        )  # fmt: skip

    def begin_focus(self, id: str, about: str, minutes: int, now: datetime) -> FocusSession:  # noqa: A002
        check_minutes(minutes)
        begun = self._focus.begin(id, " ".join(about.split()), minutes, now)
        self._changed()
        return begun

    def end_focus(self, now: datetime) -> FocusSession:
        ended = self._focus.end(now)
        if ended is None:
            raise NotFound("No focus session runs.", safe="Nothing was changed.", do="Begin one: sage focus WORDS")
        self._changed()
        return ended

    def focus(self, now: datetime) -> FocusSession | None:
        return self._focus.running(now)

    def _day(self, words: str, now: datetime) -> date:
        if not words.strip():
            return now.date()
        found = self._dates.read(words.strip(), now)
        if found is None:
            raise BadInput(f"{words!r} names no day.", do="Write it like friday, or 2026-11-27.")
        day = date.fromisoformat(found[:10])
        if abs(day.year - now.year) > MOST_YEARS:
            raise BadInput(f"{day} is too far away to be shown.", do=f"Name a day within {MOST_YEARS} years of today.")
        return day
