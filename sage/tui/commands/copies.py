"""`/copies`: copies of Sage on a question each; what they bring back stands side by side in Talk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.copies import asked_apart
from sage.tui.commands.command import Command
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

_MANY = re.compile(r"(\d{1,2})\s+(?=\S)")


async def send_copies(dialogue: Dialogue, rest: str) -> None:
    """`5 QUESTION` breaks one question up into five; several questions, each with its mark or on its line, go as they are."""
    number = _MANY.match(rest)
    words, many = (rest[number.end() :], int(number[1])) if number else (rest, 0)
    if not words.strip():
        dialogue.talk.note("Write a question after it: /copies 3 QUESTION, or several questions.")
        return
    questions = asked_apart(words)

    def told(event: Any) -> None:
        if isinstance(event, wire.CopyStep) and not event.number:
            dialogue.talk.note("\n".join(["Out on:", *(f"- {question}" for question in event.questions)]))

    back = await dialogue.call(wire.SendCopies(questions, many if len(questions) == 1 else 0), told)
    dialogue.talk.transcript.append(Entry("assistant", copies_text(back)))


def copies_text(back: wire.CopiesBack) -> str:
    """What the copies brought back, as Markdown."""
    parts = []
    for number, each in enumerate(back.copies, 1):
        lines = [f"**{number}. {each.question}**", ""]
        if each.answer:
            lines += [each.answer.answer, ""]
            lines += [f"- [{place}] {hit.citation}" for place, hit in enumerate(each.answer.sources, 1)]
        parts.append("\n".join([*lines, each.trouble] if each.trouble else lines).strip())
    cost = "" if back.cost == 0 else "price unknown" if back.cost is None else f"${back.cost:.4f}"
    return "\n\n".join([*parts, " · ".join(filter(None, (back.model, cost)))])


COMMANDS = (
    Command(
        "copies",
        send_copies,
        "copies that only read, on a question each; a number breaks one question up",
        "[N] QUESTION",
    ),
)
