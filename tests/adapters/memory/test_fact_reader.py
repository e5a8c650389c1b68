"""Facts follow what was said and what stands in the notes, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.database import IN_MEMORY, Database
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.fact_reader import FactReader
from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.memory_rows import PassageRow
from sage.core.errors import NotFound
from sage.core.facts.beliefs import Belief, settle
from sage.core.facts.fact_wording import told
from sage.core.facts.found_facts import read_found
from sage.core.passages import passage_target
from sage.core.reading.documents import Person
from sage.testing.vectors import FakeEmbedder


@dataclass
class Desk:
    """A journal, a memory over it, and a clock that goes on by an hour at each look."""

    folder: Path
    database: Database
    pages: FactPages
    memory: SageMemory
    hours: list[int]

    def now(self) -> datetime:
        self.hours[0] += 1
        return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=self.hours[0])

    def open(self) -> None:
        self.memory.close()
        self.memory = _memory(self)

    def note(self, name: str, text: str) -> Path:
        path = self.folder / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self) -> None:
        self.memory.import_path(self.folder / "notes")

    def facts(self) -> list[tuple[str, str, str]]:
        return [(one.subject, one.attribute, one.value) for one in self.pages.statements() if not one.ended_at]

    def beliefs(self) -> tuple[Belief, ...]:
        return settle(self.pages.statements(), self.pages.decisions())


def _memory(desk: Desk) -> SageMemory:
    texts = TextPages(desk.database)
    reader = FactReader(desk.pages, texts, desk.now, Person("Demo Person"))
    return SageMemory(desk.folder / "index", texts, FakeEmbedder(), facts=reader)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = open_journal(IN_MEMORY)
    (tmp_path / "notes").mkdir()
    (tmp_path / "index").mkdir()
    made = Desk(tmp_path, database, FactPages(database), None, [0])  # type: ignore[arg-type]
    made.memory = _memory(made)
    yield made
    made.memory.close()
    database.close()


def test_what_is_remembered_is_read_at_once(desk: Desk) -> None:
    name = desk.memory.remember("Yesterday I moved to Rome.", source="diary", when="2024-03-02")
    moved, *_ = desk.pages.statements()
    assert (moved.subject, moved.attribute, moved.value, moved.valid_from) == ("me", "lives in", "Rome", "2024-03-01")
    assert (moved.passage, moved.quote, moved.stated_at) == (name, "Yesterday I moved to Rome", "2024-03-02")


def test_what_others_said_states_nothing(desk: Desk) -> None:
    desk.memory.remember("I live in Rome.", source="chat", origin="contact", speaker="Ann")
    desk.memory.remember("I live in Rome.", source="page", origin="web")
    assert desk.facts() == []


def test_the_person_is_me_by_name_and_another_speaker_is_not(desk: Desk) -> None:
    desk.memory.remember("I live in Rome.", source="chat", speaker="Demo Person")
    desk.memory.remember("I live in Berlin.", source="chat", speaker="Ann")
    assert desk.facts() == [("me", "lives in", "Rome"), ("Ann", "lives in", "Berlin")]


def test_what_is_said_in_a_conversation_is_read(desk: Desk) -> None:
    Journal(desk.database).begin_turn("t1", "c1", "I'm allergic to nuts. What can I eat?", desk.now())
    desk.memory.catch_up()
    assert desk.facts() == [("me", "is allergic to", "nuts")]


def test_a_note_is_read_with_its_place(desk: Desk) -> None:
    desk.note(
        "people/Demo Aunt.md",
        "---\ndate: 2023-05-01\n---\n# Demo Aunt\n\nHello.\nHer birthday is on 3 May.\n- Allergic to penicillin\n",
    )
    desk.read()
    birthday, allergy = desk.pages.statements()
    assert (birthday.subject, birthday.value, birthday.stated_at) == ("Demo Aunt", "--05-03", "2023-05-01")
    assert (birthday.citation, allergy.citation) == ("people/Demo Aunt.md:7", "people/Demo Aunt.md:8")


def test_a_day_in_the_name_dates_a_note(desk: Desk) -> None:
    desk.note("2023-06-10.md", "Yesterday I went to a concert.")
    desk.note("log.md", "# 2023-07-04\n\nI went to the doctor yesterday.")
    desk.read()
    assert {one.valid_from for one in desk.pages.statements()} == {"2023-06-09", "2023-07-03"}


def test_reading_again_adds_nothing(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.")
    desk.read()
    desk.memory.rebuild()
    desk.open()
    desk.read()
    assert desk.pages.count() == 1 and desk.pages.events(desk.pages.statements()[0].id) == []


def test_an_edit_elsewhere_keeps_the_fact_and_moves_its_line(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.")
    desk.read()
    before = desk.pages.statements()[0]
    desk.note("a.md", "Hello there.\n\nI live in Rome. It rains.")
    desk.read()
    (after,) = desk.pages.statements()
    assert (after.id, after.recorded_at, after.line) == (before.id, before.recorded_at, 3)
    assert desk.pages.events(after.id) == []


def test_a_renamed_note_changes_nothing_but_where_it_stands(desk: Desk) -> None:
    path = desk.note("a.md", "I live in Rome.\n\nA longer text, so that it is known again under its other name.")
    desk.read()
    (before,) = desk.pages.statements()
    path.rename(path.with_name("b.md"))
    desk.read()
    (after,) = desk.pages.statements()
    assert (after.id, after.source, after.recorded_at, desk.pages.events(after.id)) == (
        before.id,
        "b.md",
        before.recorded_at,
        [],
    )


def test_what_a_note_no_longer_says_has_an_end_and_comes_back(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.")
    desk.read()
    desk.note("a.md", "I live in Berlin.")
    desk.read()
    assert {belief.value: belief.state for belief in desk.beliefs()} == {"Rome": "gone", "Berlin": "holds"}
    rome = next(one for one in desk.pages.statements() if one.value == "Rome")
    assert rome.ended_at.startswith("2024-01-01")
    desk.note("a.md", "I live in Rome.")
    desk.read()
    assert {belief.value: belief.state for belief in desk.beliefs()} == {"Rome": "holds", "Berlin": "gone"}
    assert [event for event, _ in desk.pages.events(rome.id)] == ["gone", "back"]


def test_a_deleted_note_ends_its_facts_and_a_lost_folder_does_not(desk: Desk) -> None:
    path = desk.note("a.md", "I live in Rome.")
    desk.note("b.md", "I love tea.")
    desk.read()
    path.unlink()
    desk.read()
    assert desk.facts() == [("me", "likes", "tea")]
    (desk.folder / "notes").rename(desk.folder / "elsewhere")
    desk.memory.rescan()
    desk.open()
    assert desk.facts() == [("me", "likes", "tea")]


def test_a_lost_index_ends_nothing(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.")
    desk.read()
    (desk.folder / "notes").rename(desk.folder / "elsewhere")
    desk.memory.close()
    (desk.folder / "index" / "memory.db").unlink()
    desk.memory = _memory(desk)
    assert desk.facts() == [("me", "lives in", "Rome")]


def test_a_forgotten_root_ends_its_facts(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.")
    desk.read()
    desk.memory.forget_root(desk.folder / "notes")
    assert desk.facts() == [] and desk.pages.count() == 1


def test_facts_that_were_not_read_before_are_read_later(desk: Desk) -> None:
    desk.memory.close()
    texts = TextPages(desk.database)
    desk.note("a.md", "I live in Rome.")
    with SageMemory(desk.folder / "index", texts, FakeEmbedder()) as memory:
        memory.import_path(desk.folder / "notes")
        memory.remember("I love tea.", source="diary")
    desk.memory = _memory(desk)
    assert sorted(desk.facts()) == [("me", "likes", "tea"), ("me", "lives in", "Rome")]


def test_the_audience_is_that_of_the_passage(desk: Desk) -> None:
    desk.note("a.md", "---\naudience: [work]\n---\nI live in Rome.")
    desk.read()
    assert desk.pages.statements()[0].audience == ("work",)


def test_a_contradiction_is_open_until_the_person_decides(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.")
    desk.note("b.md", "I live in Berlin.")
    desk.read()
    assert {belief.state for belief in desk.beliefs()} == {"open"}
    rome, berlin = sorted(desk.pages.statements(), key=lambda one: one.source)
    desk.pages.decide(rome.id, "right", desk.now())
    desk.pages.decide(berlin.id, "wrong", desk.now())
    assert {belief.value: belief.state for belief in desk.beliefs()} == {"Rome": "holds", "Berlin": "settled"}
    with pytest.raises(NotFound):
        desk.pages.decide("f_none", "right", desk.now())


def test_statements_are_found_by_subject_and_words(desk: Desk) -> None:
    desk.note("a.md", "I live in Rome.\n\nMy sister Anna loves opera.\n\nI hate coffee.")
    desk.read()
    assert [one.value for one in desk.pages.statements("operas")] == ["opera"]
    assert [one.value for one in desk.pages.statements(subjects=["Anna"])] == ["opera"]
    rome = desk.pages.statements("rome")
    assert desk.pages.slots_of(rome) == rome
    assert desk.pages.statement(rome[0].id) == rome[0] and desk.pages.statement("f_none") is None


def _unread(desk: Desk, model: str = "m1", **more: Any) -> list[PassageRow]:
    reader = FactReader(desk.pages, TextPages(desk.database), desk.now, Person("Demo Person"))
    return desk.memory.read(lambda store: reader.unread(store, model, 10, **more))


def _propose(desk: Desk, row: PassageRow, model: str = "m1", **entry: object) -> int:
    reader = FactReader(desk.pages, TextPages(desk.database), desk.now, Person("Demo Person"))
    drafts = read_found(json.dumps({"subject": "me", "attribute": "likes", **entry}), row.passage.text, model)
    return desk.memory.read(lambda store: reader.add_found(store, row, drafts, [model]))


def test_a_model_reads_what_the_person_wrote_once_first_what_no_rule_understood_and_the_newest(desk: Desk) -> None:
    desk.note("2024-01-02.md", "Tea? Always, said my own head.")
    desk.note("2024-03-02.md", "I moved to Rome.")
    desk.note("2024-02-02.md", "Cake with cherries forever.")
    desk.note("2024-02-03.md", "Do I like cherries in cakes at all?")
    desk.memory.remember("Rain makes the garden glad.", source="chat", when="2024-05-05", speaker="Demo Person")
    desk.memory.remember("Rain makes the garden sad.", source="chat", when="2024-05-06", speaker="Ann")
    desk.memory.remember("Rain makes the garden wet.", source="web", when="2024-05-07", origin="web")
    desk.read()
    waiting = _unread(desk)
    assert {row.passage.text for row in waiting[:3]} == {
        "Rain makes the garden glad.", "Tea? Always, said my own head.", "Cake with cherries forever.",
    }  # fmt: skip
    assert [row.passage.text for row in waiting[3:]] == ["I moved to Rome."]
    assert len(_unread(desk, since="2024-02-01")) == 3 and len(_unread(desk, names=[waiting[0].id])) == 1
    for row in waiting:
        _propose(desk, row)
    assert _unread(desk) == [] and len(_unread(desk, "m2")) == 4
    desk.note("2024-02-02.md", "Cake with plums forever.")
    desk.read()
    assert [row.passage.text for row in _unread(desk)] == ["Cake with plums forever."]


def test_what_a_rule_read_a_model_does_not_find_again_and_they_contradict_like_all(desk: Desk) -> None:
    desk.note("2024-01-02.md", "I love tea.")
    desk.note("2024-01-03.md", "Tea? Never again, awful stuff.")
    desk.read()
    rows = {row.source: row for row in _unread(desk)}
    assert _propose(desk, rows["2024-01-02.md"], value="tea", quote="I love tea") == 0
    assert _propose(desk, rows["2024-01-03.md"], value="Tea", quote="Tea? Never again", denied=True) == 1
    assert [(one.polarity, one.state) for one in desk.beliefs()] == [(True, "changed"), (False, "holds")]


def test_of_a_long_text_it_is_told_where_in_it_the_words_stand(desk: Desk) -> None:
    text = " ".join(f"Sentence number {number} of the garden log." for number in range(120)) + " Tea? Always."
    name = desk.memory.remember(text, source="log")
    rows = _unread(desk)
    last = next(row for row in rows if "Tea" in row.passage.text)
    assert len(rows) > 1 and last.part and _propose(desk, last, value="tea", quote="Tea? Always.") == 1
    (one,) = desk.pages.statements()
    assert (one.passage, text[one.start : one.end]) == (name, "Tea? Always.")
    assert len(_unread(desk)) == len(rows) - 1


def test_what_a_model_found_is_marked_stays_while_its_words_stand_and_ends_with_them(desk: Desk) -> None:
    desk.note("a.md", "Tea? Always, in the garden.")
    desk.read()
    (row,) = _unread(desk)
    assert [_propose(desk, row, value="tea", quote="Tea? Always") for _ in range(2)] == [1, 0]
    (belief,) = desk.beliefs()
    assert "found by a model" in told(belief) and belief.confidence == 0.5
    desk.note("a.md", "Hello.\n\nTea? Always, and cake.")
    desk.read()
    (kept,) = desk.pages.statements()
    assert (kept.ended_at, kept.line) == ("", 3)
    desk.note("a.md", "Hello.")
    desk.read()
    assert desk.facts() == []


# --- what others may see -----------------------------------------------------------------------------------------------


def _seen(desk: Desk, *recipients: str) -> list[tuple[str, str, str, str]]:
    """What recipients are told: subject, value, state and since when of each belief."""
    reader = FactReader(desk.pages, TextPages(desk.database), desk.now, Person("Demo Person"))
    beliefs = settle(desk.memory.read_for(recipients, reader.seen), desk.pages.decisions())
    return [(one.subject, one.value, one.state, one.valid_from) for one in beliefs]


def test_others_are_told_what_follows_from_what_they_may_see_and_nothing_else(desk: Desk) -> None:
    for text, when, audience in (
        ("I live in Berlin.", "2023-01-01", ("ann", "bob")),
        ("I live in Rome.", "2024-01-01", ("bob",)),
        ("I love tea.", "2024-01-01", ("ann",)),
        ("I hate tea.", "2024-01-01", ()),
        ("I hate coffee.", "2024-01-01", ("private",)),
    ):
        desk.memory.remember(text, source="chat", when=when, audience=audience)
    assert _seen(desk, "ann") == [("me", "tea", "holds", "2024-01-01"), ("me", "Berlin", "holds", "2023-01-01")]
    assert _seen(desk, "bob") == [("me", "Berlin", "changed", "2023-01-01"), ("me", "Rome", "holds", "2024-01-01")]
    assert _seen(desk, "ann", "bob") == [("me", "Berlin", "holds", "2023-01-01")]
    assert _seen(desk) == []


def test_a_hidden_title_or_date_tells_nobody_whom_a_fact_is_about_or_since_when(desk: Desk) -> None:
    desk.note(
        "a.md",
        "---\ndate: 2023-05-01\n---\n# Demo Aunt\n\nHello.\n\n## Sweets and cakes\n\nShe likes marzipan. I live in Rome.\n",
    )
    desk.read()
    assert ("Demo Aunt", "likes", "marzipan") in desk.facts()
    for each in desk.memory.recall("marzipan"):
        if "marzipan" in each.text:
            target = passage_target(str(desk.folder / "notes" / "a.md"), each.id)
            desk.memory.set_label("passage", target, ("ann",), desk.now())
    assert _seen(desk, "ann") == [("me", "Rome", "holds", "")]


def test_what_a_model_found_is_told_to_those_who_may_see_words_that_bear_it_out(desk: Desk) -> None:
    name = desk.memory.remember("Tea? Always, with Demo Aunt.", source="chat", when="2024-01-01", audience="ann")
    (row,) = _unread(desk)
    assert _propose(desk, row, value="Tea", quote="Tea? Always") == 1
    assert _propose(desk, row, subject="Demo Aunt", value="Tea", quote="Tea? Always") == 1
    assert _seen(desk, "ann") == [("Demo Aunt", "Tea", "holds", "2024-01-01"), ("me", "Tea", "holds", "2024-01-01")]
    assert _seen(desk, "bob") == []
    desk.memory.remember("Tea? Always.", source="chat", when="2024-02-02", audience="bob")
    assert _seen(desk, "bob") == [("me", "Tea", "holds", "2024-02-02")]
    desk.pages.decide(next(one.id for one in desk.pages.statements() if one.subject == "me"), "wrong", desk.now())
    assert [one[2] for one in _seen(desk, "ann")] == ["holds", "settled"] and name
