"""Questions of one key in Talk: one at a time, the newest first, and those below it come back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sage.tui.typed import waits_for
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.question import Question

if TYPE_CHECKING:
    from textual.screen import Screen


class Asking:
    """Asks on a screen that has a composer. Whoever is writing keeps the cursor."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._open: list[Question] = []
        """The last one is shown."""

    async def ask(self, words: str, keys: Mapping[str, str], *, escape: str, behind: bool = False) -> str:
        """The key that was pressed, "" for Escape, which means `escape`. `behind`: what is being asked stays in front."""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def answered(key: str) -> None:
            if not answer.done():
                answer.set_result("" if key == "escape" else key)

        question = Question(words, keys, answered, escape=escape)
        self._open.insert(0 if behind else len(self._open), question)
        try:
            await self._screen.mount(question, before=self._screen.query_one(Composer))
            self._show_last()
            waits_for(answer)
            return await answer
        finally:
            self._open.remove(question)
            if self._screen.is_attached:
                had_cursor = question.has_focus
                question.remove()
                self._show_last()
                if had_cursor and not self._open:
                    self._screen.query_one(Composer).focus()

    def _show_last(self) -> None:
        composer, focused = self._screen.query_one(Composer), self._screen.focused
        for question in self._open:
            question.display = question is self._open[-1]
        writes = focused is composer and composer.text
        if self._open and not writes:
            self._open[-1].focus()
