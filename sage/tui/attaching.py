"""Files that go with the person's next words: what they are is told at once, and each can be taken off again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import BadInput
from sage.core.sharing_words import counted
from sage.locations import existing_path, typed_path

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

_OFFERED = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"))
"""A pasted path is offered to be attached if its name ends so."""


class Attaching:
    """The files that wait for the next words, by path, each with what is told of it."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._files: dict[str, str] = {}

    async def add(self, words: str) -> None:
        """Looks at a file and keeps it for the next words. Raises what the engine tells of one that cannot be read."""
        path = str(typed_path(unquoted(words)))
        seen = await self._dialogue.call(wire.LookAtFile(path))
        self._files[path] = "picture" if seen.picture else counted(seen.pieces, "piece")
        self._show()
        if seen.told:
            self._dialogue.talk.note(f"{seen.name}: {seen.told}")

    def drop(self, name: str = "") -> None:
        """Takes off the file of that name, else the last one. Raises BadInput when there is none."""
        found = [path for path in self._files if name in ("", Path(path).name)]
        if not found:
            raise BadInput("No such file is attached.", safe="Nothing was changed.")
        del self._files[found[-1]]
        self._show()

    def take_off(self) -> None:
        """Takes off the last file, if there is one."""
        if self._files:
            self.drop()

    def take(self) -> tuple[str, ...]:
        """They go with these words."""
        paths = tuple(self._files)
        self._files.clear()
        self._show()
        return paths

    def put_back(self, paths: tuple[str, ...], told: str = "not sent") -> None:
        """Nothing was asked with them: they wait for other words."""
        self._files |= dict.fromkeys(paths, told)
        self._show()

    async def offer(self, pasted: str) -> None:
        """Asks whether a file whose path was pasted shall go with the words in place of its path."""
        path = existing_path(unquoted(pasted)) if "\n" not in pasted.strip() else None
        if path is None or not path.is_file() or path.suffix.casefold() not in _OFFERED:
            return
        key = await self._dialogue.asking.ask(
            f"Attach {path.name} to your words, in place of its path?", {"a": "attach"}, escape="leave the path"
        )
        if key:
            await self.add(pasted)
            self._dialogue.talk.unwrite(pasted)

    def _show(self) -> None:
        told = " · ".join(
            f"{Path(path).name} ({what})" if what else Path(path).name for path, what in self._files.items()
        )
        self._dialogue.talk.show_attached(
            f"With your next words: {told} · Backspace or a click takes off" if told else ""
        )


def unquoted(words: str) -> str:
    """A path as a terminal pastes it: in quotation marks, or with its spaces escaped."""
    words = words.strip()
    if words[:1] in ("'", '"') and words[-1:] == words[:1]:
        return words[1:-1]
    return words.replace("\\ ", " ")
