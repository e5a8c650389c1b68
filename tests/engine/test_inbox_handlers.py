"""What the person sees of messages, and sends by themselves: exactly what was shown, to exactly those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.schedules.schedule import Occurrence, Ring, Rule, Schedule
from sage.engine.bootstrap import House
from sage.engine.channel_surface import ChannelSurface
from sage.engine.handlers import Desk
from sage.plugin_api import Address, Batch, Inbound, Outbound, Receipt, Refused, Unreachable, Unsure
from tests.homes import make_home

SETTINGS = """
[person]
timezone = "Asia/Kolkata"

[plugins.letters.me]
enabled = true
owner = ["me@letters"]
allow = ["aunt@letters", "!garden"]
reminders = true
"""
MANIFEST = """
name = "letters"
title = "Letters"
about = "Letters of a test"
api = 1
kinds = ["messaging"]
runtime = "sage_plugins.letters.source:Letters"
config = "sage_plugins.letters.config:Config"
capabilities = ["RECEIVE", "SEND"]
"""
ACCOUNT = "letters/me"


class Office:
    """An engine's desk over a real home; the account is a fake one."""

    def __init__(self, folder: Path) -> None:
        home = make_home(folder, settings=SETTINGS)
        plugin = home.path / "plugins" / "letters"
        plugin.mkdir(parents=True)
        (plugin / "plugin.toml").write_text(MANIFEST)
        self.house: Any = House.open(home)
        self.sent: list[Outbound] = []
        self.trouble: Exception | None = None
        self.house.accounts.ask = self._ask
        self.desk = Desk(self.house)
        self.messaging = self.desk.messaging

    async def _ask(self, account: str, do: str, *given: Any) -> Any:
        if self.trouble:
            raise self.trouble
        self.sent.append(given[0])
        return Receipt("s1")

    async def call(self, request: Any) -> Any:
        return await self.desk.handle(request, None, None)  # type: ignore[arg-type]

    async def bring(self, text: str, sender: str = "aunt@letters", **more: Any) -> str:
        event = Inbound(f"m {text}", sender, Address(sender), text, "2026-11-23T09:00:00+01:00", verified="yes")
        await self.messaging.channels.take(ACCOUNT, Batch((replace(event, **more),), text))
        return self.messaging.arrivals.arrivals()[0].id


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.house.accounts.host.look_again()  # nobody agreed to this code: it does not run
    sending = asyncio.create_task(found.messaging.sending.run())
    yield found
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await found.house.close()


async def test_what_came_in_is_listed_and_shown(office: Office) -> None:
    name = await office.bring("Dinner at seven?")
    held = await office.bring("Buy this", sender="mallory@letters")
    listed = await office.call(wire.ListInbox())
    assert [(item.id, item.state) for item in listed.items] == [(held, "held"), (name, "kept")]
    shown = await office.call(wire.ShowArrival(name))
    assert (shown.text, shown.sender, shown.because, shown.verified) == ("Dinner at seven?", "aunt@letters", "", "yes")
    shown = await office.call(wire.ShowArrival(held))
    assert (shown.text, shown.because) == ("", "its sender is not in the account's `allow`")
    with pytest.raises(NotFound):
        await office.call(wire.ShowArrival("nothing"))


async def test_when_a_message_came_is_told_in_the_person_s_own_time(office: Office) -> None:
    name = await office.bring("Dinner at seven?", at="2026-10-05T18:30:00+00:00")
    (listed,) = (await office.call(wire.ListInbox())).items
    assert listed.at == (await office.call(wire.ShowArrival(name))).at == "2026-10-06T00:00:00+05:30"


async def test_what_programs_wrote_is_listed_when_it_is_asked_for(office: Office) -> None:
    await office.bring("Dinner at seven?")
    await office.messaging.channels.take(
        ACCOUNT, Batch((Inbound("a", "x", Address("aunt@letters"), "I am away", "", auto=True),), "2")
    )
    assert [item.state for item in (await office.call(wire.ListInbox())).items] == ["kept"]
    assert [item.because for item in (await office.call(wire.ListInbox(all=True))).items] == ["a program wrote it", ""]


async def test_exactly_what_was_shown_is_sent_to_exactly_those(office: Office) -> None:
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, "aunt@letters", "Yes, gladly."))
    assert (prepared.to, prepared.group, office.sent) == (("aunt@letters",), False, [])
    sent = await office.call(wire.SendPrepared(prepared, "1"))
    assert (sent.state, sent.to) == ("sent", ("aunt@letters",))
    assert office.sent == [Outbound("aunt@letters", ("aunt@letters",), "Yes, gladly.", auto=False)]
    assert (await office.call(wire.SendPrepared(prepared, "1"))).id == sent.id
    assert len(office.sent) == 1, "asked twice, sent once"
    listed = (await office.call(wire.ListOutbox())).items
    assert [(item.text, item.state) for item in listed] == [("Yes, gladly.", "sent")]


async def test_a_group_s_members_are_shown_and_who_came_since_gets_nothing(office: Office) -> None:
    group: dict[str, Any] = {"conversation": "!garden", "group": True}
    await office.bring("Hello", members=("aunt@letters", "uncle@letters", "me@letters"), **group)
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, "!garden", "Hello all"))
    assert prepared.group and prepared.to == ("aunt@letters", "uncle@letters")
    await office.bring("New here", members=("aunt@letters", "uncle@letters", "mallory@letters"), **group)
    with pytest.raises(BadInput, match="others by now"):
        await office.call(wire.SendPrepared(prepared, "1"))
    assert office.sent == []


