"""The settings of an account. This module imports only the standard library, pydantic and sage.plugin_api."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Field(description="Where letters come (in.jsonl) and go (out.jsonl).")
