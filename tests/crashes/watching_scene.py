"""The scene of a folder that is watched: notes are edited, renamed, moved and deleted, and memory follows each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sage.adapters.files import write_whole
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.crashes.scene import Scene, short

KEPT = ("walrus", "seal", "otter", "heron", "stork", "crane")
"""A word of each note that is renamed or moved, and never edited."""


class WatchingScene(Scene):
    """A note keeps its ids wherever it goes; memory holds what the files say, and nothing of what is gone."""

    name = "watching"
    in_one = False
    live = False

    def prepare(self, home: Home) -> None:
        home.prepare()
        for root in ("vault", "other"):
            (home.path.parent / root / "deep").mkdir(parents=True)
        for number, word in enumerate(KEPT):
            folder = "vault/deep" if number >= 3 else "vault"
            text = f"# About {word}\n\nThe {word} was seen {number + 2} times near the lake.\n"
            write_whole(home.path.parent / folder / f"{word}.md", text)
        write_whole(home.path.parent / "vault/edited.md", "# Edited\n\nThe first words.\n")
        with closing(_Watching(home)) as world:
            for root in ("vault", "other"):
                world.memory.import_path(world.top / root)
            self._first = world.ids()

    def open(self, home: Home) -> _Watching:
        return _Watching(home)

    def steps(self, world: _Watching) -> list[Callable[[], object]]:
        top = world.top

        def storm() -> None:
            paths = [top / f"vault/deep/storm {number}.md" for number in range(30)]
            for number, path in enumerate(paths):
                write_whole(path, f"Storm word {number}.\n")
            world.look(*paths)

        return [
            lambda: world.write("vault/edited.md", "# Edited\n\nThe second words.\n"),
            lambda: world.move("vault/walrus.md", "vault/Renamed.md"),
            lambda: world.write("vault/walrus.md", "Another note at the old name.\n"),
            lambda: world.move("vault/deep", "vault/deeper"),
            lambda: world.move("vault/seal.md", "other/seal.md"),
            lambda: world.delete("vault/walrus.md"),
            storm,
            lambda: world.move("vault/otter.md", "vault/edited.md"),
            lambda: world.move("vault/Renamed.md", "vault/walrus.md"),
        ]

    def state(self, world: _Watching) -> Any:
        return world.texts.roots(), world.files()

    def look(self, home: Home, *, power: bool) -> Any:
        with closing(_Watching(home)) as world:
            assert not world.database.trouble()
            world.memory.rescan(remove=False)
            world.memory.rescan()
            found = world.ids()
            files = world.files()
            assert {place for place, _ in found.values()} == set(files), f"{short(found)} of {short(files)}"
            # After a power cut the index may have forgotten what it knew, and with it that a note was renamed just now.
            for word in KEPT if not power else ():
                assert found[word][1] == self._first[word][1], f"{word} is {found[word]}, was {self._first[word]}"
            world.memory.rebuild()
            assert world.ids() == found, f"made anew {short(world.ids())} of {short(found)}"
            return world.texts.roots(), files

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        """What the person does to the files is theirs: Sage's part is judged by `look`."""
        return "" if found[0] == states[0][0] else f"roots {short(found[0])}"


class _Watching:
    def __init__(self, home: Home) -> None:
        self.top = home.path.parent
        self.database = open_journal(home.journal)
        try:
            self.texts = TextPages(self.database)
            self.memory = SageMemory(home.index, self.texts, FakeEmbedder())
        except BaseException:
            self.database.close()
            raise

    def close(self) -> None:
        self.memory.close()
        self.database.close()

    def look(self, *paths: Path) -> None:
        """As the watch does."""
        self.memory.look_again(paths, remove=False)
        self.memory.look_again(paths)

    def write(self, name: str, text: str) -> None:
        write_whole(self.top / name, text)
        self.look(self.top / name)

    def move(self, old: str, new: str) -> None:
        (self.top / old).rename(self.top / new)
        self.look(self.top / old, self.top / new)

    def delete(self, name: str) -> None:
        (self.top / name).unlink()
        self.look(self.top / name)

    def files(self) -> list[str]:
        return sorted(
            path.relative_to(self.top).as_posix()
            for root in ("vault", "other")
            for path in (self.top / root).rglob("*.md")
        )

    def ids(self) -> dict[str, tuple[str, str]]:
        """Where each note is and the id of its passage, by the animal in it or else by its place."""
        found = {}
        for hit in self.memory.file_passages():
            place = (Path(hit.root) / hit.source).relative_to(self.top).as_posix()
            found[next((word for word in KEPT if word in hit.text), place)] = place, hit.id
        return found
