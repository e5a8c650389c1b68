"""The settings of a Slack app."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """What an account is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str = Field(default="https://slack.com", description="Where Slack's Web API is; another one only for tests")
    poll_seconds: float = Field(
        default=15.0,
        ge=0.2,
        le=3600,
        description="Seconds between looks, without Socket Mode; each conversation takes one call at each look",
    )

    @field_validator("server")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be an address such as https://slack.com")
        return value.rstrip("/")
