"""All that Sage does without a download, once through: `python -m tests.e2e.network_walk FOLDER`, with the real engine.

`test_no_network` runs it where the network is denied. It fails on the first thing that does not work there.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sage import open_memory
from sage.client import stop_engine
from sage.core.model_catalogue import find_model
from sage.locations import Home
from tests.homes import engine_of, make_home, make_notes, sage
from tests.openai_stand_in import Answer, StandIn

QUESTION = "How much sun do tomatoes want?"
SMALLEST = "smollm2-135m"


def walk(folder: Path) -> None:
    home = make_home(folder, linger=30)
    notes = make_notes(folder)
    try:
        _first_day(home, notes)
        _plans(home)
        _upkeep(home)
    finally:
        stop_engine(home)
    _restored(home)
    with StandIn(*_script()) as server:
        _set(home, memory={"vector_index": "chroma"}, model=_model_at(server))
        with engine_of(home) as engine:
            _near_ones(home, engine.pid)
            _a_served_model(home, server)
        with engine_of(home):  # finds an index of the engine before, and tries it out in a child
            _wait_for_chroma(home)
    _in_process(folder)
    if os.environ.get("SAGE_TEST_MODELS"):
        _a_model_inside(home)


def done(home: Home, *words: str, code: int = 0, said: str = "") -> str:
    """What a command prints. It must end with `code`."""
    ended = sage(home, *words)
    assert ended.returncode == code, (words, ended)
    assert said in (ended.stderr if code else ended.stdout), (words, ended)
    return ended.stdout


def found(home: Home, *words: str) -> list[dict[str, Any]]:
    hits: list[dict[str, Any]] = json.loads(done(home, "recall", "--json", *words))["hits"]
    return hits


def _first_day(home: Home, notes: Path) -> None:
    done(home, "setup", "--yes", said="librarian answers")
    done(home, "import", str(notes), said="3 added")
    assert found(home, "boiler", "pressure")[0]["source"] == "House/Boiler.md"
    answer = json.loads(done(home, "ask", "--json", QUESTION))
    assert answer["sources"][0]["source"] == "Garden.md" and answer["model"] == "librarian"
    done(home, "why", answer["id"], said="Garden.md")
    done(home, "why", answer["sources"][0]["id"], said="Garden.md")


def _plans(home: Home) -> None:
    done(home, "note", "The seeds are in the shed.", said="Noted")
    done(home, "goal", "add", "Grow food", "--why", "to eat it", said="Grow food")
    done(home, "goal", "show", "Grow food", said="to eat it")
    done(home, "goal", "done", "Grow food", said="Reached")
    done(home, "task", "add", "water the beans", "--due", "friday", said="due")
    done(home, "task", "done", "water the beans", said="Done")
    done(home, "ask", "remind me to call the demo aunt tomorrow at 9", said="aunt")
    done(home, "ask", "add a task: buy twine", said="twine")
    done(home, "task", "list", said="twine")


def _upkeep(home: Home) -> None:
    done(home, "models", "list", said="* librarian")
    done(home, "models", "use", "librarian", said="librarian answers")
    done(home, "profile", "show", said="model.chain")
    done(home, "--profile", "offline", "ask", QUESTION, said="six hours")
    done(home, "backup", said="Backed up")
    assert "Whole, schema" in sage(home, "doctor").stdout  # what else it says is about the machine


def _restored(home: Home) -> None:
    listed = json.loads(done(home, "restore", "--list", "--json"))
    done(home, "restore", listed[0]["path"], said="Restored")
    done(home, "task", "list", said="twine")
    stop_engine(home)


def _script() -> list[Answer]:
    """What the server on loopback answers, one after the other."""
    call = (0, "c1", "add_task", '{"text": "prune the roses"}')
    return [
        Answer(("They want ", "six hours of sun [1].")),
        Answer(calls=(call,), finish="tool_calls"),
        Answer(("Added.",)),
        Answer(status=404, error="The model `qwen-local` does not exist"),
        Answer(status=401, error="no such key"),
        Answer(status=500, error="oops"),
    ]


def _a_served_model(home: Home, server: StandIn) -> None:
    done(home, "ask", QUESTION, said="[1] Garden.md#Tomatoes:3")
    done(home, "ask", "add a task: prune the roses", said="Added.")
    done(home, "task", "list", said="prune the roses")
    done(home, "ask", QUESTION, code=1, said="no model openai/qwen-local")
    done(home, "ask", QUESTION, code=1, said="key")
    done(home, "ask", QUESTION, code=1, said="HTTP 500")
    done(home, "models", "use", "openai/none", "--base-url", server.base_url, code=1, said="openai/qwen-local")
    done(home, "models", "use", "nobody/none", code=1, said="no provider 'nobody'")
    done(home, "models", "use", "anthropic/claude-of-tomorrow", code=1, said="needs a key")
    done(home, "models", "use", "ollama_chat/none", "--base-url", server.address, code=1, said="no model")
    assert len(server.asked) == len(_script())


def _near_ones(home: Home, engine: int) -> None:
    _wait_for_chroma(home)
    assert list((home.index / "chroma").glob("*.sqlite3"))
    loaded = Path(f"/proc/{engine}/maps")
    assert not loaded.exists() or "chromadb_rust_bindings" in loaded.read_text()


def _wait_for_chroma(home: Home) -> None:
    """The engine opens its index beside its other work; until then an exact search answers."""
    until = time.monotonic() + 60
    while {hit["found_by"] for hit in found(home, "sun for tomatoes")} != {"chroma"}:  # none at all: still being built
        assert time.monotonic() < until
        time.sleep(0.1)


def _in_process(folder: Path) -> None:
    with open_memory(folder / "scripted") as memory:
        memory.remember("The demo aunt likes marzipan.", source="talk")
        assert memory.recall("marzipan")[0].source == "talk"


def _a_model_inside(home: Home) -> None:
    model = find_model(SMALLEST)
    home.models.mkdir(exist_ok=True)
    shutil.copy(Path(os.environ["SAGE_TEST_MODELS"]) / model.file, home.models / model.file)
    _set(home, memory={}, model={"chain": [f"embedded:{SMALLEST}"], "max_tokens": 16})
    with engine_of(home):
        answer = json.loads(done(home, "ask", "--json", "Say hello."))
        assert answer["model"] == SMALLEST and answer["usage"]["completion_tokens"] > 0


def _model_at(server: StandIn) -> dict[str, Any]:
    return {"chain": ["openai/qwen-local"], "base_url": server.base_url, "timeout_seconds": 20}


def _set(home: Home, **tables: dict[str, Any]) -> None:
    write: Callable[[Any], str] = json.dumps  # the same as TOML for these values
    lines = [
        f"[{name}]\n" + "".join(f"{key} = {write(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    ]
    home.settings.write_text("\n".join(lines))


if __name__ == "__main__":
    walk(Path(sys.argv[1]))
