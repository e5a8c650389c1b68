"""The settings of one account of Todoist."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """Which projects, and where new tasks go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    projects: tuple[str, ...] = Field(
        default=(), description="The names of the projects that are wanted (default: all)"
    )
    into: str = Field(default="", description="The name of the project that gets new tasks (default: the inbox)")
    url: str = Field(default="https://api.todoist.com/api/v1", description="The address of Todoist's API")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("that is no address: it begins with https://")
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ValueError("it must begin with https")
        return url.rstrip("/")
