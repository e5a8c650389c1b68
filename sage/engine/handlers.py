"""All that the engine answers: importing this module fills the desk's list."""

from __future__ import annotations

from sage.engine import (
    deputy_handlers,
    fact_handlers,
    forgetting_handlers,
    home_handlers,
    inbox_handlers,
    label_handlers,
    memory_handlers,
    memory_upkeep_handlers,
    model_handlers,
    nudge_handlers,
    plan_handlers,
    plugin_handlers,
    program_handlers,
    reminder_handlers,
    ritual_handlers,
    schedule_handlers,
    skill_handlers,
    talk_handlers,
    telling_handlers,
    tool_handlers,
)
from sage.engine.desk import Desk

__all__ = [
    "Desk",
    "deputy_handlers",
    "fact_handlers",
    "forgetting_handlers",
    "home_handlers",
    "inbox_handlers",
    "label_handlers",
    "memory_handlers",
    "memory_upkeep_handlers",
    "model_handlers",
    "nudge_handlers",
    "plan_handlers",
    "plugin_handlers",
    "program_handlers",
    "reminder_handlers",
    "ritual_handlers",
    "schedule_handlers",
    "skill_handlers",
    "talk_handlers",
    "telling_handlers",
    "tool_handlers",
]
