from __future__ import annotations

import pytest

from sage.core.plugins.plugin_words import Standing, tasks_trouble

ON = Standing("demo/work", "on")
STOPPED = Standing("demo/work", "parked", "No key. When that is mended: sage plugin start demo/work")
WAITS = Standing("demo/work", "waits", "The plugin ended.")


@pytest.mark.parametrize("standing", [None, ON, Standing("demo/work", "starting", "The plugin ended.")])
def test_what_was_never_read_is_said_to_come(standing: Standing | None) -> None:
    told = tasks_trouble("demo/work", standing, "", "")
    assert told == "The tasks of work have not been read yet. They come by themselves, in a moment."


def test_what_is_as_it_is_there_needs_no_word() -> None:
    assert tasks_trouble("demo/work", ON, "", "today at 10:00") == ""


def test_what_is_stopped_or_waits_may_be_out_of_date_and_says_what_to_do() -> None:
    seen = "They are shown as they were today at 10:00, and may be out of date."
    assert tasks_trouble("demo/work", STOPPED, "An older trouble.", "today at 10:00") == (
        f"The tasks of work cannot be read now. {seen} {STOPPED.words}"
    )
    assert tasks_trouble("demo/work", WAITS, "", "today at 10:00") == (
        f"The tasks of work cannot be read now: {WAITS.words} {seen} It is tried again by itself."
    )
    assert tasks_trouble("demo/work", STOPPED, "", "").startswith(
        "The tasks of work cannot be read now. None of them is shown. No key."
    )
