"""The settings of a todo.txt file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """One todo.txt file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path = Field(description='The todo.txt file, such as "~/todo/todo.txt".')
