"""When something is due, in the person's words: returning times in English by rule, single dates in their language, too."""

from __future__ import annotations

from datetime import datetime

from sage.core.errors import BadInput
from sage.core.plain_dates import WEEKDAYS
from sage.core.ports import DateReader
from sage.core.schedules.schedule import Rule
from sage.core.schedules.spoken import Asks, Spoken, read_spoken, read_when
from sage.core.schedules.wall_time import read_wall


class TimeReader:
    """`language` is the person's, such as "de"; `week_start` the English name of the day on which their weeks begin."""

    def __init__(self, dates: DateReader, language: str = "en", week_start: str = "monday") -> None:
        self._dates, self._language, self._week_start = dates, language, WEEKDAYS.index(week_start)

    def read(self, text: str, now: datetime, *, when: str = "") -> Spoken:
        """What to say and when: `when` if that is given, else what `text` says. Raises BadInput with a question."""
        if when.strip():
            found = read_when(when, now, week_start=self._week_start)
        else:
            found = read_spoken(text, now, week_start=self._week_start)
        if isinstance(found, Asks) and not found.heard and not self._language.startswith("en"):
            found = self._of_language(text, when, now) or found
        if isinstance(found, Asks):
            raise BadInput(found.question, safe="Nothing was scheduled.", do="Say it like: every other Tuesday at 8.")
        what = text if when.strip() else found.text
        return Spoken(found.rule, what.strip(), found.notes)

    def _of_language(self, text: str, when: str, now: datetime) -> Spoken | None:
        if when.strip():
            found = self._dates.read(when.strip(), now)
            return _single(found, "", now) if found else None
        words = text.split()
        for count in range(len(words), 0, -1):
            for named, rest in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                found = self._dates.read(" ".join(named), now) if rest or count == len(words) else None
                if found:
                    return _single(found, " ".join(rest), now)
        return None


def _single(iso: str, text: str, now: datetime) -> Spoken:
    return Spoken(Rule(f"{read_wall(iso):%Y-%m-%dT%H:%M}", str(now.tzinfo)), text)
