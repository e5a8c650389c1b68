"""The settings of a Discord bot."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

DISCORD = "https://discord.com/api/v10"


class Config(BaseModel):
    """What an account is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    people: list[str] = Field(
        default=[],
        description="Numbers of those whose first direct message is looked for after being away; bots are not told of it",
    )
    server: str = Field(default=DISCORD, description="Where Discord's API is; another one only on this machine")

    @field_validator("people")
    @classmethod
    def _are_numbers(cls, value: list[str]) -> list[str]:
        if not all(each.isascii() and each.isdecimal() and len(each) < 20 for each in value):
            raise ValueError('must be numbers such as "123456789012345678"')
        return value

    @field_validator("server")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if value != DISCORD and not (
            parts.scheme == "http" and parts.hostname == "127.0.0.1" and "@" not in parts.netloc
        ):
            raise ValueError(f"must be {DISCORD} (or http://127.0.0.1:… on this machine)")
        return value
