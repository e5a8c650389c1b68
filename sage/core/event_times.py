"""Times that are told by an event instead of a date: "two days before the marathon", "am Tag nach Annas Hochzeit".

A question names the event and how far from it; when the event was is told by texts, each seen from the day it was written.
English and German, by rule; what no rule knows is no event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from sage.core.facts.date_spans import DateSpan, Lean, find_date_spans, may_name_days
from sage.core.plain_dates import WEEKDAYS
from sage.core.time_spans import NUMBERS, Offset, TimeSpan, move_span, time_spans
from sage.core.words import content_stems, stem, words

NEAR = 100
"""Characters between an event and its date at most."""
LONGEST = 31
"""Days of a time that still tells when an event was."""
MOST = 3
"""Times at which an event may have been; one that was more often than that is told by none of them."""

_WEEKDAYS_DE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_NUMBERS_DE = {"ein": 1, "einen": 1, "eine": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
               "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "paar": 3, "ein paar": 3}  # fmt: skip
_UNITS = {"morning": "day", "evening": "day", "tag": "day", "abend": "day", "morgen": "day", "nacht": "night",
          "wochenende": "weekend", "woche": "week", "monat": "month", "jahr": "year",
          **dict(zip(_WEEKDAYS_DE, WEEKDAYS, strict=True)), "sonnabend": "saturday"}  # fmt: skip

_COUNT = r"\d{1,3}|" + "|".join(sorted({**NUMBERS, **_NUMBERS_DE}, key=len, reverse=True))
_UNIT = (
    r"(?P<unit>(?:day|night|morning|evening|week|weekend|month|year|" + "|".join(WEEKDAYS) + r")(?=s?\b)"
    r"|(?:tag|abend|morgen|nacht|wochenende|woche|monat|jahr|sonnabend|"
    + "|".join(_WEEKDAYS_DE)
    + r")(?=(?:en|e|n|s)?\b))\w*"
)
_APART = re.compile(
    rf"\b(?:(?P<n>{_COUNT})\s+)?{_UNIT}\s+(?P<way>before|prior\s+to|after|following|vor|nach)\s+(?P<event>[^?!.,;:\n]{{2,80}})",
    re.IGNORECASE,
)
_ITSELF = re.compile(
    rf"\b(?:the|am|in\s+der|an\s+dem)\s+{_UNIT}\s+(?:of|(?=de[rs]\b|(?:mein|unser|sein|ihr)e[rs]\b))\s*(?P<event>[^?!.,;:\n]{{2,80}})",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:what|who|whom|where|when|which|how|did|do|does|was|were|is|are|and|or|wer|wo|wann|welche\w*|wie|und|habe|hat|"
    r"hatte\w*|haben)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_OPENING = re.compile(
    r"(?:(?:the|a|an|my|our|your|his|her|their|that|this|der|die|das|dem|den|des|(?:mein|unser|dein|sein|ihr|ein)(?:e[rnms]?)?)\s+)+",
    re.IGNORECASE,
)
_GERMAN = frozenset(("vor", "nach"))
_NAMES_NOTHING = frozenset(
    ("last", "next", "it", "that", "this", "day", "week", "month", "year", "woche", "tag", "jahr")
)
_AHEAD = re.compile(
    r"\b(?:will|going to|is|are|coming|wird|werden|ist|sind|kommt|findet|steht)\b|'(?:s|ll)\b", re.IGNORECASE
)
_BEHIND = re.compile(
    r"\b(?:was|were|ran|had|went|did|took|came|got|war|waren|hatte[nr]?|lief\w*|fand|gewesen|gab)\b", re.IGNORECASE
)
_AROUND = re.compile(r"\b(?:before|after|until|till|since|for|vor|nach|bis|seit|für)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


class EventTime(Struct, frozen=True):
    """How far from an event a time is (None: the time of the event itself); `event` are its words."""

    event: str
    offset: Offset | None = None

    def around(self, anchors: Iterable[TimeSpan]) -> list[TimeSpan]:
        """The times that are meant, by when the event was."""
        return [move_span(anchor, self.offset) if self.offset else anchor for anchor in anchors]

    @property
    def names(self) -> frozenset[str]:
        """The stems of the names in it: what tells Anna's wedding from others."""
        inside = _WORD.findall(self.event)
        return frozenset(word for name in inside if name[0].isupper() for word in content_stems(name))


def event_time(text: str) -> EventTime | None:
    """The first time in a question that is told by an event; None, if it names none, or the event is itself a date."""
    for pattern in (_APART, _ITSELF):
        for found in pattern.finditer(text):
            way = found.groupdict().get("way", "").lower()
            event = _event(found["event"], german=way in _GERMAN or (not way and found[0][:3].lower() != "the"))
            if not event or time_spans(f"in {event}", date(2000, 1, 1)) or find_date_spans(event, date(2000, 1, 1)):
                continue
            unit = found["unit"].lower()
            unit = _UNITS.get(unit, unit)
            count = (found.groupdict().get("n") or "one").lower()
            number = int(count) if count.isdigit() else NUMBERS.get(count) or _NUMBERS_DE.get(count, 1)
            return EventTime(
                event, Offset(number, unit, way in ("vor", "before") or way.startswith("prior")) if way else None
            )
    return None


def told_time(text: str, event: EventTime, when: date | None) -> TimeSpan | None:
    """When an event was by a text that was written on a day: the date that stands nearest to the event's words."""
    if not may_name_days(text, 0, len(text)):
        return None
    wanted = frozenset(content_stems(event.event))
    places = [found.span() for found in _WORD.finditer(text) if wanted.intersection(map(stem, words(found[0])))]
    places = [place for place in places if not _AROUND.search(text, max(0, place[0] - 40), place[0])]
    lean: Lean = "future" if _AHEAD.search(text) and not _BEHIND.search(text) else "past"
    near = [
        (apart, one.start, one)
        for one in find_date_spans(text, when, lean)
        if one.spread == "point" and (apart := min((_apart(one, place) for place in places), default=NEAR + 1)) <= NEAR
    ]
    if not near:
        return None
    found = min(near)[2]
    span = TimeSpan(date.fromisoformat(found.first), date.fromisoformat(found.last))
    return span if span.days <= LONGEST else None


def agreed(told: Iterable[TimeSpan]) -> list[TimeSpan]:
    """The times at which an event may have been, each as narrow as it was told; none, if there are too many of them."""
    found: list[TimeSpan] = []
    for span in sorted(told, key=lambda one: (one.days, one.first)):
        if all(span.days_apart(other) for other in found):
            found.append(span)
    return sorted(found, key=lambda one: one.first) if len(found) <= MOST else []


def _event(words_after: str, *, german: bool) -> str:
    """The words of the event in what follows, "" for none."""
    text = _ENDS.sub("", words_after).strip()
    text = text[opening.end() :] if (opening := _OPENING.match(f"{text} ")) else text
    if german:
        # The verb stands last: an event is what leads up to its noun, which has a capital.
        parts = text.split()
        nouns = [place for place, part in enumerate(parts[:4]) if part[:1].isupper()]
        last = nouns[0] if nouns else 0
        while last + 1 in nouns:
            last += 1
        text = " ".join(parts[: last + 1])
    stems = [word for word in words(text) if word not in _NAMES_NOTHING]
    return text if stems and content_stems(" ".join(stems)) else ""


def _apart(one: DateSpan, place: tuple[int, int]) -> int:
    return max(0, one.start - place[1], place[0] - one.end)
