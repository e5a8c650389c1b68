"""Answers about labels."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.core.sharing import ShareChange
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.Share)
async def _share(desk: Desk, request: wire.Share, line: Line, emit: Emit) -> ShareChange:
    sharing, now = desk.house.sharing, desk.house.clock.now()

    def share() -> ShareChange:
        target = sharing.find(request.target, request.folder)
        if request.preview:
            return sharing.preview(target, request.how, request.names)
        return sharing.share(target, request.how, request.names, now)

    return await asyncio.to_thread(share)


@handles(wire.ShowLabels)
async def _show_labels(desk: Desk, request: wire.ShowLabels, line: Line, emit: Emit) -> wire.LabelsShown:
    def show() -> wire.LabelsShown:
        sharing = desk.house.sharing
        readers = desk.readers(request.recipients)
        sight = None if readers is None else sharing.seen_by(readers)
        return wire.LabelsShown(tuple(sharing.labels()), sight)

    return await asyncio.to_thread(show)
