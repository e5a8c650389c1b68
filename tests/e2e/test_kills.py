"""Kills and power cuts: a sample of what `python -m tests.bench crash` does, and proof that it can find something."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any
from unittest.mock import patch

import apsw
import pytest

from sage.adapters.files import write_whole
from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.memory_journal import JournalFollower
from sage.locations import Home
from tests.crashes.daily_scenes import FilesScene, JournalScene
from tests.crashes.damage import run_damage
from tests.crashes.embedder_scene import EmbedderScene
from tests.crashes.forgetting_scene import ForgettingScene
from tests.crashes.kills import WEIGHTS, run_kills
from tests.crashes.points import run_points
from tests.crashes.scene import NOW, Scene, World, tree
from tests.crashes.small_disk import run_small_disk
from tests.crashes.watching_scene import WatchingScene

KINDS = tuple(kind for kind in WEIGHTS if kind != "server")  # whose import alone takes seconds


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What is logged about thousands of crashes is of no use."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
def test_real_kills_lose_nothing_that_was_acknowledged_and_the_next_start_works() -> None:
    rounds = run_kills(12, 11, KINDS)
    assert [(each.kind, each.lost, each.failed_start) for each in rounds if each.lost or each.failed_start] == []
    assert len(rounds) == 12 and {each.kind for each in rounds} == set(KINDS)
    assert sum(each.acknowledged for each in rounds) > 30


@pytest.mark.slow
def test_crashes_at_any_step_lose_nothing_that_was_acknowledged() -> None:
    tallies = run_points(400, 7)
    assert [trouble for tally in tallies for trouble in tally.troubles] == []
    assert sum(tally.total for tally in tallies) == 400


@pytest.mark.slow
def test_a_damaged_index_loses_nothing() -> None:
    tally = run_damage(14, 5)
    assert tally.troubles == []
    assert tally.total == 14


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_acknowledged() -> None:
    tally = run_small_disk(4, 5)
    if not tally.total:
        pytest.skip("this system lets nobody make a small disk here")
    assert tally.troubles == []
    assert tally.steps > 20 and tally.points["refused"] > 0


# --- the harness finds what is there to be found ---------------------------------------------------------------------


class Unsynced(JournalScene):
    """A journal that does not wait for the disk."""

    def open(self, home: Home) -> World:
        world = super().open(home)
        world.database.connection.execute("PRAGMA synchronous = OFF").fetchall()
        return world


class TooSoon(JournalScene):
    """Turns are acknowledged before they are committed."""

    live = False

    def steps(self, world: World) -> list[Callable[[], object]]:
        connection = world.database.connection
        return [
            lambda: connection.execute("BEGIN IMMEDIATE").fetchall(),
            *[lambda number=number: world.journal.begin_turn(f"t{number}", "c1", "Hello", NOW) for number in range(9)],  # type: ignore[misc]
            lambda: connection.execute("COMMIT").fetchall(),
        ]


class HalfFiles(FilesScene):
    """A file that is written in its place."""

    def steps(self, world: Any) -> list[Callable[[], object]]:
        return [
            lambda number=number: world[0].tasks.write_text(f"- [ ] Task {number} ^k{number}\n" * 9)
            for number in range(9)
        ]  # type: ignore[misc]


class Nameless(Scene):
    """A file whose folder is made and not synced."""

    name = "nameless"

    def open(self, home: Home) -> Home:
        return home

    def steps(self, world: Home) -> list[Callable[[], object]]:
        def write(number: int) -> None:
            (world.notes / f"folder {number}").mkdir()
            write_whole(world.notes / f"folder {number}" / "note.md", "# A note\n")

        return [lambda number=number: write(number) for number in range(9)]  # type: ignore[misc]

    def state(self, world: Home) -> Any:
        return tree(world)

    def close(self, world: Home) -> None:
        pass

    def look(self, home: Home, *, power: bool) -> Any:
        return tree(home)


class ForgetsNames(WatchingScene):
    """Names under which notes were first seen are not kept."""

    def open(self, home: Home) -> Any:
        world = super().open(home)
        world.texts.rename = lambda changes: None
        return world

    def look(self, home: Home, *, power: bool) -> Any:
        """The files of a replayed home may have the inodes of before by chance, which would tell that they are the same notes."""
        with (
            suppress(apsw.Error),
            closing(apsw.Connection(str(home.index / "memory.db"), apsw.SQLITE_OPEN_READWRITE)) as index,
        ):
            index.execute("UPDATE documents SET inode = 0")
        return super().look(home, power=power)


class UnsyncedMeanwhile(EmbedderScene):
    """What is remembered while vectors are made does not wait for the disk."""

    def open(self, home: Home) -> Any:
        world = super().open(home)
        world.database.connection.execute("PRAGMA synchronous = OFF").fetchall()
        return world


class KeepsPages(ForgettingScene):
    """What was purged stays in free pages and logs."""

    def open(self, home: Home) -> Any:
        world = super().open(home)
        world.database.connection.execute("PRAGMA secure_delete = OFF").fetchall()
        world.database.compact = lambda: None
        return world


@pytest.mark.parametrize(
    ("scene", "cuts"),
    [
        (Unsynced, {"power", "partly"}),
        (TooSoon, {"kill", "power"}),
        (HalfFiles, {"torn", "power"}),
        (Nameless, {"power"}),
        (ForgetsNames, {"kill"}),
        (UnsyncedMeanwhile, {"power"}),
        (KeepsPages, {"power"}),
    ],
)
def test_a_fault_that_was_put_in_is_found(scene: type[Scene], cuts: set[str]) -> None:
    (tally,) = run_points(250 if scene.live else 200, 3, [scene])
    assert tally.lost + tally.failed_starts > 0
    assert {cut for cut in cuts if any(f": {cut} before" in trouble for trouble in tally.troubles)} == cuts


class Careless(SageMemory):
    """A memory that takes nothing up again, and finds nothing wrong."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Leaves the journal's texts alone, from its opening on."""
        with patch.object(JournalFollower, "index_texts", lambda following: None):
            super().__init__(*given, **named)
        self._following.index_texts = lambda: None  # type: ignore[method-assign]

    def verify(self, progress: Any = None) -> list[Any]:
        return []


def test_damage_that_nobody_mends_is_found() -> None:
    tally = run_damage(21, 5, memory=Careless)
    assert tally.lost > 0


def test_what_is_acknowledged_though_the_disk_was_full_is_found() -> None:
    tally = run_small_disk(3, 5, careless=True)
    if not tally.total:
        pytest.skip("this system lets nobody make a small disk here")
    assert tally.lost > 0
