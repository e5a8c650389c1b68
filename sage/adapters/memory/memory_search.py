"""One search of one store: candidates by words, by time and by meaning, fused, explained and made diverse."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from sage.adapters.memory.event_anchors import anchored
from sage.adapters.memory.memory_rows import PassageKey
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.memory_view import View, ViewIndex, best_of
from sage.adapters.memory.nearest import Nearest
from sage.adapters.memory.postings import Sought
from sage.core.evidence import is_about_talk
from sage.core.passages import SAGE, Hit
from sage.core.phrases import phrase_share, quoted_phrases, word_pairs
from sage.core.ports import Embedder
from sage.core.ranking import (
    BEST_COUNT,
    WEIGHTS,
    Candidate,
    Ranked,
    answering,
    begun_word,
    confidence,
    follow,
    fuse,
    gather,
    nearness,
    pick,
    query_terms,
    saying,
)
from sage.core.time_spans import TimeSpan, time_spans

if TYPE_CHECKING:
    import numpy as np

    from sage.adapters.memory.word_scores import WordScores

POOL = 200
"""Candidates that each way of searching brings, at least."""
QUICK_POOL = 80
"""The same while somebody still types."""
MOST_PER_NOTE = 3
"""Hits of one note in an answer, unless others hardly match. A thread has no such limit, since its turns are short, and neither
has a long note, which is about many things."""
FOLLOWED = 3
"""Candidates whose links are followed: the first by words and time."""
LEADING = 3
"""Best candidates that others are compared with: what is much like them may be another part of the answer."""
ECHO = 0.5
"""What is left of the score of an earlier question to Sage and of its answer: both repeat the words of what is sought."""
_READ_FOR_PHRASES = 500
"""Passages that have all words of a phrase and are read for it, the best by these words first."""
_READ = 60
"""Candidates whose text is read: for pairs of the question's words, and for the times that it names when the question names one."""


@dataclass(frozen=True)
class Question:
    """What is sought: a text, its vector or those of its words (none: words alone are searched), and the day that "yesterday"
    in it is seen from."""

    text: str
    vector: np.ndarray | None = None
    words: Mapping[str, np.ndarray] = field(default_factory=dict)
    today: date | None = None

    def aim(self, rarities: Mapping[str, float]) -> np.ndarray | None:
        """The vector to search with: of the whole, or of the words, each as long as it is rare. None: nothing is known."""
        import numpy as np

        if not self.words:
            return self.vector
        mean = np.zeros(0)
        for word, vector in self.words.items():
            mean = (mean if len(mean) else np.zeros(len(vector))) + vector.astype(np.float64) * rarities.get(word, 0.0)
        length = float(np.sqrt((mean * mean).sum()))
        return (mean / length).astype(np.float32) if length else None


def question_of(text: str, embedder: Embedder, today: date | None) -> Question:
    """A question with its vectors. Raises CorruptModel when the embedder does not load."""
    if not embedder.of_words:
        return Question(text, vector=embedder.embed([text])[0], today=today)
    words = query_terms(text)
    return Question(text, words=dict(zip(words, embedder.embed(words), strict=True)), today=today)


def search(
    store: MemoryStore | View, index: Nearest | ViewIndex | None, question: Question, k: int, pool: int = POOL
) -> list[Hit]:
    """The k best passages of a store. Without an index, or a vector, words alone decide."""
    found = _Found(store, index, question, max(pool, 4 * k))
    ranked = found.ranked()
    keys = found.by_name
    best = {keys[one.id].id: one for one in reversed(ranked)}
    ordered = sorted(best.values(), key=lambda one: (-one.score, one.id))
    picked = pick(ordered, k, MOST_PER_NOTE, {str(key.document) for key in keys.values() if found.is_short_note(key)})
    rows = {row.number: row for row in store.passages([keys[one.id].number for one in picked])}
    name = index.name if index is not None and found.by_meaning else ""
    sure = found.confidences([keys[one.id].number for one in picked])
    return [
        msgspec.structs.replace(
            rows[keys[one.id].number].hit(one.score, _given(one.why), name),
            confidence=confidence,
            rests_on=found.rests_on(one),
        )
        for one, confidence in zip(picked, sure, strict=True)
    ]


