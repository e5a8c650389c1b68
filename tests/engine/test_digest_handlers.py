"""`sage digest` over a real home: what came in since the person looked last, and nothing of what was forgotten."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sage import wire
from sage.core.deputy.digest import digest_lines
from sage.core.errors import BadInput, NotFound
from sage.core.forgetting.forgetting import Target
from sage.core.rituals import Ritual
from tests.engine.deputy_office import ACCOUNT, Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    await found.house.accounts.host.look_again()  # nobody agreed to this code: it does not run
    yield found
    await found.house.close()


async def brief_of(office: Office) -> Ritual:
    line: Any = SimpleNamespace(profile="default")
    return await office.desk.handle(wire.ShowRitual("brief"), line, None)  # type: ignore[arg-type, no-any-return]


async def test_what_came_in_is_told_once_and_again_when_somebody_asks_for_that_time(office: Office) -> None:
    key = await office.ask("Where is the key of the cellar?")
    await office.bring("The plums are ripe.", "aunt@letters")  # let in, but no contact
    await office.bring("Buy my pills!", "stranger@letters")
    found = await office.call(wire.ShowDigest())
    arrival = office.pages.find(key).arrival  # type: ignore[union-attr]
    assert digest_lines(found)[1:] == [
        f"Demo Tom (letters/me) asks: “Where is the key of the cellar?”  [{arrival}]",
        f"aunt@letters (letters/me) says: “The plums are ripe.”  [{found.talks[1].lines[0].message}]",
        "letters/me: 1 message of strangers, of which nothing was kept: sage inbox list",
        "1 draft or question waits in the Inbox.",
        "The whole of one: sage inbox show ID",
    ]
    again = await office.call(wire.ShowDigest())
    assert (again.messages, again.talks, again.waiting) == (0, (), 1)
    assert (await office.call(wire.ShowDigest(since="yesterday"))).messages == 2
    await office.bring("And the pears?", "aunt@letters")
    assert (await office.call(wire.ShowDigest())).messages == 1


async def test_a_part_of_it_may_be_asked_for_and_counts_as_no_look(office: Office) -> None:
    await office.bring("Where is the key?")
    await office.bring("The plums are ripe.", "aunt@letters")
    for request, who in (
        (wire.ShowDigest(person="tom"), "Demo Tom"),
        (wire.ShowDigest(person="demo tom"), "Demo Tom"),
        (wire.ShowDigest(person="letters:tom@letters"), "Demo Tom"),
        (wire.ShowDigest(person="Aunt@letters"), "aunt@letters"),
    ):
        (talk,) = (await office.call(request)).talks
        assert talk.who == who
    assert (await office.call(wire.ShowDigest(channel="letters"))).messages == 2
    assert (await office.call(wire.ShowDigest(channel=ACCOUNT, person="eve"))).messages == 0
    for channel in ("l%", "letters/you"):
        with pytest.raises(NotFound, match="No account"):
            await office.call(wire.ShowDigest(channel=channel))
    assert (await office.call(wire.ShowDigest())).messages == 2


async def test_a_time_that_is_none_or_lies_ahead_is_refused(office: Office) -> None:
    for words in ("monday", "friday", "freitag", "gestern", "last week"):
        assert (await office.call(wire.ShowDigest(since=words))).until
    for words in ("plums", "tomorrow", "2999-01-01"):
        with pytest.raises(BadInput, match="no day that has begun"):
            await office.call(wire.ShowDigest(since=words))
    before = (office.house.clock.now() - timedelta(minutes=5)).isoformat()
    await office.bring("Where is the key?")
    assert (await office.call(wire.ShowDigest(since=before))).messages == 1


async def test_what_was_edited_or_forgotten_is_not_in_it(office: Office) -> None:
    await office.bring("Meet at nine?", id="m1")
    await office.bring("Meet at ten?", id="m2", edits="m1")
    gone = await office.bring("The spare zebra is ill.", "aunt@letters")
    target = Target((gone,))
    forgetter = office.house.forgetter
    await asyncio.to_thread(forgetter.forget, target, forgetter.preview(target).digest)
    found = await office.call(wire.ShowDigest())
    assert found.messages == 1 and [line.text for line in found.talks[0].lines] == ["Meet at ten?"]


async def test_what_sage_is_about_to_answer_and_what_the_person_wrote_there(office: Office) -> None:
    await office.call(wire.GiveGrant("work", "office-faq", "auto"))
    await office.call(wire.GoAway("2h"))
    await office.ask("What is the code of the garden gate?")
    await office.bring("Where is the key?", "eve@letters")
    await office.bring("In the shed.", "me@letters", conversation="eve@letters", own=True)
    lines = digest_lines(await office.call(wire.ShowDigest()))
    assert any("Sage is about to answer: “The code of the garden gate is 4711.”" in line for line in lines)
    assert not any("asks" in line or "need" in line for line in lines)


async def test_nobodys_words_are_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await office.bring("Where is the zebracanary?")
    await office.call(wire.ShowDigest())
    await brief_of(office)
    assert "zebracanary" not in caplog.text and "tom@letters" not in caplog.text


async def test_the_brief_says_in_one_line_and_nobodys_words_what_came_in(office: Office) -> None:
    name = await office.bring("Where is the zebra?")
    brief = await brief_of(office)
    ((line),) = [line for line in brief.lines if line.part == "messages"]
    assert line.text.startswith("Messages: 1 came in since ") and line.text.endswith(
        ", for you: Demo Tom (sage digest)"
    )
    assert line.sources == (name,)
    target = Target((name,))
    forgetter = office.house.forgetter
    await asyncio.to_thread(forgetter.forget, target, forgetter.preview(target).digest)
    assert office.house.rituals.shown("brief", office.house.clock.now()) is False
    assert not [line for line in (await brief_of(office)).lines if line.part == "messages"]


async def test_a_brief_does_not_tell_again_what_that_of_yesterday_told_and_hides_nothing_of_it(office: Office) -> None:
    def lines(brief: Ritual) -> list[str]:
        return [line.text for line in brief.lines if line.part == "messages"]

    await office.bring("Where is the zebra?")
    assert "1 came in" in lines(await brief_of(office))[0] == lines(await brief_of(office))[0], (
        "today's stays as it was"
    )
    clock, office.house.clock = office.house.clock, SimpleNamespace(now=lambda: clock.now() + timedelta(days=1))
    assert "none came in since" in (told := lines(await brief_of(office))[0]) and "1 earlier not looked at" in told
    await office.bring("And the plums?", "aunt@letters")
    assert "1 came in since" in (told := lines(await brief_of(office))[0]) and "1 earlier not looked at" in told
    assert (await office.call(wire.ShowDigest())).messages == 2
    office.house.clock = SimpleNamespace(now=lambda: clock.now() + timedelta(days=1, hours=1))
    assert lines(await brief_of(office)) == []


async def test_ten_thousand_messages_of_hundreds_of_people_are_short(office: Office) -> None:
    database, at = office.house.database, office.house.clock.now().isoformat()
    text = "Can you bring the plums on Friday?\n" + "The boat is green. " * 300
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO texts (id, source, thread, ordinal, said_when, text, origin, audience) VALUES ('t1', '', '', 0, ?, ?,"
            " 'contact', 'private')",
            (at, text),
        )
        connection.executemany(
            "INSERT INTO inbound (id, account, event, conversation, sender, state, text_id, at, received_at)"
            " VALUES (?, 'letters/me', ?, ?, ?, 'kept', 't1', ?, ?)",
            [(f"i{n}", f"e{n}", f"!{n % 300}", f"{n % 900}@letters", at, at) for n in range(10_000)],
        )
    found = await office.call(wire.ShowDigest())
    assert (found.messages, len(found.talks) + found.more_talks) == (10_000, 300)
    assert len(digest_lines(found)) <= 16
