"""Whatever a note is made of, a change touches its own line alone, and a refused one nothing."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import event, example, given
from hypothesis import strategies as st

from sage.plugin_api import Change, NewTask, PluginError, Task, TaskSource
from tests.plugins.markdown.vaults import opened

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)
PIECES = [
    *[
        b"",
        b" ",
        b"\t",
        b"    ",
        b"> ",
        b">",
        b"- ",
        b"* ",
        b"1. ",
        b"- [ ] ",
        b"- [x] ",
        b"+ [/] ",
        b"- [-] ",
        b"- [?] ",
    ],
    *[b"10) [ ] ", b"```", b"~~~~", b"%%", b"<!-- ", b"-->", b"---", b"# ", b"|", b"[ ] ", b"- [ ]", b"a", b"words"],
    *[b"\xff\xfe", b"\x00", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b", b"\r", b"  ", b" ^block", b" #tag"],
    *[b" [due:: 2026-11-27]", b" (priority:: high)"],
    *(
        sign.encode()
        for sign in ("📅 2026-11-27", " 📅 2026-02-31", " 🔁 every week", " ⏫", " 🆔 abc", " ✅ 2026-11-20")
    ),
    *(sign.encode() for sign in ("\ufe0f", " ➕ 2026-11-01", " 🔁 every month on the 31st when done", "⏰ 09:00")),
]
ODD = st.lists(st.sampled_from(PIECES), max_size=7)
STARTS = st.sampled_from([b"", b"  ", b"    ", b"\t", b"> ", b"> \t"])
BOXES = st.sampled_from([b"- [ ] ", b"* [ ]  ", b"1. [x] ", b"- [/] ", b"-  [ ]\t"])
TASKS = st.tuples(STARTS, BOXES, st.sampled_from([b"a", b"b c", b"d \xff", "ü".encode()]), ODD.map(b"".join)).map(list)
LINES = st.lists(st.one_of(TASKS, TASKS, ODD).map(b"".join), max_size=12)
ENDS = st.sampled_from([b"\n", b"\r\n"])
MARKS = st.sampled_from([b"", b"\xef\xbb\xbf"])
WORDS = st.sampled_from(["new", "a b", "x 📅 2026-01-01", "- [ ] two", "#tag", "^block", "%% x", "```", "ends ⏫", " "])
CHANGES: dict[str, Callable[[TaskSource, Task, str], Any]] = {
    "words": lambda source, task, words: source.update(task.id, Change(text=words), task.revision),
    "date": lambda source, task, _: source.update(task.id, Change(due="2026-12-01"), task.revision),
    "no date": lambda source, task, _: source.update(task.id, Change(due=""), task.revision),
    "priority": lambda source, task, _: source.update(task.id, Change(priority="low"), task.revision),
    "no priority": lambda source, task, _: source.update(task.id, Change(priority=""), task.revision),
    "tick": lambda source, task, _: source.complete(task.id, task.revision, AT),
    "below": lambda source, task, words: source.create(NewTask(words, parent=task.id), "key"),
    "new": lambda source, _, words: source.create(NewTask(words, due="2026-12-01", priority="high"), "key"),
}


@given(LINES, ENDS, MARKS, st.booleans(), st.sampled_from(sorted(CHANGES)), WORDS, st.integers(0, 20))
@example([b"- [ ] a"], b"\r\n", b"\xef\xbb\xbf", False, "tick", "", 0)
@example([b"> - [ ] a", b"> \t- [ ] b"], b"\n", b"", True, "below", "c", 0)
def test_a_change_touches_its_own_line_alone(
    lines: list[bytes], end: bytes, mark: bytes, ended: bool, change: str, words: str, which: int
) -> None:
    content = mark + end.join(lines) + (end if ended else b"")
    before, after, tasks, error = asyncio.run(changed(content, change, words, which))
    event(f"{change}: {'refused' if error else 'written'}")
    if error:
        assert after == before
        return
    old, new = before.split(b"\n"), after.split(b"\n")
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    tail = next((n for n, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b), len(old))
    more = {"below": (1,), "new": (1,), "tick": (0, 1)}.get(change, (0,))
    assert len(new) - len(old) in more
    assert same + tail >= len(old) - 1, (before, after)
    assert len(tasks[1]) - len(tasks[0]) == len(new) - len(old)


async def changed(content: bytes, change: str, words: str, which: int) -> tuple[bytes, bytes, list[list[Task]], bool]:
    """The note before and after, the tasks before and after, and whether it was refused."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        note = folder / "vault" / "Note.md"
        note.parent.mkdir()
        note.write_bytes(content)
        source = await opened(note.parent, folder / "private", new_tasks="Note.md")
        tasks = [[task async for task in source.list()]]
        refused = False
        task = tasks[0][which % len(tasks[0])] if tasks[0] else Task("none", "", "none")
        try:
            await CHANGES[change](source, task, words)
        except PluginError:
            refused = True
        tasks.append([task async for task in source.list()])
        await source.close()
        others = [each for each in tasks[0] if each.id != task.id]
        now = {each.id: each for each in tasks[1]}
        assert [now[each.id] for each in others] == others
        return content, note.read_bytes(), tasks, refused
