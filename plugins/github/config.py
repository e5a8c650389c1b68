"""The settings of one account of GitHub."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]


class Config(BaseModel):
    """Which issues, and where new ones go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repositories: tuple[Repository, ...] = Field(
        default=(), description='Repositories all of whose issues are wanted, such as "owner/name"'
    )
    assigned: bool = Field(default=True, description="Whether issues assigned to you are wanted, wherever they are")
    into: Repository | None = Field(
        default=None, description="The repository that gets new issues (default: the first of `repositories`)"
    )
    url: str = Field(
        default="https://api.github.com",
        description="The address of the API, such as https://github.example.org/api/v3 of a server of your own",
    )

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("that is no address: it begins with https://")
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ValueError("it must begin with https, unless the server runs on this machine")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.repositories and not self.assigned:
            raise ValueError("nothing is wanted: name `repositories`, or set `assigned` to true")
        return self
