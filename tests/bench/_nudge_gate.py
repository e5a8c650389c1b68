"""The gate as a policy of the nudge study: it is given what the app would know, in the app's own types, and no more."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sage.core.nudge_learner import choose, learned, moment_of_day
from sage.core.nudges import Answer, Candidate, Context, Hold, Limits, Past, Postpone, Send, decide, remembered
from tests.bench._nudge_users import KINDS, SLOTS, Mood, Need, Person, Seen

MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)
ANSWERS = {"accepted": "taken", "dismissed": "dismissed", "unanswered": ""}


def moment(slot: int) -> datetime:
    """The time of a slot; nights lie between the days' slots."""
    return _MOMENTS[slot] if slot < len(_MOMENTS) else _moment(slot)


def _moment(slot: int) -> datetime:
    day, quarter = divmod(slot, SLOTS)
    return MONDAY + timedelta(days=day, minutes=15 * quarter)


_MOMENTS = [_moment(slot) for slot in range(60 * SLOTS)]


class Gate:
    """`sage.core.nudges.decide`, asked at each boundary that the app sees, about what is due first."""

    def __init__(self, person: Person, draw: dict[str, float], days: int, mood: Mood) -> None:
        self._seen: Seen = person.seen
        self._limits = Limits(frozenset(kind for kind, yes in zip(KINDS, person.seen.consents, strict=True) if yes))
        self._moments = [slot for slot, boundary in enumerate(person.seen.boundary) if boundary]
        self._past: list[Past] = []
        self._history = remembered(())
        self._candidates: dict[int, Candidate] = {}
        self._not_before: dict[int, datetime] = {}

    def moments(self) -> Sequence[int]:
        return self._moments

    def choose(self, slot: int, live: list[Need]) -> Need | None:
        now, context = moment(slot), self._context(slot)
        sendable: list[tuple[float, Need]] = []
        for need in live:
            if need.number in self._not_before and now < self._not_before[need.number]:
                continue
            match decide(self._candidate(need), now, context, self._history, self._limits):
                case Send(worth):
                    sendable.append((worth, need))
                case Postpone(reason, until):
                    self._not_before[need.number] = until
                    if reason != "boundary":
                        break  # what holds back one for a time holds back all
                case Hold("budget"):
                    break
        return max(sendable, key=lambda one: one[0], default=(0.0, None))[1]

    def hear(self, slot: int, need: Need, outcome: str) -> None:
        self._past.append(Past(KINDS[need.kind], str(need.number), moment(slot), ANSWERS[outcome]))  # type: ignore[arg-type]
        self._history = remembered(self._past)

    def _candidate(self, need: Need) -> Candidate:
        if need.number not in self._candidates:
            self._candidates[need.number] = Candidate(
                str(need.number),
                KINDS[need.kind],
                str(need.number),
                moment(need.made),
                moment(need.deadline),
                need.has_goal,
            )
        return self._candidates[need.number]

    def _context(self, slot: int) -> Context:
        seen = self._seen
        busy = (
            "a meeting"
            if seen.meeting[slot]
            else "focus"
            if seen.focus[slot]
            else "typing"
            if seen.typing[slot]
            else ""
        )
        paused = moment((slot // SLOTS + 1) * SLOTS) if seen.paused[slot] else None
        return Context("opened" if seen.opened[slot] else "ended" if seen.boundary[slot] else "", busy, None, paused)


class LearningGate(Gate):
    """The gate, and the learner within it."""

    def __init__(self, person: Person, draw: dict[str, float], days: int, mood: Mood) -> None:
        super().__init__(person, draw, days, mood)
        self._rng = random.Random(f"{person.odds[0]}")
        self._answered: list[tuple[str, Answer]] = []
        self._state = learned(())

    def choose(self, slot: int, live: list[Need]) -> Need | None:
        need = super().choose(slot, live)
        if need is None:
            return None
        return need if choose(self._state, moment(slot), self._context(slot).boundary, self._rng.random()).now else None

    def hear(self, slot: int, need: Need, outcome: str) -> None:
        super().hear(slot, need, outcome)
        self._answered.append((moment_of_day(moment(slot), self._context(slot).boundary), self._past[-1].answer))
        self._state = learned(self._answered)
