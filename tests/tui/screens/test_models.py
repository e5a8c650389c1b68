"""Models over an engine that is played: who answers, a trial and its verdict, votes, a swap and its way back, one key each."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from sage import wire
from sage.tui import model_rows as models
from sage.tui.model_deeds import TURNS
from sage.tui.screens import agreement
from sage.tui.screens.agreement import Agreement
from sage.tui.screens.choice import Choice
from sage.tui.screens.models import HALTED, STOPPED, Models
from sage.tui.screens.side_by_side import Ballots, Cases
from tests.tui.models_played import FAR, NEW, SAID, Engine, Seen, looking, swap


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 0.0)


async def test_who_answers_what_it_costs_and_what_is_left_of_the_caps_stands_first() -> None:
    engine = Engine()
    engine.cost = 0.02
    async with looking(engine) as seen:
        told = seen.read()
        assert "talk       librarian" in told and "deep       far/one (elsewhere) (none of its own)" in told
        assert "$0.2500 of $1.00" in told and "$0.7500 of $10.00" in told
        assert "Dollars a day" in told and "$0.0200" in told and "█" in told
        assert "The last 30 days: 12 calls, $0.0300" in told and "your questions" in told
        assert "1 case to try models on (1 wrong)." in told
        assert [row.id for row in seen.models.rows] == [
            "now", "model librarian", "model openai/new", f"model {FAR.id}", "e1",
        ]  # fmt: skip


async def test_where_nothing_costs_anything_the_chart_counts_calls() -> None:
    async with looking(Engine()) as seen:
        assert "Calls a day" in seen.read() and "12 calls, free" in seen.read()


async def test_cases_are_made_of_the_last_turns_with_one_key() -> None:
    engine = Engine()
    engine.cases = ()
    async with looking(engine) as seen:
        assert "No cases yet" in seen.read() and "n make cases" in seen.line("#hints")
        await seen.pilot.press("n")
        await seen.until(lambda: "2 cases" in seen.line("#hints"))
        assert engine.asked == [wire.CaptureTurns(last=TURNS)] and "2 cases to try" in seen.read()


async def test_a_model_is_tried_and_the_verdict_is_a_sentence() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("t")
        await seen.until(lambda: "ADOPT: new may take the place of librarian." in seen.read())
        assert isinstance(seen.models.chosen, models.Tried) and seen.models.chosen.id == "v1"
        assert [type(each) for each in engine.asked] == [wire.PriceTrial, wire.RunTrial]
        assert (engine.asked[1].model, engine.asked[1].base_url) == (NEW.id, NEW.base_url)
        assert "r another role" in seen.line("#doing")


@pytest.mark.parametrize(("worst", "words"), [(None, "at an unknown price"), (0.02, "for at most $0.0200")])
async def test_what_may_cost_something_is_asked_first(worst: float | None, words: str) -> None:
    engine = Engine()
    engine.worst = worst
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("t")
        await seen.on_panel(Agreement)
        assert words in seen.lines()
        await seen.pilot.press("escape")
        await seen.until(lambda: "Nothing was tried" in seen.line("#hints"))
        assert [type(each) for each in engine.asked] == [wire.PriceTrial]
        await seen.pilot.press("t")
        await seen.agree()
        await seen.until(lambda: "ADOPT" in seen.read())


async def test_escape_stops_what_is_tried_and_it_goes_on_later() -> None:
    engine = Engine()
    engine.go.clear()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("t")
        await seen.until(lambda: "1 of 2" in seen.line("#doing"))
        await seen.pilot.press("t")
        assert seen.line("#hints") == Models.BUSY
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.line("#hints") == STOPPED)
        assert engine.cancelled == 1 and not seen.host.left and "r another role" in seen.line("#doing")
        assert "not through; t goes on where it was" in seen.read()
        engine.go.set()
        await seen.pilot.press("t")
        await seen.until(lambda: "ADOPT" in seen.read())
        await seen.pilot.press("escape")
        assert seen.host.left == "talk"


async def test_a_model_that_is_not_here_is_not_tried_but_told_how_to_bring() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose(f"model {FAR.id}")
        assert "i brings it here" in seen.read()
        await seen.pilot.press("t", "u", "c")
        assert "i brings it here" in seen.line("#hints") and not engine.asked


async def test_a_model_is_brought_here_after_one_yes_and_escape_pauses_it() -> None:
    engine = Engine()
    engine.go.clear()
    async with looking(engine) as seen:
        await seen.choose(f"model {FAR.id}")
        assert "i bring it here" in seen.line("#hints")
        await seen.pilot.press("i")
        shown = await seen.agree()
        assert "491 MB" in shown and "Apache-2.0" in shown and str(seen.host.home.models) in shown
        await seen.until(lambda: "100 of 491 MB" in seen.line("#doing"))
        await seen.pilot.press("t", "i")
        await seen.until(lambda: seen.line("#hints") == Models.BUSY)
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.line("#hints") == HALTED)
        assert engine.cancelled == 1 and not seen.host.left and not engine.here
        engine.go.set()
        await seen.pilot.press("i")
        await seen.agree()
        await seen.until(lambda: "is on this machine. t tries it" in seen.line("#hints"))
        assert engine.asked == [wire.InstallModel("qwen2.5-0.5b")] * 2
        await seen.pilot.press("escape")
        assert seen.host.left == "talk"


async def test_without_a_yes_nothing_is_downloaded() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose(f"model {FAR.id}")
        await seen.pilot.press("i")
        await seen.on_panel(Agreement)
        await seen.pilot.press("i", "enter", "escape")
        await seen.until(lambda: seen.line("#hints") == "Nothing was downloaded.")
        assert not engine.asked


async def test_a_judge_is_chosen_its_price_told_and_its_agreement_with_the_votes_shown() -> None:
    engine = Engine()
    engine.here = True
    async with looking(engine) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("J")
        await seen.on_panel(Choice)
        assert "It would judge its own answers." in seen.screen() and "far/one" in seen.screen()
        assert seen.host.screen.query_one(OptionList).option_count == 4  # nobody, and all but who is no model
        await seen.pilot.press("down", "enter")
        shown = await seen.agree()
        assert f"{FAR.id} compares them, in both orders" in shown and "asks up to 4 times, which costs nothing" in shown
        await seen.until(lambda: f"{FAR.id} chose as you did in 10 of 12 cases; so it counts." in seen.read())
        assert engine.asked[-1].judge == FAR.id and f"{FAR.id} judges" in seen.line("#doing")
        await seen.pilot.press("J")
        await seen.on_panel(Choice)
        await seen.pilot.press("home", "enter")
        await seen.until(lambda: seen.line("#hints") == "Nobody judges; your votes count.")


async def test_a_judge_is_asked_at_its_own_address() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("J")
        await seen.on_panel(Choice)
        await seen.pilot.press("down", "enter")
        await seen.until(lambda: "openai/new judges what is tried next: t." in seen.line("#hints"))
        await seen.pilot.press("t")
        await seen.agree()
        await seen.until(lambda: len(engine.asked) == 2)
        assert (engine.asked[1].judge, engine.asked[1].judge_base_url) == (NEW.id, NEW.base_url)


async def test_a_part_is_left_out_and_the_verdict_says_whether_it_earns_its_place() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        assert "w without a part" in seen.line("#hints")
        await seen.pilot.press("w")
        await seen.on_panel(Choice)
        await seen.until(lambda: "in 3 cases" in seen.screen() and "in 1 case" in seen.screen())
        await seen.pilot.press("down", "enter")
        shown = await seen.agree()
        assert "Without section:tools, beside librarian with section:tools, on 2 cases." in shown
        await seen.until(lambda: isinstance(seen.models.chosen, models.Tried))
        assert (engine.asked[1].without, engine.asked[1].model) == ("section:tools", "")
        await seen.pilot.press("t")  # once more
        await seen.agree()
        await seen.until(lambda: len(engine.asked) == 4)
        assert engine.asked[3].without == "section:tools"


async def after_a_trial(engine: Engine, seen: Seen) -> None:
    await seen.choose("model openai/new")
    await seen.pilot.press("t")
    await seen.until(lambda: isinstance(seen.models.chosen, models.Tried))
    engine.asked.clear()


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_both_answers_to_a_case_stand_side_by_side_those_that_differ_first(size: tuple[int, int]) -> None:
    engine = Engine()
    async with looking(engine, size) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("s")
        await seen.on_panel(Cases)
        await seen.until(lambda: "The candidate answer 2." in seen.screen())
        assert "The current answer 2." in seen.screen() and f"{SAID} 2" in seen.screen()
        await seen.pilot.press("right")
        await seen.until(lambda: "The candidate answer 1." in seen.screen())
        assert "case 2 of 2" in seen.screen()
        await seen.pilot.press("escape")
        await seen.until(lambda: seen.host.screen is seen.models)


async def test_votes_are_blind_one_key_each_and_told_afterwards() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("v")
        await seen.on_panel(Ballots)
        await seen.until(lambda: "Another answer." in seen.screen())
        assert "candidate" not in seen.screen() and NEW.id not in seen.screen()
        await seen.pilot.press("2")
        await seen.until(lambda: "1 was the candidate" in seen.screen())
        await seen.pilot.press("0")
        await seen.until(lambda: seen.host.screen is seen.models)
        assert [(each.case, each.choice) for each in engine.asked] == [("e2", "right"), ("e1", "tie")]
        assert "All is voted on." in seen.line("#hints")
        await seen.pilot.press("v")
        await seen.until(lambda: "nothing to vote on" in seen.line("#hints"))


async def test_a_swap_asks_once_with_what_changes_and_one_key_takes_it_back() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await after_a_trial(engine, seen)
        await seen.pilot.press("u")
        shown = await seen.agree()
        assert "talk: librarian → openai/new" in shown and "model.chain: librarian → openai/new" in shown
        await seen.until(lambda: "openai/new answers from now on. b takes it back." in seen.line("#hints"))
        assert [(each.preview, each.trial) for each in engine.asked] == [(True, "v1"), (False, "v1")]
        await seen.choose("s1")
        await seen.pilot.press("b")
        await seen.until(lambda: "byte for byte" in seen.line("#hints"))
        assert engine.asked[-1] == wire.RollBack("s1") and engine.chain == ("librarian",)


async def test_without_a_yes_nothing_is_swapped() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("u")
        await seen.on_panel(Agreement)
        await seen.pilot.press("u", "enter", "n")
        await seen.until(lambda: seen.host.screen is seen.models)
        assert all(each.preview for each in engine.asked) and not engine.swaps


async def test_a_key_of_a_moment_ago_agrees_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "GRACE", 600.0)
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("u")
        await seen.on_panel(Agreement)
        await seen.pilot.press("y")
        assert isinstance(seen.host.screen, Agreement) and not engine.swaps


async def test_the_newest_swap_goes_back_from_anywhere_and_where_there_is_none_that_is_told() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.pilot.press("b")
        await seen.until(lambda: "No swap of a model is in force." in seen.line("#hints"))
        engine.swaps = [swap()]
        await seen.pilot.press("b")
        await seen.until(lambda: "byte for byte" in seen.line("#hints"))
        assert engine.asked[-1] == wire.RollBack("")


async def test_a_model_on_trial_shows_its_counts_and_is_kept_with_a_yes() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.choose("model openai/new")
        await seen.pilot.press("c")
        assert "half of your everyday questions" in await seen.agree()
        await seen.until(lambda: seen.models.rows[1].id == "canary")
        await seen.choose("canary")
        assert "openai/new: 3, of which 1 did not suffice" in seen.read()
        assert (
            "librarian, usually: 9, of which 2 did not suffice" in seen.read() and "At 20 it goes back" in seen.read()
        )
        await seen.pilot.press("a")
        await seen.agree()
        await seen.until(lambda: engine.chain == ("openai/new",))


async def test_another_role_is_looked_at_and_another_model_named() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        await seen.pilot.press("r", "r")
        assert seen.line("#doing").startswith("for deep")
        assert "model far/one" in [row.id for row in seen.models.rows]
        await seen.pilot.press("m", *"far/two", "enter")
        await seen.until(lambda: seen.models.chosen and seen.models.chosen.id == "model far/two")
        await seen.pilot.press("t")
        await seen.until(lambda: len(engine.asked) == 2)
        tried = engine.asked[1]
        assert (tried.model, tried.role) == ("far/two", "deep")
        assert (tried.base_url, tried.key_env) == ("http://127.0.0.1:8/v1", "FAR_KEY")  # as its siblings


async def test_keys_and_groups_and_the_whole() -> None:
    engine = Engine()
    engine.swaps = [swap()]
    async with looking(engine, (80, 24)) as seen:
        await seen.pilot.press("question_mark")
        assert "take" in seen.read() or "side by side" in seen.read()
        await seen.pilot.press("escape", "4")
        assert [row.id for row in seen.models.rows] == ["s1"]
        await seen.pilot.press("3")
        assert not seen.models.rows and "Nothing of that kind" in seen.read()
        await seen.pilot.press("1", "home", "enter")
        assert seen.models.has_class("-whole")
        await seen.pilot.press("escape")
        assert not seen.models.has_class("-whole") and not seen.host.left


async def test_one_key_shows_quick_what_deep_answered_well_and_one_takes_it_back() -> None:
    engine = Engine()
    async with looking(engine) as seen:
        assert "3 examples." in seen.read() and "E turns that on." in seen.read()
        await seen.pilot.press("E")
        await seen.until(
            lambda: "quick is shown examples." in seen.line("#hints") and "E turns that off." in seen.read()
        )
        assert engine.shows
        await seen.pilot.press("E")
        await seen.until(lambda: not engine.shows and "E turns that on." in seen.read())
