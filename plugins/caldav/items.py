"""Tasks as items of a calendar server (VTODO): read from their text, and changed in it."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sage.plugin_api import UNSET, Change, NewTask, Priority, Refused, Task, Unsupported

from .lines import Broken, Part, Prop, folded, line_of, parts_of, text_from, unfolded, value_from
from .moments import due_line, shown, stamp, wall_of, zone_lines, zone_named
from .returning import following, still_open

_LEVELS: dict[Priority, str] = {"high": "1", "medium": "5", "low": "9", "": "0"}
_DONE = "X-SAGE-DONE"
_CLOSED = ("COMPLETED", "CANCELLED")


class Read(NamedTuple):
    """A task as it was read; `parent` is the UID of the one above it, which the caller turns into an id."""

    task: Task
    uid: str
    parent: str


class Place(NamedTuple):
    """Where an item stands: its path, its mark, and the name and rights of its list."""

    path: str
    etag: str
    where: str
    writable: bool


def read(text: str, place: Place, here: str) -> Read | None:
    """The task of an item; None for one that holds none. `here` is the person's zone. Raises Broken."""
    lines = unfolded(text)
    todos = parts_of(lines, "VTODO")
    if not todos:
        return None
    master = next((part for part in todos if "RECURRENCE-ID" not in part.props), todos[0])
    todo, (known, (due, zone)) = _shown(master, [part for part in todos if part is not master], text, here)
    done = _is_done(todo)
    relation = next(iter(_parents(master)), None)
    task = Task(
        id=place.path,
        text=text_from(todo.value("SUMMARY") or master.value("SUMMARY")) or "(no title)",
        revision=place.etag,
        done=done,
        done_on=_done_on(todo, here) if done else "",
        due=due,
        zone=zone,
        priority=_priority(todo),
        recurs=master.value("RRULE"),
        where=place.where,
        read_only=not (place.writable and known and len(todos) == 1 and _is_strong(place.etag)),
    )
    return Read(task, master.value("UID"), relation.value if relation else "")


def made(uid: str, new: NewTask, parent: str, now: datetime, here: str) -> str:
    """The text of a new item. `parent` is a UID, or ""."""
    zone, due = _written_due(new.due, new.zone or here)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sage//Sage//EN",
        *(zone_lines(zone) if zone else []),
        "BEGIN:VTODO",
        f"UID:{uid}",
        f"DTSTAMP:{stamp(now)}",
        f"CREATED:{stamp(now)}",
        f"LAST-MODIFIED:{stamp(now)}",
        f"SUMMARY:{_words(new.text)}",
        *([due] if due else []),
        *([f"PRIORITY:{_LEVELS[new.priority]}"] if new.priority else []),
        *([f"RELATED-TO:{parent}"] if parent else []),
        "STATUS:NEEDS-ACTION",
        "END:VTODO",
        "END:VCALENDAR",
    ]
    return folded(lines)


def changed(text: str, change: Change, parent: str, now: datetime, here: str) -> str:
    """The text with a change. `parent` is the UID of the new one above it, if the change names one. Raises Refused."""
    lines = unfolded(text)
    (todo,) = parts_of(lines, "VTODO")
    new: dict[str, list[str]] = {}
    zone = ""
    if change.text is not UNSET:
        new["SUMMARY"] = [f"SUMMARY:{_words(change.text)}"]
    if change.priority is not UNSET and change.priority != _priority(todo):
        new["PRIORITY"] = [f"PRIORITY:{_LEVELS[change.priority]}"] if change.priority else []
    if change.parent is not UNSET:
        others = [lines[prop.at] for prop in todo.props.get("RELATED-TO", []) if prop not in _parents(todo)]
        new["RELATED-TO"] = [*others, *([f"RELATED-TO:{parent}"] if parent else [])]
    if change.due is not UNSET or change.zone is not UNSET:
        zone, more = _moved_due(todo, text, change, here)
        new |= more
    return _with(lines, todo, new, now, zone)


