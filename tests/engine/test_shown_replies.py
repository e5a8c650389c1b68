"""Messages for which Sage drafted nothing: the person answers them by the same requests, exactly as it was shown, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.forgetting.forgetting import Target
from tests.engine.deputy_office import ACCOUNT, Office

GARDEN = {"conversation": "!garden", "group": True}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.house.accounts.host.look_again()
    sending = asyncio.create_task(found.messaging.sending.run())
    yield found
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await found.house.close()


async def answer(office: Office, name: str, text: str) -> wire.ReplyShown:
    shown = await office.call(wire.ShowReply(name, text))
    done: wire.ReplyShown = await office.call(wire.ApproveReply(shown.id, shown.digest, text))
    return done


async def test_what_asks_nothing_or_comes_from_no_contact_is_answered_as_it_was_shown(office: Office) -> None:
    await office.ask("The plums are ripe.")
    await office.ask("Hello there.", "aunt@letters")
    for sender, contact in (("tom@letters", "tom"), ("aunt@letters", "aunt@letters")):
        (message,) = [each for each in (await office.call(wire.ListInbox())).items if each.sender == sender]
        shown = await office.call(wire.ShowReply(message.id, "Thank you!"))
        assert (shown.state, shown.to, shown.text, shown.contact) == ("silent", (sender,), "Thank you!", contact)
        done = await answer(office, message.id, "Thank you!")
        assert (done.state, done.fate, done.text, done.asked) == ("edited", "sent", "Thank you!", message.text)
        with pytest.raises(BadInput, match="answered it already"):
            await office.call(wire.ApproveReply(message.id, shown.digest, "Thank you!"))
        assert (await office.call(wire.ShowReply(done.id))).fate == "sent"
    assert [(each.to, each.text, each.reply_to) for each in office.sent] == [
        (("tom@letters",), "Thank you!", "m The plums are ripe."),
        (("aunt@letters",), "Thank you!", "m Hello there."),
    ]
    corrected = await office.call(wire.ShowReply(done.id, "Thanks again."))
    assert (await office.call(wire.CorrectReply(done.id, corrected.digest, "Thanks again."))).corrections


async def test_what_the_person_answered_sage_does_not_answer_as_well(office: Office) -> None:
    await office.call(wire.GiveGrant("work", "office-faq", "auto"))
    await office.call(wire.GoAway("2h"))
    name = await office.bring("What is the code of the garden gate?")
    shown = await office.call(wire.ShowReply(name, "Ask Eve."))
    assert shown.id == name
    await answer(office, name, "Ask Eve.")
    await office.desk.deputy.look()
    assert [each.text for each in office.sent] == ["Ask Eve."]


async def test_what_sage_is_about_to_answer_by_now_the_person_does_not_answer_as_well(office: Office) -> None:
    await office.call(wire.GiveGrant("work", "office-faq", "auto"))
    await office.call(wire.GoAway("2h"))
    name = await office.bring("What is the code of the garden gate?")
    shown = await office.call(wire.ShowReply(name, "Ask Eve."))
    await office.desk.deputy.look()
    with pytest.raises(BadInput, match="about to leave by itself"):
        await office.call(wire.ApproveReply(name, shown.digest, "Ask Eve."))
    assert (await office.call(wire.ShowReply(name))).state == "going"


async def test_other_words_or_other_readers_than_were_shown_are_not_sent(office: Office) -> None:
    name = await office.bring("Hello.")
    shown = await office.call(wire.ShowReply(name, "Hi."))
    for digest, text in ((shown.digest, "Hi!"), ("", "Hi."), (shown.digest, "")):
        with pytest.raises(BadInput):
            await office.call(wire.ApproveReply(name, digest, text))
    assert office.sent == [] and office.pages.find(name) is None


async def test_what_nobody_can_answer_is_said(office: Office) -> None:
    held = await office.bring("Buy this", "stranger@letters")
    crowd = await office.bring("Hello all", "tom@letters", **GARDEN)
    for name, why in ((held, "were not kept"), (crowd, "Nobody knows who is in that group")):
        with pytest.raises(BadInput, match=why):
            await office.call(wire.ShowReply(name, "Hi."))
    known = await office.bring("Hello!", "tom@letters", members=("tom@letters", "eve@letters", "me@letters"), **GARDEN)
    assert (await office.call(wire.ShowReply(known, "Hi."))).to == ("tom@letters", "eve@letters")
    gone = await office.bring("The zebra is ill.")
    forgetter = office.house.forgetter
    await asyncio.to_thread(forgetter.forget, Target((gone,)), forgetter.preview(Target((gone,))).digest)
    for name in (gone, "i0000"):
        with pytest.raises(NotFound):
            await office.call(wire.ShowReply(name, "Hi."))
    office.house.home.settings.write_text(office.settings().replace("enabled = true", "enabled = false"))
    with pytest.raises(BadInput, match="is not enabled"):
        await office.call(wire.ShowReply(known, "Hi."))


async def test_it_stands_in_the_digest_as_settled_and_counts_as_no_draft(office: Office) -> None:
    name = await office.ask("Can you bring the plums on Friday?", "aunt@letters")
    message = office.pages.find(name).arrival if office.pages.find(name) else ""  # type: ignore[union-attr]
    await answer(office, message, "Yes.")
    since = (office.house.clock.now() - timedelta(hours=1)).isoformat()
    assert (await office.call(wire.ShowDigest(since=since))).needs == 0
    assert (await office.call(wire.ShowFigures())).figures == ()
    assert [each.made for each in (await office.call(wire.ListCases())).cases] == ["written"]
    assert office.messaging.outbox.latest()[0].account == ACCOUNT
