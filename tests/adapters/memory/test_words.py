"""The lists of words and what is counted from them, against plain counting and against a store that never held the hidden text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.adapters.memory.memory_rows import DocumentRow, PassageRow
from sage.adapters.memory.memory_search import best_of
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.postings import Sought, Tokenizer
from sage.adapters.memory.sight import Sight
from sage.adapters.memory.word_scores import FEW
from sage.core.labels import Audience
from sage.core.passages import Passage

WORDS = "walrus walruses seal Fish fishing ice snöw snow key house".split()
texts = st.lists(st.sampled_from(WORDS), min_size=0, max_size=12).map(" ".join)
notes = st.lists(st.tuples(texts, st.lists(st.tuples(texts, texts), min_size=1, max_size=4)), min_size=1, max_size=5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MemoryStore]:
    store = MemoryStore(tmp_path / "memory.db", "none")
    yield store
    store.close()


def document(name: str, title: str = "", audience: Audience = ("private",)) -> DocumentRow:
    return DocumentRow("file", name, title, "/vault", "/vault", audience=audience)


def row(name: str, place: int, body: str, heading: str = "", audience: Audience = ("private",)) -> PassageRow:
    return PassageRow(f"p_{name}-{place}", place, name, Passage(body, 0, len(body), 1, heading), audience=audience)


def put(store: MemoryStore, found: list[tuple[str, list[tuple[str, str]]]], untitled: bool = False) -> None:
    for number, (title, passages) in enumerate(found):
        rows = [row(f"n{number}", place, body, heading) for place, (heading, body) in enumerate(passages)]
        store.imports.put_files([(document(f"n{number}", "" if untitled else title), rows, [None] * len(rows))])


def ids(store: MemoryStore, scores: np.ndarray) -> dict[str, float]:
    return {key.id: float(scores[key.number]) for key in store.keys("number", np.flatnonzero(scores).tolist())}


def scores(store: MemoryStore, terms: list[str]) -> dict[str, float]:
    """The passages that are found by words, by id."""
    return ids(store, store.match(store.cut(terms)).words)


def documents(store: MemoryStore, terms: list[str]) -> list[float]:
    return sorted(score for score in store.match(store.cut(terms)).documents.tolist() if score)


@given(
    notes, st.lists(st.sampled_from(["walrus", "fish", "snow", "keys", "house"]), min_size=1, max_size=4, unique=True)
)
@settings(max_examples=60, deadline=None)
def test_scores_are_bm25_over_graded_windows(found: list[tuple[str, list[tuple[str, str]]]], terms: list[str]) -> None:
    with apsw.Connection(":memory:") as connection:
        cut = Tokenizer(connection).terms
        windows, own = {}, {}
        for number, (_, passages) in enumerate(found):
            rows = [cut(f"{heading} {body}") for heading, body in passages]
            for place, row_terms in enumerate(rows):
                own[f"p_n{number}-{place}"] = row_terms
                near = rows[max(0, place - 1) : place] + rows[place + 1 : place + 2]
                windows[f"p_n{number}-{place}"] = row_terms * 3 + [term for one in near for term in one]
        asked = list(dict.fromkeys(term for word in terms for term in cut(word)))
    mean = sum(map(len, windows.values())) / len(windows)
    expected = dict.fromkeys(windows, 0.0)
    for term in asked:
        having = sum(term in row_terms for row_terms in own.values())
        rarity = math.log(1 + (max(FEW, len(own)) - having + 0.5) / (having + 0.5))
        for name, row_terms in windows.items():
            count = row_terms.count(term)
            expected[name] += rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(row_terms) / (mean or 1)))
    store = MemoryStore(Path(":memory:"), "none")
    put(store, found, untitled=True)
    matched = scores(store, terms)
    store.close()
    assert matched == pytest.approx({name: score for name, score in expected.items() if score}, rel=1e-6)


@given(notes, notes)
@settings(max_examples=40, deadline=None)
def test_what_was_removed_leaves_no_word(
    first: list[tuple[str, list[tuple[str, str]]]], second: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    changed, fresh = MemoryStore(Path(":memory:"), "none"), MemoryStore(Path(":memory:"), "none")
    put(changed, first)
    changed.match(changed.cut(["walrus"]))
    put(changed, second)
    changed.imports.remove_files("/vault", [f"n{number}" for number in range(len(second), len(first))])
    put(fresh, second)
    for terms in (["walrus"], WORDS):
        assert scores(changed, terms) == scores(fresh, terms)
        assert documents(changed, terms) == documents(fresh, terms)
    changed.imports.remove_files("/vault")
    assert sum(differing for _, differing in changed.words.compare()) == 0
    changed.close(), fresh.close()


def test_a_removed_thread_is_gone_from_its_windows(store: MemoryStore) -> None:
    def turn(n: int, text: str) -> tuple[str, list[PassageRow], list[None]]:
        return "talk", [PassageRow(f"t_{n}", n, "talk", Passage(text, 0, len(text), 1, ""), kind="thread")], [None]

    store.texts.add_texts([turn(1, "where did you sleep"), turn(2, "in the yellow house"), turn(3, "nice")])
    store.texts.add_texts([turn(4, "bye")])
    told = scores(store, ["yellow"])
    assert sorted(told, key=lambda name: -told[name])[0] == "t_2"
    assert set(told) == {"t_1", "t_2", "t_3", "t_4"}
    store.texts.remove_texts()
    assert scores(store, ["yellow"]) == {}
    assert documents(store, ["yellow"]) == []


def test_equal_scores_beyond_the_limit_are_chosen_by_id(store: MemoryStore) -> None:
    rows = [row(f"x{n}", 0, "walrus") for n in (5, 3, 9, 1, 7)]
    for one in rows:
        store.imports.put_files([(document(one.source), [one], [None])])
    store.imports.put_files([(document("best"), [row("best", 0, "walrus", "walrus")], [None])])
    found = store.keys("number", best_of(store, store.match(store.cut(["walrus"])).covered, 3))
    assert {key.id for key in found} == {"p_best-0", "p_x1-0", "p_x3-0"}


def test_a_begun_word_stands_for_all_others_that_begin_so(store: MemoryStore) -> None:
    put(
        store,
        [
            ("", [("", "walruses sleep"), ("", "a wall"), ("", "seals")]),
            ("", [("", "das Häuschen im Garten ist klein")]),
        ],
    )

    def begun(word: str, *but: str) -> set[str]:
        return set(ids(store, store.match([Sought(f"{word}*", but, word)]).covered))

    assert begun("wal") == {"p_n0-0", "p_n0-1"}
    assert begun("wal", "wall") == {"p_n0-0"}
    assert begun("häus") == {"p_n1-0"}  # by its own language's stem
    assert begun("de") == set()  # the mark of a language is no word


def test_a_word_in_every_note_still_finds(store: MemoryStore) -> None:
    put(store, [("", [("", "walrus")]), ("", [("", "walrus")])])
    assert len(scores(store, ["walrus"])) == 2


def test_the_tokenizer_folds_and_stems() -> None:
    with apsw.Connection(":memory:") as connection:
        assert Tokenizer(connection).terms("The Cafés' STRAẞE running \ud800") == ["the", "cafe", "strass", "run"]


parts = st.tuples(st.booleans(), st.lists(st.tuples(texts, st.booleans()), min_size=1, max_size=4))


@given(
    st.lists(st.tuples(texts, parts), min_size=1, max_size=5),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.sampled_from(["w", "wal", "sno", "hous", "x"]),
)
@settings(max_examples=60, deadline=None)
def test_a_sight_counts_as_if_the_rest_had_never_been(
    found: list[tuple[str, tuple[bool, list[tuple[str, bool]]]]], terms: list[str], begun: str
) -> None:
    everything, shared_alone = MemoryStore(Path(":memory:"), "none"), MemoryStore(Path(":memory:"), "none")
    for number, (title, (whole, passages)) in enumerate(found):
        name = f"n{number}"
        rows = [row(name, place, text, audience=("ann",) if shared else ("private",))
                for place, (text, shared) in enumerate(passages)]  # fmt: skip
        shown = [one for one in rows if one.audience == ("ann",)]
        note = document(name, title, ("ann",) if whole else ("private",))
        everything.imports.put_files([(note, rows, [None] * len(rows))])
        # Of a note that is not shared as a whole not even the title counts.
        shared_alone.imports.put_files([(document(name, title if whole else ""), shown, [None] * len(shown))])
    sight = Sight(*everything.seen(lambda audience: audience == ("ann",)))
    sought = [*everything.cut(terms), Sought(f"{begun}*", everything.cut(terms)[0].terms, begun)]
    seen, plain = everything.match(sought, sight), shared_alone.match(sought)
    assert ids(everything, seen.words) == ids(shared_alone, plain.words)
    assert ids(everything, seen.covered) == ids(shared_alone, plain.covered)
    assert sorted(filter(None, seen.documents)) == sorted(filter(None, plain.documents))
    everything.close(), shared_alone.close()
