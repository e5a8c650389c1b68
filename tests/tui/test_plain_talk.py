"""Questions without a screen: only the whole word approves, and a line that was meant for Sage answers nothing."""

from __future__ import annotations

import asyncio
from io import StringIO

import pytest

from sage.core.turns import ApprovalNeeded
from sage.tui.plain_lines import Lines, Numbers
from sage.tui.plain_talk import PlainAsking

MAIL = ApprovalNeeded("p1", "send_message", {"to": "aunt@example.org", "text": "See you at 5."}, "t", "It sends.", "d")


def asking(*, attended: bool = True) -> tuple[PlainAsking, StringIO]:
    heard = StringIO()
    return PlainAsking(Lines(heard, Numbers()), lambda: None, attended=attended), heard


@pytest.mark.parametrize(
    ("line", "granted"),
    [("yes", True), (" Yes ", True), ("y", False), ("", False), ("yes please", False), ("ok", False)],
)
def test_only_the_whole_word_approves_what_is_shown_exactly(line: str, granted: bool) -> None:
    plain, heard = asking()
    decided: list[bool] = []
    asked = plain.approve(MAIL, decided.append)
    assert "  to: aunt@example.org\n  text: See you at 5.\n" in heard.getvalue()
    assert plain.waits() is asked
    plain.answer(asked, line)
    assert decided == [granted] and plain.waits() is None


async def test_a_question_beside_the_talk_is_answered_by_its_keys_alone() -> None:
    plain, _ = asking()
    task = asyncio.create_task(
        plain.ask("Water the plants", {"d": "done", "s": "in an hour"}, escape="later", behind=True)
    )
    await asyncio.sleep(0)
    assert plain.waits() is None and not plain.take("done with it?") and not plain.take("")
    assert plain.take("D") and await task == "d"
    assert not plain.take("d")


async def test_nobody_there_is_asked_nothing() -> None:
    plain, heard = asking(attended=False)
    assert (
        await plain.ask("Keep it?", {"y": "yes"}, escape="not so") == "" and await plain.ask_words("Until?", "2h") == ""
    )
    assert "not so" in heard.getvalue()
