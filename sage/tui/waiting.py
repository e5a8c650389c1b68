"""What was said while the engine was busy or away: it waits its turn, is seen above the composer, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sage.core.model_choice import Wish
from sage.core.terminal_text import clean_line

if TYPE_CHECKING:
    from sage.tui.stage import Stage

_SHOWN = 3
"""Waiting words that are shown, one line each; of more only how many there are."""


class Said(NamedTuple):
    """Words on their way to the engine, with the absolute paths of the files that belong to them."""

    text: str
    wish: Wish = ""
    attach: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """The words as the conversation keeps them."""
        names = ", ".join(Path(path).name for path in self.attach)
        return f"{self.text}\n\n(Attached: {names})" if names else self.text


class Waiting:
    """What is not on the engine's disk yet, oldest first. The oldest may stand in the transcript, and be on its way."""

    def __init__(self, talk: Stage) -> None:
        self._talk = talk
        self._said: list[Said] = []
        self.on_its_way = False
        """Whether the oldest was sent, and is not known to be on disk."""
        self.is_held = False
        """Whether nothing is sent before the person says so."""
        self.entry = -1
        """Where the oldest stands in the transcript; -1 for nowhere yet."""

    def __bool__(self) -> bool:
        return bool(self._said)

    @property
    def first(self) -> Said:
        """What is sent next, or on its way."""
        return self._said[0]

    @property
    def said(self) -> Sequence[Said]:
        """All of it."""
        return self._said

    @property
    def behind(self) -> list[Said]:
        """What can still be taken back: all that does not stand in the transcript."""
        return self._said[self.entry >= 0 :]

    def add(self, said: Said, *, waits: bool) -> None:
        """Behind all others; it stands in the transcript at once unless it `waits`."""
        self._said.append(said)
        self.is_held = False
        if not waits:
            self.show_first()
        self.show()

    def show_first(self) -> None:
        """The oldest stands in the transcript from now on."""
        if self.entry < 0:
            self.entry = self._talk.show_said(self.first.kept)
            self.show()

    def shown_anew(self) -> None:
        """The transcript has begun anew: what stood at its end stands there again."""
        if self.entry >= 0 and not self.on_its_way:
            self.entry = -1
            self.show_first()

    def pop(self) -> Said:
        """The oldest needs no sending any more."""
        said = self._said.pop(0)
        self.on_its_way, self.entry = False, -1
        self.show()
        return said

    def take_back(self) -> Said | None:
        """The newest, which is not sent then; None if all are on their way."""
        if not self.behind:
            return None
        said = self._said.pop()
        self.is_held = self.is_held and bool(self._said)
        self.show()
        return said

    def hold(self) -> None:
        """Nothing more is sent before the person says so."""
        self.is_held = bool(self.behind)
        self.show()

    def show(self) -> None:
        """What waits, as it is now."""
        behind = self.behind
        lines = [f"waits: {clean_line(' '.join(said.kept.split()))}" for said in behind[:_SHOWN]]
        if len(behind) > _SHOWN:
            lines.append(f"and {len(behind) - _SHOWN} more")
        if behind:
            lines.append(
                "Up takes back · Enter sends" if self.is_held else "Up takes back · Esc, then Enter, sends now"
            )
        self._talk.show_waiting("\n".join(lines))
