"""The nudge gate: whether something that Sage would propose by itself is told now, later, or not.

A reminder that the person set for a stated time is no nudge and never comes here. The bounds are asked in one order, and
the first that speaks decides; a model has no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct

from sage.core.schedules.wall_time import in_quiet_hours, moment_of, plainly

Answer = Literal["", "taken", "snoozed", "not today", "dismissed", "never"]
"""What the person made of a nudge; "" is nothing so far."""
NO: frozenset[str] = frozenset({"not today", "dismissed", "never"})
"""The answers that were a no."""
Boundary = Literal["", "ended", "opened"]
"""What has just come to an end (a meeting, a focus session), or that the person has just come to the app."""
Reason = Literal[
    "consent", "quiet hours", "pause", "budget", "busy", "boundary", "gap", "duplicate", "worth"
]  # fmt: skip
ORDER: tuple[Reason, ...] = (
    "consent",
    "quiet hours",
    "pause",
    "budget",
    "busy",
    "boundary",
    "gap",
    "duplicate",
    "worth",
)
"""The bounds in the order in which they are asked."""

LOOK_AGAIN = timedelta(minutes=5)
"""How long something waits for a boundary, or for typing to stop, before it is looked at again."""
GROWTH = 2.0
"""By what each no multiplies the gap to the next nudge, and each yes divides it again."""
MOST_STEPS = 6
REST = timedelta(days=2)
"""How long what was declined is not proposed again; each further no about the same thing doubles it."""
UNANSWERED = timedelta(hours=20)
"""How long what nobody answered is not proposed again."""


class Candidate(Struct, frozen=True):
    """Something that may be proposed: of a kind, about a task, goal or fact (`about` is its id).

    `touched`: when the person last did or said something about it.
    """

    id: str
    kind: str
    about: str
    made_at: datetime
    due: datetime | None = None
    serves_goal: bool = False
    touched: datetime | None = None


class Context(Struct, frozen=True):
    """What is known of this moment. `busy` says with what ("a meeting"), as far as known until `busy_until`; `snoozed_to` are
    the moments at which nudges that the person put off are told again, or were."""

    boundary: Boundary = ""
    busy: str = ""
    busy_until: datetime | None = None
    paused_until: datetime | None = None
    snoozed_to: tuple[datetime, ...] = ()


class Limits(Struct, frozen=True):
    """What the person set. `consents` are the kinds that they agreed to."""

    consents: frozenset[str] = frozenset()
    quiet_from: str = "22:00"
    quiet_until: str = "08:00"
    per_day: int = 3
    min_gap: timedelta = timedelta(hours=1)


class Past(Struct, frozen=True):
    """A nudge that was sent, and what the person made of it."""

    kind: str
    about: str
    sent_at: datetime
    answer: Answer = ""


class Asked(NamedTuple):
    """How often somebody said yes and no."""

    yes: int = 0
    no: int = 0


class History(Struct, frozen=True):
    """What is remembered of nudges sent: made by `remembered`. `steps` is how often the gap is doubled.

    `declined` are the moments of those that were declined.
    """

    sent: tuple[datetime, ...] = ()
    declined: tuple[datetime, ...] = ()
    steps: int = 0
    by_kind: Mapping[str, Asked] = {}
    by_thing: Mapping[str, tuple[Past, int]] = {}


class Send(Struct, frozen=True, tag=True):
    """Tell it now. `worth` is the score that it reached."""

    worth: float


class Hold(Struct, frozen=True, tag=True):
    """Not now, and no time is known: it stays on the list, and the next brief shows it."""

    reason: Reason


class Postpone(Struct, frozen=True, tag=True):
    """Not before `until`."""

    reason: Reason
    until: datetime


Decision = Send | Hold | Postpone


def decide(candidate: Candidate, now: datetime, context: Context, history: History, limits: Limits) -> Decision:
    """Whether something is proposed at a moment (`now` has the person's zone). Of several bounds the first one in ORDER speaks."""
    if candidate.kind not in limits.consents:
        return Hold("consent")
    if in_quiet_hours(now, limits.quiet_from, limits.quiet_until):
        return Postpone("quiet hours", _next(now, limits.quiet_until))
    if context.paused_until and now < context.paused_until:
        return Postpone("pause", context.paused_until)
    if sent_today(history, now) >= limits.per_day:
        return Hold("budget")
    if context.busy:
        return Postpone("busy", max(context.busy_until or now, now + LOOK_AGAIN))
    if not context.boundary:
        return Postpone("boundary", now + LOOK_AGAIN)
    beside = [moment + limits.min_gap for moment in context.snoozed_to if abs(now - moment) < limits.min_gap]
    free_at = max(filter(None, (after_gap(history, limits), *beside)), default=None)
    if free_at and now < free_at:
        return Postpone("gap", free_at)
    again_at = _again_at(candidate, history)
    if again_at and now < again_at:
        return Hold("duplicate")
    score = sum(worth(candidate, now, context, history))
    return Send(score) if score >= ENOUGH else Hold("worth")


def explained(decision: Decision, now: datetime, limits: Limits) -> str:
    """A decision in one sentence."""
    match decision:
        case Send():
            return told_reason("send", "", None, now, limits.per_day)
        case Hold(reason):
            return told_reason("hold", reason, None, now, limits.per_day)
        case Postpone(reason, until):
            return told_reason("postpone", reason, until, now, limits.per_day)


def told_reason(decision: str, reason: str, until: datetime | None, now: datetime, per_day: int) -> str:
    """The same for one that is on record: by its name, its reason and its moment."""
    if decision == "send":
        return "It was allowed, you were at a boundary, and it was worth it."
    because = _REASONS[reason].format(per_day=per_day)
    return f"{because}, so it waits at least until {plainly(until, now)}." if until else f"{because}."


_REASONS = {
    "consent": "You have not agreed to nudges of this kind at this time of day",
    "quiet hours": "These are your quiet hours",
    "pause": "You have paused Sage",
    "budget": "A day has {per_day} nudges at most",
    "busy": "You are busy",
    "boundary": "Nothing has just ended",
    "gap": "The last nudge is not long enough ago",
    "duplicate": "You were told of the same thing a short while ago",
    "worth": "It did not seem worth interrupting you",
    "another": "Something else was worth more at that moment",
    "learner": "A better moment of the day may come",
}


# --- bounds ------------------------------------------------------------------------------------------------------------


def sent_today(history: History, now: datetime) -> int:
    """How many were sent on the calendar day of `now`, in its zone."""
    today, count = now.date(), 0
    for moment in reversed(history.sent):
        if moment.astimezone(now.tzinfo).date() != today:
            break
        count += 1
    return count


def gap(steps: int, limits: Limits) -> timedelta:
    """The least time between two nudges: more after each no, less after each yes, never below the person's own."""
    return limits.min_gap * GROWTH**steps


def after_gap(history: History, limits: Limits) -> datetime | None:
    """When the next nudge may come, as far as the gap goes."""
    return history.sent[-1] + gap(history.steps, limits) if history.sent else None


def backed_off(steps: int, answer: Answer) -> int:
    """The number of doublings of the gap after one more answer."""
    if answer in NO:
        return min(steps + 1, MOST_STEPS)
    return max(steps - 1, 0) if answer == "taken" else steps


def remembered(past: Iterable[Past]) -> History:
    """What counts of the nudges sent so far, given in the order in which they were sent."""
    sent: list[datetime] = []
    declined: list[datetime] = []
    steps = 0
    by_kind: dict[str, Asked] = {}
    by_thing: dict[str, tuple[Past, int]] = {}
    for one in past:
        sent.append(one.sent_at)
        declined += [one.sent_at] if one.answer in NO else []
        steps = backed_off(steps, one.answer)
        yes, no = one.answer == "taken", one.answer in NO
        before = by_kind.get(one.kind, Asked())
        by_kind[one.kind] = Asked(before.yes + yes, before.no + no)
        by_thing[one.about] = (one, by_thing[one.about][1] + no if one.about in by_thing else int(no))
    return History(tuple(sent), tuple(declined), steps, by_kind, by_thing)


def _again_at(candidate: Candidate, history: History) -> datetime | None:
    """When the same thing may be told again; never in the case of something that the person took up."""
    last, declined = history.by_thing.get(candidate.about, (None, 0))
    if last is None:
        return None
    if last.answer == "taken":
        return datetime.max.replace(tzinfo=UTC)
    return last.sent_at + (REST * 2 ** min(declined - 1, 5) if last.answer in NO else UNANSWERED)


def _next(now: datetime, wall: str) -> datetime:
    """The next moment at which the person's clock shows a time of day."""
    hour, minute = map(int, wall.split(":"))
    day = now.date() + timedelta(days=time(hour, minute) <= now.time().replace(tzinfo=None))
    return moment_of(datetime.combine(day, time(hour, minute)), now.tzinfo)  # type: ignore[arg-type]


# --- worth -------------------------------------------------------------------------------------------------------------

ENOUGH = 1.05
"""The score that something must reach. All points are log-odds of being welcome, tuned on the study of nudges
(`python -m tests.bench nudges`), on draws of their own."""
USUAL = 0.7
"""The share of yes that is supposed of somebody who has not answered yet."""
DOUBT = 14
"""So many answers weigh as much as what was supposed before them."""
HOUR = 0.75
"""Late morning against late evening: half the difference."""
ENDED = -1.4
"""The end of a meeting in the calendar: nobody knows whether it ended on time, nor whether the person is there."""
DECLINED = -0.5
"""Of each nudge declined, at once; people stay weary of nudges for days, so it is halved with each `WEARY_FOR`."""
WEARY_FOR = timedelta(days=2.5)
NEARNESS = 0.25
"""A deadline that is here against one that was just set."""
SERVES_GOAL = 0.1
JUST_TOUCHED = -1.5
"""What the person has just dealt with they need not be told of."""
TOUCH_LASTS = timedelta(hours=2)


LAST = 12
"""So many declined nudges are looked at; what lies before them has worn off."""


class Worth(NamedTuple):
    """The points of a candidate at a moment, whose sum is its score."""

    history: float
    declined: float
    hour: float
    moment: float
    deadline: float
    goal: float
    recency: float


def worth(candidate: Candidate, now: datetime, context: Context, history: History) -> Worth:
    """What speaks for telling it now, and against."""
    return Worth(
        _by_history(candidate, history),
        DECLINED * sum(0.5 ** ((now - moment) / WEARY_FOR) for moment in history.declined[-LAST:]),
        HOUR * math.cos((now.hour + now.minute / 60 - 11) * math.tau / 24),
        ENDED if context.boundary == "ended" else 0.0,
        _by_deadline(candidate, now),
        SERVES_GOAL if candidate.serves_goal else 0.0,
        JUST_TOUCHED if candidate.touched and timedelta() <= now - candidate.touched < TOUCH_LASTS else 0.0,
    )


def _by_history(candidate: Candidate, history: History) -> float:
    """How welcome nudges of this kind were, as log-odds; the fewer answers to it there are, the more those to all kinds tell."""
    yes = sum(asked.yes for asked in history.by_kind.values())
    no = sum(asked.no for asked in history.by_kind.values())
    general = (yes + USUAL * DOUBT) / (yes + no + DOUBT)
    own = history.by_kind.get(candidate.kind, Asked())
    share = (own.yes + general * DOUBT) / (own.yes + own.no + DOUBT)
    return math.log(share / (1 - share))


def _by_deadline(candidate: Candidate, now: datetime) -> float:
    """The nearer the deadline, the more: by the root of the share of the time for it that has passed.

    People become more willing, but it also becomes likelier that they have seen to it already.
    """
    if candidate.due is None:
        return 0.0
    share = (now - candidate.made_at) / max(candidate.due - candidate.made_at, timedelta(minutes=1))
    return NEARNESS * math.sqrt(min(1.0, max(0.0, share)))
