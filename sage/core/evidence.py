"""Which recalled passages may stand as evidence for an answer. All of them can be searched; not all of them say something."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from sage.core.passages import SAGE, Hit, conversation_thread

_SPOKE = (
    r"(?:said|say|asked?|told|tell|talked?|mentioned|mention|discuss(?:ed)?|chat(?:ted)?|answer(?:ed)?|"
    r"suggest(?:ed)?|recommend(?:ed)?)"
)
_ABOUT_TALK = re.compile(
    rf"\b(?:(?:did|have|had) (?:i|we|you) (?:ever |already |just )?{_SPOKE}|(?:i|we|you) {_SPOKE}|"
    r"(?:our|last|previous|earlier) (?:talk|conversation|chat|discussion)s?)\b",
    re.IGNORECASE,
)


def is_about_talk(question: str) -> bool:
    """Whether a question is about what was said in earlier conversations with Sage."""
    return bool(_ABOUT_TALK.search(question))


def evidence(question: str, hits: Sequence[Hit], conversations: Collection[str], most: int) -> list[Hit]:
    """The first `most` hits that may support an answer in a conversation: the first of those, which goes on from the others.

    Not the turns of that conversation, which stand in the prompt anyway, nor of one that it goes on from: what it left
    behind there was asked anew. Of others neither what Sage said, which
    rests on passages that are found by themselves, nor what was only asked; but both, and before all notes, when
    earlier talk is what the question is about.
    """
    talk = is_about_talk(question)
    own = set(map(conversation_thread, conversations))
    kept = [
        hit
        for hit in hits
        if hit.thread not in own
        and (talk or not hit.thread.startswith(conversation_thread("")) or _says_something(hit))
    ]
    if talk:
        kept.sort(key=lambda hit: not hit.thread.startswith(conversation_thread("")))
    return kept[:most]


def _says_something(hit: Hit) -> bool:
    return hit.speaker != SAGE and not hit.text.rstrip().endswith("?")
