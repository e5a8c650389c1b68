"""Slash commands about messages: what waits, and whether Sage answers for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage import wire
from sage.tui.commands.command import Command
from sage.tui.places import INBOX

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


async def open_inbox(dialogue: Dialogue, rest: str) -> None:
    dialogue.talk.app.go_to(INBOX.id)


async def show_digest(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.day_pages import digest_entry

    dialogue.talk.transcript.append(digest_entry(await dialogue.call(wire.ShowDigest(since=rest))))


async def go_away(dialogue: Dialogue, rest: str) -> None:
    shown = await dialogue.call(wire.GoAway(rest))
    dialogue.talk.note(f"You are {shown.words}. Easy questions are answered as your grants allow. /back ends it.")


async def come_back(dialogue: Dialogue, rest: str) -> None:
    shown = await dialogue.call(wire.ComeBack())
    dialogue.talk.note(f"You are {shown.words}.")


COMMANDS = (
    Command("inbox", open_inbox, "drafts that wait for your yes, messages, what was answered", waits=False),
    Command("digest", show_digest, "what came in since you looked last, and what is for you", "[SINCE WHEN]"),
    Command("away", go_away, "let easy questions be answered, as your grants allow", "HOW LONG"),
    Command("back", come_back, "you are back: nothing is answered without you"),
)
