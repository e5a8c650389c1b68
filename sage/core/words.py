"""Words as Sage compares them: folded, without the most common ones, cut to a rough stem."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Runs of scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese."""

STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but by "
    "can could did do does doing down during each else few for from further get had has have having he her here hers him "
    "his how i if in into is it its itself just let like may me might more most must my myself no nor not now of off on "
    "once only or other our ours out over own please same shall she should so some such tell than that the their theirs "
    "them then there these they this those through to too under until up us very was we were what when where which while "
    "who whom why will with would you your yours yourself".split()
)


def fold(text: str) -> str:
    """Lower case, without accents, in one form of Unicode."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return _WORD.findall(fold(text))


def stem(word: str) -> str:
    """A rough English stem, enough to match `reminders` with `remind`; other languages keep most of the word."""
    base = word.split("'")[0].split("’")[0]
    for ending in (
        "ingly",
        "edly",
        "ments",
        "ment",
        "ings",
        "ing",
        "ers",
        "er",
        "ies",
        "ied",
        "ed",
        "es",
        "ly",
        "s",
        "e",
    ):
        if base.endswith(ending) and len(base) - len(ending) >= 3:
            base = base[: -len(ending)]
            break
    return base[:-1] if len(base) > 3 and base[-1] in "yi" else base


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS and (len(word) > 1 or not word.isascii())]


def gist(text: str, longest: int = 20_000) -> str:
    """What a text is looked up by: all of it, or of a very long one its beginning and end, where a question stands."""
    return text if len(text) <= longest else f"{text[: longest // 2]} {text[-longest // 2 :]}"
