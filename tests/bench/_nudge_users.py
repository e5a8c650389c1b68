"""Simulated people for the nudge study: their days, their needs, and how they take being spoken to.

Nothing here knows a policy. What a policy may see of a day is `Day.seen`; all else is hidden from it, as it is in life.
Time runs in slots of a quarter of an hour, from 07:00 to 23:00, 64 a day; the first day is a Monday.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SLOTS = 64
"""A day's slots."""
FIRST_HOUR = 7.0
KINDS = ("task", "goal", "promise", "habit")
LIGHT, BREAK, FOCUS, MEETING, AWAY = range(5)

RANGES: dict[str, tuple[float, float]] = {
    # what is needed
    "needs_per_day": (0.8, 2.5),
    "life_hours": (6.0, 60.0),  # median time from when a need is known to its deadline
    "handled_alone": (0.25, 0.60),  # share that the person sees to unprompted, at some moment of its life
    "handling_is_seen": (0.40, 0.90),  # share of those that get ticked off where the app can see it
    "decay": (1.0, 4.0),  # help left at the share x of a need's life: 1 - x ** decay
    "help_if_handled": (0.0, 0.4),  # what a nudge is worth for what the person would have done alone
    # the day
    "meetings_per_day": (0.5, 4.0),
    "meeting_in_calendar": (0.60, 0.95),
    "meeting_overruns": (0.05, 0.35),
    "focus_per_day": (1.0, 3.0),
    "focus_declared": (0.10, 0.50),
    "away_per_day": (1.0, 3.0),
    "opens_per_day": (2.0, 6.0),  # times that the app is opened
    "opens_at_breakpoints": (0.3, 0.8),  # share of them at the end of something
    # how a nudge is taken (log-odds of accepting it)
    "base": (-0.2, 1.0),  # of a kind that the person agreed to
    "unasked": (-2.5, -1.0),  # of a kind that they did not agree to
    "between_people": (0.3, 0.9),
    "between_kinds": (0.3, 0.9),
    "hour_swing": (0.3, 1.2),
    "at_breakpoint": (0.5, 1.5),
    "in_break": (0.0, 0.8),
    "in_focus": (-3.0, -1.5),
    "in_meeting": (-3.5, -2.0),
    "urgency": (0.5, 2.0),
    "away_unseen": (0.60, 0.95),  # chance that a nudge to someone who is away is never answered
    "unanswered": (0.02, 0.10),  # chance that one is not answered though the person is there
    # what being spoken to does
    "irritation_a_nudge": (0.02, 0.10),
    "irritation_a_dismissal": (0.15, 0.50),
    "irritation_half_life_days": (1.0, 5.0),
    "habituation_a_nudge": (0.005, 0.030),
    "habituation_half_life_days": (7.0, 21.0),
    "tolerance": (1.0, 3.0),  # irritation above which a dismissal may end in muting
    "muting": (0.02, 0.15),  # chance of that, for each unit above
    # consent and pauses
    "consent": (0.5, 0.9),
    "pauses": (0.0, 1.0),  # days on which all is paused, in six weeks
}
"""What each draw takes its parameters from, evenly."""

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


class Need(NamedTuple):
    """Something that a nudge may help with. Slots count from the first day's first; `handled` and `ticked` are -1 for never."""

    number: int
    kind: int
    made: int
    deadline: int
    worth: float
    has_goal: bool
    handled: int
    ticked: int


class Seen(NamedTuple):
    """What the app knows at each slot of one person: lists as long as the study."""

    meeting: list[bool]
    focus: list[bool]
    typing: list[bool]
    boundary: list[bool]
    opened: list[bool]
    paused: list[bool]
    consents: tuple[bool, ...]


class Person(NamedTuple):
    """One simulated person. `odds`: log-odds of accepting a nudge, by slot, before need, irritation and habituation."""

    seen: Seen
    needs: list[Need]
    state: list[int]
    odds: list[float]
    liking: list[float]
    coins: list[float]
    chances: list[float]


class Answer(NamedTuple):
    outcome: str
    help: float
    muted: bool


