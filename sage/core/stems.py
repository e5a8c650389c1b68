"""Words cut to their stems by the rules of the language that they are of (Snowball's), without accents.

English is cut where words are counted, by the tokenizer of SQLite; see `sage.adapters.memory.postings`.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

from sage.core.ranking import fold
from sage.core.tongues import ENGLISH, TONGUES, common_words
from sage.core.words import content_stems

_WORD = re.compile(r"[^\W_]+")
_CUT = threading.Lock()
"""A stemmer keeps its state in itself, and so serves one thread at a time."""
_MEANT = frozenset(("pl", "cs", "hu", "tr", "ru", "el"))
"""Languages whose endings are told apart by accents. Elsewhere these are left out before cutting, as many people write."""


def stems_in(tongue: str, words: Sequence[str]) -> list[str]:
    """The stem of each word (as `ranking.fold` leaves it) in one of TONGUES."""
    if tongue not in _MEANT:
        words = [_plain(word) for word in words]
    if tongue == "fr":  # arrivée, without its accent
        words = [word.replace("ee", "e") for word in words]
    with _CUT:
        found = _stemmer(tongue)(words)
    return [_plain(word) for word in found] if tongue in _MEANT else found


def content_stems_in(tongue: str, text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, cut by the rules of a language (see `tongue_of`)."""
    if tongue == ENGLISH:
        return content_stems(text)
    common = common_words(tongue)
    return stems_in(tongue, [word for word in _WORD.findall(fold(text)) if word not in common])


def tagged(tongue: str, stem: str) -> str:
    """A stem with its language: what is a stem of one language is a whole word in another."""
    return f"{tongue}:{stem}"


def every_stem(words: Sequence[str]) -> list[tuple[str, ...]]:
    """What each word (folded) may be cut to, whichever of TONGUES it is of, each stem with its language."""
    return list(zip(*([tagged(tongue, stem) for stem in stems_in(tongue, words)] for tongue in TONGUES), strict=True))


@cache
def _stemmer(tongue: str) -> Callable[[Sequence[str]], list[str]]:
    import Stemmer

    cut: Callable[[Sequence[str]], list[str]] = Stemmer.Stemmer(tongue, 0).stemWords
    return cut


def _plain(word: str) -> str:
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