class _Found:
    """The candidates of one question with the parts of their scores."""

    def __init__(
        self, store: MemoryStore | View, index: Nearest | ViewIndex | None, question: Question, pool: int
    ) -> None:
        self._store, self._question = store, question
        terms = query_terms(question.text)
        cut = store.cut(terms)
        if begun := begun_word(question.text):
            cut.append(Sought(f"{begun}*", store.cut([begun])[0].terms, begun))
        self._matches = store.match(cut)
        self._asked = frozenset(word.terms[0] for word in cut)
        self._about_talk = is_about_talk(question.text)
        self._cosines_of: dict[int, dict[str, float]] = {}
        self._compared: tuple[np.ndarray, np.ndarray]  # numbers of passages and their vectors, once cosines were made
        self._leading: list[str] = []
        self._people: dict[str | None, bool] = {}
        self._anchored = anchored(store, question.text)
        self._spans = [*time_spans(question.text, question.today), *self._anchored.spans]
        self._written = _written(self._matches, self._spans)
        rarities = dict.fromkeys((one.word for one in cut), 0.0)
        for one, rarity in zip(cut, self._matches.rarities, strict=True):
            rarities[one.word] += rarity
        self._phrases = quoted_phrases(question.text)
        self._quoting = self._with_phrases()
        vector = question.aim(rarities) if index is not None else None
        self._vector = vector if vector is not None and vector.any() else None
        near = index.search(self._vector, pool) if index is not None and self._vector is not None else []
        keys = {key.number: key for key in store.keys("id", [name for name, _ in near])}
        self._rough = self._roughly()
        self._links = store.linked(sorted(best_of(store, self._rough, FOLLOWED)))
        missing = {*best_of(store, self._rough, pool), *self._quoting} - set(keys)
        missing |= self._best_of_notes({*keys, *missing})
        keys |= {key.number: key for key in store.keys("number", sorted(missing))}
        # Passages of one text, and the same passage in two roots, share an id but compete as single candidates.
        self.by_name = _by_name(keys.values())

    @property
    def by_meaning(self) -> bool:
        """Whether vectors were compared."""
        return self._vector is not None

    def rests_on(self, one: Ranked) -> dict[str, str]:
        """Which other passages' words a candidate's score rests on, by the part of it."""
        linked = {"linked": self.by_name[one.via].id} if one.via else {}
        timed = {"when": self._anchored.told_by} if one.why["when"] and self._anchored.told_by else {}
        leading = next((name for name in self._leading if name != one.id), "") if one.why["akin"] else ""
        return linked | timed | ({"akin": self.by_name[leading].id} if leading else {})

    def is_short_note(self, key: PassageKey) -> bool:
        """Whether it is of a note that is about one thing."""
        return key.kind == "file" and bool(self._matches.sight.short[key.number])

    def ranked(self) -> list[Ranked]:
        """The candidates, the best first, with what links give them."""
        candidates = self._candidates()
        ranked = fuse(candidates)
        ranked = gather(ranked, self._likeness(ranked, {one.id for one in candidates if one.share < 1}))
        if not self._links:
            return ranked
        names = {key.number: name for name, key in self.by_name.items()}
        linked = {
            names[one]: [[names[number] for number in note if number in names] for note in notes]
            for one, notes in self._links.items()
        }
        return follow(ranked, linked)

    def _likeness(self, ranked: Sequence[Ranked], echoes: Container[str]) -> dict[str, float]:
        """The cosines of turns to the mean of the best ones, each as long as it is good. What repeats the question is left out,
        and so are notes: a passage of one says more by itself, and what belongs to it is linked."""
        import numpy as np

        keys = ((one, self.by_name[one.id]) for one in ranked if one.id not in echoes)
        turns = {one.id: (one.score, key.number) for one, key in keys
                 if key.kind == "thread" and key.number in self._cosines_of}  # fmt: skip
        if not turns:
            return {}
        needed, vectors = self._compared
        matrix = vectors[np.searchsorted(needed, [number for _, number in turns.values()])]
        scores = np.array([score for score, _ in turns.values()][:LEADING])
        mean = (matrix[:LEADING] * scores[:, None]).sum(axis=0)
        aim = (mean / (np.sqrt((mean * mean).sum()) or 1.0)).astype(np.float32)
        self._leading = [*turns][:LEADING]
        return dict(zip(turns, (matrix * aim).sum(axis=1, dtype=np.float64).round(6).tolist(), strict=True))

    def _best_of_notes(self, known: Container[int]) -> set[int]:
        """Of each linked note that has no candidate the best passage by words and time, if they say anything of it."""
        notes = {note for some in self._links.values() for note in some if not any(number in known for number in note)}
        best = {max(note, key=self._rough.__getitem__) for note in notes}
        return {number for number in best if self._rough[number] > 0}

    def _candidates(self) -> list[Candidate]:
        numbers = [key.number for key in self.by_name.values()]
        cosines = self._cosines_of = self._cosines(numbers)
        read = self._read(numbers)
        questions = self._questions(numbers)
        return [
            Candidate(
                name,
                str(key.document),
                self._parts(key)
                | cosines.get(key.number, {})
                | read.get(key.number, {})
                | questions.get(key.number, {}),
                ECHO if key.talk and not self._about_talk and (key.asks or key.speaker == SAGE) else 1.0,
            )
            for name, key in self.by_name.items()
        ]

    def confidences(self, numbers: Sequence[int]) -> list[float]:
        """How much each looks like an answer: what the best possible candidate would have is 1."""
        matches, most = self._matches, BEST_COUNT * sum(self._matches.rarities)
        return [
            confidence(
                float(matches.covered[number]),
                float(matches.words[number]) / (most or 1.0),
                self._cosines_of.get(number, {}).get("meaning"),
                self._quoting.get(number, 0.0) if self._phrases else None,
            )
            for number in numbers
        ]

    def _roughly(self) -> np.ndarray:
        """What words and time say of every passage: enough to tell which ones are worth a closer look."""
        matches = self._matches
        documents = matches.documents[matches.sight.documents] * (matches.words > 0)
        rough: np.ndarray = self._written * WEIGHTS["when"]
        for part, scores in (("words", matches.words), ("covered", matches.covered), ("document", documents)):
            rough = rough + WEIGHTS[part] * scores / (scores.max(initial=0.0) or 1.0)
        return rough.round(9)

    def _parts(self, key: PassageKey) -> dict[str, float]:
        matches = self._matches
        return {
            "words": float(matches.words[key.number]),
            "covered": float(matches.covered[key.number]),
            "document": float(matches.documents[matches.sight.documents[key.number]]),
            "speaker": float(self._names(key.speaker)),
            "when": float(self._written[key.number]) * 2 / 3,
            "tells": float(not key.asks),
            # A section of a note may be short and hold all that is sought; of what was said, most short turns hold nothing.
            "says": saying(float(matches.sight.lengths[key.number])) if key.kind == "thread" else 1.0,
            "phrase": self._quoting.get(key.number, 0.0),
        }

    def _questions(self, numbers: Sequence[int]) -> dict[int, dict[str, float]]:
        """The part "answers" of the candidates whose thread has a question right before them."""
        sight = self._matches.sight
        before = dict(zip(numbers, sight.turns_before(numbers), strict=True))
        keys = {key.number: key for key in self.by_name.values()}
        others = self._store.keys("number", sorted({one for one in before.values() if one >= 0} - set(keys)))
        asking = {key.number for key in [*keys.values(), *others] if key.asks}
        covered = self._matches.covered
        return {number: {"answers": answering(float(covered[one]))} for number, one in before.items() if one in asking}

    def _names(self, speaker: str | None) -> bool:
        """Whether the question names who said it."""
        if speaker not in self._people:
            self._people[speaker] = speaker is not None and not self._asked.isdisjoint(
                word.terms[0] for word in self._store.cut(query_terms(speaker))
            )
        return self._people[speaker]

    def _cosines(self, numbers: Sequence[int]) -> dict[int, dict[str, float]]:
        """Of every candidate, whichever way it was found, and of its surroundings. Each row is summed by itself, so that
        none depends on the others."""
        import numpy as np

        around, weights = self._matches.sight.neighbours(np.array(numbers, np.int64))
        needed = np.unique(around)
        vectors = self._store.vectors(needed.tolist()) if self._vector is not None else {}
        if self._vector is None or not vectors:
            return {}
        nothing = np.zeros(len(self._vector), np.float32)
        matrix = np.stack([vectors.get(number, nothing) for number in needed.tolist()])
        self._compared = needed, matrix
        own = (matrix * self._vector).sum(axis=1, dtype=np.float64)
        places = np.searchsorted(needed, around)
        means = np.zeros((len(places), matrix.shape[1]), np.float32)
        for step, counts in enumerate(weights.T.astype(np.float32)):
            means += matrix[places[:, step]] * counts[:, None]
        lengths = np.sqrt((means * means).sum(axis=1, dtype=np.float64))
        near = (means * self._vector).sum(axis=1, dtype=np.float64) / np.where(lengths > 0, lengths, 1)
        found = zip(numbers, own[places[:, 2]].round(6).tolist(), near.round(6).tolist(), strict=True)
        return {number: {"meaning": mine, "around": others} for number, mine, others in found if number in vectors}

    def _with_phrases(self) -> dict[int, float]:
        """The passages in which phrases stand that the question quotes, and how many of these do, from 0 to 1."""
        wanted: set[int] = set()
        for phrase in self._phrases:
            words = self._store.match(self._store.cut(phrase.split()))
            # A sum of shares may be a little less than the whole.
            wanted.update(best_of(self._store, words.words * (words.covered > 1 - 1e-9), _READ_FOR_PHRASES))
        shares = ((row.number, phrase_share(row.passage.text, self._phrases))
                  for row in self._store.passages(sorted(wanted)))  # fmt: skip
        return {number: share for number, share in shares if share}

    def _read(self, numbers: Sequence[int]) -> dict[int, dict[str, float]]:
        """The parts "pairs" and "when" of the best candidates, whose text is read for what words alone do not tell."""
        pairs = word_pairs(self._question.text)
        keys = {key.number: (name, key) for name, key in self.by_name.items()}
        first = sorted(numbers, key=lambda number: (-self._rough[number], keys[number][0]))[:_READ]
        # A note's passage is so long that some pairs stand in it by chance.
        turns = {number for number in first if pairs and keys[number][1].kind == "thread"}
        found: dict[int, dict[str, float]] = {}
        for row in self._store.passages(first if self._spans else sorted(turns)):
            parts = found[row.number] = {}
            if row.number in turns:
                parts["pairs"] = float(len(pairs & word_pairs(row.passage.text)))
            # A date that stands there in full is found as a word; it is "yesterday" that needs the day it was written.
            told = time_spans(row.passage.text, date.fromisoformat(row.when[:10])) if row.when and self._spans else []
            if any(span.days_apart(one) == 0 for span in self._spans for one in told if one.days <= 40):
                parts["when"] = float(self._written[row.number]) * 2 / 3 + 1 / 3
        return found


def _written(matches: WordScores, spans: Sequence[TimeSpan]) -> np.ndarray:
    """How near each passage was written to a time that is asked for, from 0 to 1."""
    import numpy as np

    if not spans:
        return np.zeros(len(matches.words))
    days, places = np.unique(matches.sight.days, return_inverse=True)
    near = [max((nearness(span.days_to(date.fromordinal(int(day)))) for span in spans), default=0.0) if day else 0.0
            for day in days]  # fmt: skip
    return np.array(near)[places]


def _by_name(keys: Iterable[PassageKey]) -> dict[str, PassageKey]:
    return {f"{key.id}/{key.part:06}/{key.number}": key for key in keys}


def _given(why: dict[str, float]) -> dict[str, float]:
    return {part: value for part, value in why.items() if value}
