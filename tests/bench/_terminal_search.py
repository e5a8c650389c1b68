"""Search as one types in Memory, over a home of 100,000 passages with its real engine: in a pseudo-terminal of 140 x 45, from
a key to its own letter, and from a key to the results of what stands there since. The baseline, in turns with it, is a minimal
Textual app with an input over one FTS5 table of the same passages.

Words are typed as a person does: at their pace, in bursts, and with letters taken back. Notes are made of the sentences
of `--data FOLDER`, else of Python's own manual; they and the home are kept for the next run (`--keep`). The app tells beside
its results what they are for, and nothing else of it is changed."""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sage import wire
from sage.client import Client
from sage.core.reading.chunking import read_note
from sage.locations import Home
from tests.bench._invented_notes import Corpus, Inventor
from tests.bench._terminal_keys import summary
from tests.homes import engine_of, make_home
from tests.pty_app import PtyApp

SIZE = (140, 45)
KEPT = Path("~/.cache/sage-bench").expanduser()
"""Where notes and homes stay between runs, a folder for each number of passages."""
PACE, BURST, BETWEEN = (0.09, 0.22), (0.02, 0.05), (0.15, 0.4)
"""Seconds between two keys, between two of a burst, and between two words."""
QUESTIONS = 400
SETTLED = 1.5
"""Seconds within which the results of the last key must have come."""
COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
LINE = re.compile(rb"\x1b\[\d+;\d+H((?:\x1b\[[0-9;]*m|[^\x1b])*)")
"""What is drawn in one go, from a place on."""
FOUND = re.compile("«([^»]*)»".encode())
TELLING = """
import sys, time
from sage.tui.widgets.filters import Filters
show = Filters.show
Filters.show = lambda self, search, count: show(self, search, f"«{search.words}» {count}")
if "block" in sys.argv[1:2]:
    from sage.tui.screens.memory import Memory
    Memory.on_mount = lambda self: self.set_interval(1.0, lambda: time.sleep(0.2))
del sys.argv[1]
from sage.__main__ import main
sys.exit(main())
"""
MINIMAL = """
import sqlite3, sys
from textual.app import App
from textual.widgets import Input, Static
class Minimal(App):
    def compose(self):
        yield Input(compact=True)
        yield Static("ready", markup=False)
    def on_mount(self):
        self.words = sqlite3.connect(sys.argv[1])
    def on_input_changed(self, event):
        said = " ".join(event.value.split())
        asked = " ".join(f'"{word}"*' for word in said.split())
        found = self.words.execute("SELECT text FROM words WHERE words MATCH ? ORDER BY rank LIMIT 40", (asked,)) if asked else ()
        self.query_one(Static).update(f"«{said}»\\n" + "\\n".join(" ".join(text.split())[:130] for text, in found))
Minimal().run()
"""


