"""Approvals in Talk: shown above the composer with their exact words, decided there, gone when the turn is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import SageError
from sage.core.turns import ApprovalNeeded
from sage.tui.widgets.approval import Approval
from sage.tui.widgets.composer import Composer

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


class Approving:
    """What the turn that is answered asks to be allowed."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def ask(self, request: ApprovalNeeded) -> None:
        """Shows what would be done; the person is told where, if they are elsewhere."""
        talk, panel = self._dialogue.talk, Approval(request)
        talk.mount(panel, before=talk.query_one(Composer))
        panel.focus()
        if talk.app.screen is not talk:
            talk.notify("Talk waits for your yes or no: F3", timeout=10, markup=False)

    def drop(self) -> None:
        """Nothing is asked any more."""
        talk = self._dialogue.talk
        asked = list(talk.query(Approval))
        for panel in asked:
            panel.remove()
        for composer in talk.query(Composer) if asked else ():  # none is there any more once the app is left
            composer.focus()

    async def decide(self, request: ApprovalNeeded, granted: bool) -> None:
        """The person's decision on an approval."""
        try:
            await self._dialogue.line.call(wire.Decide(request.approval, request.digest, granted))
        except SageError as error:
            self._dialogue.tell(error)
