"""The settings of a Telegram bot."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """What an account is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str = Field(
        default="https://api.telegram.org", description="The Bot API server; another one only if you run it yourself"
    )

    @field_validator("server")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be an address such as https://api.telegram.org")
        return value.rstrip("/")
