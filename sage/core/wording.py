"""The lint of what Sage says unasked: nudges, briefs, farewells. No shame, no control, no hooks, whatever model wrote it.

English only: of other languages it finds nothing. It reads by rule (`wording_blame`, `wording_pressure`), sentence by
sentence. The person's own words are never judged: what the caller names as `quoted` (a task's title, a goal), what stands
in quotation marks within a longer text, and what a sentence tells as somebody's saying ("Anna writes that you must sign").
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from sage.core.wording_blame import BLAME
from sage.core.wording_pressure import PRESSURE
from sage.core.wording_words import CLASSES, SAID, SAYING, WHY, Kind

LONGEST = 500
"""Of a sentence, in characters."""
_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!?…]+(?!\s|$)[^.!?…\n]*)*[.!?…]*")
_MARKED = re.compile(r"“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|\"[^\"\n]*\"|`[^`\n]*`")
_WORD = re.compile(r"[^\W_][\w'’]*(?:[:.,]\d+)*")
_NAME = re.compile(r"\b\d+(?:[:.,]\d+)*\b|(?<=[\w,;:)”\"'’] )(?:[A-ZÄÖÜ][\w'’]*)")
"""A number, or a word with a capital inside of a sentence."""
_STRAIGHT = str.maketrans("’‘", "''")
_VEIL = "ǁ"
"""A letter that no English word has: it stands for each letter of a quotation, so that places in the text stay the same."""


class Finding(NamedTuple):
    """One thing that a text may not say: its kind, its place [start, end) in the text, and why in one plain sentence."""

    kind: Kind
    start: int
    end: int
    why: str


class Worded(NamedTuple):
    """What is said in the end, how it came about, and what was found in the first text."""

    text: str
    how: Literal["kept", "reworded", "template"]
    findings: tuple[Finding, ...]


Reword = Callable[[str, tuple[Finding, ...]], Awaitable[str]]
"""Says a text again without what was found in it; an empty answer when it cannot."""


def lint(text: str, quoted: Iterable[str] = ()) -> tuple[Finding, ...]:
    """What the text says that Sage does not say of itself, in the order of the text: nothing, if it is fine.

    `quoted` are phrases of the person's (or of others') own: where they stand in the text as whole words, they count as
    names of things. At most one finding of a kind and sentence.
    """
    veiled = _veiled(text.translate(_STRAIGHT), quoted)
    found: list[Finding] = []
    for place, sentence in _sentences(veiled):
        for kind, patterns in () if _said_by_others().search(sentence) else _rules():
            match = next((match for pattern in patterns if (match := _said(pattern, sentence))), None)
            if match:
                found.append(Finding(kind, place + match.start(), place + match.end(), WHY[kind]))
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end)))


async def worded(text: str, template: str, reword: Reword | None = None, quoted: Iterable[str] = ()) -> Worded:
    """The text if it is fine, else reworded once (if somebody can and that is fine), else the caller's template.

    Fine is what the lint finds nothing in and what says no more and no less than the template (`keeps`).
    """
    quoted = tuple(quoted)
    findings = lint(text, quoted)
    if not findings and keeps(text, template, quoted):
        return Worded(text, "kept", ())
    again = (await reword(text, findings)).strip() if reword and findings else ""
    if again and not lint(again, quoted) and keeps(again, template, quoted):
        return Worded(again, "reworded", findings)
    return Worded(template, "template", findings)


def keeps(text: str, template: str, quoted: Iterable[str] = ()) -> bool:
    """Whether a wording still has what is quoted in the template, and has no number or name that the template has not.

    A name is a word with a capital that does not begin a sentence. A wording of three times the length has added something.
    """
    if not text.strip() or len(text) > 3 * len(template) + 40:
        return False
    known = set(_WORD.findall(template.casefold()))
    added = (
        {match[0].casefold() for match in _NAME.finditer(text)} - known - {"i", "i'm", "i'll", "i've", "i'd", "sage"}
    )
    plain = text.casefold().translate(_STRAIGHT)
    held = [phrase.casefold().translate(_STRAIGHT) for phrase in quoted]
    return not added and all(phrase in plain for phrase in held if phrase in template.casefold().translate(_STRAIGHT))


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with its place; what goes on and on is cut, so that no text takes long."""
    for found in _SENTENCE.finditer(text):
        for start in range(found.start(), found.end(), LONGEST):
            yield start, text[start : min(start + LONGEST, found.end())]


def _said(pattern: re.Pattern[str], sentence: str) -> re.Match[str] | None:
    """Where Sage itself says it: what comes after "Anna writes that…" is Anna's."""
    return next(
        (match for match in pattern.finditer(sentence) if not _saying().search(sentence, 0, match.start())), None
    )


def _veiled(text: str, quoted: Iterable[str]) -> str:
    """The text with each quotation as one word of the same length. Quotation marks around the whole text quote nothing."""
    for phrase in sorted({phrase.strip().translate(_STRAIGHT) for phrase in quoted} - {""}, key=len, reverse=True):
        whole = rf"(?<!\w){re.escape(phrase)}(?!\w)"
        text = re.sub(whole, lambda match: _VEIL * len(match[0]), text, flags=re.IGNORECASE)
    if _MARKED.fullmatch(text.strip()):
        return text
    return _MARKED.sub(lambda match: _VEIL * len(match[0]), text)


@cache
def _rules() -> tuple[tuple[Kind, tuple[re.Pattern[str], ...]], ...]:
    """The rules, ready for use; compiled at the first need, as most commands have none."""
    return tuple(
        (kind, tuple(_compiled(pattern) for pattern in patterns)) for kind, patterns in {**PRESSURE, **BLAME}.items()
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    names = "|".join(sorted(CLASSES, key=len, reverse=True))
    while (spelt := re.sub(names, lambda match: CLASSES[match[0]], pattern)) != pattern:
        pattern = spelt
    spaced = pattern.replace(" ", r"(?:\s+)")
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)", re.IGNORECASE)


@cache
def _saying() -> re.Pattern[str]:
    return re.compile(SAYING, re.IGNORECASE)


@cache
def _said_by_others() -> re.Pattern[str]:
    return re.compile(SAID, re.IGNORECASE)
