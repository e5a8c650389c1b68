"""Who answers from now on, and how that is taken back."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.model_choice import ModelRole
from sage.core.swaps import SwapState
from sage.wire.base import Request


class Setup(Struct, frozen=True):
    """What is set along with a model; None stays as it is."""

    temperature: float | None = None
    max_tokens: int | None = None
    instructions: str | None = None


class ModelUsed(Struct, frozen=True):
    """`swap` can be rolled back; it is "" where nothing changed. `chain` answers in that role now, in that order; `changes` are the
    settings that became others, in words. `note`: what is to be known of that model."""

    swap: str
    chain: tuple[str, ...]
    changes: tuple[str, ...] = ()
    note: str = ""


class UseModel(Request[ModelUsed], frozen=True, tag=True):
    """Lets a model alone answer in a role, in settings.toml. "talk" as an id: another role falls back again. With `check` its
    server is asked first whether it has the model. `trial` is the one that speaks for it
    ("": the newest one of these two models). A `preview` tells what would change, and changes nothing."""

    id: str
    base_url: str = ""
    key_env: str = ""
    role: ModelRole = "talk"
    setup: Setup = Setup()
    check: bool = False
    trial: str = ""
    preview: bool = False
    reply: ClassVar[Any] = ModelUsed


class SwapLine(Struct, frozen=True):
    """A swap as it is listed; `was` and `now` are the models that are first asked, before and after."""

    id: str
    role: str
    was: str
    now: str
    keys: tuple[str, ...]
    state: SwapState
    reason: str
    trial: str
    made_at: str
    ended_at: str = ""


class SwapsShown(Struct, frozen=True):
    """The newest first."""

    swaps: tuple[SwapLine, ...]


class ListSwaps(Request[SwapsShown], frozen=True, tag=True):
    limit: int = 20
    reply: ClassVar[Any] = SwapsShown


class RolledBack(Struct, frozen=True):
    """`identical`: settings.toml is byte for byte as it was before the swap; else only `keys` were set back, and `left` had become
    others. `told` says it in a sentence or two."""

    swap: SwapLine
    identical: bool
    keys: tuple[str, ...]
    left: tuple[str, ...]
    told: str


class RollBack(Request[RolledBack], frozen=True, tag=True):
    """Ends the trial that runs, else takes the newest swap back that is in force, or the one of that id. NotFound when there is
    none."""

    swap: str = ""
    reply: ClassVar[Any] = RolledBack


class CanaryShown(Struct, frozen=True):
    """The trial that runs, if one does, or just ended; `turns` and `bad` are the candidate's, `usual_turns` and `usual_bad` those
    it is compared with. `evidence` against it sends it back at `bound`; `told` says how it stands."""

    swap: SwapLine | None
    told: str
    turns: int = 0
    bad: int = 0
    usual_turns: int = 0
    usual_bad: int = 0
    evidence: float = 0.0
    bound: float = 0.0


class StartCanary(Request[CanaryShown], frozen=True, tag=True):
    """Lets a model answer half of the everyday turns of a role; settings stay as they are. BadInput while another is on trial."""

    id: str
    base_url: str = ""
    key_env: str = ""
    role: ModelRole = "talk"
    reply: ClassVar[Any] = CanaryShown


class ShowCanary(Request[CanaryShown], frozen=True, tag=True):
    reply: ClassVar[Any] = CanaryShown


class EndCanary(Request[CanaryShown], frozen=True, tag=True):
    """Who answered before answers alone again. NotFound when no model is on trial."""

    reply: ClassVar[Any] = CanaryShown


class KeepCanary(Request[ModelUsed], frozen=True, tag=True):
    """The model on trial answers for good; a swap that can be rolled back. NotFound when there is none."""

    reply: ClassVar[Any] = ModelUsed


Requests = UseModel | ListSwaps | RollBack | StartCanary | ShowCanary | EndCanary | KeepCanary
