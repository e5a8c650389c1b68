"""Who would be helped, who interrupted: policies for nudges, tried on simulated people.

A regression harness, not evidence about people: it shows whether a change of the gate makes things better or worse
under stated assumptions, for 500 people over 42 days, for 200 draws of the assumptions' figures (`RANGES` in
`_nudge_users.py`), no more. What is assumed, and on what ground:

- People take an interruption better at a breakpoint, when something has just ended, than amid a task (Iqbal and Bailey,
  CHI 2008 and TOCHI 2010; Adamczyk and Bailey, CHI 2004). Ends of phone episodes are such moments (Fischer, Greenhalgh and
  Benford, MobileHCI 2011).
- Amid focused work and in meetings they take it badly, and interrupted work costs stress (Mark, Gudith and Klocke, CHI 2008).
- Simple signs, such as a calendar and typing, tell interruptibility well, not perfectly (Fogarty et al., TOCHI 2005): here
  meetings are missing from calendars and overrun, and most focus is never declared.
- How a notification is taken depends on the hour, on what it is about and on the task at hand (Mehrotra et al., CHI 2016).
- The effect of prompts wears off as they are repeated (HeartSteps: Klasnja et al., Annals of Behavioral Medicine 2019).
- People take a kind of nudge that they agreed to far better than one that they did not (an assumption, as is what follows).
- That irritation adds up with dismissals, fades with days, and ends in muting above a tolerance, is an assumption of this
  study's own; so are all figures: ranges are wide and even because the literature does not fix them.
- Needs have a deadline; help decays towards it, and willingness grows. Many are handled unprompted, and the app does not
  always see it: a nudge about one that was handled is dismissed.

Precision is the share of all nudges sent that were accepted, dismissals the share that were dismissed; the rest stayed
unanswered. Help is told as a share of the oracle's. The bounds' violations are counted by the study's own book.

A policy sees of a person what the app would: the clock, the calendar, declared focus, typing in the app, ends of known
things, what was asked for and ticked off, and the answers so far. The oracle sees the hidden log-odds, needs and mood; it
knows no coin that is yet to be thrown. It keeps the same bounds as the gate.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, Protocol

from tests.bench._nudge_gate import Gate, LearningGate
from tests.bench._nudge_users import AWAY, SLOTS, Answer, Mood, Need, Person, accepting, drawn, helping, people

BUDGET = 3
"""Nudges a day, for those that keep a budget."""
MIN_GAP = 4
"""Slots (an hour) between two nudges, for those that keep a gap."""
QUIET = frozenset([*range(4), *range(60, 64)])
"""Slots of a day in quiet hours: before 08:00, from 22:00."""
LIKELY = 0.4
"""Log-odds (a chance of 0.6) below which the oracle rather stays silent."""
NOTE = "A regression harness under stated assumptions, not evidence about people."


class Policy(Protocol):
    """Decides for one person. A new one is made for each."""

    def moments(self) -> Sequence[int]:
        """The slots at which it looks, in order."""
        ...

    def choose(self, slot: int, live: list[Need]) -> Need | None:
        """What it nudges about now, of the needs it knows to be open."""
        ...

    def hear(self, slot: int, need: Need, outcome: str) -> None:
        """What came of it, as the app would know: `accepted`, `dismissed` or `unanswered`."""
        ...


Making = Callable[[Person, dict[str, float], int, Mood], Policy]
"""From a person, the draw, the days and the mood. Only the oracle may look at more of a person than `seen`."""


class ByTheClock:
    """A baseline: at fixed times, about whatever is due first; it knows of nothing else."""

    def __init__(self, every: Sequence[int], person: Person, draw: dict[str, float], days: int, mood: Mood) -> None:
        self._slots = [day * SLOTS + slot for day in range(days) for slot in every]

    def moments(self) -> Sequence[int]:
        return self._slots

    def choose(self, slot: int, live: list[Need]) -> Need | None:
        return min(live, key=lambda need: need.deadline, default=None)

    def hear(self, slot: int, need: Need, outcome: str) -> None:
        pass


class Oracle:
    """The reference: sees odds, needs and mood, keeps the gate's bounds, and waits for each need's best moment to come."""

    def __init__(self, person: Person, draw: dict[str, float], days: int, mood: Mood) -> None:
        self._person, self._draw, self._mood = person, draw, mood
        seen = person.seen
        self._free = [slot for slot in range(days * SLOTS) if seen.boundary[slot] and allowed(person, slot)]
        self._sent: list[int] = []
        self._told: dict[int, int] = {}
        self._ahead: dict[int, dict[int, float]] = {}

    def moments(self) -> Sequence[int]:
        return self._free

    def choose(self, slot: int, live: list[Need]) -> Need | None:
        today = [sent for sent in self._sent if sent // SLOTS == slot // SLOTS]
        if len(today) >= BUDGET or (today and slot - today[-1] < MIN_GAP):
            return None
        offers = []
        for need in live:
            if self._person.seen.consents[need.kind] and self._told.get(need.number, -1) // SLOTS != slot // SLOTS:
                odds = self._mood.odds(need, slot)
                if odds >= LIKELY and self._is_best(need, slot):
                    offers.append((self._worth(need, slot, odds), need))
        return max(offers, key=lambda offer: offer[0], default=(0.0, None))[1]

    def hear(self, slot: int, need: Need, outcome: str) -> None:
        self._sent.append(slot)
        self._told[need.number] = slot

    def _is_best(self, need: Need, slot: int) -> bool:
        """Whether no moment still to come within a need's life is clearly better for it."""
        if need.number not in self._ahead:
            best, ahead = 0.0, {}
            for free in reversed([free for free in self._free if need.made <= free < need.deadline]):
                ahead[free] = best
                best = max(best, self._worth(need, free, accepting(self._person, self._draw, need, free)))
            self._ahead[need.number] = ahead
        now = self._worth(need, slot, accepting(self._person, self._draw, need, slot))
        return 0 < now >= 0.95 * self._ahead[need.number][slot]

    def _worth(self, need: Need, slot: int, odds: float) -> float:
        here = 1 - self._draw["away_unseen"] if self._person.state[slot] == AWAY else 1.0
        return here * helping(self._draw, need, slot) / (1 + math.exp(-odds))


