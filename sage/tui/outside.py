"""A terminal's own notifications: for when the person looks at another window. The bell is the app's own affair."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Literal

from sage.core.terminal_text import clean_line

LONGEST = 200
"""Characters of a text that are sent."""

Way = Literal["osc9", "osc99", "osc777", ""]


def way_of(environ: Mapping[str, str]) -> Way:
    """What the terminal around the app understands; "" for one that is not known to understand any: it might print it.

    Inside tmux the names of the terminal around it are looked at: tmux leaves them in place.
    """
    program = environ.get("TERM_PROGRAM", "").lower()
    term = environ.get("TERM", "")
    if "KITTY_WINDOW_ID" in environ or "kitty" in term:
        return "osc99"
    if program == "wezterm" or "WEZTERM_PANE" in environ or term.startswith(("rxvt-unicode", "foot")):
        return "osc777"
    is_iterm = program == "iterm.app" or environ.get("LC_TERMINAL") == "iTerm2"
    if is_iterm or program in ("ghostty", "warpterminal") or "GHOSTTY_RESOURCES_DIR" in environ:
        return "osc9"
    return ""


def clipboard(text: str, environ: Mapping[str, str]) -> str:
    """The sequence that has the terminal around tmux copy a text, which tmux itself may not be set to pass on; "" outside of it."""
    if "TMUX" not in environ:
        return ""
    return f"\x1bPtmux;\x1b\x1b]52;c;{b64encode(text.encode()).decode()}\x07\x1b\\"


def notification(text: str, key: str, environ: Mapping[str, str]) -> str:
    """The sequence that has the terminal notify the person of a text, through tmux where that is around; "" for none.

    The text cannot leave its sequence: it is cleaned of all controls, and of what separates fields.
    """
    words = clean_line(text)[:LONGEST]
    sequence = {
        "osc9": f"\x1b]9;Sage: {words}\x07",
        "osc777": f"\x1b]777;notify;Sage;{words.replace(';', ',')}\x07",
        "osc99": _osc99(words, re.sub(r"[^A-Za-z0-9_.+-]", "-", key)),
        "": "",
    }[way_of(environ)]
    if sequence and "TMUX" in environ:
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
    return sequence


def _osc99(words: str, name: str) -> str:
    """Kitty's protocol: title and body of one notification, which its name holds together."""
    return f"\x1b]99;i={name}:d=0;Sage\x1b\\\x1b]99;i={name}:d=1:p=body;{words}\x1b\\"
