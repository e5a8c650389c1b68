from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_plugins import AccountPages, AccountRow

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
A, B, C = "a" * 64, "b" * 64, "c" * 64


def test_an_agreement_is_for_one_account_and_stays_after_reopening(tmp_path: Path) -> None:
    database = open_journal(tmp_path / "journal.db")
    pages = AccountPages(database)
    assert pages.rows() == {}
    pages.agree("demo/one", A, 1, NOW)
    pages.agree("demo/two", B, 1, NOW)
    pages.agree("demo/one", C, 1, NOW)
    database.close()
    database = open_journal(tmp_path / "journal.db")
    at = NOW.isoformat()
    assert AccountPages(database).rows() == {"demo/one": AccountRow(C, "", at), "demo/two": AccountRow(B, "", at)}
    database.close()


def test_an_account_stays_parked_until_it_is_tried_again_or_agreed_to_anew(tmp_path: Path) -> None:
    database = open_journal(tmp_path / "journal.db")
    pages = AccountPages(database)
    pages.park("demo/one", A, "The password is refused.", NOW)
    assert pages.rows()["demo/one"] == AccountRow(A, "The password is refused.", NOW.isoformat())
    pages.unpark("demo/one")
    assert pages.rows()["demo/one"].words == ""
    pages.park("demo/one", A, "The password is refused.", NOW)
    pages.agree("demo/one", A, 1, NOW)
    assert pages.rows()["demo/one"].words == ""
    pages.forget("demo/one")
    assert pages.rows() == {}
    database.close()
