"""Zones that a calendar describes itself, told apart: the library keeps them by name for the whole process, and many programs give
each of theirs the same one ("Customized Time Zone")."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

_BLOCK = re.compile(r"^BEGIN:VTIMEZONE\s*?\n.*?^END:VTIMEZONE", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_NAME = re.compile(r"^TZID(?:;[^:\r\n]*)?:(?P<name>[^\r\n]+?)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_USED = re.compile(
    r'^(TZID(?:;[^:\r\n]*)?:)([^\r\n]+?)(?=[ \t]*\r?$)|(;TZID=)("[^"\r\n]*"|[^;:,\r\n]*)', re.MULTILINE | re.IGNORECASE
)


def own_zones(text: str) -> dict[str, str]:
    """The zones that a text describes itself and that nobody else knows, each with a name that only this description has."""
    found = {}
    for block in _BLOCK.findall(text):
        name = _NAME.search(block)
        if name and not _is_known(name["name"]):
            found[name["name"]] = f"{name['name']}~{hashlib.sha256(block.encode()).hexdigest()[:12]}"
    return found


def with_zones(text: str, zones: Mapping[str, str]) -> str:
    """The text with zones under other names, wherever they are described or used."""
    if not zones:
        return text

    def renamed(found: re.Match[str]) -> str:
        before, name = (found[1], found[2]) if found[1] else (found[3], found[4].strip('"'))
        if name not in zones:
            return found[0]
        return f"{before}{zones[name]}" if found[1] else f'{before}"{zones[name]}"'

    return _USED.sub(renamed, text)


def _is_known(name: str) -> bool:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    bare = name.strip("/")
    if bare in WINDOWS_TO_OLSON:
        return True
    try:
        return bool(ZoneInfo(bare))
    except (ValueError, OSError, LookupError):
        return False