async def test_who_comes_while_it_is_put_into_the_outbox_gets_nothing(office: Office) -> None:
    group: dict[str, Any] = {"conversation": "!garden", "group": True}
    await office.bring("Hello", members=("aunt@letters", "uncle@letters"), **group)
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, "!garden", "Hello all"))
    addressed, looks = office.messaging.addressed, []

    def later(account: str, conversation: str, text: str) -> tuple[Outbound, bool]:
        looks.append(account)
        out, group = addressed(account, conversation, text)
        return (out if len(looks) == 1 else replace(out, to=(*out.to, "mallory@letters"))), group

    office.messaging.addressed = later  # type: ignore[method-assign]
    await office.call(wire.SendPrepared(prepared, "1"))
    assert [out.to for out in office.sent] == [("aunt@letters", "uncle@letters")]


async def test_a_group_that_nobody_knows_is_not_written_to(office: Office) -> None:
    await office.bring("Hello", conversation="!elsewhere", group=True, members=("aunt@letters", "mallory@letters"))
    with pytest.raises(BadInput, match="Nobody knows"):
        await office.call(wire.PrepareMessage(ACCOUNT, "!elsewhere", "Hello"))


@pytest.mark.parametrize("changed", [{"text": "Other"}, {"to": ("mallory@letters",)}, {"digest": "x"}])
async def test_what_was_not_shown_is_not_sent(office: Office, changed: dict[str, Any]) -> None:
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, "aunt@letters", "Yes"))
    with pytest.raises(BadInput):
        await office.call(wire.SendPrepared(replace(prepared, **changed), "1"))
    assert office.sent == []


async def test_an_account_that_cannot_send_is_told(office: Office) -> None:
    for account in ("letters/other", "nothing/me"):
        with pytest.raises(NotFound, match="not enabled"):
            await office.call(wire.PrepareMessage(account, "aunt@letters", "Yes"))
    with pytest.raises(BadInput, match="no text"):
        await office.call(wire.PrepareMessage(ACCOUNT, "aunt@letters", " "))


async def test_the_person_settles_a_doubt(office: Office) -> None:
    office.trouble = Unsure("The connection ended.")
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, "aunt@letters", "Yes"))
    first = await office.call(wire.SendPrepared(prepared, "1"))
    second = await office.call(wire.SendPrepared(prepared, "2"))
    doubts = (await office.call(wire.ListOutbox(uncertain=True))).items
    assert [item.id for item in doubts] == [first.id, second.id]
    assert (await office.call(wire.SettleMessage(first.id, "sent"))).state == "sent"
    office.trouble = None
    assert (await office.call(wire.SettleMessage(second.id, "again"))).state in ("waiting", "sending", "sent")
    await office.messaging.settled(second.id, 5)
    assert len(office.sent) == 1
    assert (await office.call(wire.ListOutbox(uncertain=True))).items == ()
    with pytest.raises(BadInput, match="sent"):
        await office.call(wire.SettleMessage(first.id, "drop"))


async def test_what_waits_can_be_taken_back(office: Office) -> None:
    office.trouble = Unreachable("Away.")
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, "aunt@letters", "Yes"))
    waiting = await office.call(wire.SendPrepared(prepared, "1"))
    assert (waiting.state, waiting.reason) == ("waiting", "Away.") and waiting.next_at
    assert (await office.call(wire.SettleMessage(waiting.id, "drop"))).state == "dropped"


RING = Ring(
    Schedule("s1", "Water the \x1b[31mplants", Rule("2026-11-23T10:00", "UTC")),
    Occurrence("s1", "2026-11-23T10:00", "2026-11-23T10:00:00+00:00", "2026-11-23T10:00:00+00:00"),
)


@pytest.mark.parametrize(("trouble", "told"), [(None, True), (Unreachable("x"), False), (Refused("x"), False)])
async def test_a_reminder_goes_to_the_person_s_own_address(office: Office, trouble: Any, told: bool) -> None:
    office.trouble = trouble
    surface = ChannelSurface(ACCOUNT, "me@letters", "me@letters", office.house.accounts, lambda: True, idempotent=False)
    assert await surface.tell(RING, "s1/key") is told
    assert [(out.to, out.text) for out in office.sent] == ([(("me@letters",), "Water the plants")] if told else [])


async def test_what_nobody_knows_of_a_reminder_is_said(office: Office) -> None:
    office.trouble = Unsure("x")
    surface = ChannelSurface(ACCOUNT, "me@letters", "me@letters", office.house.accounts, lambda: True, idempotent=False)
    with pytest.raises(Unsure):
        await surface.tell(RING, "s1/key")


async def test_settings_that_let_everybody_in_let_nobody_in(office: Office) -> None:
    home = office.house.home
    home.settings.write_text(home.settings.read_text().replace('"!garden"', '"*"'))
    assert office.messaging.settings(ACCOUNT) is None
    with pytest.raises(NotFound, match="not enabled"):
        await office.bring("Hello")
    assert not (await office.call(wire.ListInbox(all=True))).items
