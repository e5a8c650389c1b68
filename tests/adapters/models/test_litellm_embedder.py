"""litellm behind the Embedder port, against a server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sage.adapters.home.secret_store import SecretStore
from sage.adapters.memory.memory import SageMemory
from sage.adapters.models.litellm_embedder import LitellmEmbedder
from sage.core.errors import NoKey, OverBudget, ProviderDown
from sage.core.ledger import Job
from sage.core.messages import Usage
from sage.locations import Home
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
    pytest.mark.filterwarnings("ignore:.*conflict with protected namespace"),
    pytest.mark.filterwarnings("ignore:.*attribute on the instance is deprecated"),
]


@dataclass
class Server:
    """Answers as servers of the OpenAI protocol do, with the vectors of a fake, last text first."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            found.asked.append(asked)
            found.headers.append(self.headers.get("authorization", ""))
            rows = FakeEmbedder("fake", 4).embed(asked["input"]) * 3
            data = [{"object": "embedding", "index": n, "embedding": row.tolist()} for n, row in enumerate(rows)]
            usage = {"prompt_tokens": 5, "total_tokens": 5}
            body = json.dumps({"object": "list", "data": data[::-1], "model": asked["model"], "usage": usage}).encode()
            self.send_response(found.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    yield found
    http.shutdown()
    http.server_close()
    thread.join()


def embedder_of(
    server: Server,
    home: Path,
    *,
    budget: FakeBudget | None = None,
    name: str = "openai/bge-m3",
    key_env: str = "",
    **environ: str,
) -> LitellmEmbedder:
    keys = SecretStore(Home(home), environ)
    return LitellmEmbedder(name, keys, budget or FakeBudget(), FakeClock().now, base_url=server.url, key_env=key_env)


def test_texts_become_unit_vectors_in_their_order(server: Server, tmp_path: Path) -> None:
    embedder = embedder_of(server, tmp_path)
    texts = [f"text number {n}" for n in range(40)]
    vectors = embedder.embed(texts)
    assert np.allclose(vectors, FakeEmbedder("fake", 4).embed(texts), atol=1e-6)
    assert (embedder.dimensions, vectors.dtype) == (4, np.float32)
    assert [len(asked["input"]) for asked in server.asked] == [32, 8]
    assert server.asked[0]["model"] == "bge-m3"


def test_a_server_of_ones_own_gets_no_key_but_the_named_one(server: Server, tmp_path: Path) -> None:
    embedder_of(server, tmp_path, OPENAI_API_KEY="sk-other").embed(["a"])
    embedder_of(server, tmp_path, key_env="MY_KEY", MY_KEY="sk-mine").embed(["a"])
    assert server.headers == ["Bearer none", "Bearer sk-mine"]
    with pytest.raises(NoKey):
        embedder_of(server, tmp_path, key_env="MISSING").embed(["a"])


def test_each_call_is_reserved_before_it_is_made(server: Server, tmp_path: Path) -> None:
    class Empty(FakeBudget):
        def reserve(self, model: str, worst: float | None, job: Job, at: object) -> str:
            raise OverBudget("no more")

    with pytest.raises(OverBudget):
        embedder_of(server, tmp_path, budget=Empty()).embed(["a"])
    assert server.asked == []
    budget = FakeBudget()
    embedder_of(server, tmp_path, budget=budget).embed(["a"] * 40)
    assert budget.reserved == ["openai/bge-m3"] * 2
    assert budget.settled == [Usage(5, 0, cost=0.0)] * 2
    assert {(job.purpose, job.role) for job in budget.jobs} == {("embed", "embed")}
    assert {(ending.ended, ending.seconds is None) for ending in budget.endings} == {("whole", False)}


def test_a_server_that_fails_is_told_and_left_alone_for_a_while(server: Server, tmp_path: Path) -> None:
    server.status = 503
    embedder = embedder_of(server, tmp_path)
    for _ in range(2):
        with pytest.raises(ProviderDown):
            embedder.embed(["a"])
    assert len(server.asked) == 1


def test_memory_finds_by_words_while_the_server_is_away(server: Server, tmp_path: Path) -> None:
    server.status = 503
    with SageMemory(tmp_path, FakeTexts(), embedder_of(server, tmp_path)) as memory:
        memory.remember("the plumber comes", source="s")
        assert [hit.text for hit in memory.recall("plumber")] == ["the plumber comes"]
        server.status = 200
        memory.use_embedder(embedder_of(server, tmp_path))
        memory.make_vectors()
        assert memory.counts().vectors == 1
        assert memory.recall("plumber")[0].found_by == "exact"
