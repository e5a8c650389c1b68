"""`sage web`: the app in a browser of this machine.

The browser's part (a terminal, its fonts) is textual-serve's, and so is the protocol with the app. Its server is not used: it takes
any host and any site's WebSocket, asks for no token, loads fonts from elsewhere, runs its command in a shell and hands out files.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hmac
import ipaddress
import json
import os
import secrets
import signal
import sys
from importlib.resources import files
from typing import Any

from sage.cli.main import IN_BROWSER
from sage.cli.printing import Printer
from sage.core.errors import BadInput
from sage.locations import Home

MOST_PAGES = 4
"""Pages that may be open at once: each has a process of its own."""
LEAVES_WITHIN = 5.0
"""Seconds in which an app that was asked to leave must have done so."""
MOST_TYPED = 1024 * 1024
"""Bytes of one message of the page."""
_SERVED = {
    "/textual.js": ("static/js/textual.js", "text/javascript"),
    "/xterm.css": ("static/css/xterm.css", "text/css"),
    "/mono.ttf": ("static/fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
}
"""What is taken of textual-serve, by the path of the page."""
_TERMINALS = ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "LC_TERMINAL", "TMUX", "NO_COLOR")
"""Of the terminal that this was started in, which is not where the app is seen."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",  # the terminal writes its colours into style elements
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    web = commands.add_parser("web", parents=[common])
    web.add_argument("--host", default="127.0.0.1", help="an address of this machine alone (default: %(default)s)")
    web.add_argument("--port", type=int, default=0, help="(default: one that is free)")
    web.set_defaults(run=run_web)


def run_web(given: argparse.Namespace, printer: Printer) -> int:
    try:
        import aiohttp.web  # noqa: F401
        import textual_serve  # noqa: F401
    except ImportError as error:
        raise BadInput(
            "What the browser needs is not installed.",
            safe="Nothing was started.",
            do="pip install 'sage-companion[web]'",
        ) from error
    if not _is_loopback(given.host):
        raise BadInput(
            f"{given.host} can be reached from elsewhere, and all of Sage with it.",
            safe="Nothing was started.",
            do="Leave --host out. From another machine: ssh -L PORT:127.0.0.1:PORT",
        )
    asyncio.run(_serve(Web(given.home, given.profile or ""), given.host, given.port, printer))
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _serve(page: Web, host: str, port: int, printer: Printer) -> None:
    """Serves until Ctrl+C or an end by the system; then no app of it runs any more."""
    from aiohttp import web

    runner = web.AppRunner(page.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    ends = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ends.set)
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise BadInput(
                f"Port {port} cannot be used ({os.strerror(error.errno or 0)}).",
                safe="Nothing was started.", do="Leave --port out, or name another one.",
            ) from error  # fmt: skip
        page.host = _address(host, runner.addresses[0][1])
        printer.line(f"http://{page.host}/?token={page.token}")
        printer.line("It opens once, in one browser, and nowhere but on this machine. Ctrl+C ends it.")
        printer.finish()
        await ends.wait()
    finally:
        await page.close()
        await runner.cleanup()


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Web:
    """The page and its terminal, for whoever brought the token. `host` is the only one that it answers to."""

    def __init__(self, home: Home, profile: str) -> None:
        self._home, self._profile = home, profile
        self.host = ""
        self.token = secrets.token_urlsafe(32)
        """"" once it was used."""
        self._cookie = secrets.token_urlsafe(32)
        self._pages: set[_Page] = set()

    def app(self) -> Any:
        """The routes, all behind the same door."""
        from aiohttp import web

        @web.middleware
        async def door(request: Any, handler: Any) -> Any:
            if refused := self._refuse(request):
                response: Any = web.Response(status=403, text=refused + "\n")
            else:
                response = await handler(request)
            if not response.prepared:
                response.headers.update(_HEADERS)
            return response

        app = web.Application(middlewares=[door])
        app.add_routes([web.get("/", self._index), web.get("/ws", self._talk), web.get("/page.css", self._style)])
        app.add_routes([web.get(path, self._asset) for path in _SERVED])
        return app

    async def close(self) -> None:
        """Every app that runs for a page is asked to leave, and is gone afterwards."""
        await asyncio.gather(*(page.close() for page in list(self._pages)))

    def _refuse(self, request: Any) -> str:
        """Why a request is not answered; "" when it is."""
        if request.headers.get("Host") != self.host:
            return "Sage answers to its own address alone."
        origin = request.headers.get("Origin")
        if origin != f"http://{self.host}" and (origin is not None or request.path == "/ws"):
            return "Sage answers to its own page alone."
        if request.path == "/" and "token" in request.query:
            return "" if self._fits(request.query["token"], self.token) else "This token was used, or is none."
        if not self._fits(request.cookies.get(self._name, ""), self._cookie):
            return "Open the address that `sage web` tells."
        return ""

    @property
    def _name(self) -> str:
        """The cookie's: a browser keeps cookies by host, so that pages at other ports of it need other names."""
        return f"sage-{self.host.rpartition(':')[2]}"

    def _fits(self, given: str, wanted: str) -> bool:
        return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())

    async def _index(self, request: Any) -> Any:
        from aiohttp import web

        if "token" in request.query:
            self.token = ""
            response = web.Response(status=303, headers={"Location": "/"})
            response.set_cookie(self._name, self._cookie, httponly=True, samesite="Strict", path="/")
            return response
        return web.Response(text=_own("index.html").replace("HOST", self.host), content_type="text/html")

    async def _style(self, request: Any) -> Any:
        from aiohttp import web

        return web.Response(text=_own("page.css"), content_type="text/css")

    async def _asset(self, request: Any) -> Any:
        from aiohttp import web

        path, kind = _SERVED[request.path]
        body = await asyncio.to_thread(files("textual_serve").joinpath(path).read_bytes)
        return web.Response(body=body, content_type=kind)

    async def _talk(self, request: Any) -> Any:
        from aiohttp import web

        if len(self._pages) >= MOST_PAGES:
            return web.Response(status=503, text=f"{MOST_PAGES} pages are open already. Close one.\n")
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=MOST_TYPED)
        await socket.prepare(request)
        page = _Page(socket)
        self._pages.add(page)
        try:
            await page.run(
                self._command(), _size(request.query.get("width"), 80), _size(request.query.get("height"), 24)
            )
        finally:
            await page.close()
            self._pages.discard(page)
        return socket

    def _command(self) -> list[str]:
        profile = ["--profile", self._profile] if self._profile else []
        return [sys.executable, "-P", "-m", "sage", "--home", str(self._home.path), *profile]


