"""A cell that the person corrected, as a case: other models are tried on what was asked there, and their word is the check."""

from __future__ import annotations

from msgspec.structs import replace

from sage.adapters.home.secret_store import hide_keys
from sage.core.asked import Asked, AskedTurn, without_secrets
from sage.core.cases import Case, Check, Fits, Hashes, Says
from sage.core.labels import LOCAL_ONLY
from sage.core.sheets.asking import judge_request, map_request
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, job_of
from sage.engine.bootstrap import House, fresh_id
from sage.evals.cases import case_of


def keep_case(house: House, sheet: Sheet, column: Column, row: SheetRow, cell: Cell) -> str:
    """Keeps a corrected cell as a case, in the place of the one that was made of it before, and returns its id; a correction that
    was taken back takes its case with it. "" for columns that no single row was asked of."""
    turn = f"{job_of(sheet.id, column.name)}/{row.row}"
    before = house.cases.of_turn(turn)
    if cell.corrected is None:
        if before:
            house.cases.drop(before.id)
        return ""
    if column.kind not in ("map", "filter"):
        return ""
    request = (map_request if column.kind == "map" else judge_request)(column.prompt, row.text)
    step = without_secrets(Asked(cell.model, request, cell.value, local=LOCAL_ONLY in row.audience), hide_keys)
    name, made_at = (before.id if before else fresh_id("e")), house.clock.now().isoformat(timespec="seconds")
    case = case_of(
        AskedTurn(turn, sheet.id, (step,), (row.document,)), id=name, made_at=made_at, task="sheet", rating="wrong"
    )
    body = replace(case.body, checks=(_check(column, hide_keys(cell.corrected)),), hashes=Hashes("", "", ""))
    kept: Case = replace(case, body=body)
    house.cases.add(kept)
    return kept.id


def _check(column: Column, word: str) -> Check:
    said = word.strip().casefold()
    if column.kind == "filter" and said in ("yes", "no"):
        return Fits({"type": "object", "properties": {"answer": {"enum": [said]}}, "required": ["answer"]})
    return Says(word)
