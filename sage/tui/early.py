"""The first moment: where one types is drawn before the app is loaded, which takes longer than most people wait to type.

It is the frame of Talk's composer at the place that it will have, and the terminal's own cursor in it: the terminal itself
shows what is typed, as it does before any program reads, and keeps it for the app. No mode of the terminal is changed
and nothing is read here, so that nothing can be lost or come twice.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping

SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[0m\x1b[?1049l"
"""The terminal's second screen, which a program has for itself, and the way back to what stood there before."""
_NARROWEST, _LOWEST = 20, 8
_TRUE_COLOURS = {"frame": "38;2;7;79;134", "text": "38;2;224;224;224", "ground": "48;2;18;18;18"}
_COLOURS_256 = {"frame": "38;5;24", "text": "38;5;253", "ground": "48;5;233"}
"""Those of the app until the engine has told its theme."""


class EarlyLine:
    """`draw` shows it where the terminal is one for it. The app then takes the screen over; else `close` gives it back."""

    is_open = False

    def draw(self, environ: Mapping[str, str]) -> None:
        """Draws it on standard error, as the app does, in a size and colours that the app will have, or not at all."""
        terminal = sys.__stderr__
        if terminal is None or not terminal.isatty() or terminal.encoding.lower() not in ("utf-8", "utf8"):
            return
        if not environ.keys().isdisjoint(("COLUMNS", "LINES", "TEXTUAL_DRIVER", "TEXTUAL_THEME")):
            return  # it may look otherwise
        with contextlib.suppress(OSError):  # the terminal is gone: the app finds out, and says so
            width, height = os.get_terminal_size(terminal.fileno())
            if width >= _NARROWEST and height >= _LOWEST:
                self._give_back_at_each_end()
                self.is_open = True
                os.write(terminal.fileno(), frame(width, height, environ).encode())

    def take(self) -> bool:
        """The app has the screen from now on; whether it was open."""
        was_open, self.is_open = self.is_open, False
        return was_open

    def close(self) -> None:
        """Gives the screen back, unless the app has it."""
        if self.take() and sys.__stderr__:
            with contextlib.suppress(OSError):
                os.write(sys.__stderr__.fileno(), LEAVE_SCREEN.encode())

    def _give_back_at_each_end(self) -> None:
        """A signal that ends or stops the program finds the screen as it was before. The app has its own way with each."""
        import signal

        def end(number: int, frame: object) -> None:
            self.close()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, end)


def frame(width: int, height: int, environ: Mapping[str, str]) -> str:
    """What is written to a terminal of that size, in cells: an empty screen, the frame, and the cursor in it."""
    colours = {}
    if "NO_COLOR" not in environ:
        true = environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
        colours = _TRUE_COLOURS if true else _COLOURS_256 if environ.get("TERM", "").endswith("256color") else {}
    ground, line, text = (f"\x1b[{colours[name]}m" if colours else "" for name in ("ground", "frame", "text"))
    rows = (f" ╭{'─' * (width - 4)}╮", f" │{' ' * (width - 4)}│", f" ╰{'─' * (width - 4)}╯")
    drawn = "".join(f"\x1b[{height - 3 + place};1H{row}" for place, row in enumerate(rows))
    return f"{SCREEN}{ground}\x1b[2J{line}{drawn}{text}\x1b[{height - 2};4H"
