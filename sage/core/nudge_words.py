"""A nudge as the person meets it: what it says without a model, what can be answered, and the rule that follows from answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from sage.core.nudge_learner import PARTS
from sage.core.nudges import NO, Answer, Candidate, Past
from sage.core.schedules.wall_time import plainly

NudgeKind = Literal["task", "goal", "promise"]
KINDS: tuple[NudgeKind, ...] = ("task", "goal", "promise")
PARTS_OF_DAY: tuple[str, ...] = tuple(name for name, _ in PARTS)
NudgeState = Literal["waiting", "sent", "answered", "lapsed", "gone"]
"""lapsed: nobody answered in time; gone: what it is about was done or taken out before it was sent."""
PLURAL: dict[str, str] = {"task": "tasks", "goal": "goals", "promise": "promises"}


class Thing(Struct, frozen=True):
    """What a nudge may be about, by the id of its task, goal or fact. `due` is an ISO date or local time ("" for none).

    `written` is when its file was last written, ISO in UTC ("" when unknown): that of a thing which is new or has changed.
    """

    kind: NudgeKind
    about: str
    title: str
    due: str = ""
    serves_goal: bool = False
    written: str = ""


class NudgeDecision(Struct, frozen=True):
    """What the gate said of a nudge at a moment: `decision` is send, hold or postpone (`until`), `because` a sentence."""

    at: str
    decision: str
    reason: str = ""
    until: str = ""
    propensity: float = 1.0


class Nudge(Struct, frozen=True):
    """A nudge, sent or not. `text` is the title of what it is about; the moments are ISO, in UTC ("" for not yet)."""

    id: str
    kind: NudgeKind
    about: str
    text: str
    state: NudgeState
    made_at: str
    sent_at: str = ""
    answered_at: str = ""
    answer: Answer = ""
    until: str = ""
    features: dict[str, Any] = {}

    def past(self, now: datetime) -> Past:
        """What is remembered of one that was sent; its time in the zone of `now`."""
        return Past(self.kind, self.about, datetime.fromisoformat(self.sent_at).astimezone(now.tzinfo), self.answer)

    def candidate(self, now: datetime, touched: datetime | None = None) -> Candidate:
        """What the gate is asked about. `touched` is when the person last said or did something about it, as far as known."""
        due, changed = str(self.features.get("due", "")), str(self.features.get("changed", ""))
        touches = [touched, datetime.fromisoformat(changed) if changed else None]
        return Candidate(
            self.id,
            self.kind,
            self.about,
            datetime.fromisoformat(self.made_at),
            _moment(due, now) if due else None,
            bool(self.features.get("serves_goal")),
            max(filter(None, touches), default=None),
        )


class Proposal(Struct, frozen=True):
    """A rule that Sage would keep if the person says yes: no nudges of a kind, in a part of the day or ("") at all."""

    kind: NudgeKind
    part: str
    words: str


def template(nudge: Nudge, now: datetime) -> str:
    """What a nudge says, without a model."""
    due = str(nudge.features.get("due", ""))
    by = f" It is for {plainly(_moment(due, now), now)}." if len(due) > 10 else _by_day(due, now)
    match nudge.kind:
        case "task":
            return f"Is now a moment for “{nudge.text}”?{by}"
        case "goal":
            return f"Your goal “{nudge.text}”: is there a step of two minutes that you want to take?"
        case "promise":
            return f"You promised: “{nudge.text}”.{by} Is now a moment for it?"


def proposed(sent: Sequence[Nudge], now: datetime) -> Proposal | None:
    """The rule that two declined nudges of a kind in a row suggest; `sent` are in the order in which they were sent."""
    if not sent or sent[-1].answer not in NO:
        return None
    kind = sent[-1].kind
    last = [one for one in sent if one.kind == kind and one.answer][-2:]
    if len(last) < 2 or any(one.answer not in NO for one in last):
        return None
    parts = {part_of_day(one.past(now).sent_at) for one in last}
    part = parts.pop() if len(parts) == 1 else ""
    when = f" {in_part(part)}" if part else ""
    return Proposal(
        kind, part, f"You declined the last two nudges about {PLURAL[kind]}{when}. Shall there be none{when}?"
    )


def part_of_day(moment: datetime) -> str:
    """morning, midday, afternoon or evening."""
    return next(name for name, ends in PARTS if moment.hour < ends)


def in_part(part: str) -> str:
    """A part of the day as it stands in a sentence."""
    return "at midday" if part == "midday" else f"in the {part}"


def _by_day(due: str, now: datetime) -> str:
    if not due:
        return ""
    days = (_moment(due, now).date() - now.date()).days
    return {0: " It is for today.", 1: " It is for tomorrow."}.get(days, f" It is for {_moment(due, now):%A}.") \
        if 0 <= days < 7 else ""  # fmt: skip


def _moment(due: str, now: datetime) -> datetime:
    """The end of a day, or the local time that was named."""
    wall = datetime.fromisoformat(due if len(due) > 10 else f"{due}T23:59")
    return wall.replace(tzinfo=now.tzinfo)
