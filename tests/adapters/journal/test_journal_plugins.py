from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_plugins import PluginPages

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_an_agreement_is_for_one_account_and_stays_after_reopening(tmp_path: Path) -> None:
    database = open_journal(tmp_path / "journal.db")
    pages = PluginPages(database)
    assert pages.agreed("demo/one") == ""
    pages.agree("demo/one", "demo", "a" * 64, NOW)
    pages.agree("demo/two", "demo", "b" * 64, NOW)
    pages.agree("demo/one", "demo", "c" * 64, NOW)
    database.close()
    database = open_journal(tmp_path / "journal.db")
    pages = PluginPages(database)
    assert (pages.agreed("demo/one"), pages.agreed("demo/two")) == ("c" * 64, "b" * 64)
    database.close()
