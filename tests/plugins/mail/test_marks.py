"""How far a mailbox was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from sage_plugins.mail.marks import KEPT, KnownMarks, Mark, read_cursor, write_cursor


def test_a_cursor_says_all_of_it() -> None:
    marks = {"INBOX": Mark(7, 12, 1_700_000_000), "Über": Mark(8, 0, 0)}
    assert read_cursor(write_cursor(marks)) == marks


@pytest.mark.parametrize("cursor", ["", "x", "[]", '{"INBOX": [1, 2]}', '{"INBOX": "x"}', "null", "1"])
def test_what_is_no_cursor_is_none(cursor: str) -> None:
    assert read_cursor(cursor) == {}


def test_the_last_marks_of_each_folder_are_kept(tmp_path: Path) -> None:
    known = KnownMarks(tmp_path / "account" / "known.json")
    assert known.of("INBOX") == frozenset()
    known.add("INBOX", map(str, range(KEPT + 10)))
    known.add("Work", ["a"])
    again = KnownMarks(tmp_path / "account" / "known.json")
    assert again.of("INBOX") == frozenset(map(str, range(10, KEPT + 10))) and again.of("Work") == {"a"}


def test_a_broken_file_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "known.json").write_text('{"INBOX": 5}')
    assert KnownMarks(tmp_path / "known.json").of("INBOX") == frozenset()
