"""The best sentences of the best passages: what Sage can answer without any model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from sage.core.passages import Hit
from sage.core.stems import content_stems_in
from sage.core.tongues import tongue_of
from sage.core.words import content_stems

_PART = re.compile(r"[^\n]*?(?:(?<=\w\w[.!?])(?=\s+[^\s\d])|[。！？]|\n|\Z)")
"""A sentence or a line, whichever ends first."""

NOTHING = "I have nothing on that in your notes."
NEAREST = "Nothing in your notes clearly answers that. The nearest:"
NO_MODEL = "No model is set, so these are your own words as they stand. `sage setup` (`/model` in the app) offers one."
NO_MODEL_OTHERS = (
    "No model is set, so these are the words as they stand, not all of them yours. "
    "`sage setup` (`/model` in the app) offers one."
)
NO_MODEL_NOTHING = (
    "No model is set; I can search, note, plan and remind. `sage setup` (`/model` in the app) offers one."
)
KEPT = "I have kept that; ask me for it at any time."
SAGE_SAYS = (NOTHING, NEAREST, NO_MODEL, NO_MODEL_OTHERS, NO_MODEL_NOTHING, KEPT)
"""What Sage says of itself: it rests on no passage, whatever words they share."""


_STILL_READING = re.compile(r"I am still reading your notes\b.*")


def still_reading(done: int, total: int) -> str:
    """Why something may not be found yet; `total` is 0 while that is not known."""
    counted = f": {done:,} of {total:,} so far" if total else ""
    return f"I am still reading your notes{counted}. More may be found in a moment."


def without_asides(answer: str) -> str:
    """An answer without what Sage says of itself at its end."""
    lines = ((line, line.strip("* ")) for line in answer.splitlines())
    return "\n".join(
        line for line, said in lines if said not in SAGE_SAYS and not _STILL_READING.fullmatch(said)
    ).strip()


LONGEST_QUOTE = 420
"""Characters that one quotation may have."""
COVERED = 0.5
"""The share of a question's words that must stand in a passage (with its headings) to be an answer to it."""
SURE = 0.35
"""The confidence from which a recalled passage is an answer. Of the questions of `tests.bench memory` on LoCoMo three of four
that can be answered reach it, and one of forty that cannot (one of six when they name people who are known)."""


_TELLS = re.compile(r"(?:i|i'm|i’m|i've|i’ve|i'll|i’ll|my|we|we're|we’re|we've|we’ve|our)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\b(?:i|we) (?:wonder|want to know|need to know|would like to know|forgot|don['’]t (?:know|remember))\b", re.I
)


def is_told(text: str) -> bool:
    """Whether the person tells something about themselves, rather than asks."""
    return bool(_TELLS.match(text.strip())) and not _ASKS.search(text)


def answering(question: str, hits: Sequence[Hit], most: int = 3) -> list[tuple[int, Hit]]:
    """The hits that answer a question, with their number (from 1), best first; none if nothing covers it."""
    if not content_stems(question):
        return [(number, hit) for number, hit in enumerate(hits[:most], 1)]
    # What memory recalled says itself how sure it is, with rare words above common ones; the rest is counted here.
    known = any(hit.confidence for hit in hits)
    least = SURE if known else COVERED
    shares = [
        (hit.confidence if known else _coverage(question, hit), number, hit) for number, hit in enumerate(hits, 1)
    ]
    best = max((share for share, _, _ in shares), default=0.0)
    if best < least:
        return []
    near = [(number, hit) for share, number, hit in shares if share >= max(least, best - 0.34)]
    return near[:most]


def nearest(question: str, hits: Sequence[Hit], most: int = 3) -> list[tuple[int, Hit]]:
    """Hits that share some word with the question, with their number (from 1), for when none answers it."""
    return [(number, hit) for number, hit in enumerate(hits, 1) if _coverage(question, hit) > 0][:most]


def quotation(question: str, hit: Hit) -> str:
    """The stretch of a passage that says most about the question, as it stands: whole sentences, about LONGEST_QUOTE characters."""
    tongue = tongue_of(hit.text)
    asked = set(content_stems_in(tongue, question))
    parts = [match for match in _PART.finditer(hit.text) if content_stems_in(tongue, match[0])]
    if len(parts) > 1 and parts[0][0].lstrip().startswith("#"):
        parts = parts[1:]
    if not parts:
        return hit.text.strip()[:LONGEST_QUOTE]
    worth = [len(asked & set(content_stems_in(tongue, part[0]))) for part in parts]
    first = last = max(range(len(parts)), key=lambda place: (worth[place], -place))
    while True:
        if last + 1 < len(parts) and parts[last + 1].end() - parts[first].start() <= LONGEST_QUOTE:
            last += 1
        elif first > 0 and parts[last].end() - parts[first - 1].start() <= LONGEST_QUOTE:
            first -= 1
        else:
            break
    quoted = hit.text[parts[first].start() : parts[last].end()].strip()
    return quoted if len(quoted) <= 2 * LONGEST_QUOTE else quoted[: 2 * LONGEST_QUOTE].rstrip() + " …"


def _coverage(question: str, hit: Hit) -> float:
    """The share of the question's words in a passage; a word that is spelt nearly the same counts, too."""
    tongue = tongue_of(hit.text)
    asked = set(content_stems_in(tongue, question))
    vocabulary = set(content_stems_in(tongue, f"{hit.source} {hit.heading} {hit.text} {hit.speaker or ''}"))
    return sum(word in vocabulary or _is_near(word, vocabulary) for word in asked) / len(asked) if asked else 0.0


def _is_near(word: str, vocabulary: set[str]) -> bool:
    alike = (other for other in vocabulary if other[0] == word[0] and abs(len(other) - len(word)) <= 1)
    return len(word) >= 5 and bool(get_close_matches(word, alike, n=1, cutoff=0.84))
