"""Rules that hang on events of the calendar: which events they mean, when they are due, and what changes when events do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from sage.core.events import Event, moments_of
from sage.core.schedules.recurrence import Due
from sage.core.schedules.schedule import Occurrence, Rule, Schedule
from sage.core.schedules.wall_time import DAY_BEGINS, due_of, plainly, zone_of
from sage.core.words import stem, words

EVERY = "*"
"""The anchor that any event is."""
AHEAD = timedelta(days=3)
"""So long before it is due an occurrence gets its row: from then on it is told whatever becomes of the calendar."""
GENERIC = ("event", "appointment", "meeting", "call", "class", "lesson", "session")
"""Kinds of events: in front of one of these, another word says which ("dentist appointment" means events with "dentist")."""


class Hanging(NamedTuple):
    """One event that a rule means. `slot` names it, whatever becomes of its time or title; the moments are UTC."""

    slot: str
    at: datetime
    begins: datetime
    title: str


class Change(NamedTuple):
    """What happens to a schedule's rows: `drop` are taken out, `add` are put in; a row that moves is in both."""

    drop: tuple[Occurrence, ...] = ()
    add: tuple[Occurrence, ...] = ()


def hanging(rule: Rule, events: Iterable[Event], zone: str) -> list[Hanging]:
    """The events that a rule means, in the order in which they are due. `zone` is where the person is.

    One that lasts all day begins at DAY_BEGINS, and only a rule that names it means it: "every event" has a time.
    """
    found = []
    for event in events:
        if not means(rule.anchor, event.title) or (event.all_day and rule.anchor == EVERY):
            continue
        begins = moments_of(event, zone).start
        if event.all_day:
            begins = due_of(_first_morning(event), zone_of(zone)) or begins
        begins = begins.astimezone(UTC)
        found.append(Hanging(event.lasting or event.id, begins + timedelta(minutes=rule.minutes), begins, event.title))
    return sorted(found, key=lambda one: (one.at, one.title, one.slot))


def means(anchor: str, title: str) -> bool:
    """Whether a title has an anchor's words, in their order; "stand-up" and "stand up" are "standup", and endings may differ."""
    wanted = words(anchor)
    if len(wanted) > 1 and wanted[-1].removesuffix("s") in GENERIC:
        wanted.pop()
    named = [stem(word) for word in words(title)]
    wanted = [stem(word) for word in wanted]
    if any(named[place : place + len(wanted)] == wanted for place in range(len(named))) or anchor == EVERY:
        return True
    return len(wanted) == 1 and wanted[0] in [stem(one + other) for one, other in pairwise(words(title))]


def next_of(rule: Rule, found: Sequence[Hanging], now: datetime, count: int) -> list[Hanging]:
    """The next ones, as they are shown before the rule counts: one for each moment, and only one of a rule for the next event."""
    later = {one.at: one for one in reversed(found) if one.at > now}
    return [later[at] for at in sorted(later)][: 1 if is_once(rule) else count]


def is_once(rule: Rule) -> bool:
    """Whether a rule means the next such event only."""
    return bool(rule.anchor and rule.rrule)


def as_due(one: Hanging, here: datetime) -> Due:
    """How it is shown, by the clocks of `here`."""
    return Due(one.at.astimezone(here.tzinfo).replace(tzinfo=None), one.at, one.title)


def changed(
    schedule: Schedule,
    rows: Sequence[Occurrence],
    found: Sequence[Hanging],
    since: datetime,
    now: datetime,
    *,
    whole: bool,
) -> Change:
    """What becomes of a schedule's rows now that its events are those that were found.

    A row that nobody was told yet goes with its event: moved, dropped, or added, also when it came due after `since` (when it
    was looked at last) or its event is still ahead. It stays when its event may only have been left out: when some calendar
    could not be read (not `whole`), or once the event has begun, since many a calendar drops what has passed. All others stay
    as they are, and no event and no moment gets a second one.
    """
    open_rows = {row.slot: row for row in rows if row.state == "due" and not row.told and not row.told_by}
    settled = [row for row in rows if row.slot not in open_rows]
    known = {one.slot for one in found}
    gone = [row for row in open_rows.values() if row.slot not in known]
    staying = [row for row in gone if not whole or not _is_ahead(row, schedule.rule, now)]
    wanted = _wanted(schedule, open_rows, found, since, now, over={row.slot for row in settled})
    if is_once(schedule.rule):
        wanted = [] if staying or (settled and not open_rows) else wanted[:1]
    moments = {row.due_at for row in (*settled, *staying)}
    kept: dict[str, str] = {}
    for one in sorted(wanted, key=lambda one: (one.at, not _stands(one, open_rows))):
        if one.at.isoformat() not in moments:
            moments.add(one.at.isoformat())
            kept[one.slot] = one.at.isoformat()
    staying_slots = {row.slot for row in staying}
    drop = [row for row in open_rows.values() if row.slot not in staying_slots and kept.get(row.slot) != row.due_at]
    unchanged = {row.slot for row in open_rows.values() if kept.get(row.slot) == row.due_at}
    add = [Occurrence(schedule.id, slot, at, at) for slot, at in kept.items() if slot not in unchanged]
    return Change(tuple(drop), tuple(add))


def named(schedule: Schedule, events: Sequence[Hanging], now: datetime) -> Schedule:
    """The schedule as it is told: with the names of its events, and when the first begins, or began."""
    if not events:
        return schedule
    titles = " and ".join(f"“{title}”" for title in dict.fromkeys(one.title for one in events))
    return replace(schedule, text=f"{schedule.text} ({titles}, {plainly(events[0].begins, now)})")


def anchor_text(rule: Rule) -> str:
    """What is said of an event when the person named nothing else to say."""
    return "Your event" if rule.anchor == EVERY else rule.anchor[:1].upper() + rule.anchor[1:]


def still_ahead(occurrence: Occurrence, rule: Rule, now: datetime) -> bool:
    """Whether its event is still to begin, so that what is late is not yet in vain."""
    return datetime.fromisoformat(occurrence.due_at) - timedelta(minutes=rule.minutes) > now


def _wanted(
    schedule: Schedule,
    open_rows: dict[str, Occurrence],
    found: Sequence[Hanging],
    since: datetime,
    now: datetime,
    over: set[str],
) -> list[Hanging]:
    made = min(datetime.fromisoformat(schedule.made_at), now)  # later than now: the clock was ahead then
    return [
        one
        for one in found
        if one.slot not in over
        and one.at <= now + AHEAD
        and (one.slot in open_rows or (one.at > made and (one.at > since or one.begins > now)))
    ]


def _stands(one: Hanging, open_rows: dict[str, Occurrence]) -> bool:
    row = open_rows.get(one.slot)
    return row is not None and row.due_at == one.at.isoformat()


def _is_ahead(row: Occurrence, rule: Rule, now: datetime) -> bool:
    return datetime.fromisoformat(row.due_at) > now or still_ahead(row, rule, now)


def _first_morning(event: Event) -> datetime:
    return datetime.combine(date.fromisoformat(event.start), time.fromisoformat(DAY_BEGINS))
