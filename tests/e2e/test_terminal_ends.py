"""Each way in which a terminal takes, stops, continues and ends the app leaves it as it was found, and loses no word."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from tests.pty_app import PtyApp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere terminals tell this in another way")

SANE = {"25", "7"}
"""The cursor is seen and lines are wrapped; nothing else is turned on."""
ENDS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def opened(home: Home, *, typed: bytes = b"", size: tuple[int, int] = (80, 24), **env: str) -> PtyApp:
    """The app in a terminal of its own; `typed` before it is there."""
    app = PtyApp([sys.executable, "-m", "sage", "--home", str(home.path)], size, env, controls=True)
    app.write(typed)
    return app


def said(home: Home) -> list[str]:
    """What the person said, in the last conversation, as it is on disk."""
    with Client(home) as client:
        return [turn.said for turn in client.call(wire.ShowConversation("last")).turns]


@pytest.mark.parametrize("how", ENDS, ids=lambda how: how.name)
def test_a_signal_that_ends_the_app_gives_the_terminal_back(home: Home, how: signal.Signals) -> None:
    with opened(home) as app:
        before = app.modes()
        app.wait(b"librarian")
        app.write(b"half a thought")
        app.wait(b"ht")
        assert app.modes() != before and "1049" in app.modes_on()
        app.process.send_signal(how)
        assert app.ends() == 128 + how
        app.drain()
        assert app.modes() == before and app.modes_on() == SANE
    with opened(home) as app:
        app.wait(b"half a thought")


def test_a_kill_leaves_what_was_written_for_the_next_start_once_for_each_app(home: Home) -> None:
    with opened(home, typed=b"a first thought") as one, opened(home, typed=b"a second thought") as other:
        for app in (one, other):
            app.wait(b"librarian")
        wait_until(lambda: drafts(home) == ["a first thought", "a second thought"])
    with opened(home) as app:
        app.wait(lambda shown: b"a first thought" in shown and b"a second thought" in shown)
        app.write(b"\x11")
        app.ends()
    (draft,) = drafts(home)
    assert sorted(draft.split("\n\n")) == ["a first thought", "a second thought"]


def drafts(home: Home) -> list[str]:
    """What stands in apps, as it is on disk."""
    return sorted(path.read_text() for path in home.drafts.glob("*/talk.txt"))


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


@pytest.fixture
def cold(home: Home) -> Home:
    """A home whose engine does not run."""
    stop_engine(home)
    return home


F8, QUIT = b"\x1b[19~", b"\x11"


@pytest.mark.parametrize("how", ("quit", "kill"))
def test_what_was_given_before_the_engine_was_there_is_there_at_the_next_start(cold: Home, how: str) -> None:
    with opened(cold) as app:
        app.wait(b"\x1b[?2004h")
        app.write(F8 + b"buy milk tomorrow\r" + b"how much sun do tomatoes want\r" + b"and a thought")
        app.wait(b"thought")
        if how == "quit":
            app.write(QUIT)
        else:
            wait_until(lambda: any("and a thought" in draft for draft in drafts(cold)))
            app.close()
        app.ends()
    with opened(cold) as app:
        wait_until(lambda: cold.tasks.exists() and cold.tasks.read_text().count("buy milk") == 1)
        app.wait(lambda shown: b"and a thought" in shown)
        wait_until(lambda: not list(cold.drafts.glob("*/*.*.txt")))
    assert cold.tasks.read_text().count("buy milk") == 1
    assert "how much sun do tomatoes want" in "".join([*drafts(cold), *said(cold)])


def test_what_was_typed_before_the_app_had_the_terminal_is_sent_once_and_in_its_order(home: Home) -> None:
    with opened(home, typed=b"first things\nremember: the late trains leave at 8\r") as app:
        app.write("and a häl".encode())
        app.wait(lambda shown: b"Noted in" in shown and "häl".encode() in shown)
        app.write(b"f")
        app.wait("hälf".encode())
    assert said(home) == ["first things", "remember: the late trains leave at 8"]


def test_enter_that_was_read_late_sends_as_well(home: Home) -> None:
    """The composer may have the cursor before the first byte is read."""
    slow = "import time, select as s; real = s.select\ns.select = lambda *given: time.sleep(1.5) or real(*given)\n"
    run = "import sys; sys.argv = ['sage', '--home', sys.argv[1]]; from sage.__main__ import main; sys.exit(main())"
    with PtyApp([sys.executable, "-c", slow + run, str(home.path)]) as app:
        app.write(b"remember: slow machines read late\n")
        app.wait(b"Noted in")
    assert said(home) == ["remember: slow machines read late"]


def test_bytes_that_are_no_text_do_not_end_the_app(home: Home) -> None:
    with opened(home) as app:
        app.wait(b"librarian")
        app.write(b"caf\xe9 \xff\xfe still here")
        app.wait(b"still here")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[PtyApp]:
    """A shell whose terminal tells it, and all that it starts, when it ends."""
    with PtyApp(["bash", "--norc", "--noprofile", "-i"], env={"PS1": "ready> ", "HISTFILE": ""}, controls=True) as made:
        made.wait(b"ready>")
        made.write(b"bind 'set enable-bracketed-paste off'\r")
        made.drain()
        yield made


def asked(shell: PtyApp, question: str) -> bytes:
    """What a command of the shell prints."""
    shell.forget()
    shell.write(f"echo begin; {question}; echo en''d\r".encode())
    shell.wait(b"\nend")
    return shell.shown.partition(b"\nbegin\r\n")[2].partition(b"\r\nend")[0]


def start(shell: PtyApp, home: Home, folder: Path) -> int:
    """Starts the app in the shell; its process."""
    shell.forget()
    told = folder / "process"
    shell.write(f"sh -c 'echo $$ > {told}; exec {sys.executable} -m sage --home {home.path}'\r".encode())
    shell.wait(b"librarian")
    return int(told.read_text())


def wait_stopped(shell: PtyApp) -> None:
    """Until the shell has its terminal again."""
    shell.wait(lambda shown: b"ready>" in shown.partition(b"Stopped")[2])


@pytest.mark.parametrize("how", (signal.SIGTSTP, signal.SIGSTOP), ids=lambda how: how.name)
def test_a_stop_gives_the_terminal_to_the_shell_and_fg_brings_the_app_back(
    shell: PtyApp, home: Home, tmp_path: Path, how: signal.Signals
) -> None:
    before = asked(shell, "stty -g")
    app = start(shell, home, tmp_path)
    shell.write(b"half a thought")
    shell.wait(b"thought")
    for word in (b"first", b"second", b"third"):
        os.kill(app, how)
        wait_stopped(shell)
        if how == signal.SIGTSTP:  # of the other nobody is told
            assert shell.modes_on() == SANE
        assert asked(shell, "stty -g") == before
        shell.forget()
        shell.write(b"fg\r")
        shell.wait(b"half a thought")  # all of it is drawn anew
        shell.write(b" " + word)
        shell.wait(word)
    os.kill(app, signal.SIGCONT)  # nothing was stopped: nothing is taken twice
    shell.write(b" and ends")
    shell.wait(b"and ends")
    shell.forget()
    shell.write(b"\x11")
    shell.wait(b"ready>")
    assert not shell.modes_on() - SANE
    assert asked(shell, "stty -g") == before


def test_the_app_that_is_stopped_ends_with_its_shell(shell: PtyApp, home: Home, tmp_path: Path) -> None:
    app = start(shell, home, tmp_path)
    os.kill(app, signal.SIGTSTP)
    wait_stopped(shell)
    os.close(shell.terminal)
    shell.terminal = os.open(os.devnull, os.O_RDWR)
    shell.process.wait(60)
    gone(app)


def gone(process: int) -> None:
    """Waits until a process is there no more."""
    with_end = os.pidfd_open(process) if Path(f"/proc/{process}").exists() else -1
    if with_end >= 0:
        import select

        assert select.select([with_end], [], [], 60)[0], "it is still there"
        os.close(with_end)


def test_a_terminal_that_is_closed_ends_the_app_and_loses_nothing(shell: PtyApp, home: Home, tmp_path: Path) -> None:
    app = start(shell, home, tmp_path)
    shell.write(b"remember: the ladder is in the shed\r")
    shell.wait(b"Noted in")
    os.close(shell.terminal)
    shell.terminal = os.open(os.devnull, os.O_RDWR)
    gone(app)
    assert said(home) == ["remember: the ladder is in the shed"]


@pytest.mark.parametrize("term", ("no-such-terminal", "", "vt100", "linux"))
def test_an_unknown_terminal_shows_the_app(home: Home, term: str) -> None:
    with opened(home, TERM=term) as app:
        before = app.modes()
        app.wait(b"librarian")
        app.write(b"\x11")
        assert app.ends() == 0
        app.drain()
        assert app.modes() == before and app.modes_on() == SANE


@pytest.mark.parametrize("size", ((0, 0), (1, 1), (1, 24), (80, 1)), ids=str)
def test_a_terminal_of_any_size_takes_words(home: Home, size: tuple[int, int]) -> None:
    with opened(home, size=size) as app:
        app.wait(b"\x1b[?2004h")
        app.write(b"remember: sizes do not matter\r")
        app.resize((80, 24))
        app.wait(b"Noted in")
        app.resize(size)
        app.write(b"\x11")
        assert app.ends() == 0
    assert said(home) == ["remember: sizes do not matter"]


def test_a_terminal_that_nobody_reads_holds_up_neither_the_answer_nor_the_end(home: Home) -> None:
    with opened(home) as app:
        before = app.modes()
        app.wait(b"librarian")
        app.write(b"remember: nobody reads this\r")
        app.wait(b"Noted in")
        for number in range(40):  # what is drawn for them is more than the terminal holds
            app.write(f"how much sun do tomatoes want {number}\r".encode())
        for turn in range(400):
            app.resize((60 + turn % 40, 20 + turn % 9))
        with Client(home) as client:
            client.call(wire.ShowStatus())
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(60) == 128 + signal.SIGTERM
        assert app.modes()[3] == before[3] and app.modes()[0] == before[0]
        app.drain()
        assert app.modes_on() == SANE


def test_without_any_input_the_app_says_what_to_do(home: Home) -> None:
    with PtyApp(["sh", "-c", f"{sys.executable} -m sage --home {home.path} <&-; echo code-$?"]) as shell:
        shell.wait(b"code-1")
        assert b"needs a terminal" in shell.shown
        assert shell.modes_on() == set()
