"""What keeps the deputy from talking with programs, in circles, or to somebody who does not want it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sage.core.deputy.frames import without_frames
from sage.core.deputy.questions import likeness
from sage.core.words import fold

FLOOD, FLOOD_WITHIN = 12, timedelta(minutes=10)
"""More messages than that of one conversation are no questions any more."""
ANSWERS_AN_HOUR, ANSWERS_A_DAY = 6, 20
"""Automatic answers in one conversation: two programs that answer each other meet these bounds at once."""
SAME_WITHIN = timedelta(hours=1)
"""So long the same words are not answered twice."""

Why = Literal["", "flood", "often", "same", "echo", "sage", "optout", "taken over"]
WORDS: dict[Why, str] = {
    "flood": "too many messages came there at once",
    "often": "it answered there often enough",
    "same": "the same words came there before",
    "echo": "it repeats what was sent from here",
    "sage": "another Sage wrote it",
    "optout": "they do not want to be answered by Sage",
    "taken over": "you write there yourself",
}

_ECHO_FROM = 4
"""Spaces in what counts as a repetition when it is a part of what was sent: fewer words can be a question about them."""
_STOP = re.compile(
    r"\W*(?:please |bitte )?(?:stop|stopp|unsubscribe|no (?:bots?|sage|ai|machines?|robots?)|"
    r"kein(?:e|en)? (?:bots?|sage|ki|maschinen?)|nicht (?:mehr )?automatisch antworten|"
    r"(?:stop|don'?t|do not) (?:the )?(?:answer(?:ing)?|repl(?:y|ying)|bot|sage)(?: me)?(?: automatically)?)"
    r"(?:[\s,]+(?:please|bitte|thanks|thank you|danke|it|this|that|now|sage))*\W*"
)


class Heard(NamedTuple):
    """A message that came in a conversation, or went out there: when, and its words as `likeness` has them."""

    at: datetime
    words: str


def wants_no_answers(text: str) -> bool:
    """Whether somebody says that Sage shall not answer them: a line of the message is that word, such as above their name."""
    return any(_STOP.fullmatch(line.strip()) for line in fold(text).replace("’", "'").splitlines())


def check(text: str, now: datetime, came: Sequence[Heard], sent: Sequence[Heard]) -> Why:
    """Why a message is not answered. `came` are earlier messages of its conversation, `sent` what Sage answered there."""
    words = likeness(text)
    if without_frames(text) != text.strip():
        return "sage"
    if sum(now - each.at < FLOOD_WITHIN for each in came) >= FLOOD:
        return "flood"
    if any(words == each.words or (words.count(" ") >= _ECHO_FROM and words in each.words) for each in sent):
        return "echo"
    if any(each.words == words and now - each.at < SAME_WITHIN for each in came):
        return "same"
    if (
        sum(now - each.at < timedelta(hours=1) for each in sent) >= ANSWERS_AN_HOUR
        or sum(now - each.at < timedelta(days=1) for each in sent) >= ANSWERS_A_DAY
    ):
        return "often"
    return ""
