"""A month of what Sage says by itself, composed by its own code from invented days; every third title is harsh on its owner."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sage.core.agenda import Plans, Quiet, agenda
from sage.core.briefs import Standing, evening_shutdown, morning_brief, weekly_review
from sage.core.events import Event
from sage.core.focus import FocusSession
from sage.core.nudge_words import KINDS, Nudge, NudgeKind, proposed, template
from sage.core.plans import Goal, Task
from sage.core.rituals import Ritual
from sage.core.schedules.ringing import ripe
from sage.core.schedules.schedule import Occurrence, Rule, Schedule

DAYS = 30
AWAY = range(12, 21)
"""Days on which nobody looks; the first brief after them is a fresh start."""
ZONE = ZoneInfo("Europe/Berlin")
TITLES = (
    "call the bank", "You must write the report", "water the plants", "slides for Tuesday", "stop being lazy and run",
    "Last chance: book the trip", "letter to the landlord", "keep the 30 day streak", "buy lamp oil", "dentist",
    "what everyone else has done already", "tax return", "never fail again", "birthday card", "fix the bike",
)  # fmt: skip
GOALS = (
    Goal("g1", "Run again", "I should have never stopped"),
    Goal("g2", "Finish the book", "my friends are counting on me"),
    Goal("g3", "Calmer evenings"),
)


def month(seed: int) -> Iterator[tuple[str, list[str]]]:
    """Each text of a month and the person's own words in it."""
    chance = random.Random(seed)
    tasks: list[Task] = []
    for number in range(DAYS):
        now = datetime(2026, 10, 5, 8, tzinfo=ZONE) + timedelta(days=number)
        tasks = [task if task.done or chance.random() < 0.7 else _done(task, now) for task in tasks]
        tasks += [_task(f"t{number}-{n}", chance, now) for n in range(chance.randrange(3))]
        if number in AWAY:
            continue
        own = [*TITLES, *(words for goal in GOALS for words in (goal.title, goal.why))]
        standing = _standing(tasks, chance, now, away=len(AWAY) if number == AWAY.stop else 0)
        rituals = [morning_brief(standing), evening_shutdown(standing)]
        for ritual in [*rituals, *([weekly_review(standing)] if number % 7 == 6 else [])]:
            yield from ((text, own) for text in _texts(ritual))
        nudges = [_nudge(number, kind, chance, now) for kind in KINDS]
        yield from ((template(nudge, now), own) for nudge in nudges)
        rule = proposed([nudges[0], nudges[0]], now + timedelta(hours=1))
        yield from ((text, own) for text in ([rule.words] if rule else []))
        late = _late(chance, now)
        yield from [(late, own)] if late else []


def _texts(ritual: Ritual) -> Iterator[str]:
    yield from (line.text for line in ritual.lines)
    for question in ritual.questions:
        yield f"{question.text}: {question.note}"
        yield from (text for choice in question.choices for text in (choice.label, choice.asks) if text)
    if ritual.goodbye:
        yield ritual.goodbye


def _nudge(number: int, kind: NudgeKind, chance: random.Random, now: datetime) -> Nudge:
    due = (now + timedelta(days=chance.randrange(7))).date().isoformat()
    made = now.astimezone(UTC).isoformat()
    return Nudge(f"j{number}", kind, "t1", chance.choice(TITLES), "answered", made, made, made, "not today",
                 features={"due": chance.choice(["", due, f"{due}T15:00"])})  # fmt: skip


def _late(chance: random.Random, now: datetime) -> str:
    """What is added to a reminder that comes late."""
    reminder = Schedule("s1", chance.choice(TITLES), Rule("2026-10-01T08:00", str(ZONE), "FREQ=DAILY"))
    dues = [
        (now.astimezone(UTC) - timedelta(days=days, hours=1)).isoformat() for days in range(chance.randrange(4), -1, -1)
    ]
    ring = ripe(reminder, [Occurrence("s1", due, due, due) for due in dues], now).ring
    return ring.late if ring else ""


def _task(name: str, chance: random.Random, now: datetime) -> Task:
    day = (now + timedelta(days=chance.randrange(-1, 4))).date().isoformat()
    return Task(name, chance.choice(TITLES), due=chance.choice(["", day, f"{day}T15:00"]))


def _done(task: Task, now: datetime) -> Task:
    return Task(task.id, task.text, done=True, due=task.due, done_on=now.date().isoformat())


def _standing(tasks: list[Task], chance: random.Random, now: datetime, *, away: int) -> Standing:
    starts = [now.replace(hour=chance.randrange(9, 17)).astimezone(UTC) for _ in range(chance.randrange(4))]
    events = [Event(f"e{n}", chance.choice(TITLES), start.isoformat(), (start + timedelta(hours=1)).isoformat(), "Demo")
              for n, start in enumerate(starts)]  # fmt: skip
    begun = now.astimezone(UTC) - timedelta(hours=20)
    session = FocusSession(
        "u1", chance.choice(["", *TITLES]), begun.isoformat(), (begun + timedelta(minutes=25)).isoformat()
    )
    plans = Plans(events, tasks, goals=GOALS, troubles=["The calendar Demo could not be read."] if away else [])
    return Standing(
        agenda(plans, now.date(), 1, now, Quiet("22:00", "08:00")), now, GOALS,
        [task for task in tasks if task.done_on == now.date().isoformat()], [session],
        [("n1", f"{chance.choice(TITLES)}?")] if chance.random() < 0.3 else [], away,
    )  # fmt: skip
