"""The tools of one MCP server. What it says of itself is passed on, and grants nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
    Context,
    Health,
    PluginError,
    Tool,
    ToolResult,
    ToolSource,
    Unreachable,
    Unsupported,
    Unsure,
)

from .config import Config
from .pipes import server_pipes
from .results import tool_of, tool_result

if TYPE_CHECKING:
    from mcp import Client

USUAL = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "LOGNAME", "SSL_CERT_FILE", "SSL_CERT_DIR",
         "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # fmt: skip
"""The variables that a server gets, besides LC_* and those that the settings name."""
MOST_PAGES, MOST_TOOLS = 20, 500
ANSWERS_WITHIN = 3.0
"""Seconds in which a server must list its tools after a call that was given up; one that does not is started anew."""
LEAVES_WITHIN = 2.9
"""Seconds in which a connection must be closed."""


class McpTools(ToolSource):
    """One server, and the task that holds the connection to it. One that went is connected anew when it is next needed."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._config: Config = ctx.config
        self._client: Client | None = None
        self._holding: asyncio.Task[None] | None = None
        self._leave = asyncio.Event()
        self._connecting = asyncio.Lock()
        self._refused = self._doubtful = False
        self._calls: set[asyncio.Task[Any]] = set()
        self._names: frozenset[str] = frozenset()

    async def open(self) -> None:
        await self._connected()

    async def close(self) -> None:
        await self._disconnect()

    async def health(self) -> Health:
        """Asks for the list of tools, which every server answers, and which tells whether it has changed."""
        before = self._names
        try:
            await self.tools()
        except Unreachable as error:
            return Health("waits", error.what)
        except AuthRefused as error:
            return Health("stuck", error.what)
        if before and before != self._names:
            self.ctx.changed()
        return Health("ok", f"{len(self._names)} tools")

    async def tools(self) -> tuple[Tool, ...]:
        client = await self._connected()
        found: list[Tool] = []
        cursor: str | None = None
        with self._told():
            for _ in range(MOST_PAGES):
                async with asyncio.timeout(self._config.seconds):
                    page = await client.list_tools(cursor=cursor)
                found += [tool for each in page.tools if (tool := tool_of(each)) is not None]
                cursor = page.next_cursor
                if cursor is None or len(found) > MOST_TOOLS:
                    break
        wanted = [tool for tool in found if not self._config.only or tool.name in self._config.only]
        kept = {tool.name: tool for tool in reversed(wanted[:MOST_TOOLS])}  # of two with one name the first counts
        self._names = frozenset(kept)
        return tuple(tool for tool in wanted[:MOST_TOOLS] if kept[tool.name] is tool)

    async def call(self, name: str, arguments: dict[str, Any], key: str) -> ToolResult:
        client = await self._connected()
        if not self._names:
            await self.tools()
        if name not in self._names:
            raise Unsupported("The server has no such tool.")
        task = asyncio.current_task()
        assert task
        self._calls.add(task)
        try:
            with self._told(asked=True):
                return await tool_result(client.call_tool(name, arguments, read_timeout_seconds=self._config.seconds))
        finally:
            self._calls.discard(task)
            self._doubtful |= task.cancelling() > 0

    async def _connected(self) -> Client:
        """The client, connected. Raises Unreachable, AuthRefused or BadConfig."""
        async with self._connecting:
            doubtful = self._doubtful or any(task.cancelling() for task in self._calls)
            if self._client is not None and doubtful and not await self._answers(self._client):
                await self._disconnect()
            self._doubtful = False
            if self._client is None:
                await self._connect()
            assert self._client
            return self._client

    async def _answers(self, client: Client) -> bool:
        """Whether the server still listens after a call that was given up: some do one thing at a time."""
        with contextlib.suppress(Unreachable):
            with self._told():
                async with asyncio.timeout(min(ANSWERS_WITHIN, self._config.seconds)):
                    await client.list_tools()
            return True
        return False

    async def _connect(self) -> None:
        await self._disconnect()
        self._leave, self._refused = asyncio.Event(), False
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._holding = asyncio.create_task(self._hold(ready), name=f"connection of {self.ctx.account}")
        try:
            async with asyncio.timeout(self._config.seconds):
                await asyncio.shield(ready)
        except TimeoutError:
            await self._disconnect()
            raise Unreachable(f"The server did not answer within {self._config.seconds:.0f} s.") from None
        except PluginError:
            await self._disconnect()
            raise

    async def _disconnect(self) -> None:
        self._leave.set()
        holding, self._holding = self._holding, None
        if holding:
            done, _ = await asyncio.wait([holding], timeout=LEAVES_WITHIN)
            if not done:
                holding.cancel()
                await asyncio.wait([holding], timeout=LEAVES_WITHIN)
        self._client = None

    async def _hold(self, ready: asyncio.Future[None]) -> None:
        """Connects, and keeps the connection until it is told to leave or the server is gone. A client has to be left in the
        task that entered it."""
        over = asyncio.Event()
        entering = asyncio.create_task(self._leave.wait())
        try:
            with self._told():
                async with self._client_of(over) as client:
                    self._client = client
                    ready.set_result(None)
                    listening = asyncio.create_task(self._hear_changes(client))
                    gone = asyncio.create_task(over.wait())
                    await asyncio.wait([gone, entering], return_when=asyncio.FIRST_COMPLETED)
                    self._client = None
                    await _cancelled(listening, gone)
        except PluginError as error:
            if not ready.done():
                ready.set_exception(error)
        finally:
            self._client = None
            await _cancelled(entering)

    async def _hear_changes(self, client: Client) -> None:
        """Servers of the newer protocol tell that their tools changed to whoever listens; of the older one, to all."""
        from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost
        from mcp.shared.exceptions import MCPError

        with contextlib.suppress(ListenNotSupportedError, SubscriptionLost, MCPError, TimeoutError):
            async with client.listen(tools_list_changed=True) as news:
                async for _ in news:
                    self.ctx.changed()

    async def _heard(self, message: Any) -> None:
        if getattr(message, "method", "") == "notifications/tools/list_changed":
            self.ctx.changed()

    @asynccontextmanager
    async def _client_of(self, over: asyncio.Event) -> AsyncGenerator[Client, None]:
        from mcp import Client
        from mcp_types import Implementation

        async with AsyncExitStack() as stack:
            if self._config.command:
                command = self._command()
                folder = self._config.folder or str(self.ctx.folder)
                transport: Any = server_pipes(command, self._environment(), folder, over)
            else:
                transport = await self._web(stack)
            yield await stack.enter_async_context(
                Client(
                    transport,
                    client_info=Implementation(name="sage", version="1"),
                    read_timeout_seconds=self._config.seconds,
                    message_handler=self._heard,
                    cache=None,
                )
            )

    def _command(self) -> list[str]:
        program, *rest = self._config.command
        found = shutil.which(program, path=self._environment().get("PATH"))
        if not found:
            raise BadConfig("The program of `command` is not installed, or not on the PATH.", "command")
        return [found, *rest]

    def _environment(self) -> dict[str, str]:
        usual = {name: text for name, text in os.environ.items() if name in USUAL or name.startswith("LC_")}
        secret = self._config.token_variable
        return {**usual, **self._config.environment, **({secret: self.ctx.secret("token").reveal()} if secret else {})}

    async def _web(self, stack: AsyncExitStack) -> Any:
        from mcp.client.streamable_http import streamable_http_client

        from .web import web_client

        headers = {}
        if "token" in self.ctx.secrets:
            headers["Authorization"] = f"Bearer {self.ctx.secret('token').reveal()}"
        client = await stack.enter_async_context(web_client(headers, self._config.seconds, self._note_refusal))
        return streamable_http_client(self._config.url, http_client=client)

    def _note_refusal(self) -> None:
        self._refused = True

    @contextlib.contextmanager
    def _told(self, *, asked: bool = False) -> Iterator[None]:
        """What the library raises, as Sage knows it; a connection that failed is left. `asked`: a tool was called, and may
        have run."""
        import anyio
        import httpx2
        from mcp.shared.exceptions import MCPError

        closed = (anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream)
        try:
            yield
        except PluginError:
            raise
        except (
            OSError,
            TimeoutError,
            MCPError,
            httpx2.HTTPError,
            ExceptionGroup,
            RuntimeError,
            ValueError,
            *closed,
        ) as error:
            self._leave.set()
            self._client = None
            if self._refused:
                raise AuthRefused("The server refuses the token, or wants one.") from error
            if asked:
                raise Unsure("The connection to the server ended before it answered.") from error
            raise Unreachable(f"The server cannot be reached, or does not speak MCP ({_kind(error)}).") from error


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _kind(error: BaseException) -> str:
    """The class of what went wrong, of the first one in a group."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
