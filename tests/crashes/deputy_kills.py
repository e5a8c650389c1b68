"""Real engines that are killed with -9 while they answer, over and over, with an account in its process whose service is a file."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import apsw

from sage import wire
from sage.adapters.plugins.skeleton import write_skeleton
from sage.client import Client, engine_command, running_engine, stop_engine
from sage.core.errors import SageError
from sage.locations import Home

ACCOUNT = "letters/me"
AT_A_TIME = 2
"""Homes at the same time."""
ROUNDS = 10
"""Kills that one home lives through."""
EACH = 2
"""Questions in a round that are answered by themselves, and as many that the person approves."""
LONGEST = 3.0
"""Seconds from the first answer in the outbox to the kill, at most: so long until what was put there last has left."""
SLOWLY = "        await asyncio.sleep(0.1)\n"
"""What the service takes before and after it has a message."""
WITHIN = 60.0
"""Seconds in which an engine must open its door, and in which all must have been answered."""
NOTE = "---\naudience: [friends]\n---\nThe code of the garden gate is 4711.\n"
ASKED = "What is the code of the garden gate?"


@dataclass
class Life:
    """One home: how often its engine was killed, and what came of it."""

    kills: int = 0
    answered: int = 0
    approved: int = 0
    uncertain: int = 0
    hit: dict[str, int] = field(default_factory=dict)
    """How many messages the kills found in which state."""
    troubles: list[str] = field(default_factory=list)


def run_deputy_kills(number: int, seed: int, *, doubles: bool = False) -> dict[bool, Life]:
    """Kills `number` times; by whether the service knows a key again, all that came of it. With `doubles` that service only
    says so: this must be found."""
    rounds = [min(ROUNDS, number - start) for start in range(0, number, ROUNDS)]
    with tempfile.TemporaryDirectory(prefix="sage-deputy-") as folder, ThreadPoolExecutor(AT_A_TIME) as threads:
        kinds = [doubles or bool(place % 2) for place in range(len(rounds))]
        lives = [
            threads.submit(_Home(Path(folder) / str(place), safe, doubles, f"{seed}x{place}", kills).live)
            for place, (safe, kills) in enumerate(zip(kinds, rounds, strict=True))
        ]
        found: dict[bool, Life] = {False: Life(), True: Life()}
        for safe, each in zip(kinds, lives, strict=True):
            _add(found[safe], each.result())
    return found


def _add(sum_: Life, life: Life) -> None:
    for name in ("kills", "answered", "approved", "uncertain", "troubles"):
        setattr(sum_, name, getattr(sum_, name) + getattr(life, name))
    sum_.hit = dict(Counter(sum_.hit) + Counter(life.hit))


class _Home:
    def __init__(self, folder: Path, safe: bool, doubles: bool, mark: str, kills: int) -> None:
        self._home, self._spool, self._safe, self._kills = Home(folder / "home"), folder / "spool", safe, kills
        self._chance, self._life = random.Random(mark), Life()
        self._acknowledged: set[str] = set()
        self._was_sending: set[str] = set()
        self._home.prepare()
        self._spool.mkdir(parents=True)
        self._home.settings.write_text("[notify]\ndesktop = false\n[engine]\nlinger_seconds = 0.5\n")
        (self._home.notes / "faq.md").write_text(NOTE)
        write_skeleton("letters", "messaging", self._home.plugins)
        source = next(self._home.plugins.glob("letters/**/source.py"))
        code = source.read_text().replace("auto=auto)", 'auto=auto, verified="yes")')
        if doubles or not safe:
            code = code.replace("if not any(", "if True or any(")
        code = code.replace("        if out.to !=", f"{SLOWLY}        if out.to !=")
        code = code.replace("        return Receipt(", f"{SLOWLY}        return Receipt(")
        source.write_text(code)
        if not safe:
            manifest = self._home.plugins / "letters" / "plugin.toml"
            manifest.write_text(manifest.read_text().replace(', "IDEMPOTENT_SEND"', ""))

    def _enable(self) -> None:
        names = [f"{kind}{number}" for kind in "ad" for number in range(self._kills * EACH)]
        with Client(self._home) as client:
            shown = client.call(wire.ShowPlugin("letters", "me"))
            client.call(
                wire.EnablePlugin("letters", "me", shown.digest, {"folder": str(self._spool), "allow": names[0]})
            )
            while not self._rows("SELECT 1 FROM channel_cursors"):  # what is written from now on comes in
                time.sleep(0.02)
        stop_engine(self._home)
        people = "".join(f'[people.{each}]\naddresses = ["letters:{each}"]\ncircles = ["friends"]\n' for each in names)
        grants = "".join(f'[grants.{each}]\nfaq = "{"auto" if each[0] == "a" else "draft"}"\n' for each in names)
        text = self._home.settings.read_text()
        allow = ", ".join(f'"{each}"' for each in names)
        lines = [
            f"allow = [{allow}]\ndeputy = true" if line.startswith("allow") else line for line in text.splitlines()
        ]
        self._home.settings.write_text("\n".join(lines) + f"\n[deputy]\nhold_seconds = 0\n{people}{grants}")

    def live(self) -> Life:
        self._enable()
        for number in range(self._kills):
            self._kill_once(number)
        self._finish()
        return self._life

    def _kill_once(self, number: int) -> None:
        engine = self._spawn()
        try:
            with Client(self._home, kind="test") as client:
                self._write(number)
                if self._chance.random() < 0.8:
                    self._wait_for_answer()
                timer = threading.Timer(self._chance.uniform(0, LONGEST), os.kill, (engine.pid, signal.SIGKILL))
                timer.start()
                with suppress(SageError, OSError):
                    while engine.poll() is None:
                        self._approve_all(client)
                        time.sleep(0.02)
                timer.join()
        finally:
            engine.kill()
            engine.communicate()
        self._life.kills += 1
        rows = self._rows("SELECT conversation, state FROM outbox WHERE state IN ('waiting', 'sending', 'repeating')")
        self._was_sending |= {conversation for conversation, state in rows if state == "sending"}
        states = Counter(state for _, state in rows)
        undecided = self._rows("SELECT id FROM inbound WHERE id NOT IN (SELECT arrival FROM replies)")
        self._life.hit = dict(Counter(self._life.hit) + states + Counter({"undecided": len(undecided)}))

    def _wait_for_answer(self) -> None:
        until = time.monotonic() + WITHIN
        while not self._rows("SELECT 1 FROM outbox WHERE state = 'waiting'") and time.monotonic() < until:
            time.sleep(0.02)

    def _write(self, number: int) -> None:
        at = datetime.now(UTC).isoformat()
        with (self._spool / "in.jsonl").open("a") as file:
            for kind in "ad":
                for each in range(number * EACH, number * EACH + EACH):
                    file.write(json.dumps({"from": f"{kind}{each}", "text": ASKED, "at": at}) + "\n")

    def _approve_all(self, client: Client) -> None:
        """As a person at the Inbox, who is told that it is done, or is not."""
        for item in client.call(wire.ListReplies()).items:
            if item.conversation.startswith("d"):
                client.call(wire.ApproveReply(item.id, item.digest))
                self._acknowledged.add(item.conversation)
                self._life.approved += 1

    def _finish(self) -> None:
        """An engine that nobody kills; then all must have been answered."""
        engine = self._spawn()
        asked = {f"{kind}{number}" for kind in "ad" for number in range(self._kills * EACH)}
        try:
            until = time.monotonic() + WITHIN
            with Client(self._home, kind="test") as client:
                while time.monotonic() < until and not self._is_done(asked):
                    with suppress(SageError):
                        self._approve_all(client)
                    time.sleep(0.1)
        finally:
            engine.terminate()
            engine.communicate(timeout=30)
        self._judge(asked)

    def _is_done(self, asked: set[str]) -> bool:
        sql = "SELECT conversation FROM outbox WHERE state NOT IN ('waiting', 'sending', 'repeating')"
        return asked <= {conversation for (conversation,) in self._rows(sql)}

    def _judge(self, asked: set[str]) -> None:
        life = self._life
        lines = [json.loads(line) for line in (self._spool / "out.jsonl").read_text().splitlines()]
        received = Counter(line["to"] for line in lines)
        told: dict[str, list[str]] = {}
        for conversation, state in self._rows("SELECT conversation, state FROM outbox"):
            told.setdefault(conversation, []).append(state)
        life.answered = len(lines)
        for each in sorted(asked | set(received)):
            count, states = received[each], told.get(each, [])
            life.uncertain += "uncertain" in states
            if count > 1:
                life.troubles.append(f"doubled: {each} received {count} times")
            elif "uncertain" in states:
                if self._safe or each not in self._was_sending:
                    life.troubles.append(f"uncertain: {each}, which was not being sent, or whose key is known")
            elif count != 1 or states != ["sent"]:
                approved = "approved, " if each in self._acknowledged else ""
                life.troubles.append(f"lost: {each} was {approved}received {count} times, and is {states}")

    def _rows(self, sql: str) -> list[tuple[str, ...]]:
        with closing(apsw.Connection(str(self._home.journal))) as journal:
            journal.set_busy_timeout(5000)
            journal.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            return journal.execute(sql).fetchall()

    def _spawn(self) -> subprocess.Popen[bytes]:
        engine = subprocess.Popen(
            engine_command(self._home, "serve", "--stays", "--profile", "deputy"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        until = time.monotonic() + WITHIN
        while not running_engine(self._home):
            assert engine.poll() is None and time.monotonic() < until, engine.stderr and engine.stderr.read()[-800:]
            time.sleep(0.01)
        return engine
