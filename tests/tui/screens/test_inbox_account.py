"""Inbox over a real engine and an account: a question comes in, its draft is approved in the app, and exactly that goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Static

from sage.tui.app import SageApp
from sage.tui.screens.inbox import Inbox
from sage.tui.screens.talk import Talk
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.reading import Pages
from tests.deputy_home import DeputyHome


@pytest.fixture
def deputy(tmp_path: Path) -> Iterator[DeputyHome]:
    made = DeputyHome(tmp_path)
    yield made
    made.close()


class Seen:
    """The app as a person sees it."""

    def __init__(self, app: SageApp) -> None:
        self.app = app

    @property
    def inbox(self) -> Inbox:
        assert isinstance(self.app.screen, Inbox)
        return self.app.screen

    def status(self) -> str:
        return str(self.app.screen.query_one("#status", Static).content)

    def news(self) -> list[str]:
        assert isinstance(self.app.screen, Talk)
        return [entry.text for entry in self.app.screen.transcript.entries]

    def rows(self) -> list[str]:
        return [f"{row.id[0]} {getattr(row, 'stage', row.group)}" for row in self.inbox.rows if row.group != "came"]

    def read(self) -> str:
        return "\n".join(entry.text for entry in self.inbox.query_one(Pages).entries)

    async def until(self, holds: Callable[[], object], seconds: float = 40) -> None:
        for _ in range(int(seconds / 0.05)):
            await asyncio.sleep(0.05)
            if holds():
                return
        rows = self.rows() if isinstance(self.app.screen, Inbox) else []
        raise TimeoutError(str([*rows, *(str(each.content) for each in self.app.screen.query(Static))]))


@asynccontextmanager
async def opened(deputy: DeputyHome) -> AsyncIterator[Seen]:
    app = SageApp(deputy.home)
    async with app.run_test(size=(110, 30)) as pilot:
        seen = Seen(app)
        await seen.until(lambda: "notes" in seen.status())
        yield seen
        await pilot.pause()


async def test_a_draft_is_told_of_in_talk_approved_in_the_inbox_and_goes_out_once(deputy: DeputyHome) -> None:
    async with opened(deputy) as seen:
        deputy.write("eve@letters.test", "What is the code of the garden gate?")
        await seen.until(lambda: "1 waiting: F4" in seen.status())
        await seen.until(lambda: "A message waits for you in the Inbox: F4." in seen.news())
        assert not any("garden" in text for text in seen.news())
        seen.app.go_to("inbox")
        await seen.until(lambda: isinstance(seen.app.screen, Inbox) and seen.rows() == ["y draft"])
        seen.inbox.action_group("waiting")
        await seen.until(lambda: "4711" in seen.read())
        assert "goes to eve@letters.test and nobody else" in seen.read()
        seen.inbox._shown_at -= 10
        seen.inbox.action_decide("approve")
        seen.inbox.action_decide("approve")  # a key that bounces
        await seen.until(lambda: seen.rows() == ["y sent"])
        assert [text.partition(".")[0].split("\n")[-1] for text in deputy.sent()] == [
            "The code of the garden gate is 4711"
        ]
        seen.app.go_to("talk")
        await seen.until(lambda: "waiting" not in seen.status())


async def test_away_said_in_talk_lets_an_answer_go_that_is_taken_back_in_time(deputy: DeputyHome) -> None:
    async with opened(deputy) as seen:
        assert isinstance(seen.app.screen, Talk)
        seen.app.screen.say("/away 2h")
        await seen.until(lambda: seen.status().startswith("away until "))
        deputy.write("tom@letters.test", "What is the code of the garden gate?")
        seen.app.screen.say("/inbox")
        await seen.until(lambda: isinstance(seen.app.screen, Inbox) and seen.rows() == ["y leaves"])
        seen.inbox.action_group("waiting")  # whatever was chosen before it came stays chosen
        await seen.until(lambda: "leaves by itself" in seen.read() or "4711" in seen.read())
        seen.inbox._shown_at -= 10
        seen.inbox.action_decide("take_back")
        await seen.until(lambda: seen.rows() == ["y taken back"])
        seen.inbox.action_come_back()
        await seen.until(lambda: str(seen.inbox.query_one("#doing", Static).content).startswith("here"))
        seen.app.go_to("talk")
        await seen.until(lambda: "away" not in seen.status())
        assert deputy.sent() == []


async def test_a_message_that_asks_nothing_is_answered_in_the_inbox_and_goes_out_once(deputy: DeputyHome) -> None:
    async with opened(deputy) as seen:
        deputy.write("kim@letters.test", "The plums are ripe.")
        seen.app.go_to("inbox")
        await seen.until(lambda: isinstance(seen.app.screen, Inbox))
        seen.inbox.action_group("came")
        await seen.until(lambda: "The plums are ripe." in seen.read())
        seen.inbox.action_write()
        composer = seen.inbox.query_one(Composer)
        composer.load_text("Thank you!")
        seen.inbox.post_message(Composer.Sent("Thank you!"))
        await seen.until(
            lambda: "Your words, not sent" in seen.read() and "kim@letters.test and nobody else" in seen.read()
        )
        assert deputy.sent() == []
        seen.inbox._shown_at -= 10
        seen.inbox.action_decide("approve")
        seen.inbox.action_decide("approve")
        await seen.until(lambda: len(deputy.sent()) == 1)
        seen.inbox.action_group("")  # it is none of those that came in any more
        await seen.until(lambda: seen.rows() == ["y sent"])
        assert deputy.sent() == ["Thank you!"]
