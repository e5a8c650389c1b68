"""When something is due, in the person's words: in English by its grammar, in other languages by their phrasebook; single dates
in the language of the person even without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sage.core.errors import BadInput
from sage.core.plain_dates import WEEKDAYS
from sage.core.ports import DateReader
from sage.core.schedules.schedule import Rule
from sage.core.schedules.spoken import Asks, Spoken, read_spoken, read_when
from sage.core.schedules.times_in_german import GERMAN
from sage.core.schedules.translating import Phrasebook
from sage.core.schedules.wall_time import read_wall

PHRASEBOOKS: Mapping[str, Phrasebook] = {"de": GERMAN}
"""By language."""
_EVERY = frozenset(
    "chaque tous toutes quotidiennement cada todos todas diariamente ogni tutti tutte elke iedere varje alla hver joka minden "
    "każdy każda każde codziennie каждый каждую каждое ежедневно кожен кожну každý každou her".split()
)
"""Words for what returns, in languages without a phrasebook: taken for a single date it would come once and never again."""


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
        found = self._by_phrases(when or text, found, now)
        if isinstance(found, Asks) and not found.heard and not self._language.startswith("en"):
            found = self._of_language(text, when, now) or found
        if isinstance(found, Asks):
            raise BadInput(found.question, safe="Nothing was scheduled.", do="Say it like: every other Tuesday at 8.")
        what = text if when.strip() else found.text
        return Spoken(found.rule, what.strip(), found.notes)

    def _by_phrases(self, words: str, english: Spoken | Asks, now: datetime) -> Spoken | Asks:
        """As the phrasebook of the person's language has it, when more of the words is understood so than as English."""
        book = PHRASEBOOKS.get(self._language.partition("-")[0])
        if book is None:
            return english
        said, rest = book.split(words)
        unread = len((english.text if isinstance(english, Spoken) else words).split())
        if not said or len(rest.split()) >= unread:
            return english
        found = read_when(said, now, week_start=self._week_start)
        if isinstance(found, Asks):
            return found
        if book.is_unread(rest):
            return Asks(f"I do not understand the time in “{rest}”. When shall it be?")
        return Spoken(found.rule, rest, found.notes)

    def _of_language(self, text: str, when: str, now: datetime) -> Spoken | Asks | None:
        if when.strip() and not _EVERY & {word.casefold() for word in when.split()}:
            found = self._dates.read(when.strip(), now)
            return _single(found, "", now) if found else None
        words = (when or text).split()
        if _EVERY & {word.casefold() for word in words}:
            return Asks("In that language I understand single dates only. How often is it, in English?", heard=False)
        for count in range(len(words), 0, -1):
            for named, rest in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                found = self._dates.read(" ".join(named), now) if rest or count == len(words) else None
                if found:
                    return _single(found, " ".join(rest), now)
        return None


def _single(iso: str, text: str, now: datetime) -> Spoken:
    return Spoken(Rule(f"{read_wall(iso):%Y-%m-%dT%H:%M}", str(now.tzinfo)), text)
