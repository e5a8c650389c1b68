"""What front ends say: all requests there are. Only the engine, which reads them, needs them all."""

from __future__ import annotations

from functools import cache

import msgspec

from sage.core.errors import OtherVersion
from sage.wire import (
    captures,
    contacts,
    copies,
    deputy,
    digest,
    evals,
    examples,
    facts,
    forgetting,
    home,
    inbox,
    labels,
    learning,
    ledger,
    memory,
    memory_upkeep,
    models,
    nudges,
    plans,
    plugins,
    programs,
    rituals,
    schedules,
    sheets,
    skills,
    swaps,
    talk,
    telling,
    tools,
)
from sage.wire.frames import Call, Cancel, Hello

AnyRequest = (
    talk.Requests
    | memory.Requests
    | memory_upkeep.Requests
    | facts.Requests
    | labels.Requests
    | forgetting.Requests
    | plans.Requests
    | captures.Requests
    | nudges.Requests
    | rituals.Requests
    | schedules.Requests
    | models.Requests
    | ledger.Requests
    | sheets.Requests
    | copies.SendCopies
    | plugins.Requests
    | home.Requests
    | telling.Requests
    | skills.Requests
    | swaps.Requests
    | tools.Requests
    | programs.Requests
    | deputy.Requests
    | digest.ShowDigest
    | contacts.Requests
    | learning.Requests
    | inbox.Requests
    | evals.Requests
    | examples.Requests
)

ToEngine = Hello | Call[AnyRequest] | Cancel


@cache
def _decoder() -> msgspec.json.Decoder[ToEngine]:
    return msgspec.json.Decoder(ToEngine)


def read_to_engine(line: bytes) -> ToEngine:
    """A front end's frame. Raises OtherVersion when it is none that this version knows."""
    try:
        return _decoder().decode(line)
    except (msgspec.DecodeError, RecursionError) as error:  # the latter for one that is nested too deeply
        raise OtherVersion(
            "A front end sent what this engine does not understand.", do="Close it and start it again."
        ) from error
