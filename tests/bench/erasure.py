"""What is left after a purge: a home with everything in it, hundreds of forgettings of all kinds, then a look at every byte.

Each thing that is forgotten has two words that nothing else ever had (one with digits, one of letters). After the purges
every file below the home is read (also what stands inside of zips, and packed in databases) and searched for them in UTF-8,
UTF-16 and base64, and for the bytes of their vectors. What was to stay must all be there and found. `--break NAME` puts a
fault in on purpose, which must be seen; `--break all` tries each.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import apsw

from sage import wire
from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.packed_vectors import unpack_vectors
from sage.adapters.system_clock import SystemClock
from sage.client import Client, running_engine
from sage.core.errors import HomeBusy, NotFound
from sage.core.forgetting.forgetting import Target
from sage.core.passages import RememberedText
from sage.core.rituals import RitualKind
from sage.locations import Home
from tests.bench._erasure_engine import BREAK, FAULTS
from tests.bench._erasure_models import keep_row, keep_sheet, keep_swap, keep_turn, kept_words, unpacked
from tests.homes import sage
from tests.reminders import keep_reminder

KINDS = ("note", "passage", "text", "turn", "conversation", "vault note", "vault passage", "words", "person", "span",
         "reminder", "task", "goal", "focus", "message", "case", "shown", "sheet row", "sheet", "swap")  # fmt: skip
PATIENCE = 120.0
"""Seconds that a forgetting waits for notes that are being read."""
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
_THINGS = ("lantern", "bicycle", "boat", "violin", "greenhouse", "telescope", "kettle", "ladder")
_PLACES = ("cellar", "attic", "harbour", "library", "orchard", "station", "valley", "kitchen")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=200, help="how many forgettings")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--break", dest="fault", default="", choices=["", "all", *FAULTS], help="a fault to put in")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.fault == "all":
        found = {fault: _Bench(args.count, args.seed, fault).run() for fault in FAULTS}
        return {
            "faults": {
                fault: {
                    key: figures[key]
                    for key in ("plaintext_bytes", "vectors", "proofs_that_told_of_something", "places")
                }
                for fault, figures in found.items()
            },
            "not_seen": [
                fault for fault, figures in found.items() if not (figures["plaintext_bytes"] or figures["vectors"])
            ],
            "not_proved": [fault for fault, figures in found.items() if not figures["proofs_that_told_of_something"]],
        }
    return _Bench(args.count, args.seed, args.fault).run()


@dataclass
class _Secret:
    """Something that will be forgotten: its two words, how it is named, and what else says it."""

    kind: str
    code: str
    word: str
    target: Target | None = None
    edit: bool = False

    @property
    def sentence(self) -> str:
        place = _PLACES[len(self.word) % len(_PLACES)]
        return f"The {self.word} of the {place} is kept under number {self.code} until the spring comes."


@dataclass
class _Kept:
    """Something that must stay: a word of its own, and where it stands."""

    mark: str
    where: str
    path: Path | None = None


@dataclass
class _Figures:
    seconds: list[float] = field(default_factory=list)
    vectors: set[bytes] = field(default_factory=set)
    leaks: int = 0
    told: int = 0
    copies: int = 0
    undone: int = 0
    before: int = 0


class _Bench:
    def __init__(self, count: int, seed: int, fault: str) -> None:
        self._chance = random.Random(seed)
        self._fault = fault
        self._secrets = [self._secret(KINDS[number % len(KINDS)], number) for number in range(count)]
        self._kept: list[_Kept] = []
        self._figures = _Figures()
        self._engine: subprocess.Popen[bytes] | None = None

    def run(self) -> dict[str, Any]:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="sage-erasure-") as folder:
            self._home, self._vault = Home(Path(folder) / "home"), Path(folder) / "vault"
            self._home.prepare()
            self._vault.mkdir()
            self._home.settings.write_text('[person]\ntimezone = "UTC"\n[memory]\nvector_index = "chroma"\n')
            try:
                self._fill_closed()
                self._start()
                self._fill()
                self._end()
                index = (self._home.index / "memory.db").read_bytes()
                self._restore_newest()
                (self._home.index / "memory.db.torn").write_bytes(index)  # as a torn one is set aside
                self._start()
                built = time.monotonic()
                self._forget_all()
                lost = self._lost()
                self._end()
                found = self._scan()
                after = self._after_a_restore() if not self._fault else {}
            finally:
                self._end()
        figures = self._figures
        return {
            "forgets": len(self._secrets),
            "by_kind": dict(Counter(secret.kind for secret in self._secrets)),
            "undone_and_forgotten_again": figures.undone,
            "gone_with_another": figures.before,
            "purges": len(figures.seconds),
            "copies_written_anew": figures.copies,
            "seconds_per_purge": {
                "median": round(statistics.median(figures.seconds), 2), "most": round(max(figures.seconds), 2),
            },
            **found,
            "vectors_looked_for": len(figures.vectors),
            "proofs_with_leaks": figures.leaks,
            "proofs_that_told_of_something": figures.told,
            "kept": len(self._kept),
            "kept_lost": lost,
            **after,
            "seconds": {"filling": round(built - began, 1), "all": round(time.monotonic() - began, 1)},
        }  # fmt: skip

    # filling

    def _secret(self, kind: str, number: int) -> _Secret:
        word = "".join(self._chance.choice(_SYLLABLES) for _ in range(5)) + "q"
        return _Secret(kind, f"{word[:4]}{number:03}x{self._chance.randrange(10**6):06}", word)

    def _keep(self, where: str, number: int) -> _Kept:
        kept = _Kept(f"stays{number}x{self._chance.randrange(10**6):06}", where)
        self._kept.append(kept)
        return kept

    def _fill_closed(self) -> None:
        """What no command writes: remembered texts, and reminders for years to come."""
        now = SystemClock("UTC").now()
        with closing(open_journal(self._home.journal)) as database:
            texts = TextPages(database)
            for number, secret in enumerate(self._secrets):
                kept = self._keep("memory", number)
                rows = [
                    RememberedText(f"I heard of {kept.mark} at the {_PLACES[number % 8]}.", "chat", f"s{number % 20}")
                ]
                match secret.kind:
                    case "text" | "words" | "shown" | "sheet row":
                        rows.append(RememberedText(secret.sentence, "chat", f"s{number % 20}"))
                    case "person":
                        secret.target = Target(person=f"Demo {secret.word.title()}")
                        rows.append(
                            RememberedText(f"I have {secret.code} here.", "chat", speaker=f"Demo {secret.word.title()}")
                        )
                    case "span":
                        day = f"{1900 + number}-05-17"
                        secret.target = Target(since=day, until=day)
                        rows.append(
                            RememberedText(secret.sentence, "diary", f"d{number % 7}", when=f"{day}T09:00:00+00:00")
                        )
                    case "reminder":
                        wall = f"{2400 + number}-01-01T09:00"
                        words = f"Take the {secret.word} with {secret.code}"
                        keep_reminder(database, f"r{number}", words, wall, at=now)
                        secret.target = Target((f"r{number}",))
                    case "message":
                        rows.append(RememberedText(secret.sentence, "mail/me", f"i{number}", origin="contact"))
                ids = texts.add_texts(rows)
                if secret.kind in ("text", "shown", "sheet row"):
                    secret.target = Target((ids[1],))
                if secret.kind == "message":
                    _message(database, f"i{number}", ids[1], secret)
                    secret.target = Target((f"i{number}",))
                self._fill_models(database, secret, number, ids, now)

    def _fill_models(self, database: Database, secret: _Secret, number: int, ids: Sequence[str], now: datetime) -> None:
        """What is kept of models: of a turn, of a text that was shown to one or stands in a sheet, or by itself."""
        both = f"{secret.word} {secret.code}"
        match secret.kind:
            case "case":
                keep_turn(database, f"t{number}", secret.sentence, both, "", "", now)
                secret.target = Target((f"t{number}",))
            case "shown":
                keep_turn(database, f"t{number}", f"And what now, number {number}?", both, secret.sentence, ids[1], now)
            case "sheet row":
                keep_row(database, number, secret.sentence, ids[1], both, now)
            case "sheet":
                secret.target = Target((keep_sheet(database, number, secret.sentence, both, now),))
            case "swap":
                keep_swap(database, number, secret.sentence, now)
                secret.target = Target(words=secret.code)
            case _:
                return
        kept = self._keep("models", number)
        keep_turn(database, f"kept{number}", f"What of plum {number}?", kept.mark, "Plums and pears", "t_0", now)
        kept = self._keep("models", number)
        keep_row(database, number + 10_000, f"Of plum {number}", "t_0", kept.mark, now)

    def _fill(self) -> None:
        for number, secret in enumerate(self._secrets):
            if secret.kind.startswith("vault"):
                self._write_vault_note(secret, number)
        with Client(self._home) as client:
            client.call(wire.ImportNotes(str(self._vault)))
            for number, secret in enumerate(self._secrets):
                self._fill_one(client, secret, number)
                if number % 60 == 59:
                    client.call(wire.MakeBackup())
            for kind in get_args(RitualKind):  # they quote tasks, goals and focus sessions
                client.call(wire.ShowRitual(kind))
            client.call(wire.MakeBackup())

    def _write_vault_note(self, secret: _Secret, number: int) -> None:
        kept = self._keep("vault", number)
        kept.path = self._vault / f"Note {number}.md"
        stays = f"## Rest\n\nThe {_THINGS[number % 8]} is called {kept.mark} by everybody.\n"
        if secret.kind == "vault passage":
            kept.path.write_text(f"# Note {number}\n\n## Part\n\n{secret.sentence}\n\n{stays}")
        else:
            kept.path.write_text(f"# Note {number}\n\n{stays}")
            (self._vault / f"Own {number}.md").write_text(
                f"# Own {number}\n\n{secret.sentence}\n\nMore of {secret.word}.\n"
            )
            secret.target = Target((str(self._vault / f"Own {number}.md"),))
        secret.edit = True

    def _fill_one(self, client: Client, secret: _Secret, number: int) -> None:
        kept = self._keep("memory", number)
        client.call(wire.AddNote(f"The {_THINGS[number % 8]} is called {kept.mark} by all of us.", f"Kept {number}"))
        match secret.kind:
            case "note":
                note = client.call(wire.AddNote(f"{secret.sentence}\n\nMore of it here.", f"About {secret.word}"))
                secret.target = Target((note.path,))
            case "passage":
                beside = self._keep("memory", number)
                rest = "The tide went out and came in again, as it does on any other day of the year. " * 4
                text = f"## First\n\nWe call it {beside.mark} here. {rest}\n\n## Second\n\n{secret.sentence}"
                client.call(wire.AddNote(text, f"Sections {number}"))
            case "words":
                client.call(wire.AddNote(f"A first line. {secret.sentence} A last line.", f"Words {number}"))
                client.call(wire.AddTask(f"Look for {secret.code}, the {secret.word}"))
                secret.target = Target(words=secret.code)
            case "person":
                client.call(
                    wire.AddNote(
                        f"Tea was fine. Demo {secret.word.title()} came by with {secret.code}.", f"Day {number}"
                    )
                )
            case "turn" | "conversation":
                answer = client.call(wire.Ask(f"Note that {secret.sentence}", attended=False))
                again = client.call(wire.Ask(f"What is {secret.code}?", answer.conversation, attended=False))
                secret.target = Target((answer.conversation if secret.kind == "conversation" else answer.turn,))
                assert again.conversation == answer.conversation
            case "task" | "goal" | "focus":
                secret.target = Target((_plan(client, secret),))
        if "passage" in secret.kind:
            hits = client.call(wire.Recall(secret.code, 5)).hits
            secret.target = Target((next(hit.id for hit in hits if secret.code in hit.text),))
        if number % 2:
            client.call(wire.Ask(f"What is kept under number {secret.code}?", attended=False))
        if number % 3 == 0 and secret.kind not in ("person", "task", "goal", "reminder", "focus"):
            client.call(wire.AddTask(secret.sentence))
        if number % 4 == 0:
            kept = self._keep("task", number)
            client.call(wire.AddTask(f"Paint the {kept.mark}"))

    def _restore_newest(self) -> None:
        """Brings the newest backup back, so that what was there before is kept in a backup of its own."""
        newest = max(self._home.backups.glob("sage-*.zip"), key=lambda path: path.stat().st_mtime_ns)
        done = sage(self._home, "restore", str(newest))
        assert done.returncode == 0, done.stderr

    # forgetting

    def _forget_all(self) -> None:
        waiting = 0
        order = list(self._secrets)
        self._chance.shuffle(order)
        with Client(self._home) as client:
            client.call(wire.ImportNotes(str(self._vault)))
            for number, secret in enumerate(order):
                self._collect_vectors(secret)
                try:
                    name = self._forget(client, secret)
                except NotFound:  # it went with another one that had to do with it
                    self._figures.before += 1
                    continue
                if self._chance.random() < 0.15:
                    client.call(wire.UndoForgetting(name))
                    name = self._forget(client, secret)
                    self._figures.undone += 1
                if number % 25 == 24:
                    client.call(wire.MakeBackup())
                waiting += 1
                if self._chance.random() < 0.6:
                    self._purge(client, name)
                    waiting -= 1
            if waiting:
                self._purge(client, "all")

    def _forget(self, client: Client, secret: _Secret) -> str:
        assert secret.target
        until = time.monotonic() + PATIENCE
        while True:
            try:
                preview = client.call(wire.PreviewForgetting(secret.target))
                return client.call(wire.Forget(secret.target, preview.digest, secret.edit)).id
            except HomeBusy:  # notes are being read, and it says so: later, as a person would
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def _purge(self, client: Client, name: str) -> None:
        began = time.monotonic()
        purged = client.call(wire.PurgeForgotten(name))
        self._figures.seconds.append(time.monotonic() - began)
        self._figures.leaks += bool(purged.proof.leaks)
        self._figures.told += bool(purged.proof.leaks or purged.proof.standing)
        self._figures.copies += purged.copies
        for leak in purged.proof.leaks[:1] if not self._fault else ():
            print(f"the purge's own proof: {leak}", file=sys.stderr)

    def _collect_vectors(self, secret: _Secret) -> None:
        with closing(apsw.Connection(str(self._home.index / "memory.db"), flags=apsw.SQLITE_OPEN_READONLY)) as index:
            rows = index.execute("SELECT p.text, v.vector FROM passages p JOIN vectors v ON v.passage = p.number")
            for text, vector in rows:
                if secret.code in text or secret.word in text.casefold():
                    self._figures.vectors.add(bytes(vector))

    # looking

    def _lost(self) -> int:
        """How much of what was to stay is not there, or is not found."""
        lost = []
        with Client(self._home) as client:
            models = kept_words(self._home.journal)
            tasks = "\n".join(task.text for task in client.call(wire.ListTasks(all=True)).tasks)
            for kept in self._kept:
                if kept.where == "task":
                    there = kept.mark in tasks
                elif kept.where == "models":
                    there = kept.mark in models
                else:
                    there = any(kept.mark in hit.text for hit in client.call(wire.Recall(kept.mark, 3)).hits)
                if not there or (kept.path and kept.mark not in kept.path.read_text()):
                    lost.append(kept.mark)
        for mark in lost[:5]:
            print(f"lost: {mark}", file=sys.stderr)
        return len(lost)

    def _scan(self) -> dict[str, Any]:
        texts = {form: word for secret in self._secrets for word in (secret.code, secret.word) for form in _forms(word)}
        vectors = {form: vector for vector in self._figures.vectors for form in _vector_forms(vector)}
        found, places, seen = 0, Counter[str](), set()
        files, size = 0, 0
        for name, data in _all_bytes(self._home.path):
            files, size = files + (":" not in name), size + len(data)
            for form in texts:
                if count := data.count(form):
                    found += count * len(form)
                    places[f"{name}: {texts[form]}" if not self._fault else name] += count
            seen |= {vectors[form] for form in vectors if form in data}
            places.update([f"{name}: a vector"] if any(form in data for form in vectors) else [])
        return {
            "plaintext_bytes": found,
            "vectors": len(seen),
            "places": dict(places.most_common(8)),
            "files_scanned": files,
            "megabytes_scanned": round(size / 1e6, 1),
        }

    def _after_a_restore(self) -> dict[str, Any]:
        """The oldest backup is brought back: it must come whole, and bring no word with it."""
        oldest = min(self._home.backups.glob("sage-*.zip"), key=lambda path: path.stat().st_mtime_ns)
        done = sage(self._home, "restore", str(oldest))
        assert done.returncode == 0, done.stderr
        self._start()
        with Client(self._home) as client:
            client.call(wire.ImportNotes(str(self._home.notes)))
            some = self._secrets[:: max(1, len(self._secrets) // 40)]
            hits = [client.call(wire.Recall(f"{secret.code} {secret.word}", 3)).hits for secret in some]
            said = [hit for secret, found in zip(some, hits, strict=True) for hit in found if secret.code in hit.text]
        self._end()
        return {"after_restoring_the_oldest_backup": {"found_again": len(said), **self._scan()}}

    # the engine

    def _start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.bench._erasure_engine",
            "serve",
            "--stays",
            "--home",
            str(self._home.path),
        ]
        environ = {**os.environ, BREAK: self._fault}
        self._engine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environ)
        while not running_engine(self._home):
            assert self._engine.poll() is None, "the engine does not start"
            time.sleep(0.02)

    def _end(self) -> None:
        if self._engine:
            self._engine.terminate()
            self._engine.wait(30)
            self._engine = None


def _forms(word: str) -> Iterator[bytes]:
    """A word as bytes: in three encodings, and what base64 makes of it at each alignment."""
    yield from (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))
    for before in (b"", b"-", b"--"):
        coded = base64.b64encode(before + word.encode() + b"---")
        yield coded[-(-8 * len(before) // 6) : 8 * (len(before) + len(word)) // 6]


def _vector_forms(vector: bytes) -> Iterator[bytes]:
    """Stretches of a vector as it stands in SQLite (packed), and as Chroma has it (float32)."""
    wide = unpack_vectors([vector])[0].astype("<f4").tobytes()
    for data in (vector, wide):
        yield from (
            data[start : start + 24] for start in (0, len(data) // 2, len(data) - 24) if any(data[start : start + 24])
        )


def _message(database: Database, name: str, text: str, secret: _Secret) -> None:
    """A message that came in, what was drafted and sent as its answer, and a conversation that the person took over."""
    at, place = "2026-11-23T09:00:00+00:00", f"talk-{secret.word}"
    rows: dict[str, dict[str, str]] = {
        "inbound": {
            "id": name, "account": "mail/me", "event": name, "conversation": place, "sender": f"{secret.word}@example.org",
            "state": "kept", "subject": secret.sentence, "text_id": text, "answer_to": f"{secret.code}@example.org", "at": at,
            "received_at": at,
        },
        "replies": {
            "id": f"y{name}", "arrival": name, "account": "mail/me", "conversation": place, "contact": secret.word,
            "decision": "draft", "reason": "ask", "text": f"Yes, {secret.code}.", "audience": f'["{secret.word}"]',
            "topics": f'["{secret.word}"]', "hints": f'["{secret.word}.md#{secret.code}:1"]', "state": "edited",
            "final": f"No, {secret.code}!", "made_at": at,
        },
        "outbox": {
            "id": f"o{name}", "key": f"k{name}", "account": "mail/me", "conversation": place,
            "recipients": f'["{secret.word}@example.org"]', "text": f"No, {secret.code}!", "kind": "reply", "answers": name,
            "state": "sent", "made_at": at, "changed_at": at,
        },
        "conversation_marks": {"account": "mail/me", "conversation": place, "mark": "taken over", "at": at},
    }  # fmt: skip
    for table, row in rows.items():
        marks = ", ".join("?" * len(row))
        database.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def _plan(client: Client, secret: _Secret) -> str:
    """Something to do that has the secret in it, by its id."""
    if secret.kind == "task":
        return str(client.call(wire.AddTask(f"Fetch the {secret.word} with {secret.code}")).id)
    if secret.kind == "goal":
        return str(client.call(wire.AddGoal(f"Own a {secret.word}", f"Since {secret.code}")).id)
    begun = client.call(wire.BeginFocus(f"Mend the {secret.word} with {secret.code}", 5)).session
    assert begun
    return begun.id


def _all_bytes(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file with its name, and every member of every zip."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            yield name, name.encode() + b"\n" + data
            yield from ((f"{name}: packed", plain) for plain in unpacked(data))
            if data.startswith(b"PK"):
                with zipfile.ZipFile(BytesIO(data)) as archive:
                    for member in archive.namelist():
                        data = archive.read(member)
                        yield f"{name}: {member}", data
                        yield from ((f"{name}: {member}: packed", plain) for plain in unpacked(data))
