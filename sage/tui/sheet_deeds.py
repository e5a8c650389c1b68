"""What a person does with sheets: make, go on, put right, look at some by chance, open where words stand, write, take away."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import NotFound
from sage.core.passages import Hit
from sage.core.sheets.sheet import Cell, Column, Kind, SheetRow
from sage.core.sheets.sheet_files import file_format
from sage.core.sheets.sheet_words import KINDS, counted, sampled
from sage.locations import typed_path, write_new
from sage.tui.editor import edit
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice, Option
from sage.tui.sheet_rows import SheetView

if TYPE_CHECKING:
    from sage.tui.screens.sheets import Sheets
    from sage.tui.screens.talk import Talk

SAMPLE = 5
"""Rows by chance."""
PLACES = (
    Option("notes", "all notes, each whole"),
    Option("notes:", "notes of a folder, each whole"),
    Option("passages", "each passage of all notes"),
    Option("passages:", "each passage of a folder or a note"),
    Option("tag:", "passages with a tag"),
    Option("query:", "passages that a search finds"),
    Option("list:", "passages by their ids"),
    Option("tasks", "tasks that are open"),
    Option("messages", "messages that came in"),
    Option("messages:", "messages of a sender, a conversation or an account"),
)
"""As the commands write them; after a colon words follow."""
_WORDS = {
    "notes:": ("Of which folder?", "Garden"),
    "passages:": ("Of which folder or note?", "Garden/Beans.md"),
    "tag:": ("With which tag?", "summer"),
    "query:": ("What shall be searched for?", "spring cleaning"),
    "list:": ("Which passages?", "ID,ID"),
    "messages:": ("Whose messages?", "Anna"),
}
_EXAMPLES: dict[Kind, str] = {
    "map": "What is {text} about, in five words?",
    "filter": "{text} says when something happens",
    "reduce": "What do they have in common?",
    "resolve": "the same person",
}
_FOUND = 50
"""Passages among which is looked for the one of a note."""


class Deeds:
    """Each one asks where it must, does, and has Sheets look again."""

    def __init__(self, sheets: Sheets, talk: Talk) -> None:
        self._sheets, self._talk = sheets, talk

    # a column is made

    async def make(self, view: SheetView | None) -> None:
        """A further column of a sheet, or a new sheet: what its rows are, what is asked, and at what price."""
        app = self._sheets.app
        over = "" if view else await self._choose_rows()
        if not (over or view):
            return
        options = [Option(kind, kind, told) for kind, told in KINDS.items()]
        done = await app.push_screen_wait(Choice("What shall be done?", options))
        kind = next((one for one in KINDS if one == done), None)
        if kind is None:
            return
        about = "{text} stands for the row's text."
        prompt = await app.push_screen_wait(AskLine("In your words", about=about, example=_EXAMPLES[kind]))
        if prompt:
            taken = {column.name for column in view.sheet.columns} if view else set()
            column = Column(_free(kind, taken), kind, prompt, "deep" if kind == "filter" else "quick")
            name = view.sheet.name if view else _free("sheet", self._sheets.sheet_names)
            await self._agree(wire.PlanSheet(name, column, over), view)

    async def _choose_rows(self) -> str:
        """What the rows are, as the commands write it; "" if the person left it."""
        app = self._sheets.app
        place = await app.push_screen_wait(Choice("What shall the rows be?", PLACES))
        if place not in _WORDS:
            return place
        title, example = _WORDS[place]
        words = await app.push_screen_wait(AskLine(title, example=example))
        return f"{place}{words}" if words else ""

    async def go_on(self, name: str, chosen: Column | None) -> None:
        """What is missing of a column is asked: of the chosen one, else of the first that is not filled."""
        view = SheetView(await self._sheets.whole_sheet(name))
        column = chosen and view.sheet.column(chosen.name)
        if column is None or (not view.open_cells(column) and view.unfinished):
            column = view.unfinished or (view.sheet.columns[-1] if view.sheet.columns else None)
        if column is None:
            self._sheets.tell("It has no column yet: n makes one.")
        else:
            await self._agree(wire.PlanSheet(name, column), view)

    async def _agree(self, request: wire.PlanSheet, view: SheetView | None) -> None:
        from sage.tui.screens.sheet_price import SheetPrice

        columns = tuple(column.name for column in view.sheet.columns) if view else ()
        agreed = await self._sheets.app.push_screen_wait(SheetPrice(self._sheets.read, request, columns))
        if agreed:
            self._sheets.fill(*agreed)
        else:
            self._sheets.tell("Nothing was asked, and nothing spent.")

    # cells

    async def correct(self, view: SheetView, row: SheetRow, column: Column | None, cell: Cell | None) -> None:
        """The person's own word in a cell."""
        if cell is None or column is None:
            self._sheets.tell("There is nothing here yet that could be put right.")
            return
        about = f"{row.source} · {column.name}"
        ask = AskLine("What shall it say?", about=about, value=" ".join(cell.says.split()))
        word = await self._sheets.app.push_screen_wait(ask)
        if word:
            shown = await self._talk.call(wire.CorrectCell(view.sheet.name, row.row, column.name, word))
            await self._sheets.look_now("Kept. It is a case for trying models on, too." if shown.case else "Kept.")

    async def uncorrect(self, view: SheetView, row: SheetRow, column: Column | None, cell: Cell | None) -> None:
        """What the model said counts again."""
        if cell and column and cell.corrected is not None:
            await self._talk.call(wire.CorrectCell(view.sheet.name, row.row, column.name, None))
            await self._sheets.look_now("What the model said counts again.")

    def sample(self, view: SheetView) -> None:
        """A few rows by chance, to see whether they are right."""
        view.some = sampled(view.every, SAMPLE, random.Random())

    async def why(self, view: SheetView, row: SheetRow, column: Column | None, cell: Cell | None) -> None:
        """Who was asked for a cell and why they, what it cost, and what it rests on."""
        if cell is None or column is None:
            self._sheets.tell("Nothing is here yet.")
            return
        told = await self._sheets.read(wire.Why(f"{view.sheet.name}/{row.row}/{column.name}"))
        self._sheets.show_why(told)

    # where words stand

    async def edit(self, view: SheetView, row: SheetRow, column: Column | None, cell: Cell | None) -> None:
        """Opens the note at the words that a cell rests on."""
        row, start, _ = _stands(view, row, cell)
        path = typed_path(row.document.removeprefix("file/")) if row.document.startswith("file/") else None
        line = view.line_of(row, start)
        if path is None and row.row:
            hit = await self._hit(row, "")
            path, line = (typed_path(f"{hit.root}/{hit.source}"), hit.line) if hit and hit.root else (None, 0)
        if path is None:
            self._sheets.tell("It does not stand in a file of its own: there is nothing to open.")
        elif edit(self._sheets.app, path, line):
            await self._talk.call(wire.ImportNotes(str(path)))
            self._sheets.tell("It is found as you left it. r asks again of what says something else now.")

    async def remember(self, view: SheetView, row: SheetRow, column: Column | None, cell: Cell | None) -> None:
        """Shows in Memory where the words stand."""
        row, start, end = _stands(view, row, cell)
        hit = await self._hit(row, row.text[start:end]) if row.row else None
        if hit:
            await self._sheets.app.read_passage(hit)
        else:
            self._sheets.tell("It does not stand in Memory: a task, or words that say something else by now.")

    async def _hit(self, row: SheetRow, words: str) -> Hit | None:
        """The passage that a row is, or that has some words of it."""
        if row.document.startswith("task/"):
            return None
        if not row.document.startswith("file/"):
            try:
                around = await self._sheets.read(wire.ReadAround(row.document))
            except NotFound:
                return None
            return around.hits[around.at]
        plain = " ".join(words.split()) or " ".join(row.text.split())[:80]
        hits = (await self._sheets.read(wire.Recall(plain, _FOUND))).hits
        own = [hit for hit in hits if f"file/{hit.root}/{hit.source}" == row.document]
        return next((hit for hit in own if plain in " ".join(hit.text.split())), own[0] if own else None)

    # the whole

    async def export(self, name: str) -> None:
        """Writes a sheet to a new file."""
        about = "A new file: .csv for a spreadsheet, .md or .json"
        typed = await self._sheets.app.push_screen_wait(
            AskLine(f"Where shall {name} be written?", about=about, value=f"~/{name}.csv")
        )
        if typed:
            path, write = typed_path(typed), file_format(typed)
            shown = await self._sheets.whole_sheet(name)
            await asyncio.to_thread(write_new, path, write(shown))
            self._sheets.tell(f"Written to {path}.")

    async def drop(self, name: str, column: Column | None) -> None:
        """Takes a sheet away, or one of its columns, once what goes was seen."""
        shown = await self._sheets.whole_sheet(name)
        cells = [cell for cell in shown.cells if column is None or cell.column == column.name]
        own = sum(cell.corrected is not None for cell in cells)
        what = f"column {column.name} of {name}" if column else f"sheet {name}"
        has = (
            f"{counted(len(shown.rows), 'row')} and {counted(len(shown.sheet.columns), 'column')}, with "
            if not column
            else ""
        )
        words = f", and {counted(own, 'cell')} in your own words" if own else ""
        lines = [f"{has}{counted(len(cells) - own, 'cell')} that models filled{words}: all of it goes.",
                 "Asked again, it costs again.", "",
                 "Your notes, tasks and messages stay as they are, and so do cases made of corrections."]  # fmt: skip
        if await self._sheets.app.push_screen_wait(Agreement(f"Take the {what} away?", lines, "takes it away")):
            await self._talk.call(wire.DropSheet(name, column.name if column else ""))
            if column is None and self._sheets.view:
                self._sheets.leave_sheet()
            await self._sheets.look_now(f"The {what} is gone.")


def _stands(view: SheetView, row: SheetRow, cell: Cell | None) -> tuple[SheetRow, int, int]:
    """The row, and the characters in it, that a cell rests on first; its beginning, if on none."""
    span = cell.spans[0] if cell and cell.spans else None
    return (view.row(span.row or row.row), span.start, span.end) if span else (row, 0, 0)


def _free(name: str, taken: set[str]) -> str:
    """A name that is not taken."""
    return next(
        one for number in range(1, len(taken) + 2) if (one := f"{name} {number}" if number > 1 else name) not in taken
    )
