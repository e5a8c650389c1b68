"""A screen over a place, which can be left once."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Outcome = TypeVar("Outcome")


class Over(ModalScreen[Outcome], Generic[Outcome]):
    """Keys that come faster than it goes, such as Enter and Esc, leave it once, and not what stands below it as well."""

    def dismiss(self, result: Outcome | None = None) -> AwaitComplete:
        """As always, while it is on top."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
