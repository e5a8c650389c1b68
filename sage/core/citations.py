"""Which passage each sentence of an answer rests on, decided by comparing words rather than by trust.

A model writes [n] after what it took from passage n, if it is able to. What it marks is checked, what it leaves
unmarked is looked up, and only what is really cited is named as a source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sage.core.passages import Hit
from sage.core.words import content_stems

_MARK = re.compile(r"\s*\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]")
_ENDING = re.compile(r"[.!?]+[\"”’\')]*(?:\s*\[\d{1,2}(?:\s*,\s*\d{1,2})*\])*(?=\s|$)")

SUPPORT = 0.5
"""The share of a sentence's words that must stand in a passage before Sage cites it by itself."""
KEPT_SUPPORT = 0.2
"""The share below which a model's own mark is taken for a mistake."""
FEWEST_WORDS = 3


def cite(text: str, passages: Sequence[Hit]) -> tuple[str, tuple[Hit, ...]]:
    """The text with marks that hold, numbered from 1 in the order of first use, and the passages that they name.

    Code blocks and quotations are left as they are.
    """
    vocabularies = [_vocabulary(hit) for hit in passages]
    order: list[int] = []
    out: list[str] = []
    fenced = False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            out.append(line)
        elif fenced or line.startswith(">"):
            out.append(line)
        else:
            out.append("".join(_mark(piece, vocabularies, order) for piece in _pieces(line)))
    return "".join(out), tuple(passages[number] for number in order)


def _pieces(line: str) -> list[str]:
    """A line cut after each sentence and its marks."""
    cuts = [0, *(match.end() for match in _ENDING.finditer(line)), len(line)]
    return [line[start:end] for start, end in pairwise(cuts) if start < end]


def _vocabulary(hit: Hit) -> frozenset[str]:
    return frozenset(content_stems(f"{hit.source} {hit.heading} {hit.text} {hit.when or ''} {hit.speaker or ''}"))


def _mark(piece: str, vocabularies: Sequence[frozenset[str]], order: list[int]) -> str:
    marked = [int(number) - 1 for group in _MARK.findall(piece) for number in group.split(",")]
    bare = _MARK.sub("", piece)
    stems = content_stems(bare)
    shares = [_share(stems, vocabulary) for vocabulary in vocabularies]
    kept = [number for number in dict.fromkeys(marked) if number < len(shares) and shares[number] >= KEPT_SUPPORT]
    if not kept and len(set(stems)) >= FEWEST_WORDS and shares:
        best = max(range(len(shares)), key=lambda number: (shares[number], -number))
        if shares[best] >= SUPPORT:
            kept = [best]
    if not kept:
        return bare
    for number in kept:
        if number not in order:
            order.append(number)
    text, ending = bare.rstrip(), bare[len(bare.rstrip()) :]
    return text + " " + "".join(f"[{order.index(number) + 1}]" for number in kept) + ending


def _share(stems: Sequence[str], vocabulary: frozenset[str]) -> float:
    different = set(stems)
    return len(different & vocabulary) / len(different) if different else 0.0
