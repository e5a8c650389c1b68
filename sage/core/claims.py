"""A claim of an action stands only if the action ledger shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sage.core.plugins.outside_tools import is_outside
from sage.core.turns import Action
from sage.core.words import stem, words

_VERBS: dict[str, frozenset[str]] = {
    "added": frozenset({"add_task", "add_goal", "note"}),
    "created": frozenset({"add_task", "add_goal", "note", "remind"}),
    "saved": frozenset({"note"}),
    "noted": frozenset({"note"}),
    "written": frozenset({"note"}),
    "recorded": frozenset({"note", "add_task", "add_goal"}),
    "set": frozenset({"remind", "add_goal"}),
    "scheduled": frozenset({"remind"}),
    "marked": frozenset({"complete_task", "change_goal"}),
    "completed": frozenset({"complete_task", "change_goal"}),
    "checked off": frozenset({"complete_task"}),
    "ticked off": frozenset({"complete_task"}),
    "updated": frozenset({"change_goal", "note", "complete_task"}),
    "changed": frozenset({"change_goal"}),
    "dropped": frozenset({"change_goal"}),
    "sent": frozenset(),
    "emailed": frozenset(),
    "messaged": frozenset(),
    "booked": frozenset(),
    "ordered": frozenset(),
    "paid": frozenset(),
    "deleted": frozenset(),
    "removed": frozenset(),
    "moved": frozenset(),
    "cancelled": frozenset(),
    "canceled": frozenset(),
}
_VERB = "|".join(sorted(map(re.escape, _VERBS), key=len, reverse=True))
_CLAIMS = (
    re.compile(rf"\bI(?:['’]ve| have)?(?: just| now| already| also)? ({_VERB})\b", re.IGNORECASE),
    re.compile(rf"\b(?:has|have) (?:now |just )?been (?:successfully )?({_VERB})\b", re.IGNORECASE),
    re.compile(rf"^\W*(?:done|ok|okay|sure|great)?\W*(?:your |the |a )?(?:reminder|task|goal|note|e-?mail|message)"
               rf"(?: is| was)?(?: now)? ({_VERB})\b", re.IGNORECASE),
)  # fmt: skip
_QUOTED = re.compile(r"^\s*>.*$|“[^”]*”|\"[^\"\n]*\"|`[^`\n]*`", re.MULTILINE)

NOT_DONE = "Not done: Sage has no record of doing this."


def unsupported(text: str, actions: Iterable[Action]) -> list[str]:
    """The sentences that claim an action which the ledger of this turn does not show as done.

    Quotations and questions claim nothing.
    """
    done = {action.tool for action in actions if action.state == "done"}
    elsewhere = {stem(word) for tool in done if is_outside(tool) for word in words(tool.replace("_", " "))}
    found = []
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", _QUOTED.sub(" ", text)):
        for claim in () if sentence.rstrip().endswith("?") else _CLAIMS:
            match = claim.search(sentence)
            if match and not _stands(match.group(1).lower(), done, elsewhere):
                found.append(sentence.strip())
                break
    return found


def _stands(verb: str, done: set[str], elsewhere: set[str]) -> bool:
    """Whether something that was done can be what a verb claims. What a tool from outside does, nobody knows: one that ran
    can be whatever Sage has no tool for, or what its name says."""
    tools = _VERBS[verb]
    return bool(tools & done) or (bool(elsewhere) and (not tools or stem(verb) in elsewhere))


def corrected(text: str, actions: Iterable[Action]) -> str:
    """The text, with a plain denial below it if it claims what was not done."""
    return f"{text.rstrip()}\n\n**{NOT_DONE}**" if unsupported(text, actions) else text
