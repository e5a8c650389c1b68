"""Forgetting what the journal keeps of models: records of turns, cases, answers on trial, examples, swaps, sheets."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.home import backups
from sage.adapters.home.home_swap import restore_home
from sage.adapters.journal.journal_cases import AskedPages, CasePages, packed
from sage.adapters.journal.journal_sheets import SheetPages
from sage.adapters.journal.journal_swaps import SwapPages
from sage.adapters.journal.journal_trials import TrialPages
from sage.core.asked import Asked, AskedTurn
from sage.core.cases import Wish
from sage.core.forgetting.forgetting import Target
from sage.core.messages import Message, ModelRequest
from sage.core.passages import Hit
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span, job_of
from sage.core.swaps import Change, Changes, Swap, way_back
from sage.core.trials import Grade, Replayed, Trial, TrialAnswer, Vote
from sage.core.turns import Branch
from sage.evals.cases import case_of
from tests.adapters.forgetting import test_forgetting
from tests.adapters.forgetting.test_forgetting import NOW, SECRET, Place, kinds

PADDING = "".join(random.Random(1).choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(20_000))
"""Does not compress well: what is packed with it is spread over many pages of the journal."""
MADE = {
    ("record of what a model was asked", "derived"), ("case made of a turn", "derived"),
    ("answer of a model on trial", "derived"), ("example made of a turn", "derived"),
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def recorded(place: Place, turn: str = "t1", words: str = "somewherecanary", said: str = "Where is it?") -> None:
    """A turn with all that is kept of it: what was asked, a case, an answer to that on trial with a vote, an example."""
    place.turn(turn, said, "There [1].")
    hits = tuple(hit for hit in place.memory.recall(said, k=1))
    request = ModelRequest(f"Be short. {PADDING}", (Message("user", said),), hits)
    AskedPages(place.database).keep(turn, [Asked("m1", request, f"It is {words}.", cited=())], NOW)
    asked = AskedPages(place.database).turn(turn)
    assert asked
    case = case_of(asked, id=f"k{turn}", made_at=NOW.isoformat())
    CasePages(place.database).add(case)
    trials = TrialPages(place.database, place.now)
    trial = trials.begin(Trial("r1", "model", "m2", "m1"))
    answer = Replayed(f"I say trialcanary of {words}", (Wish("note", {"text": "wishcanary"}),))
    trials.keep(
        trial.id, TrialAnswer(case.id, "candidate", f"key{turn}", answer, (Grade("says it", False, "gradecanary"),))
    )
    trials.vote(trial.id, Vote(case.id, "you", "current", "candidate"))
    place.database.run(
        "INSERT INTO examples (id, turn, task, body, documents, state, made_at) VALUES (?, ?, 'talk', ?, ?, 'on', ?)",
        (f"x{turn}", turn, packed({"said": said, "answer": f"examplecanary {words}"}), "[]", NOW.isoformat()),
    )


def sheet(place: Place, hits: list[Hit], *, joined: bool = False) -> None:
    pages = SheetPages(place.database)
    listed = f"list:{','.join(hit.id for hit in hits)}"
    columns = [Column("where", "map", "Where does it lie? promptcanary")]
    columns += [Column("all", "reduce", "What is this about?")] if joined else []
    pages.put(Sheet("s1", "Keys", listed, columns=tuple(columns)), NOW)
    rows = [
        SheetRow(number, hit.citation, hit.id, hit.text, hit.origin, hit.audience) for number, hit in enumerate(hits, 1)
    ]
    pages.put_rows("s1", rows)
    for row in rows:
        cell = Cell(row.row, "where", f"{row.row:020x}", "done", f"cellcanary{row.row}", (Span(0, 3),))
        pages.put_cell("s1", cell, NOW)
        pages.correct("s1", row.row, "where", f"correctedcanary{row.row}", NOW)
    if joined:
        pages.put_cell("s1", Cell(0, "all", f"{9:020x}", "done", "joinedcanary", (Span(0, 3, 1),)), NOW)


def passages(place: Place, *words: str) -> list[Hit]:
    return [next(hit for hit in place.memory.file_passages() if each in hit.text) for each in words]


def rows_of(place: Place, *names: str) -> list[int]:
    return [place.database.rows(f"SELECT count(*) FROM {name}")[0][0] for name in names]


def tables(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """All rows; in which order they stand makes no difference to these."""
    return {name: sorted(rows, key=repr) for name, rows in test_forgetting.tables(place).items()}


KEPT = ("asked", "cases", "trial_answers", "votes", "examples")


@pytest.mark.parametrize("target", [
    Target(("t1",)), Target(("c1",)), Target(("notes/Shed.md",)), Target(person="Demo Aunt"), Target(words="demo aunt"),
    Target(since="2026-11-22", until="2026-11-22"),
])  # fmt: skip
def test_what_is_kept_of_a_turn_goes_with_it_and_comes_back(place: Place, target: Target) -> None:
    place.note("Shed", SECRET)
    recorded(place, said="Where does Demo Aunt keep the spare key?")
    rows = tables(place)
    preview = place.forgetter.preview(target)
    told = {kind for kind, _ in kinds(preview)}
    assert {kind for kind, _ in MADE} <= told
    done = place.forgetter.forget(target, preview.digest)
    assert rows_of(place, *KEPT) == [0, 0, 0, 0, 0]
    place.forgetter.undo(done.id)
    assert tables(place) == rows
    again = place.forgetter.forget(target, place.forgetter.preview(target).digest)
    assert not place.purge(again.id).proof.leaks
    assert not place.left("trialcanary", "wishcanary", "gradecanary", "examplecanary", "somewherecanary")


def test_another_turn_in_another_place_keeps_its_case(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Tea", "Green tea wants water of seventy degrees.")
    recorded(place, said="Where does the spare key lie?")
    place.turn("t2", "How hot is green tea?", "Seventy [1].", of="c2")
    hits = tuple(place.memory.recall("green tea", k=1))
    request = ModelRequest("Be short.", (Message("user", "How hot is green tea?"),), hits)
    AskedPages(place.database).keep("t2", [Asked("m1", request, "Seventy degrees [1].")], NOW)
    place.purge(place.forget("notes/Shed.md").id)
    assert place.database.rows("SELECT turn FROM asked") == [("t2",)]


def test_a_case_is_told_in_plain_words_and_can_go_alone(place: Place) -> None:
    place.note("Shed", SECRET)
    recorded(place, said="Where does the spare key lie, tell me the place?")
    (shown, *_) = place.forgetter.preview(Target(("kt1",))).items
    assert shown.citation.startswith("case made of a turn of 2026-11-22 ")
    assert shown.opening == "Where does the spare key lie, tell me the place?"
    place.forget("kt1")
    assert rows_of(place, *KEPT) == [1, 0, 0, 0, 1]
    assert place.shows(SECRET) and place.journal.turn("t1").said.startswith("Where does")


def test_words_in_a_long_packed_value_are_seen_by_the_scan(place: Place) -> None:
    """A case is spread over pages, and its words come last."""
    recorded(place, words="hiddencanary")
    place.database.run("DELETE FROM trial_answers")
    place.database.run("DELETE FROM examples")
    assert place.left("hiddencanary") == ["journal.db"]
    made = backups.make(place.home, place.database, None, place.now())
    (inside,) = [name for name in place.left("hiddencanary") if name != "journal.db"]
    assert inside == f"backups/{made.name}: journal.db"


def test_what_a_forgetting_keeps_is_cleaned_of_what_another_purge_takes(place: Place) -> None:
    place.note("Shed", SECRET)
    recorded(place, said="Where does the spare key lie?")
    place.forget("kt1")
    place.purge(place.forget("notes/Shed.md").id)
    assert not place.left("third blue flowerpot", "somewherecanary")


def test_rows_and_cells_go_with_their_passage_and_the_sheet_stays(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Tea", "Green tea wants water of seventy degrees.")
    shed, tea = passages(place, SECRET, "Green tea")
    sheet(place, [shed, tea])
    rows = tables(place)
    done = place.forget("notes/Shed.md")
    pages = SheetPages(place.database)
    assert [row.row for row in pages.rows("s1")] == [2] and [cell.says for cell in pages.cells("s1")] == [
        "correctedcanary2"
    ]
    (left,) = pages.sheets()
    assert left.over == f"list:,{tea.id}"
    place.forgetter.undo(done.id)
    assert tables(place) == rows
    assert not place.purge(place.forget(shed.id).id).proof.leaks
    assert not place.left("cellcanary1", "correctedcanary1", "third blue flowerpot", shed.id, f"{1:020x}")
    assert place.left("cellcanary2") == ["journal.db"]


def test_a_row_of_a_whole_note_goes_when_a_sentence_of_it_does(place: Place) -> None:
    place.note("Long", f"## One\n\nFirst of all. {SECRET} And so on.\n\n## Two\n\nOther things.")
    (hit,) = passages(place, SECRET)
    sheet(place, [hit])
    place.database.run(
        "UPDATE sheet_rows SET document = ?, text = ?",
        (f"file/{hit.root}/{hit.source}", f"as the model read it: {hit.text}"),
    )
    place.forget(words="third blue")
    assert rows_of(place, "sheets", "sheet_rows", "sheet_cells") == [1, 0, 0]


@pytest.mark.parametrize("target", [Target(("notes/Shed.md",)), Target(("Keys",)), Target(words="third blue")])
def test_a_case_of_a_corrected_cell_goes_with_its_row_and_its_sheet(place: Place, target: Target) -> None:
    place.note("Shed", f"First of all. {SECRET} And so on.")
    (hit,) = passages(place, SECRET)
    sheet(place, [hit])
    request = ModelRequest("Be short.", (Message("user", "in words of nobody's"),))
    asked = AskedTurn(f"{job_of('s1', 'where')}/1", "s1", (Asked("m1", request, "casecanary"),), (hit.id,))
    CasePages(place.database).add(case_of(asked, id="k1", made_at=NOW.isoformat(), task="sheet"))
    preview = place.forgetter.preview(target)
    assert ("case made of a cell of a sheet", "derived") in kinds(preview)
    done = place.forgetter.forget(target, preview.digest)
    place.forgetter.undo(done.id)
    assert CasePages(place.database).find("k1")
    place.purge(place.forgetter.forget(target, place.forgetter.preview(target).digest).id)
    assert not place.left("casecanary")


def test_cases_and_sheets_are_the_owners_alone_and_found_by_no_search(place: Place) -> None:
    """Memory, which is what others may see a part of, is made of none of it."""
    place.note("Shed", SECRET)
    recorded(place, said="Where does the spare key lie?")
    sheet(place, passages(place, SECRET), joined=True)
    place.memory.catch_up()
    place.memory.import_path(place.home.notes)
    for word in ("cellcanary1", "correctedcanary1", "joinedcanary", "trialcanary", "examplecanary", "somewherecanary"):
        assert not place.shows(word), word


def test_what_was_joined_of_all_rows_goes_with_any_of_them(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Tea", "Green tea wants water of seventy degrees.")
    sheet(place, passages(place, SECRET, "Green tea"), joined=True)
    rows = tables(place)
    done = place.forget("notes/Tea.md")
    assert [cell.column for cell in SheetPages(place.database).cells("s1")] == ["where"]
    place.forgetter.undo(done.id)
    assert tables(place) == rows


def test_a_sheet_goes_whole_by_its_name_and_leaves_the_notes(place: Place) -> None:
    place.note("Shed", SECRET)
    sheet(place, passages(place, SECRET), joined=True)
    preview = place.forgetter.preview(Target(("Keys",)))
    assert kinds(preview) == {("sheet", "named"), ("row of a sheet", "derived"), ("column of a sheet", "derived")}
    place.purge(place.forget("Keys").id)
    assert rows_of(place, "sheets", "sheet_rows", "sheet_cells") == [0, 0, 0]
    assert not place.left("promptcanary", "cellcanary1", "correctedcanary1", "joinedcanary")
    assert place.shows(SECRET)


def test_a_row_of_a_task_or_a_note_that_a_sheet_names_goes_with_it(place: Place) -> None:
    place.notebook.add_task("k1", "Look for the teapot", now=place.now())
    place.note("Shed", SECRET)
    pages = SheetPages(place.database)
    pages.put(Sheet("s1", "Tasks", "tasks"), NOW)
    pages.put_rows("s1", [SheetRow(1, "task#k1", "task/k1", "teapot")])
    pages.put(Sheet("s2", "One note", "notes:Shed.md"), NOW)
    place.forget("k1")
    assert rows_of(place, "sheets", "sheet_rows") == [2, 0]
    place.forget("notes/Shed.md")
    assert [one.name for one in pages.sheets()] == ["Tasks"]


def swap(place: Place, **more: Any) -> Swap:
    before = b'[agent]\ninstructions = "Remember that Demo Aunt lives in Ghent."\n[model]\nchain = ["m1"]\n'
    after = before.replace(b"m1", b"m2")
    changes = Changes(
        (Change(("model", "chain"), ["m1"], ["m2"]), Change(("agent", "instructions"), "Demo Aunt lives in Ghent", "")),
        True, "m1", "m2",
    )  # fmt: skip
    made = Swap("w1", "talk", changes, before, after, "", "in force", "", NOW.isoformat())
    SwapPages(place.database).add(made)
    return made


def test_settings_of_a_swap_lose_their_words_and_a_rollback_still_changes_the_model_back(place: Place) -> None:
    made = swap(place)
    rows = tables(place)
    done = place.forget(words="Demo Aunt lives in Ghent")
    (left,) = SwapPages(place.database).last()
    assert (left.before, left.after) == (b"", b"")
    way = way_back(left, made.after, {"model": {"chain": ["m2"]}})
    assert (way.whole, way.values) == (False, {("model", "chain"): ["m1"]})
    place.forgetter.undo(done.id)
    assert tables(place) == rows
    place.purge(place.forget(words="Demo Aunt lives in Ghent").id)
    assert not place.left("Ghent")


def test_a_span_of_time_leaves_swaps(place: Place) -> None:
    place.note("Shed", SECRET)
    swap(place)
    place.forget(since="2026-11-22")
    assert SwapPages(place.database).last()[0].before


def test_a_backup_of_before_has_none_of_it(place: Place) -> None:
    place.note("Shed", SECRET)
    recorded(place, said="Where does the spare key lie?")
    sheet(place, passages(place, SECRET), joined=True)
    made = backups.make(place.home, place.database, None, place.now())
    place.purge(place.forget("notes/Shed.md").id)
    place.close()
    restore_home(place.home, made, place.now())
    place.open()
    assert rows_of(place, *KEPT, "sheet_rows", "sheet_cells") == [0] * 7
    assert not place.left("third blue flowerpot", "somewherecanary", "cellcanary1", "joinedcanary")


def test_a_forgotten_turn_is_forgotten_in_every_branch_that_goes_on_from_it(place: Place) -> None:
    place.turn("t1", f"Keep this: {SECRET}", "Noted.", k=0)
    place.journal.begin_branch("c2", Branch("t1"), NOW)
    place.turn("t2", "What did I say?", "A secret.", of="c2", k=0)
    AskedPages(place.database).keep(
        "t2", [Asked("m1", ModelRequest("Be short.", (Message("user", SECRET),)), "A secret.", cited=())], NOW
    )
    place.forget("t1")
    (first, _) = place.journal.history("c2")
    assert first.answer.turn == "t1" and SECRET not in first.said and first.forgotten
    assert AskedPages(place.database).turn("t2") is None
    assert SECRET not in place.journal.branch_told("c2")
