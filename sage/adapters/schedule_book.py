"""What the person asked to be told, as they change it: reminders are added, moved, skipped, put off, answered, removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sage.adapters.anchor_calendar import AnchorCalendar, NoCalendar
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.errors import BadInput, NotFound
from sage.core.ports import Calendar
from sage.core.schedules.anchors import AHEAD, as_due, changed
from sage.core.schedules.own_times import OWN_KINDS, RITUAL_WORDS
from sage.core.schedules.planning import planned, upcoming, zone_for
from sage.core.schedules.recurrence import Due, checked, dues
from sage.core.schedules.saying import NO_EVENT_YET, NOT_READ
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.schedules.wall_time import plainly

_FARTHEST = timedelta(days=366 * 100)


class ScheduleBook:
    """Implements the port `Reminders`. `changed` is called after each change, so that the alarm can be set again."""

    def __init__(self, pages: SchedulePages, calendar: Calendar | None = None) -> None:
        self._pages, self._events = pages, AnchorCalendar(calendar or NoCalendar())
        self.changed: Callable[[], None] = lambda: None

    def add(self, schedule: Schedule, now: datetime) -> list[Due]:
        """Keeps a schedule, once per id, and returns its next occurrences. Raises BadInput when it has none."""
        kept = replace(schedule, rule=checked(schedule.rule), made_at=now.astimezone(UTC).isoformat())
        following = self.upcoming(kept, now)
        self._pages.add(kept, self._first(kept, now), now)
        self.changed()
        return following

    def preview(self, schedule: Schedule, now: datetime) -> list[Due]:
        """What `add` would return, and keeps nothing. Raises BadInput as it does."""
        return self.upcoming(replace(schedule, rule=checked(schedule.rule)), now)

    def upcoming(self, schedule: Schedule, now: datetime, count: int = 3) -> list[Due]:
        """A schedule's next occurrences, as they are shown before it counts. Raises BadInput when it has none; one that hangs
        on events may have none yet."""
        if schedule.rule.anchor:
            return [as_due(one, now) for one in self._events.following(schedule.rule, now, count).events]
        found = upcoming(schedule.rule, now, _here(now), count)
        if not found:
            passed = next(dues(schedule.rule, zone_for(schedule.rule, _here(now))), None)
            what = f"{plainly(passed.at, now)} has passed." if passed else "That time does not exist."
            raise BadInput(what, safe="No reminder was set.", do="Name a later time.")
        if found[0].at - now > _FARTHEST:
            raise BadInput(
                f"{found[0].wall.year} is too far away.", safe="No reminder was set.", do="Name an earlier time."
            )
        return found

    def following(self, schedule: Schedule, now: datetime, count: int = 3) -> list[Due]:
        """The next occurrences of a schedule that is kept, without those that are skipped."""
        if schedule.state != "on":
            return []
        if schedule.rule.anchor:
            return self._following_events(schedule, now, count)
        skipped = {one.due_at for one in self.occurrences(schedule.id) if one.state == "skipped"}
        found = upcoming(schedule.rule, now, _here(now), count + len(skipped))
        return [due for due in found if due.at.astimezone(UTC).isoformat() not in skipped][:count]

    def event_notes(self, schedule: Schedule, now: datetime) -> tuple[str, ...]:
        """What is to be said of the calendar that a schedule goes by: that it has no such event yet, or cannot be read."""
        if not schedule.rule.anchor or schedule.state != "on":
            return ()
        try:
            found = self._events.following(schedule.rule, now, 1)
        except BadInput as error:
            return (error.what,)
        if not found.whole:
            return (
                *found.troubles,
                "What was planned by it stays planned." if self._is_waiting(schedule) else NOT_READ,
            )
        return (*found.troubles, *(() if found.events or self._is_waiting(schedule) else (NO_EVENT_YET,)))

    def _is_waiting(self, schedule: Schedule) -> bool:
        return any(one.state == "due" for one in self.occurrences(schedule.id))

    def _following_events(self, schedule: Schedule, now: datetime, count: int) -> list[Due]:
        """From the calendar, without what is over; what waits though the calendar does not have it now is told as well."""
        rows = self.occurrences(schedule.id)
        over = {one.slot for one in rows if one.state != "due" and datetime.fromisoformat(one.due_at) > now}
        try:
            events = self._events.following(schedule.rule, now, count + len(over)).events
        except BadInput:
            events = []
        found = [as_due(one, now) for one in events if one.slot not in over]
        known = {due.at.isoformat() for due in found}
        found += [
            Due(at.astimezone(now.tzinfo).replace(tzinfo=None), at)
            for one in rows
            if one.state == "due" and one.due_at not in known and (at := datetime.fromisoformat(one.due_at)) > now
        ]
        return sorted(found, key=lambda due: due.at)[:count]

    def _first(self, schedule: Schedule, now: datetime) -> list[Occurrence]:
        if not schedule.rule.anchor:
            return planned(schedule, now, now, _here(now))
        told = [one for one in self.occurrences(schedule.id) if one.state != "due"]
        found = self._events.found(schedule.rule, now, now + AHEAD, now)
        events = [one for one in found.events if one.slot not in {row.slot for row in told}]
        return list(changed(schedule, (), events, now, now, whole=found.whole).add)

    def schedules(self, *, removed: bool = False) -> list[Schedule]:
        """All reminders and nudges, and the rituals that have a time in the settings, as they were made."""
        known = self._pages.all(removed=removed)
        return [one for one in known if one.kind not in OWN_KINDS or one.kind in RITUAL_WORDS]

    def waiting(self) -> list[tuple[Occurrence, Schedule]]:
        """What nobody was told yet, the next one first; what Sage tells at times of its own is none of it."""
        known = {schedule.id: schedule for schedule in self.schedules()}
        told = [(one, known[one.schedule]) for one in self._pages.waiting() if one.schedule in known]
        return [(one, schedule) for one, schedule in told if schedule.kind not in OWN_KINDS]

    def next_up(self, now: datetime) -> tuple[str, str]:
        """When the next reminder is told (ISO, in `now`'s zone), and its words; "" both for none."""
        for one, schedule in self.waiting():
            if (at := datetime.fromisoformat(one.ring_at)) > now:
                return at.astimezone(now.tzinfo).isoformat(timespec="minutes"), schedule.text
        return "", ""

    def occurrences(self, schedule: str) -> list[Occurrence]:
        """All occurrences of a schedule that have a row, in their order."""
        return self._pages.occurrences(schedule)

    def find(self, words: str) -> Schedule:
        """The schedule of an id, or the one with those words. Raises NotFound, or BadInput when several have them."""
        known = self.schedules(removed=True)
        by_id = [one for one in known if one.id == words]
        in_force = [one for one in known if one.state == "on"]
        found = by_id or [one for one in in_force if words.casefold() in one.text.casefold()]
        if not found or not words.strip():
            raise NotFound(
                f"There is no reminder {words!r}.", safe="Nothing was changed.", do="See: sage schedule list"
            )
        if len(found) > 1:
            names = "; ".join(f"{one.id} {one.text}" for one in found[:5])
            raise BadInput(
                f"Several reminders have {words!r}: {names}.", safe="Nothing was changed.", do="Name one by its id."
            )
        return found[0]

    def change(self, schedule: Schedule, now: datetime) -> list[Due]:
        """Puts a schedule in the place of the one with its id; what was told stays told. Raises BadInput when nothing follows."""
        _follows_settings(schedule)
        kept = replace(schedule, rule=checked(schedule.rule), state="on")
        following = self.upcoming(kept, now)
        self._pages.change(kept, self._first(kept, now), now)
        self.changed()
        return following

    def skip(self, schedule: Schedule, now: datetime) -> Occurrence:
        """Leaves out the next occurrence, and returns it. Raises NotFound when none waits."""
        waiting = [one for one in self._pages.waiting() if one.schedule == schedule.id]
        if not waiting:
            raise NotFound("Nothing of it is waiting.", safe="Nothing was changed.", do="See: sage schedule list")
        self._pages.move(waiting[0], "due", "skipped", now)
        self.changed()
        return waiting[0]

    def remove(self, schedule: Schedule, now: datetime) -> None:
        """Takes a schedule out of force; what was told of it stays on record. Raises BadInput for one that a setting makes."""
        _follows_settings(schedule)
        self._pages.change(replace(schedule, state="removed"), (), now)
        self.changed()

    def put_off(self, occurrence: Occurrence, until: datetime, now: datetime) -> None:
        """Tells an occurrence (again) at a later moment. Raises BadInput for a moment that has passed."""
        if until <= now:
            raise BadInput(f"{plainly(until, now)} has passed.", safe="Nothing was changed.", do="Name a later time.")
        self._pages.put_off(occurrence, until, now)
        self.changed()

    def acknowledge(self, occurrence: Occurrence, now: datetime) -> None:
        """The person has seen it: it is not told again, and is no longer uncertain."""
        self._pages.move(occurrence, "due", "done", now, "person")
        self._pages.move(occurrence, "uncertain", "done", now, "person")
        self.changed()


def _follows_settings(schedule: Schedule) -> None:
    if schedule.kind in RITUAL_WORDS:
        raise BadInput(
            f"That time is the setting {schedule.kind}.at.",
            safe="Nothing was changed.",
            do="Change it in settings.toml (empty: never); leave out one with: sage schedule skip",
        )


def _here(now: datetime) -> ZoneInfo:
    assert isinstance(now.tzinfo, ZoneInfo)
    return now.tzinfo
