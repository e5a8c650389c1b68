"""`sage web` in a real browser: who has the token sees Talk and is answered, nobody else sees anything, nothing goes elsewhere."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from sage.locations import Home

pytest.importorskip("textual_serve")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
needs_browser = pytest.mark.skipif(
    not CHROMIUM and os.environ.get("SAGE_TEST_SERVERS") != "required", reason="Chromium is not installed"
)


@asynccontextmanager
async def served(home: Home) -> AsyncIterator[str]:
    """The address that it tells; Ctrl+C ends it, and it leaves no app behind."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sage", "--home", str(home.path), "web", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        yield (await process.stdout.readline()).decode().strip()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 30) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Browser:
    """One page of a headless Chromium, driven by its own protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._next = socket, 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.asked: list[str] = []
        """Every address that was asked for."""
        self.drawn, self.typed = b"", ""
        self._reading = asyncio.create_task(self._read())

    async def do(self, method: str, **given: Any) -> Any:
        self._next += 1
        answer = self._answers[self._next] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._next, "method": method, "params": given})
        return await asyncio.wait_for(answer, 60)

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(90):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def type(self, text: str) -> None:
        for char in text:
            key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13} if char == "\r" else {"key": char}
            await self.do("Input.dispatchKeyEvent", type="keyDown", text=char, **key)
            await self.do("Input.dispatchKeyEvent", type="keyUp", **key)

    async def run(self, script: str) -> Any:
        return (await self.do("Runtime.evaluate", expression=script, awaitPromise=True))["result"].get("value")

    async def _read(self) -> None:
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said.get("result", {}))
                continue
            given = said["params"]
            match said["method"]:
                case "Network.requestWillBeSent":
                    self.asked.append(given["request"]["url"])
                case "Network.webSocketCreated":
                    self.asked.append(given["url"])
                case "Network.webSocketFrameReceived" if given["response"]["opcode"] == 2:
                    self.drawn += base64.b64decode(given["response"]["payloadData"])
                case "Network.webSocketFrameSent":
                    self.typed += given["response"]["payloadData"]


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Browser]:
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank",
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        told = folder / "DevToolsActivePort"
        async with asyncio.timeout(60):
            while not told.exists() or not told.read_text().strip():  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        port = told.read_text().split()[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as pages:
                page = next(each for each in await pages.json(content_type=None) if each["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                opened = Browser(socket)
                await opened.do("Network.enable")
                await opened.do("Page.enable")
                yield opened
                opened._reading.cancel()
    finally:
        process.terminate()
        await process.wait()


@needs_browser
async def test_whoever_has_the_token_talks_in_a_browser_and_nothing_goes_elsewhere(home: Home, tmp_path: Path) -> None:
    async with served(home) as address, browser(tmp_path / "chromium") as page:
        await page.do("Emulation.setDeviceMetricsOverride", width=900, height=600, deviceScaleFactor=1, mobile=False)
        await page.do("Page.navigate", url=address)
        await page.until(lambda: b"librarian" in page.drawn)
        await page.until(lambda: '"resize"' in page.typed)
        await page.run("document.querySelector('.xterm-helper-textarea').focus()")
        await page.type("how much sun do tomatoes want\r")
        await page.until(lambda: b"six hours of sun" in page.drawn)
        sizes = page.typed.count('"resize"')
        await page.do("Emulation.setDeviceMetricsOverride", width=600, height=400, deviceScaleFactor=1, mobile=False)
        await page.until(lambda: page.typed.count('"resize"') > sizes)
        assert await page.run("document.querySelector('.xterm') !== null && location.search === ''") is True
        assert await page.run("document.cookie") == ""  # no script of any page reads it
        hosts = {urlsplit(url).hostname for url in page.asked if urlsplit(url).scheme not in ("data", "blob", "about")}
        assert hosts == {"127.0.0.1"}
        await page.type("/quit\r")
        async with asyncio.timeout(60):
            while not await page.run("document.body.classList.contains('-closed')"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)


async def test_nobody_else_is_let_in(home: Home) -> None:
    async with served(home) as address, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as person:
        base, host = address.partition("/?")[0], urlsplit(address).netloc
        stranger = aiohttp.ClientSession()

        async def status(session: aiohttp.ClientSession, path: str, **headers: str) -> int:
            async with session.get(f"{base}{path}", headers=headers, allow_redirects=False) as response:
                return response.status

        try:
            # No cookie, a wrong token, a name that leads here (DNS rebinding): not even with the right token.
            assert await status(stranger, "/") == await status(stranger, "/textual.js") == 403
            assert await status(stranger, "/?token=x") == 403
            assert await status(stranger, f"/?{address.partition('?')[2]}", Host="evil.example") == 403
            assert await status(person, f"/?{address.partition('?')[2]}") == 303
            assert await status(person, "/") == 200
            # The token is spent; the cookie alone is not enough for another site's page, or another name.
            assert await status(stranger, f"/?{address.partition('?')[2]}") == 403
            assert await status(person, "/", Host=f"evil.example:{urlsplit(address).port}") == 403
            for headers in ({"Origin": "http://evil.example"}, {"Origin": f"https://{host}"}, {"Origin": "null"}, {}):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await person.ws_connect(f"{base}/ws", headers=headers)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await stranger.ws_connect(f"{base}/ws", headers={"Origin": base})
            async with person.ws_connect(f"{base}/ws", headers={"Origin": base}) as socket:
                assert (await asyncio.wait_for(socket.receive(), 60)).type == aiohttp.WSMsgType.BINARY
            # What textual-serve would hand out beside it is not there.
            assert await status(person, "/download/x") == await status(person, "/static/") == 404
        finally:
            await stranger.close()


async def test_it_stays_on_this_machine(home: Home) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sage", "--home", str(home.path), "web", "--host", host,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, error = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 1 and out == b"" and b"reached from elsewhere" in error


async def test_two_at_once_do_not_throw_each_other_out(home: Home) -> None:
    async with (
        served(home) as one,
        served(home) as two,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as person,
    ):
        for address in (one, two):
            async with person.get(address) as opened:
                assert opened.status == 200
        for address in (one, two):
            async with person.get(address.partition("?")[0]) as again:
                assert again.status == 200
