"""The line to type into that is there before the app is loaded, in a real terminal. Loading is held up for as long as it takes."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client
from sage.locations import Home
from sage.tui.early import LEAVE_SCREEN, SCREEN
from tests.pty_app import PtyApp

HELD_UP = """
import sys, time
class Later:
    def find_spec(self, name, path=None, target=None):
        if name == "textual":
            time.sleep({seconds})
sys.meta_path.insert(0, Later())
"""


def open_sage(home: Home, folder: Path, seconds: float, size: tuple[int, int] = (80, 24), **env: str) -> PtyApp:
    """Sage in a terminal of its own that echoes; loading the app takes so many seconds more."""
    (folder / "sitecustomize.py").write_text(HELD_UP.format(seconds=seconds))
    path = os.pathsep.join((str(folder), *filter(None, sys.path)))
    command = [sys.executable, "-m", "sage", "--home", str(home.path)]
    return PtyApp(command, size, {"PYTHONPATH": path, **env}, controls=True, echoes=True)


def frame_of(shown: bytes) -> dict[int, str]:
    """By their rows, the top and the bottom of the composer's frame as they were drawn first."""
    rows: dict[int, str] = {}
    for row, drawn in re.findall(r"\x1b\[(\d+);1H([^\r\n]*?)(?=[\r\n]|\x1b\[\d+;\d+H)", shown.decode(errors="replace")):
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn).rstrip()
        if text.strip()[:1] in ("╭", "╰"):
            rows.setdefault(int(row), text)
    return rows


def test_what_is_typed_while_the_app_is_loaded_stands_in_its_frame_and_is_sent_once(home: Home, tmp_path: Path) -> None:
    with open_sage(home, tmp_path, 1.5) as app:
        before = app.modes()
        app.wait(b"\x1b[22;4H")  # the cursor is in it
        app.forget()
        for piece in ("remember: the ж".encode(), "語".encode()[:2], "語".encode()[2:] + b" blooms\r"):
            app.write(piece)
        app.wait("remember: the ж語 blooms".encode())
        assert b"\x1b" not in app.shown  # it is the terminal that shows it, and the app is not there yet
        app.wait(b"Noted in")
        app.write(b"\x11")
        app.process.wait(20)
        app.drain(0.1, 2)
        assert app.modes() == before
        assert app.shown.count(SCREEN.encode()) == 0 and app.shown.count(b"\x1b[?1049l") == 1
    with Client(home) as client:
        assert [turn.said for turn in client.call(wire.ShowConversation("last")).turns] == ["remember: the ж語 blooms"]


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (60, 20)])
def test_the_frame_is_where_the_app_then_has_it_and_looks_alike(
    size: tuple[int, int], home: Home, tmp_path: Path
) -> None:
    with open_sage(home, tmp_path, 0.3, size) as app:
        app.wait("╯".encode())
        early = app.shown
        app.forget()
        app.wait("╰".encode())
        app.read(0.2)
        assert frame_of(early + b"\r") == frame_of(app.shown) and len(frame_of(app.shown)) == 2
        assert all(colour in shown for colour in (b"38;2;7;79;134", b"48;2;18;18;18") for shown in (early, app.shown))
        assert SCREEN.encode() not in app.shown


@pytest.mark.parametrize("key", [b"\x03", signal.SIGTERM, signal.SIGHUP])
def test_whoever_leaves_while_it_is_loaded_has_the_screen_of_the_shell(
    key: bytes | signal.Signals, home: Home, tmp_path: Path
) -> None:
    with open_sage(home, tmp_path, 20) as app:
        before = app.modes()
        app.wait("╯".encode())
        if isinstance(key, bytes):
            app.write(key)
        else:
            app.process.send_signal(key)
        app.wait(LEAVE_SCREEN.encode())
        assert app.process.wait(20) == (130 if isinstance(key, bytes) else -key)
        assert app.modes() == before
