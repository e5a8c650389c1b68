"""The watch on real folders. What is waited for comes within moments, or the test fails after half a minute."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sage.adapters.notes.note_watch import AT_ONCE, NoteWatch

News = tuple[Path, frozenset[Path] | None]


@pytest.fixture
def told() -> queue.Queue[News]:
    return queue.Queue()


@pytest.fixture
def watch(told: queue.Queue[News]) -> Iterator[NoteWatch]:
    watch = NoteWatch(lambda root, touched: told.put((root, touched)))
    yield watch
    watch.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    root.mkdir()
    return root


def until(told: queue.Queue[News], fits: Callable[[News], bool]) -> News:
    while not fits(news := told.get(timeout=30)):
        pass
    return news


def stands(told: queue.Queue[News], root: Path) -> None:
    until(told, lambda news: news == (root, None))


def touches(told: queue.Queue[News], path: Path) -> None:
    until(told, lambda news: news[1] is not None and path in news[1])


def test_a_new_watch_tells_that_anything_may_have_happened_then_what_does(
    watch: NoteWatch, told: queue.Queue[News], root: Path
) -> None:
    watch.follow([root])
    stands(told, root)
    (root / "deep").mkdir()
    (root / "deep/a.md").write_text("x")
    touches(told, root / "deep")
    (root / "deep/a.md").rename(root / "b.md")
    touches(told, root / "b.md")
    assert (watch.watched, watch.unwatched) == (1, [])


def test_what_is_hidden_is_not_told(watch: NoteWatch, told: queue.Queue[News], root: Path) -> None:
    (root / ".obsidian").mkdir()
    watch.follow([root])
    stands(told, root)
    (root / ".obsidian/workspace.json").write_text("{}")
    (root / ".a.md.swp").write_text("x")
    (root / "seen.md").write_text("x")
    news = until(told, lambda news: news[1] is not None)
    assert news == (root, frozenset({root / "seen.md"}))


def test_a_file_is_watched_through_being_replaced(watch: NoteWatch, told: queue.Queue[News], root: Path) -> None:
    note = root / "one.md"
    note.write_text("x")
    watch.follow([note])
    stands(told, note)
    for _ in range(2):
        (root / "other.md").write_text("y")
        (root / "other.md").rename(note)
        assert until(told, lambda news: news[1] is not None) == (note, frozenset({note}))


def test_a_folder_that_appears_later_is_watched_then(watch: NoteWatch, told: queue.Queue[News], root: Path) -> None:
    root.rmdir()
    watch.follow([root])
    assert (watch.watched, watch.unwatched) == (0, [])
    root.mkdir()
    watch.follow([root])
    stands(told, root)


def test_a_folder_that_was_replaced_is_watched_anew(watch: NoteWatch, told: queue.Queue[News], root: Path) -> None:
    watch.follow([root])
    stands(told, root)
    root.rename(root.with_name("old"))
    root.mkdir()
    watch.follow([root])
    stands(told, root)
    (root / "a.md").write_text("x")
    touches(told, root / "a.md")


def test_a_folder_that_is_not_asked_for_any_more_is_not_told(
    watch: NoteWatch, told: queue.Queue[News], root: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    watch.follow([root, other])
    stands(told, root)
    watch.follow([other])
    (root / "a.md").write_text("x")
    (other / "b.md").write_text("x")
    touches(told, other / "b.md")
    assert watch.watched == 1


def test_very_much_at_once_is_told_as_anything(watch: NoteWatch, told: queue.Queue[News], root: Path) -> None:
    watch.follow([root])
    stands(told, root)
    for number in range(AT_ONCE * 3):
        (root / f"{number}.md").write_text("x")
    stands(told, root)


def test_a_name_that_is_no_text_does_not_end_the_watch(watch: NoteWatch, told: queue.Queue[News], root: Path) -> None:
    watch.follow([root])
    stands(told, root)
    try:
        (root / "a\udcff.md").write_text("x")
    except OSError:
        pytest.skip("this file system takes no such name")
    stands(told, root)
    (root / "b.md").write_text("x")
    touches(told, root / "b.md")
