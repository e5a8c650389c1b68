from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder
from sage.core.errors import BadInput, CorruptModel, DiskFull
from sage.core.extracts import answering
from sage.core.passages import RememberedText
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder


@pytest.fixture
def texts() -> FakeTexts:
    return FakeTexts()


@pytest.fixture
def memory(tmp_path: Path, texts: FakeTexts) -> Iterator[SageMemory]:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        yield memory


class BrokenEmbedder(FakeEmbedder):
    def embed(self, texts: object) -> object:
        raise CorruptModel("no weights")


# remembering


def test_what_was_remembered_is_recalled_with_all_that_belongs_to_it(memory: SageMemory) -> None:
    name = memory.remember(
        "The plumber comes on Tuesday",
        source="chat",
        when=datetime(2024, 5, 1, 9, tzinfo=UTC),
        thread="monday",
        speaker="Ann",
        origin="contact",
        audience=("work", "bob"),
    )
    (hit,) = memory.recall("when does the plumber come?")
    assert (hit.id, hit.text, hit.source) == (name, "The plumber comes on Tuesday", "chat")
    assert (hit.thread, hit.heading, hit.line, hit.start, hit.end) == ("monday", "", 1, 0, 28)
    assert (hit.when, hit.speaker, hit.origin, hit.audience) == (
        "2024-05-01T09:00:00+00:00",
        "Ann",
        "contact",
        ("bob", "work"),
    )
    assert hit.found_by == "exact"
    assert hit.score == pytest.approx(sum(hit.why.values()), abs=1e-5)
    assert memory.hit(name) == replace(hit, score=0.0, why={}, confidence=0.0, found_by="")


def test_what_follows_a_question_in_its_thread_answers_it(memory: SageMemory) -> None:
    said = ["Which colour is your bicycle?", "It is green, and quite old.", "Ah, nice."]
    turns = [RememberedText(text, "talk", thread="monday", speaker="Demo Aunt") for text in said]
    alone = RememberedText("It is green, and quite old.", "elsewhere", thread="tuesday", speaker="Demo Aunt")
    question, answer, later, other = memory.remember_many([*turns, alone])
    why = {hit.id: hit.why for hit in memory.recall("colour of the bicycle")}
    assert why[answer]["answers"] == pytest.approx(0.2)  # the question has all words that are sought
    assert not any("answers" in why.get(name, {}) for name in (question, later, other))


def test_a_turn_in_which_words_stand_side_by_side_comes_before_one_that_has_them_apart(memory: SageMemory) -> None:
    memory.remember("We bought a boat and a red sofa for the cabin by the lake.", source="chat", thread="s1")
    memory.remember("We bought a red boat and a sofa for the cabin by the lake.", source="chat", thread="s2")
    first, second = memory.recall("the red boat", k=2)
    assert first.thread == "s2" and first.why["pairs"] > second.why.get("pairs", 0)


def test_a_short_turn_says_less_than_a_long_one_and_a_note_says_all_it_says(memory: SageMemory) -> None:
    said = ["No problem!", "No problem, the ladder is in the shed behind the oaks"]
    short, long = memory.remember_many([RememberedText(text, "talk", thread=text) for text in said])
    note = memory.remember("No problem!", source="note")
    why = {hit.id: hit.why["says"] for hit in memory.recall("no problem")}
    assert 0 < why[short] < why[long] < why[note]


def test_texts_are_kept_before_anything_else_and_in_one_go(memory: SageMemory, texts: FakeTexts) -> None:
    ids = memory.remember_many(
        [RememberedText("one apple", "a"), {"text": "two pears", "source": "b", "when": "31 May 2024", "thread": "t"}]
    )
    assert [text.id for text in texts.kept] == ids
    assert texts.kept[1].when == "2024-05-31T00:00:00"
    assert [hit.id for hit in memory.recall("pears apple", k=2)] == sorted(
        ids, key=lambda name: memory_order(memory, name)
    )


def memory_order(memory: SageMemory, name: str) -> int:
    return [hit.id for hit in memory.recall("pears apple", k=2)].index(name)


