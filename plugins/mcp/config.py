"""The settings of one MCP server."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(BaseModel):
    """Either a program that is run here, or an address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: tuple[str, ...] = Field(
        default=(), description='A server that runs here: its program and arguments, such as ["mcp-server-time"]'
    )
    url: str = Field(default="", description="A server elsewhere: its address (streamable HTTP)")
    folder: str = Field(default="", description="The folder in which the program runs (default: the account's own)")
    environment: dict[str, str] = Field(
        default={}, description="Variables that the program gets besides the usual few; secrets do not belong here"
    )
    token_variable: str = Field(
        default="", description="The variable in which the program gets the secret `token`; a url gets it as a bearer"
    )
    only: tuple[str, ...] = Field(default=(), description="The names of the tools that are wanted (default: all)")
    seconds: float = Field(default=60, gt=0, le=600, description="How long a start or a call may take")

    @model_validator(mode="after")
    def _one_server(self) -> Config:
        if bool(self.command) == bool(self.url):
            raise ValueError("either `command` or `url` is needed, and not both")
        if self.url:
            address = urlsplit(self.url)
            if address.scheme not in ("http", "https") or not address.hostname:
                raise ValueError("`url` is no http address")
            if address.username or address.password:
                raise ValueError("`url` holds a password; name it with `token_key` instead")
            if address.scheme == "http" and address.hostname not in LOOPBACK:
                raise ValueError("`url` must begin with https, unless the server runs on this machine")
        return self
