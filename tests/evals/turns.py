"""Recorded turns of a made-up person, as the conversation would keep them."""

from __future__ import annotations

from typing import Any

from sage.core.asked import Asked, AskedTurn
from sage.core.cases import Case, Rating
from sage.core.messages import Message, ModelRequest, ToolCall, ToolSpec
from sage.core.passages import Hit
from sage.evals.cases import case_of

NOW = "Now: Monday 2026-11-23 10:00 (Europe/Berlin)."
BARE: dict[str, Any] = {"type": "object", "properties": {}}
TOOLS = (
    ToolSpec("recall", "Search.", BARE, "read"),
    ToolSpec("list_tasks", "List tasks.", BARE, "read"),
    ToolSpec("add_task", "Add a task.", BARE, "local"),
    ToolSpec("remind", "Remind.", BARE, "local"),
    ToolSpec("send_mail", "Send a mail.", BARE, "outward", "mail/work"),
)
SUN = Hit(
    "p_1", "Garden.md", "Tomatoes", 7, 0, 60, "Tomatoes want 6 hours of sun and water at the roots every evening."
)
SYSTEM = "You are Sage.\nUse a tool only when this turn asks for it.\n# Style\nAnswer in one sentence.\n\nNever rhyme."


def opening(said: str, *passages: Hit) -> ModelRequest:
    return ModelRequest(SYSTEM, (Message("user", said),), passages, TOOLS, NOW)


def question(turn: str = "t1", conversation: str = "c1", rating: Rating = "", **more: Any) -> Case:
    """A question that was answered from a passage."""
    step = Asked(
        "old",
        opening(f"How much sun do tomatoes of bed {turn} want?", SUN),
        "They want 6 hours of sun. [1]",
        cited=(SUN.id,),
    )
    return made(AskedTurn(turn, conversation, (step,)), rating, **more)


def command(turn: str = "t2", conversation: str = "c2", rating: Rating = "", **more: Any) -> Case:
    """A task that was added, and a reminder that was set, one after the other."""
    request = opening("add a task to buy soil, and remind me tomorrow at 9")
    adds = ToolCall("a", "add_task", {"text": "Buy soil", "due": ""})
    reminds = ToolCall("b", "remind", {"text": "Buy soil", "when": "2026-11-24T09:00"})
    steps = (
        Asked("old", request, "", (adds,), (result(adds, "Task added: Buy soil."),)),
        Asked("old", request, "", (reminds,), (result(reminds, "I will remind you tomorrow at 9."),)),
        Asked("old", request, "Both are done."),
    )
    return made(AskedTurn(turn, conversation, steps), rating, **more)


def result(call: ToolCall, text: str) -> Message:
    return Message("tool", text, call_id=call.id, name=call.name)


def made(turn: AskedTurn, rating: Rating, **more: Any) -> Case:
    return case_of(turn, id=f"e{turn.turn}", made_at="2026-11-23T10:00:00", rating=rating, **more)
