"""Real kills: a person and an engine as real processes, kill -9 at a random moment, and then everything is looked for.

A home lives through several kills, each followed by a start; at each start all that was ever acknowledged must be there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.resting_database import look_into
from sage.adapters.system_clock import SystemClock
from sage.client import running_engine
from sage.core.passages import RememberedText
from sage.locations import Home
from tests.crashes.engine import MARK, MORE, SLOW
from tests.crashes.search import Fact, Round, Search
from tests.openai_stand_in import Answer, StandIn

WEIGHTS = {
    "import": 30,
    "stream": 26,
    "turns": 20,
    "plans": 24,
    "remember": 20,
    "migration": 24,
    "watch": 16,
    "embed": 14,
    "purge": 10,
    "backup": 6,
    "start": 8,
    "server": 2,
}
"""How many of 200 kills are of each kind. `embed` is a start with another embedder, whose vectors are made while plans are;
`server` is a turn that litellm streams from a server; its import takes seconds."""
SETTINGS = '[person]\ntimezone = "UTC"\n'
ROUNDS = 10
"""Kills that one home lives through."""
AT_A_TIME = 2
"""Homes at the same time."""
START_WITHIN = 30.0
LONGEST = {"import": 1.6, "stream": 3.5, "server": 8.0, "watch": 2.5, "purge": 4.0}
"""Seconds from the person's first step to the kill, at most; else 1.2."""


def run_kills(number: int, seed: int, kinds: Sequence[str] = tuple(WEIGHTS)) -> list[Round]:
    """Kills `number` times, spread over the kinds by `seed`."""
    chance = random.Random(seed)
    lives = list(_lives(number, kinds, chance))
    answers = [Answer(tuple(f"word{place} " for place in range(300)), pause=0.02)] * (number * 20)
    with (
        tempfile.TemporaryDirectory(prefix="sage-kills-") as folder,
        StandIn(*answers) as server,
        ThreadPoolExecutor(AT_A_TIME) as threads,
    ):
        running = [
            threads.submit(_Life(Path(folder) / str(place), kinds, f"{seed}x{place}", server.base_url).run)
            for place, kinds in enumerate(lives)
        ]
        return [each for life in running for each in life.result()]