def completed(text: str, revision: str, at: datetime, now: datetime, here: str) -> str:
    """The text of an item that is done at a moment, or that goes on to its next time: then it keeps which revision was done.
    Raises Unsupported."""
    lines = unfolded(text)
    (todo,) = parts_of(lines, "VTODO")
    after = following(todo, at, here) if "RRULE" in todo.props else None
    if after is None:
        done = {"STATUS": ["STATUS:COMPLETED"], "COMPLETED": [f"COMPLETED:{stamp(at)}"]}
        return _with(lines, todo, {**done, "PERCENT-COMPLETE": ["PERCENT-COMPLETE:100"]}, now)
    new: dict[str, list[str]] = {"STATUS": ["STATUS:NEEDS-ACTION"], "COMPLETED": [], "PERCENT-COMPLETE": []}
    new[_DONE] = [f"{_DONE}:{_mark(revision)}"]
    for name, value in (("DTSTART", after.start), ("DUE", after.due), ("RRULE", after.rule)):
        if value:
            new[name] = [_valued(todo.props[name][0], value)]
    return _with(lines, todo, new, now)


def was_done(text: str, revision: str) -> bool:
    """Whether the item's task, which returns, was done here when it was at a revision."""
    return any(todo.value(_DONE) == _mark(revision) for todo in parts_of(unfolded(text), "VTODO"))


def uid_of(text: str) -> str:
    """The UID of the item's task. Raises Broken."""
    todos = parts_of(unfolded(text), "VTODO")
    if not todos:
        raise Broken
    return todos[0].value("UID")


def _with(lines: list[str], todo: Part, new: dict[str, list[str]], now: datetime, zone: str = "") -> str:
    """The text with other lines for some properties of the task, and the zone that they need."""
    new = {**new, "LAST-MODIFIED": [f"LAST-MODIFIED:{stamp(now)}"], "DTSTAMP": [f"DTSTAMP:{stamp(now)}"]}
    old = {prop.at for name in new for prop in todo.props.get(name, [])}
    kept = [line for number, line in enumerate(lines[todo.begin : todo.end], todo.begin) if number not in old]
    own = [kept[0], *(line for each in new.values() for line in each), *kept[1:]]
    known = any(part.value("TZID") == zone for part in parts_of(lines, "VTIMEZONE"))
    zones = zone_lines(zone) if zone and not known else []
    return folded([*lines[: todo.begin], *zones, *own, *lines[todo.end :]])


def _moved_due(todo: Part, text: str, change: Change, here: str) -> tuple[str, dict[str, list[str]]]:
    """The zone and the lines of a change of when it is due; the start, if it has one, keeps its distance."""
    due_now, zone_now = _due(todo, text, here)[1]
    due = due_now if change.due is UNSET else change.due
    zone = (zone_now if change.zone is UNSET else change.zone) or here
    start = todo.one("DTSTART")
    if not due:
        if "RRULE" in todo.props and not start:
            raise Refused("A task that returns needs its date.")
        return "", {"DUE": [], "DURATION": []}
    needed, line = _written_due(due, zone)
    new = {"DUE": [line], "DURATION": []}
    if start and due_now:
        as_before = _written_due(due_now, zone_now or here)[1]
        if as_before != line:
            new["DTSTART"] = [_started(start, due_now, due, zone)]
    return needed, new


def _started(start: Prop, old: str, new: str, zone: str) -> str:
    """The line of a start that moves as far as the due date does, and is the same kind of date."""
    timed = len(old) == len(new) > len("2026-11-27")
    by = datetime.fromisoformat(new if timed else new[:10]) - datetime.fromisoformat(old if timed else old[:10])
    wall = wall_of(start)
    there = (wall if isinstance(wall, datetime) else datetime.fromisoformat(f"{wall}T00:00")) + by
    if len(new) == len("2026-11-27"):
        return due_line("DTSTART", f"{min(there.date(), date.fromisoformat(new))}", "")
    return due_line("DTSTART", f"{min(there, datetime.fromisoformat(new)):%Y-%m-%dT%H:%M:%S}", zone)


