"""Tools and their results as text: bounded, nothing of them followed, run or shown."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any

from sage.plugin_api import Tool, ToolResult

LARGEST_RESULT = 50_000
"""Bytes of a result that are passed on."""
LARGEST_SCHEMA = 20_000
"""Characters of a tool's schema. A tool with a larger one is left out."""
LONGEST_DESCRIPTION = 4_000
LONGEST_NAME = 128


def tool_of(told: Any) -> Tool | None:
    """A tool as a server lists it; None for one that nobody could use."""
    schema = told.input_schema
    if not told.name or len(told.name) > LONGEST_NAME or len(json.dumps(schema)) > LARGEST_SCHEMA:
        return None
    hints = told.annotations
    return Tool(
        told.name,
        (told.description or told.title or "")[:LONGEST_DESCRIPTION],
        schema,
        bool(hints and hints.read_only_hint),
    )


async def tool_result(answer: Awaitable[Any]) -> ToolResult:
    """What a call came to. An error that the server answers with is a result that failed, in its own words.

    Raises what the library raises when no answer came: MCPError among others.
    """
    import mcp_types
    from mcp.client import InputRequiredRoundsExceededError
    from mcp.shared.exceptions import MCPError

    try:
        told = await answer
    except InputRequiredRoundsExceededError:
        return ToolResult("The server wants to be told more than its tool's arguments, which Sage does not do.", True)
    except MCPError as error:
        if error.code in (mcp_types.CONNECTION_CLOSED, mcp_types.REQUEST_TIMEOUT):
            raise
        return ToolResult(_cut(f"{error.message} (error {error.code})"), True)
    parts = [_text_of(block) for block in told.content]
    if told.structured_content is not None and not any(block.type == "text" for block in told.content):
        parts.append(json.dumps(told.structured_content, ensure_ascii=False))
    return ToolResult(_cut("\n\n".join(filter(None, parts))), told.is_error)


def _text_of(block: Any) -> str:
    match block.type:
        case "text":
            return str(block.text)
        case "resource" if hasattr(block.resource, "text"):
            return str(block.resource.text)
        case "resource":
            return f"[a file that is not shown: {block.resource.uri}]"
        case "resource_link":
            return f"[a link that was not followed: {block.name} {block.uri}]"
        case kind:
            return f"[{kind}, {getattr(block, 'mime_type', None) or 'of unknown type'}, not shown]"


def _cut(text: str) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) <= LARGEST_RESULT:
        return data.decode()
    return data[:LARGEST_RESULT].decode("utf-8", "ignore") + f"\n[{len(data) - LARGEST_RESULT} bytes more, left out]"
