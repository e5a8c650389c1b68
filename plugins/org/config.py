"""The settings of Org files."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """One Org file, or a folder of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Field(description='An Org file, or a folder whose Org files are read, such as "~/org".')
    open_states: tuple[str, ...] = Field(
        default=("TODO", "NEXT", "WAITING"),
        description="States of what is to be done, where a file does not name its own.",
    )
    done_states: tuple[str, ...] = Field(
        default=("DONE", "CANCELLED"), description="States of what is done, where a file does not name its own."
    )
