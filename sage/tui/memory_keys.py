"""What Memory says of its keys, and what to do where nothing was found."""

from __future__ import annotations

from sage.core.search_words import Search

IN_SEARCH = ("↓ results", "in:notes in:talks in:facts", "for:NAME what NAME may see", "Esc Talk")
IN_RESULTS = (
    "Enter read",
    "? keys",
    "/ search",
    "l share",
    "f forget",
    "o edit",
    "a ask",
    "w why",
    "p learn",
    "y copy",
)
IN_FACTS = ("r right", "x not so", "d done", "? keys", "/ search", "Enter where it stands", "f forget", "a ask")
IN_MAP = ("Enter goes there", "m around it", "Esc up", "? keys", "/ search", "a ask", "y copy")
IN_READING = ("↑↓ read", "Esc back", "? keys", "l share", "f forget", "o edit", "a ask", "y copy")
KEYS = """| key | what it does |
|---|---|
| / | search; Up from the first result as well |
| Enter | read the whole note or conversation; Esc comes back |
| o | open the note in your editor |
| a | ask Sage about it, in Talk |
| l | who may see it |
| f | forget it: what goes is shown first |
| u | takes the last label back; else what was forgotten comes back, or goes for good |
| w | why it was found |
| y | copy its place |
| v | only what somebody may see |
| p | what a contact could learn |
| 1 2 3 4 5 | all, notes, talks, facts, the map |
| m | the map around it |
| r x d | a fact is right, is not so, is done |
| PgUp, PgDn | read on in what is shown |
| Esc, F3, Ctrl+T | Talk |

| in the search line | |
|---|---|
| in:notes in:talks in:facts | only these |
| in:map | goals, folders and notes, and what links to what; a folder, note or words say where |
| for:NAME | only what NAME may see (for:public: what everyone may) |
| at:2026-05 | facts as they stood then |
| a path | Enter reads in the notes there |"""
NOTHING_YET = """There is nothing in memory yet.

Read in a folder of notes: type its path above and press Enter (or sage import FOLDER in a shell). It stays where it \
is and is never written. What you say in Talk is remembered as well."""


def nothing_words(search: Search, unread: str) -> str:
    """What to do when nothing was found."""
    if search == Search():
        return NOTHING_YET
    if search.kind == "map":
        return unread or "No such place: the map knows folders and notes by their names."
    if search.kind == "facts":
        return "No such fact yet: they are read from what you write and say, by rule."
    if search.words:
        return f"Nothing was found. {unread or 'Other words may find it.'}"
    whom = "they may see" if search.recipients else "is public" if search.recipients is not None else "is here yet"
    return f"Nothing that {whom}."
