"""Who answers: the models of a profile's chain, each built once and kept."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sage.adapters.home.secret_store import SecretStore
from sage.adapters.models import model_files
from sage.adapters.models.librarian_model import CommandsFirst, LibrarianModel
from sage.core.errors import UnknownModel
from sage.core.messages import ModelRequest
from sage.core.model_catalogue import CATALOGUE, find_model
from sage.core.model_choice import ModelRole
from sage.core.ports import ChatModel
from sage.core.providers import EMBEDDED, LIBRARIAN, runs_inside
from sage.locations import Home
from sage.profile import ModelPlace, Resolved

if TYPE_CHECKING:
    from sage.adapters.models.litellm_model import LitellmModel


_FAMILIES = {"gpt": "openai", "chatgpt": "openai", "claude": "anthropic", "gemini": "gemini", "mistral": "mistral",
             "deepseek": "deepseek", "grok": "xai"}  # fmt: skip
"""Whose models have names that begin so."""


@dataclass(frozen=True)
class _Key:
    """What makes one built model different from another."""

    place: ModelPlace
    temperature: float | None
    timeout: float
    context: int


class Brains:
    """Builds models when they are first asked for. `now` is the wall time for the librarian's dates."""

    def __init__(self, home: Home, secrets: SecretStore, now: Callable[[], datetime]) -> None:
        self._home, self._secrets, self._now = home, secrets, now
        self._built: dict[_Key, ChatModel] = {}
        self.told: set[str] = set()
        """Models that are not there any more, of which the person was told."""

    def chain(self, profile: Resolved, role: ModelRole = "talk") -> list[ChatModel]:
        """The profile's models for a role in the order in which they answer, without those that are not installed.

        Raises UnknownModel when none is left.
        """
        models, missing = [], []
        for place in profile.places(role):
            try:
                models.append(self._model(place, profile))
            except UnknownModel as error:
                missing.append(error)
        if not models:
            raise missing[0]
        return models

    def bare(self, profile: Resolved, role: ModelRole = "talk") -> list[ChatModel]:
        """A role's models as they are, without the librarian before or among them; none if it is all that there is."""
        found = [_bare(model) for model in self.chain(profile, role)]
        return [model for model in found if model.name != LIBRARIAN]

    def inside(self, profile: Resolved) -> list[ChatModel]:
        """Those of `bare` that run on this machine: what they are asked leaves it for nobody."""
        found = []
        for place in profile.places("local-only"):
            if place.id != LIBRARIAN:
                with contextlib.suppress(UnknownModel):
                    found.append(_bare(self._model(place, profile)))
        return found

    def alone(self, place: ModelPlace, profile: Resolved) -> ChatModel:
        """One model as it would answer under a profile, with nobody after it. Raises UnknownModel."""
        return self._model(place, profile)

    async def check(self, place: ModelPlace, *, look: bool = True) -> None:
        """Raises UnknownModel for a model that cannot answer, such as one that is not installed, and NoKey. Without `look` no
        server is asked what it has."""
        key = _Key(place, None, 60.0, 0)
        if runs_inside(place.id):
            self._build(key)
            return
        model = self._elsewhere(key)
        try:
            await model.check(look=look)
        finally:
            await model.close()

    async def unlisted(self, place: ModelPlace) -> str:
        """In words that nobody knows a hosted model by that id; "" where somebody does."""
        if runs_inside(place.id):
            return ""
        model = self._elsewhere(_Key(place, None, 60.0, 0))
        try:
            return await model.unlisted()
        finally:
            await model.close()

    async def warm(self, profile: Resolved, opening: ModelRequest) -> None:
        """Loads the profile's first model and lets it read what every prompt begins with, if it runs inside Sage."""
        from sage.adapters.models.embedded_model import EmbeddedModel

        model = self._model(profile.models[0], profile)
        if isinstance(model, CommandsFirst) and isinstance(model.model, EmbeddedModel):
            await model.model.warm(opening)

    async def keep_warm(self, profile: Resolved, opening: ModelRequest) -> None:
        """Keeps the profile's first model from being let go, if it runs inside Sage: loads it when it is not there. Raises as its
        `stream`."""
        from sage.adapters.models.embedded_model import EmbeddedModel

        model = _bare(self._model(profile.models[0], profile))
        if isinstance(model, EmbeddedModel):
            await model.warm(None if model.loaded else opening)

    async def close(self) -> None:
        """Lets all models go."""
        for model in self._built.values():
            await model.close()
        self._built.clear()

    def _model(self, place: ModelPlace, profile: Resolved) -> ChatModel:
        model = profile.settings.model
        key = _Key(place, model.temperature, model.timeout_seconds, model.context_tokens)
        if key not in self._built:
            self._built[key] = self._build(key)
        return self._built[key]

    def _build(self, key: _Key) -> ChatModel:
        name = key.place.id
        if name == LIBRARIAN:
            return LibrarianModel(self._now)
        if name.startswith(EMBEDDED):
            return self._embedded(name.removeprefix(EMBEDDED), key)
        return self._elsewhere(key)

    def _elsewhere(self, key: _Key) -> LitellmModel:
        """A model that does not run inside Sage: at a server of this machine, or hosted."""
        name = key.place.id
        if "/" not in name:
            raise _unknown(name)
        from sage.adapters.models.litellm_model import LitellmModel

        return LitellmModel(
            name,
            self._secrets,
            base_url=key.place.base_url,
            key_env=key.place.key_env,
            temperature=key.temperature,
            seconds=key.timeout,
            context_tokens=key.context,
        )

    def _embedded(self, name: str, key: _Key) -> ChatModel:
        from sage.adapters.models.embedded_model import EmbeddedModel

        known = find_model(name)
        path = model_files.model_path(name, self._home)
        return CommandsFirst(EmbeddedModel(name, path, context_tokens=known.context_tokens), self._now)


def _bare(model: ChatModel) -> ChatModel:
    return model.model if isinstance(model, CommandsFirst) else model


def _unknown(name: str) -> UnknownModel:
    known = [LIBRARIAN, *(EMBEDDED + model.name for model in CATALOGUE)]
    family = next((f"{prefix}/{name}" for start, prefix in _FAMILIES.items() if name.startswith(start)), "")
    near = [family] if family else difflib.get_close_matches(name, known, n=1, cutoff=0.3)
    hint = f" Did you mean {near[0]}?" if near else ""
    return UnknownModel(
        f"There is no model {name!r}.{hint}",
        safe="Nothing was sent anywhere.",
        do="Choose one with: sage models list. Hosted ones are written provider/name, such as openai/gpt-5.",
    )
