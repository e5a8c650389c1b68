"""Slack's Web API over HTTP: one call, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import AuthRefused, PluginError, RateLimited, Refused, Unreachable, Unsure

if TYPE_CHECKING:
    import httpx

LARGEST = 16_000_000
"""Bytes of the largest answer."""
_SECONDS = 30.0
_NEVER_ASKED = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError")
"""Errors of httpx after which the server certainly was not asked."""
_NO_ENTRY = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired")
_FAILING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")


class Web:
    """The connection of one app."""

    def __init__(self, server: str, token: str, name: str = "token") -> None:
        import httpx

        if not token.isascii() or not token.isprintable() or not token or " " in token:
            raise AuthRefused(f"The secret `{name}` is no token of a Slack app.")
        self._client = httpx.AsyncClient(
            base_url=f"{server}/api/",
            headers={"Authorization": f"Bearer {token}"},
            # A new connection for each call: on a kept one, a server that hung up meanwhile makes a send Unsure.
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=httpx.Timeout(_SECONDS, connect=10.0),
        )
        self.date = ""
        """When Slack answered last, as it says."""

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, method: str, **given: Any) -> dict[str, Any]:
        """Calls a method that changes nothing."""
        try:
            return await self._call(method, "GET", given)
        except Unsure as error:
            raise Unreachable(error.what) from error

    async def do(self, method: str, **given: Any) -> dict[str, Any]:
        """Calls a method that changes something. Raises Unsure when it is not known whether it did."""
        return await self._call(method, "POST", given)

    async def pages(self, method: str, **given: Any) -> AsyncIterator[dict[str, Any]]:
        """The pages of a long answer, each asked for when it is wanted."""
        cursor = ""
        while True:
            page = await self.ask(method, **given, **({"cursor": cursor} if cursor else {}))
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _call(self, method: str, how: str, given: dict[str, Any]) -> dict[str, Any]:
        import httpx

        asked: dict[str, Any] = {"params": given} if how == "GET" else {"json": given}
        try:
            async with self._client.stream(how, method, **asked) as answer:
                body = await _body(answer)
                self.date = answer.headers.get("Date", "")
                return _result(answer, body)
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            kind = type(error).__name__
            if kind in _NEVER_ASKED:
                raise Unreachable(f"Slack cannot be reached ({kind}).") from error
            raise Unsure(f"The connection to Slack ended before it answered ({kind}).") from error


async def _body(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Unsure(f"Slack's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _result(answer: httpx.Response, body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    if answer.status_code == 200 and told.get("ok") is True:
        return told
    raise refusal(answer.status_code, str(told.get("error", "")), answer.headers.get("Retry-After", ""))


def refusal(status: int, error: str, after: str) -> PluginError:
    """What an answer means that is not the one that was wanted; `error` is Slack's own name for it."""
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return RateLimited("Slack wants fewer calls.", float(after) if after.isdecimal() else 0.0)
    if status == 401 or error in _NO_ENTRY:
        return AuthRefused("Slack does not know this app: its token was revoked, or is not whole.")
    if error == "missing_scope":
        return AuthRefused(
            "The Slack app lacks a permission: give it those of the plugin's README, and install it again."
        )
    if status >= 500 or error in _FAILING or not error:
        return Unsure(f"Slack fails ({status}).")
    return Refused(f"Slack refuses that ({error[:60] if error.isidentifier() else status}).")
