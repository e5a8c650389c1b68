"""Swaps of models: one pointer, written whole, taken back byte for byte, whatever dies in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_swaps import SwapPages
from sage.core.errors import BadSetting, NotFound
from sage.core.swaps import Swap, SwapState
from sage.engine.swapping import Swapping
from sage.locations import Home

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WRITTEN = (
    b'# mine\r\n[model]  # who answers\r\nchain = [ "librarian" ]   # none yet\r\n\r\n[caps]\r\nper_day_usd = 0.50\r\n'
)
TO_LARGE = {("model", "chain"): ["demo/large"], ("model", "base_url"): "http://127.0.0.1:8080/v1"}
NAMES = ("librarian", "demo/large")


class Killed(Exception):
    """The engine is gone at this point."""


class MortalPages(SwapPages):
    """Pages of an engine that dies before or after its nth writing."""

    def __init__(self, database: Database, dies_at: int) -> None:
        super().__init__(database)
        self._left = dies_at

    def add(self, swap: Swap) -> None:
        self._live()
        super().add(swap)
        self._live()

    def move(self, swap: str, state: SwapState, at: datetime | None = None, reason: str = "") -> None:
        self._live()
        super().move(swap, state, at, reason)
        self._live()

    def _live(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def swapping(home: Home, pages: SwapPages) -> Swapping:
    numbers = count(len(pages.last(99)) + 1)
    return Swapping(home, pages, lambda: NOW, lambda letter: f"{letter}{next(numbers)}")


def test_a_swap_is_written_and_taken_back_byte_for_byte(home: Home, database: Database) -> None:
    home.settings.write_bytes(WRITTEN)
    swaps = swapping(home, SwapPages(database))
    swap = swaps.use("talk", TO_LARGE, NAMES, trial="x1")
    assert swap and home.settings.read_bytes() == swap.after != WRITTEN and b"# none yet" in swap.after
    assert [(each.id, each.state, each.trial, each.before) for each in swaps.last(9)] == [
        ("s1", "in force", "x1", WRITTEN)
    ]
    found, way = swaps.back()
    assert (found.id, way.whole, home.settings.read_bytes()) == ("s1", True, WRITTEN)
    assert [(each.state, each.ended_at != "") for each in swaps.last(9)] == [("back", True)]


def test_where_there_was_no_file_there_is_none_again(home: Home, database: Database) -> None:
    swaps = swapping(home, SwapPages(database))
    swaps.use("talk", TO_LARGE, NAMES)
    assert home.settings.exists()
    swaps.back()
    assert not home.settings.exists()


def test_an_empty_file_is_empty_again(home: Home, database: Database) -> None:
    home.settings.write_bytes(b"")
    swaps = swapping(home, SwapPages(database))
    swaps.use("talk", TO_LARGE, NAMES)
    swaps.back()
    assert home.settings.read_bytes() == b""


def test_swaps_are_taken_back_one_after_the_other(home: Home, database: Database) -> None:
    home.settings.write_bytes(WRITTEN)
    swaps = swapping(home, SwapPages(database))
    swaps.use("talk", TO_LARGE, NAMES)
    swaps.use("quick", {("roles", "quick"): ["demo/small"]}, NAMES)
    assert swaps.back()[1].whole and swaps.back()[1].whole and home.settings.read_bytes() == WRITTEN
    with pytest.raises(NotFound):
        swaps.back()


def test_only_what_was_swapped_goes_back_where_the_person_wrote_in_between(home: Home, database: Database) -> None:
    home.settings.write_bytes(WRITTEN)
    swaps = swapping(home, SwapPages(database))
    swaps.use("talk", TO_LARGE, NAMES)
    home.settings.write_bytes(home.settings.read_bytes().replace(b"0.50", b"0.75").replace(b"8080", b"9090"))
    _, way = swaps.back()
    assert not way.whole and set(way.values) == {("model", "chain")} and way.left == ("model.base_url",)
    written = home.settings.read_text()
    assert '"librarian"' in written and "0.75" in written and "9090" in written and "large" not in written


def test_what_is_so_already_is_no_swap_and_what_is_wrong_changes_nothing(home: Home, database: Database) -> None:
    home.settings.write_bytes(WRITTEN)
    swaps = swapping(home, SwapPages(database))
    assert swaps.use("talk", {("model", "chain"): ["librarian"]}, NAMES) is None
    with pytest.raises(BadSetting):
        swaps.use("talk", {("model", "chain"): []}, NAMES)
    assert swaps.last(9) == [] and home.settings.read_bytes() == WRITTEN


@pytest.mark.parametrize("dies_at", range(1, 5))
@pytest.mark.parametrize("there", [True, False])
def test_an_engine_that_dies_while_it_swaps_leaves_one_or_the_other(
    home: Home, database: Database, dies_at: int, there: bool
) -> None:
    if there:
        home.settings.write_bytes(WRITTEN)
    with pytest.raises(Killed):
        swapping(home, MortalPages(database, dies_at)).use("talk", TO_LARGE, NAMES)
    again = swapping(home, SwapPages(database))
    states = [each.state for each in again.last(9)]
    swapped = home.settings.exists() and b"large" in home.settings.read_bytes()
    assert states == ([] if dies_at == 1 else ["in force"] if swapped else ["dropped"]) and swapped == (dies_at > 2)
    if swapped:
        again.back()
    assert home.settings.read_bytes() == WRITTEN if there else not home.settings.exists()


@pytest.mark.parametrize("dies_at", range(1, 5))
@pytest.mark.parametrize("touched", [True, False])
def test_an_engine_that_dies_while_it_rolls_back_leaves_one_or_the_other(
    home: Home, database: Database, dies_at: int, touched: bool
) -> None:
    home.settings.write_bytes(WRITTEN)
    swapping(home, SwapPages(database)).use("talk", TO_LARGE, NAMES)
    if touched:
        home.settings.write_bytes(home.settings.read_bytes() + b"# more\r\n")
    with pytest.raises(Killed):
        swapping(home, MortalPages(database, dies_at)).back()
    again = swapping(home, SwapPages(database))
    swapped = b"large" in home.settings.read_bytes()
    assert [each.state for each in again.last(9)] == ["in force" if swapped else "back"] and swapped == (dies_at < 3)
    if swapped:
        again.back()
    assert b"large" not in home.settings.read_bytes()
    assert touched or home.settings.read_bytes() == WRITTEN