class Key(NamedTuple):
    """A key: when it is pressed (seconds after the first), what it sends, and what stands in the line then."""

    at: float
    sent: bytes
    line: str


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds from keys to letters and to results, in the app and in the minimal one."""
    home, questions = prepared(args)
    chance = random.Random(args.seed)
    figures: dict[str, Any] = {"passages": args.passages}
    command = [sys.executable, "-c"]
    with engine_of(home):
        with Client(home) as client:
            client.call(wire.Recall(questions[0]))  # what the engine loads at its start is there
        sage = [*command, TELLING, args.fault or "-", "--home", str(home.path)]
        with PtyApp(sage, SIZE) as app, PtyApp([*command, MINIMAL, str(plain_table(home))], SIZE) as small:
            app.wait(b"today")
            app.write(b"\x1b[15~")  # F5
            app.wait("«»".encode())
            small.wait(b"ready")
            for one in (app, small):
                one.drain(1.0, 6.0)
            typed = {"": (app, Watch()), ", minimal app": (small, Watch())}
            for question in questions[: args.searches]:
                keys = keys_of(question, chance)
                for one, watch in typed.values():
                    watch.type(one, keys)
            for name, (_, watch) in typed.items():
                figures[f"letter{name}_ms"] = summary(watch.letters)
                figures[f"results{name}_ms"] = summary(watch.results)
                figures[f"keys{name}"] = {"pressed": len(watch.letters), "that searched": len(watch.results),
                                          "without results": watch.missing}  # fmt: skip
            figures["resident_mb"] = {"app": app.resident_mb(), "minimal app": small.resident_mb()}  # fmt: skip
    return figures


def keys_of(question: str, chance: random.Random) -> list[Key]:
    """The first words of a question as somebody types them."""
    words = re.findall(r"\w+", question)
    keys: list[Key] = []
    at, line = 0.0, ""

    def press(sent: str, becomes: str, pause: tuple[float, float]) -> None:
        nonlocal at, line
        line = becomes
        keys.append(Key(at, sent.encode(), line))
        at += chance.uniform(*pause)

    for number, word in enumerate(words[: chance.randint(2, 6)]):
        if number:
            press(" ", line + " ", PACE)
        pace = BURST if chance.random() < 0.3 else PACE
        for letter in word:
            press(letter, line + letter, pace)
        if chance.random() < 0.15:
            gone = line[-min(len(word), chance.randint(1, 4)) :]
            for _ in gone:
                press("\x7f", line[:-1], PACE)
            for letter in gone:
                press(letter, line + letter, PACE)
        at += chance.uniform(*BETWEEN)
    return keys


@dataclass
class Watch:
    """What came of keys, in seconds. Of a key whose letter or results never stood there, since another one was faster,
    those count that came next."""

    letters: list[float] = field(default_factory=list)
    results: list[float] = field(default_factory=list)
    missing: int = 0

    def type(self, app: PtyApp, keys: list[Key]) -> None:
        """Types into the empty search line, waits for the last results, and empties it again."""
        app.forget()
        pressed: list[float] = []
        lettered = answered = read = 0  # keys whose letter, whose results have come; bytes that were read
        began = time.perf_counter()
        while answered < len(keys) and (now := time.perf_counter() - began) < keys[-1].at + SETTLED:
            if len(pressed) < len(keys) and now >= keys[len(pressed)].at:
                pressed.append(time.perf_counter())
                app.write(keys[len(pressed) - 1].sent)
            app.read(max(0.0, min(0.05, keys[len(pressed)].at - now)) if len(pressed) < len(keys) else 0.05)
            came = time.perf_counter()
            for line in _drawn(LINE, app.shown, read):
                reached = _reached(keys[: len(pressed)], lambda key, line=line: key.line == line)
                # A blank at the end is not told from the room behind it.
                self.letters += [came - pressed[one] for one in range(lettered, reached) if keys[one].line[-1:] != " "]
                lettered = max(lettered, reached)
            for words in _drawn(FOUND, app.shown, read):
                reached = _reached(keys[: len(pressed)], lambda key, words=words: _searched(key.line) == words)
                self.results += [came - pressed[one] for one in range(answered, reached) if _searches(keys, one)]
                answered = max(answered, reached)
            read = len(app.shown)
        self.missing += len(keys) - answered
        app.write(b"\x15")  # Ctrl+U
        app.drain(0.3, SETTLED)


def _drawn(what: re.Pattern[bytes], shown: bytes, read: int) -> Iterator[str]:
    """What was drawn of it since so many bytes were read."""
    for match in what.finditer(shown, max(0, read - 2000)):
        if match.end() > read:
            yield COLOURS.sub(b"", match[1]).decode(errors="replace").rstrip()


def _reached(keys: list[Key], shown: Callable[[Key], bool]) -> int:
    """How many keys have come, now that the last of those that would show the same has."""
    return next((place + 1 for place in reversed(range(len(keys))) if shown(keys[place])), 0)


def _searched(line: str) -> str:
    return " ".join(line.split())


def _searches(keys: list[Key], place: int) -> bool:
    """Whether a key changes what is searched for: a blank behind a word does not."""
    return _searched(keys[place].line) != (_searched(keys[place - 1].line) if place else "")


# --- what is searched ---------------------------------------------------------------------------------------------


def prepared(args: argparse.Namespace) -> tuple[Home, list[str]]:
    """The home with its notes read in, and questions about them."""
    folder: Path = (args.keep or KEPT) / f"search {args.passages} {args.seed}"
    asked, done = folder / "questions.json", folder / "is read in"
    if not asked.exists():
        inventor = Inventor(Corpus.read(args.data) if args.data else Corpus.of_manual(), args.seed)
        inventor.write(folder / "notes", args.passages)
        asked.write_text(json.dumps(inventor.questions(QUESTIONS)))
    home = Home(folder / "home")
    if not done.exists():
        home = make_home(folder, linger=30)
        with engine_of(home), Client(home) as client:
            client.call(wire.ImportNotes(str(folder / "notes")))
            for step in ("model", "notes"):
                client.call(wire.CloseSetup(step))
        done.touch()
    return home, json.loads(asked.read_text())


def plain_table(home: Home) -> Path:
    """One FTS5 table of the same passages."""
    path = home.path.parent / "words.db"
    if not path.exists():
        notes = (note.read_text(encoding="utf-8") for note in (home.path.parent / "notes").rglob("*.md"))
        with contextlib.closing(sqlite3.connect(path)) as words, words:
            words.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize='porter')")
            words.executemany(
                "INSERT INTO words VALUES (?)", ((one.text,) for note in notes for one in read_note(note).passages)
            )
    return path
