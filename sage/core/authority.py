"""Whether a tool may run: authority comes only from what the person typed, never from what was read.

A model may be talked into anything by a note, a page or a message. So what a call may do is decided here, from
the call and the person's own words alone:

- *read* runs;
- *local and undoable* runs if the person's words ask for this kind of thing and the call's text is made of their
  words; otherwise the person is asked;
- *read elsewhere* (the person allowed this tool) runs, as long as nothing from outside was read before it; then only if
  the call is made of the person's own words and of what that same source answered, so that no stranger's text can make it
  carry anything away;
- *outward or destructive* always asks (standing grants are decided elsewhere, by contact and topic).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sage.core.messages import Effect
from sage.core.words import content_stems, stem, words

ASKING_WORDS: Mapping[str, frozenset[str]] = {
    "note": frozenset(map(stem, "note write save remember keep jot record capture memo store".split())),
    "add_task": frozenset(map(stem, "task tasks todo to-do add list must need should buy call plan put".split())),
    "complete_task": frozenset(map(stem, "done did finished finish complete completed tick check close task".split())),
    "add_goal": frozenset(map(stem, "goal aim objective want purpose".split())),
    "change_goal": frozenset(map(stem, "goal aim objective done reached drop change rename finish give".split())),
    "begin_focus": frozenset(map(stem, "focus concentrate session pomodoro".split())),
    "end_focus": frozenset(map(stem, "focus concentrate session pomodoro".split())),
    "remind": frozenset(map(stem, "remind reminder remember alarm alert nudge wake ping".split())),
}
"""By tool, the words with which a person asks for it. A tool that is not here is asked about each time."""

OWN_WORDS_SHARE = 0.6
"""How much of a call's text must be the person's own words."""

UNSPOKEN = frozenset({"due", "when", "state", "id", "date", "time"})
"""Arguments that are worked out rather than said: dates, states, ids."""


SEEN_BY_ALL = frozenset(("add_task", "add_goal", "change_goal", "begin_focus", "remind"))
"""Tools that write what no label is put on: whoever answers next may read it."""

SHOWS_OTHERS = frozenset(("agenda", "brief", "list_tasks"))
"""Tools of Sage's own in whose answers words of others may stand: events to which somebody invited, tasks of shared lists."""

LONGEST_NUMBER = 6
"""Digits of a number that nobody said and that may leave the machine all the same."""


@dataclass(frozen=True)
class Heard:
    """What came from outside before a call: whether anything did, and what the call's own source answered in this turn."""

    anything: bool = False
    from_there: Sequence[str] = ()


NOTHING_HEARD = Heard()


@dataclass(frozen=True)
class Run:
    """It may run now."""


@dataclass(frozen=True)
class NeedsApproval:
    """The person decides, on exactly this call. `why` is a sentence for them."""

    why: str


Authority = Run | NeedsApproval


def decide(
    effect: Effect,
    tool: str,
    arguments: Mapping[str, Any],
    said: Sequence[str],
    heard: Heard = NOTHING_HEARD,
    *,
    stays: bool = False,
) -> Authority:
    """Whether a call may run. `said`: what the person typed, this turn last; `stays`: words that stay on this machine are in it."""
    if effect == "read":
        return Run()
    if effect == "outside":
        if not heard.anything or _made_of(arguments, [*said, *heard.from_there]):
            return Run()
        return NeedsApproval("Something from outside was read before, and this says more than your own words did.")
    if effect == "outward":
        return NeedsApproval("It reaches outside this machine or cannot be undone.")
    asking = ASKING_WORDS.get(tool, frozenset())
    this_turn = {stem(word) for word in words(said[-1])} if said else set()
    if not asking & this_turn:
        return NeedsApproval("Your words did not ask for it.")
    own = {stem(word) for text in said for word in words(text)}
    spoken = [value for key, value in arguments.items() if key not in UNSPOKEN and isinstance(value, str)]
    stems = [part for value in spoken for part in content_stems(value)]
    if stems and sum(part in own for part in stems) / len(stems) < OWN_WORDS_SHARE:
        return NeedsApproval("It says more than your own words did.")
    written = {key: value for key, value in arguments.items() if key not in UNSPOKEN}
    if stays and tool in SEEN_BY_ALL and not _made_of(written, said):
        return NeedsApproval("It may have words of what stays on this machine, and any model that you use may read it.")
    return Run()


def _made_of(arguments: Mapping[str, Any], texts: Sequence[str]) -> bool:
    """Whether each word of a call stands in some texts."""
    known = {word for text in texts for word in words(text)}
    return all(word in known for value in arguments.values() for piece in _pieces(value) for word in words(piece))


def _pieces(value: Any) -> list[str]:
    """All that a value can carry away: its texts, the names in it, and long numbers."""
    match value:
        case str():
            return [value]
        case bool() | None:
            return []
        case int() | float():
            return [str(value)] if len(str(value)) > LONGEST_NUMBER else []
        case Mapping():
            return [piece for key, each in value.items() for piece in (str(key), *_pieces(each))]
        case _:
            return [piece for each in value for piece in _pieces(each)]


def digest(tool: str, arguments: Mapping[str, Any]) -> str:
    """What an approval is bound to: one changed byte of tool or arguments gives another."""
    canonical = msgspec.json.encode([tool, dict(arguments)], order="deterministic")
    return hashlib.sha256(canonical).hexdigest()
