"""Words that no engine has yet: each app writes its own, and the next one finds what those left that ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.locations import Home
from sage.tui.drafts import Drafts, Found, Line

LINE = Line("buy milk tomorrow", "task", "abc1", "2026-03-05T10:00:00+01:00")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def files(home: Home) -> list[str]:
    return sorted(path.read_text() for path in home.drafts.rglob("*.txt"))


def test_what_was_written_before_and_after_the_files_were_opened_is_found_by_the_next_app(home: Home) -> None:
    one = Drafts(home)
    one.keep_line(LINE)
    assert one.open() == Found()
    one.keep_talk("half\na thought")
    one.keep_jotted("a line")
    one.close()
    other = Drafts(home)
    found = other.open()
    assert (found.talk, found.jotted) == ("half\na thought", "a line")
    (line,) = found.lines
    assert line[:3] == LINE[:3] and line.name == LINE.name
    assert len(files(home)) == 3  # nothing is gone before it is in hand
    other.let_go()
    assert files(home) == []


def test_what_another_app_has_is_its_own_while_that_lives(home: Home) -> None:
    one, other = Drafts(home), Drafts(home)
    one.open()
    one.keep_talk("mine")
    assert other.open() == Found()
    other.let_go()
    assert files(home) == ["mine"]
    one.close()
    assert Drafts(home).open().talk == "mine"


def test_what_is_done_with_leaves_nothing(home: Home) -> None:
    drafts = Drafts(home)
    drafts.open()
    drafts.keep_line(LINE)
    drafts.keep_talk("said")
    drafts.drop_line(LINE)
    drafts.keep_talk("")
    drafts.close()
    assert list(home.drafts.iterdir()) == []


def test_files_are_for_their_owner_and_what_is_no_draft_is_not_read(home: Home) -> None:
    left = home.drafts / "left"
    left.mkdir(parents=True)
    (left / "talk.txt").write_bytes(b"caf\xe9\x1b[2J and more")
    for name in ("..txt", "key.txt", "k!y.5.task.txt", "key.never.task.txt", "key.5.recipe.txt"):
        (left / name).write_text("words")
    (home.drafts / "link").symlink_to("/")
    drafts = Drafts(home)
    found = drafts.open()
    assert "\x1b" not in found.talk and found.talk.startswith("caf")
    assert [(line.kind, line.key) for line in found.lines] == [(None, "key")]
    drafts.keep_talk("mine")
    assert {path.stat().st_mode & 0o077 for path in home.drafts.rglob("*") if not path.is_symlink()} <= {
        0,
        0o055,
        0o044,
    }
    drafts.let_go()
    assert files(home) == ["mine"]


def test_a_home_that_cannot_be_written_takes_words_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    drafts = Drafts(Home(tmp_path / "file"))
    assert drafts.open() == Found()
    drafts.keep_talk("words")
    drafts.let_go()
    drafts.close()
