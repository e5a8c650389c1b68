"""Which embedder the settings want, and which one made vectors that are there already."""

from __future__ import annotations

import contextlib
import difflib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sage.adapters.home.secret_store import SecretStore
from sage.adapters.models import model_files
from sage.core.errors import BadSetting, SageError, UnknownModel
from sage.core.model_catalogue import INSTALLABLE
from sage.core.ports import Budget, Embedder
from sage.core.providers import place_of
from sage.locations import Home
from sage.settings import MemorySettings

log = logging.getLogger(__name__)

WORDLLAMA, MINILM = "wordllama", "minilm"


@dataclass(frozen=True)
class Embedders:
    """Builds embedders; nothing is loaded before one of them is used."""

    home: Home
    keys: SecretStore
    budget: Budget
    now: Callable[[], datetime]

    def chosen(self, settings: MemorySettings) -> Embedder:
        """The embedder of the settings, or the one that Sage comes with when that one cannot be had."""
        try:
            return self.wanted(settings)
        except SageError as error:
            log.warning("the default embedder is used instead: %s", error.kind)
            return _wordllama()

    def wanted(self, settings: MemorySettings) -> Embedder:
        """The embedder of the settings. Raises UnknownModel for one that is not installed, BadSetting for an unknown one."""
        name = settings.embedder
        if name == WORDLLAMA:
            return _wordllama()
        if name == MINILM:
            return self._minilm()
        if "/" not in name:
            near = difflib.get_close_matches(name, [WORDLLAMA, MINILM], n=1, cutoff=0.4)
            hint = f'Did you mean "{near[0]}"?' if near else 'There are "wordllama", "minilm" and "PROVIDER/MODEL".'
            raise BadSetting(f"There is no embedder {name!r}.", safe="Nothing was changed.", do=hint)
        return self._elsewhere(name, settings.embedder_url, settings.embedder_key_env)

    def former(self, name: str) -> Embedder | None:
        """The embedder of that name (as its vectors carry it), if it is there and on this machine.

        A hosted one that the settings no longer name is not asked again.
        """
        model, _, url = name.partition(" at ")
        if "/" in name and place_of(model, url) == "loopback":
            return self._elsewhere(model, url, "")
        known: list[Embedder] = [_wordllama()]
        with contextlib.suppress(UnknownModel):
            known.append(self._minilm())
        return next((embedder for embedder in known if embedder.name == name), None)

    def _elsewhere(self, model: str, url: str, key_env: str) -> Embedder:
        from sage.adapters.models.litellm_embedder import LitellmEmbedder

        return LitellmEmbedder(model, self.keys, self.budget, self.now, base_url=url, key_env=key_env)

    def _minilm(self) -> Embedder:
        from sage.adapters.models.minilm_embedder import MiniLmEmbedder

        paths = [model_files.model_path(name, self.home, INSTALLABLE) for name in (MINILM, "minilm-tokenizer")]
        return MiniLmEmbedder(*paths)


def _wordllama() -> Embedder:
    from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder

    return WordLlamaEmbedder()
