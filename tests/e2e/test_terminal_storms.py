"""An answer streams and words are typed while the terminal changes its size, is let go and is taken again: all of it stands there
in the end. The engine is played."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.locations import Home
from tests.bench._terminal_keys import END
from tests.e2e.test_terminal import Terminal, pytestmark, stty, terminal
from tests.pty_app import PtyApp

WORDS = "everyletterthatwastypedstandshereinitsownorderandonce"


@pytest.fixture
def streaming(tmp_path: Path) -> Iterator[Home]:
    """A home whose engine streams an answer for some seconds."""
    home = Home(tmp_path / "home")
    home.prepare()
    engine = subprocess.Popen(
        [sys.executable, "-m", "tests.bench._terminal_keys", str(home.path), "2", "3000", "4"], stdout=subprocess.PIPE
    )
    assert engine.stdout and engine.stdout.readline()
    yield home
    engine.kill()
    engine.wait()
    engine.stdout.close()


def test_a_storm_of_sizes_loses_no_letter_and_no_word_of_the_answer(streaming: Home) -> None:
    made_up = random.Random(7)
    sizes = [(1, 1), (60, 20), (1, 50), (300, 1), (0, 0)]
    with PtyApp([sys.executable, "-m", "sage", "--home", str(streaming.path)], (100, 30), controls=True) as app:
        before = app.modes()
        app.wait(b"today")
        app.write(b"prose\r")
        app.wait(b"Esc stops")
        for turn in range(200):
            app.resize(made_up.choice([*sizes, (made_up.randint(1, 200), made_up.randint(1, 60))]))
            if turn % 4 == 0 and turn // 4 < len(WORDS):
                app.write(WORDS[turn // 4].encode())
            app.read(0.01)
        app.write(WORDS[50:].encode())
        app.resize((100, 30))
        app.wait(lambda shown: f"{END}.".encode() in shown and WORDS.encode() in shown)
        app.forget()
        app.resize((110, 35))  # all is drawn anew
        app.wait(lambda shown: END.encode() in shown and WORDS.encode() in shown)
        app.write(b"\x11")
        assert app.ends() == 0
        assert app.modes() == before


def written(screen: str) -> str:
    """What stands in the composer: the last line between two borders."""
    return next((line.strip(" │") for line in reversed(screen.splitlines()) if line.lstrip().startswith("│")), "")


def test_tmux_is_left_and_entered_while_an_answer_streams(terminal: Terminal, streaming: Home, tmp_path: Path) -> None:
    before = stty(terminal, "before")
    terminal.run("set-option", "-g", "window-size", "latest")
    terminal.type(f"{sys.executable} -m sage --home {streaming.path}")
    terminal.press("Enter")
    terminal.wait(lambda shown: "today" in shown)
    terminal.type("prose")
    terminal.press("Enter")
    terminal.wait(lambda shown: "Esc stops" in shown)
    for turn, size in enumerate([(90, 30), (60, 20), (140, 45), (80, 24)]):
        with PtyApp(["tmux", "-S", str(tmp_path / "tmux"), "attach", "-t", "t"], size, controls=True) as client:
            client.wait(b"[t]")  # what tmux draws below
            client.write(WORDS[turn].encode())
            client.wait(lambda shown, turn=turn: written(terminal.screen()) == WORDS[: turn + 1])
            terminal.run("detach-client", "-s", "t")
            client.ends()
    terminal.wait(lambda shown: f"{END}." in " ".join(shown.split()) and written(shown) == WORDS[:4])
    terminal.press("C-q")
    terminal.wait(lambda shown: shown.rstrip().endswith("$"))
    terminal.run("resize-window", "-t", "t", "-x", "80", "-y", "24")
    assert stty(terminal, "after").split("rows")[0] == before.split("rows")[0]


__all__ = ["pytestmark", "terminal"]
