"""A calendar at an address or in a file, only read. What was read last is kept in memory, so that an unchanged one is not
sent again, and a moment without a server hides nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
    CalendarPage,
    CalendarSource,
    Context,
    Health,
    PluginError,
    RateLimited,
    Unreachable,
)

from .config import checked

if TYPE_CHECKING:
    import httpx

LARGEST = 32_000_000
"""Bytes of the largest calendar."""
_LONGEST = 60.0
"""Seconds that one reading may take, however slowly it comes."""
_MOST_HOPS = 5


class Feed(CalendarSource):
    """One calendar."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._client: httpx.AsyncClient | None = None
        self._data = b""
        self._trouble = ""
        self._marks: dict[str, str] = {}

    async def open(self) -> None:
        """Raises BadConfig; the feed itself is first asked for its events."""
        if bool(self._address()) == bool(self.ctx.config.file):
            raise BadConfig("An address or a file is needed, and not both.", key="url")

    async def occurrences(self, since: datetime, until: datetime) -> CalendarPage:
        await self._look(self._from_file if self.ctx.config.file else self._from_address)
        if self._trouble and not self._data:
            return CalendarPage((), (self._trouble,), whole=False)
        page = await asyncio.to_thread(self.ctx.read_calendar, self._data, since, until)
        if self._trouble:
            told = f"{self._trouble} It is shown as it was."
            return CalendarPage(page.events, (told, *page.troubles), whole=False)
        return page

    async def health(self) -> Health:
        return Health("waits" if self._trouble else "ok", self._trouble)

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    async def _look(self, read: Any) -> None:
        """Reads it anew. What is wrong with it by itself is a trouble and leaves what was read before."""
        try:
            found = await read()
        except _NoCalendar as error:
            self._trouble = error.what
        else:
            self._trouble = ""
            self._data = self._data if found is None else found

    async def _from_file(self) -> bytes:
        path = Path(self.ctx.config.file).expanduser()
        try:
            return _calendar(await asyncio.to_thread(_file, path))
        except OSError as error:
            raise _NoCalendar(f"The file {path.name} cannot be read ({error.strerror}).") from error

    async def _from_address(self) -> bytes | None:
        """None when it has not changed."""
        import httpx

        try:
            async with asyncio.timeout(_LONGEST):
                return await self._asked(self._address())
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError, TimeoutError) as error:
            raise Unreachable(f"The calendar's server cannot be reached ({type(error).__name__}).") from error
        except httpx.InvalidURL as error:
            raise _NoCalendar("The calendar's server points to an address that is none.") from error

    async def _asked(self, url: str) -> bytes | None:
        first = _origin(url)
        for _ in range(_MOST_HOPS):
            mine = _origin(url) == first
            async with self._http().stream("GET", url, headers=self._headers(mine), auth=self._auth(mine)) as answer:
                if answer.has_redirect_location:
                    url = _next(url, answer.headers["Location"])
                    continue
                if answer.status_code == 304 and self._data:
                    return None
                _check(answer)
                data = _calendar(await _body(answer))
                pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
                self._marks = {ask: answer.headers[name] for ask, name in pairs if name in answer.headers}
                return data
        raise _NoCalendar("The calendar's server sends from one address to the next without an end.")

    def _http(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(30.0, connect=10.0))
        return self._client

    def _address(self) -> str:
        secret = self.ctx.secrets.get("address")
        if not secret:
            return checked(self.ctx.config.url) if self.ctx.config.url else ""
        try:
            return checked(secret.reveal())
        except ValueError as error:
            raise BadConfig("The secret `address` is no address of a calendar.", key="address") from error

    def _headers(self, mine: bool) -> dict[str, str]:
        wanted = {"Accept": "text/calendar, */*;q=0.5"}
        return wanted | self._marks if mine and self._data and not self._trouble else wanted

    def _auth(self, mine: bool) -> tuple[str, str] | None:
        """Name and password, for the configured server alone."""
        if not (mine and self.ctx.config.username):
            return None
        return (self.ctx.config.username, self.ctx.secret("password").reveal())


class _NoCalendar(PluginError):
    """There is something, and it is no calendar."""


def _file(path: Path) -> bytes:
    if path.stat().st_size > LARGEST or not path.is_file():
        raise _NoCalendar(f"{path.name} is no file, or has more than {LARGEST // 1_000_000} MB.")
    return path.read_bytes()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _next(url: str, to: str) -> str:
    """Where a redirect leads. One that leaves https, or the web, is not followed."""
    try:
        there = urljoin(url, to)
        scheme = urlsplit(there).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https") or (scheme == "http" and urlsplit(url).scheme == "https"):
        raise _NoCalendar("The calendar's server points to an address that is not followed.")
    return there


def _check(answer: httpx.Response) -> None:
    code = answer.status_code
    if code in (401, 403):
        raise AuthRefused("The calendar's server refuses the name, the password or the address.")
    if code == 429:
        raise RateLimited("The calendar's server wants fewer calls.", _seconds(answer))
    if code >= 500:
        raise Unreachable(f"The calendar's server fails ({code}).", _seconds(answer))
    if code != 200:
        raise _NoCalendar(f"There is no calendar at the address ({code}).")


def _seconds(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 0.0


async def _body(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise _NoCalendar(f"The calendar has more than {LARGEST // 1_000_000} MB and is not read.")
    return bytes(found)


def _calendar(data: bytes) -> bytes:
    """What begins and ends as a calendar does."""
    head, tail = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper(), data[-200:].rstrip().upper()
    if head.startswith((b"<!DOCTYPE HTML", b"<HTML")):
        raise _NoCalendar("The address gives a web page, not a calendar.")
    if not head.startswith(b"BEGIN:VCALENDAR"):
        raise _NoCalendar("What stands there is no calendar.")
    if not tail.endswith(b"END:VCALENDAR"):
        raise _NoCalendar("The calendar is not written to its end.")
    return data
