from __future__ import annotations

import socket
import threading
from pathlib import Path

import msgspec
import pytest

from sage.adapters.models.model_probe import MOST_SHOWN, detect
from sage.adapters.models.model_servers import ollama_models, openai_models
from sage.core.model_catalogue import CATALOGUE, find_model
from sage.core.model_choice import Detected
from sage.core.providers import PROVIDERS, place_of
from sage.locations import Home
from tests.openai_stand_in import StandIn

GONE = "http://127.0.0.1:9"
CANARY = "sk-canary-7f3a9b2c4d5e6f708192"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


async def test_a_bare_machine_still_has_choices(home: Home) -> None:
    found = await detect(home, {}, ollama=GONE, servers=[GONE])
    assert [option.kind for option in found.options] == ["none", "embedded", "embedded"] and found.keys == ()
    assert found.options[0].id == "librarian" and found.options[0].ready
    assert not found.options[1].ready and found.options[1].bytes == find_model("qwen2.5-1.5b").size
    assert "1.1 GB" in found.options[1].needs


async def test_a_model_that_is_installed_is_ready(home: Home) -> None:
    model = find_model("qwen2.5-0.5b")
    home.models.mkdir()
    (home.models / model.file).touch()
    options = {option.id: option for option in (await detect(home, {}, ollama=GONE, servers=[])).options}
    assert options["embedded:qwen2.5-0.5b"].ready and options["embedded:qwen2.5-0.5b"].bytes == 0
    assert not options["embedded:qwen2.5-1.5b"].ready


async def test_servers_on_this_machine_are_found_with_their_models(home: Home) -> None:
    with (
        StandIn(models=("qwen3", "nomic-embed-text", "kimi:cloud")) as ollama,
        StandIn(models=("gemma", "text-embedding-x")) as studio,
    ):
        found = await detect(home, {}, ollama=ollama.address, servers=[studio.base_url])
        assert (ollama.paths, studio.paths) == (["/api/tags"], ["/v1/models"])
    local = {option.id: option for option in found.options if option.kind in ("local", "hosted")}
    assert set(local) == {"ollama_chat/qwen3", "ollama_chat/kimi:cloud", "openai/gemma"}
    assert local["openai/gemma"].base_url == studio.base_url
    assert local["ollama_chat/kimi:cloud"].kind == "hosted" and "cloud" in local["ollama_chat/kimi:cloud"].can
    for option in local.values():
        assert (place_of(option.id, option.base_url) == "loopback") == (option.kind == "local")


async def test_of_keys_only_the_names_are_kept(home: Home) -> None:
    environ = {"ANTHROPIC_API_KEY": CANARY, "GROQ_API_KEY": " ", "XAI_API_KEY": CANARY, "OTHER_API_KEY": CANARY}
    found = await detect(home, environ, ollama=GONE, servers=[])
    assert found.keys == ("ANTHROPIC_API_KEY", "XAI_API_KEY")
    hosted = [option for option in found.options if option.kind == "hosted"]
    assert [option.key_env for option in hosted] == list(found.keys)
    assert "$" in hosted[0].needs and "Anthropic" in hosted[0].can
    assert CANARY not in repr(found)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Detected) == found


async def test_every_provider_of_the_table_can_be_offered(home: Home) -> None:
    found = await detect(home, {provider.key_env: "x" for provider in PROVIDERS}, ollama=GONE, servers=[])
    assert [option.id for option in found.options if option.kind == "hosted"] == [
        provider.model for provider in PROVIDERS
    ]


async def test_only_loopback_is_ever_asked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with StandIn() as proxy, StandIn(models=("m",)) as studio:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        tried: list[object] = []
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *more, **named: (tried.append(host), real(host, *more, **named))[1]
        )
        found = await detect(
            home, {}, ollama="http://ollama.example:11434", servers=["http://10.0.0.1/v1", studio.base_url]
        )
        assert proxy.paths == [] and set(tried) <= {"127.0.0.1"}
    assert [option.id for option in found.options if option.kind == "local"] == ["openai/m"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n[1,2,3]",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhmm",
        "junk\r\n",
    ],
)
async def test_whatever_else_listens_there_is_not_a_model_server(answer: str) -> None:
    """An empty answer: it listens, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            line, _ = server.accept()
            with line:
                line.recv(4096)
                line.sendall(answer.encode())
                if not answer:
                    line.recv(1)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert await ollama_models(address, seconds=0.3) is None
        thread.join()


async def test_a_list_with_strange_entries_gives_the_sound_ones() -> None:
    with StandIn(models=("good", "")) as server:
        assert await openai_models(server.base_url, seconds=2) == ("good",)
        assert await openai_models(server.address, seconds=2) is None


async def test_a_server_with_hundreds_of_models_does_not_bury_the_choice(home: Home) -> None:
    with StandIn(models=tuple(f"m{number}" for number in range(300))) as server:
        found = await detect(home, {}, ollama=GONE, servers=[server.base_url])
    assert len(found.options) == MOST_SHOWN + 1 + sum(bool(model.hub_repo) for model in CATALOGUE)
