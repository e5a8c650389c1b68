"""What other programs may ask (`sage mcp`), and the person's word on what they propose.

What a program may see is decided by the engine, from the setting `programs.sees` as it is then.
"""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.passages import Hit
from sage.core.proposals import Proposal, ProposalKind
from sage.wire.base import Request


class ProgramRecalled(Struct, frozen=True):
    """Passages that the program may see. `sees`: as whom it was answered, in words."""

    hits: tuple[Hit, ...]
    sees: str


class ProgramRecall(Request[ProgramRecalled], frozen=True, tag=True):
    query: str
    k: int = 5
    reply: ClassVar[Any] = ProgramRecalled


class ProgramLines(Struct, frozen=True):
    """An answer in lines."""

    lines: tuple[str, ...]


class ProgramGoals(Request[ProgramLines], frozen=True, tag=True):
    """The open goals. Raises BadInput unless programs see what the owner sees; so does the agenda."""

    reply: ClassVar[Any] = ProgramLines


class ProgramAgenda(Request[ProgramLines], frozen=True, tag=True):
    """What is on, some days from the one that the words name ("": today)."""

    day: str = ""
    days: int = 1
    reply: ClassVar[Any] = ProgramLines


class Propose(Request[Proposal], frozen=True, tag=True):
    """Something that the person may take over. `program` is what the program calls itself."""

    kind: ProposalKind
    text: str
    due: str = ""
    program: str = ""
    reply: ClassVar[Any] = Proposal


class Proposals(Struct, frozen=True):
    proposals: tuple[Proposal, ...]


class ListProposals(Request[Proposals], frozen=True, tag=True):
    reply: ClassVar[Any] = Proposals


class ProposalSettled(Struct, frozen=True):
    """What became of a proposal, in a sentence."""

    proposal: Proposal
    words: str


class SettleProposal(Request[ProposalSettled], frozen=True, tag=True):
    """The person takes a proposal over, or not."""

    id: str
    accepted: bool
    reply: ClassVar[Any] = ProposalSettled


Requests = ProgramRecall | ProgramGoals | ProgramAgenda | Propose | ListProposals | SettleProposal
"""Requests of other programs, and about what they propose."""
