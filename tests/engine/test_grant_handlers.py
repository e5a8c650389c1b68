"""Grants: told before they are given, for whom and on what, and never wider than what somebody may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage import wire
from sage.core.errors import BadInput, NotFound
from tests.engine.deputy_office import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    yield found
    await found.house.close()


async def test_a_preview_tells_who_what_and_the_last_drafts(office: Office) -> None:
    draft = await office.ask("What is the code of the garden gate?")
    before = office.settings()
    change = await office.call(wire.GiveGrant("Work", "Office-FAQ", "auto", preview=True))
    assert (change.grant.who, change.grant.topic, change.grant.members) == ("work", "office-faq", ("tom",))
    assert (change.before, change.widens, change.notes) == ("draft", True, ("office-faq.md",))
    assert [(each.name, each.passages) for each in change.members] == [("tom", 1)]
    assert [each.id for each in change.drafts] == [draft] and change.hints == ()
    assert office.settings() == before
    await office.call(wire.GiveGrant("Work", "Office-FAQ", "auto"))
    assert 'office-faq = "auto"  # for now' in office.settings()
    listed = (await office.call(wire.ListGrants())).grants
    assert [(each.who, each.topic, each.how, each.members) for each in listed] == [
        ("work", "office-faq", "auto", ("tom",))
    ]


async def test_a_grant_for_what_they_may_not_see_says_so_and_shows_nothing(office: Office) -> None:
    change = await office.call(wire.GiveGrant("eve", "diary", "auto"))
    assert change.members == (wire.MemberSight("eve", 0),)
    assert change.hints == (
        "A grant shows nothing to anybody: eve may see nothing of diary. To share it: sage share TARGET --with eve",
    )
    assert (await office.call(wire.ShowContact("eve"))).sight.passages == 0
    await office.ask("What is the code of the safe in the cellar?", sender="eve@letters")
    assert office.messaging.outbox.latest() == []


@pytest.mark.parametrize(
    ("who", "topic", "error", "told"),
    [
        ("*", "office-faq", BadInput, "Nothing is granted"),
        ("public", "office-faq", BadInput, "Nothing is granted"),
        ("wurk", "office-faq", NotFound, "nearest is 'work'"),
        ("tom", "ofice-faq", NotFound, "nearest is 'office-faq'"),
    ],
)
async def test_who_and_what_there_is_not_is_refused(
    office: Office, who: str, topic: str, error: type[Exception], told: str
) -> None:
    before = office.settings()
    with pytest.raises(error, match=told.replace("'", ".")):
        await office.call(wire.GiveGrant(who, topic, "auto"))
    assert office.settings() == before


async def test_narrowing_needs_no_preview_and_a_topic_with_a_dot_is_one(office: Office) -> None:
    (office.house.home.notes / "Office v1.2.md").write_text("# Office\n\nThe kettle is blue.\n")
    office.house.memory.import_path(office.house.home.notes)
    change = await office.call(wire.GiveGrant("tom", "Office v1.2", "auto"))
    assert change.notes == ("Office v1.2.md",)
    assert not (await office.call(wire.GiveGrant("tom", "any", "off", preview=True))).widens
    assert office.desk.deputy.rules().grants["tom"] == {"office-v1.2": "auto"}
    change = await office.call(wire.GiveGrant("tom", "office v1.2", "off"))
    assert (change.before, office.desk.deputy.rules().grants["tom"]) == ("auto", {"office-v1.2": "off"})
