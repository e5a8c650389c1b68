"""What Sage would propose by itself: it gathers what there is, asks the gate about each, and sends at most one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sage.agent.facts import look_up
from sage.core.facts.fact_questions import FactQuery
from sage.core.nudge_learner import choose, learned, moment_of_day
from sage.core.nudge_words import Nudge, NudgeDecision, Thing
from sage.core.nudges import (
    UNANSWERED,
    Answer,
    Context,
    Decision,
    Hold,
    Limits,
    Postpone,
    Send,
    decide,
    remembered,
    worth,
)
from sage.core.plans import Goal, Task
from sage.core.ports import Facts, Notebook


class NudgeBook(Protocol):
    """Where nudges and the decisions about them are kept."""

    def keep(self, things: Iterable[tuple[str, Thing]], at: datetime) -> None: ...

    def decide(self, nudge: str, decision: NudgeDecision) -> None: ...

    def lapse(self, before: datetime) -> None: ...

    def waiting(self) -> list[Nudge]: ...

    def sent(self) -> list[Nudge]: ...

    def moments(self) -> list[tuple[str, Answer]]: ...


@dataclass(frozen=True)
class Chosen:
    """The one that goes out: with the decision, and what spoke for it."""

    nudge: Nudge
    decision: NudgeDecision
    features: dict[str, Any]


@dataclass(frozen=True)
class Nudger:
    """Asks the gate about all that there is. `learns`: the learner may let a nudge wait for a better moment of the day."""

    book: NudgeBook
    notebook: Notebook
    facts: Facts
    fresh_id: Callable[[], str]
    rng: random.Random

    def on_due(self, now: datetime, context: Context, limits: Limits, *, learns: bool = False) -> Chosen | None:
        """Decides about everything that waits; returns what is to be sent now. Calls no model."""
        self.book.lapse(now - UNANSWERED)
        self.book.keep([(self.fresh_id(), thing) for thing in self.things(now, limits)], now)
        sent = self.book.sent()
        history = remembered(one.past(now) for one in sent)
        allowed: list[tuple[float, Nudge]] = []
        for nudge in self.book.waiting():
            decision = decide(nudge.candidate(now), now, context, history, limits)
            if isinstance(decision, Send):
                allowed.append((decision.worth, nudge))
            else:
                self.book.decide(nudge.id, noted(decision, now))
        best, others = _best(allowed)
        for nudge in others:
            self.book.decide(nudge.id, NudgeDecision(_stamp(now), "hold", "another"))
        return self._choose(best, sent, now, context, limits, learns) if best else None

    def _choose(
        self, nudge: Nudge, sent: Sequence[Nudge], now: datetime, context: Context, limits: Limits, learns: bool
    ) -> Chosen | None:
        points = worth(nudge.candidate(now), now, context, remembered(one.past(now) for one in sent))
        features = {"moment": moment_of_day(now, context.boundary), "points": points._asdict()}
        propensity = 1.0
        if learns:
            choice = choose(learned(self.book.moments()), now, context.boundary, self.rng.random())
            propensity = choice.propensity
            if not choice.now:
                self.book.decide(nudge.id, NudgeDecision(_stamp(now), "postpone", "learner", "", propensity))
                return None
        return Chosen(nudge, NudgeDecision(_stamp(now), "send", "", "", propensity), features)

    def things(self, now: datetime, limits: Limits) -> list[Thing]:
        """What a nudge may be about: open tasks with a date, open goals, promises of the person's own."""
        goals = [goal for goal in self.notebook.goals() if goal.state == "open"]
        found = [_of_task(task, goals) for task in self.notebook.tasks() if not task.done and task.due]
        found += [Thing("goal", goal.id, goal.title) for goal in goals]
        promises, _ = look_up(self.facts, FactQuery(mine=True, scope="promised"), now.date())
        found += [Thing("promise", one.id, one.statements[0].quote, one.due) for one in promises if one.due]
        return [thing for thing in found if not _is_over(thing.due, now)]


def noted(decision: Decision, now: datetime) -> NudgeDecision:
    """A decision of the gate as it is kept."""
    match decision:
        case Hold(reason):
            return NudgeDecision(_stamp(now), "hold", reason)
        case Postpone(reason, until):
            return NudgeDecision(_stamp(now), "postpone", reason, until.astimezone(UTC).isoformat())
    return NudgeDecision(_stamp(now), "send")


def _best(allowed: list[tuple[float, Nudge]]) -> tuple[Nudge | None, list[Nudge]]:
    ordered = [nudge for _, nudge in sorted(allowed, key=lambda one: -one[0])]
    return (ordered[0] if ordered else None), ordered[1:]


def _of_task(task: Task, goals: Sequence[Goal]) -> Thing:
    """A task; it serves a goal when it names it."""
    serves = any(goal.title.casefold() in task.text.casefold() for goal in goals)
    return Thing("task", task.id, task.text, task.due, serves)


def _is_over(due: str, now: datetime) -> bool:
    return bool(due) and due[:10] < f"{now:%Y-%m-%d}"


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).isoformat()
