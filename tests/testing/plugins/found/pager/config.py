"""What a person sets for an account."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """An account's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(description="Where notifications are written.")
    fault: str = Field(default="", description="What it does wrong.")
