"""The person's own evaluation suite: cases made of turns, and trials of models with them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct

from sage.core.bundles import Bundle
from sage.core.cases import Case, Check, Rating
from sage.core.model_choice import ModelRole
from sage.core.trials import Agreement, Compared, SideName, Trial
from sage.wire.base import Nothing, Request


class EvalCaseLine(Struct, frozen=True):
    """A case in a list. `checks` are in words, `answers` tells who answered then; `local`: asked of no model elsewhere."""

    id: str
    turn: str
    conversation: str
    task: str
    said: str
    model: str
    rating: Rating
    value: float
    holdout: bool
    local: bool
    checks: tuple[str, ...]
    made_at: str


class EvalCasesShown(Struct, frozen=True):
    """Cases, oldest first; `left_out` says of turns why no case could be made of them."""

    cases: tuple[EvalCaseLine, ...]
    left_out: tuple[str, ...] = ()


class CaptureTurns(Request[EvalCasesShown], frozen=True, tag=True):
    """Makes cases of a turn ("last" for the newest), or of the `last` so many. A turn that has one gets it made anew; among
    several, and with no rating, what was said of it before holds."""

    turn: str = ""
    last: int = 0
    rating: Rating = ""
    value: float = 1.0
    holdout: bool = False
    reply: ClassVar[Any] = EvalCasesShown


class ListEvalCases(Request[EvalCasesShown], frozen=True, tag=True):
    reply: ClassVar[Any] = EvalCasesShown


class EvalCaseShown(Struct, frozen=True):
    """A case with all its words. `changed` names what is not as it was when the case was recorded: tools, prompt, skills."""

    case: Case
    changed: tuple[str, ...] = ()


class ShowEvalCase(Request[EvalCaseShown], frozen=True, tag=True):
    """By the case's id, or its turn's. NotFound."""

    id: str
    reply: ClassVar[Any] = EvalCaseShown


class EditEvalCase(Request[EvalCaseShown], frozen=True, tag=True):
    """Takes checks away by their numbers (from 1), then adds some; None leaves a thing as it is. Raises NotFound, BadInput."""

    id: str
    remove: tuple[int, ...] = ()
    add: tuple[Check, ...] = ()
    value: float | None = None
    holdout: bool | None = None
    task: str | None = None
    reply: ClassVar[Any] = EvalCaseShown


class DropEvalCase(Request[Nothing], frozen=True, tag=True):
    """Takes a case away, with all that was answered to it. NotFound."""

    id: str


class TrialPrice(Struct, frozen=True):
    """What a trial would ask: `cases` of the person's, `calls` that were not made before, and the most that they can cost in
    dollars (None: a price is not known)."""

    candidate: str
    current: str
    cases: int
    calls: int
    worst: float | None
    left_out: tuple[str, ...] = ()


class PriceTrial(Request[TrialPrice], frozen=True, tag=True):
    """As `RunTrial`, and asks nobody."""

    model: str = ""
    base_url: str = ""
    key_env: str = ""
    without: str = ""
    cases: tuple[str, ...] = ()
    judge: str = ""
    judge_base_url: str = ""
    role: ModelRole = "talk"
    examples: bool = False
    reply: ClassVar[Any] = TrialPrice


class PartLine(Struct, frozen=True):
    """A part that a trial can leave out, as a person writes it, and how many cases have it."""

    part: str
    cases: int


class PartsShown(Struct, frozen=True):
    parts: tuple[PartLine, ...]


class ListParts(Request[PartsShown], frozen=True, tag=True):
    """What the person's cases were recorded with, of those that are not kept apart for verdicts."""

    reply: ClassVar[Any] = PartsShown


class TrialShown(Struct, frozen=True):
    """A trial with its verdict in `words`, the `cases` that both sides answered, and how far judges agree with the person."""

    trial: Trial
    words: tuple[str, ...]
    cases: tuple[Compared, ...]
    agreements: tuple[Agreement, ...] = ()


