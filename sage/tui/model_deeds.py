"""What a person does in Models: install, swap, take back, put on trial, make cases. Nothing is swapped without a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.model_catalogue import InstallProgress, find_model
from sage.core.model_choice import ModelOption, ModelRole
from sage.core.sharing_words import counted
from sage.tui.model_rows import OnTrial, Row, Swapped, bar
from sage.tui.screens.agreement import Agreement

if TYPE_CHECKING:
    from sage.tui.screens.models import Models
    from sage.tui.screens.talk import Talk

TURNS = 30
"""The last turns of which cases are made at once."""


class Deeds:
    """Each one asks where it must, does, and has Models look again."""

    def __init__(self, models: Models, talk: Talk) -> None:
        self._models, self._talk = models, talk

    async def install(self, option: ModelOption) -> None:
        """Brings a model here, once the person has seen what that is; what arrived before is not fetched again."""
        model = find_model(option.id.removeprefix("embedded:"))
        lines = [
            f"{model.spoken_size} to download, once; licence {model.licence}.",
            f"It is kept in {self._models.app.home.models}",
            f"and takes {model.memory / 1e9:.1f} GB of memory while it answers.",
            "It comes from the model hub, else from packages of your package index, and is checked by its SHA-256. "
            "Nothing of yours is sent. Who answers stays as it is.",
            "",
            f"{model.can} {model.cannot}",
        ]
        if not await self._models.app.push_screen_wait(Agreement(f"Install {model.title}?", lines, "installs it")):
            self._models.tell("Nothing was downloaded.")
            return
        self._models.do(f"{model.name}: looking for it · Esc stops")

        def show(event: Any) -> None:
            if isinstance(event, InstallProgress) and event.total:
                done = f"{event.done / 1e6:,.0f} of {event.total / 1e6:,.0f} MB"
                self._models.do(f"{event.phase} {bar(event.done, event.total)} {done} · Esc stops")

        await self._talk.call(wire.InstallModel(model.name), show)
        await self._models.ended(f"{model.name} is on this machine. t tries it, u lets it answer.")

    async def use(self, option: ModelOption, role: ModelRole, trial: str) -> None:
        """Lets a model answer, once the person has seen what that changes."""
        request = wire.UseModel(option.id, option.base_url, option.key_env, role, trial=trial, preview=True)
        seen = await self._models.read(request)
        if not seen.changes:
            self._models.tell(f"{option.id} answers already.")
            return
        lines = [f"{role}: {', then '.join(seen.chain)} → {option.id}", "", "In settings.toml:"]
        lines += [f"  {each}" for each in seen.changes]
        lines += ["", seen.note] if seen.note else []
        lines += ["", "Nothing else changes. b takes it back, byte for byte."]
        if await self._models.app.push_screen_wait(Agreement(f"Shall {option.id} answer?", lines, "lets it answer")):
            used = await self._talk.call(wire.UseModel(option.id, option.base_url, option.key_env, role, trial=trial))
            await self._models.look_now(f"{used.chain[0]} answers from now on. b takes it back.")

    async def put_on_trial(self, option: ModelOption, role: ModelRole) -> None:
        """Lets a model answer half of the everyday turns."""
        lines = [f"{option.id} answers half of your everyday questions ({role}), the other half who answers now.",
                 "It goes back by itself when it does worse. Settings stay as they are; b ends it."]  # fmt: skip
        if await self._models.app.push_screen_wait(Agreement("Put it on trial?", lines, "begins")):
            shown = await self._talk.call(wire.StartCanary(option.id, option.base_url, option.key_env, role))
            await self._models.look_now(shown.told)

    async def keep(self, row: OnTrial) -> None:
        """The model on trial answers for good."""
        lines = [row.canary.told, "", f"{row.swap.role}: {row.swap.was} → {row.swap.now}", "", "b takes it back."]
        if await self._models.app.push_screen_wait(Agreement(f"Shall {row.swap.now} stay?", lines, "keeps it")):
            used = await self._talk.call(wire.KeepCanary())
            await self._models.look_now(f"{used.chain[0]} answers from now on. b takes it back.")

    async def back(self, row: Row | None) -> None:
        """Who answered before answers again: the swap that is shown, else the newest one or the trial that runs."""
        swap = row.swap.id if isinstance(row, Swapped) and row.swap.state == "in force" else ""
        back = await self._talk.call(wire.RollBack(swap))
        await self._models.look_now(back.told)

    async def set_examples(self, *, on: bool) -> None:
        """Whether quick is shown answers of deep; b takes it back as any swap."""
        done = await self._talk.call(wire.SetExamples(on))
        await self._models.look_now(" ".join(done.told))

    async def make_cases(self) -> None:
        """Makes cases of the last turns; what was said of one holds."""
        made = await self._talk.call(wire.CaptureTurns(last=TURNS))
        await self._models.look_now(f"{counted(len(made.cases), 'case')} of your last turns. t on a model tries it.")

    async def bundle(self) -> None:
        """Rated cases as lines to be read, and a file of those that are left."""
        from sage.tui.screens.bundles import Bundles

        await self._models.look_now(await self._models.app.push_screen_wait(Bundles(self._talk)))