@pytest.mark.parametrize(
    "given_text",
    [
        {"text": "  ", "source": "s"},
        {"text": "x", "source": ""},
        {"text": "\ud800", "source": "s"},
        {"text": "x", "source": "s", "when": "soon"},
        {"text": "x"},
        {"text": "x", "source": "s", "colour": "red"},
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_kept(
    memory: SageMemory, texts: FakeTexts, given_text: dict[str, str]
) -> None:
    with pytest.raises(BadInput):
        memory.remember_many([{"text": "good", "source": "s"}, given_text])
    assert texts.kept == []


def test_the_same_text_twice_is_two_texts(memory: SageMemory) -> None:
    assert memory.remember("again", source="s") != memory.remember("again", source="s")
    assert memory.counts().texts == 2


def test_a_long_text_is_found_by_a_passage_and_given_back_whole(memory: SageMemory) -> None:
    long = "# Start\n" + "filler words here. " * 100 + "\n\n# Cellar\nThe key hangs behind the boiler.\n"
    name = memory.remember(long, source="house")
    hits = memory.recall("where does the key hang")
    assert [hit.id for hit in hits] == [name]
    assert (hits[0].heading, hits[0].text) == ("Cellar", long[hits[0].start : hits[0].end])
    assert "boiler" in hits[0].text
    assert len(hits[0].text) < 200
    whole = memory.hit(name)
    assert whole is not None
    assert whole.text == long


def test_an_unknown_id_is_none(memory: SageMemory) -> None:
    assert memory.hit("t_0") is None


def test_a_turn_is_found_by_its_neighbours_words(memory: SageMemory) -> None:
    def tell(thread: str, *said: str) -> list[str]:
        return [memory.remember(text, source="chat", thread=thread) for text in said]

    answer = tell("trip", "Where did you stay in Lisbon?", "At the yellow house.", "Nice!")[1]
    for n in range(30):
        tell(f"other{n}", "How was work?", f"Fine, number {n}.", "Good.")
    ranked = [hit.id for hit in memory.recall("stay in Lisbon", k=3)]
    assert answer in ranked
    (hit,) = [hit for hit in memory.recall("stay in Lisbon", k=3) if hit.id == answer]
    assert hit.why.get("words", 0) > 0
    assert "passage" not in hit.why


def test_an_endless_thread_is_several_documents_but_one_thread(memory: SageMemory) -> None:
    memory.remember_many([{"text": f"turn {n} about nothing", "source": "chat", "thread": "long"} for n in range(150)])
    memory.remember("the walrus sleeps", source="chat", thread="long")
    (hit, *_) = memory.recall("walrus")
    assert hit.thread == "long"
    assert memory.recall("turn 63")[0].text == "turn 63 about nothing"


# robustness


@given(st.one_of(st.text(), st.text("\"'()*:^-+{}[]|&ANDORNEAR \0"), st.text("the of to is")))
@example("x " * 5000)
@example('"unbalanced')
@example("NEAR(a b, 3) AND title : x* ^y")
@example("🙂🙂")
@example("\ud800")
@example("the")
@example("")
@settings(max_examples=150)
def test_no_query_raises(shared: SageMemory, query: str) -> None:
    for recipients in (None, (), ["ann"]):
        assert len(shared.recall(query, k=3, recipients=recipients)) <= 3


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SageMemory]:
    """A memory that a whole run of questions is put to."""
    with SageMemory(tmp_path_factory.mktemp("shared"), FakeTexts(), FakeEmbedder()) as memory:
        memory.remember("the quick brown fox", source="a", audience="public")
        memory.remember("to be or not to be", source="b", audience="ann")
        yield memory


def test_k_of_nothing_finds_nothing(memory: SageMemory) -> None:
    memory.remember("x", source="s")
    assert memory.recall("x", k=0) == []


def test_without_an_embedder_words_still_find(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, BrokenEmbedder()) as memory:
        memory.remember("the plumber comes", source="s")
        assert [hit.text for hit in memory.recall("plumber")] == ["the plumber comes"]
        assert memory.recall("plumber")[0].found_by == ""
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        assert memory.counts().vectors == 1


def test_another_embedder_makes_its_own_vectors(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember("the plumber comes", source="s")
    other = FakeEmbedder("other-4", 4)
    with SageMemory(tmp_path, texts, other) as memory:
        assert memory.recall("plumber")[0].why["words"] > 0
        assert memory.counts().vectors == 1
    assert other.embedded[0] == "the plumber comes"


def test_what_the_index_cannot_take_is_kept_all_the_same(tmp_path: Path, texts: FakeTexts) -> None:
    class FullDisk(FakeEmbedder):
        def embed(self, texts: object) -> object:
            raise DiskFull("no room")

    with SageMemory(tmp_path, texts, FullDisk()) as memory:
        memory.remember("kept", source="s")
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        assert [hit.text for hit in memory.recall("kept")] == ["kept"]


def test_the_index_catches_up_with_the_journal_at_opening(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember("one", source="s", thread="t")
    texts.add_texts([RememberedText(f"number {n}", "s", "t") for n in range(1200)])
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        assert memory.counts().texts == 1201
        assert memory.recall("number 1100", k=1)[0].text == "number 1100"


def test_a_deleted_index_is_made_again(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember("a walrus", source="s")
        before = memory.recall("walrus")
    for file in tmp_path.iterdir():
        file.unlink()
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        assert memory.recall("walrus") == before


@pytest.mark.parametrize("others", [0, 1, 2, 3])
def test_an_index_of_another_journal_follows_the_one_there_is(tmp_path: Path, texts: FakeTexts, others: int) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember_many([{"text": f"old walrus {n}", "source": "s"} for n in range(2)])
    restored = FakeTexts()
    restored.add_texts([RememberedText(f"new walrus {n}", "s") for n in range(others)])
    with SageMemory(tmp_path, restored, FakeEmbedder()) as memory:
        assert {hit.text for hit in memory.recall("walrus")} == {text.text for text in restored.kept}
        memory.remember("the newest walrus", source="s")
        assert memory.recall("newest", k=1)[0].text == "the newest walrus"


@pytest.mark.parametrize("torn", ["head", "middle", "empty"])
def test_a_torn_index_is_set_aside_and_made_again(tmp_path: Path, texts: FakeTexts, torn: str) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": "s", "thread": "t"} for n in range(300)])
        before = memory.recall("walrus 77")
    path = tmp_path / "memory.db"
    data = bytearray(path.read_bytes())
    if torn == "head":
        data[:100] = b"x" * 100
    elif torn == "middle":
        data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(b"" if torn == "empty" else bytes(data))
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        assert memory.recall("walrus 77") == before


def test_an_index_torn_while_open_is_made_again(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember("a walrus", source="s")
        before = memory.recall("walrus")
        with apsw.Connection(str(tmp_path / "memory.db")) as other:
            other.execute("PRAGMA writable_schema = ON")
            other.execute("UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'passages'")
            other.execute("PRAGMA writable_schema = RESET")
        assert memory.recall("walrus") == before


def test_it_is_safe_in_threads(memory: SageMemory, texts: FakeTexts, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for n in range(120):
        (vault / f"{n}.md").write_text(f"# Note {n}\nwalrus {n}\n")
    troubles: list[BaseException] = []

    def run(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            troubles.append(error)

    turn = threading.Lock()

    def remember() -> None:
        for n in range(40):
            with turn:  # the fake journal is not made for threads
                memory.remember(f"turn {n} walrus", source="chat", thread="t")

    def recall() -> None:
        for _ in range(60):
            memory.recall("walrus")
            memory.recall("walrus", recipients=())

    works = [remember, recall, lambda: memory.import_path(vault), recall]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    counts = memory.counts()
    assert (counts.notes, counts.texts, counts.vectors) == (120, 40, 160)
    assert len(memory.recall("walrus", k=500)) == 160


def test_closing_twice_is_fine(memory: SageMemory) -> None:
    memory.close()
    memory.close()


def test_above_the_threshold_chroma_answers_the_same(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(20)])
        exact = memory.recall("walrus 7")
    for _ in range(2):
        with SageMemory(tmp_path, texts, FakeEmbedder(), exact_up_to=10) as memory:
            found = memory.recall("walrus 7")
            assert {hit.found_by for hit in found} == {"chroma"}
            assert [(hit.id, hit.score) for hit in found] == [(hit.id, hit.score) for hit in exact]
    with SageMemory(tmp_path, texts, FakeEmbedder(), exact_up_to=10) as memory:
        name = memory.remember("the seal sings", source="s")
        assert memory.recall("seal sings")[0].id == name
        assert memory.recall("seal sings")[0].found_by == "chroma"


def test_after_a_power_cut_took_changes_others_do_not_pass_for_them(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.db", "fake-16")
    store.texts.add_texts([], 1)
    store.close()
    before = (tmp_path / "memory.db").read_bytes()
    seen = []
    for mark in (2, 3):
        (tmp_path / "memory.db").write_bytes(before)
        store = MemoryStore(tmp_path / "memory.db", "fake-16")
        store.texts.add_texts([], mark)
        seen.append(store.generation)
        store.close()
    assert seen[0][0] == seen[1][0] and seen[0] != seen[1]


def test_a_chroma_index_that_lags_is_made_again(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder(), exact_up_to=1) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(5)])
        memory.settle()
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember("written while Chroma was away", source="s")
    with SageMemory(tmp_path, texts, FakeEmbedder(), exact_up_to=1, settle=False) as memory:
        assert memory.recall("away")[0].found_by == "exact"
        memory.settle()
        assert memory.recall("away")[0].found_by == "chroma"
        assert memory.recall("away")[0].text == "written while Chroma was away"


# who may see what


def test_recipients_see_only_what_all_of_them_may(memory: SageMemory) -> None:
    for name, audience in (("own", "private"), ("anns", "ann"), ("both", ("ann", "bob")), ("all", "public")):
        memory.remember(f"walrus {name}", source=name, audience=audience)

    def seen(recipients: list[str] | None) -> set[str]:
        return {hit.source for hit in memory.recall("walrus", recipients=recipients)}

    assert seen(None) == {"own", "anns", "both", "all"}
    assert seen([]) == {"all"}
    assert seen(["ann"]) == {"anns", "both", "all"}
    assert seen(["ann", "bob"]) == {"both", "all"}
    assert seen(["private"]) == {"all"}
    assert seen(["stranger"]) == {"all"}


def test_a_view_follows_what_is_remembered_after_it_was_made(memory: SageMemory) -> None:
    memory.remember("walrus one", source="a", audience="ann")
    assert len(memory.recall("walrus", recipients=["ann"])) == 1
    memory.remember("walrus two", source="b", audience="ann")
    assert len(memory.recall("walrus", recipients=["ann"])) == 2


words = st.lists(st.sampled_from("walrus seal fish ice snow the key house boat red".split()), min_size=1, max_size=5)
shared_texts = st.tuples(words.map(" ".join), st.sampled_from(["", "t1", "t2"]), st.sampled_from(["ann", "public"]))
hidden_texts = st.tuples(words.map(" ".join), st.sampled_from(["", "t1", "t2"]), st.sampled_from(["private", "bob"]))
places = st.lists(st.integers(0, 12), max_size=8)


@given(
    st.lists(shared_texts, min_size=1, max_size=8),
    st.lists(hidden_texts, max_size=6),
    st.lists(hidden_texts, max_size=6),
    places,
    places,
    words.map(" ".join),
)
@settings(max_examples=40, deadline=None)
def test_hidden_text_changes_neither_ids_nor_scores_nor_order(
    shared: list[tuple[str, str, str]],
    hidden: list[tuple[str, str, str]],
    other_hidden: list[tuple[str, str, str]],
    here: list[int],
    there: list[int],
    query: str,
) -> None:
    answers = [seen_by_ann(shared, hidden, here, query), seen_by_ann(shared, other_hidden, there, query)]
    assert answers[0] == answers[1]


def seen_by_ann(
    shared: list[tuple[str, str, str]], hidden: list[tuple[str, str, str]], at: list[int], query: str
) -> bytes:
    """What Ann is told in a home where the hidden texts stand between the shared ones, some remembered, some as files."""
    told = list(shared)
    for place, text in zip(at, hidden, strict=False):
        told.insert(place, text)
    with tempfile.TemporaryDirectory() as name:
        home, vault = Path(name) / "index", Path(name) / "vault"
        home.mkdir(), vault.mkdir()
        with SageMemory(home, FakeTexts(), FakeEmbedder()) as memory:
            for text, thread, audience in told:
                memory.remember(text, source="chat", thread=thread, audience=audience)
            for number, (text, _, audience) in enumerate(shared[:3]):
                (vault / f"shared{number}.md").write_text(f"---\naudience: {audience}\n---\n# Head\n{text}\n")
            for number, (text, _, audience) in enumerate(hidden):
                (vault / f"hidden{number}.md").write_text(f"---\naudience: {audience}\n---\n# Head\n{text}\n")
            memory.import_path(vault)
            hits = memory.recall(query, k=20, recipients=["ann"])
    assert all(set(hit.audience) & {"ann", "public"} for hit in hits)
    return msgspec.json.encode([replace(hit, root="") for hit in hits])


def test_the_default_embedder_finds_by_meaning(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, WordLlamaEmbedder()) as memory:
        for text in ("My kitten naps all day", "The income tax return is due", "Buy screws and a drill"):
            memory.remember(text, source="s")
        assert memory.recall("sleeping cat", k=1)[0].text == "My kitten naps all day"


def test_what_looks_into_the_index_while_it_is_made_anew_looks_again(tmp_path: Path, texts: FakeTexts) -> None:
    with SageMemory(tmp_path, texts, FakeEmbedder()) as memory:
        memory.remember("plums are ripe", source="diary")
        looks = 0

        def look(store: MemoryStore) -> int:
            nonlocal looks
            looks += 1
            if looks == 1:
                memory.rebuild()
            return store.counts().texts

        assert memory.read(look) == 1
        assert looks == 2


@pytest.mark.parametrize("question", ["How much sun do tomatoes want?", "How many hours of sun do tomatoes want?"])
def test_a_first_note_answers_what_stands_in_it(tmp_path: Path, texts: FakeTexts, question: str) -> None:
    with SageMemory(tmp_path, texts, WordLlamaEmbedder()) as memory:
        memory.remember("Tomatoes want six hours of sun.", source="Garden.md")
        assert answering(question, memory.recall(question))
        for other in ("What do cucumbers want?", "Who is my dentist?", "How many hours do I sleep?"):
            assert not answering(other, memory.recall(other))
