"""What Sage would propose by itself: it gathers what there is, asks the gate about each, and sends at most one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sage.agent.facts import look_up
from sage.core.facts.beliefs import Belief
from sage.core.facts.fact_questions import FactQuery
from sage.core.nudge_learner import choose, learned, moment_of_day
from sage.core.nudge_words import Nudge, NudgeDecision, Thing
from sage.core.nudges import (
    TOUCH_LASTS,
    UNANSWERED,
    Answer,
    Context,
    Decision,
    Hold,
    Limits,
    Postpone,
    Send,
    Worth,
    decide,
    remembered,
    worth,
)
from sage.core.plans import Goal, Task
from sage.core.ports import Facts, Notebook
from sage.core.touches import Touch, last_touch


class NudgeBook(Protocol):
    """Where nudges and the decisions about them are kept."""

    def keep(self, things: Iterable[tuple[str, Thing]], at: datetime) -> None: ...

    def decide(self, nudge: str, decision: NudgeDecision, points: dict[str, float] | None = None) -> None: ...

    def lapse(self, before: datetime) -> None: ...

    def waiting(self) -> list[Nudge]: ...

    def sent(self) -> list[Nudge]: ...

    def moments(self) -> list[tuple[str, Answer]]: ...


class Touches(Protocol):
    """What is on record of what the person said and did."""

    def since(self, moment: datetime) -> list[Touch]: ...

    def written(self, path: str = "") -> str: ...


@dataclass(frozen=True)
class Chosen:
    """The one that goes out: with the decision, and what spoke for it."""

    nudge: Nudge
    decision: NudgeDecision
    features: dict[str, Any]


@dataclass(frozen=True)
class Nudger:
    """Asks the gate about all that there is, of tasks about those that `may` be spoken of. `learns`: the learner may let a nudge
    wait for a better moment of the day."""

    book: NudgeBook
    notebook: Notebook
    facts: Facts
    touches: Touches
    fresh_id: Callable[[], str]
    rng: random.Random
    may: Callable[[Task], bool] = lambda task: True

    def on_due(self, now: datetime, context: Context, limits: Limits, *, learns: bool = False) -> Chosen | None:
        """Decides about everything that waits; returns what is to be sent now. Calls no model."""
        self.book.lapse(now - UNANSWERED)
        self.book.keep([(self.fresh_id(), thing) for thing in self.things(now)], now)
        history = remembered(one.past(now) for one in self.book.sent())
        lately = self.touches.since(now - TOUCH_LASTS)
        allowed: list[tuple[Worth, Nudge]] = []
        for nudge in self.book.waiting():
            candidate = nudge.candidate(now, last_touch(nudge.about, nudge.text, lately))
            decision = decide(candidate, now, context, history, limits)
            if isinstance(decision, Send):
                allowed.append((worth(candidate, now, context, history), nudge))
            elif decision == Hold("worth"):
                self.book.decide(nudge.id, noted(decision, now), worth(candidate, now, context, history)._asdict())
            else:
                self.book.decide(nudge.id, noted(decision, now))
        if not allowed:
            return None
        allowed.sort(key=lambda one: -sum(one[0]))
        for _, nudge in allowed[1:]:
            self.book.decide(nudge.id, NudgeDecision(_stamp(now), "hold", "another"))
        return self._choose(*allowed[0], now, context, learns)

    def _choose(self, points: Worth, nudge: Nudge, now: datetime, context: Context, learns: bool) -> Chosen | None:
        features = {"moment": moment_of_day(now, context.boundary), "points": points._asdict()}
        propensity = 1.0
        if learns:
            choice = choose(learned(self.book.moments()), now, context.boundary, self.rng.random())
            propensity = choice.propensity
            if not choice.now:
                self.book.decide(nudge.id, NudgeDecision(_stamp(now), "postpone", "learner", "", propensity))
                return None
        return Chosen(nudge, NudgeDecision(_stamp(now), "send", "", "", propensity), features)

    def things(self, now: datetime) -> list[Thing]:
        """What a nudge may be about: open tasks with a date, open goals, promises of the person's own."""
        goals = [goal for goal in self.notebook.goals() if goal.state == "open"]
        written = self.touches.written()
        tasks = [task for task in self.notebook.tasks() if not task.done and task.due and self.may(task)]
        found = [_of_task(task, goals, written) for task in tasks]
        found += [Thing("goal", goal.id, goal.title, written=self.touches.written(goal.path)) for goal in goals]
        promises, _ = look_up(self.facts, FactQuery(mine=True, scope="promised"), now.date())
        found += [_of_promise(one) for one in promises if one.due]
        return [thing for thing in found if not _is_over(thing.due, now)]


def noted(decision: Decision, now: datetime) -> NudgeDecision:
    """A decision of the gate as it is kept."""
    match decision:
        case Hold(reason):
            return NudgeDecision(_stamp(now), "hold", reason)
        case Postpone(reason, until):
            return NudgeDecision(_stamp(now), "postpone", reason, until.astimezone(UTC).isoformat())
    return NudgeDecision(_stamp(now), "send")


def _of_task(task: Task, goals: Sequence[Goal], written: str) -> Thing:
    """A task; it serves a goal when it names it."""
    serves = any(goal.title.casefold() in task.text.casefold() for goal in goals)
    return Thing("task", task.id, task.text, task.due, serves, written)


def _of_promise(promise: Belief) -> Thing:
    newest = promise.statements[0]
    return Thing("promise", promise.id, newest.quote, promise.due, written=newest.recorded_at)


def _is_over(due: str, now: datetime) -> bool:
    return bool(due) and due[:10] < f"{now:%Y-%m-%d}"


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).isoformat()
