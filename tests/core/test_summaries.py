"""Long conversations in a few lines, each with its turn."""

from __future__ import annotations

from sage.core.passages import Hit
from sage.core.summaries import extract, parts_of, sides_of, summary_body, supported
from sage.core.turns import Action, Answer, PastTurn


def past(turn: str, said: str, answer: str, model: str = "scripted", **more: object) -> PastTurn:
    return PastTurn(said, "2026-11-22T09:30:00+00:00", Answer(turn, "c1", answer, model=model, **more))  # type: ignore[arg-type]


def side(name: str, text: str, speaker: str = "you") -> Hit:
    return Hit(name, "conversation/c1", "", 1, 0, len(text), text, "2026-11-22T09:30:00+00:00", speaker=speaker)


def test_both_sides_of_every_turn_in_order() -> None:
    sides = sides_of([past("t1", "Hello", "Hi."), past("t2", "Tea?", "")])
    assert [(hit.id, hit.speaker, hit.text) for hit in sides] == [
        ("t1", "you", "Hello"), ("t1", "Sage", "Hi."), ("t2", "you", "Tea?"),
    ]  # fmt: skip


def test_without_a_model_only_what_was_done_counts_as_said_by_sage() -> None:
    done = Action("a1", "add_task", {}, "done", "Task added: milk.")
    failed = Action("a2", "add_task", {}, "failed", "No.")
    turn = past("t1", "Add milk", "From *Note.md*: [1]", "librarian", actions=(done, failed))
    assert [hit.text for hit in sides_of([turn])] == ["Add milk", "Task added: milk."]


def test_parts_hold_everything_once_and_stay_short() -> None:
    sides = [side(f"t{number}", "word " * 30) for number in range(20)] + [side("long", "word " * 500)]
    parts = list(parts_of(sides, 600))
    assert [hit for part in parts for hit in part] == sides
    assert all(len(part) == 1 or sum(len(hit.text) for hit in part) <= 600 for part in parts)


def test_the_extract_keeps_decisions_rather_than_small_talk() -> None:
    sides = [
        side("t1", "Good morning."),
        side("t2", "I decided to sell the old boat in spring. The boat costs too much."),
        side("t3", "What does a boat cost in spring?"),
        side("t4", "Fine."),
    ]
    assert ("I decided to sell the old boat in spring.", sides[1]) in extract(sides, 2)
    assert not any(hit.id in ("t1", "t4") for _, hit in extract(sides, 3))


def test_lines_without_a_turn_are_left_out() -> None:
    sources = [side("t1", "Tea at nine."), side("t2", "The boat is sold.")]
    text = "- Tea at nine. [1]\n- Something made up.\n* The boat is sold. [2][1] [7]"
    assert supported(text, sources) == [("Tea at nine.", [sources[0]]), ("The boat is sold.", [sources[1], sources[0]])]


def test_the_note_names_each_turn_once() -> None:
    one, two = side("t1", "a"), side("t2", "b", "Sage")
    body = summary_body("Summary", [("First.", [one]), ("Second.", [two, one])])
    assert "- First. [1]\n- Second. [2][1]\n" in body
    assert body.endswith("1. you, 2026-11-22 09:30 (t1)\n2. Sage, 2026-11-22 09:30 (t2)")
