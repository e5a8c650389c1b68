"""The reference servers, over pipes and over HTTP, in both generations of the protocol."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sage.plugin_api import AuthRefused, Context, Secret, Unsure
from sage.testing.plugins import GivenAccount, ToolSourceConformance, ToolUse
from sage.testing.plugins.accounts import Driver
from tests.plugins.mcp.test_rogue import opened
from tests.servers.environments import node_server, server_python
from tests.servers.running import free_port, listens, running

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from sage_plugins.mcp.config import Config
from sage_plugins.mcp.source import McpTools

pytestmark = pytest.mark.server

SCRIPTS = "Grüße, 世界, مرحبا 🌱"


def program(*command: str, **more: Any) -> GivenAccount:
    return GivenAccount(config={"command": list(command), **more})


class _Everything(ToolSourceConformance):
    plugin = "mcp"
    harmless = ToolUse("get-sum", {"a": 2, "b": 3}, "5")
    wrong = ToolUse("get-sum", {"a": "two"})
    echo = ToolUse("echo", {"message": SCRIPTS}, SCRIPTS)
    endless = ToolUse("trigger-long-running-operation", {"duration": 300, "steps": 1000})

    async def test_its_own_claim_to_read_only_is_passed_on_and_it_never_sees_a_secret(
        self, driver: Driver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SAGE_DEMO_KEY", "not yours")
        await driver.open("UTC")
        try:
            claims = {tool.name: tool.reads_only for tool in await driver.ask("tools")}
            assert claims["get-env"]
            assert "not yours" not in (await driver.ask("call", "get-env", {}, "k1")).text
        finally:
            await driver.close()


class TestEverything(_Everything):
    @pytest.fixture
    def account(self) -> GivenAccount:
        return program(*node_server("server-everything"), "stdio")


class TestEverythingInItsOwnProcess(TestEverything):
    in_its_own_process = True


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of one server for all tests: an account of it has nothing that another would see."""
    port = free_port()
    command = [*node_server("server-everything"), "streamableHttp"]
    with running(command, lambda: listens(port), tmp_path_factory.mktemp("http"), env={"PORT": str(port)}):
        yield port


class TestEverythingOverHttp(_Everything):
    @pytest.fixture
    def account(self, over_http: int) -> GivenAccount:
        return GivenAccount(config={"url": f"http://127.0.0.1:{over_http}/mcp"})


class TestFilesystem(ToolSourceConformance):
    plugin = "mcp"
    harmless = ToolUse("list_allowed_directories", {}, "/")
    wrong = ToolUse("read_text_file", {"path": "/etc/passwd"})

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "demo.txt").write_text("one\ntwo")
        return program(*node_server("server-filesystem"), str(tmp_path / "files"))

    async def test_a_result_is_as_the_server_wrote_it(self, driver: Driver, tmp_path: Path) -> None:
        await driver.open("UTC")
        try:
            path = str(tmp_path / "files" / "demo.txt")
            assert (await driver.ask("call", "read_text_file", {"path": path}, "k1")).text == "one\ntwo"
        finally:
            await driver.close()


class TestMemory(ToolSourceConformance):
    plugin = "mcp"
    harmless = ToolUse("read_graph", {}, "entities")
    wrong = ToolUse("create_entities", {"entities": "none"})

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        variables = {"MEMORY_FILE_PATH": str(tmp_path / "memory.json")}
        return program(*node_server("server-memory"), environment=variables)


class TestTime(ToolSourceConformance):
    plugin = "mcp"
    harmless = ToolUse("get_current_time", {"timezone": "Europe/Berlin"}, "Europe/Berlin")
    wrong = ToolUse("get_current_time", {"timezone": "Nowhere/Land"})

    @pytest.fixture
    def account(self) -> GivenAccount:
        return program(str(server_python("mcp").with_name("mcp-server-time")), "--local-timezone=Europe/Berlin")

    async def test_it_speaks_the_newer_protocol(self, driver: Any) -> None:
        await driver.open("UTC")
        try:
            assert driver.source._client.protocol_version == "2026-07-28"
        finally:
            await driver.close()


class TestGit(ToolSourceConformance):
    plugin = "mcp"

    @pytest.fixture
    def account(self, tmp_path: Path) -> GivenAccount:
        repository = tmp_path / "repository"
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
        self.harmless = ToolUse("git_status", {"repo_path": str(repository)}, "No commits yet")  # type: ignore[misc]
        self.wrong = ToolUse("git_status", {"repo_path": str(tmp_path)})  # type: ignore[misc]
        return program(str(server_python("mcp").with_name("mcp-server-git")), "-r", str(repository))


async def test_a_token_goes_to_the_server_a_refusal_is_told_and_an_answer_without_end_is_cut(tmp_path: Path) -> None:
    """A server that wants a token: the library's own, with a gate in front."""
    port = free_port()
    script = tmp_path / "gate.py"
    script.write_text(GATE)
    command = [str(server_python("mcp")), str(script), str(port)]

    async def ask(token: str, tool: str = "hello") -> str:
        secrets = {"token": Secret(token)}
        made = McpTools(Context("mcp/gate", Config(url=f"http://127.0.0.1:{port}/mcp"), tmp_path, secrets=secrets))
        async with opened(made) as one:
            return (await one.call(tool, {}, "k1")).text

    with running(command, lambda: listens(port), tmp_path):
        assert await ask("right") == "hello"
        with pytest.raises(AuthRefused):
            await ask("wrong")
        with pytest.raises(Unsure):
            await ask("right", "big")


GATE = """
import sys
import uvicorn
from mcp.server import MCPServer
from starlette.responses import PlainTextResponse

server = MCPServer("gate")

@server.tool()
def hello() -> str:
    return "hello"

@server.tool()
def big() -> str:
    return "x" * 5_000_000

inner = server.streamable_http_app(json_response=True)

async def app(scope, receive, send):
    headers = dict(scope.get("headers", ()))
    if scope["type"] == "http" and headers.get(b"authorization") != b"Bearer right":
        return await PlainTextResponse("no", 401)(scope, receive, send)
    await inner(scope, receive, send)

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""
