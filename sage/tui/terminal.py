"""The terminal under the app: what was typed before it was taken comes first, each stop and each end leaves it as it was
found, and one that is gone or does not read holds up nobody."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import threading
from array import array
from codecs import getincrementaldecoder
from collections.abc import Callable
from fcntl import ioctl
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from sage.tui.early import SCREEN

if TYPE_CHECKING:
    from sage.tui.early import EarlyLine

LEAVES_WITHIN = 5.0
"""Seconds in which the app ends by itself once it was told to; a terminal that does not read can hold it up."""
_ENDS = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
_OFF = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What the app turned on is off again, and the shell's screen is back."""


class Terminal(LinuxDriver):
    """Textual's driver. Signals are dealt with between two messages, never in the middle of a write."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._screen = _Output(cast("TextIO", self._file), self._gone)
        self._file = cast("Any", self._screen)
        self._early = 0
        """Bytes that were typed before the app had the terminal."""
        self._found: list[Any] | None = None
        """The terminal's modes before the app changed them first."""
        self._has_it = self._ends = False
        """Whether the terminal is the app's, and whether the app was told to end."""
        for number in _ENDS:
            signal.signal(number, self._told_to_end)

    # taken and given back

    def start_application_mode(self) -> None:
        """Takes the terminal. What is typed from here on comes as it is; before, the terminal made a line feed of Enter."""
        before = None
        with contextlib.suppress(termios.error):
            before = termios.tcgetattr(self.fileno)
            self._found = self._found or before
            self._take_keys(before)
            waiting = array("i", [0])
            ioctl(self.fileno, termios.FIONREAD, waiting)
            self._early = waiting[0]
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.attrs_before = before
        self._has_it = self._key_thread is not None and self._key_thread.is_alive()

    def write(self, data: str) -> None:
        """Writes, but opens no screen that is open: that would wipe the line in which the person types."""
        line: EarlyLine | None = getattr(self._app, "line", None)
        if not (data == SCREEN and line and line.take()):
            super().write(data)

    def close(self) -> None:
        """What was written is out: the terminal is the shell's again."""
        super().close()
        self._has_it = False

    def _take_keys(self, modes: list[Any]) -> None:
        modes = [*modes[:6], list(modes[6])]
        modes[0], modes[3] = self._patch_iflag(modes[0]), self._patch_lflag(modes[3])
        modes[6][termios.VMIN] = 1
        termios.tcsetattr(self.fileno, termios.TCSANOW, modes)

    def _sigtstp_application(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        """Gives the terminal to the shell until the app is continued."""
        if self._auto_restart and self._has_it:
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: Any) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        """The terminal is the app's again, also after a stop that could not be seen coming."""
        if not self._auto_restart or self._ends:
            return  # another program has it, on the app's behalf, or the shell
        if not self._has_it:
            self.resume_application_mode()
        elif self._found:
            with contextlib.suppress(termios.error):
                self._take_keys(termios.tcgetattr(self.fileno))
            self._take_screen()
        self._app.refresh(layout=True)

    def _take_screen(self) -> None:
        self.write("\x1b[?1049h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l")
        self._enable_mouse_support()

    # the end

    def _told_to_end(self, number: int, *_: Any) -> None:
        if number == signal.SIGINT and not self._auto_restart:
            return  # it is meant for the program that has the terminal
        self._end(number)

    def _gone(self) -> None:
        """The terminal went away."""
        self._end(signal.SIGHUP)

    def _end(self, number: int) -> None:
        """Ends the app as if it was left; and if it does not, ends it all the same. May be called from any thread."""
        if self._ends:
            return
        self._ends = True
        threading.Thread(target=self._end_at_last, args=(number,), daemon=True, name="end").start()
        with contextlib.suppress(RuntimeError):  # it is at its end already
            self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))

    def _end_at_last(self, number: int) -> None:
        threading.Event().wait(LEAVES_WITHIN)
        signal.alarm(2)  # should even this be held up
        with contextlib.suppress(termios.error, OSError):
            if self._has_it and self._found:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._found)
                termios.tcflush(self.fileno, termios.TCOFLUSH)
                os.write(self._screen.fileno(), _OFF)
        os._exit(128 + number)

    # keys

    def run_input_thread(self) -> None:
        """Reads what is typed until the terminal is given back or goes away. Bytes that are no text are shown as such."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], 0.1)[0]:
                try:
                    data = os.read(self.fileno, 4096)
                except OSError:
                    data = b""
                if not data:
                    self._gone()
                    return
                early, data = data[: self._early], data[self._early :]
                self._early -= len(early)
                text = decode(early.replace(b"\n", b"\r") + data)
                for event in parser.feed(text) if text else ():  # nothing at all would mean the end
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)


class _Output:
    """What is written goes to the terminal; once that is gone, nowhere."""

    def __init__(self, file: TextIO, gone: Callable[[], None]) -> None:
        self._file, self._gone = file, gone

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            self._gone()

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._gone()

    def fileno(self) -> int:
        return self._file.fileno()
