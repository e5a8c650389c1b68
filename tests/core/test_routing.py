"""Who is asked: what stays here first, then what was said of it, its size and kind, and what sufficed before."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.model_choice import ModelRole
from sage.core.routing import (
    LADDER,
    UP,
    WHY,
    Question,
    Step,
    Tally,
    Wish,
    above,
    aside,
    code_of,
    falls_short,
    is_doubtful,
    is_important,
    next_up,
    route,
    suffices,
    tallies,
    task_of,
    told_steps,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ALL: dict[ModelRole, int] = {"quick": 4096, "talk": 100_000, "deep": 200_000}
TOOLS = ("add_task", "list_tasks", "note", "remind", "facts", "agenda")


@pytest.mark.parametrize(
    ("said", "found", "task"),
    [
        ("add a task to buy milk tomorrow", False, "command"),
        ("remember that the key is under the mat", False, "capture"),
        ("I live in Lisbon now.", False, "capture"),
        ("what is due?", False, "command"),
        ("How much sun do tomatoes want?", True, "question"),
        ("How much sun do tomatoes want?", False, "talk"),
        ("Help me start the report", False, "plan"),
        ("Draft a mail to my landlord about the boiler", False, "writing"),
        ("Why does this function return None?", True, "code"),
        ("Tell me something kind", False, "talk"),
    ],
)
def test_the_kind_of_task_is_read_from_the_words(said: str, found: bool, task: str) -> None:
    assert task_of(said, found, TOOLS, NOW) == task


def test_a_command_whose_tool_is_not_there_is_none() -> None:
    assert task_of("what is due?", False, (), NOW) == "talk"


@given(
    wish=st.sampled_from(["", "quick", "deep"]), important=st.booleans(), tokens=st.integers(0, 300_000),
    good=st.integers(0, 30), bad=st.integers(0, 30), before=st.sampled_from(["", *LADDER]),
)  # fmt: skip
def test_nothing_outweighs_that_words_stay_here(
    wish: Wish, important: bool, tokens: int, good: int, bad: int, before: ModelRole
) -> None:
    asked = Question("talk", ALL, True, wish, important, tokens, before, {"talk": Tally(good, bad)})
    assert route(asked).role == "local-only"


def test_whoever_is_alone_answers_all() -> None:
    for given_ in (Question("talk", {"talk": 100}), Question("talk", {"talk": 100}, wish="deep", important=True)):
        assert route(given_).role == "talk"
    assert route(Question("talk", {"talk": 100}, wish="deep")).why == "missing"


@pytest.mark.parametrize(
    ("asked", "role", "why"),
    [
        (Question("talk", ALL), "talk", "usual"),
        (Question("talk", ALL, wish="quick", important=True), "quick", "wish"),
        (Question("talk", ALL, important=True), "deep", "important"),
        (Question("question", ALL, before="quick"), "talk", "again"),
        (Question("question", ALL, before="talk"), "deep", "again"),
        (Question("question", ALL, before="deep"), "talk", "usual"),
        (Question("command", ALL), "quick", "command"),
        (Question("command", ALL, tokens=5000), "talk", "size"),
        (Question("talk", ALL, tokens=150_000), "deep", "size"),
        (Question("writing", ALL, tallies={"quick": Tally(5, 0)}), "quick", "sufficed 5 of 5"),
        (Question("writing", ALL, tallies={"quick": Tally(4, 0)}), "talk", "usual"),
        (Question("command", ALL, tallies={"quick": Tally(0, 4)}), "talk", "usual"),
        (Question("plan", ALL, tallies={"talk": Tally(1, 6)}), "deep", "short 1 of 7"),
    ],
)
def test_who_is_asked_first(asked: Question, role: str, why: str) -> None:
    found = route(asked)
    assert (found.role, found.why) == (role, why) and code_of(why) in WHY


def test_the_posterior_is_that_of_a_fair_beginning() -> None:
    assert above(0.5, Tally()) == pytest.approx(0.5)
    assert above(0.75, Tally(5, 0)) == pytest.approx(1 - 0.75**6)
    assert above(0.3, Tally(2, 3)) == pytest.approx(1 - 0.25569, abs=1e-5)  # Beta(3, 4) at 0.3
    assert not suffices(Tally()) and not falls_short(Tally())


@given(st.integers(0, 60), st.integers(0, 60))
def test_no_record_is_both_good_and_bad_and_more_success_never_hurts(good: int, bad: int) -> None:
    assert not (suffices(Tally(good, bad)) and falls_short(Tally(good, bad)))
    assert above(0.75, Tally(good + 1, bad)) >= above(0.75, Tally(good, bad)) - 1e-12


def test_what_sufficed_is_counted_of_the_models_that_answer_now() -> None:
    quick, talk = Step("quick", "command", "small"), Step("talk", "usual", "large")
    past = [
        ((quick,), ("kept",)),
        ((quick,), ("kept", "wrong")),
        ((quick, Step("talk", "tool", "large")), ("kept",)),
        ((Step("quick", "command", "an older one"),), ("kept",)),
        ((talk, Step("talk", "ProviderDown", "other")), ("kept",)),
        ((talk,), ()),
        ((talk,), ("again",)),
    ]
    assert tallies(past, {"quick": "small", "talk": "large"}) == {"quick": Tally(1, 2), "talk": Tally(1, 1)}


def test_the_next_one_up_is_never_asked_of_what_stays_here() -> None:
    assert next_up("quick", ("talk", "deep")) == "talk" and next_up("quick", ("quick", "deep")) == "talk"
    assert next_up("talk", ("quick",)) is None and next_up("local-only", ALL) is None


def test_that_it_matters_is_said_and_not_only_asked_about() -> None:
    assert is_important("This is important: which visa do I need?") and is_important("Think it through, please")
    assert not is_important("What is the most important thing today?")


def test_doubt_is_a_choice_that_was_nearly_another() -> None:
    assert is_doubtful((("add", 0.4), ("list", 0.35), ("reply", 0.25))) and not is_doubtful((("add", 0.9), ("l", 0.02)))
    assert not is_doubtful(())


def test_every_choice_is_told_in_plain_words() -> None:
    steps = (Step("quick", "command", "small"), Step("talk", "tool", "large"), Step("talk", "ProviderDown", "other"))
    assert told_steps(steps) == [
        "Asked quick (small): it is a plain command, and whether that was done right can be checked.",
        "Then asked talk (large): a tool failed.",
        "other was asked in the place of large: it could not be reached, or was failing.",
    ]
    assert aside(steps) == "quick; then talk: a tool failed; not large: it could not be reached, or was failing"
    assert aside((Step("talk", "usual", "large"),)) == "" == aside(()) and set(WHY) > UP
