"""`sage tools`: what comes from outside, and what of it may run unasked."""

from __future__ import annotations

import argparse
import json
from typing import Any

from sage import wire
from sage.cli.printing import Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput, NotFound
from sage.core.plugins.outside_tools import Leave, OutsideTool

TOLD = {"ask": "asks each time", "read": "runs unasked", "never": "no model sees it"}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    tools = commands.add_parser("tools")
    kinds = tools.add_subparsers(required=True, metavar="WHAT")
    listing = kinds.add_parser("list", parents=[common], help="all of them, and which asks")
    listing.set_defaults(run=run_list)
    for name, run, told in (
        ("show", run_show, "what a tool's server says of it, and what it takes"),
        ("allow", run_allow, "say that a tool only reads: it then runs unasked, as long as its server changes nothing of it"),
        ("ask", run_ask, "ask before each call of it again"),
        ("forbid", run_forbid, "no model gets to see it"),
    ):  # fmt: skip
        one = kinds.add_parser(name, parents=[common], help=told)
        one.add_argument("tool", help="its name, such as time__get_current_time")
        if name == "allow":
            one.add_argument("--yes", action="store_true", help="do not ask once more")
        one.set_defaults(run=run)


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        tools = client.call(wire.ListTools()).tools
    nothing = ["No tools from outside. They come with accounts of plugins, such as MCP servers: sage plugin list"]
    printer.data(tools, [_line(tool) for tool in tools] or nothing)
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        tool = _found(client, given.tool)
    printer.data(tool, _lines(tool))
    return 0


def run_allow(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        tool = _found(client, given.tool)
        for line in _lines(tool):
            printer.line(line)
        printer.line(
            "It will run unasked, and what a model writes into it leaves Sage. Whether it only reads, nobody checks."
        )
        if not (given.yes or confirm(f"Allow {tool.name}?")):
            raise BadInput("It was not allowed.", safe="It still asks each time.", do="Say y, or add --yes.")
        _say(client, tool.name, "read", tool.digest, printer)
    return 0


def run_ask(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        _say(client, given.tool, "ask", "", printer)
    return 0


def run_forbid(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        _say(client, given.tool, "never", "", printer)
    return 0


def _say(client: Client, name: str, leave: Leave, digest: str, printer: Printer) -> None:
    tool = client.call(wire.AllowTool(name, leave, digest))
    printer.data(tool, [f"{tool.name}: {TOLD[tool.leave]}."])


def _found(client: Client, name: str) -> OutsideTool:
    for tool in client.call(wire.ListTools()).tools:
        if tool.name == name:
            return tool
    raise NotFound(f"There is no tool {name!r}.", safe="Nothing was changed.", do="See them: sage tools list")


def _line(tool: OutsideTool) -> str:
    changed = ", since its server changed it after you allowed it" if tool.changed else ""
    return f"{tool.name:<40} {TOLD[tool.leave]}{changed}  {tool.description[:80]}"


def _lines(tool: OutsideTool) -> list[str]:
    claim = "only reads" if tool.claims_to_read else "may change something"
    return [
        f"{tool.name}: {tool.tool} of {tool.account} ({TOLD[tool.leave]})",
        *(["Its server changed it since you allowed it."] if tool.changed else []),
        f"Its server says: {tool.description}",
        f"Its server says that it {claim}. Nobody checks that.",
        f"It takes: {json.dumps(tool.schema.get('properties', {}), ensure_ascii=False)}",
    ]
