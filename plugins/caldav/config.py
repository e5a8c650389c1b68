"""The settings of one account of a calendar server."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """The server, and the name there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="The server's address, or that of an account or of one calendar there")
    username: str = Field(description="The name with which the secret `password` goes")
    lists: tuple[str, ...] = Field(
        default=(), description="The names of the lists and calendars that are wanted (default: all)"
    )
    into: str = Field(
        default="",
        description="The name of the list that gets new tasks (default: the first, for tasks alone if there is one)",
    )

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("that is no address of a server: it begins with https://")
        if address.username or address.password:
            raise ValueError("the address holds a password; use `username` and `password_key` instead")
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ValueError("it must begin with https, unless the server runs on this machine")
        return url
