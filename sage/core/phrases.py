"""Words that a question quotes: passages in which they stand in that order say more than those that have each of them somewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sage.core.words import STOP_WORDS, UNSPACED, fold

MOST_PHRASES = 4
"""Phrases of a question that are looked for."""

_QUOTED = re.compile(
    r"(?<!\w)\"(?=\S)([^\"\n]+)(?<=\S)\"(?!\w)|“([^“”\n]+)”|„([^„“”\n]+)[“”]|”([^“”\n]+)”"
    r"|«([^«»\n]+)»|»([^«»\n]+)«|「([^「」\n]+)」"
)
"""The quotation marks of many languages; an inch mark stands behind a figure and opens nothing."""
_WORD = re.compile(r"[^\W_]+")


def quoted_phrases(question: str) -> list[str]:
    """The phrases that stand in quotation marks, as `phrase_share` compares them, each once."""
    found = (_flat("".join(filter(None, match.groups()))) for match in _QUOTED.finditer(question))
    return list(dict.fromkeys(filter(None, found)))[:MOST_PHRASES]


def phrase_share(text: str, phrases: Sequence[str]) -> float:
    """Which share of some phrases stands in a text, word for word but for case, accents and punctuation; from 0 to 1."""
    flat = f" {_flat(text)} "
    return sum(_edged(phrase) in flat for phrase in phrases) / len(phrases) if phrases else 0.0


def word_pairs(text: str) -> set[tuple[str, str]]:
    """The pairs of words that stand side by side in a text; of each at least one says something."""
    words = _flat(text).split()
    return {(one, other) for one, other in pairwise(words) if one not in STOP_WORDS or other not in STOP_WORDS}


def _flat(text: str) -> str:
    return " ".join(_WORD.findall(text.lower() if text.isascii() else fold(text)))


def _edged(phrase: str) -> str:
    """A phrase with blanks where a word ends; a script without spaces has no such ends."""
    return "".join(("" if UNSPACED.match(phrase[0]) else " ", phrase, "" if UNSPACED.match(phrase[-1]) else " "))
