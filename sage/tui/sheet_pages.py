"""What Sheets' reading pane shows: a sheet, a cell with where its words stand, and the row around them."""

from __future__ import annotations

from collections.abc import Sequence

from sage import wire
from sage.core.sheets.sheet import Cell, Column, SheetRow, Span
from sage.core.sheets.sheet_words import counted, money, said, standing
from sage.core.terminal_text import clean_line
from sage.tui.sheet_rows import SheetView, name_of
from sage.tui.widgets.entry import Entry

KEYS = """| key | what it does |
|---|---|
| Enter | open the sheet; in it, the row at the words that the cell rests on |
| n | a new sheet; in one, a new column. The price is said first |
| r | go on with what is missing, or could not be read; Esc stops |
| arrows | move from cell to cell |
| c | put a cell right: your word counts, and becomes a case |
| u | the model's word counts again |
| s | some rows by chance, to see whether they are right; Esc lists all |
| w | why it says that: who was asked and why they, and what it cost |
| m | where the words stand, in Memory |
| o | open the note there, in your editor |
| x | write the sheet to a file |
| d | take the column away, or (on the row, and in the list) the sheet |
| PgUp, PgDn | a page up or down |
| Esc | back; from the list to Models |"""
NOTHING_YET = """No sheet yet.

A sheet asks a model the same of many texts of yours: its rows are notes, tasks or messages, its columns are \
questions. Each answer names the words of the row that it rests on.

n makes one. What it costs at most is said before anything is asked."""


def sheet_entries(line: wire.SheetLine) -> list[Entry]:
    """A sheet of the list."""
    sheet = line.sheet
    head = f"{sheet.name}: {counted(line.rows, 'row')} of {sheet.over}"
    lines = [head, standing(line), ""]
    lines += [f"{column.name}: {about(column)}" for column in sheet.columns]
    lines += (
        [] if sheet.state == "done" else ["", "It is not finished. r goes on; what was answered is not asked again."]
    )
    return [_notice(lines)]


def about(column: Column) -> str:
    """What a column asks, and whom."""
    of = f", of {column.of}" if column.of else ""
    return f"{column.kind}, {column.role}{of}: {column.prompt}"


def cell_entries(view: SheetView, row: SheetRow, column: Column | None, cell: Cell | None) -> list[Entry]:
    """The chosen cell whole, with where its words stand; of no column the row itself."""
    if column is None:
        return [_notice([_named(row)]), Entry("assistant", row.text)] if row.row else [_notice(["All rows together"])]
    head = [_named(row), f"{column.name} ({about(column)})"]
    if cell is None:
        return [_notice([*head, "", "Nothing is here yet."])]
    if cell.corrected is not None:
        return [_notice(head), Entry("assistant", cell.corrected),
                _notice([f"Your word. The model said: {said(Cell(cell.row, '', '', cell.state, cell.value))}", "",
                         *view.places(cell)])]  # fmt: skip
    text = cell.value if cell.state in ("done", "unsupported") else said(cell)
    rests = view.places(cell) or (("No words of the row were found for it.",) if cell.state == "unsupported" else ())
    who = f"{cell.model}, {money(cell.cost)}" if cell.cost else cell.model
    return [_notice(head), Entry("assistant", text or "–"), _notice([*rests, *([who] if who else [])])]


def why_entries(told: wire.Explanation) -> list[Entry]:
    """Why a cell says what it says."""
    return [_notice([*told.lines, "", "Esc comes back."])]


def around_entries(view: SheetView, row: SheetRow, cell: Cell | None) -> tuple[list[Entry], int]:
    """The whole text that a cell is about, the lines marked that it rests on, and which entry shows the first of these."""
    spans = cell.spans if cell else ()
    numbers = list(dict.fromkeys(span.row or row.row for span in spans)) or [row.row]
    entries: list[Entry] = []
    first = 0
    for number in filter(None, numbers):
        one = view.row(number)
        entries.append(_notice([_named(one), *([f"{cell.column}: {said(cell)}"] if cell and not entries else [])]))
        for role_found, text in _marked(one.text, [span for span in spans if (span.row or row.row) == number]):
            first = first or (len(entries) if role_found else 0)
            entries.append(Entry("found" if role_found else "assistant", text))
    return entries, first


def _marked(text: str, spans: Sequence[Span]) -> list[tuple[bool, str]]:
    """A text in parts, those of them marked that are the lines in which some spans stand."""
    parts: list[tuple[bool, str]] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        start = max(at, text.rfind("\n", 0, span.start) + 1)
        end = text.find("\n", span.end)
        end = len(text) if end < 0 else end
        if end > start:
            parts += [(False, text[at:start]), (True, text[start:end])]
            at = end
    parts.append((False, text[at:]))
    return [(found, part) for found, part in parts if part.strip()]


def _named(row: SheetRow) -> str:
    return f"{row.row} {name_of(row)}" if row.row else row.source


def _notice(lines: Sequence[str]) -> Entry:
    return Entry("notice", "\n".join(map(clean_line, lines)).strip("\n"))
