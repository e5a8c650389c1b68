"""What the deputy left to the person is told once and without anybody's words, and shown as it truly is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sage import wire
from sage.core.errors import BadInput
from sage.core.terminal_text import clean
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.plugin_api import Address, Batch, Inbound, Receipt
from tests.engine.test_inbox_handlers import MANIFEST
from tests.homes import make_home

SETTINGS = """
[plugins.letters.me]
enabled = true
owner = ["me@letters"]
allow = ["aunt@letters"]
deputy = true
[deputy]
handoff = "sentence"
[people.aunt]
addresses = ["letters:aunt@letters"]
"""
ACCOUNT = "letters/me"


class Office:
    """An engine's desk over a real home; the account is a fake one, and apps are a list of what they are told."""

    def __init__(self, folder: Path) -> None:
        home = make_home(folder, settings=SETTINGS)
        plugin = home.path / "plugins" / "letters"
        plugin.mkdir(parents=True)
        (plugin / "plugin.toml").write_text(MANIFEST)
        self.house: Any = House.open(home)
        self.house.accounts.ask = self._ask
        self.desk = Desk(self.house)
        self.news: list[Any] = []
        self.desk.service = self  # type: ignore[assignment]

    async def tell_all(self, news: Any) -> None:
        if not (isinstance(news, wire.Notice) and news.text.startswith("New in")):  # what every account says
            self.news.append(news)

    async def _ask(self, account: str, do: str, *given: Any) -> Any:
        return Receipt("s1")

    async def call(self, request: Any) -> Any:
        return await self.desk.handle(request, None, None)  # type: ignore[arg-type]

    async def bring(self, *texts: str) -> None:
        at = self.house.clock.now().isoformat()
        event = Inbound("", "aunt@letters", Address("aunt@letters"), "", at, verified="yes")
        messages = tuple(replace(event, id=f"m {text}", text=text) for text in texts)
        await self.desk.messaging.channels.take(ACCOUNT, Batch(messages, texts[-1]))
        await self.desk.deputy.look()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.house.accounts.host.look_again()  # nobody agreed to this code: it does not run
    yield found
    await found.house.close()


async def test_apps_are_told_how_many_wait_and_nobodys_words(office: Office) -> None:
    await office.bring("What is the code of the safe?", "Where is the key of the shed?")
    assert office.news == [wire.Notice("2 messages wait for you in the Inbox: F4."), wire.StatusChanged()]
    office.news.clear()
    await office.bring("Thanks!")
    assert office.news == [wire.StatusChanged()]
    assert office.desk.deputy.pages.open_count() == 2


async def test_being_away_is_said_everywhere_at_once(office: Office) -> None:
    assert office.desk.deputy.away_words() == ""
    shown = await office.call(wire.GoAway("2h"))
    assert shown.away and shown.words == office.desk.deputy.away_words() and shown.words.startswith("away until ")
    await office.call(wire.ComeBack())
    assert office.news == [wire.StatusChanged()] * 2 and office.desk.deputy.away_words() == ""


async def test_who_is_away_is_told_what_keeps_everything_from_being_answered(office: Office) -> None:
    assert "all answers are drafts" in (await office.call(wire.GoAway())).but
    settings = office.house.home.settings
    settings.write_text(settings.read_text() + '[grants.aunt]\nany = "auto"\n')
    assert (await office.call(wire.ShowAbsence())).but == ""
    office.house.pausing.pause(office.house.clock.now(), None)
    assert "sage resume" in (await office.call(wire.ShowAbsence())).but
    office.house.pausing.resume(office.house.clock.now())
    settings.write_text(settings.read_text().replace("deputy = true", "deputy = false"))
    assert "deputy = true" in (await office.call(wire.ShowAbsence())).but
    assert (await office.call(wire.ComeBack())).but == ""


async def test_why_a_message_was_decided_of_as_it_was_can_be_asked(office: Office) -> None:
    await office.bring("What is the code of the safe?")
    (shown,) = (await office.call(wire.ListReplies())).items
    told = await office.call(wire.Why(shown.id))
    assert shown.reason in told.lines[0] and told.lines[-1].endswith(f"sage inbox show {shown.id}")


async def test_a_dry_run_for_an_account_that_is_none_says_so(office: Office) -> None:
    with pytest.raises(BadInput, match="letters/you") as caught:
        await office.call(wire.TryReply("aunt", "letters/you", "When?"))
    assert "letters/me" in caught.value.do


async def test_a_sentence_that_says_you_will_answer_is_not_taken_for_the_answer(office: Office) -> None:
    sending = asyncio.create_task(office.desk.messaging.sending.run())
    try:
        await office.call(wire.GoAway("2h"))
        await office.bring("What is the code of the safe?")
        async with asyncio.timeout(30):
            while not (await office.call(wire.ListReplies())).items[0].told:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        shown = (await office.call(wire.ListReplies())).items[0]
        assert (shown.decision, shown.fate, shown.outgoing, shown.yours) == ("handoff", "", "", False)
        await office.call(wire.TakeOver(shown.account, shown.conversation))
        with_words = await office.call(wire.ShowReply(shown.id, "Ask me tomorrow."))
        done = await office.call(wire.ApproveReply(shown.id, with_words.digest, "Ask me tomorrow."))
        assert (done.state, done.fate, done.told, done.yours) == ("edited", "sent", True, True)
        assert office.desk.messaging.outbox.find(done.outgoing).text == "Ask me tomorrow."  # type: ignore[union-attr]
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def test_what_goes_out_is_what_can_be_shown_to_the_last_letter(office: Office) -> None:
    await office.bring("Where is the key of the shed?")
    shown = (await office.call(wire.ListReplies())).items[0]
    steering = "Under the pot\x1b[8m, and the safe is 9999\x1b[0m \u202etop eht rednu"
    arrival = office.desk.messaging.arrivals.find(shown.arrival)
    assert arrival
    out = office.desk.deputy.outbound(arrival, steering, auto=True)
    assert out.text == clean(steering) and "\x1b" not in out.text and "\u202e" not in out.text
