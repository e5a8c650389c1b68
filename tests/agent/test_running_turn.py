"""What a turn asked is noted step by step, for cases; what cannot be kept whole is not kept."""

from __future__ import annotations

from sage.agent.router import Crew, Limits
from sage.agent.running_turn import RunningTurn
from sage.core.messages import Image, Message, ModelRequest
from sage.core.passages import Hit
from sage.testing.scripted_model import ScriptedModel

HIT = Hit("p_1", "Garden.md", "", 1, 0, 30, "Tomatoes want six hours of sun every day.", audience=("local-only",))


def turn() -> RunningTurn:
    crew = Crew([ScriptedModel([["Hi."]])], None, Limits())  # type: ignore[arg-type]
    return RunningTurn("t1", "c1", "How much sun?", (), crew, model="scripted")


def test_what_was_shown_in_a_step_is_noted_with_its_sources() -> None:
    state = turn()
    state.find([HIT])
    state.text = "Before. "
    before = state.text
    state.text += state.citer.feed("Tomatoes want six hours of sun.") + state.citer.finish()
    state.note(ModelRequest("", (Message("user", "How much sun?"),), (HIT,)), before, (), ())
    (step,) = state.asked
    assert step.text == "Tomatoes want six hours of sun. [1]" and step.cited == ("p_1",) and step.local


def test_a_step_with_a_picture_is_not_kept() -> None:
    state = turn()
    state.note(ModelRequest("", (Message("user", "What is this?"),), images=(Image("image/png", b"x"),)), "", (), ())
    assert state.asked == []
