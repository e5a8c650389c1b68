"""What the engine says besides results: how a call goes on, and news."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from sage.core.forgetting.forgetting import PurgeStep
from sage.core.memory_state import VerifyProgress
from sage.core.model_catalogue import InstallProgress
from sage.core.passages import ImportProgress
from sage.core.schedules.schedule import Ring
from sage.core.trials import TrialProgress
from sage.core.turns import TurnEvent
from sage.wire.copies import CopyStep
from sage.wire.facts import FactsReading
from sage.wire.sheets import SheetStep


class ReminderDue(Struct, frozen=True, tag=True):
    """A reminder's time has come. Whoever shows it asks first (`TakeReminder`), and says so afterwards (`ReminderShown`); one
    whose `key` was shown is not shown again. In quiet hours it makes no sound. `outside`: the terminal is asked to tell it,
    too.
    """

    ring: Ring
    key: str
    quiet: bool = False
    outside: bool = False


class Notice(Struct, frozen=True, tag=True):
    """Something that the person should know of, in words."""

    text: str


class StatusChanged(Struct, frozen=True, tag=True):
    """What `ShowStatus` tells has changed."""


class EngineLeaves(Struct, frozen=True, tag=True):
    """The engine ends; its socket closes next."""

    why: str


AnyNews = ReminderDue | Notice | StatusChanged | EngineLeaves

StreamEvent = (
    TurnEvent
    | ImportProgress
    | VerifyProgress
    | InstallProgress
    | PurgeStep
    | FactsReading
    | SheetStep
    | CopyStep
    | TrialProgress
)


@cache
def decoder(union: Any) -> msgspec.json.Decoder[Any]:
    """Reads one of them: `StreamEvent` or `AnyNews`."""
    return msgspec.json.Decoder(union)
