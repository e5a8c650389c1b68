"""The settings of an account. This module imports only the standard library, pydantic and sage.plugin_api."""

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    longest: int = Field(default=10_000, ge=1, le=40_000, description="The longest text that is taken, in characters.")
