"""The only one who asks the time."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sage.core.schedules.wall_time import zone_of


class SystemClock:
    """The system's clock, in the person's zone ("" for the system's own)."""

    def __init__(self, zone: str = "") -> None:
        self.stay_in(zone)

    def stay_in(self, zone: str) -> None:
        """Goes by another zone from now on. Raises BadInput."""
        self._zone = zone_of(zone) if zone else None

    @property
    def zone(self) -> ZoneInfo:
        """Where the person is: the system's zone is read anew, since who travels changes it."""
        return self._zone or system_zone()

    def now(self) -> datetime:
        return datetime.now(self.zone)


def elapsed() -> float:
    """Seconds since the machine started, those that it slept included; no change of the clock touches them."""
    # macOS counts sleep in CLOCK_MONOTONIC; Linux only in CLOCK_BOOTTIME.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def started() -> str:
    """Which start of the machine this is; "" where nothing tells."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def system_zone() -> ZoneInfo:
    """The system's zone by its IANA name: TZ, else where /etc/localtime points, else /etc/timezone, else UTC."""
    named = os.environ.get("TZ", "").lstrip(":")
    link = Path("/etc/localtime")
    if not named and link.is_symlink():
        named = str(link.resolve()).partition("zoneinfo/")[2]
    if not named and Path("/etc/timezone").is_file():
        named = Path("/etc/timezone").read_text().strip()
    try:
        return ZoneInfo(named or "UTC")
    except (ValueError, OSError):
        return ZoneInfo("UTC")
