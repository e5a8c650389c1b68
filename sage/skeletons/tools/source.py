"""Two tools that work with words: put your service in their place, and keep what the tests ask for.

Import the service's library inside of the methods that use it: this module is imported before it is installed.
"""

from typing import Any

from sage.plugin_api import Refused, Tool, ToolResult, ToolSource

WORDS = {
    "type": "object",
    "properties": {"text": {"type": "string", "description": "The words."}},
    "required": ["text"],
    "additionalProperties": False,
}


class Skeleton(ToolSource):
    async def tools(self) -> tuple[Tool, ...]:
        return (
            Tool("count_words", "Counts the words of a text.", WORDS, reads_only=True),
            Tool("turn_around", "Turns a text around, word by word.", WORDS, reads_only=True),
        )

    async def call(self, name: str, arguments: dict[str, Any], key: str) -> ToolResult:
        if name not in {tool.name for tool in await self.tools()}:
            raise Refused(f"There is no tool {name}.")
        text = arguments.get("text")
        if not isinstance(text, str) or len(text) > self.ctx.config.longest or arguments.keys() != {"text"}:
            return ToolResult(f"It takes a `text` of at most {self.ctx.config.longest:,} characters.", failed=True)
        words = text.split()
        return ToolResult(str(len(words)) if name == "count_words" else " ".join(reversed(words)))
