"""Todoist's API (version 1): one request, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sage.plugin_api import AuthRefused, Gone, RateLimited, Refused, Unreachable

if TYPE_CHECKING:
    import httpx

LARGEST = 64_000_000
"""Bytes of the largest answer."""

Found = dict[str, Any]


class Rejected(Refused):
    """The request itself is not understood, as one with a cursor that is none."""


class Web:
    """The connection. Redirects are not followed, since requests carry the token."""

    def __init__(self, url: str, token: str) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {token}", "User-Agent": "Sage"}
        self._base = url
        self._client = httpx.AsyncClient(headers=headers, timeout=httpx.Timeout(60.0, connect=10.0))

    async def close(self) -> None:
        await self._client.aclose()

    async def post(self, path: str, form: Mapping[str, str]) -> Found:
        """Sends a form. Raises as `_check` says."""
        return await self._ask("POST", path, data=dict(form))

    async def get(self, path: str, query: Mapping[str, str]) -> Found:
        """Reads. Raises as `_check` says."""
        return await self._ask("GET", path, params=dict(query))

    async def _ask(self, method: str, path: str, **given: Any) -> Found:
        import httpx

        try:
            async with self._client.stream(method, f"{self._base}{path}", **given) as answer:
                content = await _content(answer)
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            raise Unreachable(f"Todoist cannot be reached ({type(error).__name__}).") from error
        found = _object(content)
        _check(answer, found)
        if found is None:
            raise Unreachable("Todoist's answer cannot be read.")
        return found


def check_command(status: Any) -> None:
    """That a command was done. Raises Gone, RateLimited, Unreachable or Refused."""
    if status == "ok":
        return
    said = status if isinstance(status, dict) else {}
    code, tag = said.get("http_code"), said.get("error_tag")
    if tag == "ITEM_NOT_FOUND" or code in (404, 410):
        raise Gone("The task is no longer there.")
    if code == 429:
        raise RateLimited("Todoist wants fewer calls.", _asked_to_wait(said))
    if isinstance(code, int) and code >= 500:
        raise Unreachable(f"Todoist fails ({code}).")
    raise Refused(f"Todoist refuses that ({code or 'without a reason'}).")


async def _content(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Refused(f"Todoist's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _object(content: bytes) -> Found | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _check(answer: httpx.Response, said: Found | None) -> None:
    """Raises AuthRefused, RateLimited, Unreachable, Rejected or Refused."""
    code = answer.status_code
    if code < 300:
        return
    after = answer.headers.get("Retry-After", "")
    seconds = float(after) if after.isdecimal() else _asked_to_wait(said or {})
    if code in (401, 403):
        raise AuthRefused("Todoist refuses the token.")
    if code == 429:
        raise RateLimited("Todoist wants fewer calls.", seconds)
    if code >= 500:
        raise Unreachable(f"Todoist fails ({code}).", seconds)
    raise (Rejected if code == 400 else Refused)(f"Todoist refuses that ({code}).")


def _asked_to_wait(said: Found) -> float:
    """Seconds, as the service puts them into its errors; 0: it does not say."""
    more = said.get("error_extra")
    after = more.get("retry_after") if isinstance(more, dict) else None
    return float(after) if isinstance(after, int | float) and after > 0 else 0.0
