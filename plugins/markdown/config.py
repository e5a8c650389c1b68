"""The settings of a folder of Markdown notes."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """One vault, or any other folder of Markdown notes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Field(description="The folder of the notes, such as an Obsidian vault.")
    new_tasks: str = Field(default="Tasks.md", description="The note that gets new tasks, below the folder.")
    skip: tuple[str, ...] = Field(default=(), description='Folders whose tasks are left out, such as ["Archive"].')
