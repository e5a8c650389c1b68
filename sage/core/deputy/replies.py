"""What the deputy decides of a message, and why: the record that the person sees."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from sage.core.deputy import guards, questions
from sage.core.deputy.grants import How
from sage.core.disclosure import Piece
from sage.core.labels import Audience

Decision = Literal["answer", "draft", "handoff", "silence"]
"""`answer`: it may go out by itself; `draft`: it waits for the person; `handoff`: the person is needed; `silence`: nothing is
sent, and nothing is kept but the message."""

ReplyState = Literal["open", "going", "taken back", "approved", "edited", "denied", "silent"]
"""`open`: it waits for the person; `going`: an automatic answer, which is in the outbox; `silent`: nothing to be done."""

WORDS: dict[str, str] = {
    "auto": "you allow Sage to answer this contact on that by itself",
    "ask": "you want to see such answers first",
    "unverified": "the service does not vouch for who wrote it",
    "nothing": "nothing that they may see answers it",
    "unsure": "what they may see does not answer it clearly enough",
    "namesakes": "it is not sure of whom they ask",
    "differs": "what they may see says it in two ways",
    "wording": "no wording of it stood in the evidence",
    "calendar": "your times of day are not shared with them",
    "when": "it names no day that Sage understands",
    "unread": "your calendars cannot all be read now",
    "stranger": "nobody of your contacts writes from there",
    "off": "you want no answers for them",
    "away": "Sage answers by itself only while you are away",
    "elsewhere": "answers are wanted somewhere else than where it came from",
    "late": "it was written long before it came in",
    "part": "only a part of it could be read",
    "edited": "it changes an earlier message",
    "unreadable": "it has no words that can be read",
    "kept back": "it was to go out by itself, and did not",
    "taken back": "you took it back",
    "plain": "Sage drafted nothing for it",
    "fault": "Sage failed to look at it",
    **questions.WHY,
    **{str(why): words for why, words in guards.WORDS.items()},
}
"""By reason, what the person is told."""


class Reply(Struct, frozen=True):
    """What was decided. `text` is what an answer or a draft says; `sources` are the pieces that it rests on, all of which its
    `audience` (its readers, as they are called) may see. `handoff` is the constant sentence that goes out instead, "" for none.

    `reason` is a key of WORDS. `topics` are what the grant that decided (`how`) was asked for. `hints` name what only the person
    may see; none of it is in `text`. `model` wrote it ("": it is quoted).
    """

    decision: Decision
    reason: str
    text: str = ""
    sources: tuple[Piece, ...] = ()
    audience: Audience = ()
    contact: str = ""
    topics: tuple[str, ...] = ()
    how: How = "off"
    handoff: str = ""
    hints: tuple[str, ...] = ()
    model: str = ""

    @property
    def because(self) -> str:
        return WORDS.get(self.reason, self.reason)


def settled_words(state: ReplyState, fate: str) -> str:
    """Why nothing more can be decided of a reply. `fate` is what became of what went out ("STATE" or "STATE: why")."""
    match state:
        case "going":
            return "Sage sent it already." if fate.startswith("sent") else "It is about to leave by itself."
        case "silent":
            return "Sage drafted nothing for it."
        case "taken back":
            return "You took it back."
        case "open":
            return "It still waits for you."
        case "edited":
            return "You answered it already."
        case _:
            return f"You {state} it already."


def left_words(count: int) -> str:
    """What the person is told when messages were left to them: nobody's name, and nobody's words."""
    return (
        "A message waits for you in the Inbox: F4."
        if count == 1
        else f"{count} messages wait for you in the Inbox: F4."
    )
