"""Crash points in process: each scene is recorded once, then ended at thousands of its steps, in each way a crash can."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import apsw

from sage.adapters.database import Database
from sage.core.errors import SageError
from sage.locations import Home
from tests.crashes.channel_scene import ArrivalScene, SafeSendingScene, SendingScene
from tests.crashes.copy_scenes import BackupScene, MigrationScene, RestoreScene
from tests.crashes.daily_scenes import ConversationScene, FilesScene, FirstStart, JournalScene
from tests.crashes.embedder_scene import EmbedderScene
from tests.crashes.forgetting_scene import ForgettingScene
from tests.crashes.memory_scene import MemoryScene
from tests.crashes.recorder import Recorder, Step
from tests.crashes.replay import CUTS, Cut, Replay
from tests.crashes.scene import Scene
from tests.crashes.watching_scene import WatchingScene

SCENES: tuple[type[Scene], ...] = (
    FirstStart,
    JournalScene,
    ConversationScene,
    MigrationScene,
    MemoryScene,
    ForgettingScene,
    FilesScene,
    BackupScene,
    RestoreScene,
    WatchingScene,
    EmbedderScene,
    ArrivalScene,
    SendingScene,
    SafeSendingScene,
)
LIVE_SHARE = 0.2
"""Of the points of a scene, how many are faults that the process survives."""
TOLD = 60
"""Troubles that are told in full."""


_stages: list[_Stage] = []
"""Those of this run, as a forked process finds them."""


@dataclass
class Tally:
    """What became of the points of one scene. `points` counts by what ended it."""

    scene: str
    steps: int = 0
    points: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    failed_starts: int = 0
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.points.values())

    def count(self, kind: str, trouble: str) -> None:
        self.points[kind] = self.points.get(kind, 0) + 1
        if trouble:
            started = not trouble.startswith("the next start failed")
            self.lost += started
            self.failed_starts += not started
            if len(self.troubles) < TOLD:
                self.troubles.append(trouble)


@dataclass
class Recording:
    """One play of a scene: its steps, the states that were acknowledged, and after how many steps each was."""

    base: Path
    steps: list[Step]
    states: list[Any]
    reached: list[int]


def run_points(number: int, seed: int, scenes: Sequence[type[Scene]] = SCENES) -> list[Tally]:
    """Spreads `number` points over the scenes by how many steps each has (none gets less than a twentieth, or more than a
    sixth), in a process for each of two cores."""
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a disk in memory, where there is one
    with tempfile.TemporaryDirectory(prefix="sage-crashes-", dir=room) as folder:
        stages = [_Stage(scene(), Path(folder) / str(place)) for place, scene in enumerate(scenes)]
        steps = sum(len(stage.recording.steps) for stage in stages)
        weights = [min(max(len(stage.recording.steps), steps / 20), steps / 6) for stage in stages]
        shares = [int(number * weight / sum(weights)) for weight in weights]
        shares[0] += number - sum(shares)
        if len(stages) == 1:
            return [stages[0].run(number, seed)]
        _stages[:] = stages
        with ProcessPoolExecutor(2, mp_context=get_context("fork")) as processes:
            return list(processes.map(_run_stage, range(len(stages)), shares, [seed] * len(stages)))


def _run_stage(place: int, number: int, seed: int) -> Tally:
    return _stages[place].run(number, seed)


class _Stage:
    """A scene in a folder of its own. Recorded and recovered homes stand at the same place, since homes hold full paths."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene, self._here, self._base = scene, folder / "here", folder / "base"
        self._home = Home(self._here / "data" / "home")
        self._here.mkdir(parents=True)
        scene.prepare(self._home)
        shutil.copytree(self._here, self._base, symlinks=True)
        self.recording = self._record()

    def run(self, number: int, seed: int) -> Tally:
        chance = random.Random(f"{seed} {self.scene.name}")
        tally = Tally(self.scene.name, len(self.recording.steps))
        began = time.monotonic()
        live = int(number * LIVE_SHARE) if self.scene.live else 0
        for trouble, cut in self._crashes(number - live, chance):
            tally.count(cut, trouble)
        for _ in range(live):
            kind = chance.choice(("error", "full"))
            tally.count(f"disk {kind}", self._fail(kind, chance.randrange(len(self.recording.steps))))
        tally.seconds = round(time.monotonic() - began, 1)
        return tally

    # ending it

    def _crashes(self, number: int, chance: random.Random) -> Sequence[tuple[str, Cut]]:
        steps = self.recording.steps
        every: list[tuple[int, Cut]] = [
            (place, cut)
            for place in range(len(steps) + 1)
            for cut in CUTS
            if cut != "torn" or (place < len(steps) and steps[place].kind == "write" and len(steps[place].data) > 1)
        ]
        partly = [point for point in every if point[1] == "partly"]  # each time another part
        chosen = chance.sample(every, min(number, len(every)))
        chosen += [chance.choice(partly) for _ in range(number - len(chosen))]
        replay = Replay(self._base, steps)
        found: list[tuple[str, Cut]] = []
        for place, cut in sorted(chosen):
            replay.go_to(place)
            self._clear()
            replay.leave(cut, self._here, chance)
            found.append((self._look(place, cut), cut))
        return found

    def _look(self, place: int, cut: Cut) -> str:
        acknowledged = sum(reached <= place for reached in self.recording.reached)
        step = self.recording.steps[place] if place < len(self.recording.steps) else None
        where = (
            f"{self.scene.name}: {cut} before step {place} ({step.kind} {step.path})"
            if step
            else f"{self.scene.name}: {cut} at the end"
        )
        try:
            found = self.scene.look(self._home, power=cut in ("power", "partly"))
        except Exception as error:
            return f"the next start failed, {where}: {_told(error)}"
        trouble = self.scene.judge(found, self.recording.states, acknowledged, place)
        return trouble and f"{where}: {trouble}"

    # a disk that fails and works again

    def _fail(self, kind: str, place: int) -> str:
        """Plays the scene while one step (`error`), or all that need room from it on (`full`), fails until it is told."""
        self._clear()
        shutil.copytree(self._base, self._here, symlinks=True, dirs_exist_ok=True)
        fault = _Fault(kind, place)
        recorder = Recorder(self._here, fault.before)
        self.scene.steps_seen = lambda: len(recorder.steps)
        where = f"{self.scene.name}: disk {kind} at step {place}"
        try:
            with recorder.recording(), _closing_as_sqlite_does():
                trouble = self._play_with(fault)
            if not trouble and self.scene.look(self._home, power=False) != self.recording.states[-1]:
                trouble = "the end is another one"
        except Exception as error:
            return f"{where}: {_told(error)}"
        return trouble and f"{where}: {trouble}"

    def _play_with(self, fault: _Fault) -> str:
        states = self.recording.states
        world = fault.through(lambda: self.scene.open(self._home))
        for number, step in enumerate(self.scene.steps(world)):
            if fault.told_in(step):
                self.scene.mend(world)
                found = self.scene.state(world)
                if self.scene.in_one and found not in states[number : number + 2]:
                    return f"after a told error, neither before nor after: {found!r:.300}"
                if found != states[number + 1]:
                    step()
            with fault.paused():
                if self.scene.state(world) == states[number + 1]:
                    continue
            return f"step {number} was acknowledged, and is not there"
        fault.over = True
        self.scene.close(world)
        return ""

    # recording

    def _record(self) -> Recording:
        recorder = Recorder(self._here)
        self.scene.steps_seen = lambda: len(recorder.steps)
        states, reached = [], []
        with recorder.recording():
            world = self.scene.open(self._home)
            states.append(self.scene.state(world))
            reached.append(len(recorder.steps))
            for step in self.scene.steps(world):
                step()
                states.append(self.scene.state(world))
                reached.append(len(recorder.steps))
            self.scene.close(world)
        self._check(recorder.steps)
        return Recording(self._base, recorder.steps, states, reached)

    def _check(self, steps: list[Step]) -> None:
        """All that happened must have been seen: played again, it makes the same files."""
        again = self._here.with_name("again")
        replay = Replay(self._base, steps)
        replay.go_to(len(steps))
        replay.leave("kill", again, random.Random(0))
        assert _content(again) == _content(self._here), "the recorder missed a step"
        shutil.rmtree(again)

    def _clear(self) -> None:
        shutil.rmtree(self._here)
        self._here.mkdir()


