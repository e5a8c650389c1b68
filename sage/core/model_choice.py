"""What a person can choose to answer them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ModelKind = Literal["none", "embedded", "local", "hosted"]
ModelRole = Literal["quick", "talk", "deep", "local-only", "embed"]
"""What a model is for; `talk` is the chain that answers, `embed` whoever turns texts into vectors."""
Wish = Literal["", "quick", "deep"]
"""Whom the person asked for, with `/quick` or `/deep`."""


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


class RoleChain(Struct, frozen=True):
    """Who answers in a role, first to last, each with whether it runs on this machine. `own`: settings name it for that role;
    else it falls back."""

    role: ModelRole
    models: tuple[tuple[str, bool], ...]
    own: bool = True
