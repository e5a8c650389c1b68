"""Cases and the ledger in Models: what a case checks is changed, one goes; calls are summed otherwise and written to a file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from textual.widgets import OptionList

from sage import wire
from sage.core.cases import Calls, Fits, Omits
from sage.tui.screens import agreement
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice
from tests.tui.models_played import SAID, Engine, Seen, looking


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 0.0)


async def choose(seen: Seen, words: str) -> None:
    """Chooses the line of a choice that has these words, once it is there."""
    found = await there(seen, words)
    seen.host.screen.query_one(OptionList).highlighted = found
    await seen.pilot.press("enter")


async def there(seen: Seen, words: str) -> int:
    place = -1

    def look() -> bool:
        nonlocal place
        if not isinstance(seen.host.screen, Choice):
            return False
        options = seen.host.screen.query_one(OptionList)
        prompts = [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]
        place = next((n for n, prompt in enumerate(prompts) if words in prompt), -1)
        return place >= 0

    await seen.until(look)
    return place


async def test_a_case_is_shown_with_all_its_words_and_checks() -> None:
    async with looking(Engine(), (80, 24)) as seen:
        await seen.pilot.press("5")
        assert [row.id for row in seen.models.rows] == ["e1"] and "e edit · D drop" in seen.line("#hints")
        await seen.until(lambda: '1. says "six"' in seen.read())
        assert f"You: {SAID}" in seen.read() and "librarian: Six hours." in seen.read()
        assert "these have changed: tools" in seen.read()


async def test_what_a_case_checks_is_changed_one_thing_after_the_other(tmp_path: Path) -> None:
    engine = Engine()
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object"}')
    async with looking(engine) as seen:
        await seen.choose("e1")
        await seen.pilot.press("e")
        await choose(seen, "must not have these words")
        await seen.on_panel(AskLine)
        await seen.pilot.press(*"rain", "enter")
        await choose(seen, "No longer: says")
        await choose(seen, "It must call a tool")
        await choose(seen, "task_add")
        await choose(seen, "fits a schema")
        await seen.on_panel(AskLine)
        await seen.pilot.press(*str(schema), "enter")
        await choose(seen, "Keep it apart")
        await choose(seen, "worth")
        await seen.on_panel(AskLine)
        await seen.pilot.press("3", "enter")
        await seen.on_panel(Choice)
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.host.screen is seen.models)
        assert engine.asked == [
            wire.EditEvalCase("e1", add=(Omits("rain"),)),
            wire.EditEvalCase("e1", remove=(1,)),
            wire.EditEvalCase("e1", add=(Calls("task_add", None),)),
            wire.EditEvalCase("e1", add=(Fits({"type": "object"}),)),
            wire.EditEvalCase("e1", holdout=True),
            wire.EditEvalCase("e1", value=3.0),
        ]
        await seen.until(lambda: 'does not say "rain"' in seen.read())


async def test_what_is_no_number_changes_nothing() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("e1")
        await seen.pilot.press("e")
        await choose(seen, "worth")
        await seen.on_panel(AskLine)
        await seen.pilot.press(*"much", "enter")
        await seen.until(lambda: "'much' is no number." in seen.line("#hints"))
        assert not engine.asked


async def test_a_case_goes_with_a_yes_alone() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("e1")
        await seen.pilot.press("D")
        await seen.on_panel(Agreement)
        await seen.pilot.press("D", "escape")
        await seen.until(lambda: seen.host.screen is seen.models)
        assert not engine.asked
        await seen.pilot.press("D")
        assert SAID in await seen.agree()
        await seen.until(lambda: "e1 is gone" in seen.line("#hints"))
        assert engine.asked == [wire.DropEvalCase("e1")] and "e1" not in [row.id for row in seen.models.rows]


@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
async def test_the_ledger_is_summed_otherwise_and_of_other_days(size: tuple[int, int]) -> None:
    engine = Engine()
    engine.cost = 0.02
    async with looking(engine, size) as seen:
        assert engine.looked == ("purpose", 30)
        for by in ("model", "task", "role", "day"):
            await seen.pilot.press("l")
            await seen.until(lambda by=by: f"By {by}:" in seen.read())  # type: ignore[misc]
            assert f"some {by}" in seen.read() and "12 calls" in seen.read()
        await seen.pilot.press("d")
        await seen.until(lambda: "The last 90 days: 12 calls" in seen.read())
        await seen.choose("e1")
        await seen.pilot.press("l")
        await seen.until(lambda: "your questions" in seen.read())
        assert seen.models.chosen is not None and seen.models.chosen.id == "now"


async def test_calls_are_written_to_a_new_file_for_the_person_alone(tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    async with looking(Engine()) as seen:
        for told in (f"2 calls written to {file}", "It is there already."):
            await seen.pilot.press("f")
            await seen.on_panel(AskLine)
            await seen.pilot.press(*str(file), "enter")
            await seen.until(lambda told=told: told in seen.line("#hints"))  # type: ignore[misc]
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["id"] for row in rows] == ["p1", "p2"] and rows[0]["model"] == "'=model"
