"""GitHub's REST API: requests, lists of many pages, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from sage.plugin_api import AuthRefused, Gone, RateLimited, Refused, Unreachable

if TYPE_CHECKING:
    import httpx

LARGEST = 64_000_000
"""Bytes of the largest answer."""
MOST_PAGES = 200
_MOST_HOPS = 3
_MOST_PASSES = 5
_A_WHILE = 60.0
"""Seconds to wait after a limit that does not say how long it lasts."""
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "Sage"}

Found = dict[str, Any]


class Missing(Gone):
    """There is nothing at that address, or nothing that this token may see."""


class Moved(Gone):
    """What was at that address is elsewhere."""

    def __init__(self, to: str) -> None:
        super().__init__("It has moved to another place.")
        self.to = to


class Page(NamedTuple):
    """A page of a list, with its mark (ETag) and the address of the next one."""

    etag: str
    found: list[Found]
    following: str


class Web:
    """The connection. The token goes to the server of the settings alone."""

    def __init__(self, url: str, token: str, now: Callable[[], float]) -> None:
        import httpx

        self._base, self._now = url, now
        headers = {"Authorization": f"Bearer {token}", **_HEADERS}
        self._client = httpx.AsyncClient(headers=headers, timeout=httpx.Timeout(60.0, connect=10.0))
        self._pages: dict[str, Page] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> Found:
        """One object. Raises Missing, Moved and what `_check` says."""
        _, content = await self._ask("GET", self._base + path)
        return _object(content)

    async def send(self, method: str, path: str, given: Mapping[str, str]) -> Found:
        """Writes; how the object stands now. Raises Missing, Moved and what `_check` says."""
        _, content = await self._ask(method, self._base + path, json=dict(given))
        return _object(content)

    async def all(self, path: str, query: Mapping[str, str]) -> list[Found]:
        """All pages of a list. A page that did not change is not sent again. Several are read until they are the same
        twice: what is closed meanwhile moves the rest over the pages' edges, and one would be missing."""
        before, pages = await self._pass(f"{self._base}{path}?{urlencode(query)}")
        for _ in range(_MOST_PASSES):
            if pages == 1:
                return before
            after, pages = await self._pass(f"{self._base}{path}?{urlencode(query)}")
            if after == before:
                return after
            before = after
        raise Unreachable("GitHub's list changes while it is read.")

    async def _pass(self, url: str) -> tuple[list[Found], int]:
        """All pages once, and how many they are."""
        found, pages = list[Found](), 0
        while url:
            if pages >= MOST_PAGES:
                raise Refused(f"There are more than {MOST_PAGES} pages of issues.")
            page = self._pages[url] = await self._page(url)
            found, pages, url = found + page.found, pages + 1, page.following
        return found, pages

    def forget(self, kept: int = 1_000) -> None:
        """Lets go of the oldest pages."""
        self._pages = dict(list(self._pages.items())[-kept:])

    async def _page(self, url: str) -> Page:
        known, at = self._pages.pop(url, None), url
        for _ in range(_MOST_HOPS):
            try:
                answer, content = await self._ask("GET", at, headers={"If-None-Match": known.etag} if known else {})
            except Moved as error:
                at = self._own(at, error.to)
                continue
            if answer.status_code == 304 and known:
                return known
            found = _read(content)
            if not isinstance(found, list):
                raise Unreachable("GitHub's answer cannot be read.")
            following = answer.links.get("next", {}).get("url", "")
            return Page(answer.headers.get("ETag", ""), found, self._own(at, following) if following else "")
        raise Refused("GitHub sends from one address to the next without an end.")

    def _own(self, at: str, to: str) -> str:
        """An address that the server names. Raises Refused for one that is not its own."""
        try:
            url = urljoin(at, to)
            there, here = urlsplit(url), urlsplit(self._base)
        except ValueError as error:
            raise Refused("GitHub points to an address that is none.") from error
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Refused("GitHub points to another server.")
        return url

    async def _ask(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        import httpx

        try:
            async with self._client.stream(method, url, **given) as answer:
                content = await _content(answer)
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            raise Unreachable(f"GitHub cannot be reached ({type(error).__name__}).") from error
        _check(answer, content, self._now())
        return answer, content


async def _content(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Refused(f"GitHub's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise Unreachable("GitHub's answer cannot be read.") from error


def _object(content: bytes) -> Found:
    found = _read(content)
    if not isinstance(found, dict):
        raise Unreachable("GitHub's answer cannot be read.")
    return found


def _check(answer: httpx.Response, content: bytes, now: float) -> None:
    """Raises AuthRefused, RateLimited, Unreachable, Missing, Moved or Refused."""
    code = answer.status_code
    if code < 300 or code == 304:
        return
    if answer.has_redirect_location:
        raise Moved(answer.headers["Location"])
    if code == 401:
        raise AuthRefused("GitHub refuses the token.")
    if code in (403, 429) and (seconds := _to_wait(answer, content, now)):
        raise RateLimited("GitHub wants fewer calls.", seconds)
    if code in (404, 410):
        raise Missing("The issue is no longer there.")
    if code >= 500:
        raise Unreachable(f"GitHub fails ({code}).", _seconds(answer.headers.get("Retry-After", "")))
    raise Refused(f"GitHub refuses that ({code}); the token may not be allowed to do it.")


def _to_wait(answer: httpx.Response, content: bytes, now: float) -> float:
    """Seconds that a limit asks for, the first or the second kind of them; 0 when it is no limit."""
    after = _seconds(answer.headers.get("Retry-After", ""))
    if after:
        return after
    if answer.headers.get("X-RateLimit-Remaining") == "0":
        return max(_seconds(answer.headers.get("X-RateLimit-Reset", "")) - now, 1.0)
    return _A_WHILE if answer.status_code == 429 or b"secondary rate limit" in content.lower() else 0.0


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0
