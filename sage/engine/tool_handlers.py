"""Answers about tools from outside."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.core.errors import BadInput
from sage.core.plugins.outside_tools import OutsideTool
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.ListTools)
async def _list_tools(desk: Desk, request: wire.ListTools, line: Line, emit: Emit) -> wire.ToolsShown:
    await desk.house.tool_sources.settled()
    return wire.ToolsShown(desk.house.tool_sources.all())


@handles(wire.AllowTool)
async def _allow_tool(desk: Desk, request: wire.AllowTool, line: Line, emit: Emit) -> OutsideTool:
    if request.leave == "read" and not request.digest:
        raise BadInput("It was not said which tool is meant.", safe="Nothing was allowed.", do="See: sage tools list")
    await desk.house.tool_sources.settled()
    return await asyncio.to_thread(desk.house.tool_sources.say, request.name, request.leave, request.digest)
