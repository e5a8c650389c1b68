"""Tools from outside: what there is, and what the person says of it."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.plugins.outside_tools import Leave, OutsideTool
from sage.wire.base import Request


class ToolsShown(Struct, frozen=True):
    """Tools by name."""

    tools: tuple[OutsideTool, ...]


class ListTools(Request[ToolsShown], frozen=True, tag=True):
    """All tools of the accounts that run; waits a while for those that are not known yet."""

    reply: ClassVar[Any] = ToolsShown


class AllowTool(Request[OutsideTool], frozen=True, tag=True):
    """What the person says of a tool: that it only reads (`digest` must be that of what was shown), that no model gets to see
    it, or nothing any more."""

    name: str
    leave: Leave
    digest: str = ""
    reply: ClassVar[Any] = OutsideTool


Requests = ListTools | AllowTool
"""Requests about tools from outside."""
