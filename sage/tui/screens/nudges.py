"""What Sage may propose by itself, kind by kind, and what it holds, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from sage import wire
from sage.core.nudge_words import KINDS, PLURAL, Nudge, NudgeKind
from sage.tui.screens.panel import Panel

if TYPE_CHECKING:
    from sage.tui.stage import Stage

_ABOUT: dict[NudgeKind, str] = {
    "task": "a moment for one of them",
    "goal": "a step of two minutes",
    "promise": "what you promised somebody",
}


class NudgesPanel(Panel[Nudge | None]):
    """Returns the nudge that the person wants to answer, if any."""

    AUTO_FOCUS = ".body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("a", "answer", "Answer"),
        *(Binding(kind[0], f"turn('{kind}')", PLURAL[kind]) for kind in KINDS),
    ]

    def __init__(self, talk: Stage) -> None:
        super().__init__("What Sage may propose")
        self._talk = talk
        self._shown = wire.NudgesShown(())

    def on_mount(self) -> None:
        self.work(self._read)

    async def _read(self) -> None:
        self._shown = await self._talk.call(wire.ListNudges())
        self.show(nudge_lines(self._shown))
        answers = "a answers the last one · " if self._asked else ""
        self.hint(f"t g p: yes or no to a kind · {answers}Esc closes")

    @property
    def _asked(self) -> Nudge | None:
        """The one that was told last and waits for an answer."""
        sent = [one.nudge for one in self._shown.nudges if one.nudge.state == "sent"]
        return max(sent, key=lambda one: one.sent_at, default=None)

    def action_turn(self, kind: NudgeKind) -> None:
        self.work(self._turn, kind)

    async def _turn(self, kind: NudgeKind) -> None:
        allowed = kind in self._shown.allowed
        await self._talk.call(wire.NeverNudge(kind) if allowed else wire.AllowNudges((kind,)))
        await self._read()

    def action_answer(self) -> None:
        if self._asked:
            self.dismiss(self._asked)

    def action_leave(self) -> None:
        self.dismiss(None)


def nudge_lines(shown: wire.NudgesShown) -> Iterator[str]:
    """The kinds with the person's word on them, then what waits, with the reason."""
    for kind in KINDS:
        never = [each.split()[1] for each in shown.never if each.split()[0] == kind]
        but = f" (not: {', '.join(never)})" if never and kind in shown.allowed else ""
        yield f"{kind[0]}  {PLURAL[kind]:<9} {'yes' if kind in shown.allowed else 'no '}  {_ABOUT[kind]}{but}"
    waiting = [one for one in shown.nudges if one.nudge.state == "waiting"]
    asked = [one for one in shown.nudges if one.nudge.state == "sent"]
    for title, some in (("Asked, and not answered yet", asked), ("Held, for the next brief", waiting)):
        if some:
            yield ""
            yield title
        for one in some:
            yield f"  {one.nudge.text}" + (f": {one.because}" if one.because and title.startswith("Held") else "")
    if not waiting and not asked:
        yield ""
        yield "Nothing is held."
