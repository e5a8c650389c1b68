"""Slash commands about other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage import wire
from sage.core.proposals import proposal_lines
from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


async def show_proposals(dialogue: Dialogue, rest: str) -> None:
    """One after the other; what is not decided stays."""
    proposals = (await dialogue.call(wire.ListProposals())).proposals
    if not proposals:
        dialogue.talk.note("No program proposes anything.")
    for one in proposals:
        keys = {"y": "take it over", "n": "leave it"}
        key = await dialogue.asking.ask("\n".join(proposal_lines(one)), keys, escape="later")
        if key:
            settled = await dialogue.call(wire.SettleProposal(one.id, key == "y"))
            dialogue.talk.note(settled.words)


COMMANDS = (Command("proposals", show_proposals, "what other programs would have: notes and tasks that wait for you"),)
