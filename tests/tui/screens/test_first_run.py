"""The first run: two things are asked, each at once kept; the rest is a list that can be come back to."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input, OptionList, Static
from textual.widgets._toast import Toast

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home, find_vaults, named_folders
from sage.tui.app import SageApp
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice, Option
from sage.tui.screens.first_run import LATER, NotesFolder
from sage.tui.screens.talk import Talk
from tests.homes import make_home, make_notes


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path, linger=20)
    yield made
    stop_engine(made)


async def until(holds: Callable[[], object]) -> None:
    for _ in range(1500):
        await asyncio.sleep(0.02)
        if holds():
            return
    raise TimeoutError


def said(app: SageApp) -> str:
    talk = app.screen_stack[0]
    return "\n".join(entry.text for entry in talk.transcript.entries) if isinstance(talk, Talk) else ""


class Bare(App[None]):
    CSS_PATH = Path(inspect.getfile(SageApp)).with_name("sage.tcss")


def told(screen: Any, name: str) -> str:
    return str(screen.query_one(name, Static).render())


def open_steps(home: Home) -> tuple[str, ...]:
    with Client(home) as client:
        return client.call(wire.ShowSetup()).open_steps


async def test_three_decisions_lead_to_a_cited_answer_and_the_rest_is_one_line(home: Home, tmp_path: Path) -> None:
    notes = make_notes(tmp_path)
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, Choice))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, NotesFolder))
        assert str(home.path) in told(app.screen, ".about").replace("\n", "")
        await pilot.press(*str(notes), "enter")
        await until(lambda: LATER in said(app))
        assert "3 added" in said(app) and isinstance(app.screen, Talk)
        await pilot.press(*"how much sun do tomatoes want", "enter")
        await until(lambda: "six hours of sun" in said(app))
    assert open_steps(home) == ()


async def test_an_engine_that_dies_between_the_steps_loses_nothing(home: Home) -> None:
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, Choice))
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, NotesFolder))
        with Client(home) as client:
            os.kill(client.call(wire.ShowStatus()).pid, signal.SIGKILL)
    assert open_steps(home) == ("notes",)
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, NotesFolder))
        await pilot.press("escape")
        await until(lambda: LATER in said(app))


async def test_vaults_are_looked_for_only_when_asked_and_by_name(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = tmp_path / "person"
    for folder in ("Notes", "Documents/life/.obsidian", ".cache/notes", "Documents/life/deep/notes", "Music"):
        (person / folder).mkdir(parents=True)
    (person / "Music" / "notes").mkdir()  # no note is in it
    (person / "Notes" / "Garden.md").write_text("# Garden\n")
    (person / "link").symlink_to(tmp_path)
    monkeypatch.setenv("HOME", str(person))
    found = (person / "Notes", person / "Documents" / "life")
    assert find_vaults(person) == found
    assert named_folders(f"{found[0]}, {found[1]}") == tuple(map(str, found))
    with Client(home) as client:
        client.call(wire.CloseSetup("model"))
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, NotesFolder))
        screen = app.screen
        listed = screen.query_one(OptionList)
        assert not listed.display
        await pilot.press("ctrl+f")
        await until(lambda: listed.option_count == 2 and listed.has_focus)
        await pilot.press("enter")
        await until(lambda: screen.query_one(Input).value == str(found[0]))
        await pilot.press("ctrl+f")
        await until(lambda: listed.has_focus)
        await pilot.press("down", "enter")
        await until(lambda: screen.query_one(Input).value == f"{found[0]}, {found[1]}")
        await pilot.press("enter")
        await until(lambda: LATER in said(app))
        with Client(home) as client:
            assert set(client.call(wire.ShowSetup()).vaults) == set(map(str, found))


async def test_calendar_people_and_quiet_hours_are_told_later_and_checked(home: Home, tmp_path: Path) -> None:
    with Client(home) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    calendar = tmp_path / "mine.ics"
    calendar.write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, Talk))
        await pilot.press(*"/setup", "enter")
        await until(lambda: isinstance(app.screen, Choice))
        await pilot.press("end", "enter")
        await until(lambda: isinstance(app.screen, AskLine))
        field = app.screen.query_one(Input)
        assert field.value == "22:00-08:00"
        field.value = "21:00-never"
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, AskLine) and "must be" in told(app.screen, ".about"))
        assert "quiet" not in home.settings.read_text() or "21:00" not in home.settings.read_text()
        app.screen.query_one(Input).value = "21:00-07:30"
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, Choice))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, Talk))
        for step, typed in (("calendar", str(calendar)), ("people", "Demo Kim, work")):
            await pilot.press(*f"/setup {step}", "enter")
            await until(lambda: isinstance(app.screen, AskLine))
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            await until(lambda: isinstance(app.screen, Talk))
        await pilot.press(*"/setup garden", "enter")
        await until(lambda: "There is no step garden" in said(app))
    with Client(home) as client:
        values = {one.key: one.value for one in client.call(wire.ShowProfile()).settings}
    assert (values["quiet_hours.start"], values["quiet_hours.end"]) == ("21:00", "07:30")
    assert values["calendar.files"] == [str(calendar)]
    assert [one["circles"] for one in values["people"].values()] == [["work"]]


def test_what_was_told_by_a_command_is_not_asked(home: Home, tmp_path: Path) -> None:
    with Client(home) as client:
        client.call(wire.UseModel("librarian"))
        assert client.call(wire.ShowSetup()).open_steps == ("notes",)
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        assert client.call(wire.ShowSetup()).open_steps == ()


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (140, 45)])
async def test_long_options_unfold_one_at_a_time_and_the_keys_stay_in_sight(size: tuple[int, int]) -> None:
    options = [
        Option(str(number), f"model {number}", f"what {number} can do, and cannot. " * 12) for number in range(5)
    ]
    app = Bare()
    async with app.run_test(size=size) as pilot:
        app.push_screen(Choice("Who?", options, "Said before. " * 10, unfolds=True))
        for number in range(3):
            await pilot.pause(0.1)
            shown = "\n".join("".join(piece.text for piece in line) for line in app.screen._compositor.render_strips())
            assert "Enter chooses · Esc skips" in shown
            assert [f"what {one} can" in shown for one in range(5)] == [one == number for one in range(5)]
            await pilot.press("down")


async def test_many_troubles_of_a_folder_are_no_wall_of_lines(home: Home, tmp_path: Path) -> None:
    notes = make_notes(tmp_path)
    for number in range(9):
        (notes / f"broken{number}.ics").write_text(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:never\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    with Client(home) as client:
        client.call(wire.CloseSetup("model"))
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, NotesFolder))
        await pilot.press(*str(notes), "enter")
        await until(lambda: LATER in said(app))
        assert said(app).count("\n- ") == 6 and "more; `sage import`" in said(app)


async def test_a_notice_lies_over_nothing_that_is_written_or_pressed(home: Home) -> None:
    with Client(home) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    app = SageApp(home)
    async with app.run_test(size=(60, 20), notifications=True):
        await until(lambda: isinstance(app.screen, Talk))
        app.notify("Kept as a task for Tuesday: water tomatoes. F8 Ctrl+Z takes it back.", markup=False)
        await until(lambda: app.screen.query(Toast) and app.screen.query_one(Toast).region.bottom)
        lowest = app.screen.query_one(Toast).region.bottom
        assert 0 < lowest < app.screen.query_one("#composer, Composer").region.y
