from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sage.adapters.models.minilm_embedder import MiniLmEmbedder
from sage.core.errors import CorruptModel
from sage.core.model_catalogue import EMBEDDERS, INSTALLABLE, find_model


def test_files_that_do_not_load_are_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"no model")
    embedder = MiniLmEmbedder(tmp_path / "model", tmp_path / "none")
    with pytest.raises(CorruptModel) as caught:
        embedder.embed(["a"])
    assert "sage models install minilm" in caught.value.do


def test_its_files_are_pinned_and_installed_together() -> None:
    model = find_model("minilm", INSTALLABLE)
    assert find_model(model.needs, INSTALLABLE) in EMBEDDERS
    assert all(len(one.sha256) == 64 and one.wheels for one in EMBEDDERS)


def test_importing_it_loads_nothing() -> None:
    code = "import sys, sage.adapters.models.minilm_embedder; print([m for m in ('onnxruntime', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
