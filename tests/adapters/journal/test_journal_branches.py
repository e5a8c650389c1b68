"""Conversations that go on from a turn of another one: its turns are theirs, too, and stand on the disk once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_branches import told_until
from sage.adapters.journal.journal_texts import TextPages
from sage.core.errors import NotFound
from sage.core.turns import Answer, Branch

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


@pytest.fixture
def journal(database: Database) -> Journal:
    """A conversation of three turns."""
    journal = Journal(database)
    for name in ("t1", "t2", "t3"):
        say(journal, name, "c1")
    return journal


def say(journal: Journal, turn: str, conversation: str) -> None:
    journal.begin_turn(turn, conversation, f"words of {turn}", NOW)
    journal.finish_turn(Answer(turn, conversation, f"answer of {turn}"), NOW)


def told(journal: Journal, conversation: str) -> list[str]:
    return [past.answer.turn for past in journal.history(conversation)]


def test_a_branch_begins_with_the_turns_before_and_the_other_stays(journal: Journal) -> None:
    journal.begin_branch("c2", Branch("t2"), NOW)
    journal.begin_branch("c3", Branch("t2", instead=True), NOW)
    for turn, conversation in (("t4", "c2"), ("t5", "c3"), ("t6", "c1")):
        say(journal, turn, conversation)
    assert told(journal, "c1") == ["t1", "t2", "t3", "t6"]
    assert told(journal, "c2") == ["t1", "t2", "t4"]
    assert told(journal, "c3") == ["t1", "t5"]
    assert [past.answer.conversation for past in journal.history("c2")] == ["c1", "c1", "c2"]


def test_a_branch_of_a_branch_and_one_of_nothing_but_its_first_words(journal: Journal) -> None:
    journal.begin_branch("c2", Branch("t2"), NOW)
    say(journal, "t4", "c2")
    journal.begin_branch("c3", Branch("t4"), NOW)
    say(journal, "t5", "c3")
    journal.begin_branch("c4", Branch("t1"), NOW)
    journal.begin_branch("c5", Branch("t1", instead=True), NOW)
    say(journal, "t6", "c5")
    assert told(journal, "c3") == ["t1", "t2", "t4", "t5"]
    assert told(journal, "c4") == ["t1"] and told(journal, "c5") == ["t6"]
    assert (
        journal.kin("c3") == ("c3", "c2", "c1") and journal.kin("c5") == ("c5", "c1") and journal.kin("c1") == ("c1",)
    )
    with pytest.raises(NotFound):
        journal.begin_branch("c6", Branch("t99"), NOW)


def test_the_list_says_whence_a_branch_came(journal: Journal) -> None:
    journal.begin_branch("c2", Branch("t2", instead=True), NOW)
    say(journal, "t4", "c2")
    newest, other = journal.conversations(9)
    assert (newest.id, newest.title, newest.branch) == ("c2", "words of t4", "asks anew in place of “words of t2”")
    assert (other.id, other.branch) == ("c1", "") and journal.branch_told("c2") == newest.branch


def test_what_is_shared_is_remembered_once_and_what_a_turn_was_told_is_known_with_it(
    journal: Journal, database: Database
) -> None:
    journal.begin_branch("c2", Branch("t2"), NOW)
    say(journal, "t4", "c2")
    words = [text.text for _, text in TextPages(database).texts_after(0, 99)]
    assert sorted(words) == sorted({*words}) and len(words) == 8
    assert told_until(database, "t4") == ["t1", "t2", "t4"] and told_until(database, "t99") == []
    assert told_until(database, "t2") == ["t1", "t2"]
