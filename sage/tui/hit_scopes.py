"""What a person may mean by a result: itself, or the whole that it is a part of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from rich.text import Text

from sage.core.hit_words import is_turn
from sage.core.passages import Hit, conversation_thread
from sage.core.terminal_text import clean_line


class Scope(NamedTuple):
    """`label` for the person, `target` as a label is put on it, `name` as forgetting knows it ("" where it does not)."""

    label: str
    target: str
    name: str


def scopes_of(hit: Hit) -> list[Scope]:
    """The narrowest first."""
    if hit.root:
        path = PurePath(hit.root) / hit.source
        folder = f"its folder {path.parent.name or path.parent}"
        return [
            Scope("this passage", hit.id, hit.id),
            Scope(f"the note {path.name}", str(path), str(path)),
            Scope(folder, str(path.parent), ""),
        ]
    if is_turn(hit):
        conversation = hit.thread.removeprefix(conversation_thread(""))
        return [Scope("this", hit.id, hit.id), Scope("the whole conversation", hit.thread, conversation)]
    return [Scope("this", hit.id, hit.id)]


def scope_row(scopes: Sequence[Scope], chosen: int) -> Text:
    """The scopes on a line, one of them chosen."""
    text = Text()
    for place, scope in enumerate(scopes):
        text.append(f" {clean_line(scope.label)} ", "reverse" if place == chosen else "")
    return text
