"""An embedding model at a server of one's own or at a provider, through litellm."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sage.adapters.home.secret_store import Secret, SecretStore
from sage.adapters.models.litellm_library import load_library, price_of
from sage.adapters.models.litellm_model import NO_KEY
from sage.adapters.models.litellm_troubles import told_trouble
from sage.core.chat_prompt import most_tokens
from sage.core.errors import ModelTrouble, NoKey, ProviderDown
from sage.core.ledger import Ended, Ending, Job
from sage.core.messages import Usage
from sage.core.ports import Budget
from sage.core.providers import OLLAMA_PREFIXES, OLLAMA_URL, find_provider, is_ollama_cloud, place_of, provider_prefix

if TYPE_CHECKING:
    import numpy as np

log = logging.getLogger(__name__)

_AT_ONCE = 32
"""Texts of one call."""
_MOST_CHARACTERS = 6000
"""Of one text: most such models read 2,000 tokens at least."""
_SECONDS = 60.0
"""Longest wait for an answer."""
_REST = 30.0
"""Seconds in which nobody is asked again after a call failed: an import does not wait for a server that is away."""


class LitellmEmbedder:
    """Implements the port `Embedder`; safe in threads, never called on the event loop.

    A call's worst price is reserved in `budget` before it is made. `embed` raises a ModelTrouble: NoKey, ProviderDown,
    OverBudget.
    """

    def __init__(
        self,
        model: str,
        key_store: SecretStore,
        budget: Budget,
        now: Callable[[], datetime],
        *,
        base_url: str = "",
        key_env: str = "",
    ) -> None:
        self._model, self._keys, self._budget, self._now = model, key_store, budget, now
        ollama = provider_prefix(model) in OLLAMA_PREFIXES
        self._base_url = base_url or (OLLAMA_URL if ollama else "")
        provider = find_provider(model)
        self._key_env = key_env or (provider.key_env if provider and not base_url else "")
        self._free = place_of(model, base_url) == "loopback" or (ollama and not is_ollama_cloud(model))
        self._dimensions = 0
        self._turn = threading.Lock()
        self._failed: tuple[float, ModelTrouble] | None = None

    @property
    def name(self) -> str:
        return f"{self._model} at {self._base_url}" if self._base_url else self._model

    @property
    def dimensions(self) -> int:
        """0 until the first answer."""
        return self._dimensions

    @property
    def of_words(self) -> bool:
        return False

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors as the model makes them; float32, (len(texts), dimensions)."""
        import numpy as np

        with self._turn:
            if self._failed and time.monotonic() - self._failed[0] < _REST:
                raise self._failed[1]
            try:
                found = [
                    vector
                    for start in range(0, len(texts), _AT_ONCE)
                    for vector in self._ask(
                        [text[:_MOST_CHARACTERS] or " " for text in texts[start : start + _AT_ONCE]]
                    )
                ]
            except ModelTrouble as error:
                self._failed = time.monotonic(), error
                raise
        vectors = np.array(found, np.float32).reshape(len(texts), -1)
        self._dimensions = vectors.shape[1]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)

    def _ask(self, texts: list[str]) -> list[list[float]]:
        key = self._key()
        library = asyncio.run(load_library())
        most = Usage(sum(most_tokens(text) for text in texts), 0)
        worst = 0.0 if self._free else price_of(library, self._model, most)
        job = Job("e" + secrets.token_hex(8), "embed", "embed")
        reserved = self._budget.reserve(self._model, worst, job, self._now())
        began, used = time.monotonic(), Usage(cost=None)
        ended: Ended = "cut"
        try:
            answer = self._call(library, texts, key)
            told = getattr(answer.usage, "prompt_tokens", 0) or most.prompt_tokens
            cost = 0.0 if self._free else price_of(library, self._model, Usage(told, 0))
            used, ended = Usage(told, 0, cost=cost), "whole"
        except ModelTrouble:
            used, ended = Usage(), "failed"
            raise
        finally:
            seconds = time.monotonic() - began
            self._budget.settle(reserved, used, self._now(), Ending(ended, seconds=seconds))
        log.info("%s embedded %d texts in %.1f s", self._model, len(texts), seconds)
        rows = sorted(answer.data, key=lambda row: row["index"])
        if len(rows) != len(texts):
            raise ProviderDown(f"{self._model} gave {len(rows)} vectors for {len(texts)} texts.", safe=_SAFE)
        return [row["embedding"] for row in rows]

    def _call(self, library: Any, texts: list[str], key: Secret | None) -> Any:
        import openai

        wanted: dict[str, Any] = {"model": self._model, "input": texts, "timeout": _SECONDS, "max_retries": 0}
        if self._base_url:
            wanted["api_base"] = self._base_url
        if key or self._base_url:
            wanted["api_key"] = key.reveal() if key else NO_KEY
        try:
            return library.embedding(**wanted)
        except openai.OpenAIError as error:
            trouble: ModelTrouble = asyncio.run(
                told_trouble(library, error, model=self._model, base_url=self._base_url, key=key,
                             advice=self._keys.advice(self._key_env) if self._key_env else "", context=0, begun=False)
            )  # fmt: skip
        # Raised out here so that litellm's own exception, whose text may hold the key, is not its context.
        raise trouble

    def _key(self) -> Secret | None:
        key = self._keys.read(self._key_env) if self._key_env else None
        if key is None and self._key_env:
            what = f"{self._model} needs a key, and {self._key_env} is not set."
            raise NoKey(what, safe="Nothing was sent.", do=self._keys.advice(self._key_env))
        return key


_SAFE = "Notes and texts are safe; they are found by words alone."
