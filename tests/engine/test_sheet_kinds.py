"""Filtering, reducing and resolving a sheet of a real home."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage import wire
from sage.adapters.journal.journal_sheets import SheetPages
from sage.core.errors import NotFound
from sage.core.messages import ModelRequest
from sage.core.sheets.sheet import Column
from sage.engine import sheets
from sage.engine.bootstrap import House
from sage.profile import resolve
from tests.engine.test_sheets import Answering, Brains, fill
from tests.homes import make_home

NOTES = {
    "a.md": "Demo Aunt's birthday is on 3 May.\n",
    "b.md": "---\naudience: [work]\n---\nThe birthday of Demo Aunt falls on the third of May.\n",
    "c.md": "The boiler pressure should stay below 1.8 bar.\n",
}


def answer(request: ModelRequest) -> str:
    """Brings each text's last words together; says that two texts are the same if both name the aunt; fits if it names her."""
    text = request.messages[0].text
    texts = [part.strip() for part in re.findall(r"=== text ===+\n(.*?)\n===+ end", text, re.S)]
    if "statements" in request.system:
        found = [
            {"from": [number], "quote": each[:40], "statement": f"It is said: {each}"}
            for number, each in enumerate(texts, 1)
        ]
        return json.dumps({"statements": found})
    if "very same thing" in request.system:
        same = all("Aunt" in each for each in texts)
        return json.dumps({"first": texts[0], "second": texts[1], "answer": "yes" if same else "no"})
    if '"yes"' in request.system:
        return json.dumps({"quote": texts[0], "answer": "yes" if "Aunt" in texts[0] else "no"})
    return json.dumps({"quote": texts[0], "answer": texts[0]})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House.open(make_home(tmp_path, settings="[caps]\nper_turn_usd = 1.0\n"))
    for name, text in NOTES.items():
        (tmp_path / "vault").mkdir(exist_ok=True)
        (tmp_path / "vault" / name).write_text(text)
    made.memory.import_path(tmp_path / "vault")
    model = Answering(answer)
    made.brains = Brains([model], [])  # type: ignore[assignment]
    yield made
    await made.close()


def calls_of(house: House) -> int:
    return int(house.database.rows("SELECT count(*) FROM costs")[0][0])


def asked(column: Column, over: str = "notes") -> wire.PlanSheet:
    return wire.PlanSheet("all", column, over)


async def test_a_filter_of_few_rows_asks_of_all_and_says_so(house: House) -> None:
    filled, _ = await fill(house, asked(Column("aunt", "filter", "Is it about Demo Aunt?", "deep")))
    whole, *cells = (await sheets.shown(house, "all")).cells
    assert (
        whole.value.splitlines() == list(filled.told)
        and filled.told[0] == "2 of 3 rows fit."
        and filled.states == {"done": 3}
    )
    assert [cell.value for cell in cells] == ["yes", "yes", "no"] and all(cell.spans for cell in cells[:2])
    assert filled.strong_calls == 3 and "all 3 rows" in filled.told[1]


async def test_statements_carry_their_rows_and_what_is_made_of_all_is_seen_by_nobody_who_may_not_see_each(
    house: House,
) -> None:
    column = Column("sum", "reduce", "What is said in {text}?")
    await fill(house, asked(column))
    shown = await sheets.shown(house, "all")
    (cell,) = shown.cells
    assert [line.rpartition(" ")[2] for line in cell.value.splitlines()] == ["[1]", "[2]", "[3]"]
    assert shown.citations["0 sum"][2].startswith("[3] c.md “The boiler pressure")
    assert shown.whole["sum"] == ("user", ("private",))
    before = calls_of(house)
    await fill(house, asked(column))
    assert calls_of(house) == before


async def test_a_tree_keeps_the_rows_through_all_its_levels(house: House, tmp_path: Path) -> None:
    for number in range(30):
        words = " ".join(f"bed{number}x{each}" for each in range(60))
        (tmp_path / "vault" / f"n{number}.md").write_text(f"Garden {number} has {words}.\n")
    house.memory.rescan()
    column = Column("sum", "reduce", "What is said?")
    planned = await sheets.plan(house, resolve("default", house.home), asked(column))
    filled, _ = await fill(house, asked(column))
    shown = await sheets.shown(house, "all")
    (cell,) = shown.cells
    texts = {row.row: row.text for row in shown.rows}
    assert calls_of(house) > 3 and filled.calls <= planned.plan.calls
    assert {span.row for span in cell.spans} == set(texts)
    assert all(0 <= span.start < span.end <= len(texts[span.row]) for span in cell.spans)


async def test_a_reduction_of_a_column_rests_on_what_its_cells_rest_on(house: House) -> None:
    with pytest.raises(NotFound, match="no column"):
        await fill(house, asked(Column("sum", "reduce", "What?", of="topic")))
    await fill(house, asked(Column("topic", "map", "What?")))
    await fill(house, asked(Column("sum", "reduce", "What?", of="topic")))
    shown = await sheets.shown(house, "all")
    assert shown.citations["0 sum"][0].startswith("[1] a.md “Demo Aunt")


async def test_what_is_about_the_same_is_found_and_the_persons_word_goes_before(house: House) -> None:
    column = Column("who", "resolve", "the same event")
    await fill(house, asked(column))
    shown = await sheets.shown(house, "all")
    assert [cell.value for cell in shown.cells] == ["1", "1", "3"] and shown.cells[0].spans
    SheetPages(house.database).correct(shown.sheet.id, 2, "who", "alone", house.clock.now())
    before = calls_of(house)
    await fill(house, asked(column))
    cells = (await sheets.shown(house, "all")).cells
    assert [cell.says for cell in cells] == ["1", "alone", "3"] and [cell.value for cell in cells] == ["1", "2", "3"]
    assert calls_of(house) == before