class RunTrial(Request[TrialShown], frozen=True, tag=True):
    """Replays cases with who answers now in a role and with a candidate: another `model`, or the same one `without` a part
    (`retrieval`, `examples`, `skill:NAME`, `section:NAME`, `plugin:NAME`), or `quick` shown `examples`. `cases` are ids or kinds of
    task (none: all). `judge` is the id of a model that compares answers which checks cannot tell apart, at the address that it
    may bring. Told as `TrialProgress`; what was answered is not asked again.

    Raises NotFound without cases, UnknownModel, OverBudget, ProviderDown.
    """

    model: str = ""
    base_url: str = ""
    key_env: str = ""
    without: str = ""
    cases: tuple[str, ...] = ()
    judge: str = ""
    judge_base_url: str = ""
    role: ModelRole = "talk"
    examples: bool = False
    reply: ClassVar[Any] = TrialShown


class ShowTrial(Request[TrialShown], frozen=True, tag=True):
    """By its id, or "last"; judged anew by what cases check and people chose by now. NotFound."""

    id: str = "last"
    reply: ClassVar[Any] = TrialShown


class TrialsShown(Struct, frozen=True):
    """The newest trials first."""

    trials: tuple[Trial, ...]


class ListTrials(Request[TrialsShown], frozen=True, tag=True):
    reply: ClassVar[Any] = TrialsShown


class BallotShown(Struct, frozen=True):
    """Two answers to what was `said`, and nothing of who gave which; `open` such cases are left, this one counted. Without a
    `case` there is nothing left to vote on."""

    trial: str
    case: str = ""
    said: str = ""
    left: str = ""
    right: str = ""
    open: int = 0


class NextBallot(Request[BallotShown], frozen=True, tag=True):
    """The next pair of answers of a trial that the person has not voted on and that checks cannot tell apart. NotFound."""

    trial: str = "last"
    reply: ClassVar[Any] = BallotShown


class VoteTold(Struct, frozen=True):
    """Who it was, told once the vote is kept; `open` cases are left."""

    left: SideName
    right: SideName
    open: int = 0


class CastVote(Request[VoteTold], frozen=True, tag=True):
    """The person's choice; a later one takes its place. Raises NotFound, and BadInput for answers that were not both given."""

    trial: str
    case: str
    choice: Literal["left", "right", "tie"]
    reply: ClassVar[Any] = VoteTold


class BundleDrafted(Struct, frozen=True):
    """A bundle as it would be written, and the `mark` that tells its lines from all others."""

    bundle: Bundle
    mark: str


class DraftBundle(Request[BundleDrafted], frozen=True, tag=True):
    """Cases as lines to be read, with names, addresses and keys replaced; nothing is written. `cases` are ids or kinds of task,
    `rated` all of which the person said something; the private words of a case go in only if `words` names it (by its id).

    Raises NotFound, and BadInput when none was chosen.
    """

    cases: tuple[str, ...] = ()
    rated: bool = False
    words: tuple[str, ...] = ()
    reply: ClassVar[Any] = BundleDrafted


class BundleWritten(Struct, frozen=True):
    """Where it is, and its lines and bytes."""

    path: str
    lines: int
    bytes: int


class WriteBundle(Request[BundleWritten], frozen=True, tag=True):
    """Writes lines that the person has read to a new file (an absolute path) outside of what Sage reads. Raises BadInput."""

    path: str
    lines: tuple[str, ...]
    reply: ClassVar[Any] = BundleWritten


Requests = (
    CaptureTurns
    | ListEvalCases
    | ShowEvalCase
    | EditEvalCase
    | DropEvalCase
    | PriceTrial
    | ListParts
    | RunTrial
    | ShowTrial
    | ListTrials
    | NextBallot
    | CastVote
    | DraftBundle
    | WriteBundle
)
