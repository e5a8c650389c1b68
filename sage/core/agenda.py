"""The agenda: what stands in calendars, tasks, reminders and goals, day by day, with what collides and what is free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sage.core.events import Event, Moments, day_begins, moments_of
from sage.core.plans import Goal, Task, account_name
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.schedules.wall_time import due_of

LEAST_ROOM = timedelta(minutes=30)
"""Less is no room to begin something in."""
MOST_DAYS = 62
"""Days that are shown at once."""

OWN_TASKS = "tasks.md"
"""The source of the tasks of the person's own list."""

LineKind = Literal["event", "task", "reminder", "goal"]


class AgendaLine(Struct, frozen=True):
    """One thing. `id` is that of its source; `start` and `end` are local times with their offset, or dates, or "".

    `note` says what else is to know of it, such as the day that a task is from; one that is `fixed` is only shown.
    """

    kind: LineKind
    id: str
    text: str
    start: str = ""
    end: str = ""
    source: str = ""
    note: str = ""
    fixed: bool = False

    @property
    def clock(self) -> str:
        """`09:00`, or "" for what has no time of day."""
        return self.start[11:16]


class Collision(Struct, frozen=True):
    """Two things at the same time, by the ids of their lines, in words."""

    first: str
    second: str
    text: str


class Room(Struct, frozen=True):
    """A free stretch, as local times with their offset."""

    start: str
    end: str


class AgendaDay(Struct, frozen=True):
    """One date: what lasts all day first, then by the clock."""

    day: str
    lines: tuple[AgendaLine, ...]
    collisions: tuple[Collision, ...]
    free: tuple[Room, ...]


class Agenda(Struct, frozen=True):
    """Days in order; `earlier` are open tasks of days before the first, and before today, `anytime` those of no day."""

    days: tuple[AgendaDay, ...]
    earlier: tuple[AgendaLine, ...] = ()
    anytime: tuple[AgendaLine, ...] = ()
    goals: tuple[AgendaLine, ...] = ()
    troubles: tuple[str, ...] = ()


class Quiet(NamedTuple):
    """Quiet hours as local times, such as 22:00 to 08:00; equal ones mean none."""

    start: str
    end: str


@dataclass(frozen=True)
class Plans:
    """All that an agenda is made of."""

    events: Sequence[Event] = ()
    tasks: Sequence[Task] = ()
    reminders: Sequence[tuple[Occurrence, Schedule]] = ()
    goals: Sequence[Goal] = ()
    troubles: Sequence[str] = ()


def agenda(plans: Plans, first: date, days: int, now: datetime, quiet: Quiet) -> Agenda:
    """The agenda of some days from `first` on. `now` is in the person's zone; what has passed today is not free."""
    still_open = [task for task in plans.tasks if not task.done]
    span = [first + timedelta(days=number) for number in range(days)]
    before = str(min(first, now.date()))
    return Agenda(
        tuple(_day(plans, still_open, day, now, quiet) for day in span),
        tuple(_task(task, now.date()) for task in _by_due(still_open) if task.due and task.due[:10] < before),
        tuple(_task(task, now.date()) for task in still_open if not task.due),
        tuple(AgendaLine("goal", goal.id, goal.title, source=goal.path, note=goal.why)
              for goal in plans.goals if goal.state == "open"),
        tuple(plans.troubles),
    )  # fmt: skip


def has_others(found: Agenda) -> bool:
    """Whether words of others may stand in it: events, to which anybody may have invited, and tasks that are kept elsewhere."""
    lines = [*(line for day in found.days for line in day.lines), *found.earlier, *found.anytime]
    return any(line.kind == "event" or (line.kind == "task" and line.source != OWN_TASKS) for line in lines)


def named_day(day: date, today: date) -> str:
    """A date as a person says it: `today`, `Tuesday` in the week around it, else `Tuesday 3 November`."""
    away = (day - today).days
    if abs(away) <= 1:
        return ("yesterday", "today", "tomorrow")[away + 1]
    if abs(away) < 7:
        return f"{day:%A}"
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


@dataclass(frozen=True)
class _Placed:
    line: AgendaLine
    at: Moments
    takes_room: bool


def _day(plans: Plans, tasks: Sequence[Task], day: date, now: datetime, quiet: Quiet) -> AgendaDay:
    zone = _zone(now)
    whole = Moments(day_begins(day, zone.key), day_begins(day + timedelta(days=1), zone.key))
    events = _once(_event(event, whole, zone) for event in plans.events)
    timed = [placed for placed in events if placed.line.clock]
    timed += [_timed_task(task, zone, now.date()) for task in tasks if task.due[:10] == str(day) and len(task.due) > 10]
    timed += [placed for placed in (_reminder(*one, zone) for one in plans.reminders) if _within(placed.at, whole)]
    lines = [placed.line for placed in events if not placed.line.clock]
    lines += [_task(task, now.date()) for task in tasks if task.due == str(day)]
    timed.sort(key=lambda placed: (placed.at, placed.line.id))
    return AgendaDay(
        str(day),
        (*lines, *(placed.line for placed in timed)),
        tuple(_collisions(timed)),
        tuple(_rooms(timed, whole, now, quiet)),
    )


