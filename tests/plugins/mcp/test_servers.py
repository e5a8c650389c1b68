"""The reference servers, over pipes and over HTTP, in both generations of the protocol."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sage.plugin_api import AuthRefused, Context, Secret
from sage.testing.plugins.tools import Call, ToolSourceConformance, opened
from tests.servers.environments import node_server, server_python
from tests.servers.running import free_port, listens, running

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from sage_plugins.mcp.config import Config
from sage_plugins.mcp.source import McpTools

pytestmark = pytest.mark.server

ECHO = Call("echo", {"message": "Grüße, 世界, مرحبا 🌱"}, "Grüße, 世界, مرحبا 🌱")
LONG = Call("trigger-long-running-operation", {"duration": 300, "steps": 1000}, "")


def account_of(folder: Path, **given: Any) -> Any:
    return lambda: opened(McpTools(Context("mcp/demo", Config(**given), folder)))


class _Everything(ToolSourceConformance):
    harmless = Call("get-sum", {"a": 2, "b": 3}, "5")
    wrong = Call("get-sum", {"a": "two"}, "")
    echo, endless = ECHO, LONG

    async def test_its_own_claim_to_read_only_is_passed_on_and_it_never_sees_a_secret(
        self, account: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SAGE_DEMO_KEY", "not yours")
        async with account() as one:
            claims = {tool.name: tool.reads_only for tool in await one.tools()}
            assert claims["get-env"]
            assert "not yours" not in (await one.call("get-env", {}, "k1")).text


class TestEverything(_Everything):
    @pytest.fixture
    def account(self, tmp_path: Path) -> Any:
        return account_of(tmp_path, command=(*node_server("server-everything"), "stdio"))


class TestEverythingOverHttp(_Everything):
    @pytest.fixture
    def account(self, tmp_path: Path) -> Iterator[Any]:
        port = free_port()
        command = [*node_server("server-everything"), "streamableHttp"]
        with running(command, lambda: listens(port), tmp_path, env={"PORT": str(port)}):
            yield account_of(tmp_path, url=f"http://127.0.0.1:{port}/mcp")


class TestFilesystem(ToolSourceConformance):
    harmless = Call("list_allowed_directories", {}, "/")
    wrong = Call("read_text_file", {"path": "/etc/passwd"}, "")

    @pytest.fixture
    def account(self, tmp_path: Path) -> Any:
        (tmp_path / "files").mkdir()
        return account_of(tmp_path, command=(*node_server("server-filesystem"), str(tmp_path / "files")))


class TestMemory(ToolSourceConformance):
    harmless = Call("read_graph", {}, "entities")
    wrong = Call("create_entities", {"entities": "none"}, "")

    @pytest.fixture
    def account(self, tmp_path: Path) -> Any:
        variables = {"MEMORY_FILE_PATH": str(tmp_path / "memory.json")}
        return account_of(tmp_path, command=tuple(node_server("server-memory")), environment=variables)


class TestTime(ToolSourceConformance):
    harmless = Call("get_current_time", {"timezone": "Europe/Berlin"}, "Europe/Berlin")
    wrong = Call("get_current_time", {"timezone": "Nowhere/Land"}, "")

    @pytest.fixture
    def account(self, tmp_path: Path) -> Any:
        server = server_python("mcp").with_name("mcp-server-time")
        return account_of(tmp_path, command=(str(server), "--local-timezone=Europe/Berlin"))

    async def test_it_speaks_the_newer_protocol(self, account: Any) -> None:
        async with account() as one:
            assert one._client.protocol_version == "2026-07-28"


class TestGit(ToolSourceConformance):
    @pytest.fixture
    def account(self, tmp_path: Path) -> Any:
        repository = tmp_path / "repository"
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
        self.harmless = Call("git_status", {"repo_path": str(repository)}, "No commits yet")  # type: ignore[misc]
        self.wrong = Call("git_status", {"repo_path": str(tmp_path)}, "")  # type: ignore[misc]
        server = server_python("mcp").with_name("mcp-server-git")
        return account_of(tmp_path, command=(str(server), "-r", str(repository)))


def test_a_token_goes_to_the_server_and_a_refusal_is_told(tmp_path: Path) -> None:
    """A server that wants a token: the library's own, with a gate in front."""
    port = free_port()
    script = tmp_path / "gate.py"
    script.write_text(GATE)
    command = [str(server_python("mcp")), str(script), str(port)]

    async def ask(token: str) -> str:
        secrets = {"token": Secret(token)}
        made = McpTools(Context("mcp/gate", Config(url=f"http://127.0.0.1:{port}/mcp"), tmp_path, secrets=secrets))
        async with opened(made) as one:
            return (await one.call("hello", {}, "k1")).text

    with running(command, lambda: listens(port), tmp_path):
        assert asyncio.run(ask("right")) == "hello"
        with pytest.raises(AuthRefused):
            asyncio.run(ask("wrong"))


GATE = """
import sys
import uvicorn
from mcp.server import MCPServer
from starlette.responses import PlainTextResponse

server = MCPServer("gate")

@server.tool()
def hello() -> str:
    return "hello"

inner = server.streamable_http_app()

async def app(scope, receive, send):
    headers = dict(scope.get("headers", ()))
    if scope["type"] == "http" and headers.get(b"authorization") != b"Bearer right":
        return await PlainTextResponse("no", 401)(scope, receive, send)
    await inner(scope, receive, send)

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


def test_results_of_the_file_server_are_as_it_wrote_them(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "demo.txt").write_text("one\ntwo")
    account = account_of(tmp_path, command=(*node_server("server-filesystem"), str(tmp_path / "files")))

    async def read() -> str:
        async with account() as one:
            return str((await one.call("read_text_file", {"path": str(tmp_path / "files" / "demo.txt")}, "k1")).text)

    assert asyncio.run(read()) == "one\ntwo"
