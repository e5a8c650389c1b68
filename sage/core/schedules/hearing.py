"""Finds the words that say when: they stand at the beginning or at the end of what is said, or name a day in its middle."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

from sage.core.plain_dates import WEEKDAYS
from sage.core.schedules.english_words import HOUR
from sage.core.schedules.pieces import (
    Anchor,
    Clock,
    Here,
    Moment,
    MonthDays,
    Nth,
    Piece,
    Question,
    Repeat,
    Span,
    Start,
    Times,
    Until,
    Weekdays,
    YearDay,
)
from sage.core.schedules.time_words import read_pieces

_LEADING = re.compile(
    r"^\s*(?:(?:please|hey|sage|ok|can\s+you|could\s+you)[\s,]+)*(?:remind\s+me\b|set\s+a\s+reminder\b)?[\s,:]*", re.I
)
_INSIDE = re.compile(r"[\s,]+(?:please\s+)?remind\s+me(?:\s+(?:to|that|about|of))?\b", re.I)
_TO = re.compile(r"^(?:to|that|about|of)\b\s*", re.I)
_TO_AT_END = re.compile(r"\s+(?:to|that)$", re.I)
_UNREAD = re.compile(
    r"\b(?:every|each|daily|weekly|monthly|yearly|annually|hourly|fortnightly|except|unless|starting|beginning|until|till|tomorrow"
    r"|tonight|yesterday|today|o'clock|weekdays|weekends)\b|\b(?:on|by|next|this|last)\s+"
    rf"(?:{'|'.join(WEEKDAYS)})\b|\b(?:at|@)\s*\d|\b\d{{1,2}}[:.]\d\d\b|\bin\s+\d+\s+(?:min|hour|day|week|month)",
    re.I,
)
"""Words that would say when, if they were understood."""
_UNREAD_BESIDE = re.compile(
    r"^(?:utc|gmt|(?:africa|america|asia|atlantic|australia|europe|indian|pacific)/[a-z_]+|[a-z]+/[a-z_]+\s+time|every|each|except"
    r"|unless|but\s+not|not|and\s+every|and\s+on|and\s+\d+|or)\b|\b(?:every|each|except|last|past|previous|other|not|half|before"
    r"|after|since|until|till|by|from|between|at|on|the|or|and|next|this|in|for|about|around|weekly|monthly|daily)$",
    re.I,
)
"""Words beside those that were understood which would change them."""
_COUNTED = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
_UNREAD_BEHIND = re.compile(
    rf"^(?:(?:at|before|by|around|about|after|until|till)\s+(?:about\s+)?(?:\d|half\b|quarter\b|noon\b|midnight\b|{HOUR}\b)"
    rf"|(?:the\s+)?(?:after|before|no\s+later\s+than|within)\b|weeks?\b|fortnight\b|next\s+(?:week|month|year)\b|at\s+\w+\s?time\b"
    rf"|for\s+(?:the\s+)?(?:next|rest|whole)\b|(?:the\s+)?{_COUNTED}\s+(?:minutes?|hours?|days?|weeks?|months?)\s+(?:from|after|before)\b"
    r"|\d+(?:[:.]\d\d)?\s*(?:,|&|and\b|or\b|to\b|-|–|[ap]\.?m\b)|\w+(?:\s+\w+)?\s+time\b"
    r"|(?-i:[ECMP][SD]?T|CES?T|BST|IST|JST|AE[SD]T|Z)\b)|\bnext\s+(?:week|month|year)$",
    re.I,
)
"""What would change a time that stands right in front of it, or behind it."""
_WHICH_EVENT = re.compile(r"^(?:with|about|of|\d+)\b", re.I)
"""Behind "my next meeting": it is not any meeting that is meant."""
RECURS = (Repeat, Weekdays, MonthDays, Nth, YearDay)
ONLY_RETURNING = (Until, Times, Span, Start)
P = TypeVar("P")


@dataclass
class Said:
    """The pieces of one sentence, at most one of each kind, and the words between them."""

    pieces: list[Piece] = field(default_factory=list)
    text: str = ""

    def take(self, kind: type[P]) -> P | None:
        return next((piece for piece in self.pieces if isinstance(piece, kind)), None)

    def fits(self, piece: Piece) -> bool:
        """Whether it says something that was not said yet."""
        if isinstance(piece, Weekdays) and isinstance(self.take(Weekdays), Weekdays):
            return False
        return not any(type(piece) is type(known) for known in self.pieces)


def without_asking(text: str, here: Here) -> str:
    """The words without those that only ask for a reminder, in front of all or right behind what says when."""
    rest = _LEADING.sub("", text, count=1)
    inside = _INSIDE.search(rest)
    if inside and not split(rest[: inside.start()], here).text:
        return f"{rest[: inside.start()]} {rest[inside.end() :]}"
    return rest


def split(text: str, here: Here) -> Said:
    """The pieces at both ends of a text, and what stands between them."""
    text = text.strip(" \t\r\n.,;:!?")
    said = Said()
    rest = _from_start(text, said, here)
    to = _TO.match(rest)
    led = bool(said.pieces) and to is not None
    rest = rest[to.end() :] if to else rest
    before = len(said.pieces)
    inner = _from_end(rest, said, here)
    if not led and not any(isinstance(piece, (*RECURS, Moment, Question)) for piece in said.pieces):
        inner = _from_middle(inner, said, here)
    if led and inner != rest and _clashes(said.pieces[before:], said.pieces[:before], inner, here):
        # "tomorrow to buy tickets for the show on Friday at 9": Friday is part of what to say
        del said.pieces[before:]
        inner = rest
    said.text = _TO_AT_END.sub("", inner.strip(" \t\r\n.,;:-")).strip(" \t\r\n.,;:-\"“”'")
    unread = bool((_UNREAD_BESIDE if led else _UNREAD).search(inner) or (said.pieces and _UNREAD_BESIDE.search(inner)))
    if said.pieces and not led:
        unread = unread or bool(_UNREAD_BEHIND.search(inner)) or _is_perhaps_a_time(inner, said)
    anchor = said.take(Anchor)
    unread = unread or bool(anchor and anchor.words == "*" and _WHICH_EVENT.match(inner))
    if unread and inner and not _is_quoted(inner) and (before != len(said.pieces) or not led):
        said.pieces.append(Question(f"I do not understand the time in “{inner.strip()}”. When shall it be?"))
    return said


def _is_perhaps_a_time(text: str, said: Said) -> bool:
    """Whether a number behind a day may be the time that nobody named otherwise: "tomorrow 9 call the bank"."""
    moment = said.take(Moment)
    number = re.match(r"(\d{1,2}|\d{4})\s", text)
    return bool(number and moment and moment.at is None and not said.take(Clock) and int(number[1][:2]) < 24)


def _is_quoted(text: str) -> bool:
    return text[:1] in '"“' and text[-1:] in '"”'


def _from_start(text: str, said: Said, here: Here) -> str:
    while found := read_pieces(text, here, at_end=False):
        piece, _, end = found
        if not said.fits(piece):
            break
        said.pieces.append(piece)
        text = re.sub(r"^(?:\s|,|;|:)+(?:and\s+(?=until|starting|at))?", "", text[end:])
    return text


def _from_end(text: str, said: Said, here: Here) -> str:
    while found := read_pieces(text, here, at_end=True):
        piece, start, _ = found
        if not said.fits(piece):
            break
        said.pieces.append(piece)
        text = text[:start].rstrip(" ,;:")
    return text


def _from_middle(text: str, said: Said, here: Here) -> str:
    """Takes the first day that is named between other words: "call mum on Friday about the party"."""
    for word in re.finditer(r"(?<!\S)\S", text):
        found = read_pieces(text[word.start() :], here, at_end=False)
        if found and isinstance(found[0], (*RECURS, Moment)) and said.fits(found[0]):
            said.pieces.append(found[0])
            return f"{text[: word.start()]}{text[word.start() + found[2] :].lstrip()}"
    return text


def _clashes(later: list[Piece], earlier: list[Piece], rest: str, here: Here) -> bool:
    """Whether the pieces at the end say when something else is: they go with one that says again what was said before."""
    following = read_pieces(rest, here, at_end=True)
    return following is not None or (not any(isinstance(p, RECURS) for p in earlier) and any(
        isinstance(p, (*ONLY_RETURNING, *RECURS, Moment, Question)) for p in later))  # fmt: skip
