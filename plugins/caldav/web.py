"""WebDAV (RFC 4918) as far as calendars need it: requests, and what their answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from sage.plugin_api import AuthRefused, Gone, RateLimited, Refused, Unreachable

if TYPE_CHECKING:
    import httpx

DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_NAMESPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
LARGEST = 64_000_000
"""Bytes of the largest answer."""
_MOST_HOPS = 5


class Missing(Gone):
    """There is nothing at that address."""


class Conflict(Refused):
    """A condition of the request does not hold; `why` are the names of what the server says of it."""

    def __init__(self, why: frozenset[str]) -> None:
        super().__init__("The calendar server does not take it.")
        self.why = why


class Failing(Unreachable):
    """The server is there, and fails."""


class Answer(NamedTuple):
    """What the server answered."""

    body: bytes
    etag: str


class Member(NamedTuple):
    """One resource of a multi-status answer. `props` are those that are there; a `gone` one has none."""

    href: str
    gone: bool
    props: dict[str, Element]

    def text(self, name: str) -> str:
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""


class Members(NamedTuple):
    """A multi-status answer. `cut`: there is more behind `token`."""

    members: list[Member]
    token: str
    cut: bool


class Web:
    """The connection to one server. Paths are as `path_of` gives them."""

    def __init__(self, url: str, name: str, password: str) -> None:
        import httpx

        self.base = url
        self._auth = (name, password)
        limits = httpx.Timeout(110.0, connect=10.0)
        self._client = httpx.AsyncClient(auth=self._auth, timeout=limits, headers={"User-Agent": "Sage"})

    async def close(self) -> None:
        await self._client.aclose()

    def path_of(self, href: str) -> str:
        """An address of the server's as this connection names it: its path, or all of it where it is another server's."""
        there, here = urlsplit(urljoin(self.base, href)), urlsplit(self.base)
        path = quote(unquote(there.path), safe="/~!$&'()*+,;=:@")
        return (
            path
            if (there.scheme, there.netloc) == (here.scheme, here.netloc)
            else f"{there.scheme}://{there.netloc}{path}"
        )

    async def find(self, path: str, props: str, deep: bool = False) -> Members:
        """The properties of a resource, or of all in it."""
        body = f"<propfind {_NAMESPACES}><prop>{props}</prop></propfind>"
        return await self.report(path, body, deep=deep, method="PROPFIND")

    async def report(self, path: str, body: str, deep: bool = True, method: str = "REPORT") -> Members:
        """Asks with XML, and reads the answer. Raises Refused for one that is no such answer."""
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1" if deep else "0"}
        answer = await self.ask(method, path, headers, f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode())
        return self._members(answer.body)

    async def get(self, path: str) -> Answer:
        """A resource. Raises Missing."""
        return await self.ask("GET", path, {"Accept": "text/calendar, */*;q=0.5"})

    async def put(self, path: str, text: str, condition: dict[str, str]) -> str:
        """Writes a resource under a condition; its new mark, "" if the server does not say. Raises Conflict."""
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        return (await self.ask("PUT", path, headers, text.encode())).etag

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """One request. Redirects are followed on the same site alone, since they carry the password."""
        import httpx

        url = self._next(self.base, path)
        for _ in range(_MOST_HOPS):
            try:
                async with self._client.stream(method, url, headers=headers, content=body) as answer:
                    if answer.has_redirect_location:
                        url = self._next(url, answer.headers["Location"])
                        continue
                    content = await _content(answer)
                    if answer.status_code == 401 and self._digest(answer):
                        continue
                    _check(answer, content)
                    return Answer(content, answer.headers.get("ETag", ""))
            except (httpx.TransportError, httpx.StreamError, httpx.DecodingError) as error:
                raise Unreachable(f"The calendar server cannot be reached ({type(error).__name__}).") from error
            except httpx.InvalidURL as error:
                raise Refused("The calendar server points to an address that is none.") from error
        raise Refused("The calendar server sends from one address to the next without an end.")

    def _next(self, url: str, to: str) -> str:
        """An address that the server names, which gets the password. Raises Refused for one that is not its own."""
        there, here = urlsplit(urljoin(url, to)), urlsplit(self.base)
        if there.scheme != here.scheme or not _is_own(there.hostname or "", here.hostname or ""):
            raise Refused("The calendar server points to another one; put that address in the settings if it is yours.")
        return there.geturl()

    def _digest(self, answer: httpx.Response) -> bool:
        """Goes over to the other way of sending a password, once, if the server wants it."""
        import httpx

        wanted = answer.headers.get("WWW-Authenticate", "").lower().startswith("digest")
        if not wanted or isinstance(self._client.auth, httpx.DigestAuth):
            return False
        self._client.auth = httpx.DigestAuth(*self._auth)
        return True

    def _members(self, body: bytes) -> Members:
        root = _xml(body)
        if root is None or root.tag != f"{DAV}multistatus":
            raise Refused("The server's answer is none of a calendar server.")
        members, cut = [], False
        for response in root.iter(f"{DAV}response"):
            path = self.path_of(response.findtext(f"{DAV}href", "").strip())
            status = response.findtext(f"{DAV}status", "")
            cut |= " 507" in status
            if " 507" not in status:
                members.append(Member(path, " 404" in status or " 410" in status, dict(_props(response))))
        return Members(members, root.findtext(f"{DAV}sync-token", "").strip(), cut)


def text_of(value: str) -> str:
    """Text as it stands in XML."""
    return escape(value, {'"': "&quot;"})


def query(kind: str, time_range: str = "") -> str:
    """The body that asks for all components of a kind in a calendar (RFC 4791, 7.8)."""
    return (
        f"<C:calendar-query {_NAMESPACES}><prop><getetag/><C:calendar-data/></prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="{kind}">{time_range}</C:comp-filter></C:comp-filter>'
        f"</C:filter></C:calendar-query>"
    )


def these(paths: list[str]) -> str:
    """The body that asks for some resources of a calendar (RFC 4791, 7.9)."""
    hrefs = "".join(f"<href>{text_of(path)}</href>" for path in paths)
    return f"<C:calendar-multiget {_NAMESPACES}><prop><getetag/><C:calendar-data/></prop>{hrefs}</C:calendar-multiget>"


def since(token: str) -> str:
    """The body that asks what changed since a token (RFC 6578)."""
    return (
        f"<sync-collection {_NAMESPACES}><sync-token>{text_of(token)}</sync-token><sync-level>1</sync-level>"
        f"<prop><getetag/></prop></sync-collection>"
    )


def _props(response: Element) -> Iterator[tuple[str, Element]]:
    for part in response.iter(f"{DAV}propstat"):
        if " 200" in part.findtext(f"{DAV}status", ""):
            yield from ((prop.tag, prop) for found in part.iter(f"{DAV}prop") for prop in found)


def _xml(body: bytes) -> Element | None:
    """Parsed XML; None for what is none, or declares entities (which can grow without an end)."""
    if not _is_plain(body):
        return None
    try:
        return ElementTree.fromstring(body, ElementTree.XMLParser(encoding="utf-8"))  # noqa: S314 - no entities, see above
    except ElementTree.ParseError:
        return None


def _is_plain(body: bytes) -> bool:
    """Whether its first element comes without declarations (`<!DOCTYPE …>`) before it."""
    at = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    while True:
        at += len(body[at:]) - len(body[at:].lstrip()) if body[at : at + 1].isspace() else 0
        end = next((end for begin, end in ((b"<?", b"?>"), (b"<!--", b"-->")) if body.startswith(begin, at)), b"")
        if not end:
            return body[at : at + 1] == b"<" and body[at + 1 : at + 2] not in (b"!", b"")
        at = body.find(end, at) + len(end)
        if at < len(end):
            return False


def _is_own(host: str, known: str) -> bool:
    """Whether a host belongs to the site of the one in the settings, as p1.dav.example.org does to dav.example.org."""
    names = known.split(".")
    above = names[1:] if len(names) > 2 and not names[-1].isdecimal() and ":" not in known else names
    if len(above) == 2 and len(above[-1]) == 2 and len(above[0]) <= 3:  # such as co.uk, where many sites are
        above = names
    return host == known or host.endswith("." + ".".join(above)) or host == ".".join(above)


async def _content(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Refused(f"The calendar server's answer has more than {LARGEST // 1_000_000} MB.")
    return bytes(found)


def _check(answer: httpx.Response, content: bytes) -> None:
    code = answer.status_code
    if code < 300:
        return
    if code == 401:
        raise AuthRefused("The calendar server refuses the name or the password.")
    if code in (404, 410):
        raise Missing("There is nothing at that address.")
    if code in (403, 409, 412):
        root = _xml(content)
        why = frozenset(child.tag for child in root) if root is not None else frozenset()
        if code != 403 or why:
            raise Conflict(why)
    after = answer.headers.get("Retry-After", "")
    seconds = float(after) if after.isdecimal() else 0.0
    if code == 429:
        raise RateLimited("The calendar server wants fewer calls.", seconds)
    if code == 423 or (code >= 500 and code not in (501, 505, 507)):  # 423: somebody else is writing there
        raise Failing(f"The calendar server fails ({code}).", seconds)
    raise Refused(f"The calendar server refuses that ({code}).")
