"""What a slash command is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


class Command(NamedTuple):
    """`run` gets what follows the name, which `given` describes. `words` tell `/help` what it does ("": not listed there).

    One that `waits` runs once the engine is there.
    """

    name: str
    run: Callable[[Dialogue, str], Awaitable[None]]
    words: str = ""
    given: str = ""
    waits: bool = True
