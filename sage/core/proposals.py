"""What other programs propose: it waits for the person, and until then it is nothing that they said."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ProposalKind = Literal["note", "task"]
MOST_WAITING = 50
LONGEST = 10_000
"""Characters of a proposal."""


class Proposal(Struct, frozen=True):
    """A note or task that a program would have. `program` is what it calls itself; `due` is as it wrote it ("": none)."""

    id: str
    kind: ProposalKind
    text: str
    program: str
    made_at: str
    due: str = ""


def proposal_lines(proposal: Proposal) -> list[str]:
    """A proposal as it is shown: who would have what, and its words set in."""
    due = f" (due {proposal.due})" if proposal.due else ""
    made = proposal.made_at[:16].replace("T", " ")
    head = f"a {proposal.kind}{due}, from what calls itself {proposal.program}, {made}"
    return [head, *(f"    {line}" for line in proposal.text.splitlines())]
