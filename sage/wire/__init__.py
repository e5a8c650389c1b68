"""The messages of the engine's door: newline-delimited JSON, typed, one version.

A front end says `Hello`, gets `Welcome` (or `Failed` with id 0 when the versions differ), then sends `Call`s. Each
call is answered by any number of `Event`s and exactly one `Result` or `Failed` of the same id. `News` comes unasked.

One module an area, loaded when one of its names is first used; a new request goes into its area's module, its
`Requests`, and `areas`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sage.wire.areas import AREA_OF

if TYPE_CHECKING:
    from sage.wire.base import *  # noqa: F403
    from sage.wire.captures import *  # noqa: F403
    from sage.wire.contacts import *  # noqa: F403
    from sage.wire.copies import *  # noqa: F403
    from sage.wire.deputy import *  # noqa: F403
    from sage.wire.digest import *  # noqa: F403
    from sage.wire.evals import *  # noqa: F403
    from sage.wire.events import *  # noqa: F403
    from sage.wire.examples import *  # noqa: F403
    from sage.wire.facts import *  # noqa: F403
    from sage.wire.forgetting import *  # noqa: F403
    from sage.wire.frames import *  # noqa: F403
    from sage.wire.home import *  # noqa: F403
    from sage.wire.inbox import *  # noqa: F403
    from sage.wire.labels import *  # noqa: F403
    from sage.wire.learning import *  # noqa: F403
    from sage.wire.ledger import *  # noqa: F403
    from sage.wire.memory import *  # noqa: F403
    from sage.wire.memory_upkeep import *  # noqa: F403
    from sage.wire.models import *  # noqa: F403
    from sage.wire.nudges import *  # noqa: F403
    from sage.wire.plans import *  # noqa: F403
    from sage.wire.plugins import *  # noqa: F403
    from sage.wire.programs import *  # noqa: F403
    from sage.wire.requests import *  # noqa: F403
    from sage.wire.rituals import *  # noqa: F403
    from sage.wire.schedules import *  # noqa: F403
    from sage.wire.sheets import *  # noqa: F403
    from sage.wire.skills import *  # noqa: F403
    from sage.wire.swaps import *  # noqa: F403
    from sage.wire.talk import *  # noqa: F403
    from sage.wire.telling import *  # noqa: F403
    from sage.wire.tools import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if name not in AREA_OF:
        raise AttributeError(f"the wire has no {name!r}")
    found = getattr(import_module(f"sage.wire.{AREA_OF[name]}"), name)
    globals()[name] = found
    return found
