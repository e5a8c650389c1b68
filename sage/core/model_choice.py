"""What a person can choose to answer them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ModelKind = Literal["none", "embedded", "local", "hosted"]


class ModelOption(Struct, frozen=True):
    """One choice of a model.

    `id` is what stands in the profile's chain ("librarian", "embedded:NAME" or a litellm id); `can` and `needs`
    say in plain words what it is good for and what it costs or wants; `ready` that nothing has to be installed
    or given first; `bytes` what would be downloaded; `key_env` the environment variable that holds its key.
    """

    id: str
    label: str
    kind: ModelKind
    can: str = ""
    needs: str = ""
    ready: bool = True
    bytes: int = 0
    base_url: str = ""
    key_env: str = ""


class Detected(Struct, frozen=True):
    """What was found on this machine to answer with; `keys` are names of environment variables, never values."""

    options: tuple[ModelOption, ...]
    keys: tuple[str, ...] = ()
