"""A server of the newer protocol, by the library itself: it gets another tool when one is called, and says so to listeners."""

from mcp.server import MCPServer
from mcp.server.mcpserver import Context

server = MCPServer("growing")


def another() -> str:
    """Another one."""
    return "another"


@server.tool()
async def grow(ctx: Context) -> str:
    server.add_tool(another)
    await ctx.notify_tools_changed()
    return "grown"


server.run()