def _written_due(due: str, zone: str) -> tuple[str, str]:
    """The zone that has to be described, and the line. Raises Refused for a date that does not exist."""
    if not due:
        return "", ""
    try:
        timed = len(due) > len("2026-11-27")
        known = zone_named(zone) if timed else None
        if timed and known is None:
            raise Refused("That time zone is not known.")
        name = known.key if known else ""
        return ("" if name == "UTC" else name), due_line("DUE", due, name)
    except ValueError as error:
        raise Refused("That is no date.") from error


def _valued(prop: Prop, value: str) -> str:
    return line_of(prop.name, value, **prop.params)


def _words(text: str) -> str:
    words = value_from(text)
    if not words:
        raise Refused("A task needs words.")
    return words


def _shown(master: Part, others: list[Part], text: str, here: str) -> tuple[Part, tuple[bool, tuple[str, str]]]:
    """The component that stands for the task, and when it is due: of one that returns, and some of whose times stand by
    themselves, the first that is not done."""
    due = master.one("DUE")
    if not others or "RRULE" not in master.props or any("RECURRENCE-ID" not in part.props for part in others):
        return master, _due(master, text, here)
    try:
        found = still_open(master, others, _is_done, here)
        if found is None:
            return others[-1], _due(others[-1], text, here)
        if found[0] is master and due:
            return master, (True, shown(due._replace(value=found[1]), here))
    except (Unsupported, ValueError, LookupError):
        return master, _due(master, text, here)
    return found[0], _due(found[0], text, here)


def _due(todo: Part, text: str, here: str) -> tuple[bool, tuple[str, str]]:
    """Whether when it is due could be read, and it as (due, zone)."""
    due = todo.one("DUE")
    try:
        if due:
            return True, shown(due, here)
        lasts = "DTSTART" in todo.props and "DURATION" in todo.props
        return True, _by_library(text, here) if lasts else ("", "")
    except ValueError:
        return False, ("", "")
    except LookupError:  # a zone that only the item describes
        with contextlib.suppress(ValueError):
            return True, _by_library(text, here)
        return False, ("", "")


def _by_library(text: str, here: str) -> tuple[str, str]:
    """When it is due, by a whole parse. Raises ValueError."""
    from icalendar import Calendar, use_zoneinfo

    use_zoneinfo()  # type: ignore[no-untyped-call]  # forgets zones that other items described under the same name
    try:
        todo: Any = Calendar.from_ical(text).walk("VTODO")[0]
        found = todo["DUE"].dt if "DUE" in todo else todo["DTSTART"].dt + todo["DURATION"].dt
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError from error
    if not isinstance(found, datetime):
        return found.isoformat(), ""
    zone = getattr(found.tzinfo, "key", "")
    if found.tzinfo is None or zone not in ("", "UTC"):
        return f"{found:%Y-%m-%dT%H:%M}", zone
    try:
        return f"{found.astimezone(ZoneInfo(here)):%Y-%m-%dT%H:%M}", here
    except OverflowError as error:
        raise ValueError from error


def _done_on(todo: Part, here: str) -> str:
    try:
        moment = wall_of(todo.props["COMPLETED"][0])
    except (KeyError, ValueError):
        return ""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(here)).date().isoformat()


def _is_done(todo: Part) -> bool:
    status = todo.value("STATUS").strip().upper()
    return status in _CLOSED or (not status and "COMPLETED" in todo.props)


def _priority(todo: Part) -> Priority:
    level = todo.value("PRIORITY").strip()
    if not level.isdecimal() or not 1 <= int(level) <= 9:
        return ""
    return "high" if int(level) < 5 else "medium" if int(level) == 5 else "low"


def _parents(todo: Part) -> list[Prop]:
    return [
        prop for prop in todo.props.get("RELATED-TO", []) if prop.params.get("RELTYPE", "PARENT").upper() == "PARENT"
    ]


def _mark(revision: str) -> str:
    return hashlib.sha256(revision.encode()).hexdigest()[:16]


def _is_strong(etag: str) -> bool:
    """Whether a write can be made to depend on it."""
    return bool(etag) and not etag.startswith("W/")
