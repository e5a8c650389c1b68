"""The default embedder: WordLlama's token vectors (256 dimensions), which its wheel carries.

Its own loader pulls in an HTTP library and sets up logging for the whole process: 0.6 s. Reading the same two files takes
0.13 s, and gives the same vectors.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sage.core.errors import CorruptModel

if TYPE_CHECKING:
    import numpy as np
    from tokenizers import Tokenizer

_WEIGHTS, _TOKENIZER = "weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json"
_AT_ONCE = 64
"""Texts that are tokenised together: more need memory, fewer leave a core idle."""
_FEW = 16
"""Texts that are tokenised one after the other: on a busy machine it takes 10 ms to share the words of a question out."""
_MOST_CHARACTERS = 16_000
"""Of one text; an average over more tokens than that says nothing."""


class WordLlamaEmbedder:
    """Implements the port `Embedder`. Nothing is loaded before the first `embed` or `load`; safe in threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._loaded: tuple[np.ndarray, Tokenizer] | None = None

    @property
    def name(self) -> str:
        return "wordllama-l2-supercat-256"

    @property
    def dimensions(self) -> int:
        return 256

    @property
    def of_words(self) -> bool:
        return True

    def load(self) -> None:
        """Reads the weights now. Raises CorruptModel when they are missing or damaged."""
        with self._turn:
            if self._loaded is None:
                self._loaded = _load()

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Mean token vectors of unit length; all zero for a text without tokens. float32, (len(texts), 256)."""
        import numpy as np

        self.load()
        assert self._loaded is not None
        weights, tokenizer = self._loaded
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            some = [_encodable(text[:_MOST_CHARACTERS]) for text in texts[start : start + _AT_ONCE]]
            for row, encoded in enumerate(_encoded(tokenizer, some), start):
                if encoded.ids:
                    vectors[row] = weights[encoded.ids].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)


def _load() -> tuple[Any, Tokenizer]:
    import importlib.util
    from pathlib import Path

    from safetensors import safe_open
    from tokenizers import Tokenizer

    found = importlib.util.find_spec("wordllama")
    if found is None or not found.origin:
        raise CorruptModel("The embedder's package (wordllama) is missing.", safe=_SAFE, do="Install Sage again.")
    folder = Path(found.origin).parent
    try:
        tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        with safe_open(folder / _WEIGHTS, framework="np") as file:
            # In 32 bits from the start: to widen them for each text takes twice as long as all the rest of it.
            weights = file.get_tensor("embedding.weight").astype("float32")
    except Exception as error:  # the tokenizer's library raises nothing narrower
        raise CorruptModel("The embedder's files do not load.", safe=_SAFE, do="Install Sage again.") from error
    return weights, tokenizer


_SAFE = "Notes and texts are safe; they are found by words alone."


def _encoded(tokenizer: Tokenizer, texts: list[str]) -> list[Any]:
    if len(texts) <= _FEW:
        return [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    return list(tokenizer.encode_batch_fast(texts, add_special_tokens=False))


def _encodable(text: str) -> str:
    """Lone surrogates cannot cross into the tokenizer."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
