"""Which passage each sentence of an answer rests on, decided by comparing words rather than by trust.

A model writes [n] after what it took from passage n, if it is able to. What it marks is checked, what it leaves
unmarked is looked up, and only what is really cited is named as a source. Marks stand at the end of their sentence
and count up from 1 in the order of use, already while the answer streams.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sage.core.passages import Hit
from sage.core.words import content_stems

SUPPORT = 0.5
"""The share of a sentence's words that must stand in a passage before Sage cites it by itself."""
KEPT_SUPPORT = 0.2
"""The share below which a model's own mark is taken for a mistake."""
FEWEST_WORDS = 3

_MARK = re.compile(r"\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]")
_HALF_MARK = re.compile(r"\[[\d,\s]{0,12}\Z")
_SPACE = re.compile(r"\s+\Z")
_STOPS = re.compile(r"[.!?。！？]+[\"”’')*_]*\Z")
_DENIES = re.compile(
    r"\b(?:no|not|nothing|none|n't|without)\b[^.]*\b(?:notes?|passages?|information|mention(?:ed|s)?|details?|answer)\b|"
    r"\b(?:notes?|passages?)\b[^.]*(?:n['’]t|\bnot|\bno|\bnothing)\b",
    re.IGNORECASE,
)
"""A sentence that says that the notes do not say: it rests on none of them."""
_ASIDE = re.compile(r"\s*(?:>|```|~~~)")
_ASIDE_BEGINS = re.compile(r"\s*(?:`{0,3}|~{0,3})\Z")


class Citer:
    """Reads an answer piece by piece and gives it back with marks that hold.

    `known`: texts that are Sage's own (results of tools); a sentence that rests on one of them cites nothing.
    Code blocks and quotations pass as they are.
    """

    def __init__(self, passages: Sequence[Hit] = (), known: Iterable[str] = ()) -> None:
        self._passages: list[Hit] = []
        self._vocabularies: list[frozenset[str]] = []
        self._known: list[frozenset[str]] = []
        self._order: list[int] = []
        self._sentence = ""
        """What has been given out of this sentence."""
        self._marks: list[int] = []
        self._held = ""
        """White space, or what may become a mark: given out once it is clear what it is."""
        self._fenced = False
        self._line: str | None = ""
        """How the line begins, until it is clear whether it is quotation, code or prose (then None)."""
        self._aside = False
        self.add(passages, known)

    def add(self, passages: Sequence[Hit] = (), known: Iterable[str] = ()) -> None:
        """More passages (numbered on from the last) and more of Sage's own texts."""
        self._passages += passages
        self._vocabularies += [_vocabulary(hit) for hit in passages]
        self._known += [frozenset(content_stems(text)) for text in known]

    @property
    def sources(self) -> tuple[Hit, ...]:
        """The cited passages; `sources[n - 1]` is what [n] names."""
        return tuple(self._passages[number] for number in self._order)

    def feed(self, piece: str) -> str:
        """What can be shown after this piece."""
        return "".join(self._letter(letter) for letter in piece)

    def finish(self) -> str:
        """The rest. A next answer may follow."""
        begun = self._begin(self._line) if self._line else ""
        self._fenced, self._aside, self._line = False, False, ""
        return begun + self._end_sentence()

    def _letter(self, letter: str) -> str:
        if self._line is not None:
            self._line += letter
            if letter != "\n" and _ASIDE_BEGINS.match(self._line):
                return ""
            return self._begin(self._line)
        return self._on_line(letter)

    def _begin(self, line: str) -> str:
        """The line's beginning is known: an aside passes as it is, prose is read letter by letter."""
        aside = _ASIDE.match(line)
        if aside and aside[0].strip() != ">":
            self._fenced = not self._fenced
        self._aside = bool(aside) or self._fenced
        self._line = None
        return "".join(self._on_line(letter) for letter in line)

    def _on_line(self, letter: str) -> str:
        if letter == "\n":
            ending = "\n" if self._aside else self._end_sentence() + "\n"
            self._aside, self._line = False, ""
            return ending
        if self._aside:
            return letter
        return self._prose(letter)

    def _prose(self, letter: str) -> str:
        self._held += letter
        mark = _MARK.search(self._held)
        if mark:
            self._marks += [int(number) - 1 for number in mark[1].split(",")]
            before, self._held = self._held[: mark.start()].rstrip(), ""
            self._sentence += before
            return before
        if letter.isspace() or _HALF_MARK.search(self._held):
            return ""
        held, self._held = self._held, ""
        ended = held[0].isspace() and bool(_STOPS.search(self._sentence))
        closing = self._close() if ended or (self._marks and _STOPS.search(self._sentence)) else ""
        self._sentence += held
        return closing + held

    def _end_sentence(self) -> str:
        held, self._held = self._held, ""
        space = _SPACE.search(held)
        bare, after = (held[: space.start()], space[0]) if space else (held, "")
        self._sentence += bare
        return bare + self._close() + after

    def _close(self) -> str:
        """The marks of the sentence that ends here."""
        numbers = self._supported(self._sentence)
        self._sentence, self._marks = "", []
        for number in numbers:
            if number not in self._order:
                self._order.append(number)
        marks = "".join(f"[{self._order.index(number) + 1}]" for number in numbers)
        return f" {marks}" if marks else ""

    def _supported(self, sentence: str) -> list[int]:
        stems = content_stems(sentence)
        shares = [_share(stems, vocabulary) for vocabulary in self._vocabularies]
        kept = [
            number for number in dict.fromkeys(self._marks) if number < len(shares) and shares[number] >= KEPT_SUPPORT
        ]
        if kept or not shares or len(set(stems)) < FEWEST_WORDS or _DENIES.search(sentence):
            return kept
        best = max(range(len(shares)), key=lambda number: (shares[number], -number))
        own = max((_share(stems, vocabulary) for vocabulary in self._known), default=0.0)
        return [best] if shares[best] >= SUPPORT and shares[best] > own else []


def cite(text: str, passages: Sequence[Hit], known: Iterable[str] = ()) -> tuple[str, tuple[Hit, ...]]:
    """A whole text with marks that hold, and the passages that they name."""
    citer = Citer(passages, known)
    marked = citer.feed(text) + citer.finish()
    return marked, citer.sources


def _vocabulary(hit: Hit) -> frozenset[str]:
    return frozenset(content_stems(f"{hit.source} {hit.heading} {hit.text} {hit.when or ''} {hit.speaker or ''}"))


def _share(stems: Sequence[str], vocabulary: frozenset[str]) -> float:
    different = set(stems)
    return len(different & vocabulary) / len(different) if different else 0.0
