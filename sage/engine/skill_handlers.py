"""Answers about skills."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.core.skills import SkillsFound
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.ListSkills)
async def _list_skills(desk: Desk, request: wire.ListSkills, line: Line, emit: Emit) -> SkillsFound:
    return await asyncio.to_thread(desk.house.skills.all)


@handles(wire.ShowSkill)
async def _show_skill(desk: Desk, request: wire.ShowSkill, line: Line, emit: Emit) -> wire.SkillShown:
    return wire.SkillShown(*await asyncio.to_thread(desk.house.skills.instructions, request.name))
