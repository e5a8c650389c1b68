"""What plugins are and can do, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sage.core.plans import account_name
from sage.plugin_api import Capability, Kind

KINDS: dict[Kind, str] = {
    "messaging": "messages",
    "tasks": "tasks",
    "calendar": "events",
    "notifier": "notifications",
    "tools": "tools",
}
CAPABILITIES: dict[Capability, str] = {
    "RECEIVE": "messages come in",
    "SEND": "messages can be sent",
    "DRAFT": "answers are left as drafts in your own program",
    "THREADS": "replies stand in their threads",
    "GROUPS": "groups are known as such",
    "EDIT": "messages that are changed later arrive changed",
    "TYPING": "the other side sees that something is being written",
    "E2EE": "messages are encrypted from end to end",
    "RESUME": "what came while Sage was off arrives, too",
    "IDEMPOTENT_SEND": "a message whose sending was cut off is never sent twice",
    "CREATE": "tasks can be made there",
    "UPDATE": "tasks can be changed there",
    "COMPLETE": "tasks can be ticked off there",
    "CHANGES": "only what changed is read",
    "DUE_DATE": "tasks have a day",
    "DUE_DATETIME": "tasks have a day and a time",
    "RECURRENCE": "tasks can return",
    "PRIORITY": "tasks have a priority",
    "SUBTASKS": "tasks have tasks below them",
}
TIERS = {
    "A": "tested against the real thing",
    "B": "tested against an independent stand-in, never run against the live service",
    "C": "tested against a stand-in of its own makers, never run against the live service",
}

STATES = {"off": "off", "starting": "starting", "on": "on", "waits": "waits", "parked": "stopped"}
"""How an account is."""


class Standing(Struct, frozen=True):
    """How an account is (a key of `STATES`), with a sentence about it ("": it is well)."""

    account: str
    state: str
    words: str = ""


def tasks_trouble(account: str, standing: Standing | None, trouble: str, as_of: str) -> str:
    """What has to be said of an account's tasks, and what to do, in a line; "" when they are as they are there. `trouble`:
    why they could not be read last; `as_of`: since when they stand as they do, in words ("": none was ever read)."""
    name = account_name(account)
    away = standing if standing and standing.words and standing.state in ("parked", "waits") else None
    if why := away.words if away else trouble:
        seen = f"They are shown as they were {as_of}, and may be out of date." if as_of else "None of them is shown."
        if away and away.state == "parked":  # which says at its end what to do
            return f"The tasks of {name} cannot be read now. {seen} {why}"
        return f"The tasks of {name} cannot be read now: {why} {seen} It is tried again by itself."
    return "" if as_of else f"The tasks of {name} have not been read yet. They come by themselves, in a moment."


def told_state(account: str, state: str, words: str) -> str:
    """How an account is, in a sentence."""
    how = STATES[state] if state == "waits" else f"is {STATES[state]}"
    return f"{account} {how}" + (f": {words}" if words else ".")


def told_abilities(kinds: Sequence[Kind], capabilities: Sequence[Capability]) -> tuple[str, ...]:
    """What a plugin can do, a clause each."""
    writes = {"CREATE", "UPDATE", "COMPLETE"} & set(capabilities)
    only_read = ["tasks are only read"] if "tasks" in kinds and not writes else []
    return (*only_read, *(CAPABILITIES[one] for one in capabilities))
