"""Reminders over a plugin's notifier."""

from __future__ import annotations

from typing import Any

import pytest

from sage.core.schedules.schedule import Ring
from sage.engine.notifier_surface import NotifierSurface
from sage.plugin_api import PluginError, Unreachable, Unsure
from tests.reminders import one_reminder


class Showing:
    """Accounts whose notifier answers what a test sets."""

    def __init__(self, answer: bool | PluginError = True) -> None:
        self.answer, self.asked = answer, list[tuple[Any, ...]]()

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        self.asked.append((account, do, *given))
        if isinstance(self.answer, PluginError):
            raise self.answer
        return self.answer


def ringing(text: str) -> Ring:
    return Ring(*one_reminder("r1", text, "2026-11-27T09:00"))


def surface(accounts: Showing, quiet: bool = False) -> NotifierSurface:
    return NotifierSurface("pager/me", accounts, lambda: True, lambda: quiet)


async def test_it_is_told_cleaned_and_named_by_its_key() -> None:
    accounts = Showing()
    assert await surface(accounts, quiet=True).tell(ringing("Tea\x1b[31m now\nor never"), "k1")
    assert await surface(accounts).tell(ringing("Tea"), "k1")
    (account, do, title, more, key, quiet), again = accounts.asked
    assert (account, do, title, more, quiet) == ("pager/me", "tell", "Tea now or never", "", True)
    assert key == again[4] and again[5] is False


@pytest.mark.parametrize("answer", [False, Unreachable("It is away.")])
async def test_what_was_certainly_not_shown_is_told_elsewhere(answer: bool | PluginError) -> None:
    assert not await surface(Showing(answer)).tell(ringing("Tea"), "k1")


async def test_what_nobody_knows_is_said_so() -> None:
    with pytest.raises(Unsure):
        await surface(Showing(Unsure("It ended."))).tell(ringing("Tea"), "k1")
