"""The day at a glance: one focus with its chain of whys, at most three cards that say why now, what is on, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from sage.core.agenda import Agenda, AgendaDay, AgendaLine
from sage.core.agenda_words import heading, line_words, nothing_planned
from sage.core.briefs import Standing, Wish, served_goal, wishes
from sage.core.focus import FocusSession, focus_line
from sage.core.plans import Goal, Task

MOST_CARDS = 3
GOALS_SHOWN = 5
"""Of goals, so many are said: a day is no list of everything."""


class TodayCard(Struct, frozen=True):
    """A task or a goal to turn to, by the id of either, and why now ("" where nothing speaks for this moment).

    One that is `fixed` is only shown. `why` is the goal's own.
    """

    kind: Literal["task", "goal"]
    id: str
    text: str
    why_now: str = ""
    goal: str = ""
    fixed: bool = False


class Today(Struct, frozen=True):
    """A day as it stands at `at` (a local time with its offset).

    `whys` are the goals that the focus serves, nearest first; `chosen` is whether the person chose it. `held` are nudges as id
    and text. `fresh` after an absence: what lies before is left alone. `minutes` is how long the session has lasted.
    """

    at: str
    day: AgendaDay
    focus: TodayCard | None = None
    chosen: bool = False
    whys: tuple[Goal, ...] = ()
    cards: tuple[TodayCard, ...] = ()
    goals: tuple[Goal, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    waits: bool = False
    session: FocusSession | None = None
    minutes: int = 0
    fresh: bool = False
    troubles: tuple[str, ...] = ()


def today_of(
    standing: Standing, chosen: Task | Goal | None = None, *, waits: bool = False, session: FocusSession | None = None
) -> Today:
    """The day from what is on record. `chosen` is the task or goal that the person made the focus."""
    ranked = list(wishes(standing))
    picked = _picked(ranked, chosen, standing.goals) if chosen else None
    best = picked or next(iter(ranked), None)
    rest = [wish for wish in ranked if wish is not best and wish.why_now]
    agenda = standing.agenda
    return Today(
        standing.now.isoformat(),
        agenda.days[0],
        _card(best) if best else None,
        picked is not None,
        tuple(_chain(best.goal, standing.goals)) if best else (),
        tuple(_card(wish) for wish in rest[: 1 if standing.fresh else MOST_CARDS]),
        tuple(standing.goals),
        tuple(standing.held),
        waits,
        session,
        session.minutes(standing.now) if session else 0,
        standing.fresh,
        tuple(agenda.troubles),
    )


def _picked(ranked: Sequence[Wish], chosen: Task | Goal, goals: Sequence[Goal]) -> Wish:
    """What was chosen, with its why now where it would have been proposed, too."""
    if isinstance(chosen, Goal):
        return next((wish for wish in ranked if wish.line is None and wish.goal == chosen), Wish("", None, chosen))
    line = AgendaLine("task", chosen.id, chosen.text, fixed=chosen.read_only)
    among = (wish for wish in ranked if wish.line and wish.line.id == chosen.id)
    return next(among, Wish("", line, served_goal(chosen.text, goals)))


def _card(wish: Wish) -> TodayCard:
    goal = wish.goal.title if wish.goal else ""
    if wish.line:
        return TodayCard("task", wish.line.id, wish.line.text, wish.why_now, goal, wish.line.fixed)
    assert wish.goal
    return TodayCard("goal", wish.goal.id, goal, wish.why_now)


def _chain(goal: Goal | None, goals: Sequence[Goal]) -> Iterator[Goal]:
    """The goal and those that it serves, each once."""
    known, seen = {each.id: each for each in goals}, set[str]()
    while goal and goal.id not in seen:
        seen.add(goal.id)
        yield goal
        goal = known.get(goal.parent)


def goal_tree(goals: Sequence[Goal]) -> Iterator[tuple[int, Goal]]:
    """Goals with their depth, each below the one that it serves."""
    known = {goal.id for goal in goals}
    told = set[str]()

    def below(parent: str, depth: int) -> Iterator[tuple[int, Goal]]:
        for goal in goals:
            above = goal.parent if goal.parent in known else ""
            if above == parent and goal.id not in told:
                told.add(goal.id)
                yield depth, goal
                yield from below(goal.id, depth + 1)

    yield from below("", 0)
    for goal in goals:  # those that serve each other in a circle
        if goal.id not in told:
            told.add(goal.id)
            yield 0, goal
            yield from below(goal.id, 1)


def chain_words(card: TodayCard, whys: Sequence[Goal]) -> Iterator[tuple[str, str]]:
    """Why, what, how: the farthest reason first, the thing itself last."""
    if card.kind == "goal":
        whys = [goal for goal in whys if goal.id != card.id] or whys
    why = next((goal.why for goal in whys if goal.why), "")
    titles = [goal.title for goal in reversed(whys)]
    if why:
        yield "why", why
    if titles and titles != [card.text]:
        yield "what", " → ".join(titles)
    if card.kind == "task":
        yield "how", card.text


def today_lines(today: Today) -> Iterator[str]:
    """The day as lines, each with the id of what it rests on."""
    yield heading(today.day.day)
    if today.session:
        yield focus_line(today.session, today.minutes)
    if today.fresh:
        yield FRESH
    if today.focus:
        why_now = f" ({today.focus.why_now})" if today.focus.why_now else ""
        yield f"Focus: {today.focus.text}{why_now}  [{today.focus.id}]"
        yield from (f"  {part}: {words}" for part, words in chain_words(today.focus, today.whys))
    yield from (f"Or: {card.text} ({card.why_now})  [{card.id}]" for card in today.cards)
    yield from (f"  {line_words(line)}" for line in today.day.lines)
    if not today.day.lines:
        yield f"  {nothing_planned(Agenda((), troubles=today.troubles))}"
    yield from (f"At once: {each.text}" for each in today.day.collisions)
    for depth, goal in list(goal_tree(today.goals))[:GOALS_SHOWN]:
        yield f"{'  ' * depth}Goal: {goal.title}  [{goal.id}]"
    if len(today.goals) > GOALS_SHOWN:
        yield "and others: sage goal list"
    yield from waiting_words(today, "sage inbox", "sage nudge list")
    yield from today.troubles


FRESH = "A fresh start: this looks at today alone."


def waiting_words(today: Today, inbox: str, nudges: str) -> Iterator[str]:
    """What waits for the person, without a count; `inbox` and `nudges` are where."""
    if today.waits:
        yield f"Something waits for your yes: {inbox}"
    if today.held:
        yield f"Held for you: {today.held[0][1]}" + (f", and more: {nudges}" if len(today.held) > 1 else f": {nudges}")