@contextmanager
def _closing_as_sqlite_does() -> Iterator[None]:
    """SQLite closes a database even where its log cannot be folded in, and says nothing; a VFS of Python's raises there."""
    close, hook = Database.close, sys.unraisablehook

    def quietly(database: Database) -> None:
        with suppress(apsw.IOError, apsw.FullError):
            close(database)

    Database.close = quietly  # type: ignore[method-assign]
    sys.unraisablehook = lambda unraisable: None  # what SQLite passes over
    try:
        yield
    finally:
        Database.close, sys.unraisablehook = close, hook  # type: ignore[method-assign]


class _Fault:
    """Raises at a step: once, or at each one that needs room until an error was told."""

    def __init__(self, kind: str, place: int) -> None:
        self._kind, self._place = kind, place
        self._count = 0
        self.over = self._paused = False

    def before(self, number: int, step: Step) -> None:
        self._count += 1
        if self.over or self._paused or self._count <= self._place:
            return
        if self._kind == "full" and step.kind not in ("make", "write", "folder", "link", "rename"):
            return
        self.over = self._kind == "error"
        number = errno.ENOSPC if self._kind == "full" else errno.EIO
        raise OSError(number, os.strerror(number))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While the harness itself looks."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    def told_in(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except SageError:
            self.over = True
            return True
        return False

    def through(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except SageError:
            self.over = True
            return act()


def _content(folder: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        if path.name.endswith("-shm"):
            continue  # shared memory: made anew by whoever opens the database first
        name = path.relative_to(folder).as_posix()
        found[name] = f"-> {path.readlink()}" if path.is_symlink() else "folder" if path.is_dir() else path.read_bytes()
    return found


def _told(error: Exception) -> str:
    places = [f"{Path(at.filename).name}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)[-8:]]
    return f"{type(error).__name__}: {str(error)[:600]} ({', '.join(places)})"
