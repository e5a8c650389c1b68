"""The settings of one account of GitLab."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Project = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$")]


class Config(BaseModel):
    """Which server, which issues, and where new ones go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="https://gitlab.com", description="The server's address, also of one of your own")
    projects: tuple[Project, ...] = Field(
        default=(), description='Projects all of whose issues are wanted, such as "group/name"'
    )
    assigned: bool = Field(default=True, description="Whether issues assigned to you are wanted, wherever they are")
    into: Project | None = Field(
        default=None, description="The project that gets new issues (default: the first of `projects`)"
    )
    confidential: bool = Field(default=False, description="Whether new issues are for the project's members alone")

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
        if not self.projects and not self.assigned:
            raise ValueError("nothing is wanted: name `projects`, or set `assigned` to true")
        return self
