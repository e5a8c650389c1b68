"""A person in a process of their own, who does things and writes down what was acknowledged:
`python -m tests.crashes.person KIND HOME FACTS MARK`.

Each fact is one line of JSON, synced before the next thing is done, so that it outlives this process too. `MARK` makes
the words of this run unlike all others.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sage import wire
from sage.client import Client
from sage.core.errors import EngineGone
from sage.core.forgetting.forgetting import Target
from sage.core.messages import TextDelta
from sage.core.turns import ActionTaken, TurnStarted
from sage.locations import Home, sync_folder

NOTES = 100
"""Notes in a folder that is imported: a second's work."""


class Facts:
    """The lines."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, fact: str, **more: Any) -> None:
        os.write(self._descriptor, json.dumps({"fact": fact, "at": time.monotonic(), **more}).encode() + b"\n")
        os.fsync(self._descriptor)


class Person:
    """Who talks with an engine."""

    def __init__(self, home: Home, facts: Facts, mark: str, profile: str = "") -> None:
        self.home, self.facts, self.mark = home, facts, mark
        self.client = Client(home, profile=profile)
        self.chance = random.Random(mark)
        self._count = 0

    def word(self) -> str:
        """A word that nobody has said before."""
        self._count += 1
        return f"{self.mark}n{self._count}"

    def ask(self, text: str, conversation: str = "") -> None:
        turn = ""

        def hear(event: Any) -> None:
            nonlocal turn
            if isinstance(event, TurnStarted):
                turn = event.turn
                self.facts.add("said", turn=turn, conversation=event.conversation, text=text)
            elif isinstance(event, TextDelta):
                self.facts.add("heard", turn=turn, text=event.text)
            elif isinstance(event, ActionTaken):
                self.facts.add("acted", turn=turn, action=event.action.id, state=event.action.state)

        answer = self.client.call(wire.Ask(text, conversation), hear)
        self.facts.add(
            "answered", turn=answer.turn, conversation=answer.conversation, text=answer.answer, state=answer.state
        )

    def wait_for(self, word: str) -> str:
        """The id of the passage with that word, once it is found."""
        while True:
            for hit in self.client.call(wire.Recall(word, 3)).hits:
                if word in hit.text:
                    return hit.id
            time.sleep(0.02)

    def plan(self) -> None:
        word, call, facts = self.word(), self.client.call, self.facts
        match self.chance.randrange(5):
            case 0:
                task = call(wire.AddTask(f"Do {word}", "tomorrow"))
                facts.add("task", id=task.id, text=task.text)
            case 1:
                task = call(wire.AddTask(f"Do {word}"))
                facts.add("task", id=task.id, text=task.text)
                call(wire.CompleteTask(task.id))
                facts.add("done", id=task.id)
            case 2:
                note = call(wire.AddNote(f"A note with {word} in it.", f"Note {word}"))
                facts.add("note", path=note.path, word=word)
            case 3:
                goal = call(wire.AddGoal(f"Reach {word}", f"Because of {word}"))
                facts.add("goal", id=goal.id, title=goal.title)
                call(wire.ChangeGoal(goal.id, "done"))
                facts.add("reached", id=goal.id)
            case _:
                self.ask(f"remind me to call {word} tomorrow at 10")


def do_plans(person: Person) -> None:
    while True:
        person.plan()


def do_turns(person: Person) -> None:
    while True:
        word = person.word()
        person.ask(
            person.chance.choice((f"add a task to find {word}", f"Where is {word}?", f"note: {word} is blue")), "last"
        )


def do_stream(person: Person) -> None:
    while True:
        person.ask(f"Please add a task: {person.word()}")


def do_import(person: Person) -> None:
    while True:
        folder = person.home.path.parent / f"notes {person.word()}"
        write_notes(folder, person.mark)
        person.facts.add("asked to import", path=str(folder))
        report = person.client.call(wire.ImportNotes(str(folder)))
        person.facts.add("imported", path=str(folder), added=report.added)


def do_backup(person: Person) -> None:
    while True:
        person.plan()
        made = person.client.call(wire.MakeBackup())
        person.facts.add("backup", path=made.path)


def do_watch(person: Person) -> None:
    """Saves notes in a folder that Sage watches, and renames them once they are found."""
    folder = person.home.path.parent / f"watched {person.word()}"
    folder.mkdir()
    person.client.call(wire.ImportNotes(str(folder)))
    while True:
        word = person.word()
        save(path := folder / f"{word}.md", f"# Note\n\nA note with {word} in it.\n")
        person.facts.add("saved", path=str(path), word=word)
        if person.chance.random() < 0.6:
            known = person.wait_for(word)
            path = path.rename(folder / f"{word} renamed.md")
            sync_folder(folder)
            person.facts.add("renamed", path=str(path), word=word, passage=known)


def do_purge(person: Person) -> None:
    """Tells a secret in several places, and has it forgotten and purged."""
    while True:
        word = person.word()
        secret = f"The {word} lies below the {person.chance.randrange(10**9)} blue flowerpots."
        note = person.client.call(wire.AddNote(f"{secret}\n\nNobody else knows.", f"Secret {word}"))
        person.client.call(wire.Ask(secret, "last"))
        person.facts.add("secret", text=secret, path=note.path)
        target = Target(words=secret)
        shown = person.client.call(wire.PreviewForgetting(target))
        gone = person.client.call(wire.Forget(target, shown.digest))
        if person.chance.random() < 0.2:
            person.client.call(wire.UndoForgetting(gone.id))
            person.facts.add("given back", text=secret, path=note.path)
            continue
        person.client.call(wire.PurgeForgotten(gone.id))
        person.facts.add("purged", text=secret)


def do_remember(home: Home, facts: Facts, mark: str) -> None:
    """With the memory in this process, as a script has it."""
    import sage

    with sage.open_memory(home.path) as memory:
        memory.recall("loads the embedder")
        ready()
        number = 0
        while True:
            rows = [
                {"text": f"{mark}r{number}x{part} was said", "source": "script", "thread": mark}
                for part in range(1 + number % 4)
            ]
            facts.add("remembered", ids=memory.remember_many(rows), texts=[row["text"] for row in rows])
            number += 1


def save(path: Path, text: str) -> None:
    """A save that the disk has, as an editor makes it."""
    with path.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def write_notes(folder: Path, mark: str) -> None:
    """A folder of notes, each with a word of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(NOTES):
        body = "\n\n".join(
            f"## Part {part}\n\nSome words about {mark}w{number}p{part} and the weather." for part in range(4)
        )
        (folder / f"note {number}.md").write_text(f"# Note {number}\n\n{body}\n")


def ready() -> None:
    """Tells whoever started this that it begins."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


DOINGS: dict[str, Callable[[Person], None]] = {
    "plans": do_plans,
    "turns": do_turns,
    "stream": do_stream,
    "server": do_stream,
    "import": do_import,
    "watch": do_watch,
    "embed": do_plans,
    "purge": do_purge,
    "backup": do_backup,
}


def main() -> int:
    kind, home, facts, mark = sys.argv[1], Home(Path(sys.argv[2])), Facts(Path(sys.argv[3])), sys.argv[4]
    if kind == "remember":
        from tests.crashes.engine import slow_down

        slow_down()
        do_remember(home, facts, mark)
    try:
        person = Person(home, facts, mark, profile=kind if kind in ("stream", "server") else "")
        ready()
        DOINGS[kind](person)
    except EngineGone:
        return 0
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
