"""The settings of one calendar feed."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Config(BaseModel):
    """An address, or a file. A private address (which whoever knows it can read) is better kept as the secret `address`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="", description="The calendar's address: https, http or webcal")
    file: str = Field(default="", description="A file of iCalendar on this machine, in the place of an address")
    username: str = Field(default="", description="A name for the secret `password`, if the address wants them")

    @model_validator(mode="after")
    def _one_place(self) -> Config:
        if self.url and self.file:
            raise ValueError("`url` and `file` stand both; one of them is meant")
        if self.url:
            checked(self.url)
        return self


def checked(url: str) -> str:
    """The address as it is asked. Raises ValueError for one that is none."""
    scheme, colon, rest = url.strip().partition(":")
    address = urlsplit(f"https:{rest}" if scheme.lower() in ("webcal", "webcals") else f"{scheme.lower()}{colon}{rest}")
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError(
            "that is no address of a calendar: it begins with https:// or webcal://; name a file with `file`"
        )
    if address.username or address.password:
        raise ValueError("the address holds a password; use `username` and `password_key` instead")
    return address.geturl()
