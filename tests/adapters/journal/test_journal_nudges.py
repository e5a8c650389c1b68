from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_nudges import NudgePages
from sage.core.nudge_words import NudgeDecision, Thing

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
FORM, BANK = Thing("task", "k1", "Send the form", "2026-11-27"), Thing("task", "k2", "Call the bank")


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[NudgePages]:
    database: Database = open_journal(tmp_path / "journal.db")
    yield NudgePages(database)
    database.close()


def said(decision: str, reason: str = "", at: datetime = NOW) -> NudgeDecision:
    return NudgeDecision(at.astimezone(ZoneInfo("UTC")).isoformat(), decision, reason)


def test_a_thing_is_one_nudge_until_it_is_over_and_a_new_one_after(pages: NudgePages) -> None:
    pages.keep([("j1", FORM), ("j2", BANK)], NOW)
    pages.keep([("j3", FORM), ("j4", BANK)], NOW)
    assert [one.id for one in pages.waiting()] == ["j1", "j2"]
    pages.keep([("j5", FORM)], NOW)
    assert [(one.id, one.state) for one in pages.all()] == [("j1", "waiting"), ("j2", "gone")]
    pages.send(pages.waiting()[0], said("send"), {"moment": "morning, opened"})
    pages.keep([("j6", FORM)], NOW)
    assert pages.waiting() == []
    pages.answer("j1", "not today", NOW)
    pages.keep([("j7", FORM)], NOW)
    assert [one.id for one in pages.waiting()] == ["j7"]


def test_a_thing_that_changed_is_told_as_it_is_now(pages: NudgePages) -> None:
    pages.keep([("j1", FORM)], NOW)
    pages.keep([("j2", Thing("task", "k1", "Send both forms", "2026-11-30"))], NOW)
    assert [(one.id, one.text, one.features["due"]) for one in pages.waiting()] == [
        ("j1", "Send both forms", "2026-11-30")
    ]


def test_a_thing_is_touched_when_it_is_written_anew_not_when_its_file_is(pages: NudgePages) -> None:
    def changed(title: str, written: str) -> str:
        pages.keep([(f"j{written}", Thing("task", "k1", title, written=written))], NOW)
        return str(pages.all()[-1].features["changed"])

    assert changed("Send the form", "1") == "1"
    assert changed("Send the form", "2") == "1"
    pages.keep([], NOW)
    assert changed("Send the form", "3") == "1", "another nudge about what stayed as it was"
    assert changed("Send both forms", "4") == "4"
    assert len(pages.all()) == 2
    for written in ("5", "6"):
        pages.keep([("j9", Thing("goal", "g1", "Rest", written=written))], NOW)
        assert pages.all()[-1].features["changed"] == written, "a goal's file is about the goal alone"


def test_the_points_of_a_score_that_did_not_suffice_are_kept(pages: NudgePages) -> None:
    pages.keep([("j1", FORM)], NOW)
    pages.decide("j1", said("hold", "worth"), {"recency": -1.5})
    assert pages.all()[0].features["points"] == {"recency": -1.5}


def test_what_was_held_long_ago_for_the_same_reason_still_waits_for_a_brief(pages: NudgePages) -> None:
    pages.keep([("j1", BANK), ("j2", FORM)], NOW)
    for days in (0, 9):
        for name in ("j1", "j2"):
            pages.decide(name, said("postpone", "pause", NOW + timedelta(days=days)))
    assert [one.id for one in pages.held()] == ["j2", "j1"], "the soonest due first"


def test_the_same_decision_again_is_one_entry_and_each_other_one_is_kept(pages: NudgePages) -> None:
    pages.keep([("j1", FORM)], NOW)
    for reason in ("boundary", "boundary", "gap", "boundary"):
        pages.decide("j1", said("postpone", reason))
    assert [one.reason for one in pages.decisions("j1")] == ["boundary", "gap", "boundary"]


def test_what_is_held_is_for_the_brief_unless_nobody_agreed_to_it(pages: NudgePages) -> None:
    pages.keep([("j1", FORM), ("j2", BANK)], NOW)
    pages.decide("j1", said("hold", "budget"))
    pages.decide("j2", said("hold", "consent"))
    assert [one.id for one in pages.held()] == ["j1"]


def test_one_that_nobody_answers_lapses_and_one_that_was_not_told_comes_back(pages: NudgePages) -> None:
    pages.keep([("j1", FORM), ("j2", BANK)], NOW)
    for one in pages.waiting():
        pages.send(one, said("send"), {})
    pages.come_back("j2")
    pages.lapse(NOW + timedelta(hours=1))
    assert [(one.id, one.state, bool(one.sent_at)) for one in pages.all()] == [
        ("j1", "lapsed", True),
        ("j2", "waiting", False),
    ]
