from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_labels import LabelPages

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_thing_has_one_label_until_it_is_taken_away(tmp_path: Path) -> None:
    database = open_journal(tmp_path / "journal.db")
    pages = LabelPages(database)
    pages.keep_label("note", "/v/a.md", ("ann",), NOW)
    pages.keep_label("folder", "/v", ("public",), NOW)
    pages.keep_label("note", "/v/a.md", ("ann", "work"), NOW)
    assert [(each.kind, each.target, each.audience) for each in pages.labels()] == [
        ("folder", "/v", ("public",)),
        ("note", "/v/a.md", ("ann", "work")),
    ]
    pages.keep_label("note", "/v/a.md", None, NOW)
    assert [each.kind for each in pages.labels()] == ["folder"]
    database.close()


def test_a_fact_is_seen_by_those_who_see_where_it_stands(tmp_path: Path) -> None:
    database = open_journal(tmp_path / "journal.db")
    database.run(
        "INSERT INTO facts VALUES (1, 'f', 'k', 's', 's', 'a', 'v', 1, '', '', 'q', '', '', '', 1.0, 'r', 'd', 'user', '')"
    )
    database.run("INSERT INTO fact_places VALUES ('f', 'd', 'a.md', 'p_1', 1, 0, 1, 'private')")
    pages = LabelPages(database)
    pages.tell_facts({"p_1": ("ann", "work"), "p_2": ("public",)})
    assert database.rows("SELECT audience FROM fact_places") == [("ann\nwork",)]
    pages.tell_facts({})
    database.close()
