"""GitLab's REST API (version 4): requests, lists of many pages, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from sage.plugin_api import AuthRefused, Gone, RateLimited, Refused, Unreachable

if TYPE_CHECKING:
    import httpx

LARGEST = 64_000_000
"""Bytes of the largest answer."""
MOST_PAGES = 200
_MOST_HOPS, _MOST_PASSES = 3, 5

Found = dict[str, Any]


class Missing(Gone):
    """There is nothing at that address, or nothing that this token may see."""


class Moved(Gone):
    """What was at that address is elsewhere."""

    def __init__(self, to: str) -> None:
        super().__init__("It has moved to another place.")
        self.to = to


class Web:
    """The connection. The token goes to the server of the settings alone."""

    def __init__(self, url: str, token: str) -> None:
        import httpx

        self._base = f"{url}/api/v4"
        headers = {"PRIVATE-TOKEN": token, "Accept": "application/json", "User-Agent": "Sage"}
        self._client = httpx.AsyncClient(headers=headers, timeout=httpx.Timeout(60.0, connect=10.0))

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> Found:
        """One object. Raises Missing, Moved and what `_check` says."""
        return _object((await self._ask("GET", self._base + path))[1])

    async def send(self, method: str, path: str, given: Mapping[str, Any]) -> Found:
        """Writes; how the object stands now. Raises Missing, Moved and what `_check` says."""
        return _object((await self._ask(method, self._base + path, json=dict(given)))[1])

    async def all(self, path: str, query: Mapping[str, str]) -> list[Found]:
        """All pages of a list. Several are read until they are the same twice: what is closed meanwhile moves the rest over
        the pages' edges, and one would be missing."""
        before, pages = await self._pass(f"{self._base}{path}?{urlencode(query)}")
        for _ in range(_MOST_PASSES):
            if pages == 1:
                return before
            after, pages = await self._pass(f"{self._base}{path}?{urlencode(query)}")
            if after == before:
                return after
            before = after
        raise Unreachable("GitLab's list changes while it is read.")

    async def _pass(self, url: str) -> tuple[list[Found], int]:
        """All pages once, and how many they are."""
        found, pages = list[Found](), 0
        while url:
            if pages >= MOST_PAGES:
                raise Refused(f"There are more than {MOST_PAGES} pages of issues.")
            page, url = await self._page(url)
            found, pages = found + page, pages + 1
        return found, pages

    async def _page(self, url: str) -> tuple[list[Found], str]:
        """A page, and the address of the next one."""
        at = url
        for _ in range(_MOST_HOPS):
            try:
                answer, content = await self._ask("GET", at)
            except Moved as error:
                at = self._own(at, error.to)
                continue
            found = _read(content)
            if not isinstance(found, list):
                raise Unreachable("GitLab's answer cannot be read.")
            following = answer.links.get("next", {}).get("url", "")
            return found, self._own(at, following) if following else ""
        raise Refused("GitLab sends from one address to the next without an end.")

    def _own(self, at: str, to: str) -> str:
        """An address that the server names. Raises Refused for one that is not its own."""
        try:
            url = urljoin(at, to)
            there, here = urlsplit(url), urlsplit(self._base)
        except ValueError as error:
            raise Refused("GitLab points to an address that is none.") from error
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Refused("GitLab points to another server; if it is yours, put its own address into the settings.")
        return url

    async def _ask(self, method: str, url: str, **given: Any) -> tuple[httpx.Response, bytes]:
        import httpx

        try:
            async with self._client.stream(method, url, **given) as answer:
                content = await _content(answer)
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            raise Unreachable(f"GitLab cannot be reached ({type(error).__name__}).") from error
        _check(answer)
        return answer, content


async def _content(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Refused(f"GitLab's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise Unreachable("GitLab's answer cannot be read.") from error


def _object(content: bytes) -> Found:
    found = _read(content)
    if not isinstance(found, dict):
        raise Unreachable("GitLab's answer cannot be read.")
    return found


def _check(answer: httpx.Response) -> None:
    """Raises AuthRefused, RateLimited, Unreachable, Missing, Moved or Refused."""
    code = answer.status_code
    if code < 300:
        return
    if answer.has_redirect_location:
        raise Moved(answer.headers["Location"])
    after = answer.headers.get("Retry-After", "")
    seconds = float(after) if after.isdecimal() else 0.0
    if code == 401:
        raise AuthRefused("GitLab refuses the token.")
    if code == 429:
        raise RateLimited("GitLab wants fewer calls.", seconds)
    if code in (404, 410):
        raise Missing("The issue is no longer there.")
    if code >= 500:
        raise Unreachable(f"GitLab fails ({code}).", seconds)
    raise Refused(f"GitLab refuses that ({code}); the token may not be allowed to do it.")
