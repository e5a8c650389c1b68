"""A month of what Sage says by itself, composed by its own code for invented days; every third title is harsh on its owner."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sage.core.nudge_words import KINDS, Nudge, NudgeKind, proposed, template
from sage.core.schedules.ringing import ripe
from sage.core.schedules.schedule import Occurrence, Rule, Schedule

DAYS = 30
ZONE = ZoneInfo("Europe/Berlin")
TITLES = (
    "call the bank", "You must write the report", "water the plants", "slides for Tuesday", "stop being lazy and run",
    "Last chance: book the trip", "letter to the landlord", "keep the 30 day streak", "buy lamp oil", "dentist",
    "what everyone else has done already", "tax return", "never fail again", "birthday card", "fix the bike",
)  # fmt: skip


def month(seed: int) -> Iterator[tuple[str, list[str]]]:
    """Each text of a month and the person's own words in it."""
    chance = random.Random(seed)
    for number in range(DAYS):
        now = datetime(2026, 10, 5, 8, tzinfo=ZONE) + timedelta(days=number)
        nudges = [_nudge(number, kind, chance, now) for kind in KINDS]
        rule = proposed([nudges[0], nudges[0]], now + timedelta(hours=1))
        said = [*(template(nudge, now) for nudge in nudges), *([rule.words] if rule else []), _late(chance, now)]
        yield from ((text, list(TITLES)) for text in said if text)


def _nudge(number: int, kind: NudgeKind, chance: random.Random, now: datetime) -> Nudge:
    due = (now + timedelta(days=chance.randrange(7))).date().isoformat()
    made = now.astimezone(UTC).isoformat()
    return Nudge(
        f"j{number}", kind, "t1", chance.choice(TITLES), "answered", made, made, made, "not today",
        features={"due": chance.choice(["", due, f"{due}T15:00"])},
    )  # fmt: skip


def _late(chance: random.Random, now: datetime) -> str:
    """What is added to a reminder that comes late."""
    reminder = Schedule("s1", chance.choice(TITLES), Rule("2026-10-01T08:00", str(ZONE), "FREQ=DAILY"))
    passed = range(chance.randrange(4), -1, -1)
    dues = [(now.astimezone(UTC) - timedelta(days=days, hours=1)).isoformat() for days in passed]
    ring = ripe(reminder, [Occurrence("s1", due, due, due) for due in dues], now).ring
    return ring.late if ring else ""
