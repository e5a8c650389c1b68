"""What the agent needs of the world, as protocols. Adapters implement them; `sage.testing` has fakes.

Whatever goes wrong is raised as a `SageError` (see `core/errors.py`), never as a library's own exception.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from sage.core.labels import Audience, Origin
from sage.core.messages import ModelEvent, ModelRequest, ToolCall, ToolSpec
from sage.core.passages import Hit


class Clock(Protocol):
    """The only one who asks the time."""

    def now(self) -> datetime:
        """The present moment, with the person's time zone (a `ZoneInfo`)."""
        ...


class ChatModel(Protocol):
    """Whoever answers: no model, an embedded one, or one behind a provider."""

    @property
    def name(self) -> str:
        """What to show as the answering model before it has answered."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Text and tool calls as they come, then exactly one `Finished`. Closing the iterator cancels the call.

        Raises a `ModelTrouble` before the first event or in the middle (`StreamBroken`).
        """
        ...

    async def close(self) -> None:
        """Lets go of processes, connections and memory. May be called twice."""
        ...


class Memory(Protocol):
    """What the person wrote and said, found again."""

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[str] | None = None, now: datetime | None = None
    ) -> list[Hit]:
        """The best passages, best first, of what all of `recipients` may see (None: the owner, who sees all)."""
        ...

    def remember(
        self,
        text: str,
        *,
        source: str,
        when: datetime | str | None = None,
        thread: str | None = None,
        speaker: str | None = None,
        origin: Origin = "user",
        audience: str | Audience = "private",
    ) -> str:
        """Keeps a text for good and returns its id; it is on disk when this returns."""
        ...


class Tools(Protocol):
    """What a model may do."""

    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools, in an order that never changes (the prompt's prefix is cached)."""
        ...

    async def run(self, call: ToolCall, *, now: datetime) -> ToolOutcome:
        """Runs one call. Raises BadInput for arguments that do not fit; never acts twice for one call id."""
        ...


class ToolOutcome(Protocol):
    """What a tool did: `text` for the model and the person, `data` for programs."""

    text: str
    data: Any


class Embedder(Protocol):
    """Texts to vectors."""

    @property
    def name(self) -> str:
        """Model and version; vectors of different names never meet."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """A float32 array of shape (len(texts), dimensions), each row of unit length (or all zero)."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours. Holds ids and vectors only; disposable, since the vectors also stand in SQLite."""

    @property
    def name(self) -> str:
        """What a hit names as its finder."""
        ...

    def add(self, ids: Sequence[str], vectors: Any) -> None:
        """Adds or replaces. `vectors` is float32 of shape (len(ids), dimensions)."""
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Forgets ids; unknown ones are ignored."""
        ...

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        """The k nearest as (id, cosine similarity), best first; equal scores in the order of ids."""
        ...

    def __len__(self) -> int: ...
