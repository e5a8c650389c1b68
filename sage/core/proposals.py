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
