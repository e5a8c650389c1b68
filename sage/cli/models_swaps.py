"""`sage models rollback` and `canary`: who answered before answers again, and models on trial."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.swaps import STATE_WORDS

CHAINS = ("quick", "talk", "deep", "local-only")


def add_swaps(models: Any, common: argparse.ArgumentParser) -> None:
    rollback = models.add_parser("rollback", parents=[common], help="who answered before answers again")
    rollback.add_argument("swap", nargs="?", default="", help="the id of a swap; without one the newest in force")
    rollback.add_argument("--list", action="store_true", help="show the swaps, and change nothing")
    rollback.set_defaults(run=run_rollback)
    canary = models.add_parser("canary", parents=[common], help="try a model with half of the everyday questions")
    canary.add_argument("id", nargs="?", default="", help="the model; without one: how the trial stands")
    canary.add_argument("--role", default="talk", choices=CHAINS, help="in which role it is tried (talk)")
    canary.add_argument("--base-url", default="", help="the address of an OpenAI-compatible server")
    canary.add_argument("--key-env", default="", metavar="VARIABLE", help="the environment variable that holds the key")
    ends = canary.add_mutually_exclusive_group()
    ends.add_argument("--end", action="store_true", help="who answered before answers alone again")
    ends.add_argument("--keep", action="store_true", help="it answers for good")
    canary.set_defaults(run=run_canary)


def run_rollback(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        if given.list:
            shown = client.call(wire.ListSwaps()).swaps
            printer.data(shown, [_line(swap) for swap in shown] or ["No model was swapped yet."])
            return 0
        back = client.call(wire.RollBack(given.swap))
    printer.data(back, [back.told])
    return 0


def run_canary(given: argparse.Namespace, printer: Printer) -> int:
    if given.id and (given.end or given.keep):
        raise BadInput("A trial is begun or ended, not both.", safe="Nothing was changed.", do="Leave the model out.")
    with Client(given.home, profile=given.profile or "") as client:
        if given.keep:
            used = client.call(wire.KeepCanary())
            printer.data(used, [f"{used.chain[0]} answers from now on.", "Back again with: sage models rollback"])
            return 0
        shown = client.call(_canary_request(given))
    printer.data(shown, [shown.told])
    return 0


def _canary_request(given: argparse.Namespace) -> wire.Request[wire.CanaryShown]:
    if given.end:
        return wire.EndCanary()
    if given.id:
        return wire.StartCanary(given.id, given.base_url, given.key_env, given.role)
    return wire.ShowCanary()


def _line(swap: wire.SwapLine) -> str:
    what = f"{swap.was} → {swap.now}" if swap.was != swap.now else f"{swap.now}: {', '.join(swap.keys)}"
    told = f"{swap.made_at[:16].replace('T', ' ')}  {swap.role:<10} {what}  ({STATE_WORDS[swap.state]})  {swap.id}"
    return f"{told}\n    {swap.reason}" if swap.reason else told
