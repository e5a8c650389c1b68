"""The Bot API over HTTP: one call, and what its answer means.

The token is a part of every address. Therefore no library may log one, and no error here says more than its kind.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

from sage.plugin_api import AuthRefused, BadConfig, PluginError, RateLimited, Refused, Unreachable, Unsure

if TYPE_CHECKING:
    import httpx

LARGEST = 16_000_000
"""Bytes of the largest answer: a hundred messages have less than a tenth of it."""
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}")
_SECONDS = 30.0
_NEVER_ASKED = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError")
"""Errors of httpx after which the server certainly was not asked."""


class Bot:
    """A bot at a server. Raises AuthRefused for a token that is none."""

    def __init__(self, server: str, token: str) -> None:
        import httpx

        if not _TOKEN.fullmatch(token):
            raise AuthRefused("The secret `token` is no token of a Telegram bot.")
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)  # they log addresses below that
        self._address = f"{server}/bot{token}/"
        # A new connection for each call: on a kept one, a server that hung up meanwhile makes a send Unsure.
        self._client = httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0))

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, method: str, wait: float = 0.0, **given: Any) -> Any:
        """Calls a method that changes nothing; `wait`: seconds that the server may take besides the usual."""
        try:
            return await self._call(method, wait, given)
        except Unsure as error:
            raise Unreachable(error.what) from error

    async def do(self, method: str, **given: Any) -> Any:
        """Calls a method that changes something. Raises Unsure when it is not known whether it did."""
        return await self._call(method, 0.0, given)

    async def _call(self, method: str, wait: float, given: dict[str, Any]) -> Any:
        import httpx

        seconds = httpx.Timeout(_SECONDS, connect=10.0, read=_SECONDS + wait)
        try:
            async with self._client.stream("POST", self._address + method, json=given, timeout=seconds) as answer:
                return _result(answer.status_code, await _body(answer))
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            kind = type(error).__name__
            if kind in _NEVER_ASKED:
                raise Unreachable(f"Telegram cannot be reached ({kind}).") from error
            raise Unsure(f"The connection to Telegram ended before it answered ({kind}).") from error


async def _body(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Unsure(f"Telegram's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _result(status: int, body: bytes) -> Any:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    if status == 200 and told.get("ok") is True:
        return told.get("result")
    parameters = told.get("parameters")
    raise refusal(status, str(told.get("description", "")), parameters if isinstance(parameters, dict) else {})


def refusal(status: int, words: str, parameters: dict[str, Any]) -> PluginError:
    """What an answer means that is not the one that was wanted. `words` decide alone; they are not shown."""
    after = parameters.get("retry_after")
    if status == 429:
        return RateLimited("Telegram wants fewer calls.", float(after) if isinstance(after, int | float) else 0.0)
    if status == 401 or (status == 404 and words in ("", "Not Found")):
        return AuthRefused("Telegram does not know this bot: its token was revoked, or is not whole.")
    if status == 409:
        if "webhook" in words:
            return BadConfig(
                "This bot's messages go to a webhook: take it away, or make a bot for Sage alone.", "token"
            )
        return BadConfig("Another program reads this bot's messages: end it, or make a bot for Sage alone.", "token")
    if status == 403:
        return Refused("Telegram does not let the bot write there: nobody began with it, or it was blocked or removed.")
    if parameters.get("migrate_to_chat_id"):
        return Refused("The group has grown into another one: answer there, once somebody writes in it.")
    if 400 <= status < 500:
        return Refused(f"Telegram refuses that ({status}).")
    return Unsure(f"Telegram fails ({status}).")
