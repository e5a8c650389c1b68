from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sage.tui.early import LEAVE_SCREEN, EarlyLine, frame
from tests.pty_app import PtyApp

COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def drawn(environ: dict[str, str]) -> EarlyLine:
    line = EarlyLine()
    line.draw(environ)
    return line


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int] = (80, 24)) -> Iterator[int]:
    """Standard error is a terminal of that size; its other end."""
    near, far = os.openpty()
    PtyApp._resize(far, size)
    with os.fdopen(far, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        monkeypatch.setattr("signal.signal", lambda number, handler: None)
        yield near
    os.close(near)


def test_a_screen_that_nobody_took_is_given_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as end:
        line = drawn(COLOURS)
        assert line.is_open and "╭" in os.read(end, 4096).decode()
        line.close()
        line.close()
        assert os.read(end, 4096).decode() == LEAVE_SCREEN


def test_a_screen_that_the_app_has_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as end:
        line = drawn(COLOURS)
        os.read(end, 4096)
        assert line.take() and not line.take()
        line.close()
        os.set_blocking(end, False)
        with pytest.raises(BlockingIOError):
            os.read(end, 1)


@pytest.mark.parametrize(
    ("environ", "size"),
    [({"COLUMNS": "100"}, (80, 24)), ({"TEXTUAL_DRIVER": "x:Y"}, (80, 24)), ({}, (19, 24)), ({}, (80, 7))],
)
def test_nothing_is_drawn_where_the_app_may_look_otherwise(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], size: tuple[int, int]
) -> None:
    with terminal(monkeypatch, size) as end:
        assert not drawn({**COLOURS, **environ}).is_open
        os.set_blocking(end, False)
        with pytest.raises(BlockingIOError):
            os.read(end, 1)


def test_a_terminal_that_went_away_is_no_trouble_here(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = os.openpty()
    os.close(near)
    with os.fdopen(far, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        monkeypatch.setattr(file, "isatty", lambda: True)  # as it was a moment ago
        line = drawn(COLOURS)
        line.close()


def test_without_colours_none_are_set() -> None:
    assert "m" not in frame(80, 24, {**COLOURS, "NO_COLOR": "1"}).replace("\x1b[?1049h", "")
    assert "48;5;233" in frame(80, 24, {"TERM": "xterm-256color"}) and "48;2;18;18;18" in frame(80, 24, COLOURS)
    assert "m" not in frame(80, 24, {"TERM": "vt100"}).replace("\x1b[?1049h", "")
