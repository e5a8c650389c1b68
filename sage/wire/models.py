"""Who answers, and their keys."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.model_choice import ModelOption, RoleChain
from sage.wire.base import Nothing, Request


class ModelsShown(Struct, frozen=True):
    """`chain` answers in that order; `options` are all that could; `own` are those of all roles, with
    the address and key of each."""

    chain: tuple[str, ...]
    options: tuple[ModelOption, ...]
    own: tuple[ModelOption, ...] = ()


class ListModels(Request[ModelsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = ModelsShown


class InstallModel(Request[Nothing], frozen=True, tag=True):
    name: str


class RolesShown(Struct, frozen=True):
    roles: tuple[RoleChain, ...]


class ShowRoles(Request[RolesShown], frozen=True, tag=True):
    """Who answers in which role."""

    reply: ClassVar[Any] = RolesShown


class StoreKey(Request[Nothing], frozen=True, tag=True):
    """Keeps a key in the keyring, else in a 0600 file."""

    name: str
    key: str

    def __repr__(self) -> str:
        return f"StoreKey({self.name!r}, …)"


class KeyForgotten(Struct, frozen=True):
    """Where a key was (`keyring`, `file`); `in_environment` if the engine still has one of that name from there."""

    name: str
    places: tuple[str, ...]
    in_environment: bool = False


class KeyShown(Struct, frozen=True):
    """What uses a key, in words."""

    name: str
    uses: tuple[str, ...]


class ShowKey(Request[KeyShown], frozen=True, tag=True):
    """Never tells the key itself. BadInput for what cannot be a name."""

    name: str
    reply: ClassVar[Any] = KeyShown


class ForgetKey(Request[KeyForgotten], frozen=True, tag=True):
    """Takes a key out of the keyring and of the home. NotFound when it is in neither."""

    name: str
    reply: ClassVar[Any] = KeyForgotten


Requests = ListModels | ShowRoles | InstallModel | StoreKey | ShowKey | ForgetKey
