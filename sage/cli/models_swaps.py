"""`sage models rollback`: who answered before answers again."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client

STATES = {
    "begun": "begun",
    "in force": "in force",
    "dropped": "never took effect",
    "going back": "going back",
    "back": "rolled back",
    "canary": "on trial",
    "kept": "kept",
}


def add_swaps(models: Any, common: argparse.ArgumentParser) -> None:
    rollback = models.add_parser("rollback", parents=[common], help="who answered before answers again")
    rollback.add_argument("swap", nargs="?", default="", help="the id of a swap; without one the newest in force")
    rollback.add_argument("--list", action="store_true", help="show the swaps, and change nothing")
    rollback.set_defaults(run=run_rollback)


def run_rollback(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        if given.list:
            shown = client.call(wire.ListSwaps()).swaps
            printer.data(shown, [_line(swap) for swap in shown] or ["No model was swapped yet."])
            return 0
        back = client.call(wire.RollBack(given.swap))
    printer.data(back, [back.told])
    return 0


def _line(swap: wire.SwapLine) -> str:
    what = f"{swap.was} → {swap.now}" if swap.was != swap.now else f"{swap.now}: {', '.join(swap.keys)}"
    told = f"{swap.made_at[:16].replace('T', ' ')}  {swap.role:<10} {what}  ({STATES[swap.state]})  {swap.id}"
    return f"{told}\n    {swap.reason}" if swap.reason else told
