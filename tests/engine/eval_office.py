"""A house with a desk, and scripted models in the place of real ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sage import wire
from sage.core.ports import ChatModel
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.profile import ModelPlace, Resolved
from sage.testing.scripted_model import ScriptedModel, Step
from tests.homes import make_home


class Brains:
    """Brains that know one model that answers, and others by their ids."""

    def __init__(self, *models: ChatModel, **others: ChatModel) -> None:
        self.models, self.others, self.told = list(models), others, set[str]()

    def chain(self, profile: Resolved, role: str = "talk") -> list[ChatModel]:
        return self.models

    def alone(self, place: ModelPlace, profile: Resolved) -> ChatModel:
        return self.others.get(place.id.rpartition("/")[2], self.models[0])

    async def check(self, place: ModelPlace, *, look: bool = True) -> None:
        """All are there."""

    async def unlisted(self, place: ModelPlace) -> str:
        return ""

    async def close(self) -> None:
        """Holds nothing."""


class Office:
    """Asks as a front end would. `told` is what was emitted."""

    def __init__(self, folder: Path) -> None:
        self.house = House.open(make_home(folder))
        self.house.accounts.looked.set()
        self.desk = Desk(self.house)
        self.told: list[Any] = []

    async def ask(self, words: str, script: Sequence[Sequence[Step]]) -> str:
        self.use(ScriptedModel(script))
        return str((await self.do(wire.Ask(words, attended=False))).turn)

    def use(self, *models: ChatModel, **others: ChatModel) -> None:
        self.house.brains = Brains(*models, **others)  # type: ignore[assignment]

    async def do(self, request: Any) -> Any:
        async def emit(event: Any) -> None:
            self.told.append(event)

        class Line:
            profile = ""

        return await self.desk.handle(request, Line(), emit)  # type: ignore[arg-type]
