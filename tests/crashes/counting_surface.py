"""A surface that writes down what it was told in a file outside the home, synced before it says yes, and what must hold of it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from sage.core.schedules.ringing import LATE_AFTER
from sage.core.schedules.schedule import Occurrence, Ring, Schedule


class Line(Struct, frozen=True):
    """One telling as the person saw it."""

    key: str
    slot: str
    at: str
    ring_at: str
    late: str
    asks: bool


class CountingSurface:
    """Shows by appending a line. One that is `idempotent` shows a key once."""

    reachable = True

    def __init__(self, path: Path, now: Callable[[], datetime], *, idempotent: bool) -> None:
        self._path, self._now, self.idempotent = path, now, idempotent
        self.name = "safe" if idempotent else "counting"

    async def tell(self, ring: Ring, key: str) -> bool:
        if self.idempotent and any(line.key == key for line in read_lines(self._path)):
            return True
        one = ring.occurrence
        line = Line(key, f"{one.schedule}/{one.slot}", self._now().isoformat(), one.ring_at, ring.late, ring.asks)
        text = json.dumps({name: getattr(line, name) for name in line.__struct_fields__}) + "\n"
        if not self._path.read_bytes().endswith(b"\n"):
            text = f"\n{text}"  # the line before was torn
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        with os.fdopen(descriptor, "a") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return True


def read_lines(path: Path) -> list[Line]:
    """What was shown; a line that a crash tore was not."""
    found = []
    for text in path.read_text(errors="replace").split("\n")[:-1]:
        try:
            found.append(Line(**json.loads(text)))
        except (ValueError, TypeError):
            continue
    return found


class Aftermath(NamedTuple):
    """What a crash left (`before` the next engine), and what became of it."""

    schedules: dict[str, Schedule]
    before: Sequence[Occurrence]
    after: Sequence[Occurrence]
    lines: Sequence[Line]
    idempotent: bool


def troubles(end: Aftermath, now: datetime) -> list[str]:
    """Whatever was lost, told twice, told too early, wrongly labelled, or is uncertain without a reason."""
    return [*_of_lines(end), *_of_rows(end, now)]


def _of_lines(end: Aftermath) -> list[str]:
    found = []
    by_key, by_slot = Counter(line.key for line in end.lines), Counter(line.slot for line in end.lines)
    found += [f"twice: {key}" for key, count in by_key.items() if count > 1]
    wanted = {f"{one.schedule}/{one.slot}": 1 + one.told for one in end.after}  # once more for each time it was put off
    found += [f"twice: {slot}" for slot, count in by_slot.items() if count > wanted[slot]]
    for line in end.lines:
        wait = datetime.fromisoformat(line.at) - datetime.fromisoformat(line.ring_at)
        if wait.total_seconds() < 0:
            found.append(f"early: {line.key} by {-wait}")
        if (wait > LATE_AFTER) != line.late.startswith("It was due"):
            found.append(f"label: {line.key} was {wait} late and said {line.late!r}")
        if line.asks != (wait > LATE_AFTER and end.schedules[line.slot.partition("/")[0]].late == "ask"):
            found.append(f"label: {line.key} asks: {line.asks}")
    return found


def _of_rows(end: Aftermath, now: datetime) -> list[str]:
    found = []
    shown = Counter(line.slot for line in end.lines)
    was_sent = {f"{one.schedule}/{one.slot}" for one in end.before if one.state in ("sending", "uncertain")}
    for one in end.after:
        slot, schedule = f"{one.schedule}/{one.slot}", end.schedules[one.schedule]
        if datetime.fromisoformat(one.ring_at) > now:
            continue
        match one.state:
            case "due" | "claimed" | "sending":
                found.append(f"lost: {slot} stayed {one.state}")
            case "done" if not shown[slot]:
                found.append(f"lost: {slot} is done, and nobody was told")
            case "missed" if shown[slot]:
                found.append(f"wrong: {slot} was told, and is missed")
            case "missed" if schedule.late != "skip" and not _later_told(end, one):
                found.append(f"lost: {slot} was missed, and nothing said so")
            case "uncertain" if end.idempotent:
                found.append(f"uncertain: {slot}, on a surface that shows nothing twice")
            case "uncertain" if slot not in was_sent:
                found.append(f"uncertain: {slot}, though it was not being sent")
    return found


def _later_told(end: Aftermath, missed: Occurrence) -> bool:
    """Whether a later one of its schedule was told, or may have been: its words own up to those before it."""
    same = [one for one in end.after if one.schedule == missed.schedule and one.due_at > missed.due_at]
    return any(one.state in ("done", "uncertain") for one in same)