def _once(placed: Iterable[_Placed | None]) -> list[_Placed]:
    """An event that stands in two calendars is one."""
    found: dict[tuple[str, str, str], _Placed] = {}
    for one in placed:
        if one:
            found.setdefault((one.line.text.casefold(), one.line.start, one.line.end), one)
    return list(found.values())


def _event(event: Event, whole: Moments, zone: ZoneInfo) -> _Placed | None:
    at = moments_of(event, zone.key)
    if not (at.meets(whole) or _within(at, whole)):
        return None
    lasts_through = at.start <= whole.start and at.end >= whole.end
    note = event.where
    if event.all_day or lasts_through:
        dates = (event.start, event.end) if event.all_day else (str(_local(at.start, zone))[:10], "")
        return _Placed(AgendaLine("event", event.id, event.title, *dates, event.calendar, note), at, False)
    start = _local(at.start, zone).isoformat()
    end = _local(at.end, zone).isoformat() if at.end > at.start else ""
    return _Placed(AgendaLine("event", event.id, event.title, start, end, event.calendar, note), at, event.busy)


def _task(task: Task, today: date) -> AgendaLine:
    day = date.fromisoformat(task.due[:10]) if task.due else None
    since = f"from {named_day(day, today)}" if day and day < today else ""
    note = ", ".join(filter(None, (since, account_name(task.source))))
    return AgendaLine("task", task.id, task.text, task.due, "", task.source or OWN_TASKS, note, task.read_only)


def _timed_task(task: Task, zone: ZoneInfo, today: date) -> _Placed:
    wall = datetime.fromisoformat(task.due)
    moment = due_of(wall, zone) or day_begins(wall.date(), zone.key)
    line = _task(task, today)
    return _Placed(replace(line, start=_local(moment, zone).isoformat()), Moments(moment, moment), True)


def _reminder(occurrence: Occurrence, schedule: Schedule, zone: ZoneInfo) -> _Placed:
    moment = datetime.fromisoformat(occurrence.ring_at)
    line = AgendaLine("reminder", schedule.id, schedule.text, _local(moment, zone).isoformat(), source="reminders")
    return _Placed(line, Moments(moment, moment), False)


def _collisions(timed: Sequence[_Placed]) -> Iterator[Collision]:
    """Pairs at one time, of what takes room: each with those that begin before it ends."""
    filling = [placed for placed in timed if placed.takes_room]
    for number, one in enumerate(filling):
        for other in filling[number + 1 :]:
            if other.at.start >= one.at.end and other.at.start != one.at.start:
                break
            if one.at.meets(other.at) or one.at.start == other.at.start:
                text = f"{other.line.clock}: {one.line.text} and {other.line.text} are at the same time."
                yield Collision(one.line.id, other.line.id, text)


def _rooms(timed: Sequence[_Placed], whole: Moments, now: datetime, quiet: Quiet) -> Iterator[Room]:
    zone = _zone(now)
    taken = [placed.at for placed in timed if placed.takes_room and placed.at.start < placed.at.end]
    for awake in _awake(whole, zone, quiet):
        begins = max(awake.start, now.astimezone(awake.start.tzinfo))
        borders = [begins]
        for at in taken:
            if at.start < awake.end and at.end > borders[-1]:
                borders += [max(at.start, borders[-1]), at.end]
        borders.append(awake.end)
        for start, end in list(pairwise(borders))[::2]:
            if end - start >= LEAST_ROOM:
                yield Room(_local(start, zone).isoformat(), _local(end, zone).isoformat())


def _awake(whole: Moments, zone: ZoneInfo, quiet: Quiet) -> list[Moments]:
    """What of a date lies outside of the quiet hours."""
    day = _local(whole.start, zone).date()

    def at(clock: str) -> datetime:
        moment = due_of(datetime.combine(day, time.fromisoformat(clock)), zone) or whole.end
        return min(max(moment, whole.start), whole.end)

    if not quiet.start or quiet.start == quiet.end:
        return [whole]
    start, end = at(quiet.start), at(quiet.end)
    spans = [Moments(whole.start, start), Moments(end, whole.end)] if start < end else [Moments(end, start)]
    return [span for span in spans if span.start < span.end]


def _within(at: Moments, whole: Moments) -> bool:
    return whole.start <= at.start < whole.end


def _by_due(tasks: Iterable[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: (task.due, task.id))


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def _zone(now: datetime) -> ZoneInfo:
    assert isinstance(now.tzinfo, ZoneInfo)
    return now.tzinfo
