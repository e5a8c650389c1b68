"""Today: what stands there, each deed of a key and its way back, and days that change while it is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage import wire
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice
from sage.tui.screens.nudges import NudgesPanel
from sage.tui.screens.ritual import RitualPanel
from sage.tui.screens.told import Told
from tests.tui.day_played import Life, invented, today


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    made = Life(tmp_path)
    yield made
    await made.house.close()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
async def test_the_focus_stands_first_with_its_chain_then_cards_and_the_day_with_the_line_of_now(
    life: Life, size: tuple[int, int]
) -> None:
    await invented(life)
    async with today(life, size) as seen:
        shown = seen.screen()
        assert shown.index("Send the form") < shown.index("Or")
        assert "from Friday" in shown and "it is for today" in shown and "overdue" not in shown
        assert shown.index("09:00–10:00  Seminar") < shown.index("── 10:00 now ──")
        assert "f starts a focus session" in shown and "Monday 23 November, 10:00" in shown
        if size == (140, 45):
            assert "Finish the thesis" in shown and "Nothing waits for you." in shown
        await seen.choose("title Focus")
        names = seen.rows()
        assert names.index("title Goals") > names.index("now")
        card = next(name for name in names if name.startswith("card"))
        await seen.choose(card)
        await seen.press_until("c", lambda: "The focus of today: Draft two pages" in seen.hints())
        assert (
            "why  to teach at last" in seen.screen() and "what Finish the thesis → Write chapter three" in seen.screen()
        )


async def test_an_empty_home_says_what_to_do_in_one_line_each(life: Life) -> None:
    async with today(life) as seen:
        shown = seen.screen()
        for words in ("t adds a task, g a goal", "Nothing is planned. The day is yours.", "g names one, with its why"):
            assert words in shown
        for key, told in (
            ("d", "d is for a task"),
            ("p", "p is for a task"),
            ("c", "c is for a task"),
            ("u", "nothing to take"),
        ):
            await seen.press_until(key, lambda told=told: told in seen.hints())
        await seen.press_until("f", lambda: isinstance(seen.host.screen, Choice))
        await seen.press_until("escape", lambda: seen.host.screen is seen.today)


async def test_what_waits_is_one_line_and_never_a_number(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life.desk.deputy.pages, "open_count", lambda: 17)
    monkeypatch.setattr(life.house.rituals, "_held", lambda: [("u1", "Call the aunt"), ("u2", "Water the plants")])
    for size in ((60, 20), (140, 45)):
        async with today(life, size) as seen:
            shown = seen.screen()
            assert "he Inbox has something for your yes" in shown and "eld for you: Call the aunt" in shown
            assert "17" not in shown.replace("10:17", "") and "Water" not in shown
            await seen.choose("inbox")
            await seen.press_until("enter", lambda seen=seen: seen.host.left == "inbox")
            await seen.choose("nudges")
            await seen.press_until("enter", lambda seen=seen: isinstance(seen.host.screen, NudgesPanel))


async def test_a_task_is_done_and_u_opens_it_again(life: Life) -> None:
    await invented(life)
    async with today(life) as seen:
        await seen.press_until("d", lambda: "Done: Send the form." in seen.hints())
        assert (await life.tasks())["Send the form"].done and "u takes it back" in seen.hints()
        await seen.press_until("u", lambda: "Open again: Send the form." in seen.hints())
        assert not (await life.tasks())["Send the form"].done
        await seen.press_until("u", lambda: "There is nothing to take back." in seen.hints())


async def test_a_task_is_put_off_with_two_keys_and_comes_back_with_one(life: Life) -> None:
    await invented(life)
    async with today(life) as seen:
        await seen.press_until("p", lambda: isinstance(seen.host.screen, Choice))
        await seen.press_until("enter", lambda: "Put off: Send the form (due 2026-11-24" in seen.hints())
        assert (await life.tasks())["Send the form"].due == "2026-11-24"
        await seen.press_until("u", lambda: "As before" in seen.hints())
        assert (await life.tasks())["Send the form"].due == "2026-11-23T16:00"
        await seen.press_until("p", lambda: isinstance(seen.host.screen, Choice))
        await seen.pilot.press("end")
        await seen.press_until("enter", lambda: isinstance(seen.host.screen, AskLine))
        await seen.pilot.press(*"friday", "enter")
        await seen.until(lambda: "2026-11-27" in seen.hints())


async def test_a_focus_session_begins_shows_what_is_left_and_ends_calmly(life: Life) -> None:
    await invented(life)
    async with today(life) as seen:
        await seen.press_until("f", lambda: isinstance(seen.host.screen, Choice))
        await seen.press_until("enter", lambda: "Begun." in seen.hints())
        assert "Focus on Send the form: 25 minutes to go." in seen.screen()
        life.clock.go_on(minutes=4)
        seen.today.tick()
        await seen.until(lambda: "Focus on Send the form: 21 minutes to go." in seen.screen())
        await seen.press_until("f", lambda: "4 minutes on Send the form. That counts." in seen.hints())
        await seen.press_until("f", lambda: isinstance(seen.host.screen, Choice))
        await seen.press_until("enter", lambda: "Begun." in seen.hints())
        life.clock.go_on(minutes=26)
        seen.today.tick()
        await seen.until(lambda: "25 minutes for Send the form: that time is over." in seen.hints())
        assert "to go" not in seen.screen() and "f starts a focus session" in seen.screen()


async def test_a_task_and_a_goal_are_added_and_taken_back(life: Life) -> None:
    async with today(life) as seen:
        await seen.press_until("t", lambda: isinstance(seen.host.screen, AskLine))
        await seen.pilot.press(*"call the bank tomorrow at 9", "enter")
        await seen.until(lambda: "Kept as a task for Tuesday 24 November, 09:00: call the bank." in seen.hints())
        await seen.press_until("u", lambda: "Taken back: call the bank." in seen.hints())
        await seen.press_until("g", lambda: isinstance(seen.host.screen, AskLine))
        await seen.pilot.press(*"learn the cello because it calms me", "enter")
        await seen.until(lambda: "Kept as a goal: learn the cello." in seen.hints())
        assert (await life.call(wire.ListGoals())).goals[0].why == "it calms me"


async def test_enter_opens_what_is_chosen(life: Life) -> None:
    await invented(life)
    async with today(life) as seen:
        for row, words in (("focus ", "Send the form (due"), ("event ", "Seminar"), ("goal ", "to teach at last")):
            name = next(each for each in seen.rows() if each.startswith(row))
            await seen.choose(name)
            await seen.press_until("enter", lambda: isinstance(seen.host.screen, Told))
            await seen.until(lambda words=words: words in seen.screen())
            await seen.press_until("escape", lambda: seen.host.screen is seen.today)


@pytest.mark.parametrize(
    ("key", "words"), [("b", "Focus: 16:00 Send the form"), ("e", "the evening"), ("w", "The week up to")]
)
async def test_morning_evening_and_week_are_one_key_each(life: Life, key: str, words: str) -> None:
    await invented(life)
    async with today(life) as seen:
        await seen.press_until(key, lambda: isinstance(seen.host.screen, RitualPanel))
        await seen.until(lambda: words in seen.screen())
        if key == "e":
            await seen.pilot.press("c")
            await seen.until(lambda: any(isinstance(each, wire.AnswerRitual) for each in life.asked))
        await seen.press_until("escape", lambda: seen.host.screen is seen.today)


async def test_nudges_and_the_inbox_are_one_key_each(life: Life) -> None:
    async with today(life) as seen:
        await seen.press_until("n", lambda: isinstance(seen.host.screen, NudgesPanel))
        await seen.press_until("escape", lambda: seen.host.screen is seen.today)
        await seen.press_until("i", lambda: seen.host.left == "inbox")
        await seen.press_until("question_mark", lambda: isinstance(seen.host.screen, Told))
        await seen.press_until("escape", lambda: seen.host.screen is seen.today)
        await seen.press_until("escape", lambda: seen.host.left == "talk")


async def test_midnight_passes_while_it_is_open_and_nobody_counts_as_here(life: Life) -> None:
    await invented(life)
    life.clock.time = datetime(2026, 11, 23, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    async with today(life) as seen:
        life.asked.clear()
        life.clock.go_on(minutes=2)
        seen.today.tick()
        await seen.until(lambda: "Tuesday 24 November, 00:01" in seen.screen())
        assert wire.ShowToday(looks=True) not in life.asked
        assert "from yesterday" in seen.screen()


@pytest.mark.parametrize(("at", "later"), [("2026-03-29T01:59", "03:01"), ("2026-10-25T02:59", "02:01")])
async def test_on_a_night_when_the_clocks_change_now_is_right_once_it_was_read(life: Life, at: str, later: str) -> None:
    life.clock.time = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    async with today(life) as seen:
        life.clock.go_on(minutes=2)
        seen.today.state_changed()
        await seen.until(lambda: f", {later}" in seen.screen())


async def test_of_two_hundred_tasks_the_day_shows_three_and_any_of_them_can_be_begun(life: Life) -> None:
    life.home.tasks.write_text("".join(f"- [ ] Old thing {number} 📅 2026-11-20 ^k{number}\n" for number in range(200)))
    async with today(life) as seen:
        assert sum(name.startswith("card") for name in seen.rows()) == 3 and "200" not in seen.screen()
        await seen.press_until("a", lambda: "task k150" in seen.rows())
        await seen.choose("task k150")
        await seen.press_until("f", lambda: isinstance(seen.host.screen, Choice))
        await seen.press_until("enter", lambda: "Focus on Old thing 150: 25 minutes to go." in seen.screen())
        await seen.press_until("escape", lambda: "title Focus" in seen.rows())


async def test_an_engine_that_goes_away_is_waited_for_and_nothing_is_done_twice(life: Life) -> None:
    await invented(life)
    async with today(life) as seen:
        life.breaks.append(wire.CompleteTask)
        await seen.press_until("d", lambda: "The engine is gone." in seen.hints())
        assert (await life.tasks())["Send the form"].done, "and the list shows it as it is"
        await seen.until(lambda: not any("Send the form" in row for row in seen.screen().splitlines()[2:9]))
        life.ready.clear()
        seen.today.state_changed()
        await seen.until(lambda: "Waiting for the engine" in seen.hints())
        life.ready.set()
        await seen.until(lambda: "Waiting for the engine" not in seen.hints())


async def test_nothing_from_a_file_reaches_the_terminal_but_words(life: Life) -> None:
    bad = "Evil \x1b]52;c;aGk=\x07 \x1b[31m[/bold] [@click=app.quit]x[/] \u202egnp"
    life.home.tasks.write_text(f"- [ ] {bad} 📅 2026-11-23 ^k1\n")
    async with today(life) as seen:
        for key in ("enter", "escape", "p", "escape", "a", "d"):
            await seen.pilot.press(key)
            await seen.pilot.pause(0.1)
            shown = seen.screen()
            assert "Evil" in shown and not any(sign in shown for sign in ("\x1b", "\x07", "\u202e"))
        await seen.until(lambda: "Done: Evil" in seen.hints())
