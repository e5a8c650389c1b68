"""The deputy at work: one decision and one answer for a message, and nothing that may not go out any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.deputy.frames import handed_off, signed
from sage.core.deputy.replies import WORDS
from sage.core.errors import BadInput
from sage.plugin_api import Outbound, Refused
from sage.testing.fakes import FakeCalendar
from tests.engine.clocked_office import (
    ACCOUNT,
    ASKED,
    ASKED_KEY,
    EVE,
    GATE,
    KEY,
    OTHER,
    SHARED,
    TOM,
    WORK_TOM,
    DeputyOffice,
)

SIGNED = signed(GATE, "Demo Ana", "en")
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//demo//
BEGIN:VEVENT
UID:1@demo
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:{day}T150000
DTEND;TZID=Europe/Berlin:{day}T160000
SUMMARY:Secret clinic
END:VEVENT
END:VCALENDAR
"""
FREE = "Are you free tomorrow?"
Deed = Callable[[DeputyOffice], Any]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[DeputyOffice]:
    found = DeputyOffice(tmp_path)
    await found.house.accounts.host.look_again()  # nobody agreed to this code: it does not run
    yield found
    await found.end()


async def test_an_easy_question_is_answered_once_when_its_hold_is_over(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring(ASKED)
    assert (kept.state, kept.reply.decision, kept.reply.text) == ("going", "answer", SIGNED)
    await office.pass_time(seconds=59)
    assert office.received == []
    await office.pass_time(seconds=1)
    ((account, out),) = office.received
    assert (account, out.conversation, out.to, out.text, out.auto) == (ACCOUNT, TOM, (TOM,), SIGNED, True)
    await office.pass_time(hours=3)
    assert len(office.received) == 1


async def test_a_message_is_decided_of_once_whoever_looks(office: DeputyOffice) -> None:
    await office.away()
    await office.take(ASKED)
    await asyncio.gather(*(office.deputy.look() for _ in range(3)))
    await office.deputy.look()
    assert len(office.deputy.pages.latest()) == 1
    assert len(office.messaging.outbox.latest()) == 1


async def test_two_engines_that_were_at_one_message_answer_it_once(office: DeputyOffice) -> None:
    """As if one had been killed before its decision was on disk, and both came through."""
    await office.away()
    (arrival,) = await office.take(ASKED)
    assert await office.deputy._take(arrival) == "going"
    assert await office.deputy._take(arrival) is None
    await office.pass_time(minutes=2)
    assert office.texts == [SIGNED]


async def test_two_questions_at_once_are_both_answered_in_their_order(office: DeputyOffice) -> None:
    await office.away()
    await office.bring(ASKED, ASKED_KEY, ASKED)
    await office.pass_time(minutes=2)
    assert [text.split("\n")[0] for text in office.texts] == [GATE, KEY]
    assert [kept.reply.reason for kept in office.deputy.pages.latest()] == ["same", "auto", "auto"]


async def test_an_answer_and_its_place_in_the_outbox_are_kept_together_or_not_at_all(office: DeputyOffice) -> None:
    await office.away()

    def fail(*_: Any) -> None:
        raise BadInput("The disk.")

    office.messaging.sending.put = fail  # type: ignore[assignment,method-assign]
    with pytest.raises(BadInput):
        await office.bring(ASKED)
    assert office.deputy.pages.latest() == []


async def test_what_cannot_be_looked_at_is_for_the_person_and_holds_nothing_up(office: DeputyOffice) -> None:
    await office.away()
    recall = office.house.memory.recall

    def fail(question: str, **more: Any) -> Any:
        if question == "What is odd?":
            raise ZeroDivisionError
        return recall(question, **more)

    office.house.memory.recall = fail
    kept = await office.bring("What is odd?", ASKED)
    assert kept.state == "going"
    odd = office.deputy.pages.latest()[1]
    assert (odd.state, odd.reply.decision, odd.reply.because) == ("open", "handoff", WORDS["fault"])


# -- nothing is composed or sent -------------------------------------------------------------------------------------


async def test_nothing_is_composed_or_sent_while_sage_is_paused(office: DeputyOffice) -> None:
    await office.away()
    first = await office.bring(ASKED_KEY)
    office.house.pausing.pause(office.clock.now(), None)
    asked: list[str] = []
    recall = office.house.memory.recall
    office.house.memory.recall = lambda question, **more: asked.append(question) or recall(question, **more)
    (arrival,) = await office.take(ASKED)
    await office.pass_time(minutes=10)
    assert (office.received, asked, office.deputy.pages.find(arrival.id)) == ([], [], None)
    office.house.pausing.resume(office.clock.now())
    await office.deputy.look()
    await office.pass_time(minutes=2)
    assert [text.split("\n")[0] for text in office.texts] == [KEY, GATE] and office.reply(first).state == "going"


async def test_what_waited_out_its_hour_in_a_pause_is_a_draft(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring(ASKED)
    office.house.pausing.pause(office.clock.now(), None)
    await office.pass_time(hours=2)
    assert (office.received, office.reply(kept).state) == ([], "open")
    (shown,) = (await office.call(wire.ListReplies())).items
    assert (shown.decision, shown.text) == ("draft", GATE) and "could not be sent in time" in shown.fate


async def group(office: DeputyOffice, *more: str) -> None:
    await office.take("Hello", conversation="!garden", group=True, members=(TOM, EVE, *more), sender=EVE)


async def stop(office: DeputyOffice) -> None:
    await office.bring("STOP")


async def stop_elsewhere(office: DeputyOffice) -> None:
    await office.take("Stop please", account=OTHER, sender=WORK_TOM)  # nothing is decided of it yet


async def own_words(office: DeputyOffice) -> None:
    await office.take("I am here", sender="me@letters", conversation=TOM)


async def send_own(office: DeputyOffice) -> None:
    prepared = await office.call(wire.PrepareMessage(ACCOUNT, TOM, "I am here"))
    sending = asyncio.create_task(office.messaging.sending.run())
    await office.call(wire.SendPrepared(prepared, "1"))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    office.received.clear()


async def edited(office: DeputyOffice) -> None:
    await office.take("What is the code of the safe?", edits="m1")


async def back(office: DeputyOffice) -> None:
    await office.call(wire.ComeBack())


async def taken_over(office: DeputyOffice) -> None:
    await office.call(wire.TakeOver(ACCOUNT, TOM))


DEEDS: list[tuple[Deed, str]] = [
    (back, "you are back"),
    (taken_over, "you write there yourself"),
    (own_words, "you write there yourself"),
    (send_own, "you write there yourself"),
    (stop, "they are not to be answered"),
    (stop_elsewhere, "they are not to be answered"),
    (edited, "they changed what they wrote"),
    (lambda office: office.set('addresses = ["letters:tom@letters",', "addresses = ["), "they are not to be answered"),
    (lambda office: office.set('faq = "auto"', 'faq = "draft"'), "you do not allow it any more"),
    (lambda office: office.set("[grants.work]", '[grants.tom]\nfaq = "off"\n[grants.work]'), "you do not allow it any more"),
    (lambda office: office.set("deputy = true", "deputy = false"), "you want no answers there any more"),
    (lambda office: office.set("enabled = true", "enabled = false"), "you want no answers there any more"),
    (lambda office: office.set('allow = ["tom@letters", ', "allow = ["), "you want no answers there any more"),
    (lambda office: office.write("faq.md", f"---\naudience: [eve]\n---\n{GATE}\n"), "not shared with them"),
    (lambda office: office.write("faq.md", f"{GATE}\n"), "not shared with them"),
    (lambda office: office.write("faq.md", f"{SHARED}The code of the garden gate is 1234.\n"), "not so any more"),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "why"), DEEDS, ids=[str(number) for number in range(len(DEEDS))])
async def test_what_may_not_go_any_more_is_a_draft_again_with_the_reason(
    office: DeputyOffice, deed: Deed, why: str
) -> None:
    await office.away()
    kept = await office.bring(ASKED)
    if (done := deed(office)) is not None:
        await done
    await office.pass_time(minutes=2)
    assert office.received == []
    found = office.reply(kept)
    assert (found.state, found.reply.decision, found.reply.text) == ("open", "draft", GATE)
    shown = await office.call(wire.ShowReply(kept.id))
    assert shown.reason == WORDS["kept back"] and shown.fate.startswith("dropped: ") and why in shown.fate
    office.clock.go_on(minutes=2)
    await office.deputy.look()
    await office.pass_time(minutes=2)
    assert office.received == []


async def test_a_group_that_changed_meanwhile_is_not_answered(office: DeputyOffice) -> None:
    await office.away()
    here = {"conversation": "!garden", "group": True, "members": (TOM, EVE)}
    kept = await office.bring(f"Ana, {ASKED.lower()}", **here)
    other = await office.bring(f"Ana, {ASKED_KEY.lower()}", **here | {"conversation": "!garden"})
    assert (kept.state, kept.reply.audience, other.state) == ("going", ("tom", "eve"), "going")
    await group(office, "new@letters")
    await office.pass_time(minutes=2)
    assert office.received == []
    assert "others are in that group" in (await office.call(wire.ShowReply(kept.id))).fate


async def test_a_group_that_is_as_it_was_is_answered_to_all_of_it(office: DeputyOffice) -> None:
    await office.away()
    await office.bring(f"Ana, {ASKED.lower()}", conversation="!garden", group=True, members=(TOM, EVE, "me@letters"))
    await group(office)
    await office.pass_time(minutes=2)
    ((_, out),) = office.received
    assert (out.conversation, out.to) == ("!garden", (TOM, EVE))


async def test_a_message_that_was_forgotten_is_not_answered_and_leaves_no_draft(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring(ASKED)
    office.house.database.run("UPDATE inbound SET sender = '', conversation = '' WHERE id = ?", (kept.arrival,))
    await office.pass_time(minutes=2)
    assert office.received == []
    assert (office.reply(kept).state, office.reply(kept).reply.text) == ("silent", "")


async def test_a_service_that_refuses_leaves_a_draft_and_nothing_that_could_be_sent_as_well(
    office: DeputyOffice,
) -> None:
    def refuse(out: Outbound) -> None:
        raise Refused("Others are in that group by now.")

    await office.away()
    kept = await office.bring(ASKED)
    office.refuse = refuse
    await office.pass_time(minutes=2)
    shown = await office.call(wire.ShowReply(kept.id))
    assert (shown.state, shown.fate) == ("open", "dropped: Others are in that group by now.")
    with pytest.raises(BadInput):
        await office.call(wire.SettleMessage(shown.outgoing, "again"))


# -- whom nobody answers -----------------------------------------------------------------------------------------------


async def test_whoever_wants_no_answers_gets_none_from_any_address_and_is_noted_once(office: DeputyOffice) -> None:
    await office.away()
    await office.bring("Stop", "STOP!", account=OTHER, sender=WORK_TOM)
    assert office.deputy.pages.opted_out() == {"tom"}
    for where in ({}, {"account": OTHER, "sender": WORK_TOM}):
        kept = await office.bring(ASKED, **where)
        assert (kept.state, kept.reply.reason) == ("silent", "optout")
    assert (await office.bring(ASKED, sender=EVE)).state == "going"
    await office.pass_time(minutes=2)
    assert [out.to for _, out in office.received] == [(EVE,)]


async def test_when_the_person_is_free_is_told_from_a_real_calendar(tmp_path: Path) -> None:
    """A question for times meets the calendar's reader itself, which is particular about the zone."""
    calendar = tmp_path / "work.ics"
    office = DeputyOffice(tmp_path / "home", f'[calendar]\nfiles = ["{calendar}"]\nbusy_for = ["work"]\n')
    await office.away()
    calendar.write_text(CALENDAR.format(day=f"{office.clock.now() + timedelta(days=1):%Y%m%d}"))
    kept = await office.bring(FREE)
    await office.end()
    assert kept.state == "going" and "busy 15:00–16:00, otherwise free." in kept.reply.text
    assert "clinic" not in kept.reply.text


ABOVE = "\n\nOn Mon, 23 Nov 2026 at 10:00, <me@letters> wrote:\n> The spare key hangs in the shed.\n> > Where?\n"


async def test_a_mail_that_answers_is_read_without_its_subject_and_what_it_quotes(office: DeputyOffice) -> None:
    """Who says thanks below an answer is not answered again, and who says STOP there is left alone."""
    await office.away()
    thanks = await office.bring(f"Thanks!{ABOVE}", subject=f"Re: {ASKED_KEY}", reply_to="m0")
    assert (thanks.state, thanks.reply.reason) == ("silent", "none")
    await office.bring(f"STOP{ABOVE}", subject=f"Re: {ASKED_KEY}", reply_to="m0")
    assert office.deputy.pages.opted_out() == {"tom"}
    again = await office.bring(ASKED_KEY, sender=EVE, subject="Key")
    assert again.state == "going", "a subject of its own stands with its text"
    stop = "they are not to be answered"
    await office.take(f"Stop{ABOVE}", subject="Re: Key", reply_to="m0", sender=EVE)
    await office.pass_time(minutes=2)
    assert office.received == [] and stop in office.messaging.outbox.latest()[0].reason.lower()


@pytest.mark.parametrize("verified", ["unknown", "no"])
async def test_whom_the_service_does_not_vouch_for_is_never_answered_by_itself(
    office: DeputyOffice, verified: str
) -> None:
    office.set("[deputy]", '[deputy]\nhandoff = "sentence"')
    await office.away()
    (arrival,) = await office.take(ASKED, verified=verified)
    await office.deputy.look()
    await office.pass_time(minutes=2)
    kept = office.deputy.pages.find(arrival.id)
    assert office.received == [] and office.messaging.outbox.latest() == []
    assert kept is None if verified == "no" else kept and (kept.state, kept.reply.reason) == ("open", "unverified")


async def test_an_edit_of_an_earlier_message_is_a_draft(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring(ASKED, edits="m0")
    assert (kept.state, kept.reply.reason) == ("open", "edited")


async def test_an_account_without_the_deputy_is_not_looked_at(office: DeputyOffice) -> None:
    office.set("deputy = true", "deputy = false")
    await office.away()
    (arrival,) = await office.take(ASKED)
    await office.deputy.look()
    assert office.deputy.pages.find(arrival.id) is None


async def test_what_came_long_ago_is_for_the_person_alone(office: DeputyOffice) -> None:
    await office.away()
    (arrival,) = await office.take(ASKED)
    office.clock.go_on(days=3)
    await office.deputy.look()
    assert office.deputy.pages.find(arrival.id) is None


async def test_what_sage_sent_itself_and_the_service_brings_back_is_not_the_person(office: DeputyOffice) -> None:
    await office.away()
    await office.bring(ASKED)
    await office.pass_time(minutes=2)
    receipt = office.messaging.outbox.latest()[0].receipt
    office.house.database.run("UPDATE outbox SET receipt = 'm9'")
    office._number = 8
    await office.take(SIGNED, sender="me@letters", conversation=TOM, own=True)
    assert receipt and (await office.bring(ASKED_KEY)).state == "going"


async def test_one_constant_sentence_a_day_and_only_if_it_was_chosen(office: DeputyOffice) -> None:
    await office.away()
    assert (await office.bring("Should we sell the car?")).state == "open"
    await office.pass_time(minutes=2)
    assert office.received == []
    office.set("[deputy]", '[deputy]\nhandoff = "sentence"')
    await office.bring("Should we sell the boat?", "Should we sell the house?")
    await office.pass_time(minutes=2)
    assert office.texts == [handed_off("Demo Ana", "en")]
    await office.pass_time(hours=20)
    await office.bring("Should we sell the piano?")
    await office.pass_time(minutes=2)
    assert len(office.received) == 1
    await office.pass_time(hours=5)
    await office.bring("Should we sell the tent?")
    await office.pass_time(minutes=2)
    assert len(office.received) == 2


async def test_nobody_is_told_to_wait_while_the_person_is_here_or_does_not_want_it_any_more(
    office: DeputyOffice,
) -> None:
    office.set("[deputy]", '[deputy]\nhandoff = "sentence"')
    await office.bring("Should we sell the boat?")
    await office.away()
    await office.bring("Should we sell the car?")
    office.set('handoff = "sentence"', 'handoff = "silence"')
    await office.pass_time(minutes=2)
    assert office.received == []


# -- what changes while it waits ---------------------------------------------------------------------------------------


async def test_times_are_told_as_they_are_when_they_are_sent(office: DeputyOffice) -> None:
    office.house.calendar = calendar = FakeCalendar()
    office.set("[deputy]", '[calendar]\nbusy_for = ["work"]\n[deputy]')
    calendar.put("e1", "Clinic", office.clock.now() + timedelta(days=1))
    await office.away()
    first = await office.bring(FREE)
    await office.pass_time(minutes=2)
    assert len(office.received) == 1 and "Clinic" not in office.texts[0]
    second = await office.bring(f"{FREE} I ask again.")
    assert (first.state, second.state) == ("going", "going")
    calendar.put("e2", "Court", office.clock.now() + timedelta(days=1, hours=3))
    await office.pass_time(minutes=2)
    assert (len(office.received), office.reply(second).state) == (1, "open")
    third = await office.bring(f"{FREE} Really?")
    office.set('busy_for = ["work"]', "busy_for = []")
    await office.pass_time(minutes=2)
    assert (third.state, len(office.received), office.reply(third).state) == ("going", 1, "open")


async def test_a_card_s_line_that_is_not_shared_any_more_stays(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring("What is Tom's phone?", sender=EVE)
    assert kept.state == "going" and kept.reply.text.startswith("tom: phone +49 30 1234")
    office.set('phone = ["work"]', 'phone = ["nobody"]')
    await office.pass_time(minutes=2)
    assert (office.received, office.reply(kept).state) == ([], "open")


async def test_of_somebody_whose_name_another_has_by_now_nothing_leaves(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring("What is Tom's phone?", sender=EVE)
    assert kept.state == "going"
    office.set(
        "[people.tom]",
        '[people.tom2]\ncalled = "Tom"\ncard = { mail = "t2" }\nshared = { mail = ["work"] }\n[people.tom]',
    )
    await office.pass_time(minutes=2)
    assert (office.received, office.reply(kept).state) == ([], "open")


# -- the person ----------------------------------------------------------------------------------------------------------


async def approve(office: DeputyOffice, kept: Any, text: str = "") -> Any:
    shown = await office.call(wire.ShowReply(kept.id, text))
    sending = asyncio.create_task(office.messaging.sending.run())
    try:
        return await office.call(wire.ApproveReply(kept.id, shown.digest, text))
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize("here", [True, False])
async def test_what_the_person_approves_goes_at_once_even_in_a_pause_and_past_what_is_held(
    office: DeputyOffice, here: bool
) -> None:
    draft = await office.bring(ASKED)
    assert (draft.state, draft.reply.reason) == ("open", "away")
    if not here:
        await office.away()
        await office.bring(ASKED_KEY)  # in its hold, in the same conversation
    office.house.pausing.pause(office.clock.now(), None)
    done = await approve(office, draft)
    assert (done.state, done.fate, office.texts) == ("approved", "sent", [GATE])
    assert office.received[0][1].auto is False


async def test_what_was_taken_back_can_be_approved_and_is_then_in_the_person_s_name(office: DeputyOffice) -> None:
    await office.away()
    kept = await office.bring(ASKED)
    taken = await office.call(wire.SettleReply(kept.id, "take back"))
    assert (taken.state, taken.text, taken.fate) == ("taken back", GATE, "dropped: you took it back")
    await office.pass_time(minutes=2)
    assert office.received == []
    with pytest.raises(BadInput):
        await office.call(wire.SettleReply(kept.id, "take back"))
    assert (await approve(office, kept)).state == "approved" and office.texts == [GATE]


async def test_nothing_is_approved_that_is_not_on_its_way(office: DeputyOffice) -> None:
    draft = await office.bring(ASKED)
    shown = await office.call(wire.ShowReply(draft.id))

    def fail(*_: Any) -> None:
        raise BadInput("The disk.")

    office.messaging.sending.put = fail  # type: ignore[assignment,method-assign]
    with pytest.raises(BadInput):
        await office.call(wire.ApproveReply(draft.id, shown.digest))
    assert office.reply(draft).state == "open"


# -- when ----------------------------------------------------------------------------------------------------------------


async def test_automatic_answers_wait_for_the_end_of_quiet_hours_and_then_have_their_hour(office: DeputyOffice) -> None:
    office.set("[deputy]", "[deputy]\nquiet = true")
    await office.away()
    await office.pass_time(hours=13)  # 23:00
    kept = await office.bring(ASKED)
    (waits,) = office.messaging.outbox.latest()
    assert datetime.fromisoformat(waits.hold_until).strftime("%d %H:%M") == "24 08:00"
    await office.pass_time(hours=8, minutes=59)
    assert (office.received, office.reply(kept).state) == ([], "going")
    await office.pass_time(minutes=1)
    assert office.texts == [SIGNED]


async def test_what_was_late_does_not_leave_in_quiet_hours(office: DeputyOffice) -> None:
    office.set("[deputy]", "[deputy]\nquiet = true")
    await office.away()
    await office.pass_time(hours=11, minutes=58)  # 21:58
    await office.bring(ASKED)
    await office.pass_time(minutes=3)
    assert office.received == []


async def test_hours_are_quiet_only_if_the_person_wants_them_for_answers(office: DeputyOffice) -> None:
    await office.away()
    await office.pass_time(hours=13)
    await office.bring(ASKED)
    await office.pass_time(minutes=2)
    assert office.texts == [SIGNED]


async def test_one_contact_gets_so_many_answers_a_day_over_all_their_addresses(office: DeputyOffice) -> None:
    office.set("[deputy]", "[deputy]\nper_contact_a_day = 2")
    await office.away()
    await office.bring(ASKED)
    await office.bring(ASKED_KEY, account=OTHER, sender=WORK_TOM)
    kept = await office.bring(ASKED, account=OTHER, sender=WORK_TOM)
    assert (kept.state, kept.reply.reason) == ("silent", "often")
    assert (await office.bring(ASKED, sender=EVE)).state == "going"
    await office.pass_time(hours=25)
    assert (await office.bring(ASKED, account=OTHER, sender=WORK_TOM)).state == "going"


async def test_answers_leave_at_steps_after_their_message_came_however_long_they_took(office: DeputyOffice) -> None:
    office.set("hold_seconds = 60", "hold_seconds = 0")
    await office.away()
    steps = []
    for number, seconds in enumerate((0.1, 0.5, 1.9, 2.1)):
        (arrival,) = await office.take(f"{ASKED} {'!' * number}", account=OTHER, sender=WORK_TOM)
        office.clock.go_on(seconds=seconds)
        await office.deputy.look()
        waits = office.messaging.outbox.latest()[0]
        steps.append(datetime.fromisoformat(waits.hold_until) - datetime.fromisoformat(arrival.received_at))
        office.clock.go_on(hours=7)
    assert steps == [timedelta(seconds=each) for each in (2, 2, 2, 4)]


async def test_nobody_is_told_to_wait_for_an_answer_that_was_given_meanwhile(office: DeputyOffice) -> None:
    office.set("[deputy]", '[deputy]\nquiet = true\nhandoff = "sentence"')
    await office.away()
    await office.pass_time(hours=13)
    kept = await office.bring("Should we sell the car?")
    await approve(office, kept, "Yes, sell it.")
    await office.pass_time(hours=9)
    assert office.texts == ["Yes, sell it."]


async def test_a_backlog_and_what_came_in_part_wait_for_the_person(office: DeputyOffice) -> None:
    await office.away()
    days = office.clock.now() - timedelta(days=5)
    late = await office.bring(ASKED, at=days.isoformat())
    part = await office.bring(ASKED_KEY, left_out=1)
    await office.pass_time(minutes=2)
    assert (late.reply.decision, late.reply.reason, part.reply.decision, part.reply.reason) == (
        "draft",
        "late",
        "draft",
        "part",
    )
    assert office.received == []


async def test_tomorrow_is_the_day_after_it_was_written_also_when_midnight_lies_between(office: DeputyOffice) -> None:
    office.house.calendar = FakeCalendar()
    office.set("[deputy]", '[calendar]\nbusy_for = ["work"]\n[deputy]')
    await office.away()
    now = office.clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    office.clock.go_on(seconds=(midnight - now).total_seconds() - 30)
    kept = await office.bring(FREE)
    await office.pass_time(minutes=2)
    assert office.texts == [kept.reply.text] and f" {midnight.day} " in kept.reply.text


async def test_who_has_no_calendar_is_not_said_to_be_free(office: DeputyOffice) -> None:
    office.set("[deputy]", '[calendar]\nbusy_for = ["work"]\n[deputy]')
    await office.away()
    kept = await office.bring(FREE)
    assert (kept.reply.decision, kept.reply.reason) == ("handoff", "unread")
    office.house.calendar = FakeCalendar()
    assert (await office.bring(f"{FREE} I ask again.")).reply.decision == "answer"
