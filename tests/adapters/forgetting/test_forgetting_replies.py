"""Forgetting what the deputy keeps: decisions with what they quote, and who wants no answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.adapters.home import backups
from sage.adapters.home.home_swap import restore_home
from sage.adapters.journal.journal_replies import KeptReply, ReplyPages
from sage.core.deputy.frames import handed_off, signed
from sage.core.deputy.replies import Reply
from sage.core.disclosure import Piece
from sage.core.forgetting.forgetting import Target
from sage.core.passages import UNNAMED, Hit, id_alone
from sage.engine.deputy import STATES
from tests.adapters.forgetting.test_forgetting import NOW, SECRET, Place, kinds, tables
from tests.adapters.forgetting.test_forgetting_channels import AT, insert, message, sending

CANARIES = ("conversation-of-aunt", "contactcanary", "readercanary", "topiccanary", "hintcanary", "finalcanary")
BARE = {"subject": "", "attachments": "[]"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def passage(place: Place, words: str = SECRET) -> Hit:
    return next(hit for hit in place.memory.file_passages() if words in hit.text)


def decide(
    place: Place, name: str = "y1", arrival: str = "i1", text: str = SECRET, decision: str = "draft", **more: object
) -> KeptReply:
    hits = [hit for hit in place.memory.file_passages() if hit.text in text] if text else []
    reply = Reply(
        decision, "ask", text, tuple(Piece(hit.id, hit.citation, hit.text, "topiccanary") for hit in hits),  # type: ignore[arg-type]
        ("readercanary",), "contactcanary", ("topiccanary",), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    kept = KeptReply(
        name, arrival, "mail/me", "conversation-of-aunt@example.org", reply, STATES[reply.decision],
        "finalcanary" if decision == "draft" else "", AT,
    )  # fmt: skip
    assert ReplyPages(place.database).add(kept)
    return kept


def test_a_decision_goes_with_a_passage_that_its_readers_saw_without_its_note(place: Place) -> None:
    message(place, text="Where is it?", **BARE)
    place.note("Shed", SECRET)
    hit = passage(place)
    alone = Piece(id_alone(hit.text, hit.speaker, hit.when), f"{UNNAMED}#:1", "in other words", "any")
    reply = Reply("draft", "ask", "in other words", (alone,), ("tom",), "tom")
    assert ReplyPages(place.database).add(KeptReply("y1", "i1", "mail/me", "c", reply, "open", "", AT))
    place.forget(hit.id)
    assert place.database.rows("SELECT text, sources FROM replies") == [("", "[]")]


def test_a_decision_goes_with_its_message_and_comes_back(place: Place) -> None:
    message(place, text="Where is the spare key?")
    place.note("Shed", SECRET)
    decide(place, hints=("hintcanary.md#Keys:3",))
    ReplyPages(place.database).take_over("mail/me", "conversation-of-aunt@example.org", NOW)
    rows = tables(place)
    first = place.forget("i1")
    pages = ReplyPages(place.database)
    assert (pages.latest(), pages.taken_over(), pages.open_count()) == ([], [], 0)
    assert place.database.rows("SELECT arrival FROM replies") == [("i1",)]  # it is not decided of again
    place.forgetter.undo(first.id)
    assert tables(place) == rows
    purged = place.purge(place.forget("i1").id)
    assert not purged.proof.leaks
    assert not place.left(*CANARIES, "aunt@example.org")
    assert place.shows(SECRET)  # what it quoted is the person's own, and stays


def test_drafts_and_answers_go_with_the_passage_that_they_quote(place: Place) -> None:
    message(place, text="Where is it?", **BARE)
    message(place, "i2", "And again: where?", **BARE)
    place.note("Shed", SECRET)
    name = passage(place).id
    decide(place)
    decide(place, "y2", "i2", signed(SECRET, "Demo Uncle", "en"), "answer")
    sending(place, signed(SECRET, "Demo Uncle", "en"), answers="i2", permit="auto", subject="")
    rows = tables(place)
    first = place.forget(name)
    assert place.database.rows("SELECT state, text, final, sources FROM replies ORDER BY seq") == [
        ("silent", "", "", "[]"), ("silent", "", "", "[]"),
    ]  # fmt: skip
    assert place.database.rows("SELECT state, text FROM outbox") == [("dropped", "")]
    assert ReplyPages(place.database).stopped() == []
    assert len(place.database.rows("SELECT 1 FROM inbound WHERE sender != ''")) == 2
    place.forgetter.undo(first.id)
    assert tables(place) == rows
    purged = place.purge(place.forget("notes/Shed.md").id)
    assert not purged.proof.leaks
    assert not place.left(SECRET, "third blue flowerpot", name, "topiccanary")


def test_an_answer_goes_with_a_note_whose_passage_reads_otherwise_by_now(place: Place) -> None:
    message(place, text="Where is the spare key?")
    place.note("Shed", SECRET)
    decide(place, text=SECRET)
    (place.home.notes / "Shed.md").write_text("It lies elsewhere now.")
    place.memory.import_path(place.home.notes)
    assert ("draft of an answer", "derived") in kinds(place.forgetter.preview(Target(("notes/Shed.md",))))


def test_what_went_out_goes_with_what_it_was_drafted_from_whatever_it_says(place: Place) -> None:
    message(place, text="Where is it?")
    place.note("Shed", SECRET)
    decide(place)
    sending(place, "Under a pot.", "sent", answers="i1", subject="")
    place.forget("notes/Shed.md")
    assert place.database.rows("SELECT state, text FROM outbox") == [("sent", "")]


def test_what_says_nothing_of_it_stays(place: Place) -> None:
    message(place, text="Where is the spare key?")
    place.note("Shed", SECRET)
    decide(place)
    sending(place, handed_off("Demo Uncle", "en"), "sent", answers="i1", permit="handoff")
    place.forget("notes/Shed.md")
    assert place.database.rows("SELECT state FROM outbox WHERE text != ''") == [("sent",)]
    place.forget("i1")
    assert place.database.rows("SELECT state FROM outbox WHERE text != ''") == []


def test_one_answer_takes_no_other_for_the_words_that_stand_under_all(place: Place) -> None:
    message(place, text="Which tea?")
    message(place, "i2", text="Which cake?")
    decide(place, "y1", "i1", signed("Green.", "Demo Uncle", "en"), "answer")
    decide(place, "y2", "i2", signed("Plum.", "Demo Uncle", "en"), "answer")
    sending(place, signed("Plum.", "Demo Uncle", "en"), "sent", answers="i2")
    place.forget("y1")
    assert [kept.id for kept in ReplyPages(place.database).latest()] == ["y2"]
    assert place.database.rows("SELECT 1 FROM outbox WHERE text != ''")


def test_where_the_person_might_look_goes_with_its_note_and_the_draft_stays(place: Place) -> None:
    message(place, text="Which tea?")
    place.note("Shed", SECRET)
    said = place.memory.remember("The flowerpot is Demo Aunt's.", source="chat", speaker="hintcanary", when=AT)
    decide(place, text="Green.", hints=(passage(place).citation, f"chat#hintcanary {AT[:16].replace('T', ' ')}"))
    place.forget(said)
    assert place.database.rows("SELECT text, hints FROM replies") == [("Green.", "[]")]
    place.forgetter.undo(place.forgetter.list()[0].id)
    rows = tables(place)
    first = place.forget("notes/Shed.md")
    assert place.database.rows("SELECT text, hints FROM replies") == [("Green.", "[]")]
    place.forgetter.undo(first.id)
    assert tables(place) == rows


def test_who_wants_no_answers_goes_by_name_alone(place: Place) -> None:
    insert(place, "opt_outs", {"contact": "demo-aunt-optcanary", "at": AT})
    message(place, text="STOP")
    place.forget(since=AT[:10])
    assert ReplyPages(place.database).opted_out() == {"demo-aunt-optcanary"}
    place.purge(place.forget(person="demo-aunt-optcanary").id)
    assert not ReplyPages(place.database).opted_out()
    assert not place.left("optcanary")


def test_a_conversation_that_something_is_left_of_stays_the_persons(place: Place) -> None:
    pages, here = ReplyPages(place.database), "conversation-of-aunt@example.org"
    message(place)
    message(place, "i2", "Bring plums.")
    pages.take_over("mail/me", here, NOW)
    pages.take_over("mail/me", "another", NOW)
    place.forget("i1")
    assert set(pages.taken_over()) == {("mail/me", here), ("mail/me", "another")}
    place.forget("i2")
    assert pages.taken_over() == [("mail/me", "another")]


def test_a_backup_of_before_has_none_of_it(place: Place) -> None:
    message(place, text="Where is the spare key?", answer_to="answertocanary@example.org")
    place.note("Shed", SECRET)
    decide(place, hints=("hintcanary.md#Keys:3",))
    ReplyPages(place.database).take_over("mail/me", "conversation-of-aunt@example.org", NOW)
    made = backups.make(place.home, place.database, None, place.now())
    place.purge(place.forget("i1", "notes/Shed.md").id)
    place.close()
    restore_home(place.home, made, place.now())
    place.open()
    assert not place.left(SECRET, *CANARIES, "answertocanary")
    ((left,),) = place.database.rows("SELECT group_concat(text || final || sources || hints || audience) FROM replies")
    assert re.fullmatch(r"[\[\]]*", left)
