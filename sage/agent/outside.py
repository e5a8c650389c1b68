"""Tools from outside beside Sage's own: offered, or kept behind one search, and called with what the person allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sage.core.chat_prompt import broken_arguments
from sage.core.errors import BadInput
from sage.core.messages import ToolCall, ToolSpec
from sage.core.plugins.outside_tools import OutsideTool, matching, plain, result_text, unfit
from sage.core.ports import Accounts, ToolOutcome, Tools
from sage.plugin_api import PluginError, Refused, ToolResult, Unreachable, Unsure

FIND = "find_tool"
MOST_OFFERED, MOST_CHARACTERS = 12, 6_000
"""Tools, and characters of them, that stand in each prompt; if there are more, a model looks for them."""
NAMED = 12
"""Accounts that the search names."""
CHANGED = "Its server changed it since you allowed it."


class WithOutside:
    """Sage's own tools and those of accounts (implements the port `Tools`), for one turn.

    `now_there` gives a tool as it is at this moment, so that nothing runs that is not what was offered. `short`: whoever
    answers reads slowly, and so looks for tools.
    """

    def __init__(
        self,
        own: Tools,
        outside: Sequence[OutsideTool],
        accounts: Accounts,
        now_there: Callable[[str], OutsideTool | None],
        *,
        short: bool = False,
    ) -> None:
        self._own, self._accounts, self._now_there = own, accounts, now_there
        self._short = short
        self._outside = {tool.name: tool for tool in outside}
        written = sum(len(tool.name) + len(tool.description) + len(json.dumps(tool.schema)) for tool in outside)
        self._hidden = bool(outside) and (short or len(outside) > MOST_OFFERED or written > MOST_CHARACTERS)
        self._offered: list[str] = [] if self._hidden else list(self._outside)

    def specs(self) -> tuple[ToolSpec, ...]:
        search = (self._search(),) if self._hidden else ()
        return (*self._own.specs(), *search, *(self._spec(self._outside[name]) for name in self._offered))

    def source_of(self, tool: str) -> str:
        found = self._outside.get(tool)
        return found.account if found else self._own.source_of(tool)

    def check(self, call: ToolCall) -> None:
        if call.name == FIND and self._hidden:
            if not isinstance(call.arguments.get("words"), str) or len(call.arguments) != 1:
                raise BadInput(f"{FIND} takes `words`, and nothing else.")
        elif call.name in self._offered:
            if (written := broken_arguments(call)) is not None:
                raise BadInput(f"The arguments of {call.name} are no JSON: {written[:200]}")
            if trouble := unfit(self._outside[call.name].schema, call.arguments):
                raise BadInput(f"The arguments of {call.name} do not fit: {trouble}.")
        elif call.name in self._outside:
            raise BadInput(f"{call.name} has not been looked for.", do=f"Look for it with {FIND} first.")
        else:
            self._own.check(call)

    async def run(self, action: str, call: ToolCall, *, now: datetime, stays: bool = False) -> ToolOutcome:
        if call.name == FIND and self._hidden:
            return self._find(call.arguments["words"])
        if call.name in self._outside:
            return await self._call(action, call)
        return await self._own.run(action, call, now=now, stays=stays)

    def _spec(self, tool: OutsideTool) -> ToolSpec:
        about = f"[{tool.account}, outside] {tool.description}"
        caution = " ".join(filter(None, (f"It goes to {tool.account}.", CHANGED if tool.changed else "")))
        schema = plain(tool.schema) if self._short else tool.schema
        return ToolSpec(tool.name, about, schema, tool.effect, tool.account, caution)

    def _search(self) -> ToolSpec:
        places = sorted({tool.account.partition("/")[2] for tool in self._outside.values()})
        about = f"Find a tool of other programs ({', '.join(places[:NAMED])}) by what it should do."
        schema = {"type": "object", "properties": {"words": {"type": "string"}}, "required": ["words"]}
        return ToolSpec(FIND, about, schema, "read")

    def _find(self, words: str) -> ToolOutcome:
        found = matching(list(self._outside.values()), words)
        self._offered += [tool.name for tool in found if tool.name not in self._offered]
        lines = [f"- {tool.name}: {tool.description}" for tool in found]
        return ToolOutcome("These can be called now:\n" + "\n".join(lines) if lines else "No tool is like that.")

    async def _call(self, action: str, call: ToolCall) -> ToolOutcome:
        tool = self._outside[call.name]
        there = self._now_there(tool.name)
        if there is None or there.digest != tool.digest or there.leave == "never":
            raise BadInput(
                f"{tool.name} has changed or gone meanwhile.", safe="It was not called.", do="See: sage tools list"
            )
        try:
            result: ToolResult = await self._accounts.ask(tool.account, "call", tool.tool, call.arguments, action)
        except Unsure as error:
            return ToolOutcome(_cut_off(tool, error), state="uncertain")
        except (Unreachable, Refused) as error:
            return ToolOutcome(f"{tool.account} did not do it: {error.what or 'it cannot be reached.'}", state="failed")
        except PluginError as error:
            return ToolOutcome(_cut_off(tool, error), state="uncertain")
        return ToolOutcome(result_text(tool.account, result.text), state="failed" if result.failed else "done")


def _cut_off(tool: OutsideTool, error: PluginError) -> str:
    return f"{tool.account} did not answer: {error.what or 'it ended.'} Whether it did what was asked is not known."
