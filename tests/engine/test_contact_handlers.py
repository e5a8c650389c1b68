"""Contacts: whom the person knows, what each could learn, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.core.errors import BadInput, NotFound
from tests.engine.deputy_office import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path)
    yield found
    await found.house.close()


async def test_contacts_are_listed_with_when_they_wrote_last(office: Office) -> None:
    message = await office.bring("Hello", sender="TOM@letters")
    tom, eve = (await office.call(wire.ListContacts())).contacts
    assert (tom.name, tom.called, tom.addresses, tom.circles) == (
        "tom",
        "Demo Tom",
        ("letters:tom@letters",),
        ("work",),
    )
    assert (tom.last_id, bool(tom.last_at), tom.opted_out) == (message, True, False)
    assert datetime.fromisoformat(tom.last_at).utcoffset() == office.house.clock.now().utcoffset()
    assert (eve.name, eve.last_at, eve.grants) == ("eve", "", ())


async def test_what_a_contact_could_learn_is_listed(office: Office) -> None:
    tom = await office.call(wire.ShowContact("Tom"))
    assert [(one.source, one.passages) for one in tom.sight.seen] == [("office-faq.md", 1)]
    assert (tom.busy, tom.cards) == (False, ("Demo Tom: phone",))
    assert [(one.topic, one.how) for one in tom.topics] == [("office-faq", "draft"), ("contacts", "draft")]
    eve = await office.call(wire.ShowContact("letters:eve@letters"))
    assert (eve.sight.passages, eve.cards, eve.topics) == (0, (), ())
    with pytest.raises(NotFound, match="nearest is 'tom'"):
        await office.call(wire.ShowContact("tomm"))


async def test_a_contact_of_a_message_is_added_and_comments_stay(office: Office) -> None:
    message = await office.bring("It's me", sender="aunt@letters")
    add = wire.AddContact("Demo Aunt", circles=("Family",), arrival=message)
    before = office.settings()
    shown = await office.call(wire.AddContact(**{**_fields(add), "preview": True}))
    assert (shown.before, shown.widens, office.settings()) == (None, False, before)
    shown = await office.call(add)
    assert (shown.after.contact.name, shown.after.contact.addresses) == ("demo-aunt", ("letters:aunt@letters",))
    assert "# those whom I know" in office.settings() and "# from work" in office.settings()
    known = office.desk.deputy.rules().people.at("letters:AUNT@letters")
    assert known and (known.name, known.circles) == ("demo-aunt", ("family",))


def _fields(request: Any) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__struct_fields__}


async def test_an_address_for_a_contact_who_sees_something_is_told_first(office: Office) -> None:
    shown = await office.call(wire.AddContact("tom", addresses=("letters:tommy@letters",), preview=True))
    assert shown.widens and shown.after.sight.passages == 1 and shown.before.name == "tom"
    assert shown.hints == ('To let their messages in, add "tommy@letters" to the `allow` of letters/me.',)
    await office.call(wire.AddContact("tom", addresses=("letters:tommy@letters", "letters:TOM@letters")))
    tom = office.desk.deputy.rules().people.named("tom")
    assert tom and tom.addresses == ("letters:tom@letters", "letters:tommy@letters") and tom.card


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "ann", "addresses": ("letters:tom@letters",)}, "tom's address already"),
        ({"name": "work"}, "name of a circle"),
        ({"name": "ann", "circles": ("eve",)}, "name of a circle"),
        ({"name": "public"}, "cannot be somebody's name"),
        ({"name": "*"}, "cannot be somebody's name"),
        ({"name": " "}, "cannot be somebody's name"),
        ({"name": "ann", "addresses": ("letters:*",)}, "no address such as"),
        ({"name": "ann", "addresses": ("@ann:letters",)}, "no address such as"),
        ({"name": "ann", "addresses": ("letters:ME@letters",)}, "your own address"),
    ],
)
async def test_who_cannot_be_is_refused(office: Office, given: dict[str, Any], told: str) -> None:
    before = office.settings()
    with pytest.raises(BadInput, match=told) as caught:
        await office.call(wire.AddContact(**given))
    assert caught.value.safe == "Nothing was changed." and office.settings() == before


async def test_the_address_of_a_forged_message_is_not_taken(office: Office) -> None:
    message = await office.bring("Hello", sender="aunt@letters", verified="no")
    with pytest.raises(BadInput, match="forged"):
        await office.call(wire.AddContact("ann", arrival=message))
    message = await office.bring("Hello again", sender="aunt@letters", verified="unknown")
    assert (await office.call(wire.AddContact("ann", arrival=message, preview=True))).hints == (
        "Nobody vouches that aunt@letters wrote that message.",
    )


async def test_a_contact_is_removed_with_what_is_granted_to_them(office: Office) -> None:
    await office.call(wire.GiveGrant("tom", "office-faq", "auto"))
    await office.call(wire.AddContact("tom", addresses=("letters:tommy@letters",)))
    with pytest.raises(NotFound, match="has no"):
        await office.call(wire.RemoveContact("tom", addresses=("letters:eve@letters",)))
    await office.call(wire.RemoveContact("tom", addresses=("letters:tom@letters",), circles=("Work",)))
    tom = office.desk.deputy.rules().people.named("tom")
    assert tom and (tom.addresses, tom.circles) == (("letters:tommy@letters",), ())
    await office.call(wire.RemoveContact("tom"))
    rules = office.desk.deputy.rules()
    assert rules.people.named("tom") is None and "tom" not in rules.grants and "work" in rules.grants
    assert "# for now" in office.settings()


async def test_who_wanted_no_answers_is_answered_again_when_the_person_says_so(office: Office) -> None:
    with pytest.raises(BadInput, match="never said"):
        await office.call(wire.AnswerAgain("tom"))
    await office.ask("STOP")
    assert (await office.call(wire.ShowContact("tom"))).contact.opted_out
    assert not (await office.call(wire.AnswerAgain("tom"))).opted_out
    assert office.pages.opted_out() == frozenset()


async def test_whoever_is_named_as_a_reader_sees_with_all_of_their_names(office: Office) -> None:
    sight = (await office.call(wire.ShowLabels(("Tom",)))).sight
    assert (sight.names, sight.passages) == (("tom",), 1), "it is shared with a circle of theirs"
    assert [hit.source for hit in (await office.call(wire.Recall("code of the gate", 5, ("tom",)))).hits] == [
        "office-faq.md"
    ]
    assert (await office.call(wire.Recall("code of the gate", 5, ("work", "tom")))).hits
    assert (await office.call(wire.Recall("code of the gate", 5, ("eve",)))).sees_nothing
    assert len((await office.call(wire.ListNewest(5, ("tom",)))).hits) == 1
