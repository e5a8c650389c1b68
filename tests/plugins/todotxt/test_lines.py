"""Lines of todo.txt, read and changed."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, date, datetime
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sage_plugins.todotxt.config import Config
from sage_plugins.todotxt.lines import next_one, read_line, ticked, with_due, with_priority, with_words
from sage_plugins.todotxt.source import TodoTxt

from sage.plugin_api import BadConfig, Change, Context, NewTask, PluginError, Refused, Task, Unreachable

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("body", "words", "done", "done_on", "priority", "due", "recurs"),
    [
        ("(A) 2026-11-20 Pay +home due:2026-11-27 rec:+1w", "Pay +home", False, "", "high", "2026-11-27", "+1w"),
        ("x 2026-11-26 2026-11-20 Pay pri:B", "Pay", True, "2026-11-26", "medium", "", ""),
        ("x Pay", "Pay", True, "", "", "", ""),
        ("xylophone (A) lesson", "xylophone (A) lesson", False, "", "", "", ""),
        ("X 2026-11-26 no", "X 2026-11-26 no", False, "", "", "", ""),
        ("(a) no (B) priority", "(a) no (B) priority", False, "", "", "", ""),
        ("(Z) due:2026-02-31 due:tomorrow t:2026-11-01", "due:tomorrow t:2026-11-01", False, "", "low", "", ""),
    ],
)
def test_a_line_is_read(body: str, words: str, done: bool, done_on: str, priority: str, due: str, recurs: str) -> None:
    line = read_line(body)
    assert (line.words, line.done, line.done_on, line.priority, line.due, line.recurs) == (
        words,
        done,
        done_on,
        priority,
        due,
        recurs,
    )


def test_a_change_leaves_all_else() -> None:
    body = "(B) 2026-11-20 Pay  the rent due:2026-11-27 @home rec:1m t:2026-11-25"
    assert with_due(body, "2026-12-01") == body.replace("2026-11-27", "2026-12-01")
    assert with_due(body, "") == body.replace(" due:2026-11-27", "")
    assert with_priority(body, "medium") == body
    assert with_priority(body, "") == body.removeprefix("(B) ")
    assert with_words(body, "Pay") == "(B) 2026-11-20 Pay due:2026-11-27 rec:1m"
    assert ticked(body, TODAY) == f"x 2026-11-27 {body.removeprefix('(B) ')} pri:B"


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ("Pay due:2026-11-20 rec:+1m", "Pay due:2026-12-20 rec:+1m"),
        ("Pay due:2026-11-20 rec:1m t:2026-11-18", "Pay due:2026-12-27 rec:1m t:2026-12-25"),
        ("(A) 2026-11-01 Pay due:2026-01-31 rec:+1m", "(A) 2026-11-27 Pay due:2026-02-28 rec:+1m"),
        ("Pay rec:3b", "Pay rec:3b due:2026-12-02"),
        ("Pay due:9999-12-31 rec:+1y", None),
        ("Pay due:2026-11-20", None),
    ],
)
def test_one_that_returns_has_its_next_date(body: str, following: str | None) -> None:
    assert next_one(body, TODAY) == following


async def opened(folder: Path) -> TodoTxt:
    (folder / "private").mkdir(exist_ok=True)
    source = TodoTxt(Context("todotxt/test", Config(file=folder / "todo.txt"), folder / "private", "Europe/Berlin"))
    await source.open()
    return source


PIECES = [
    "x ",
    "(A) ",
    "2026-11-20 ",
    "due:2026-11-27",
    " ",
    "rec:+1w",
    "pri:C",
    "words",
    "\r",
    "\t",
    "due:x",
    "ü",
    "\x00",
    "\u2028",
]
ODD = st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=6)


@given(
    ODD, st.sampled_from(["\n", "\r\n"]), st.integers(0, 9), st.sampled_from(["text", "due", "priority", "tick", "new"])
)
@example(["(A) due:2026-11-27 rec:+1w"], "\r\n", 0, "tick")
@example(["rec:+1w", "", ""], "\n", 0, "tick")
def test_a_change_touches_its_own_line_alone(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, which: int, do: str
) -> None:
    folder = tmp_path_factory.mktemp("todo")
    file = folder / "todo.txt"
    file.write_bytes(end.join(lines).encode())
    before = file.read_bytes().split(b"\n")
    refused = asyncio.run(changed(folder, which, do))
    after = file.read_bytes().split(b"\n")
    if refused:
        assert before == after
        return
    assert len(after) - len(before) in {"tick": (0, 1), "new": (1,)}.get(do, (0,))
    same = shared(before, after)
    assert same + shared(before[same:][::-1], after[same:][::-1]) >= len(before) - 1


def shared(one: list[bytes], other: list[bytes]) -> int:
    """How many lines two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


async def changed(folder: Path, which: int, do: str) -> bool:
    source = await opened(folder)
    tasks = [task async for task in source.list()]
    task = tasks[which % len(tasks)] if tasks else Task("none", "", "")
    try:
        match do:
            case "new":
                await source.create(NewTask("a b", due="2026-12-01", priority="low"), "key")
            case "tick":
                await source.complete(task.id, task.revision, datetime(2026, 11, 27, 12, tzinfo=UTC))
            case _:
                values = {"text": "new words", "due": "2026-12-02", "priority": "medium"}
                await source.update(task.id, Change(**{do: values[do]}), task.revision)  # type: ignore[arg-type]
    except PluginError:
        return True
    finally:
        await source.close()
    return False


@pytest.mark.parametrize("words", ["due:2026-11-27", "pay pri:A", "rec:1w"])
async def test_words_that_would_be_marks_are_refused(tmp_path: Path, words: str) -> None:
    (tmp_path / "todo.txt").write_text("one\n")
    source = await opened(tmp_path)
    with pytest.raises(Refused):
        await source.create(NewTask(words), "key")
    assert (tmp_path / "todo.txt").read_text() == "one\n"
    await source.close()


async def test_a_file_that_is_gone_for_a_moment_loses_no_task(tmp_path: Path) -> None:
    file = tmp_path / "todo.txt"
    with pytest.raises(BadConfig):
        await opened(tmp_path)
    file.write_text("one\n")
    source = await opened(tmp_path)
    before = [task async for task in source.list()]
    file.rename(tmp_path / "away")
    with pytest.raises(Unreachable):
        [task async for task in source.list()]
    os.rename(tmp_path / "away", file)  # noqa: PTH104
    assert [task async for task in source.list()] == before
    await source.close()
