"""A desktop that shows notifications: dunst on a session bus of its own, under a screen that nobody sees (Xvfb)."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from jeepney import message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.servers.running import needs, running


class Desktop(NamedTuple):
    """The address of its bus, and what dunst says that it has shown so far."""

    bus: str
    shown: Callable[[], str]
    dunst: subprocess.Popen[bytes]


@contextlib.contextmanager
def dunst(folder: Path) -> Iterator[Desktop]:
    """Runs one; `folder` is for its socket and logs."""
    programs = [needs(name) for name in ("Xvfb", "dbus-daemon", "dunst")]
    places = [folder / name for name in ("screen", "bus", "dunst")]
    for place in places:
        place.mkdir()
    number = next(n for n in range(90, 400) if not Path(f"/tmp/.X11-unix/X{n}").exists())
    address = f"unix:path={places[1] / 's'}"
    environment = {"DISPLAY": f":{number}", "DBUS_SESSION_BUS_ADDRESS": address, "HOME": str(folder)}
    screen = [programs[0], f":{number}", "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    bus = [programs[1], "--session", "--nofork", "--nopidfile", f"--address={address}"]
    with (
        running(screen, lambda: Path(f"/tmp/.X11-unix/X{number}").exists(), places[0]),
        running(bus, (places[1] / "s").exists, places[1]),
        running(
            [programs[2], "-conf", "/dev/null", "-print"], lambda: _listens(address), places[2], env=environment
        ) as server,
    ):
        yield Desktop(address, lambda: (places[2] / "server.log").read_text(errors="replace"), server)


def _listens(address: str) -> bool:
    """Whether somebody shows notifications on the bus."""
    with contextlib.closing(open_dbus_connection(bus=address)) as connection:
        reply = connection.send_and_get_reply(message_bus.NameHasOwner("org.freedesktop.Notifications"))
    return bool(reply.body[0])
