"""signal-cli's daemon over HTTP: calls (JSON-RPC 2.0), the stream of what comes in, and what its errors mean."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import AuthRefused, BadConfig, PluginError, RateLimited, Refused, Unreachable, Unsure

if TYPE_CHECKING:
    import httpx

LARGEST = 16_000_000
"""Bytes of the largest answer, and of the largest message with all that is said of its files."""
_ASK_SECONDS = 30.0
_SEND_SECONDS = 120.0
"""A group takes long: each member's every device is sent to."""
_SILENT_SECONDS = 45.0
"""The stream says that it lives every 15 seconds."""
_NEVER_ASKED = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError")
"""Errors of httpx after which the server certainly was not asked."""

_NO_METHOD, _BAD_PARAMS, _UNTRUSTED, _RATE = -32601, -32602, -4, -5
_IN_DOUBT = (-32603, -3)
"""Codes of signal-cli's failures in the middle of something."""
_UNLINKED = ("AuthorizationFailed", "NotRegistered", "DeviceLinkInvalid")
CHANGED = "The safety number has changed: compare it in Signal, then let signal-cli trust it."


class Daemon:
    """A daemon, and one account in it."""

    def __init__(self, server: str, account: str) -> None:
        import httpx

        self._account = account
        # A new connection for each call: on a kept one, a server that hung up meanwhile makes a send Unsure.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.AsyncClient(base_url=server, limits=limits, trust_env=False)
        self._number = 0

    async def close(self) -> None:
        await self._client.aclose()

    async def check(self) -> None:
        """Raises AuthRefused if the daemon has no such account, BadConfig if it does not say which it has."""
        try:
            known = await self.ask("listAccounts")
        except Refused as error:
            raise BadConfig(
                "signal-cli's daemon is not one for all accounts: start it without -a.", "server"
            ) from error
        if self._account not in [each.get("number") for each in known if isinstance(each, dict)]:
            raise AuthRefused("signal-cli has no such account: link it first.")

    async def version(self) -> str:
        return str((await self.ask("version")).get("version", ""))

    async def groups(self, *ids: str) -> list[dict[str, Any]]:
        """What signal-cli knows of these groups."""
        found = await self.ask("listGroups", account=self._account, groupId=list(ids))
        return [each for each in found if isinstance(each, dict) and each.get("id") in ids]

    async def send(self, **given: Any) -> dict[str, Any]:
        """Sends; the answer. Raises Unsure when it is not known whether it was sent."""
        found = await self._call("send", {"account": self._account, **given}, _SEND_SECONDS)
        return found if isinstance(found, dict) else {}

    async def ask(self, method: str, **given: Any) -> Any:
        """Calls a method that changes nothing."""
        try:
            return await self._call(method, given, _ASK_SECONDS)
        except Unsure as error:
            raise Unreachable(error.what) from error

    async def _call(self, method: str, given: dict[str, Any], seconds: float) -> Any:
        import httpx

        self._number += 1
        asked = {"jsonrpc": "2.0", "id": str(self._number), "method": method, "params": given}
        timeout = httpx.Timeout(seconds, connect=10.0)
        try:
            async with self._client.stream("POST", "/api/v1/rpc", json=asked, timeout=timeout) as answer:
                return _result(answer.status_code, await _body(answer))
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            kind = type(error).__name__
            if kind in _NEVER_ASKED:
                raise Unreachable(f"signal-cli's daemon cannot be reached ({kind}).") from error
            raise Unsure(f"The connection to signal-cli ended before it answered ({kind}).") from error

    async def stream(self) -> AsyncIterator[dict[str, Any]]:
        """What comes in. An empty object comes first, when signal-cli listens. Raises Unreachable when it ends."""
        import httpx

        timeout = httpx.Timeout(_SILENT_SECONDS, connect=10.0)
        asked = {"account": self._account}
        try:
            async with self._client.stream("GET", "/api/v1/events", params=asked, timeout=timeout) as answer:
                if answer.status_code == 400:
                    raise AuthRefused("signal-cli has no such account: link it first.")
                if answer.status_code != 200:
                    raise Unreachable(f"signal-cli does not give what comes in ({answer.status_code}).")
                yield {}
                async for line in _lines(answer):
                    if line.startswith(b"data:") and isinstance(told := _json(line[5:]), dict):
                        yield told
        except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
            raise Unreachable(f"The connection to signal-cli ended ({type(error).__name__}).") from error
        raise Unreachable("signal-cli ended the connection.")


async def _lines(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Lines of a stream as they come. Only a line feed ends one: others' words may hold all that Unicode calls a break."""
    rest = b""
    async for part in answer.aiter_bytes():
        *whole, rest = (rest + part).split(b"\n") if b"\n" in part else [rest + part]
        for line in whole:
            yield line
        if len(rest) > LARGEST:
            raise Unreachable(f"A message of signal-cli's has more than {LARGEST // 1_000_000} MB.")


async def _body(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Unsure(f"signal-cli's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _result(status: int, body: bytes) -> Any:
    told = _json(body)
    if status != 200 or not isinstance(told, dict):
        if 400 <= status < 500:
            raise Refused(f"That is no daemon of signal-cli, or it refuses this program ({status}).")
        raise Unsure(f"signal-cli fails ({status}).")
    if isinstance(error := told.get("error"), dict):
        raise refusal(error)
    if "result" not in told:
        raise Unsure("signal-cli answered without a result.")
    return told["result"]


def refusal(error: dict[str, Any]) -> PluginError:
    """What an error of JSON-RPC means. Its words decide alone; they are not shown."""
    code, words, data = error.get("code"), str(error.get("message", "")), error.get("data")
    if any(word in words for word in _UNLINKED):
        return AuthRefused("Signal does not know signal-cli's device any more: link it anew.")
    if code == _BAD_PARAMS and "account" in words:
        return AuthRefused("signal-cli has no such account: link it first.")
    response = data.get("response") if isinstance(data, dict) else None
    told = trouble(response) if isinstance(response, dict) else None
    if told:
        return told
    if code == _UNTRUSTED:
        return Refused(CHANGED)
    if code == _RATE:
        return RateLimited("Signal wants fewer messages.")
    if code in _IN_DOUBT:
        return Unsure("signal-cli failed in the middle of it.")
    if code == _NO_METHOD:
        return Refused("This signal-cli does not know what it was asked for.")
    return Refused("signal-cli refuses that: the address may be wrong, or the group closed.")


def trouble(response: dict[str, Any]) -> PluginError | None:
    """What went wrong with a message, by what became of it for each recipient; None if all have it who can."""
    results = [each for each in response.get("results") or () if isinstance(each, dict)]
    kinds = {str(each.get("type")) for each in results}
    if "SUCCESS" in kinds:
        lacking = kinds - {"SUCCESS", "UNREGISTERED_FAILURE"}
        return Unsure("It was sent to some of the group, and not to all.") if lacking else None
    if "NETWORK_FAILURE" in kinds:
        return Unsure("signal-cli lost its connection to Signal while it sent.")
    if "IDENTITY_FAILURE" in kinds:
        return Refused(CHANGED)
    if "RATE_LIMIT_FAILURE" in kinds:
        waits = [each["retryAfterSeconds"] for each in results if isinstance(each.get("retryAfterSeconds"), int)]
        captcha = any(each.get("token") for each in results)
        what = "Signal wants a captcha solved before it sends more." if captcha else "Signal wants fewer messages."
        return RateLimited(what, float(max(waits, default=0)))
    if "UNREGISTERED_FAILURE" in kinds:
        return Refused("Nobody has that address on Signal.")
    return Refused("Signal did not take it.") if kinds else None
