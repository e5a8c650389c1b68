"""A better embedder for English: all-MiniLM-L6-v2 with 8-bit weights (384 dimensions), about 100 times slower than the default.

Its two files are installed like a model (see `core/model_catalogue.py`), which checks them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sage.core.errors import CorruptModel

if TYPE_CHECKING:
    import numpy as np
    from tokenizers import Tokenizer

_TOKENS = 256
"""Of a text; the model was trained on no more."""
_AT_ONCE = 16
"""Texts of about the same length that are computed together."""
_THREADS = 1
"""It works in the background, where a second thread would take the other core from whoever waits for an answer."""


class MiniLmEmbedder:
    """Implements the port `Embedder`. Nothing is loaded before the first `embed`; safe in threads."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._turn = threading.Lock()
        self._loaded: tuple[Any, Tokenizer] | None = None

    @property
    def name(self) -> str:
        return "all-minilm-l6-v2-int8"

    @property
    def dimensions(self) -> int:
        return 384

    @property
    def of_words(self) -> bool:
        return False

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Mean of the tokens' states, of unit length; float32, (len(texts), 384). Raises CorruptModel."""
        import numpy as np

        with self._turn:
            self._loaded = self._loaded or _load(self._model, self._tokenizer)
        session, tokenizer = self._loaded
        encoded = tokenizer.encode_batch([text.encode("utf-8", "replace").decode() for text in texts])
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(encoded[place].ids))
        for start in range(0, len(order), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            longest = len(encoded[some[-1]].ids)
            ids, mask = np.zeros((2, len(some), longest), np.int64)
            for row, place in enumerate(some):
                ids[row, : len(encoded[place].ids)] = encoded[place].ids
                mask[row, : len(encoded[place].ids)] = 1
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            states = session.run(None, {one.name: given[one.name] for one in session.get_inputs()})[0]
            if states.ndim == 3:
                states = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            vectors[some] = states
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)


def _load(model: Path, tokenizer: Path) -> tuple[Any, Tokenizer]:
    # Read when the library is imported: without it, it tells its maker that it was.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        cut = Tokenizer.from_file(str(tokenizer))
    except Exception as error:  # neither library raises anything narrower
        raise CorruptModel(
            "The embedder's files do not load.",
            safe="Notes and texts are safe; they are found by words alone.",
            do="Run: sage models install minilm",
        ) from error
    cut.no_padding()
    cut.enable_truncation(_TOKENS)
    return session, cut
