"""The task list as plain text, byte-preserving."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sage.core.plans import Task
from sage.core.task_lines import read_tasks, tick, write_task

LIST = (
    "# Mine\r\n\r\n- [ ] Buy milk 📅 2026-11-27 ⏰ 09:00 ^t1\r\n  - [ ] oat milk\n"
    "* [x] Pay rent ✅ 2026-11-20 ^t2\ntext\n- [ ] Buy milk"
)


def test_tasks_are_read_with_their_dates_and_ids() -> None:
    first, second, third, fourth = read_tasks(LIST)
    assert first == Task("t1", "Buy milk", due="2026-11-27T09:00")
    assert (second.text, second.done) == ("oat milk", False) and second.id.startswith("w")
    assert third == Task("t2", "Pay rent", True, "", "2026-11-20")
    assert fourth.text == "Buy milk" and fourth.id not in ("t1", "t2", second.id)


def test_a_tick_changes_one_line_and_nothing_else() -> None:
    after = tick(LIST, "t1", date(2026, 11, 22))
    was, done = "- [ ] Buy milk 📅 2026-11-27 ⏰ 09:00 ^t1", "- [x] Buy milk 📅 2026-11-27 ⏰ 09:00 ✅ 2026-11-22 ^t1"
    assert after == LIST.replace(was, done)
    assert tick(after, "t1", date(2026, 11, 23)) == after
    assert tick(LIST, "none", date(2026, 11, 22)) == LIST


@given(st.text(min_size=1, max_size=80), st.sampled_from(["", "2026-11-27", "2026-11-27T08:30"]))
def test_what_is_written_is_read_back(words: str, due: str) -> None:
    words = " ".join(words.split())
    if not words or any(mark in words for mark in "📅⏰✅^"):
        return
    (back,) = read_tasks(write_task(Task("t9", words, due=due)) + "\n")
    assert (back.id, back.text, back.due, back.done) == ("t9", words, due, False)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_and_an_unknown_tick_changes_nothing(text: str) -> None:
    read_tasks(text)
    assert tick(text, "no-such-id", date(2026, 1, 1)) == text