class _Page:
    """One open page and the app that runs for it."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, command: list[str], width: int, height: int) -> None:
        """Until either is left."""
        environment = {name: value for name, value in os.environ.items() if name not in _TERMINALS}
        environment |= {
            IN_BROWSER: "textual.drivers.web_driver:WebDriver",
            "TERM": "xterm-256color",
            "TERM_PROGRAM": "textual",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "COLUMNS": str(width),
            "ROWS": str(height),
        }
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nowhere, env=environment
        )
        showing = asyncio.create_task(self._show())
        hearing = asyncio.create_task(self._hear())
        await asyncio.wait((showing, hearing), return_when=asyncio.FIRST_COMPLETED)
        for task in (showing, hearing):
            task.cancel()
        await asyncio.gather(showing, hearing, return_exceptions=True)

    async def close(self) -> None:
        """May be called twice."""
        process = self._process
        if process and process.returncode is None:
            with contextlib.suppress(ConnectionError):
                await self._send(b"M", json.dumps({"type": "quit"}).encode())
            try:
                await asyncio.wait_for(process.wait(), LEAVES_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()
        await self._socket.close()

    async def _show(self) -> None:
        """What the app draws goes to the page. It asks for nothing else: no address is opened there, and no file handed out."""
        assert self._process and self._process.stdout
        out = self._process.stdout
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            await out.readuntil(b"__GANGLION__\n")
            while True:
                kind, size = await out.readexactly(1), int.from_bytes(await out.readexactly(4), "big")
                payload = await out.readexactly(size)
                if kind == b"D":
                    await self._socket.send_bytes(payload)
                elif kind == b"M" and json.loads(payload).get("type") == "exit":
                    return

    async def _hear(self) -> None:
        async for message in self._socket:
            try:
                kind, data = json.loads(message.data)
            except (TypeError, ValueError):
                continue
            with contextlib.suppress(ConnectionError):
                if kind == "stdin" and isinstance(data, str):
                    await self._send(b"D", data.encode(errors="ignore"))
                elif kind == "resize" and isinstance(data, dict):
                    size = {"width": _size(data.get("width"), 80), "height": _size(data.get("height"), 24)}
                    await self._send(b"M", json.dumps({"type": "resize", **size}).encode())
                elif kind in ("focus", "blur"):
                    await self._send(b"M", json.dumps({"type": kind}).encode())
                elif kind == "ping":
                    await self._socket.send_json(["pong", data])

    async def _send(self, kind: bytes, payload: bytes) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
        await self._process.stdin.drain()


def _size(given: Any, usual: int) -> int:
    """Columns or rows that a terminal may have."""
    try:
        return min(max(int(given), 1), 1000)
    except (TypeError, ValueError):
        return usual


def _own(name: str) -> str:
    return files("sage.cli").joinpath("web_page", name).read_text(encoding="utf-8")
