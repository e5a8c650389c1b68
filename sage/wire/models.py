"""Who answers, and their keys."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.model_choice import ModelOption
from sage.wire.base import Nothing, Request


class ModelsShown(Struct, frozen=True):
    """`chain` answers in that order; `options` are all that could."""

    chain: tuple[str, ...]
    options: tuple[ModelOption, ...]


class ListModels(Request[ModelsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ModelsShown


class InstallModel(Request[Nothing], frozen=True, tag=True):
    name: str


class UseModel(Request[ModelsShown], frozen=True, tag=True):
    """Puts a model at the head of the chain, in settings.toml."""

    id: str
    base_url: str = ""
    key_env: str = ""
    reply: ClassVar[Any] = ModelsShown


class StoreKey(Request[Nothing], frozen=True, tag=True):
    """Keeps a key in the keyring, else in a 0600 file."""

    name: str
    key: str

    def __repr__(self) -> str:
        return f"StoreKey({self.name!r}, …)"


Requests = ListModels | InstallModel | UseModel | StoreKey
