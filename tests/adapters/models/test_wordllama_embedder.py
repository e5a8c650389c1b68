from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder


@pytest.fixture(scope="module")
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


def test_vectors_are_float32_of_unit_length(embedder: WordLlamaEmbedder) -> None:
    vectors = embedder.embed(["a cat", "ein langer Satz über Katzen " * 400, "猫"])
    assert (vectors.shape, vectors.dtype) == ((3, embedder.dimensions), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_a_text_without_tokens_is_zero(embedder: WordLlamaEmbedder) -> None:
    assert not embedder.embed([""]).any()
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_similar_texts_are_nearer(embedder: WordLlamaEmbedder) -> None:
    cat, kitten, tax = embedder.embed(["my cat sleeps", "the kitten is napping", "file the income tax return"])
    assert cat @ kitten > cat @ tax + 0.1


def test_a_text_has_the_same_vector_alone_and_in_company(embedder: WordLlamaEmbedder) -> None:
    texts = [f"text number {n} of many" for n in range(150)]
    assert (embedder.embed(texts)[77] == embedder.embed([texts[77]])[0]).all()


def test_lone_surrogates_do_not_raise(embedder: WordLlamaEmbedder) -> None:
    assert embedder.embed(["\ud800 broken"]).any()


def test_it_gives_the_vectors_of_its_own_library(embedder: WordLlamaEmbedder) -> None:
    code = (
        "import sys; from pathlib import Path; import wordllama; from wordllama import WordLlama\n"
        "model = WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)\n"
        "print(model.embed(['hello there, world'], norm=True).tobytes().hex())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    theirs = np.frombuffer(bytes.fromhex(done.stdout.strip()), np.float32)
    assert embedder.embed(["hello there, world"])[0] == pytest.approx(theirs, abs=1e-6)


def test_making_one_loads_nothing() -> None:
    code = (
        "import sys; from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder; WordLlamaEmbedder().name\n"
        "print([name for name in ('numpy', 'tokenizers', 'wordllama') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
