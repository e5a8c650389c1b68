"""Answers about the home and the engine itself."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from pathlib import Path

from sage import __version__, wire
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.exporting import export_home
from sage.engine import explanations
from sage.engine.desk import Desk, handles
from sage.engine.plugin_shelf import shelf_of
from sage.engine.service import Emit, Line
from sage.locations import typed_path


@handles(wire.Why)
async def _why(desk: Desk, request: wire.Why, line: Line, emit: Emit) -> wire.Explanation:
    if "/" in request.id and (account := await asyncio.to_thread(shelf_of(desk.house).explained, request.id)):
        return account
    return await asyncio.to_thread(explanations.explain, desk.house, request.id)


@handles(wire.MakeBackup)
async def _make_backup(desk: Desk, request: wire.MakeBackup, line: Line, emit: Emit) -> wire.BackupMade:
    house = desk.house
    target = typed_path(request.path) if request.path else None
    made = await asyncio.to_thread(backups.make, house.home, house.database, target, house.clock.now())
    remarks = await asyncio.to_thread(kept_backups.remarks, made)
    return wire.BackupMade(str(made), made.stat().st_size, tuple(f"{each.name}: {each.what}" for each in remarks))


@handles(wire.ExportHome)
async def _export(desk: Desk, request: wire.ExportHome, line: Line, emit: Emit) -> wire.Exported:
    house = desk.house
    done = await asyncio.to_thread(export_home, house.home, house.database, typed_path(request.path))
    export = done.export
    return wire.Exported(
        path=request.path,
        files=done.files,
        bytes=done.bytes,
        notes=sum(file.path.startswith("notes/") for file in export.files),
        conversations=len(export.conversations),
        texts=sum(not text.thread.startswith("conversation/") for text in export.texts),
        reminders=len(export.reminders),
        facts=len(export.facts),
        left_out=export.left_out,
    )


@handles(wire.ShowStatus)
async def _status(desk: Desk, request: wire.ShowStatus, line: Line, emit: Emit) -> wire.EngineStatus:
    house, profile = desk.house, desk.profile(line)
    counts = await asyncio.to_thread(house.memory.counts)
    notes = await asyncio.to_thread(house.memory.notes_outside, (house.home.goals, house.home.tasks))
    spent = await asyncio.to_thread(house.budget.spent_on, house.clock.now())
    now = house.clock.now()
    pause = await asyncio.to_thread(house.pausing.now, now)
    next_at, next_text = await asyncio.to_thread(house.schedules.next_up, now)
    service = desk.service
    assert service
    return wire.EngineStatus(
        pid=os.getpid(),
        sage=__version__,
        home=str(house.home.path),
        profile=profile.name,
        answering=profile.settings.model.chain[0],
        notes=notes,
        documents=counts.notes + counts.texts,
        passages=counts.passages,
        spent_today_usd=spent,
        memory_mb=round(_resident_mb(), 1),
        clients=len(service.lines),
        stays=service.stays,
        theme=profile.settings.ui.theme,
        start=profile.settings.ui.start,
        watched=house.looking.watched,
        unwatched=house.looking.unwatched,
        paused=pause.words(now) if pause else "",
        away=await asyncio.to_thread(desk.deputy.away_words),
        waiting=await asyncio.to_thread(desk.deputy.pages.open_count),
        cap_today_usd=profile.settings.caps.per_day_usd,
        next_at=next_at,
        next_text=next_text,
        motion=profile.settings.ui.motion,
        keys=profile.settings.ui.keys,
    )


@handles(wire.StopEngine)
async def _stop_engine(desk: Desk, request: wire.StopEngine, line: Line, emit: Emit) -> None:
    assert desk.service
    asyncio.get_running_loop().call_later(0.05, desk.service.close)


def _resident_mb() -> float:
    """Resident memory now (Linux), else at its most (elsewhere), in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
