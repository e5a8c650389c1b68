"""What the morning brief, the evening shutdown and the weekly review say and ask. Facts only, each with its source.

No count of what waits, no streak, nothing "overdue": what was not done is from a day, and may be carried, parked or dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sage.core.agenda import OWN_TASKS, Agenda, AgendaLine
from sage.core.focus import FocusSession
from sage.core.plans import Goal, Task
from sage.core.rituals import GOAL_CHOICES, TASK_CHOICES, Ritual, RitualChoice, RitualLine, RitualQuestion
from sage.core.words import content_stems

MOST_LINES = 12
"""Of a brief."""
MOST_OPTIONS, MOST_EVENTS, MOST_COLLISIONS, MOST_HELD = 3, 4, 2, 2
MOST_ALSO = 4
"""Events that share a line."""
MOST_QUESTIONS = 7
"""Of one ritual: at some ten seconds each they leave room in 90 seconds for reading."""
MOST_DONE = 6
FRESH_AFTER = 7
"""Days away after which a ritual looks at nothing that lies before."""
LONG_AFTER = 30
"""Days away after which goals are worth a look before anything else."""


@dataclass(frozen=True)
class Standing:
    """All that a ritual is computed from. `agenda` is of the day alone; `held` are texts by id; `away` counts days; `messages`
    says what came in, and names the messages that it rests on."""

    agenda: Agenda
    now: datetime
    goals: Sequence[Goal] = ()
    done: Sequence[Task] = ()
    sessions: Sequence[FocusSession] = ()
    held: Sequence[tuple[str, str]] = ()
    away: int = 0
    messages: tuple[str, tuple[str, ...]] = ("", ())

    @property
    def fresh(self) -> bool:
        return self.away >= FRESH_AFTER

    @property
    def day(self) -> str:
        return f"{self.now:%A} {self.now.day} {self.now:%B}"


def morning_brief(standing: Standing) -> Ritual:
    """One focus, a few options, what is fixed, what collides, what was held, what came in: at most `MOST_LINES` lines."""
    today = standing.agenda.days[0]
    lines = [RitualLine("day", f"{standing.day}.")]
    if standing.fresh:
        lines.append(RitualLine("day", _fresh_start(standing)))
    wishes = list(_wishes(standing))
    lines += wishes[: 2 if standing.fresh else 1 + MOST_OPTIONS]
    lines += [RitualLine("collision", f"At once: {one.text}", (one.first, one.second))
              for one in today.collisions[:MOST_COLLISIONS]]  # fmt: skip
    held = [(name, text) for name, text in standing.held if not any(text in line.text for line in lines)]
    lines += [RitualLine("held", f"Held for you: {text}", (name,)) for name, text in held[:MOST_HELD]]
    told, rests_on = standing.messages if not standing.fresh else ("", ())
    lines += [RitualLine("trouble", text) for text in standing.agenda.troubles[:1]]
    events = [line for line in today.lines if line.kind in ("event", "reminder")]
    room = min(MOST_EVENTS, MOST_LINES - len(lines) - bool(told))
    lines += _events(events, room)
    if len(lines) == 1 + standing.fresh:
        lines.append(RitualLine("day", "Nothing is planned. The day is yours."))
    lines += [RitualLine("messages", told, rests_on)] if told else []
    return Ritual("brief", today.day, tuple(lines), fresh=standing.fresh)


def evening_shutdown(standing: Standing) -> Ritual:
    """What was done and begun, then what to do with the rest."""
    lines = [RitualLine("day", f"{standing.day}, the evening."), *_what_happened(standing)]
    if len(lines) == 1:
        lines.append(RitualLine("day", "Nothing is on record for today. Much that counts never is."))
    today = standing.agenda.days[0]
    by_id = {line.id: line for line in today.lines if line.kind == "task"}
    left = [*by_id.values(), *(() if standing.fresh else reversed(standing.agenda.earlier))]
    left.sort(key=lambda line: line.source != OWN_TASKS)  # a long list elsewhere does not push the own one out
    asked = [line for line in left if not line.fixed][:MOST_QUESTIONS]
    questions = [RitualQuestion(line.id, "task", line.text, _begun(line, standing.sessions) or line.note, _choices(line))
                 for line in asked]  # fmt: skip
    return Ritual("shutdown", today.day, tuple(lines), tuple(questions), "That was today. Good night.", standing.fresh)


def _choices(line: AgendaLine) -> tuple[RitualChoice, ...]:
    """What is kept elsewhere is not dropped from here."""
    return TASK_CHOICES if line.source == OWN_TASKS else tuple(one for one in TASK_CHOICES if one.deed != "drop")


def weekly_review(standing: Standing) -> Ritual:
    """What happened in the week; then each goal: is it, or its why, still right?"""
    lines = [RitualLine("day", f"The week up to {standing.day}."), *_what_happened(standing)]
    if len(lines) == 1:
        lines.append(RitualLine("day", "Nothing is on record for this week."))
    if standing.away >= LONG_AFTER:
        lines.append(RitualLine("day", "It has been a while. What you wanted then may be something else now."))
    questions = [RitualQuestion(goal.id, "goal", goal.title, goal.why or "It has no why yet.", GOAL_CHOICES)
                 for goal in standing.goals[:MOST_QUESTIONS]]  # fmt: skip
    return Ritual(
        "review", standing.agenda.days[0].day, tuple(lines), tuple(questions), "That was the week.", standing.fresh
    )


def _fresh_start(standing: Standing) -> str:
    later = " Your goals may be worth a look: sage review." if standing.away >= LONG_AFTER else ""
    return f"A fresh start: this looks at today alone.{later}"


class Wish(NamedTuple):
    """What the person may turn to: a task (`line`) or a goal, and why it may be now. `goal` is the one that a task serves."""

    why_now: str
    line: AgendaLine | None
    goal: Goal | None


def wishes(standing: Standing) -> Iterator[Wish]:
    """Best first: what has its time today, is for today, is from before, serves a goal. Without tasks: a goal each."""
    today, agenda = standing.agenda.days[0], standing.agenda
    tasks = [line for line in today.lines if line.kind == "task"]
    ranked = [(0 if line.clock else 1, line) for line in tasks]
    ranked += [] if standing.fresh else [(2, line) for line in reversed(agenda.earlier)]
    ranked += [(3, line) for line in agenda.anytime]

    stems = _stemmed(standing.goals)
    ordered = sorted(
        ((rank, line, _served(line.text, stems)) for rank, line in ranked), key=lambda one: (one[0], not one[2])
    )
    for rank, line, goal in ordered:
        since = line.note.split(",")[0]
        aim = f"for your goal “{goal.title}”" if goal else ""
        yield Wish((f"its time is {line.clock}", "it is for today", since, aim)[rank], line, goal)
    for goal in standing.goals if not ordered else ():
        yield Wish("two minutes are a beginning", None, goal)


def served_goal(text: str, goals: Sequence[Goal]) -> Goal | None:
    """The first goal that a task of these words serves, as far as its title tells."""
    return _served(text, _stemmed(goals))


def _stemmed(goals: Sequence[Goal]) -> list[tuple[Goal, set[str]]]:
    return [(goal, set(content_stems(goal.title))) for goal in goals]


def _served(text: str, goals: Sequence[tuple[Goal, set[str]]]) -> Goal | None:
    stems = set(content_stems(text))
    return next((goal for goal, wanted in goals if stems & wanted), None)


def _wishes(standing: Standing) -> Iterator[RitualLine]:
    """The focus, then the options."""
    for number, (_, line, goal) in enumerate(wishes(standing)):
        if line:
            what = f"{line.clock} {line.text}".strip() + (f" ({line.note})" if line.note else "")
            words = f"{what}, for your goal “{goal.title}”" if goal else what
        else:
            assert goal
            words = f"two minutes for “{goal.title}”" + (f" ({goal.why})" if goal.why else "")
        yield RitualLine("option" if number else "focus", f"{'Or' if number else 'Focus'}: {words}",
                         tuple(one.id for one in (line, goal) if one))  # fmt: skip


def _events(events: Sequence[AgendaLine], room: int) -> Iterator[RitualLine]:
    """Each on a line; what finds no room stands on the last one, which names where the rest is if that is too much."""
    if room <= 0:
        return
    own = events if len(events) <= room else events[: room - 1]
    for line in own:
        yield RitualLine("event", _when(line), (line.id,))
    if rest := events[len(own) :]:
        named = [_when(line) for line in rest[:MOST_ALSO]] + ["and more: sage agenda"] * (len(rest) > MOST_ALSO)
        yield RitualLine("event", f"Also: {'; '.join(named)}", tuple(line.id for line in rest))


def _when(line: AgendaLine) -> str:
    times = f"{line.clock}–{line.end[11:16]} " if line.clock and line.end else f"{line.clock} " if line.clock else ""
    return f"{times}{'reminder: ' if line.kind == 'reminder' else ''}{line.text}"


def _what_happened(standing: Standing) -> Iterator[RitualLine]:
    """What was done, then what time was given to: what was begun counts."""
    done = list(standing.done)
    for task in done[:MOST_DONE]:
        yield RitualLine("done", f"Done: {task.text}", (task.id,))
    if rest := done[MOST_DONE:]:
        yield RitualLine(
            "done", "Done as well: " + "; ".join(task.text for task in rest), tuple(task.id for task in rest)
        )
    by_thing: dict[str, list[FocusSession]] = {}
    for session in standing.sessions:
        by_thing.setdefault(session.about, []).append(session)
    for about, sessions in by_thing.items():
        minutes = sum(session.minutes(standing.now) for session in sessions)
        lasted = "1 minute" if minutes == 1 else f"{minutes} minutes" if minutes else ""
        text = f"Begun: {', '.join(filter(None, (about or 'a focus session', lasted)))}. That counts."
        yield RitualLine("done", text, tuple(session.id for session in sessions))


def _begun(line: AgendaLine, sessions: Sequence[FocusSession]) -> str:
    stems = set(content_stems(line.text))
    return "begun, and that counts" if any(stems & set(content_stems(one.about)) for one in sessions) else ""
