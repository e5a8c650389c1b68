"""What was answered while the person was away, corrections of it, and what is shared from a draft."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.plugin_api import Unsure
from tests.engine.deputy_office import Office

ASKED = "What is the code of the garden gate?"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.house.accounts.host.look_again()  # nobody agreed to this code: it does not run
    sending = asyncio.create_task(found.messaging.sending.run())
    yield found
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await found.house.close()


async def answered(office: Office) -> str:
    """An answer that Sage gave by itself."""
    await office.call(wire.GiveGrant("work", "office-faq", "auto"))
    await office.call(wire.GoAway("2h"))
    name = await office.ask(ASKED)
    (message,) = office.messaging.outbox.latest()
    await office.messaging.settled(message.id, 20)
    return name


async def test_what_was_answered_is_shown_with_its_fate(office: Office) -> None:
    assert (await office.call(wire.ListAnswered())).items == ()
    name = await answered(office)
    await office.ask("Should we sell the car?")
    shown = await office.call(wire.ListAnswered())
    (item,) = shown.items
    assert (item.id, item.asked, item.fate, shown.open) == (name, ASKED, "sent", 1)
    assert item.text.startswith("The code of the garden gate is 4711.") and shown.absence.away
    assert len(office.sent) == 1


async def test_a_correction_is_an_answer_to_the_same_message_once(office: Office) -> None:
    name = await answered(office)
    shown = await office.call(wire.ShowReply(name, "It is 4712 by now."))
    assert (shown.text, shown.to) == ("It is 4712 by now.", ("tom@letters",)) and len(office.sent) == 1
    for _ in range(2):
        done = await office.call(wire.CorrectReply(name, shown.digest, "It is 4712 by now."))
    assert [(each.text, each.state) for each in done.corrections] == [("It is 4712 by now.", "sent")]
    assert done.fate == "sent" and done.text.startswith("The code of the garden gate")
    first, second = office.sent
    assert (second.text, second.to, second.reply_to, second.auto) == (
        "It is 4712 by now.", ("tom@letters",), first.reply_to, False,
    )  # fmt: skip
    (case,) = (await office.call(wire.ListCases())).cases
    assert (case.made, case.final, case.asked) == ("corrected", "It is 4712 by now.", ASKED)


async def test_what_was_not_seen_or_not_answered_is_not_corrected(office: Office) -> None:
    draft = await office.ask(ASKED)
    shown = await office.call(wire.ShowReply(draft, "It is 4712."))
    with pytest.raises(BadInput, match="Nothing was answered"):
        await office.call(wire.CorrectReply(draft, shown.digest, "It is 4712."))
    await office.call(wire.ApproveReply(draft, (await office.call(wire.ShowReply(draft))).digest))
    with pytest.raises(BadInput, match="others by now than you saw"):
        await office.call(wire.CorrectReply(draft, shown.digest, "It is 4713."))
    assert [out.text for out in office.sent] == ["The code of the garden gate is 4711."]


async def test_a_passage_is_shared_from_a_draft_and_the_draft_is_composed_anew(office: Office) -> None:
    name = await office.ask("What is the code of the safe in the cellar?", sender="eve@letters")
    before = await office.call(wire.ShowReply(name))
    assert (before.decision, before.text, len(before.hints)) == ("handoff", "", 1)
    preview = await office.call(wire.ShareHint(name, ("eve",)))
    assert [(reach.name, reach.passages) for reach in preview.change.gains] == [("eve", 1)] and not preview.shared
    assert (await office.call(wire.ShowContact("eve"))).sight.passages == 0
    with pytest.raises(BadInput, match="other by now"):
        await office.call(wire.ShareHint(name, ("eve", "tom"), digest=preview.digest))
    assert (await office.call(wire.ShowContact("eve"))).sight.passages == 0
    done = await office.call(wire.ShareHint(name, ("eve",), digest=preview.digest))
    assert done.shared and done.change.kind == "passage"
    assert (done.reply.state, done.reply.text, done.reply.hints) == (
        "open",
        "The code of the safe in the cellar is 9999.",
        (),
    )
    assert [each.citation for each in done.reply.sources] == ["diary.md#Safe:3"], (
        "the person is told which note it is from"
    )
    eve = await office.call(wire.ShowContact("eve"))
    assert eve.sight.passages == 1, "the other passage of that note stays private"
    assert [(each.topic, each.how) for each in eve.topics] == [("any", "draft")]
    change = await office.call(wire.GiveGrant("eve", "diary", "auto", preview=True))
    assert change.members == (wire.MemberSight("eve", 0, 1),)
    assert change.hints == ("eve sees passages of diary, not the note as a whole: for these the grant on any counts.",)
    assert office.sent == []


async def test_a_whole_note_is_shared_only_if_the_person_says_so(office: Office) -> None:
    name = await office.ask("What is the code of the safe in the cellar?", sender="eve@letters")
    preview = await office.call(wire.ShareHint(name, ("eve",), note=True))
    assert (preview.change.kind, preview.change.gains[0].passages) == ("note", 2)


async def test_without_a_hint_nothing_is_shared(office: Office) -> None:
    name = await office.ask(ASKED)
    with pytest.raises(BadInput, match="Nothing private"):
        await office.call(wire.ShareHint(name, ("eve",)))
    name = await office.ask("What is the code of the safe in the cellar?", sender="eve@letters")
    with pytest.raises(NotFound, match="No contact or circle is called 'zoe'"):
        await office.call(wire.ShareHint(name, ("zoe",)))
    with pytest.raises(BadInput, match="no hint 2"):
        await office.call(wire.ShareHint(name, ("eve",), hint=2))
    (office.house.home.notes / "diary.md").write_text("# Diary\n\nNothing.\n")
    office.house.memory.import_path(office.house.home.notes)
    with pytest.raises(NotFound, match="not there any more"):
        await office.call(wire.ShareHint(name, ("eve",)))
    await office.call(wire.SettleReply(name, "deny"))
    with pytest.raises(BadInput, match="You denied it already"):
        await office.call(wire.ShareHint(name, ("eve",)))


async def test_a_draft_that_is_composed_anew_waits_whatever_is_granted(office: Office) -> None:
    name = await office.ask("What is the code of the safe in the cellar?", sender="eve@letters")
    await office.call(wire.GiveGrant("eve", "any", "auto"))
    await office.call(wire.GoAway(""))
    preview = await office.call(wire.ShareHint(name, ("eve",)))
    done = await office.call(wire.ShareHint(name, ("eve",), digest=preview.digest))
    assert (done.reply.decision, done.reply.state) == ("draft", "open") and "Sage" not in done.reply.text
    assert office.messaging.outbox.latest() == []


async def test_a_correction_that_did_not_arrive_says_nothing_of_the_answer(office: Office) -> None:
    name = await answered(office)
    office.trouble = Unsure("The connection ended.")
    shown = await office.call(wire.ShowReply(name, "It is 4712 by now."))
    done = await office.call(wire.CorrectReply(name, shown.digest, "It is 4712 by now."))
    assert done.fate == "sent" and [each.state for each in done.corrections] == ["uncertain"]


async def test_what_is_not_to_be_answered_any_more_keeps_the_draft_that_it_had(office: Office) -> None:
    name = await office.ask("What is the code of the safe in the cellar?", sender="eve@letters")
    await office.call(wire.GiveGrant("eve", "any", "off"))
    preview = await office.call(wire.ShareHint(name, ("eve",)))
    done = await office.call(wire.ShareHint(name, ("eve",), digest=preview.digest))
    assert done.shared and (done.reply.decision, done.reply.state) == ("handoff", "open")


async def test_a_draft_that_was_settled_meanwhile_is_left_as_it_is(office: Office) -> None:
    name = await office.ask(ASKED)
    kept = office.pages.find(name)
    assert kept and office.pages.compose_anew(name, replace(kept.reply, text="Five."))
    await office.call(wire.SettleReply(name, "deny"))
    assert not office.pages.compose_anew(name, replace(kept.reply, text="Six."))
    assert (await office.call(wire.ShowReply(name))).text == "Five."


async def test_what_was_taken_back_is_shown_among_what_was_answered_and_is_a_case(office: Office) -> None:
    settings = office.house.home.settings
    settings.write_text(settings.read_text().replace("hold_seconds = 0", "hold_seconds = 600"))
    await office.call(wire.GiveGrant("work", "office-faq", "auto"))
    await office.call(wire.GoAway("2h"))
    name = await office.ask(ASKED)
    (item,) = (await office.call(wire.ListAnswered())).items
    assert (item.id, item.fate, bool(item.leaves)) == (name, "waiting", True)
    shown = await office.call(wire.ShowReply(name, "Five."))
    with pytest.raises(BadInput, match="Nothing was answered") as caught:
        await office.call(wire.CorrectReply(name, shown.digest, "Five."))
    assert f"sage inbox take-back {name}" in caught.value.do
    await office.call(wire.SettleReply(name, "take back"))
    (item,) = (await office.call(wire.ListAnswered())).items
    assert (item.state, item.decision, office.sent) == ("taken back", "draft", [])
    assert [case.made for case in (await office.call(wire.ListCases())).cases] == ["taken back"]
    with pytest.raises(BadInput, match="nothing to take back"):
        await office.call(wire.SettleReply(name, "take back"))
