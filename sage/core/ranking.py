"""From single scores to an order: lexical-heavy fusion that explains itself, and diversity.

The lexical parts are divided by the best of their kind among the candidates, so that a sum of them means the same for
each query; the cosines are spread between the worst and the best candidate. Words outweigh meaning: with a small
embedder, fusion by equal-weight ranks finds less than BM25 alone.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

WEIGHTS: Mapping[str, float] = {
    "words": 0.35,
    "covered": 0.1,
    "document": 0.25,
    "meaning": 0.15,
    "around": 0.3,
    "speaker": 0.15,
    "when": 1.0,
    "tells": 0.1,
    "answers": 0.2,
    "says": 0.1,
    "pairs": 0.1,
    "linked": 0.4,
    "phrase": 1.2,
    "akin": 0.2,
}
"""What each part of a score counts: BM25 of the passage with its neighbours, the share of the question's words that it has,
BM25 of its document, the cosine of the passage and of its surroundings, whether a person said it whom the question names,
whether it is of the time that the question names, whether it tells something rather than asks, whether it follows a question
(the more of the words sought stand there, the more), how much a turn says at all, how many of the question's pairs of
neighbouring words stand in it, how well the note was found that it is linked with (see `follow`), the share of the question's
quoted phrases that stand in it, and how much it is like the best ones (see `gather`)."""

_SPREAD = {"meaning", "around"}
_LEAST_SPREAD = 0.3
"""Cosines that differ by less hardly tell candidates apart: the best of them gets less than the whole part."""
_PLAIN = {"speaker", "when", "tells", "answers", "says", "phrase"}
"""Parts between 0 and 1 by themselves."""

BEST_COUNT = 2.2
"""What BM25 (k1 1.2) gives at most to a term, as a multiple of its rarity."""
_LEAST_STEP = 1e-6
"""What the scores of two candidates differ by at least, when they differ."""
_NOTHING = 1e-9
"""Scores that differ by less are equal: dividing by it would blow rounding up to a difference."""

_AKIN = 40
"""Candidates that may be so much like the best ones that it counts."""

_SENTENCES = 40
"""Words of a few sentences: more do not say more in themselves."""

_STANDS_BACK = 0.7
"""What the score of a further hit of a full group counts, when others are chosen before it."""

MOST_TERMS = 64
"""Distinct words of a query that are searched for; further ones of a very long text add time, not sense."""

# Words that say nothing about what is sought; dropped only when others remain.
STOP_WORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being below between both
    but by can could did do does doing down during each few for from further had has have having he her here hers him
    his how i if in into is it its itself just me more most my no nor not now of off on once only or other our out
    over own s same she should so some such t than that the their them then there these they this those through to
    too under until up very was we were what when where which while who whom why will with would you your""".split()
)


class Candidate(Struct, frozen=True):
    """Something that may be an answer. `group` is its note or thread, `parts` the raw scores by name of part."""

    id: str
    group: str
    parts: Mapping[str, float]
    share: float = 1.0
    """How much of its score it keeps."""


class Ranked(Struct, frozen=True):
    """A candidate with its `score` and what each part gave to it (`why` adds up to `score`); `via` is the candidate that it is
    linked with, if that counts."""

    id: str
    group: str
    score: float
    why: dict[str, float]
    via: str = ""


