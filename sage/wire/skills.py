"""The person's skills."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.skills import Skill, SkillsFound
from sage.wire.base import Request


class ListSkills(Request[SkillsFound], frozen=True, tag=True):
    reply: ClassVar[Any] = SkillsFound


class SkillShown(Struct, frozen=True):
    """A skill and what it says."""

    skill: Skill
    text: str


class ShowSkill(Request[SkillShown], frozen=True, tag=True):
    name: str
    reply: ClassVar[Any] = SkillShown


Requests = ListSkills | ShowSkill
"""Requests about skills."""
