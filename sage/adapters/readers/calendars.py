"""Calendars (iCalendar, RFC 5545): events, to-dos and journal entries, each a document of its own."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sage.adapters.calendar_zones import own_zones, with_zones
from sage.adapters.readers.reading import Files, Reading, read_bytes
from sage.core.errors import Unreadable
from sage.core.labels import Origin
from sage.core.passages import Passage, digest_of
from sage.core.reading.documents import Document, Part, Person, Piece

_BLOCK = re.compile(rb"^BEGIN:(VEVENT|VTODO|VJOURNAL|VTIMEZONE)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_UID = re.compile(rb"^(UID|RECURRENCE-ID)\b[^:\r\n]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE | re.IGNORECASE)
_WORDS = {"VEVENT": "event", "VTODO": "todo", "VJOURNAL": "journal"}


def looks_like_calendar(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR")


def read_calendar(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """The entries of a calendar. Each is parsed by itself, so that a broken one takes no other with it."""
    data = read_bytes(files, name)
    if b"BEGIN:VCALENDAR" not in data.upper():
        raise Unreadable("It is no calendar: it does not begin as one.", do="Export it again as iCalendar (.ics).")
    names: Counter[str] = Counter()
    zones: dict[str, str] = {}
    line, counted = 1, 0
    for found in _BLOCK.finditer(data):
        kind = found[1].decode().upper()
        end = data.find(b"END:" + found[1], found.end())
        line, counted = line + data.count(b"\n", counted, found.start()), found.start()
        if end < 0:
            reading.cut_off = True
            reading.tell(f"The last entry is cut off (line {line}).", "Export the calendar again.")
            return
        block = data[found.start() : end] + b"END:" + found[1] + b"\r\n"
        if kind == "VTIMEZONE":
            zones.update(_keep_timezone(block))
            continue
        ids = {key.upper(): re.sub(rb"\r?\n[ \t]", b"", value).strip() for key, value in _UID.findall(block)}
        own = b"/".join(ids[key] for key in (b"UID", b"RECURRENCE-ID") if ids.get(key)).decode("utf-8", "replace")
        own = own or digest_of(block.decode("utf-8", "replace"))
        names[own] += 1
        unique = own if names[own] == 1 else f"{own}~{names[own]}"

        def load(block: bytes = block, line: int = line, kind: str = kind) -> Document:
            return _entry(with_zones(block.decode("utf-8", "replace"), zones), kind, line, reading)

        yield Part(unique, digest_of(block.decode("utf-8", "surrogateescape"), str(line)), load)


def _keep_timezone(block: bytes) -> dict[str, str]:
    """Lets the library know a calendar's own time zone, and returns under which name; one that does not parse leaves times
    without a zone."""
    import icalendar

    text = block.decode("utf-8", "replace")
    zones = own_zones(text)
    with contextlib.suppress(ValueError, KeyError, IndexError, TypeError, AttributeError):
        icalendar.Timezone.from_ical(with_zones(text, zones))
    return zones


def _entry(block: str, kind: str, line: int, reading: Reading) -> Document:
    import icalendar

    try:
        entry: Any = icalendar.Component.from_ical(block)
        return _document(entry, kind, line, reading.person)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        # What a library for text from anywhere raises on broken text; the entry alone is lost.
        reading.tell(f"The entry at line {line} does not parse ({type(error).__name__}).", "Mend or delete it.")
        return Document("", ())


def _document(entry: Any, kind: str, line: int, person: Person) -> Document:
    title = " ".join(str(entry.get("SUMMARY", "")).split()) or "(no title)"
    start, end = _moment(entry, "DTSTART"), _moment(entry, "DTEND")
    due, done = _moment(entry, "DUE"), _moment(entry, "COMPLETED")
    organizer, people = _people(entry)
    lines = [title, _span(start, end)]
    lines += [f"{label}: {value}" for label, value in (("Due", due), ("Done", done)) if value]
    lines += [f"Repeats: {_text(rule)}" for rule in _listed(entry, "RRULE")]
    lines += [f"{label}: {_text(entry[key])}" for label, key in (("Where", "LOCATION"), ("Status", "STATUS"), ("Link", "URL"))
              if entry.get(key)]  # fmt: skip
    if people:
        lines.append(f"With: {', '.join(people)}")
    lines.append(_text(entry.get("DESCRIPTION", "")).strip())
    text = "\n".join(filter(None, lines))
    categories = [str(name) for group in _listed(entry, "CATEGORIES") for name in getattr(group, "cats", [group])]
    called_by = organizer if organizer and not _is_person(organizer, person) else None
    origin: Origin = "contact" if called_by else "user"
    passage = Passage(text, 0, len(text), line, title, tags=(_WORDS[kind], *categories))
    speaker = (called_by[0] or called_by[1]) if called_by else None
    return Document(title, (Piece(passage, start or due or done or None, speaker, origin),), " ".join(people))


def _is_person(organizer: tuple[str, str], person: Person) -> bool:
    return person.is_named(organizer[0]) or person.has_address(organizer[1])


def _people(entry: Any) -> tuple[tuple[str, str] | None, list[str]]:
    """Who called the meeting (name, address), and the names of all who belong to it."""
    organizers = [_person(one) for one in _listed(entry, "ORGANIZER")]
    guests = [_person(one) for one in _listed(entry, "ATTENDEE")]
    names = dict.fromkeys(name or address for name, address in (*organizers, *guests))
    return (organizers[0] if organizers else None), [name for name in names if name]


def _person(value: Any) -> tuple[str, str]:
    address = re.sub(r"(?i)^mailto:", "", str(value)).strip()
    return " ".join(str(getattr(value, "params", {}).get("CN", "")).split()), address


def _listed(entry: Any, key: str) -> list[Any]:
    value = entry.get(key)
    return value if isinstance(value, list) else [] if value is None else [value]


def _moment(entry: Any, key: str) -> str:
    """An ISO 8601 date or time, or ""."""
    value = getattr(entry.get(key), "dt", None)
    return value.isoformat() if isinstance(value, date) else ""


def _span(start: str, end: str) -> str:
    """From when to when, in one line that can be read and searched."""
    if not start:
        return ""
    first = datetime.fromisoformat(start)
    if len(start) <= 10:
        return f"{first:%A} {start}" + (f" to {end}" if end and end != start else "")
    until = end[11:16] if end[:10] == start[:10] else end[:16].replace("T", " ")
    zone = start[19:]
    return (
        f"{first:%A} {start[:10]} {start[11:16]}" + (f" to {until}" if until else "") + (f" ({zone})" if zone else "")
    )


def _text(value: Any) -> str:
    found = (
        value.to_ical().decode("utf-8", "replace")
        if hasattr(value, "to_ical") and not isinstance(value, str)
        else value
    )
    return str(found)
