"""A question that quotes words finds the passages in which they stand in that order first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.adapters.memory.memory_rows import DocumentRow, PassageRow
from sage.adapters.memory.memory_search import Question, search
from sage.adapters.memory.memory_store import MemoryStore
from sage.core.passages import Hit, Passage

NOTES = {
    "told": "Late in the evening he told us that all is well that ends well, and we believed it.",
    "mixed": "The well ends where all that is left of the wall is; well, the well is deep and the wall is well built.",
    "said": "She said it again: the kettle was blue. Who said so? She said it, he said it, they all said it.",
    "blue": "A blue cup, a blue pan, and the kettle beside the blue kettle drum of the blue band: blue, all blue.",
    "phrase": "On the stove stood the old kettle, blue as ever.",
    "be": "It is not to be, and I am to be there; or so they had it, if it can be or not.",
    "hamlet": "To be, or not to be: that was on the poster.",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MemoryStore]:
    store = MemoryStore(tmp_path / "memory.db", "none")
    for name, text in NOTES.items():
        row = PassageRow(f"p_{name}", 0, name, Passage(text, 0, len(text), 1, ""))
        store.imports.put_files([(DocumentRow("file", name, "", "/vault", "/vault"), [row], [None])])
    yield store
    store.close()


def found(store: MemoryStore, question: str, k: int = 7) -> list[Hit]:
    return search(store, None, Question(question), k)


@pytest.mark.parametrize(("question", "first"), [
    ('what was the "kettle, blue"', "phrase"), ("“All is well that ends well”", "told"), ("»to be or not to be«", "hamlet"),
    ('who said "to be or not to be"', "hamlet"), ('"all is well" and "ends well"', "told"),
])  # fmt: skip
def test_the_passage_with_the_phrase_is_first_and_says_why(store: MemoryStore, question: str, first: str) -> None:
    hits = found(store, question)
    assert hits[0].source == first
    assert [hit.source for hit in hits if "phrase" in hit.why] == [first]
    assert hits[0].score == pytest.approx(sum(hits[0].why.values()), abs=1e-5)


def test_without_quotation_marks_nothing_is_a_phrase(store: MemoryStore) -> None:
    assert all("phrase" not in hit.why for hit in found(store, "what was the kettle, blue"))


def test_words_in_quotation_marks_still_find_when_they_stand_nowhere_so(store: MemoryStore) -> None:
    assert {hit.source for hit in found(store, '"blue stove kettle"')} >= {"blue", "phrase"}


def test_a_quoted_passage_is_a_candidate_however_many_have_its_words(store: MemoryStore) -> None:
    many = [(DocumentRow("file", f"n{n}", "", "/vault", "/vault"),
             [PassageRow(f"p_n{n}", 0, f"n{n}", Passage("who said it? " * 9 + "it is or be to not", 0, 40, 1, ""))], [None])
            for n in range(300)]  # fmt: skip
    store.imports.put_files(many)
    assert found(store, 'who said it: "that was on the poster"', 1)[0].source == "hamlet"


def test_a_phrase_raises_confidence_and_a_missing_one_lowers_it(store: MemoryStore) -> None:
    plain, quoted = (
        found(store, question)[0].confidence for question in ("kettle blue as ever", '"kettle blue as ever"')
    )
    (missing,) = (hit.confidence for hit in found(store, '"as ever kettle blue"') if hit.source == "phrase")
    assert missing < plain < quoted
