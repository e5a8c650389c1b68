"""The lists and calendars of an account: found from any of its addresses (RFC 6764, RFC 4791 section 6.2)."""

from __future__ import annotations

from typing import NamedTuple

from sage.plugin_api import BadConfig, Gone, Refused

from .web import CAL, DAV, Member, Web

_WRITE = {f"{DAV}{name}" for name in ("all", "write", "write-content")}
_PROPS = "<resourcetype/><displayname/><C:supported-calendar-component-set/><current-user-privilege-set/>"


class Calendar(NamedTuple):
    """A list of tasks, or a calendar, or both: `kinds` are the components that it takes."""

    path: str
    name: str
    kinds: frozenset[str]
    writable: bool


async def found(web: Web, address: str, wanted: tuple[str, ...]) -> list[Calendar]:
    """All of the account that have one of the wanted names (none: all). Raises BadConfig."""
    try:
        members = await _members(web, web.path_of(address))
    except (Gone, Refused) as error:
        raise BadConfig("There is no account of a calendar server at that address.", key="url") from error
    lists = [_calendar(member) for member in members if _is_calendar(member)]
    unknown = set(wanted) - {one.name for one in lists}
    if unknown:
        raise BadConfig(f"There is no list {min(unknown)!r} on the server.", key="lists")
    return sorted((one for one in lists if not wanted or one.name in wanted), key=lambda one: one.path)


async def _members(web: Web, path: str) -> list[Member]:
    """What the account's home holds; or the one calendar that the address names."""
    at = await _asked(web, path) or await _asked(web, web.path_of("/.well-known/caldav"))
    if at is None:
        raise Refused
    if _is_calendar(at):
        return [at]
    principal = _href(at, f"{DAV}current-user-principal")
    if not _href(at, f"{CAL}calendar-home-set") and principal:
        at = await _asked(web, web.path_of(principal))
        if at is None:
            raise Refused
    home = _href(at, f"{CAL}calendar-home-set")
    return (await web.find(web.path_of(home) if home else at.href, _PROPS, deep=True)).members


async def _asked(web: Web, path: str) -> Member | None:
    """What a resource says of itself, if it says where the account is."""
    try:
        members = (await web.find(path, f"<current-user-principal/><C:calendar-home-set/>{_PROPS}")).members
    except (Gone, Refused):
        return None
    known = (f"{DAV}current-user-principal", f"{CAL}calendar-home-set")
    return next((one for one in members if _is_calendar(one) or any(_href(one, name) for name in known)), None)


def _href(member: Member, name: str) -> str:
    prop = member.props.get(name)
    return (prop.findtext(f"{DAV}href") or "").strip() if prop is not None else ""


def _is_calendar(member: Member) -> bool:
    kind = member.props.get(f"{DAV}resourcetype")
    return kind is not None and kind.find(f"{CAL}calendar") is not None


def _calendar(member: Member) -> Calendar:
    kinds = member.props.get(f"{CAL}supported-calendar-component-set")
    rights = member.props.get(f"{DAV}current-user-privilege-set")
    names = {comp.get("name", "").upper() for comp in kinds} if kinds is not None else {"VEVENT", "VTODO"}
    writable = rights is None or any(right.tag in _WRITE for right in rights.iter())
    name = " ".join(member.text(f"{DAV}displayname").split()) or member.href.rstrip("/").rpartition("/")[2]
    return Calendar(member.href, name, frozenset(names), writable)
