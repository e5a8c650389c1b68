"""The settings of a Matrix account."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

_USER = re.compile(r"@[^\s:]+:[^\s/]+")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """What an account is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    homeserver: str = Field(description="The address of the homeserver, such as https://matrix.example.org")
    user: str = Field(description="The account's whole name, such as @sage:example.org")

    @field_validator("homeserver")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("must begin with https:// (http:// only on this machine)")
        if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be an address such as https://matrix.example.org")
        return value.rstrip("/")

    @field_validator("user")
    @classmethod
    def _is_whole(cls, value: str) -> str:
        if not _USER.fullmatch(value):
            raise ValueError("must be the whole name, such as @sage:example.org")
        return value
