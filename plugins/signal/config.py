"""The settings of a Signal account."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """What an account is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = Field(
        pattern=r"^\+[1-9][0-9]{4,14}$", description="The telephone number of the account in signal-cli, as +15550100"
    )
    server: str = Field(default="http://127.0.0.1:8080", description="Where signal-cli's daemon answers over HTTP")
    keep_disappearing: bool = Field(
        default=False, description="Whether the words of messages that disappear in Signal are kept here all the same"
    )

    @field_validator("server")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be an address such as http://127.0.0.1:8080")
        return value.rstrip("/")
