"""The scene of forgetting: taken out, given back, purged, with a crash at every step of each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

from sage.adapters.files import write_whole
from sage.adapters.forgetting.byte_scan import forms, look
from sage.adapters.forgetting.forgetting import Forgetter
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.home_swap import finish_restore
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.adapters.notes.notebook import FileNotebook
from sage.core.forgetting.forgetting import Proof, Target
from sage.core.passages import RememberedText
from sage.core.turns import Answer
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.crashes.scene import NOW, Scene, dump, tree
from tests.reminders import keep_reminder

FIRST = "The spare key lies under the third blue flowerpot behind the shed."
SECOND = "Nobody has to know that the violin was broken in the attic by me."


class ForgettingScene(Scene):
    """Two secrets in notes, tasks, talks, reminders, a vault and a backup; each is whole, or in the trash whole, or gone."""

    name = "forgetting"
    in_one = False

    def prepare(self, home: Home) -> None:
        home.prepare()
        vault = home.path.parent / "vault"
        vault.mkdir()
        write_whole(vault / "House.md", f"# House\n\nThe roof is new.\n\n{SECOND}\n")
        with closing(_Forgetting(home)) as world:
            notebook, journal = FileNotebook(home), Journal(world.database)
            notebook.add_note("n1", FIRST, title="Shed", now=NOW)
            notebook.add_note("n2", f"A friend told me once. {FIRST} And the milk is out.", title="Copy", now=NOW)
            notebook.add_task("k1", FIRST, now=NOW)
            notebook.add_task("k2", "Water the plants", now=NOW)
            world.texts.add_texts(
                [RememberedText(SECOND, "chat", "s1"), RememberedText("Foxes came by.", "chat", "s1")]
            )
            for path in (home.notes, home.tasks, vault):
                world.memory.import_path(path)
            for number, said in enumerate(("Where does the spare key lie?", "What of the violin?")):
                journal.begin_turn(f"t{number}", "c1", said, NOW)
                hits = tuple(world.memory.recall(said, k=1))
                journal.finish_turn(Answer(f"t{number}", "c1", f"This: {hits[0].text} [1]", hits, (), "demo"), NOW)
            keep_reminder(world.database, "r1", FIRST, "2026-12-01T08:00")
            backups.make(home, world.database, home.backups / "b.zip", NOW)

    def open(self, home: Home) -> _Forgetting:
        return _Forgetting(home)

    def steps(self, world: _Forgetting) -> list[Callable[[], object]]:
        first = Target(("notes/Shed.md",))
        second = Target(words="violin was broken")
        return [
            lambda: world.forget("a", first),
            lambda: world.forgetter.undo(world.names["a"]),
            lambda: world.forget("b", first),
            lambda: world.forget("c", second, edit=True),
            lambda: world.purge("b"),
            lambda: world.forgetter.undo(world.names["c"]),
            lambda: world.forget("d", second, edit=True),
            lambda: world.purge("d"),
        ]

    def state(self, world: _Forgetting) -> Any:
        return _state(world)

    def mend(self, world: _Forgetting) -> None:
        world.forgetter.resume()
        world.forgetter.resume_purges()

    def look(self, home: Home, *, power: bool) -> Any:
        finish_restore(home)
        with closing(_Forgetting(home)) as world:
            assert not world.database.trouble()
            world.forgetter.resume_purges()
            world.memory.rescan()
            found = _state(world)
            states = [each.state for each in world.forgetter.list()]
            for secret, words in ((FIRST, "blue flowerpot"), (SECOND, "violin was broken")):
                whole = any(secret in text for text in found["files"].values())
                hits = [hit.text for hit in world.memory.recall(words, k=20) if words in hit.text]
                assert bool(hits) == whole, f"{words}: {hits}, in files: {whole}"
        purged = {1: (FIRST,), 2: (FIRST, SECOND)}.get(states.count("purged"), ())
        left = look(home.path, [form for secret in purged for form in forms(secret)]).found if purged else ()
        assert not left, f"left after {states}: {left}"
        kept_backups.verify(home.backups / "b.zip")
        kept = {path.name for path in home.trash.iterdir()}
        assert len(kept) == states.count("trash"), f"{kept} for {states}"
        return found


class _Forgetter(Forgetter):
    """Without the proof in a process of its own: the scene looks through the files itself."""

    def _prove(self, *_: Any) -> Proof:
        return Proof(0, 0, 0, 0, (), (), ())


class _Forgetting:
    def __init__(self, home: Home) -> None:
        self.home = home
        self.names: dict[str, str] = {}
        self.database = open_journal(home.journal)
        try:
            self.texts = TextPages(self.database)
            self.memory = SageMemory(home.index, self.texts, FakeEmbedder())
            self.forgetter = _Forgetter(home, self.database, self.memory, lambda: NOW + timedelta(hours=1))
            self.forgetter.resume()
        except BaseException:
            self.database.close()
            raise

    def close(self) -> None:
        self.memory.close()
        self.database.close()

    def forget(self, name: str, target: Target, *, edit: bool = False) -> None:
        self.names[name] = ""
        try:
            shown = self.forgetter.preview(target)
            self.forgetter.forget(target, shown.digest, edit=edit)
        finally:
            self.names[name] = self.forgetter.list()[0].id if self.forgetter.list() else ""

    def purge(self, name: str) -> None:
        self.forgetter.purge(self.names[name])


def _state(world: _Forgetting) -> Any:
    """What a person would miss, or would not want to see again; ids that chance gave are left out."""
    rows = dump(world.database)
    vault = world.home.path.parent / "vault" / "House.md"
    return {
        "rows": {name: rows[name] for name in ("turns", "texts", "schedules", "occurrences")},
        "files": tree(world.home) | {"vault": vault.read_text()},
        "states": [each.state for each in world.forgetter.list()],
        "marks": sorted(row[:2] for row in rows["forgotten_marks"]),
    }
