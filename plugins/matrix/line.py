"""The line to a homeserver: mautrix's requests, with errors that say what they mean for Sage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)
from mautrix.api import HTTPAPI, Method, Path
from mautrix.errors import MatrixError, make_request_error
from yarl import URL

from sage.plugin_api import AuthRefused, PluginError, RateLimited, Refused, Unreachable

from .reading import table_of, text_of

POLL = 30.0
"""Seconds for which the server is asked to wait for something new."""
_TIMEOUT = ClientTimeout(total=None, sock_connect=10, sock_read=POLL + 15)
_REFUSED = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"})


class Unanswered(Unreachable):
    """What was asked may have reached the server."""


class SignedOut(AuthRefused):
    """The server no longer takes the token. `soft`: the same device may log in again and keeps its keys."""

    def __init__(self, what: str, soft: bool) -> None:
        super().__init__(what)
        self.soft = soft


class Line(HTTPAPI):
    """One account's requests."""

    def __init__(self, homeserver: str) -> None:
        session = ClientSession(timeout=_TIMEOUT, trust_env=True, headers={"User-Agent": "Sage"})
        super().__init__(homeserver, client_session=session)

    async def ask(self, method: Method, path: Any, body: Any = None, **query: str) -> Mapping[str, Any]:
        """The table that the server answers. Raises a PluginError, or MatrixRequestError for what it refuses."""
        return table_of(await self.request(method, path, content=body, query_params=query))

    async def _send(
        self, method: Method, url: URL, content: Any, query_params: dict[str, str], headers: dict[str, str]
    ) -> tuple[Any, ClientResponse]:
        try:
            async with self.session.request(
                str(method), url, data=content, params=query_params, headers=headers, allow_redirects=False
            ) as response:
                whole = await response.read()
                try:
                    answer = await response.json(content_type=None)
                except ValueError:
                    answer = None
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unreachable("The Matrix server cannot be reached.") from error
        except (ClientError, TimeoutError, OSError) as error:
            raise Unanswered("The connection to the Matrix server ended.") from error
        if response.status >= 300:
            raise _error(response.status, table_of(answer), whole, response.headers)
        if not isinstance(answer, dict):
            raise Unanswered("What answers at that address is no Matrix server, or one that is not well.")
        return answer, response

    async def close(self) -> None:
        await self.session.close()


def _error(status: int, answer: Mapping[str, Any], whole: bytes, headers: Mapping[str, str]) -> Exception:
    code = text_of(answer.get("errcode"))
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return RateLimited("The Matrix server asks for fewer calls.", _wait(answer, headers))
    if code in _REFUSED:
        return SignedOut(
            "The Matrix server no longer accepts this account's session.", answer.get("soft_logout") is True
        )
    if status >= 500:
        return Unanswered(f"The Matrix server fails (status {status}).")
    if status < 400:
        return Unreachable(
            "The Matrix server sends on to another address; the settings' homeserver should name that one."
        )
    error: Exception = make_request_error(
        status, whole.decode(errors="replace"), code or None, text_of(answer.get("error"))
    )
    return error


def _wait(answer: Mapping[str, Any], headers: Mapping[str, str]) -> float:
    """Seconds that the server asks for."""
    wanted = answer.get("retry_after_ms")
    if isinstance(wanted, int | float):
        return max(0.0, wanted / 1000)
    header = headers.get("Retry-After", "")
    return float(header) if header.isdecimal() else 0.0


def refusal(error: MatrixError, what: str) -> PluginError:
    """What the server refused, as one sentence with its code and without its words."""
    code = getattr(error, "errcode", None) or f"status {getattr(error, 'http_status', 0)}"
    return Refused(f"{what} ({code})")


__all__ = ["POLL", "Line", "Method", "Path", "SignedOut", "Unanswered", "refusal"]
