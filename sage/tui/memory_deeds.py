"""What Memory does to what was found: it is edited, shared, forgotten, decided, and notes are read in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.errors import SageError
from sage.core.facts.beliefs import Decision
from sage.core.forgetting import forgetting
from sage.core.passages import Hit, ImportProgress
from sage.core.sharing_words import change_done
from sage.tui.editor import edit
from sage.tui.findings import Fact, Finding, Found

if TYPE_CHECKING:
    from sage.tui.screens.memory import Memory
    from sage.tui.screens.talk import Talk

_DECIDED = {"right": "Kept as right.", "wrong": "Set aside as not so.", "done": "Kept as done."}


class Deeds:
    """Each is run beside the keys, and tells at the bottom of Memory what came of it."""

    def __init__(self, memory: Memory, talk: Talk) -> None:
        self._memory, self._talk = memory, talk
        self.forgotten: list[forgetting.Forgetting] = []
        """What was forgotten and can still come back."""
        self.relabel: wire.Share | None = None
        """Takes back the label that was put last."""

    async def look_forgotten(self) -> None:
        """Brings `forgotten` up to date."""
        found = await self._memory.read(wire.ListForgettings())
        self.forgotten = [each for each in found.forgettings if each.state == "trash"]

    async def read_in(self, path: Path) -> None:
        """A note or folder that was named by its path."""

        def show(event: Any) -> None:
            if isinstance(event, ImportProgress):
                self._memory.tell(f"Reading {event.done} of {event.total}: {event.source}")

        report = await self._talk.call(wire.ImportNotes(str(path)), show)
        trouble = f" With {len(report.troubles)} was trouble: /import in Talk tells." if report.troubles else ""
        self._memory.search_for("")
        await self._show(f"Read {report.root}: {report.added} added, {report.changed} changed.{trouble}")

    async def edit(self, finding: Finding) -> None:
        """Opens the note, and shows what was found as it is then."""
        hit = await self._hit_of(finding)
        if not hit.root:
            self._memory.tell("It was said and not written in a file: there is nothing to open.")
            return
        path = Path(hit.root) / hit.source
        if edit(self._memory.app, path, hit.line):
            self._memory.tell("Reading what you changed …")
            await self._talk.call(wire.ImportNotes(str(path)))
            await self._show("It is found as you left it.")

    async def label(self, finding: Finding) -> None:
        """Who may see it."""
        from sage.tui.screens.sharing import Sharing

        hit = await self._hit_of(finding)
        panel = Sharing(self._talk, hit)
        done = await self._memory.app.push_screen_wait(panel)
        self.relabel = panel.undo or self.relabel
        await self._show(done)

    async def take_back(self) -> None:
        """The last label is taken back; else what was forgotten comes back, or goes for good."""
        undo, self.relabel = self.relabel, None
        if undo:
            change = await self._talk.call(undo)
            await self._show(f"As before: {change_done(change)}")
        elif self.forgotten:
            await self.give_back()
        else:
            self._memory.tell("Nothing is forgotten that could come back.")

    async def forget(self, finding: Finding) -> None:
        """Takes it out, once all that goes was seen."""
        from sage.tui.screens.forgetting import Forgetting

        hit = await self._hit_of(finding)
        done = await self._memory.app.push_screen_wait(Forgetting(self._talk, hit))
        if done:
            self.relabel = None
            await self._show(forgotten_words(done))

    async def give_back(self) -> None:
        """What was forgotten comes back, or goes for good."""
        from sage.tui.screens.forgetting import Forgotten

        await self._show(await self._memory.app.push_screen_wait(Forgotten(self._talk, self.forgotten)))

    async def decide(self, fact: Fact, decision: Decision) -> None:
        """The person says what is so."""
        await self._talk.call(wire.DecideFact(fact.id, decision))
        await self._show(f"{_DECIDED[decision]} The words stay as they are.")

    async def _hit_of(self, finding: Finding) -> Hit:
        if isinstance(finding, Found):
            return finding.hit
        around = await self._memory.read(wire.ReadAround(finding.passage))
        return around.hits[around.at]

    async def _show(self, done: str) -> None:
        """What has changed ("" for nothing): found anew, and told."""
        if done:
            try:
                await self.look_forgotten()
            except SageError as error:
                done = f"{done} {error}"
            await self._memory.look_now(done)


def forgotten_words(done: forgetting.Forgetting) -> str:
    """What is so after a yes: what stands in a file that is left as it is, is still found."""
    if not done.waiting:
        return "Forgotten. u gives it back, or removes it for good."
    names = ", ".join(Path(path).name for path in done.waiting)
    still = f"{names} is yours to edit (o): what stands there is still found."
    if sum(done.counts.values()) == len(done.waiting):
        return f"Not forgotten yet: {still}"
    return f"Forgotten, but for your file. {still} u gives the rest back."
