"""Slash commands about conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage import wire
from sage.core.cases import Rating
from sage.core.model_choice import Wish
from sage.core.turns import ConversationLine
from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

RATINGS: dict[str, Rating] = {"r": "right", "w": "wrong", "s": "should have asked"}
"""By the key that says it."""
_SAID = "said "
"""What stands before words that were said before, where they are chosen in place of a conversation."""
_PAUSE = "pause"
"""What is chosen in place of a conversation to end a pause."""


async def resume(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.screens.choice import Option
    from sage.tui.screens.search_choice import Search, SearchChoice

    async def talks(words: str) -> list[Option]:
        lines = (await dialogue.call(wire.ListConversations(words=words))).conversations
        return [Option(line.id, line.title, _about(line)) for line in lines]

    async def sayings(words: str) -> list[Option]:
        said = (await dialogue.call(wire.FindSaid(words))).said
        return [Option(_SAID + text, " ".join(text.split())[:200]) for text in said]

    found = await talks("")
    paused = (await dialogue.call(wire.ShowStatus())).paused
    if not found and not paused:
        dialogue.talk.note("There is no earlier conversation yet.")
        return
    if paused:
        found.insert(0, Option(_PAUSE, "End the pause", f"Sage is paused {paused}; what was due is told then."))
    listed = SearchChoice(
        found,
        Search("Go on with", talks, "No talk holds these words."),
        Search("Say again", sayings, "You said nothing like it."),
    )
    chosen = await dialogue.talk.app.push_screen_wait(listed)
    if chosen == _PAUSE:
        await dialogue.call(wire.ResumeSage())
        dialogue.talk.note("The pause is over.")
    elif chosen.startswith(_SAID):
        dialogue.talk.write(chosen.removeprefix(_SAID))
    elif chosen:
        await dialogue.go_on_with(chosen)


async def begin_anew(dialogue: Dialogue, rest: str) -> None:
    await dialogue.begin_anew()


async def why(dialogue: Dialogue, rest: str) -> None:
    wanted = rest or dialogue.last_turn
    if not wanted:
        dialogue.talk.note("Nothing has been answered yet.")
        return
    told = await dialogue.call(wire.Why(wanted))
    dialogue.talk.note("\n".join(f"- {line}" for line in told.lines))


async def deep(dialogue: Dialogue, rest: str) -> None:
    _ask(dialogue, rest, "deep")


async def quick(dialogue: Dialogue, rest: str) -> None:
    _ask(dialogue, rest, "quick")


async def rate(dialogue: Dialogue, rest: str) -> None:
    """What the person says of the last answer makes a case, with which models are tried."""
    turn = dialogue.last_turn
    if not turn:
        dialogue.talk.note("Nothing has been answered yet.")
        return
    rating = RATINGS.get(rest.casefold()[:1]) if rest else None
    if rating is None:
        key = await dialogue.asking.ask("How was the last answer?", RATINGS, escape="leave it")
        rating = RATINGS.get(key)
    if rating:
        shown = await dialogue.call(wire.CaptureTurns(turn, rating=rating))
        dialogue.talk.note(f"Noted: {rating}. It is a case for trying models now: {shown.cases[0].id} (F6).")


def _ask(dialogue: Dialogue, words: str, wish: Wish) -> None:
    if words:
        dialogue.say(words, wish)
    else:
        dialogue.talk.note(f"Write your words after it: /{wish} …")


def _about(line: ConversationLine) -> str:
    count = "1 turn" if line.turns == 1 else f"{line.turns} turns"
    return " · ".join(filter(None, (line.last_at[:16].replace("T", " "), count, line.branch)))


COMMANDS = (
    Command("resume", resume, "earlier conversations, and what you said; ends a pause"),
    Command("new", begin_anew, "a new conversation", waits=False),
    Command("deep", deep, "let your deep model answer", "WORDS", waits=False),
    Command("quick", quick, "let your quick model answer", "WORDS", waits=False),
    Command("rate", rate, "say of the last answer what it was; makes a case", "right, wrong or should have asked"),
    Command("why", why, "what the last answer rests on"),
)
