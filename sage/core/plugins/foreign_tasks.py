"""Tasks that are kept elsewhere, as Sage takes them in at the door and shows them among the person's own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import structs

from sage.core import plans
from sage.core.errors import BadInput
from sage.core.plans import account_name
from sage.core.schedules.wall_time import due_of, zone_of
from sage.core.terminal_text import clean_line
from sage.plugin_api import Task

LONGEST = 2_000
"""Characters of a task's words; the rest is not shown."""


def foreign_id(account: str, task: str) -> str:
    """How Sage calls a task of an account; it stays the same without being kept."""
    return "p" + hashlib.sha256(f"{account}\0{task}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def taken_in(task: Task) -> Task:
    """A task as it came, with nothing in it that could steer a terminal, or that is no date or zone."""
    words = " ".join(clean_line(task.text).split())
    return structs.replace(
        task,
        text=(words if len(words) <= LONGEST else f"{words[:LONGEST]}…") or "(without words)",
        due=_due(task.due),
        done_on=_due(task.done_on)[:10],
        zone=_zone(task.zone),
        recurs=clean_line(task.recurs)[:100],
        where=clean_line(task.where)[:200],
    )


def _due(due: str) -> str:
    """`2026-11-27` or `2026-11-27T09:00`; "" for what is neither, or so near the ends of time that another zone's would lie
    beyond them."""
    try:
        if len(due) == len("2026-11-27"):
            found, said = date.fromisoformat(due), str(date.fromisoformat(due))
        else:
            moment = datetime.fromisoformat(due).replace(tzinfo=None)
            found, said = moment.date(), moment.isoformat(timespec="minutes")
    except ValueError:
        return ""
    return said if date.min.year < found.year < date.max.year else ""


def _zone(name: str) -> str:
    try:
        return zone_of(name).key if name else ""
    except BadInput:
        return ""


def shown(task: Task, account: str, zone: ZoneInfo, change: Literal["", "waiting", "conflict"] = "") -> plans.Task:
    """A task among the person's own; its time is theirs, in `zone`."""
    return plans.Task(
        foreign_id(account, task.id), task.text, task.done, _local_due(task, zone), task.done_on, account, task.revision,
        task.priority, foreign_id(account, task.parent) if task.parent else "", task.recurs, task.where, task.read_only,
        change,
    )  # fmt: skip


def _local_due(task: Task, zone: ZoneInfo) -> str:
    """The time in the person's zone; a date stays one."""
    if len(task.due) == len("2026-11-27") or task.zone in ("", zone.key):
        return task.due
    moment = due_of(datetime.fromisoformat(task.due), ZoneInfo(task.zone)) if task.due else None
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes") if moment else task.due[:10]


def account_called(name: str, accounts: Sequence[str]) -> str:
    """The account that a person means by its name, or by PLUGIN/NAME. Raises BadInput."""
    fits = [account for account in accounts if name in (account, account_name(account))]
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(fits or accounts)
    what = f"Several accounts are called {name!r}: {known}." if fits else f"No account with tasks is called {name!r}."
    raise BadInput(what, safe="Nothing was changed.", do=f"Name one of: {known}." if known else "See: sage plugin list")