def allowed(person: Person, slot: int) -> bool:
    """Whether what the app knows lets it speak at all at a slot: no quiet hours, pause, meeting, focus or typing."""
    seen = person.seen
    known = seen.meeting[slot] or seen.focus[slot] or seen.typing[slot] or seen.paused[slot]
    return not known and slot % SLOTS not in QUIET


POLICIES: dict[str, Making] = {
    "every two hours": partial(ByTheClock, range(0, SLOTS, 8)),
    "heartbeat, 30 minutes": partial(ByTheClock, range(0, SLOTS, 2)),
    "budget only": partial(ByTheClock, (8, 24, 40)),
    "gate": Gate,
    "gate + learner": LearningGate,
    "oracle": Oracle,
}


class Tally:
    """What came of one policy over all people of a draw."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(("accepted", "dismissed", "unanswered", "muted"), 0)
        self.violations = dict.fromkeys(
            ("consent", "quiet hours", "pause", "budget", "busy", "boundary", "gap", "duplicate"), 0
        )
        self.help = 0.0

    def follow(self, policy: Policy, person: Person, mood: Mood) -> None:
        """One person's six weeks, or as long as nothing is muted."""
        waiting = iter(person.needs)
        following = next(waiting, None)
        live: list[Need] = []
        sent: list[tuple[int, Need]] = []
        for slot in policy.moments():
            while following and following.made <= slot:
                live.append(following)
                following = next(waiting, None)
            live = [need for need in live if slot < need.deadline and not 0 <= need.ticked <= slot]
            need = policy.choose(slot, live) if live else None
            if need is None:
                continue
            self._check(person, slot, need, sent)
            sent.append((slot, need))
            answer = mood.take(need, slot)
            self._count(answer)
            policy.hear(slot, need, answer.outcome)
            if answer.outcome == "accepted":
                live.remove(need)
            if answer.muted:
                return

    def _count(self, answer: Answer) -> None:
        self.counts[answer.outcome] += 1
        self.counts["muted"] += answer.muted
        self.help += answer.help

    def _check(self, person: Person, slot: int, need: Need, sent: list[tuple[int, Need]]) -> None:
        """Counts which of the gate's bounds a nudge breaks, by the study's own book."""
        seen, day, broken = person.seen, slot // SLOTS, self.violations
        today = [(when, other) for when, other in sent[-40:] if when // SLOTS == day]
        broken["consent"] += not seen.consents[need.kind]
        broken["quiet hours"] += slot % SLOTS in QUIET
        broken["pause"] += seen.paused[slot]
        broken["budget"] += len(today) >= BUDGET
        broken["busy"] += seen.meeting[slot] or seen.focus[slot] or seen.typing[slot]
        broken["boundary"] += not seen.boundary[slot]
        broken["gap"] += bool(today) and slot - today[-1][0] < MIN_GAP
        broken["duplicate"] += any(other.number == need.number for _, other in today)


def figures_of(draw_seed: int, users: int, days: int, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """One draw: each policy's figures over the same people."""
    draw = drawn(draw_seed)
    crowd = people(draw, users, days, draw_seed)
    tallies = {name: Tally() for name in names}
    for name, tally in tallies.items():
        for person in crowd:
            mood = Mood(person, draw)
            tally.follow(POLICIES[name](person, draw, days, mood), person, mood)
    best = tallies["oracle"].help
    found = {}
    for name, tally in tallies.items():
        sent = sum(tally.counts[outcome] for outcome in ("accepted", "dismissed", "unanswered"))
        found[name] = {
            "precision": tally.counts["accepted"] / max(1, sent),
            "precision of those answered": tally.counts["accepted"] / max(1, sent - tally.counts["unanswered"]),
            "dismissals": tally.counts["dismissed"] / max(1, sent),
            "muting": tally.counts["muted"] / users,
            "help": tally.help / best,
            "nudges a day": sent / users / days,
            "violations": float(sum(tally.violations.values())),
            **{f"violations: {bound}": float(count) for bound, count in tally.violations.items()},
        }
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--days", type=int, default=42)
    parser.add_argument("--draws", type=int, default=200, help="draws of the parameters")
    parser.add_argument("--seed", type=int, default=1, help="the first draw's seed; the others count on")
    parser.add_argument("--policies", nargs="*", choices=POLICIES, help="these and the oracle alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")


def run(args: argparse.Namespace) -> dict[str, Any]:
    names = [name for name in POLICIES if not args.policies or name in args.policies or name == "oracle"]
    one = partial(figures_of, users=args.users, days=args.days, names=names)
    seeds = range(args.seed, args.seed + args.draws)
    if args.jobs > 1:
        with ProcessPoolExecutor(args.jobs) as pool:
            draws = list(pool.map(one, seeds, chunksize=1))
    else:
        draws = [one(seed) for seed in seeds]
    return {
        "note": NOTE,
        "users": args.users,
        "days": args.days,
        "draws": args.draws,
        "first seed": args.seed,
        "policies": {name: dict(_spread(name, draws)) for name in names},
    }


def _spread(name: str, draws: Sequence[dict[str, dict[str, float]]]) -> Iterator[tuple[str, Any]]:
    """Median, and tenth and ninetieth percentile over the draws; of violations the sum."""
    for figure in draws[0][name]:
        values = sorted(draw[name][figure] for draw in draws)
        if figure.startswith("violations"):
            if figure == "violations" or sum(values):
                yield figure, int(sum(values))
            continue
        tenth, ninetieth = values[len(values) // 10], values[(len(values) * 9) // 10]
        yield figure, {"median": round(statistics.median(values), 4), "10-90 %": [round(tenth, 4), round(ninetieth, 4)]}
