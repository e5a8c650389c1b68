"""Tab in the plain conversation: the rest of a command, or of a name after @. What fits is told one a line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sage.core.mentions import Named, begun, written

_SETTINGS = ("disable-completion off", "completion-ignore-case on", "completion-display-width 0", "completion-query-items -1",
             "page-completions off", "show-all-if-ambiguous on", "skip-completed-text on")  # fmt: skip


def complete_with(readline: Any, commands: Collection[str], find: Callable[[str], Collection[Named]]) -> None:
    """Has readline complete by these commands' names and by what `find` knows of a name's beginning."""
    found: list[str] = []

    def fitting(_: str, place: int) -> str | None:
        if place == 0:
            line = readline.get_line_buffer()[: readline.get_endidx()]
            found[:] = completions(line, readline.get_begidx(), commands, find)
        return found[place] if place < len(found) else None

    for setting in _SETTINGS:
        readline.parse_and_bind(f"set {setting}")
    readline.parse_and_bind("tab: complete")
    readline.set_completer_delims(" ")
    readline.set_completer(fitting)


def completions(
    line: str, begins: int, commands: Collection[str], find: Callable[[str], Collection[Named]]
) -> list[str]:
    """What may stand instead of the line's last word, which begins at `begins`.

    All of it begins as what is written does, so that nothing written is lost where several fit; a single name may fit loosely.
    """
    if line.startswith("/") and " " not in line:
        return [f"/{name} " for name in sorted(commands) if name.startswith(line[1:])]
    mention = begun(line)
    if mention is None or not mention[1]:
        return []
    start, typed = mention
    known = list(dict.fromkeys(one.name for one in find(typed) if one.kind not in ("file", "folder")))
    begin_so = [name for name in known if name.casefold().startswith(typed.casefold())]
    names = begin_so or known[: len(known) == 1]
    told = [written(name) for name in names]
    if line[start:].startswith('@"') or any(name.startswith('@"') for name in told):
        told = [name if name.startswith('@"') else f'@"{name[1:]}"' for name in told]
    return [f"{name[begins - start :]} " for name in told]