class Mood:
    """What being spoken to has done to one person so far."""

    def __init__(self, person: Person, draw: dict[str, float]) -> None:
        self._person, self._draw = person, draw
        self._irritation = self._habituation = 0.0
        self._at = 0
        self._calming = 0.5 ** (1 / (draw["irritation_half_life_days"] * SLOTS))
        self._recovery = 0.5 ** (1 / (draw["habituation_half_life_days"] * SLOTS))

    def odds(self, need: Need, slot: int) -> float:
        """Log-odds that a nudge about a need is accepted at a slot (no earlier than the last one asked about)."""
        passed, self._at = slot - self._at, slot
        self._irritation *= self._calming**passed
        self._habituation *= self._recovery**passed
        return accepting(self._person, self._draw, need, slot) - self._irritation - self._habituation

    def take(self, need: Need, slot: int) -> Answer:
        """How a nudge about a need is taken at a slot: `accepted`, `dismissed` or `unanswered`."""
        person, draw = self._person, self._draw
        odds = self.odds(need, slot)
        coin, chance = person.coins[slot], person.chances[slot]
        unseen = draw["away_unseen"] if person.state[slot] == AWAY else draw["unanswered"]
        is_done = 0 <= need.handled <= slot or slot >= need.deadline
        self._habituation += draw["habituation_a_nudge"]
        self._irritation += draw["irritation_a_nudge"]
        if chance < unseen:
            return Answer("unanswered", 0.0, False)
        if not is_done and coin < 1 / (1 + math.exp(-odds)):
            return Answer("accepted", helping(draw, need, slot), False)
        self._irritation += draw["irritation_a_dismissal"]
        over = max(0.0, self._irritation - draw["tolerance"])
        # The part of `chance` above `unseen` is even again: it decides upon muting.
        return Answer("dismissed", 0.0, (chance - unseen) / (1 - unseen) < draw["muting"] * over)


def accepting(person: Person, draw: dict[str, float], need: Need, slot: int) -> float:
    """Log-odds that a fresh person accepts a nudge about a need at a slot."""
    share = (slot - need.made) / (need.deadline - need.made)
    return person.odds[slot] + person.liking[need.kind] + draw["urgency"] * (2 * share - 1) * 0.5


def helping(draw: dict[str, float], need: Need, slot: int) -> float:
    """What an accepted nudge is worth."""
    if slot >= need.deadline or 0 <= need.handled <= slot:
        return 0.0
    share = (slot - need.made) / (need.deadline - need.made)
    alone = draw["help_if_handled"] if need.handled >= 0 else 1.0
    return float(need.worth * alone * (1 - share ** draw["decay"]))


def drawn(seed: int) -> dict[str, float]:
    """One draw of all parameters."""
    rng = np.random.default_rng((seed, 1))
    return {name: float(rng.uniform(low, high)) for name, (low, high) in RANGES.items()}


def people(draw: dict[str, float], users: int, days: int, seed: int) -> list[Person]:
    """Simulated people with their days and needs."""
    rng = np.random.default_rng((seed, 2))
    rows = users * days
    weekend = np.tile(np.arange(days) % 7 >= 5, users)
    state, known_meeting, known_focus = _days(rng, draw, rows, weekend)
    before = np.concatenate([np.full((rows, 1), AWAY, np.int8), state[:, :-1]], axis=1)
    is_free = state <= BREAK
    breakpoint_ = is_free & (before >= FOCUS)
    at_ends = rng.random((rows, SLOTS)) < draw["opens_at_breakpoints"] * _share(draw["opens_per_day"], breakpoint_)
    at_random = rng.random((rows, SLOTS)) < (1 - draw["opens_at_breakpoints"]) * _share(draw["opens_per_day"], is_free)
    opened = (breakpoint_ & at_ends) | (is_free & at_random)
    typing = _later(opened) & is_free & (rng.random((rows, SLOTS)) < 0.4)
    ended = (_later(known_meeting) & ~known_meeting) | (_later(known_focus) & ~known_focus)
    boundary = opened | (ended & ~known_meeting & ~known_focus)

    hours = FIRST_HOUR + np.arange(SLOTS) / 4
    peak = np.repeat(rng.normal(11.0, 3.0, users), days)[:, None]
    person = np.repeat(rng.normal(draw["base"], draw["between_people"], users), days)[:, None]
    effects = np.array([0.0, draw["in_break"], draw["in_focus"], draw["in_meeting"], 0.0])
    odds = (
        person
        + effects[state]
        + draw["at_breakpoint"] * (breakpoint_ + 0.5 * (opened & ~breakpoint_))
        + draw["hour_swing"] * np.cos((hours - peak) * (2 * np.pi / 24))
    ).astype(np.float32)
    paused = np.repeat(rng.random((users, days)) < draw["pauses"] / 42, SLOTS, axis=1)
    consents = rng.random((users, len(KINDS))) < draw["consent"]
    liking = rng.normal(0.0, draw["between_kinds"], (users, len(KINDS))) + draw["unasked"] * ~consents
    coins, chances = rng.random((2, users, days * SLOTS), dtype=np.float32)
    needs = _needs(rng, draw, users, days)

    def by_user(cells: NDArray[np.generic]) -> list[list[object]]:
        return cells.reshape(users, days * SLOTS).tolist()  # type: ignore[return-value]

    columns = [by_user(cells) for cells in (known_meeting, known_focus, typing, boundary, opened)]
    return [
        Person(Seen(*(column[user] for column in columns), paused[user].tolist(), tuple(consents[user].tolist())),  # type: ignore[arg-type]
               needs[user], *rest, liking[user].tolist(), coins[user].tolist(), chances[user].tolist())  # type: ignore[arg-type]
        for user, rest in enumerate(zip(by_user(state), by_user(odds), strict=True))
    ]  # fmt: skip


