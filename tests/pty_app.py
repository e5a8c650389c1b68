"""A program in a pseudo-terminal of its own, as a person at a terminal has it: keys go in, bytes come out, and when."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

LONGEST = 60.0
"""Seconds after which what does not come is given up."""


def cpu_seconds(pid: int) -> float:
    """What a process has used of processors so far, its threads that have ended left out."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def terminal_environment() -> dict[str, str]:
    """This process's variables without a terminal's size, which the runner of the tests sets for its workers: a pty has its own."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}


class PtyApp:
    """A process on a new terminal, which does not echo: a letter is seen only when the program has drawn it."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (80, 24),
        env: dict[str, str] | None = None,
        *,
        controls: bool = False,
        echoes: bool = False,
    ) -> None:
        """`controls`: the terminal is that of the program's session, as a shell has it, and tells it when it ends. `echoes`: it
        shows letters itself until the program forbids it, as terminals do."""
        self.began = time.perf_counter()
        self.terminal, far_end = pty.openpty()
        modes = termios.tcgetattr(far_end)
        if not echoes:
            modes[3] &= ~termios.ECHO
        termios.tcsetattr(far_end, termios.TCSANOW, modes)
        self._resize(far_end, size)
        self.process = subprocess.Popen(
            command, stdin=far_end, stdout=far_end, stderr=far_end, start_new_session=True,
            preexec_fn=_take_terminal if controls else None,
            env={**terminal_environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
        )  # fmt: skip
        os.close(far_end)
        self.shown = b""
        """All that came out, less what `forget` dropped."""
        self.awaited, self.came = b"", False
        """Whether `awaited` has come out since it was set, however much of what came was dropped."""

    def write(self, data: bytes) -> None:
        """Keys, as the terminal sends them."""
        os.write(self.terminal, data)

    def read(self, seconds: float) -> bytes:
        """What comes out next, within so many seconds."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        data = b""
        if ready:
            with contextlib.suppress(OSError):  # the far end is closed
                data = os.read(self.terminal, 1 << 20)
        self.shown += data
        self.came |= bool(self.awaited) and self.awaited in self.shown[-len(data) - len(self.awaited) :]
        return data

    def drain(self, quiet: float = 0.2, longest: float = LONGEST) -> bytes:
        """All that comes out until nothing has for so many seconds."""
        until, came = time.perf_counter() + longest, b""
        while (data := self.read(quiet)) and time.perf_counter() < until:
            came += data
        return came

    def wait(self, mark: bytes | Callable[[bytes], object], longest: float = LONGEST) -> float:
        """Seconds until a mark (or what is told by it) has come out, from now on or before."""
        began = time.perf_counter()
        holds = mark if callable(mark) else lambda shown: mark in shown
        while not holds(self.shown):
            if time.perf_counter() - began > longest:
                raise TimeoutError(f"{mark!r} was not shown; the last was {self.shown[-300:]!r}")
            self.read(0.05)
        return time.perf_counter() - began

    def ends(self, longest: float = LONGEST) -> int:
        """The exit code, once the process is over; what it still writes is read."""
        until = time.perf_counter() + longest
        while self.process.poll() is None:
            if time.perf_counter() > until:
                raise TimeoutError(f"it does not end; the last was {self.shown[-300:]!r}")
            self.read(0.05)
        return self.process.wait()

    def press(self, key: bytes, mark: bytes) -> float:
        """Seconds from a key until a mark comes out that was not there before."""
        self.forget()
        self.write(key)
        return self.wait(mark)

    def forget(self) -> None:
        """What came out before counts no more."""
        while self.read(0):
            pass
        self.shown = b""

    def resize(self, size: tuple[int, int]) -> None:
        """Another size; the program is told."""
        self._resize(self.terminal, size)

    def resident_mb(self) -> float:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return round(int(status.split("VmRSS:")[1].split()[0]) / 1024, 1)

    def cpu_seconds(self) -> float:
        """What the process has used of processors so far."""
        return cpu_seconds(self.process.pid)

    def modes(self) -> list[object]:
        """The modes of the terminal, as `stty` tells them."""
        return termios.tcgetattr(self.terminal)

    def close(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends the process and the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)
        with contextlib.suppress(OSError):
            os.close(self.terminal)

    def __enter__(self) -> PtyApp:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def modes_on(self) -> set[str]:
        """What was turned on in the terminal and is on: private modes by their numbers, `kitty` for its keyboard."""
        on: set[str] = set()
        for number, way in re.findall(rb"\x1b\[\?(\d+)([hl])", self.shown):
            (on.add if way == b"h" else on.discard)(number.decode())
        kitty = self.shown.count(b"\x1b[>") - self.shown.count(b"\x1b[<u")
        return on | ({"kitty"} if kitty > 0 else set())

    @staticmethod
    def _resize(end: int, size: tuple[int, int]) -> None:
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
