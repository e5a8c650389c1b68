"""Whether the person asks the same thing once more, which says that the first answer did not do."""

from __future__ import annotations

import re
from datetime import timedelta

from sage.core.words import content_stems, words

WITHIN = timedelta(minutes=20)
"""Later, the same question is mostly about another day."""
_FEWEST = 2
"""Words with a meaning of their own that a question has to have: "tasks" is asked often, and rightly."""
_ALIKE = 0.75
"""The share of their words that two questions have in common, where one has all words of the other."""
_SAID = re.compile(
    r"(?:no,? |nein,? )?(?:(?:that|this|it)(?:'s| is) (?:wrong|not (?:what i|right|correct|true))|wrong\b|try again|i meant\b|"
    r"i said\b|das (?:ist falsch|stimmt nicht)|falsch\b|ich meinte\b|versuch(?:e|'s| es) noch ?mal)",
    re.IGNORECASE,
)
"""How people say it."""


def is_again(said: str, before: str) -> bool:
    """Whether `said` asks for the same as `before`: sure rather than complete, since what is not noticed only leaves a gap.

    Two that each have a word of their own are two wishes: "buy milk" and "buy bread".
    """
    if words(said) == words(before):
        return len(set(content_stems(said))) >= _FEWEST
    now, then = set(content_stems(said)), set(content_stems(before))
    if min(len(now), len(then)) < _FEWEST or not (now <= then or then <= now):
        return False
    return len(now & then) / len(now | then) >= _ALIKE


def says_wrong(said: str) -> bool:
    """Whether words begin with it that the answer before was not what was wanted."""
    return _SAID.match(said.strip()) is not None
