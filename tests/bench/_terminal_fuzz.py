"""Strings by chance through the sanitizer, the widths and the layout: none may steer the terminal, stand wider than its room, or
crash. `--with raw` leaves the sanitizer out, which must be seen."""

from __future__ import annotations

import argparse
import random
import time
from typing import Any

from sage.core.terminal_text import clean, clean_line
from sage.tui.widgets.document import Document
from sage.tui.widgets.wrapping import width_of
from tests.hostile import harmful, one_by_chance

WIDTH = 50


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """How many strings did harm, were too wide, or crashed it, with the first of each."""
    chance = random.Random(args.seed)
    wrong: dict[str, list[str]] = {"steer the terminal": [], "too wide": [], "crashes": []}
    began = time.perf_counter()
    for _ in range(args.strings):
        text = one_by_chance(chance)
        kind = _looked_at(text, raw=args.fault == "raw")
        if kind:
            wrong[kind].append(repr(text))
    return {
        "strings": args.strings,
        **{kind: len(found) for kind, found in wrong.items()},
        "first": {kind: found[0] for kind, found in wrong.items() if found},
        "strings_per_s": round(args.strings / (time.perf_counter() - began)),
    }


def _looked_at(text: str, *, raw: bool) -> str:
    """What is wrong with how a text is shown; "" for nothing."""
    try:
        shown = text if raw else clean(text)
        if harmful(shown.replace("\n", "").replace("\t", "")) or (not raw and harmful(clean_line(text))):
            return "steer the terminal"
        document = Document.of_markdown(WIDTH, shown)
        for row in range(document.height):
            written = "".join(part[0] for part in document.at(row).line.parts)
            if harmful(written):
                return "steer the terminal"
            if width_of(written) > WIDTH:
                return "too wide"
    except Exception:
        return "crashes"
    return ""
