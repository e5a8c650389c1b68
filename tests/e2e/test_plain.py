"""`sage --plain` as it is used: in a pipe, in a terminal that can do nothing, and in a real one."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sage import wire
from sage.client import Client
from sage.locations import Home
from sage.tui.commands.table import COMMANDS
from tests.openai_stand_in import Answer, StandIn

ANSWER = "six hours of sun"


class Person:
    """Writes into a terminal of its own, and hears all that comes out of it."""

    def __init__(self, home: Home, term: str) -> None:
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            os.environ["TERM"] = term
            os.execv(sys.executable, [sys.executable, "-m", "sage", "--home", str(home.path), "--plain"])
        self.heard, self._at = "", 0

    def hear(self, until: str) -> str:
        """What came since the last time, up to these words."""
        ends = time.monotonic() + 60
        while until not in self.heard[self._at :]:
            if not select.select([self._terminal], [], [], max(0.0, ends - time.monotonic()))[0]:
                raise TimeoutError(self.heard[self._at :])
            self.heard += os.read(self._terminal, 4096).decode()
        begun, self._at = self._at, self.heard.index(until, self._at) + len(until)
        return self.heard[begun : self._at]

    def write(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def interrupt(self) -> None:
        """Ctrl+C, as late as a person's: what edits the line sees it once it waits for keys."""
        time.sleep(0.3)
        self.write("\x03")

    def left(self) -> int:
        """The exit code, once it has left."""
        while True:
            try:
                if not os.read(self._terminal, 4096):
                    break
            except OSError:
                break
        _, status = os.waitpid(self.pid, 0)
        os.close(self._terminal)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
            os.close(self._terminal)


@contextmanager
def plain(home: Home, term: str = "xterm-256color") -> Iterator[Person]:
    person = Person(home, term)
    try:
        person.hear("\n> ")
        yield person
    finally:
        person.close()


def piped(home: Home, *lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sage", "--home", str(home.path), "--plain"],
        input="\n".join(lines), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_pipe_is_answered_line_by_line_and_ends(home: Home) -> None:
    done = piped(home, f"What wants “{ANSWER}”?", "add a task to buy milk", "/tasks", "/task done #1", "/tasks", "/nix")
    assert done.returncode == 0 and done.stderr == ""
    first, tasks, rest = done.stdout.partition("- buy milk")
    assert ANSWER in first and "[1] Garden.md#Tomatoes:" in first and tasks
    assert re.search(r"\[1\] #\d+ buy milk", rest)
    assert "There is no command /nix" in rest
    assert all(char == "\n" or char.isprintable() for char in done.stdout)


def test_a_number_stands_for_its_id_in_the_app_s_commands_too(home: Home) -> None:
    done = piped(home, "/capture buy twine", "/capture undo #1", "/tasks")
    assert "/capture undo #1" in done.stdout and "No open tasks" in done.stdout


def test_a_pipe_approves_nothing(home: Home) -> None:
    refused = piped(home, "/send matrix/me somebody hello --yes")
    assert "Nothing was done." in refused.stdout


def test_every_command_of_the_app_is_known(home: Home) -> None:
    names = [name for name in COMMANDS if name not in ("quit", "retry")]
    done = piped(home, *(f"/{name}" for name in names), "/quit", "never said")
    assert done.returncode == 0
    assert "wrong inside Sage" not in done.stdout and "There is no command" not in done.stdout
    assert "is a screen of the app" not in done.stdout and "Traceback" not in done.stderr
    assert "never said" not in done.stdout


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_a_terminal_gets_lines_and_nothing_that_moves(home: Home, term: str) -> None:
    with plain(home, term) as person:
        person.write("how much sun do tomatoes want\n")
        person.hear("(librarian)")
        person.hear("> ")
        person.write("/today\n")
        person.hear("> ")
        person.interrupt()
        assert "leaves" in person.hear("> ")
        person.interrupt()
        assert person.left() == 0
    assert all(char in "\r\n" or char.isprintable() for char in person.heard.replace("^C", ""))


def test_the_end_of_the_input_leaves_and_the_last_words_are_called_back(home: Home) -> None:
    with plain(home) as person:
        person.write("add a task to water the beans\n")
        person.hear("(librarian)")
        person.hear("> ")
        person.write("\x04")
        assert person.left() == 0
    with plain(home) as person:
        person.write("\x1b[A")
        person.hear("add a task to water the beans")
        person.write("\x15\x04")
        assert person.left() == 0


def test_an_answer_is_stopped_and_only_the_whole_word_approves(home: Home) -> None:
    story = Answer(pieces=("One sentence that is long enough to be told at once. ",) * 400, pause=0.05)
    wish = Answer(calls=((0, "c1", "add_task", '{"text": "buy a yacht"}'),), finish="tool_calls")
    told = Answer(pieces=("Well.",))
    with StandIn(story, wish, told, wish, told) as server, Client(home) as client:
        client.call(wire.UseModel("openai/qwen-local", server.base_url))
        with plain(home) as person:
            person.write("tell me a story\n")
            person.hear("Sage: One sentence that is long enough to be told at once.")
            person.write("\x03")
            person.hear("stopped")
            person.hear("\n> ")
            for line, tasks in (("y", 0), ("yes", 1)):
                person.write("how are the tomatoes\n")
                assert "text: buy a yacht" in person.hear("\n? ")
                person.write(f"{line}\n")
                person.hear("\n> ")
                assert len(client.call(wire.ListTasks()).tasks) == tasks


def test_tab_completes_commands_and_names_and_loses_nothing_written(home: Home) -> None:
    with plain(home) as person:
        person.write("/impo\t")
        person.hear("/import ")
        person.write("\x15what is in @gard\t")
        person.hear("Garden.md")
        person.write("\x15/re\t")
        assert "/recall" in person.hear("/resume")
        person.write("\x15\x04")
        assert person.left() == 0
    assert "\x07" not in person.heard
