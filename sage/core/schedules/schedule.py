"""Schedules and their occurrences, as they are kept."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ScheduleKind = Literal["reminder", "brief", "shutdown", "review", "nudge", "focus", "calendar"]
ScheduleState = Literal["on", "ended", "removed"]
Late = Literal["say so", "skip", "ask"]
"""What becomes of an occurrence whose time passed while nobody could be told: it is told with a word about that, only shown as
missed, or put as a question."""
OccurrenceState = Literal["due", "claimed", "sending", "done", "missed", "skipped", "uncertain"]
"""due: nobody was told; claimed: whoever tells it took it; sending: the surface is called; done: its receipt is kept; missed:
its time passed, and was not told; skipped: the person left it out; uncertain: whoever told it was killed between the call and
its receipt, so that only the person knows whether it came."""


class Rule(Struct, frozen=True):
    """When something is due: first at the local time `wall` (ISO, to the minute) in the IANA zone `zone`.

    `rrule` is a recurrence as in RFC 5545, without its start ("" for once). With `travels` the local time is that of
    wherever the person is. With an `anchor` it is due `minutes` after the start of each event that has those words in its
    title ("*": of every event), before it when negative; the `rrule` COUNT=1 means the next such event only.
    """

    wall: str
    zone: str
    rrule: str = ""
    travels: bool = False
    anchor: str = ""
    minutes: int = 0


class Schedule(Struct, frozen=True):
    """What the person asked to be told, and when. One that `insists` is told again until the person answers."""

    id: str
    text: str
    rule: Rule
    kind: ScheduleKind = "reminder"
    late: Late = "say so"
    insists: bool = False
    state: ScheduleState = "on"
    made_at: str = ""


class Occurrence(Struct, frozen=True):
    """One time at which a schedule is due. `slot` names it: its local time, or its event's. The moments are UTC.

    `ring_at` is when to tell it: `due_at`, or later when the person put it off. `told` counts the tellings of one that insists.
    `told_by` is the surface that told it, or "person" when the person was first. Of one that is due, it is the only surface
    that may tell it: whoever told it there was killed, and it may have come. `owned_up`: the person knows that it was missed,
    or is uncertain.
    """

    schedule: str
    slot: str
    due_at: str
    ring_at: str
    state: OccurrenceState = "due"
    told: int = 0
    told_by: str = ""
    changed_at: str = ""
    owned_up: bool = False

    @property
    def key(self) -> str:
        """What a surface knows this telling by, so that none is shown twice."""
        return f"{self.schedule}/{self.slot}/{self.told}"


class Ring(Struct, frozen=True):
    """An occurrence whose time has come. `late` says in words that it is late ("" when not), and what was missed before it;
    when it `asks`, the person decides whether it still counts. `lines` are for who has room for more than the one line."""

    schedule: Schedule
    occurrence: Occurrence
    late: str = ""
    asks: bool = False
    lines: tuple[str, ...] = ()
