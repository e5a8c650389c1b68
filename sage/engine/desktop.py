"""The desktop as a surface: notifications over the session's bus on Linux, through the system's own script on macOS."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sage.core.schedules.schedule import Ring
from sage.core.schedules.wall_time import in_quiet_hours
from sage.core.terminal_text import clean, clean_line
from sage.profile import resolve

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

LONGEST = 400
"""Characters of a text that are shown."""
_SCRIPT = "on run {words, more}\ndisplay notification more with title words\nend run"


class Desktop:
    """Shows a notification that stays until it is dismissed, where the desktop allows that. Its receipt is the desktop's
    answer; the desktop does not know a reminder by its key."""

    name = "desktop"
    idempotent = False

    def __init__(self, house: House, environ: Mapping[str, str] = os.environ) -> None:
        self._house, self._environ = house, environ

    @property
    def reachable(self) -> bool:
        if not resolve("default", self._house.home).settings.notify.desktop:
            return False
        return bool(shutil.which("osascript")) if sys.platform == "darwin" else bool(session_bus(self._environ))

    async def tell(self, ring: Ring, key: str) -> bool:
        hours = resolve("default", self._house.home).settings.quiet_hours
        quiet = in_quiet_hours(self._house.clock.now(), hours.start, hours.end)
        words = clean_line(ring.schedule.text)[:LONGEST]
        more = clean(ring.late)[:LONGEST]
        if sys.platform == "darwin":
            return await _tell_macos(words, more)
        return await tell_bus(session_bus(self._environ), words, more, quiet=quiet)


def session_bus(environ: Mapping[str, str]) -> str:
    """The address of the session's bus, "" where there is none. A service does not inherit it, but knows where it is."""
    named = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    usual = Path(environ.get("XDG_RUNTIME_DIR", "/nowhere")) / "bus"
    return named or (f"unix:path={usual}" if usual.is_socket() else "")


async def tell_bus(address: str, words: str, more: str, *, quiet: bool) -> bool:
    """Shows a notification (freedesktop.org's specification 1.2); False when no desktop took it."""
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.asyncio import open_dbus_router

    desktop = DBusAddress(
        "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
    )
    hints = {"suppress-sound": ("b", quiet), "desktop-entry": ("s", "sage")}
    never = 0
    # The body may be read as markup, the summary never is.
    call = new_method_call(
        desktop, "Notify", "susssasa{sv}i", ("Sage", 0, "", words, escape(more, quote=False), [], hints, never)
    )
    try:
        entering = open_dbus_router(bus=address)
        router = await entering.__aenter__()
    except (OSError, ValueError, EOFError):
        return False
    try:
        reply = await router.send_and_get_reply(call)
    finally:
        await entering.__aexit__(None, None, None)
    return bool(reply.header.message_type is MessageType.method_return)


async def _tell_macos(words: str, more: str) -> bool:
    script = await asyncio.create_subprocess_exec(
        "osascript", "-e", _SCRIPT, words, more, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await script.wait() == 0
