"""The person's skills: offered by name and purpose, read when a model chooses one."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from sage.agent.tool import Arguments, Tool
from sage.core.ports import Skills, ToolOutcome
from sage.core.skills import offer


class _Skill(Arguments):
    name: str = Field(min_length=1)
    file: str = ""


class SkillTools:
    """One tool that reads them. `short`: whoever answers gets few words of each."""

    def __init__(self, skills: Skills, *, short: bool = False) -> None:
        self._skills, self._short = skills, short

    def tools(self) -> dict[str, Tool]:
        """The tool by its name; none when there are no skills."""
        if not (skills := self._skills.all().skills):
            return {}
        about = f"Read one of the person's skills first, when it fits. {offer(skills, short=self._short)}"
        return {"skill": Tool(about, "read", _Skill, self._read)}

    def _read(self, given: _Skill, action: str, now: datetime) -> ToolOutcome:
        if given.file:
            return ToolOutcome(self._skills.file(given.name, given.file))
        skill, text = self._skills.instructions(given.name)
        more = (
            f"\n\nFurther files of this skill, to be read with `file`: {', '.join(skill.files)}" if skill.files else ""
        )
        return ToolOutcome(f"{text}{more}")
