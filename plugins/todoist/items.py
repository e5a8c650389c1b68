"""Todoist's items as tasks, and tasks as its items."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sage.plugin_api import Priority, Refused, Task

Item = dict[str, Any]

LONGEST = 500
"""Characters of the longest words that Todoist takes."""
_NUMBERS: dict[Priority, int] = {"high": 4, "medium": 3, "low": 2, "": 1}
_PRIORITIES = {number: name for name, number in _NUMBERS.items()}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DATE = len("2026-11-27")
_MINUTE = len("2026-11-27T09:00")


def task_of(item: Item, projects: Mapping[str, str], zone: str) -> Task:
    """An item as a task. `projects`: their names by id. `zone`: the person's, in which the date of completion is told."""
    due, due_zone = _due(item, zone)
    done = bool(item.get("checked"))
    ended = _moment(item.get("completed_at"))
    return Task(
        item["id"], item["content"], revision_of(item), done,
        done_on=f"{ended.astimezone(ZoneInfo(zone)):%Y-%m-%d}" if done and ended else "",
        due=due,
        zone=due_zone,
        priority=_PRIORITIES.get(item.get("priority", 1), ""),
        parent=item.get("parent_id") or "",
        recurs=item["due"].get("string") or "yes" if returns(item) else "",
        where=projects.get(item.get("project_id", ""), ""),
    )  # fmt: skip


def revision_of(item: Item) -> str:
    """Another one after every change. Without the moment of the change once it is done: two ways of asking for one that
    is done need not agree on that."""
    done = bool(item.get("checked"))
    fields = ("content", "description", "due", "deadline", "priority", "parent_id", "project_id", "labels")
    shown = [item.get(field) for field in fields] + [done, None if done else item.get("updated_at")]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def returns(item: Item) -> bool:
    """Whether it comes again when it is done."""
    return bool((item.get("due") or {}).get("is_recurring"))


def date_of(item: Item) -> str:
    """Its date as Todoist has it; "" without one."""
    return str((item.get("due") or {}).get("date") or "")


def words(text: str) -> str:
    """Words that Todoist takes as they are. Raises Refused."""
    if not text.strip():
        raise Refused("A task needs words.")
    if _CONTROL.search(text):
        raise Refused("A task of Todoist is one line of plain text.")
    if len(text) > LONGEST:
        raise Refused(f"A task of Todoist has at most {LONGEST} characters.")
    return text


def priority_of(name: Priority) -> int:
    """Todoist's number, where 4 is the most urgent."""
    return _NUMBERS[name]


def due_of(due: str, zone: str) -> dict[str, str] | None:
    """Todoist's due: a date; a time wherever the person is (`zone` ""); or a moment with its zone. Raises Refused."""
    if not due:
        return None
    try:
        wall = datetime.fromisoformat(due)
        place = ZoneInfo(zone) if zone else None
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise Refused("That is no date, or no time zone.") from error
    if len(due) == _DATE:
        return {"date": due}
    if place is None:
        return {"date": f"{wall:%Y-%m-%dT%H:%M:%S}"}
    return {"date": f"{wall.replace(tzinfo=place).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "timezone": zone}


def _due(item: Item, zone: str) -> tuple[str, str]:
    """The date or wall time, and its zone ("": the person's)."""
    date, name = date_of(item), str((item.get("due") or {}).get("timezone") or "")
    if not date.endswith("Z"):
        return (date if len(date) == _DATE else date[:_MINUTE]), ""
    moment = _moment(date)
    if moment is None:
        return "", ""
    with contextlib.suppress(ValueError, ZoneInfoNotFoundError):  # also a distance from UTC instead of a name
        return f"{moment.astimezone(ZoneInfo(name)):%Y-%m-%dT%H:%M}", name
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}", ""


def _moment(stamp: Any) -> datetime | None:
    with contextlib.suppress(ValueError, TypeError):
        found = datetime.fromisoformat(stamp)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
