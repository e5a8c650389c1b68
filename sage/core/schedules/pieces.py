"""The pieces of speech that say when something is due, as they are understood, whatever language they were in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = (0, 1, 2, 3, 4)


class Repeat(NamedTuple):
    """Every so many hours, days, weeks, months or years (FREQ of RFC 5545); minutes are parts of an hour."""

    freq: str
    interval: int = 1


class Weekdays(NamedTuple):
    """Days of the week (Monday is 0), every so many weeks; 0: no word said that they return."""

    days: tuple[int, ...]
    interval: int


class MonthDays(NamedTuple):
    """Days of a month, the last being -1. `months`: "each", "one" (a month nobody named), or "" for no word about it."""

    days: tuple[int, ...]
    months: str


class Nth(NamedTuple):
    """The first or last of some weekdays in a month. `month` is 1 to 12, or 0 for none named."""

    places: tuple[int, ...]
    days: tuple[int, ...]
    months: str
    month: int = 0


class YearDay(NamedTuple):
    """A date that each year has."""

    month: int
    day: int


class Moment(NamedTuple):
    """A date, perhaps with its time. `named` is its month and day, `weekday` its name, where these were said."""

    day: date
    at: time | None = None
    weekday: int | None = None
    named: YearDay | None = None


class Clock(NamedTuple):
    """Times of day as they were said; `sure` when morning or evening cannot change them."""

    times: tuple[time, ...]
    sure: tuple[bool, ...]


class Part(NamedTuple):
    """A part of the day, such as the morning."""

    word: str


class Window(NamedTuple):
    """From one time of day to another, both included."""

    first: time
    last: time


class Until(NamedTuple):
    """The last date."""

    day: date


class Times(NamedTuple):
    """How many times."""

    number: int


class Span(NamedTuple):
    """How long it goes on, from its first time."""

    number: int
    unit: str


class Start(NamedTuple):
    """Not before this date."""

    day: date


class Anchor(NamedTuple):
    """Minutes from the start of events with a word in their title; `once` for the next event only."""

    words: str
    minutes: int
    once: bool


class Question(NamedTuple):
    """What only the person can say."""

    text: str


Piece = (
    Repeat | Weekdays | MonthDays | Nth | YearDay | Moment | Clock | Part | Window | Until | Times | Span | Start | Anchor
    | Question
)  # fmt: skip


@dataclass(frozen=True)
class Here:
    """What reading a piece may know: the moment with its zone, and the weekday on which weeks begin (Monday is 0)."""

    now: datetime
    week_start: int = 0
