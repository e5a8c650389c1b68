"""Passages are found by the forms that words have in their language, whatever language others are in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sage.adapters.memory.memory_rows import DocumentRow, PassageRow
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.sight import Sight
from sage.adapters.memory.word_scores import FEW
from sage.core.labels import Audience
from sage.core.passages import Passage

NOTES = {
    "de": "Gestern haben wir die beiden Häuser am See mit ihren Gärten angesehen.",
    "fr": "Hier nous avons vu les deux chevaux dans le jardin de ma cousine.",
    "es": "Ayer cantamos muchas canciones con los niños en la casa de mi tía.",
    "ru": "Вчера мы гуляли с собакой в парке, и она нашла ключи.",
    "fi": "Eilen olimme mökillä ja sauna oli jo lämmin, kun tulimme sinne.",
    "nl": "Gisteren hebben we de twee huizen aan het meer nog een keer bekeken.",
    "en": "Yesterday we looked at the two notes that she had left on the table.",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MemoryStore]:
    store = MemoryStore(tmp_path / "memory.db", "none")
    yield store
    store.close()


def put(store: MemoryStore, notes: dict[str, str], audience: Audience = ("private",), title: str = "") -> None:
    for name, text in notes.items():
        row = PassageRow(f"p_{name}", 0, name, Passage(text, 0, len(text), 1, ""), audience=audience)
        store.imports.put_files(
            [(DocumentRow("file", name, title, "/vault", "/vault", audience=audience), [row], [None])]
        )


def found(store: MemoryStore, *words: str) -> list[str]:
    scores = store.match(store.cut(words)).words
    keys = store.keys("number", np.flatnonzero(scores).tolist())
    return [key.id.removeprefix("p_") for key in sorted(keys, key=lambda key: -scores[key.number])]


@pytest.mark.parametrize(("asked", "language"), [
    ("Haus", "de"), ("Garten", "de"), ("cheval", "fr"), ("cousines", "fr"), ("canción", "es"), ("cancion", "es"),
    ("собака", "ru"), ("ключ", "ru"), ("mökki", "fi"), ("mökin", "fi"), ("huis", "nl"), ("note", "en"), ("notes", "en"),
])  # fmt: skip
def test_forms_of_a_word_find_each_other(store: MemoryStore, asked: str, language: str) -> None:
    put(store, NOTES)
    assert found(store, asked) == [language]


def test_a_stem_of_one_language_is_no_word_of_another(store: MemoryStore) -> None:
    put(
        store,
        {"de": "Das ist in der Not noch immer besser als nichts, und wir haben ja auch nicht mehr.", "en": NOTES["en"]},
    )
    assert found(store, "not") == ["de"]
    assert set(found(store, "notes")) == {"en", "de"}  # each by its own rules


def test_two_forms_of_a_word_in_a_question_count_once(store: MemoryStore) -> None:
    put(store, NOTES)
    one, two = store.match(store.cut(["Haus"])), store.match(store.cut(["Haus", "Häuser"]))
    assert one.covered.max() == 1.0
    assert two.words.tolist() == one.words.tolist()


def test_a_word_is_as_rare_as_all_its_forms(store: MemoryStore) -> None:
    put(
        store,
        {f"de{n}": NOTES["de"] for n in range(3)}
        | {f"en{n}": "The Haus is closed on the day after." for n in range(4)},
    )
    (rarity,) = store.match(store.cut(["Haus"])).rarities
    assert rarity == pytest.approx(float(np.log1p((FEW - 7 + 0.5) / 7.5)))


def test_what_was_removed_leaves_no_word_in_any_language(store: MemoryStore) -> None:
    put(store, NOTES)
    assert sum(differ for _, differ in store.words.compare()) == 0
    store.imports.remove_files("/vault")
    assert sum(differ for _, differ in store.words.compare()) == 0
    assert found(store, "Haus", "собака") == []


def test_languages_of_hidden_passages_change_nothing(tmp_path: Path) -> None:
    stores = [MemoryStore(tmp_path / f"{name}.db", "none") for name in ("all", "shared")]
    for store in stores:
        put(store, {"en": NOTES["en"], "de": NOTES["de"]}, ("ann",), title="Haus")
    put(stores[0], {name: NOTES[name] for name in ("fr", "es", "ru", "nl")})
    asked = ["Haus", "notes", "cheval", "собака", "huis"]
    seen = stores[0].match(stores[0].cut(asked), Sight(*stores[0].seen(lambda audience: audience == ("ann",))))
    alone = stores[1].match(stores[1].cut(asked))
    assert seen.rarities == alone.rarities
    assert seen.words[seen.words > 0].tolist() == alone.words[alone.words > 0].tolist()
    for store in stores:
        store.close()