def _lives(number: int, kinds: Sequence[str], chance: random.Random) -> Iterator[list[str]]:
    """The kinds of kills that each home lives through; a home that is migrated does nothing else."""
    by_weight = sorted(kinds, key=lambda kind: -WEIGHTS[kind])
    whole = sum(WEIGHTS[kind] for kind in kinds)
    wanted = [kind for kind in by_weight for _ in range(max(1, number * WEIGHTS[kind] // whole))]
    wanted += (by_weight * number)[: max(0, number - len(wanted))]
    chance.shuffle(wanted := wanted[:number])
    for some in (
        [kind for kind in wanted if kind == "migration"],
        [kind for kind in wanted if kind != "migration"],
    ):
        yield from (some[start : start + ROUNDS] for start in range(0, len(some), ROUNDS))


class _Life:
    """One home and its kills."""

    def __init__(self, folder: Path, kinds: Sequence[str], mark: str, server: str) -> None:
        self._folder, self._kinds, self._mark = folder, kinds, mark
        self._home = Home(folder / "home")
        self._chance = random.Random(mark)
        self._search = Search(self._home, self._chance)
        self._engine: subprocess.Popen[bytes] | None = None
        self._migrations = 0
        self._rows = ""
        self._home.prepare()
        self._is_slow = False
        self._home.settings.write_text(SETTINGS)
        self._home.profiles.mkdir()
        (self._home.profiles / "stream.toml").write_text(f'[model]\nchain = ["{SLOW}"]\n')
        (self._home.profiles / "server.toml").write_text(
            f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server}"\n'
        )

    def run(self) -> list[Round]:
        rounds = []
        try:
            if "migration" in self._kinds:
                self._fill_journal()
            for number, kind in enumerate(self._kinds):
                began = time.monotonic()
                this = Round(kind)
                rounds.append(this)
                if kind == "migration":
                    self._migrate(this)
                else:
                    self._live(this, number)
                this.seconds = time.monotonic() - began
                if this.failed_start:
                    break
        finally:
            self._end_engine()
        return rounds

    # what happens in a round

    def _live(self, this: Round, number: int) -> None:
        """The person does something; somebody is killed; all is looked for, in the files and through the next engine."""
        self._search.round = this
        if this.kind == "embed":
            self._change_embedder()
        if this.kind in ("remember", "start"):
            self._end_engine()
        elif not self._start(this):
            return
        if this.kind == "start":
            self._kill_a_start()
        else:
            self._kill_in_the_middle(this, number)
        if self._engine is None:
            self._search.in_files()
        if self._start(this):
            self._search.through_engine()

    def _change_embedder(self) -> None:
        """From the next start on, the other one of two."""
        self._end_engine()
        self._is_slow = not self._is_slow
        chosen = f'\n[memory]\nembedder = "{SLOW}"\n' if self._is_slow else ""
        self._home.settings.write_text(f"{SETTINGS}{chosen}")

    def _kill_a_start(self) -> None:
        """The engine itself, somewhere between nothing and an open door."""
        engine = self._spawn()
        time.sleep(self._chance.uniform(0.05, 0.8))
        self._search.killed_at = time.monotonic()
        os.kill(engine.pid, signal.SIGKILL)
        engine.communicate()

    def _kill_in_the_middle(self, this: Round, number: int) -> None:
        facts = self._folder / f"facts {number}"
        command = [
            sys.executable,
            "-m",
            "tests.crashes.person",
            this.kind,
            str(self._home.path),
            str(facts),
            f"{self._mark}r{number}",
        ]
        person = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            assert person.stdout and person.stderr
            if person.stdout.readline() != b"ready\n":
                this.failed_start = f"the person could not begin: {person.stderr.read().decode()[-500:]}"
                return
            time.sleep(self._chance.uniform(0.0, LONGEST.get(this.kind, 1.2)))
            if person.poll() is not None:
                this.lost.append(f"the person was told an error: {person.stderr.read().decode()[-800:]}")
            this.victim = (
                "script"
                if this.kind == "remember"
                else self._chance.choice(("engine", "engine", "engine", "front end", "both"))
            )
            self._kill(this.victim, person)
        finally:
            if person.poll() is None and this.victim != "engine":
                person.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                person.wait(10)
            person.kill()
            person.wait()
            for stream in (person.stdout, person.stderr):
                if stream:
                    stream.close()
        lines = facts.read_text().splitlines() if facts.exists() else []
        self._search.facts += [Fact(this, json.loads(line)) for line in lines]
        this.acknowledged = sum(
            json.loads(line)["fact"] not in ("heard", "asked to import", "secret") for line in lines
        )

    def _kill(self, victim: str, person: subprocess.Popen[bytes]) -> None:
        self._search.killed_at = time.monotonic()
        if victim in ("front end", "both", "script"):
            os.kill(person.pid, signal.SIGKILL)
        if victim in ("engine", "both") and self._engine:
            os.kill(self._engine.pid, signal.SIGKILL)
            self._forget_engine()

    def _migrate(self, this: Round) -> None:
        """A migration more, killed somewhere in it; the journal is the old or the new one, and the next start has it."""
        self._end_engine()
        self._migrations += 1
        before = self._schema()
        mark = self._folder / "in the middle"
        mark.unlink(missing_ok=True)
        engine = self._spawn({MARK: str(mark)})
        try:
            self._wait_for_migration(engine, mark)
        finally:
            os.kill(engine.pid, signal.SIGKILL)
            engine.communicate()
        schema = self._schema()
        this.acknowledged = 2
        if schema not in (before, before + 1):
            this.lost.append(f"schema {schema} where {before} was to be, or the next")
        if self._row_digest() != self._rows:
            this.lost.append(f"rows are not as they were (schema {schema})")
        for copy in self._home.backups.glob("journal-schema*.db"):
            with look_into(copy, in_use=False) as resting:
                if resting.trouble or not resting.rows("SELECT id FROM turns"):
                    this.lost.append(f"{copy.name} is no whole copy: {resting.trouble}")
        if schema == before + 1 and not list(self._home.backups.glob(f"journal-schema{before}-*.db")):
            this.lost.append(f"schema {before} was migrated without a copy")
        if self._start(this):
            self._end_engine()
            if (self._schema(), self._row_digest()) != (before + 1, self._rows):
                this.lost.append(f"the next start left schema {self._schema()}, or other rows")
        for copy in sorted(self._home.backups.iterdir())[:-2]:
            copy.unlink()  # the disk is not endless

    def _wait_for_migration(self, engine: subprocess.Popen[bytes], mark: Path) -> None:
        """Until a moment that is worth a kill: while the copy is made, in the middle, or any other."""
        until = time.monotonic() + 5
        match self._chance.randrange(3):
            case 0:
                while time.monotonic() < until and not any(
                    path.name.startswith(".") for path in self._home.backups.iterdir()
                ):
                    time.sleep(0.001)
                time.sleep(self._chance.uniform(0, 0.04))
            case 1:
                while time.monotonic() < until and not mark.exists():
                    time.sleep(0.001)
                time.sleep(self._chance.uniform(0, 0.15))
            case _:
                time.sleep(self._chance.uniform(0.2, 0.9))

    # the engine

    def _spawn(self, more: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.crashes.engine", "serve", "--stays", "--home", str(self._home.path)]
        environ = {**os.environ, MORE: str(self._migrations), **(more or {})}
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ
        )

    def _start(self, this: Round) -> bool:
        """Whether an engine runs, or could be started."""
        if self._engine:
            return True
        self._engine = self._spawn()
        until = time.monotonic() + START_WITHIN
        while not running_engine(self._home):
            if self._engine.poll() is not None or time.monotonic() > until:
                code = self._engine.poll()
                self._engine.kill()
                said = self._engine.communicate()[1].decode()[-800:]
                self._engine = None
                this.failed_start = f"exit {code} after {this.kind}: {said}"
                return False
            time.sleep(0.005)
        return True

    def _end_engine(self) -> None:
        if self._engine:
            self._engine.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._engine.wait(15)
            self._engine.kill()
            self._forget_engine()

    def _forget_engine(self) -> None:
        if self._engine:
            self._engine.communicate()
            self._engine = None

    # a journal to migrate

    def _fill_journal(self) -> None:
        now = SystemClock("UTC").now()
        with closing(open_journal(self._home.journal)) as database, database.transaction():
            journal = Journal(database)
            for number in range(2500):
                journal.begin_turn(f"t{number}", f"c{number // 20}", f"Said {number}. " * 12, now)
                journal.note_partial(f"t{number}", f"Answered {number}. " * 40)
            journal.close_interrupted(now)
            TextPages(database).add_texts(
                [RememberedText(f"Text {number}. " * 20, "chat", f"s{number % 50}") for number in range(1500)]
            )
        self._rows = self._row_digest()

    def _schema(self) -> int:
        with look_into(self._home.journal, in_use=False) as journal:
            return journal.schema

    def _row_digest(self) -> str:
        with look_into(self._home.journal, in_use=False) as journal:
            rows = [
                journal.rows("SELECT seq, id, said, answer, state FROM turns ORDER BY seq"),
                journal.rows("SELECT * FROM texts ORDER BY seq"),
            ]
            return f"{journal.trouble}{hashlib.sha256(repr(rows).encode()).hexdigest()}"


def table(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """Per kind: kills, facts acknowledged, facts lost, failed starts, seconds."""
    found: dict[str, dict[str, float]] = {}
    for kind in sorted({each.kind for each in rounds}):
        some = [each for each in rounds if each.kind == kind]
        found[kind] = {
            "kills": len(some),
            "acknowledged": sum(each.acknowledged for each in some),
            "lost": sum(len(each.lost) for each in some),
            "failed_starts": sum(bool(each.failed_start) for each in some),
            "seconds": round(sum(each.seconds for each in some), 1),
        }
    return found