def _days(
    rng: np.random.Generator, draw: dict[str, float], rows: int, weekend: Flags
) -> tuple[NDArray[np.int8], Flags, Flags]:
    """What each person does at each slot, and what of it the calendar and the declared focus sessions say."""
    slot = np.arange(SLOTS)[None, :]
    state = np.zeros((rows, SLOTS), np.int8)
    known_meeting, known_focus = np.zeros((rows, SLOTS), bool), np.zeros((rows, SLOTS), bool)
    lunch = rng.integers(18, 25, rows)[:, None]
    state[(slot >= lunch) & (slot < lunch + 3)] = BREAK
    working = np.where(weekend, 0.25, 1.0)
    for start, length in _blocks(rng, draw["focus_per_day"] * working, rows, (6, 50), (3, 9)):
        block = (slot >= start) & (slot < start + length)
        state[block] = FOCUS
        known_focus |= block & (rng.random((rows, 1)) < draw["focus_declared"])
    for start, length in _blocks(rng, draw["meetings_per_day"] * working, rows, (6, 42), (2, 5)):
        planned = (slot >= start) & (slot < start + length)
        longer = length + (rng.random((rows, 1)) < draw["meeting_overruns"])
        state[(slot >= start) & (slot < start + longer)] = MEETING
        known_meeting |= planned & (rng.random((rows, 1)) < draw["meeting_in_calendar"])
    for start, length in _blocks(rng, draw["away_per_day"] * np.where(weekend, 1.5, 1.0), rows, (0, 60), (3, 12)):
        state[(slot >= start) & (slot < start + length)] = AWAY
    rises, sleeps = rng.integers(0, 6, rows)[:, None], rng.integers(58, 65, rows)[:, None]
    state[(slot < rises) | (slot >= sleeps)] = AWAY
    rest = (state == LIGHT) & (rng.random((rows, SLOTS)) < 0.1)
    state[rest] = BREAK
    return state, known_meeting, known_focus & ~known_meeting


def _blocks(
    rng: np.random.Generator, rates: object, rows: int, starts: tuple[int, int], lengths: tuple[int, int]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Stretches of a day, at most five; one that a day does not have is of no length."""
    count = rng.poisson(rates, rows)  # type: ignore[arg-type]
    return [
        (rng.integers(*starts, rows)[:, None], np.where(count > nth, rng.integers(*lengths, rows), 0)[:, None])
        for nth in range(5)
    ]


def _share(per_day: float, where: Flags) -> float:
    return per_day / max(1.0, float(where.sum(axis=1).mean()))


def _later(flags: Flags) -> Flags:
    """The same a slot later."""
    return np.concatenate([np.zeros((len(flags), 1), bool), flags[:, :-1]], axis=1)


def _needs(rng: np.random.Generator, draw: dict[str, float], users: int, days: int) -> list[list[Need]]:
    """Each person's needs in the order in which they become known. A day of life is 64 slots, nights being left out."""
    found: list[list[Need]] = []
    counts = rng.poisson(draw["needs_per_day"] * days, users)
    for count in counts.tolist():
        made = np.sort(rng.integers(0, (days - 1) * SLOTS, count))
        life = np.maximum(6, rng.lognormal(math.log(draw["life_hours"] / 24 * SLOTS), 0.8, count)).astype(int)
        deadline = made + life
        alone = rng.random(count) < draw["handled_alone"]
        handled = np.where(alone, made + (rng.random(count) * life).astype(int), -1)
        ticked = np.where(alone & (rng.random(count) < draw["handling_is_seen"]), handled, -1)
        columns = (
            np.arange(count), rng.integers(0, len(KINDS), count), made, deadline,
            rng.lognormal(0.0, 0.5, count), rng.random(count) < 0.4, handled, ticked,
        )  # fmt: skip
        found.append([Need(*row) for row in zip(*(column.tolist() for column in columns), strict=True)])
    return found
