"""What would be given away, as the app shows it: read to its end, struck, reworded, and written to a file that was named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sage import wire
from sage.core.bundles import Bundle, BundleCase
from sage.core.errors import BadInput
from sage.tui.app import SageApp
from sage.tui.screens import agreement, bundles
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.bundles import Bundles
from sage.tui.widgets.reading import Pages
from sage.tui.widgets.results import Results

LINES = (
    '{"bundle":1}',
    '{"case":"case-1","kind":"case","rating":"wrong"}',
    '{"case":"case-1","kind":"passage","text":"Sun."}',
)
ASKED = '{"case":"case-1","kind":"asked","text":"How much?"}'


class Engine:
    """Plays the engine, and writes down what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def call(self, request: Any) -> Any:
        self.asked.append(request)
        if isinstance(request, wire.WriteBundle):
            if request.path.endswith("there"):
                raise BadInput("It is there already.", safe="Nothing was written.")
            return wire.BundleWritten(request.path, len(request.lines), 9)
        words = bool(request.words)
        case = BundleCase("e1", "case-1", words, "all its words go in" if words else "its words stay out")
        return wire.BundleDrafted(Bundle((*LINES, *((ASKED,) if words else ())), (case,), {}), "mark")


class Host(App[None]):
    CSS_PATH = SageApp.CSS_PATH and f"{bundles.__file__.rpartition('/screens/')[0]}/{SageApp.CSS_PATH}"

    def __init__(self, engine: Engine, cases: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.bundles = Bundles(engine, cases)  # type: ignore[arg-type]
        self.told: str | None = None

    def on_mount(self) -> None:
        self.push_screen(self.bundles, self._over)

    def _over(self, told: str | None) -> None:
        self.told = told


def line(host: Host, name: str) -> str:
    return str(host.bundles.query_one(name, Static).render())


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    for _ in range(500):
        await asyncio.sleep(0.02)
        if holds():
            await pilot.pause()
            return
    raise TimeoutError(f"{pilot.app.screen}")


async def test_lines_are_read_to_the_end_and_struck_before_they_are_written(tmp_path: Path) -> None:
    engine = Engine()
    host = Host(engine)
    async with host.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: host.bundles.query_one(Results).count == 4)
        assert engine.asked == [wire.DraftBundle((), True, ())]
        await pilot.press("w", "down")
        await pilot.press("w")
        assert "Read to the end first: 2 lines are left." in line(host, "#hints")
        await pilot.press("down", "down")
        assert LINES[2] in host.bundles.query_one(Pages).entries[0].text
        await pilot.press("space", "up")
        assert line(host, "#doing").startswith("2 of 3 lines go in")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(host.screen, AskLine))
        await pilot.press(*"there", "enter")
        await until(pilot, lambda: "It is there already." in line(host, "#hints"))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(host.screen, AskLine))
        host.screen.query_one(Input).value = str(tmp_path / "b")
        await pilot.press("enter")
        await until(pilot, lambda: host.told)
        assert engine.asked[-1] == wire.WriteBundle(str(tmp_path / "b"), LINES[:2])
        assert host.told == f"2 lines in {tmp_path / 'b'}. Nothing was sent; the file is yours."


async def test_private_words_go_in_with_a_yes_and_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 0.0)
    engine = Engine()
    host = Host(engine, ("e1",))
    async with host.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: host.bundles.query_one(Results).count == 4)
        assert engine.asked == [wire.DraftBundle(("e1",), False, ())]
        await pilot.press("down", "p")
        assert "of no case" in line(host, "#hints")
        await pilot.press("end", "p")
        await until(pilot, lambda: isinstance(host.screen, Agreement))
        await pilot.press("n")
        await until(pilot, lambda: host.screen is host.bundles)
        assert len(engine.asked) == 1
        await pilot.press("p")
        await until(pilot, lambda: isinstance(host.screen, Agreement))
        assert "case-1 (e1): its words stay out." in str(host.screen.query_one(".lines", Static).render())
        await pilot.press("y")
        await until(pilot, lambda: host.bundles.query_one(Results).count == 5)
        assert engine.asked[-1] == wire.DraftBundle(("e1",), False, ("e1",))
        await pilot.press("w")
        assert "Read to the end first: 4 lines are left." in line(host, "#hints")
        await pilot.press("end", "e")
        await until(pilot, lambda: isinstance(host.screen, AskLine))
        assert host.screen.query_one(Input).value == "How much?"
        await pilot.press(*" Sun?", "enter")
        await until(pilot, lambda: "How much? Sun?" in host.bundles.query_one(Pages).entries[0].text)
        await pilot.press("p")
        await until(pilot, lambda: host.bundles.query_one(Results).count == 4)
        await pilot.press("escape")
        await until(pilot, lambda: host.told == "")
        assert not any(isinstance(request, wire.WriteBundle) for request in engine.asked)
