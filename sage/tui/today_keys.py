"""The keys of Today: all of them, and those that do something with what is chosen."""

from __future__ import annotations

from sage.tui.today_rows import Row

KEYS = (
    "Enter  opens what is chosen",
    "f      starts a focus session, or ends it",
    "d      it is done",
    "u      takes the last thing back",
    "p      puts it off",
    "c      makes it the focus of today",
    "t, g   adds a task; a goal",
    "a      all open tasks, and back",
    "b      the morning",
    "e      the evening",
    "w      the week",
    "n, i   nudges; the Inbox",
    "F8     keeps a line from anywhere",
    "Esc    goes to Talk",
)
_DOES = {
    "task": ("Enter opens", "f focus", "d done", "p put off", "c choose"),
    "goal": ("Enter opens", "f focus", "c choose"),
}
_OPENS = ("event", "reminder", "inbox", "nudges")


def hints_of(row: Row | None, runs: bool, undoes: str) -> str:
    """What can be done now, the nearest first."""
    does = list(_DOES.get(row.kind, ("Enter opens",) if row.kind in _OPENS else ()) if row else ())
    does = [each for each in does if not (row and row.fixed and each[0] in "dp")]
    if row and row.kind == "reminder":
        does.append("p put off")
    if runs:
        does = ["f end the session", *(each for each in does if each[0] != "f")]
    return " · ".join([*([f"u {undoes}"] if undoes else []), *does, "t task", "? keys"])
