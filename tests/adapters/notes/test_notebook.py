"""Notes, goals and tasks as files that the person may edit with anything."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.notes.notebook import FileNotebook
from sage.core.errors import BadInput, HomeReadOnly, NotFound, Unreadable
from sage.locations import Home

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def test_a_note_is_a_private_file_with_its_words(home: Home) -> None:
    written: list[Path] = []
    notebook = FileNotebook(home, written.append)
    note = notebook.add_note("n1", "The key hangs behind the door.\n\nReally.", now=NOW)
    path = home.path / note.path
    assert "The key hangs behind the door." in path.read_text() and written == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    second = notebook.add_note("n2", "The key hangs behind the door.\n\nReally.", now=NOW)
    assert second.path != note.path
    with pytest.raises(BadInput):
        notebook.add_note("n3", "  ", now=NOW)


def test_a_section_is_added_to_the_end_of_a_note_that_stays_as_it_is(home: Home) -> None:
    changed: list[Path] = []
    notebook = FileNotebook(home, changed.append)
    notebook.add_section("answers-work", {"audience": "work"}, "## Gate\n\nIt is green.\n")
    path = home.notes / "answers-work.md"
    assert path.read_text() == "---\naudience: work\n---\n\n## Gate\n\nIt is green.\n"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text() + "By hand.\n\n\n")
    assert notebook.with_section("answers-work", {"audience": "all"}, "## Key\n\nRed.")[1].endswith(
        "By hand.\n\n## Key\n\nRed.\n"
    )
    assert "Red" not in path.read_text()
    notebook.add_section("answers-work", {"audience": "all"}, "## Key\n\nRed.")
    assert path.read_text().startswith(
        "---\naudience: work\n---\n\n## Gate\n\nIt is green.\nBy hand.\n\n## Key\n\nRed.\n"
    )
    assert changed == [path, path]


def test_a_goal_has_a_why_and_changes_without_losing_the_persons_lines(home: Home) -> None:
    notebook = FileNotebook(home)
    top = notebook.add_goal("g1", "Be healthy", why="to see the kids grow", now=NOW)
    run = notebook.add_goal("g2", "Run a marathon", parent="be healthy", now=NOW)
    assert run.parent == top.id and [goal.id for goal in notebook.goals()] == ["g1", "g2"]
    path = home.path / run.path
    path.write_text(path.read_text().replace("state: open", "state: open\nmood: curious  # mine") + "\nMy own words.\n")
    before = path.read_text()
    assert notebook.change_goal("marathon", state="done", now=NOW).state == "done"
    assert path.read_text() == before.replace("state: open", "state: done")
    assert "My own words." in notebook.goal_text("g2")


def test_a_goal_written_by_hand_counts(home: Home) -> None:
    (home.goals / "garden.md").write_text("# Grow my own salad\n\nBecause it tastes.\n")
    (goal,) = FileNotebook(home).goals()
    assert (goal.id, goal.title, goal.state) == ("garden", "Grow my own salad", "open")


def test_tasks_are_added_ticked_and_edited_by_hand(home: Home) -> None:
    notebook = FileNotebook(home)
    home.tasks.write_text("my list, no newline at the end")
    notebook.add_task("k1", "Buy  milk", due="2026-11-27", now=NOW)
    assert home.tasks.read_text().splitlines() == ["my list, no newline at the end", "- [ ] Buy milk 📅 2026-11-27 ^k1"]
    home.tasks.write_text(home.tasks.read_text() + "- [ ] Call the bank\n")
    assert notebook.complete_task("call bank", now=NOW).done
    assert notebook.complete_task("k1", now=NOW).text == "Buy milk"
    assert [task.done for task in notebook.tasks()] == [True, True]


def test_what_fits_several_or_nothing_is_told_with_the_nearest(home: Home) -> None:
    notebook = FileNotebook(home)
    notebook.add_task("k1", "Call the bank", now=NOW)
    notebook.add_task("k2", "Call the dentist", now=NOW)
    with pytest.raises(BadInput, match="Several open tasks"):
        notebook.complete_task("call", now=NOW)
    with pytest.raises(NotFound) as error:
        notebook.complete_task("Call the bankk", now=NOW)
    assert "Call the bank" in str(error.value)
    with pytest.raises(NotFound):
        notebook.change_goal("nothing", state="done", now=NOW)


def test_a_list_that_is_no_utf8_is_left_as_it_is(home: Home) -> None:
    home.tasks.write_bytes(b"- [ ] caf\xe9\n")
    with pytest.raises(Unreadable):
        FileNotebook(home).add_task("k1", "x", now=NOW)
    assert home.tasks.read_bytes() == b"- [ ] caf\xe9\n"


@pytest.mark.usefixtures("plain_user")
def test_a_home_that_cannot_be_written_is_told(home: Home) -> None:
    home.notes.chmod(0o500)
    with pytest.raises(HomeReadOnly):
        FileNotebook(home).add_note("n1", "words", now=NOW)
