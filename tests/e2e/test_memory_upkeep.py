"""`sage memory` through a real engine: what it holds, verify, rebuild, another embedder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from sage import wire
from sage.client import Client
from sage.core.errors import BadSetting, UnknownModel
from sage.core.memory_state import VerifyProgress
from sage.locations import Home
from tests.homes import engine_of, make_home, make_notes


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path)
    with engine_of(made):
        with Client(made) as client:
            client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        yield made


def memory(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sage", "--home", str(home.path), "memory", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_it_holds_is_told(home: Home) -> None:
    done = memory(home)
    assert done.returncode == 0, done.stderr
    assert "3 notes" in done.stdout
    assert "wordllama" in done.stdout


def test_verify_tells_what_is_wrong_by_its_exit_code_and_rebuild_mends_it(home: Home) -> None:
    assert memory(home, "verify").returncode == 0
    with apsw.Connection(str(home.index / "memory.db")) as other:
        other.set_busy_timeout(5000)
        other.execute("DELETE FROM postings WHERE term = 'tomato'")
    done = memory(home, "verify", "--json")
    assert done.returncode == 1
    wrong = [finding for finding in json.loads(done.stdout)["findings"] if finding["state"] == "wrong"]
    assert [finding["part"] for finding in wrong] == ["words"]
    assert memory(home, "rebuild").returncode == 0
    assert memory(home, "verify").returncode == 0


def test_verify_tells_how_far_it_is(home: Home) -> None:
    events: list[Any] = []
    with Client(home) as client:
        client.call(wire.VerifyMemory(), events.append)
    assert any(isinstance(event, VerifyProgress) for event in events)


def test_an_embedder_that_cannot_be_had_changes_nothing(home: Home) -> None:
    with Client(home) as client:
        before = client.call(wire.ShowMemory())
        with pytest.raises(UnknownModel, match="not installed"):
            client.call(wire.UseEmbedder("minilm"))
        with pytest.raises(BadSetting, match="no embedder"):
            client.call(wire.UseEmbedder("minilmm"))
        assert client.call(wire.ShowMemory()).embedder == before.embedder
    with Client(home, profile="offline") as client, pytest.raises(BadSetting, match="over the network"):
        client.call(wire.UseEmbedder("openai/text-embedding-3-small"))
    assert "embedder" not in (home.settings.read_text() if home.settings.exists() else "")
