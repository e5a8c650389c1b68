"""What a column would ask and cost at most, before anything is asked: it can be changed, left, and agreed to with a key."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType

from sage import wire
from sage.core.errors import BadInput
from sage.core.model_choice import ModelRole
from sage.core.sheets.sheet import check_name
from sage.core.sheets.sheet_words import plan_lines
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.panel import Panel
from sage.tui.widgets.approval import GRACE

Read = Callable[[wire.Request[Any]], Awaitable[Any]]
ROLES: tuple[ModelRole, ...] = ("quick", "talk", "deep", "local-only")


class SheetPrice(Panel[tuple[wire.PlanSheet, wire.SheetPlan] | None]):
    """Returns what was agreed to as it was planned, None if the person left it. `columns` are those that the sheet has."""

    AUTO_FOCUS = ".body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Yes"),
        Binding("escape,n", "decline", "No"),
        Binding("c", "change('cap')", "Cap"),
        Binding("p", "change('prompt')", "Prompt"),
        Binding("a", "change('names')", "Names"),
        Binding("r", "change('rows')", "Rows at most"),
        Binding("k", "change('recall')", "How many are kept"),
        Binding("w", "who", "Who is asked"),
        Binding("o", "of", "Which words"),
        Binding("s", "sure", "Sure"),
    ]

    def __init__(self, read: Read, request: wire.PlanSheet, columns: tuple[str, ...] = ()) -> None:
        super().__init__("Fill it?")
        self._read, self._request, self._columns = read, request, columns
        self._plan: wire.SheetPlan | None = None
        self._shown_at = time.monotonic()

    def on_mount(self) -> None:
        self._look()

    def _look(self) -> None:
        self._plan = None
        self.show(["…", "", *self._about()])
        self._say_keys()
        self.work(self._price)

    async def _price(self) -> None:
        plan = await self._read(self._request)
        self._plan, self._shown_at = plan, time.monotonic()
        self.show([*plan_lines(plan, "c"), "", *self._about()])
        self._say_keys()

    @property
    def _is_new(self) -> bool:
        """Whether the column is not there yet, and may have any name."""
        return self._request.column.name not in self._columns

    def _about(self) -> list[str]:
        request, column = self._request, self._request.column
        rows = f"{request.over or 'as they are'}{f', at most {request.most}' if request.most else ''}"
        cap = [f"Cap     ${self._plan.cap:.2f}"] if self._plan else []
        lines = [*cap, f"Sheet   {request.sheet}", f"Rows    {rows}", f"Column  {column.name}, asks {column.role}"]
        if column.kind in ("reduce", "resolve") and self._columns:
            lines.append(f"Reads   {f'what {column.of} says' if column.of else 'the rows'}")
        if column.kind == "filter":
            sure = ", until that is sure" if column.sure else ""
            lines.append(f"Keeps   {column.recall:.0%} of those that fit{sure}")
        return [*lines, f"{column.kind:<8}{column.prompt}"]

    def _say_keys(self) -> None:
        column = self._request.column
        keys = ["y does it" if self._plan else "…", "c cap", "w who is asked"]
        if self._is_new:
            keys += ["p prompt", "a names"]
        keys += ["r rows at most"] if self._request.over else []
        keys += ["o what it reads"] if column.kind in ("reduce", "resolve") and self._columns else []
        keys += ["k how many are kept", "s until sure"] if column.kind == "filter" else []
        self.hint(" · ".join([*keys, "n, Esc leaves it"]))

    # keys

    def action_agree(self) -> None:
        if self._plan and time.monotonic() - self._shown_at >= GRACE:
            self.dismiss((self._request, self._plan))

    def action_decline(self) -> None:
        self.dismiss(None)

    def action_who(self) -> None:
        """Another role is asked."""
        column = self._request.column
        self._ask_instead(replace(column, role=ROLES[(ROLES.index(column.role) + 1) % len(ROLES)]))

    def action_of(self) -> None:
        """What another column says is read in the place of the rows."""
        column = self._request.column
        others = ("", *(name for name in self._columns if name != column.name))
        if column.kind in ("reduce", "resolve"):
            self._ask_instead(replace(column, of=others[(others.index(column.of) + 1) % len(others)]))

    def action_sure(self) -> None:
        """Whether it may cost whatever it takes within the cap."""
        column = self._request.column
        if column.kind == "filter":
            self._ask_instead(replace(column, sure=not column.sure))

    def _ask_instead(self, column: Any) -> None:
        self._request = replace(self._request, column=column)
        self._look()

    def action_change(self, what: str) -> None:
        """Something is typed anew."""
        self.work(getattr(self, f"_type_{what}"))

    async def _type_cap(self) -> None:
        cap = self._plan.cap if self._plan else self._request.cap or 0.0
        typed = await self.app.push_screen_wait(AskLine("What may it cost at most, in US dollars?", value=f"{cap:.2f}"))
        if typed:
            self._request = replace(self._request, cap=_number(typed, 0.0, 1e6))
        self._look()

    async def _type_rows(self) -> None:
        if not self._request.over:
            return
        typed = await self.app.push_screen_wait(
            AskLine("How many rows at most?", about="0: all", value=str(self._request.most))
        )
        if typed:
            self._request = replace(self._request, most=int(_number(typed, 0, 1e6)))
        self._look()

    async def _type_recall(self) -> None:
        column = self._request.column
        if column.kind != "filter":
            return
        about = "A share from 0.5 to 0.99 of those that fit."
        typed = await self.app.push_screen_wait(AskLine("How many are kept?", about=about, value=f"{column.recall:g}"))
        if typed:
            self._request = replace(self._request, column=replace(column, recall=_number(typed, 0.5, 0.99)))
        self._look()

    async def _type_prompt(self) -> None:
        column = self._request.column
        if not self._is_new:
            return
        typed = await self.app.push_screen_wait(
            AskLine("In your words", about="{text} stands for the row's text.", value=column.prompt)
        )
        if typed:
            self._request = replace(self._request, column=replace(column, prompt=typed))
        self._look()

    async def _type_names(self) -> None:
        """The sheet's name, if it is a new one, and the column's."""
        request = self._request
        if not self._is_new:
            return
        sheet = request.sheet
        if request.over:
            sheet = await self.app.push_screen_wait(AskLine("What shall the sheet be called?", value=sheet)) or sheet
        column = request.column.name
        column = await self.app.push_screen_wait(AskLine("What shall the column be called?", value=column)) or column
        named = replace(request.column, name=check_name(column, "column"))
        self._request = replace(request, sheet=check_name(sheet, "sheet"), column=named)
        self._look()


def _number(typed: str, least: float, most: float) -> float:
    try:
        value = float(typed.strip().removeprefix("$"))
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise BadInput(f"{typed!r} is no number from {least:g} to {most:g}.", safe="Nothing was asked.")
    return value
