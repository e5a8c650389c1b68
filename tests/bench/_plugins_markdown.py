"""Tasks in a vault, both ways, through the plugin's own process as Sage runs it.

`out` is a change in Sage until it stands in the note: a tick, other words, a new task. `in` is a change in a note until Sage
has it by asking, and `told` until Sage is told by itself that there is something to ask for. The baseline is reading every
note of the vault once, in the same run, whole and without understanding any of it.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sage.adapters.plugins.process import Heard
from sage.plugin_api import Batch, Change, NewTask, Task
from sage.testing.plugins.accounts import GivenAccount, ProcessDriver, manifest_of
from tests.bench.importing import invent

TASKS_A_NOTE = 3
MANY = 10_000


def measure(data: Path | None = None, changes: int = 30) -> dict[str, Any]:
    """Milliseconds: of the vault at `data` (a copy of it, with tasks added to each note) and of an invented large one."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder, "vault")
        if data:
            shutil.copytree(data, vault)
        else:
            invent(vault, 173)
        small = asyncio.run(_of_one(vault, Path(folder, "a"), changes))
        large = Path(folder, "large")
        invent(large, MANY)
        return {"vault": small, "large": asyncio.run(_of_one(large, Path(folder, "b"), changes // 5))}


async def _of_one(vault: Path, private: Path, changes: int) -> dict[str, Any]:
    notes = sorted(vault.rglob("*.md"))
    for number, note in enumerate(notes):
        with note.open("a", encoding="utf-8") as file:
            file.writelines(f"\n- [ ] Task {number}.{each} 📅 2026-11-27" for each in range(TASKS_A_NOTE))
    private.mkdir()
    manifest = manifest_of("markdown")
    told = asyncio.Event()
    account = GivenAccount({"folder": str(vault), "new_tasks": notes[0].relative_to(vault).as_posix()})
    began = time.perf_counter()
    process = ProcessDriver(manifest, account, private, Heard(_none, told.set))
    await process.open("Europe/Berlin")
    started = _since(began)
    try:
        began = time.perf_counter()
        tasks = await process.ask("list")
        first = _since(began)
        again = [await _timed(process.ask("list")) for _ in range(3)]
        figures = {
            kind: [await change(process, vault, told, n) for n in range(changes)] for kind, change in KINDS.items()
        }
    finally:
        await process.close()
    read = [_read_all(notes) for _ in range(3)]
    return {
        "notes": len(notes),
        "tasks": len(tasks),
        "start": round(started, 1),
        "first_list": round(first, 1),
        "list_again": round(statistics.median(again), 1),
        **{kind: _summary(values) for kind, values in figures.items()},
        "baseline_reading_every_note": round(statistics.median(read), 1),
        "tick_to_baseline": round(statistics.median(figures["out_tick"]) / statistics.median(read), 3),
    }


async def _none(batch: Batch) -> None:
    raise NotImplementedError


async def _timed(asked: Any) -> float:
    began = time.perf_counter()
    await asked
    return _since(began)


async def _some_open(process: ProcessDriver, number: int) -> Task:
    found = [task for task in await process.ask("list") if not task.done and task.text.startswith("Task")]
    task: Task = random.Random(number).choice(found)
    return task


async def _tick(process: ProcessDriver, vault: Path, told: asyncio.Event, number: int) -> float:
    task = await _some_open(process, number)
    took = await _timed(process.ask("complete", task.id, task.revision, datetime.now(UTC)))
    assert f"- [x] {task.text} " in (vault / task.where).read_text(encoding="utf-8")
    return took


async def _retitle(process: ProcessDriver, vault: Path, told: asyncio.Event, number: int) -> float:
    task = await _some_open(process, number)
    took = await _timed(process.ask("update", task.id, Change(text=f"{task.text} changed"), task.revision))
    assert f"- [ ] {task.text} changed 📅" in (vault / task.where).read_text(encoding="utf-8")
    return took


async def _create(process: ProcessDriver, vault: Path, told: asyncio.Event, number: int) -> float:
    return await _timed(process.ask("create", NewTask(f"New {number}", due="2026-12-01"), f"key {number}"))


async def _come_in(process: ProcessDriver, vault: Path, told: asyncio.Event, number: int) -> float:
    task = await _some_open(process, number)
    cursor = (await process.ask("changes", "")).cursor
    _edit(vault / task.where, task.text, f"{task.text} elsewhere")
    began = time.perf_counter()
    (changed,) = (await process.ask("changes", cursor)).changed
    assert (changed.id, changed.text) == (task.id, f"{task.text} elsewhere")
    return _since(began)


async def _told(process: ProcessDriver, vault: Path, told: asyncio.Event, number: int) -> float:
    if number >= 5:
        return float("nan")
    task = await _some_open(process, number)
    await asyncio.sleep(1)
    told.clear()
    began = time.perf_counter()
    _edit(vault / task.where, task.text, f"{task.text} seen")
    await asyncio.wait_for(told.wait(), 10)
    return _since(began)


KINDS = {"out_tick": _tick, "out_words": _retitle, "out_new": _create, "in": _come_in, "told": _told}


def _edit(note: Path, old: str, new: str) -> None:
    content = note.read_text(encoding="utf-8")
    note.write_text(content.replace(old, new, 1), encoding="utf-8")


def _read_all(notes: list[Path]) -> float:
    began = time.perf_counter()
    for note in notes:
        note.read_bytes()
    return _since(began)


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _summary(values: list[float]) -> dict[str, float]:
    known = sorted(value for value in values if value == value)
    return {
        "median": round(statistics.median(known), 1),
        "p95": round(known[int(len(known) * 0.95)], 1),
        "most": round(known[-1], 1),
    }
