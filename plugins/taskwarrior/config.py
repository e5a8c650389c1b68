"""The settings of Taskwarrior."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """One set of tasks of Taskwarrior."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    taskrc: Path | None = Field(
        default=None, description="Its configuration; without one, whichever `task` itself takes."
    )
    data: Path | None = Field(
        default=None, description="The folder of its tasks; without one, the configuration says it."
    )
