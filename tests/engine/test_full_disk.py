"""A disk that is full while a model is swapped or tried: it is told, nothing is lost, and it goes on once there is room."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_sheets import SheetPages
from sage.adapters.journal.journal_swaps import SwapPages
from sage.core.errors import DiskFull
from sage.engine.bootstrap import House
from sage.engine.swapping import Swapping
from sage.locations import Home
from sage.testing.scripted_model import ScriptedModel
from tests.engine.eval_office import Office
from tests.engine.test_sheets import Answering, asked, fill, quoting, use
from tests.engine.test_sheets import house as house  # the fixture

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NEW = {("model", "chain"): ["demo/large"]}
NAMES = ("librarian", "demo/large")
WRITTEN = b'[model]\nchain = ["librarian"]  # mine\n'


class FullAt(SwapPages):
    """Pages without room for the nth writing."""

    def __init__(self, database: Database, number: int) -> None:
        super().__init__(database)
        self._left = number

    def add(self, swap: Any) -> None:
        self._room()
        super().add(swap)

    def move(self, *given: Any) -> None:
        self._room()
        super().move(*given)

    def _room(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise DiskFull("The disk is full.")


def swapping(home: Home, pages: SwapPages) -> Swapping:
    return Swapping(home, pages, lambda: NOW, lambda letter: f"{letter}{len(pages.last(99))}")


@pytest.mark.parametrize(("number", "told"), [(1, True), (2, False)])
def test_a_swap_is_made_or_told_not_to_be(tmp_path: Path, number: int, told: bool) -> None:
    home, database = Home(tmp_path), open_journal(tmp_path / "journal.db")
    home.settings.write_bytes(WRITTEN)
    swaps = swapping(home, FullAt(database, number))
    if told:
        with pytest.raises(DiskFull):
            swaps.use("talk", NEW, NAMES)
    else:
        swaps.use("talk", NEW, NAMES)
    assert (home.settings.read_bytes() == WRITTEN) == told
    if told:
        swaps.use("talk", NEW, NAMES)
    assert [swap.state for swap in swaps.last(9)] == ["in force"] and b"large" in home.settings.read_bytes()
    swaps.back()
    assert home.settings.read_bytes() == WRITTEN
    database.close()


@pytest.mark.parametrize(("number", "told"), [(1, True), (2, False)])
def test_a_way_back_is_gone_or_told_not_to_be(tmp_path: Path, number: int, told: bool) -> None:
    home, database = Home(tmp_path), open_journal(tmp_path / "journal.db")
    home.settings.write_bytes(WRITTEN)
    swapping(home, SwapPages(database)).use("talk", NEW, NAMES)
    swaps = swapping(home, FullAt(database, number))
    if told:
        with pytest.raises(DiskFull):
            swaps.back()
        assert b"large" in home.settings.read_bytes()
        swaps.back()
    else:
        swaps.back()
    assert home.settings.read_bytes() == WRITTEN and [swap.state for swap in swaps.last(9)] == ["back"]
    database.close()


def test_where_there_is_no_room_for_settings_nothing_is_swapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, database = Home(tmp_path), open_journal(tmp_path / "journal.db")
    home.settings.write_bytes(WRITTEN)
    swaps = swapping(home, SwapPages(database))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFull, match="full"):
            swaps.use("talk", NEW, NAMES)
    assert home.settings.read_bytes() == WRITTEN and [swap.state for swap in swaps.last(9)] == ["dropped"]
    assert not list(tmp_path.glob("*.tmp")) and not list(tmp_path.glob(".*.tmp"))
    database.close()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path)
    yield made
    await made.house.close()


async def test_a_trial_on_a_full_disk_is_told_and_goes_on(office: Office) -> None:
    for number in range(4):
        await office.ask(f"What is {number}?", [[f"It is {number}. " + "So it is. " * 400]])
        await office.do(wire.CaptureTurns())
    current, new = (ScriptedModel([[f"It is {name}. " + os.urandom(9000).hex()] for _ in range(9)], name=f"demo/{name}")
                    for name in ("now", "new"))  # fmt: skip
    office.use(current, new=new)
    connection = office.house.database.connection
    (pages,) = next(connection.execute("PRAGMA page_count"))
    connection.execute(f"PRAGMA max_page_count = {pages + 6}").fetchall()
    with pytest.raises(DiskFull, match="full"):
        await office.do(wire.RunTrial(model="demo/new"))
    connection.execute("PRAGMA max_page_count = 1000000").fetchall()
    (trial,) = (await office.do(wire.ListTrials())).trials
    kept = len(office.house.trials.answers(trial.id))
    assert kept < 8
    asked = len(current.requests) + len(new.requests)
    shown = await office.do(wire.RunTrial(model="demo/new"))
    assert len(shown.cases) == 4 and shown.trial.state == "done"
    assert len(current.requests) + len(new.requests) - asked == 8 - kept  # what was kept is not asked again
    assert next(connection.execute("PRAGMA integrity_check"))[0] == "ok"


async def test_a_sheet_on_a_full_disk_is_told_and_goes_on(house: House) -> None:
    model = use(house, Answering(quoting))
    connection = house.database.connection
    connection.execute("VACUUM").fetchall()  # no room is left over
    (pages,) = next(connection.execute("PRAGMA page_count"))
    connection.execute(f"PRAGMA max_page_count = {pages + 1}").fetchall()
    with pytest.raises(DiskFull, match="full"):
        await fill(house, asked(over="notes"))
    connection.execute("PRAGMA max_page_count = 1000000").fetchall()
    kept = [len(SheetPages(house.database).cells(sheet.id)) for sheet in SheetPages(house.database).sheets()]
    before = len(model.asked)
    await fill(house, asked(over="notes"))
    (sheet,) = SheetPages(house.database).sheets()
    rows = len(SheetPages(house.database).rows(sheet.id))
    assert rows == len(SheetPages(house.database).cells(sheet.id)) > sum(kept)
    assert len(model.asked) - before <= rows - sum(kept)
