"""The desktop, on a session bus of the test's own with a stand-in for the desktop."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import HeaderFields, MessageType, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection

from sage.engine.desktop import session_bus, tell_bus

pytestmark = pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="there is no dbus-daemon here")


@pytest.fixture
def bus() -> Iterator[str]:
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert daemon.stdout
    yield daemon.stdout.readline().decode().strip()
    daemon.terminate()
    daemon.wait()
    daemon.stdout.close()


class StandIn:
    """A desktop that takes one notification."""

    def __init__(self, address: str) -> None:
        self.body: tuple[Any, ...] = ()
        self._connection = open_dbus_connection(bus=address)
        self._connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self.body:
            message = self._connection.receive(timeout=20)
            is_call = message.header.message_type is MessageType.method_call
            if is_call and message.header.fields[HeaderFields.member] == "Notify":
                self.body = message.body
                self._connection.send(new_method_return(message, "u", (7,)))

    def close(self) -> None:
        self._thread.join()
        self._connection.close()


async def test_the_desktop_shows_it_and_its_answer_is_the_receipt(bus: str) -> None:
    desktop = StandIn(bus)
    assert await tell_bus(bus, "Tea & <b>water</b>", "It was due <today>.", quiet=True)
    desktop.close()
    name, _, _, summary, body, _, hints, stays = desktop.body
    assert (name, summary, body, stays) == ("Sage", "Tea & <b>water</b>", "It was due &lt;today&gt;.", 0)
    assert hints["suppress-sound"] == ("b", True)


async def test_where_no_desktop_listens_it_did_not_arrive(bus: str) -> None:
    assert not await tell_bus(bus, "Tea", "", quiet=False)
    assert not await tell_bus("unix:path=/nowhere/bus", "Tea", "", quiet=False)


def test_the_bus_is_found_by_its_name_or_its_usual_place(tmp_path: Path) -> None:
    assert session_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}) == "unix:path=/x"
    assert session_bus({"XDG_RUNTIME_DIR": str(tmp_path)}) == session_bus({}) == ""