def fold(text: str) -> str:
    """Text as it is indexed and searched: compatibility forms, case and `ß` made one."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def query_terms(query: str) -> list[str]:
    """The words to search for: folded, each once, in order, without stop words unless there is nothing else."""
    # Marks belong to their word: in Hindi, say, they are its vowels.
    kept = (letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in fold(query))
    words = [word for word in dict.fromkeys("".join(kept).split()) if any(letter.isalnum() for letter in word)]
    return ([word for word in words if word not in STOP_WORDS] or words)[:MOST_TERMS]


def begun_word(query: str) -> str:
    """The word, folded, that a query ends with when a star behind it says that it is only begun; "" when none does. One letter
    of an alphabet begins too many words to stand for them."""
    last = query.split()[-1:]
    words = query_terms(last[0]) if last and last[0].endswith("*") and last[0][-2:-1].isalnum() else []
    return "" if not words or (len(words[-1]) == 1 and words[-1] < "\u2e80") else words[-1]


def nearness(days: int) -> float:
    """What it says of a passage, from 0 to 1, that it was written `days` after a time (negative: before it).

    One tells of a time while it lasts and in the weeks after, and plans for it in the days before.
    """
    return math.exp(-days / 14) if days >= 0 else math.exp(days / 3)


def answering(covered: float) -> float:
    """What it says of a turn, from 0 to 1, that it follows a question which has this share of the words that are sought."""
    return 0.35 + 0.65 * covered


def saying(length: float) -> float:
    """How much a turn of so many words says, from 0 to 1: "Sure, no problem!" hardly answers anything."""
    return min(1.0, length / _SENTENCES)


def confidence(covered: float, words: float, cosine: float | None, phrase: float | None = None) -> float:
    """From 0 to 1, how much a passage looks like an answer: what a question's words say, and what its meaning does.

    `covered` is the share of the question's words in the passage, by rarity; `words` its BM25 with its neighbours' words, as a
    share of the most that there can be, `phrase` the share of what the question quotes (None: it quotes nothing). Unlike a score
    it needs no other candidate, so it can say that nothing answers.
    """
    parts = [covered, words, *([] if cosine is None else [max(0.0, cosine)]), *([] if phrase is None else [phrase])]
    return round(min(1.0, sum(parts) / len(parts)), 6)


def fuse(candidates: Sequence[Candidate], weights: Mapping[str, float] = WEIGHTS) -> list[Ranked]:
    """Candidates by weighted score, best first; equal scores in the order of ids."""
    columns = []
    for part, weight in weights.items():
        scores = [candidate.parts.get(part, 0.0) for candidate in candidates]
        low = min(scores, default=0.0) if part in _SPREAD else 0.0
        scale = weight / _most(part, max(scores, default=0.0) - low)
        columns.append([round(max(0.0, score - low) * scale, 6) for score in scores])
    ranked = []
    for candidate, found in zip(candidates, zip(*columns, strict=True), strict=True):
        given = found if candidate.share == 1.0 else [round(score * candidate.share, 6) for score in found]
        why = dict(zip(weights, given, strict=True))
        ranked.append(Ranked(candidate.id, candidate.group, round(sum(given), 6), why))
    return sorted(ranked, key=lambda found: (-found.score, found.id))


def _most(part: str, spread: float) -> float:
    """What the best candidate has of a part more than the worst, as far as that tells them apart."""
    if part in _PLAIN:
        return 1.0
    return max(spread, _LEAST_SPREAD) if part in _SPREAD else spread if spread > _NOTHING else math.inf


def follow(ranked: Sequence[Ranked], links: Mapping[str, Sequence[Collection[str]]]) -> list[Ranked]:
    """Candidates again, with what the notes get that the first ones are linked with.

    `links` are ids of such notes' candidates, by the candidate that is linked with them. Of a note the best one gets the part
    "linked": the higher the linking one's score among all, and the fewer notes it is linked with, the more; but by it none
    comes before the one that it is linked with.
    """
    found = {one.id: one for one in ranked}
    order = {one.id: place for place, one in enumerate(ranked)}
    top = ranked[0].score if ranked else 0.0
    given: dict[str, tuple[float, str]] = {}
    for source, notes in links.items():
        share = found[source].score / (top or 1.0) / math.sqrt(len(notes))
        for note in notes:
            name = min((name for name in note if name in order), key=order.__getitem__, default=None)
            if name is not None and found[name].score < found[source].score:
                gain = round(min(share * WEIGHTS["linked"], found[source].score - found[name].score - _LEAST_STEP), 6)
                given[name] = max(given.get(name, (0.0, "")), (gain, source))
    more = [
        replace(one, score=round(one.score + given[one.id][0], 6), why=one.why | {"linked": given[one.id][0]},
                via=given[one.id][1]) if one.id in given else one
        for one in ranked
    ]  # fmt: skip
    return sorted(more, key=lambda one: (-one.score, one.id))


def gather(ranked: Sequence[Ranked], likeness: Mapping[str, float]) -> list[Ranked]:
    """Candidates again, with what those get that are like the best ones: the rest of an answer that is in several places.

    `likeness` is a cosine by id. The greatest gives the whole part "akin", one beyond the first `_AKIN` nothing; but by it none
    comes before the first of all (after Rocchio's relevance feedback, with what was found first taken for relevant).
    """
    cosines = sorted(likeness.values(), reverse=True)
    least = min(cosines[: _AKIN + 1], default=0.0)
    spread = max(cosines, default=0.0) - least
    if spread <= _NOTHING:
        return list(ranked)
    more = []
    for one in ranked:
        whole = WEIGHTS["akin"] * (likeness.get(one.id, least) - least) / spread
        gain = round(min(whole, ranked[0].score - one.score - _LEAST_STEP), 6)
        more.append(replace(one, score=round(one.score + gain, 6), why=one.why | {"akin": gain}) if gain > 0 else one)
    return sorted(more, key=lambda one: (-one.score, one.id))


def pick(ranked: Iterable[Ranked], k: int, most_per_group: int, grouped: Iterable[str] | None = None) -> list[Ranked]:
    """The first k, each id once. What a group has beyond so many (of those `grouped`; None: of all) stands back for others.

    It stands back for what is nearly as good, not for what hardly matches; the result is in the order of scores.
    """
    limited = None if grouped is None else set(grouped)
    counts: Counter[str] = Counter()
    kept: dict[str, tuple[float, Ranked]] = {}
    for found in ranked:
        if found.id not in kept:
            counts[found.group] += 1
            full = counts[found.group] > most_per_group and (limited is None or found.group in limited)
            kept[found.id] = (found.score * (_STANDS_BACK if full else 1.0), found)
    chosen = sorted(kept.values(), key=lambda pair: (-pair[0], pair[1].id))[:k]
    return sorted((found for _, found in chosen), key=lambda found: (-found.score, found.id))
