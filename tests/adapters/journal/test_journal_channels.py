"""Messages in the journal: each once, with the cursor, and of strangers no word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sage.adapters.database import IN_MEMORY, Database
from sage.adapters.journal.journal_channels import ChannelPages, Judged, arrival_id, message_thread
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.journal.journal_texts import TextPages
from sage.core.errors import SageError
from sage.core.plugins.admission import Admission, Admit, Hold, Ignore
from sage.plugin_api import Address, Attachment, Inbound

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVENT = Inbound("m1", "c1", Address("aunt@example.org", "Demo Aunt"), "Dinner at seven?", "2026-11-23T08:00:00+00:00",
                subject="Friday", members=("aunt@example.org",), attachments=(Attachment("menu.pdf", "application/pdf", 9),),
                verified="yes")  # fmt: skip
AUNT = Admit("mail:aunt@example.org", ("mail:aunt@example.org",))
ACCOUNT = "mail/me"


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database(IN_MEMORY, MIGRATIONS)) as found:
        yield found


@pytest.fixture
def pages(database: Database) -> ChannelPages:
    return ChannelPages(database)


def take(pages: ChannelPages, *events: Inbound, admission: Admission = AUNT, cursor: str = "1") -> list[str]:
    return pages.take(ACCOUNT, [Judged(event, admission) for event in events], cursor, NOW)


def test_a_message_is_kept_whole(pages: ChannelPages, database: Database) -> None:
    (name,) = take(pages, EVENT)
    found = pages.find(name)
    assert found and found.id == arrival_id(ACCOUNT, "m1")
    assert (found.state, found.why, found.name, found.contact) == ("kept", "", "Demo Aunt", "mail:aunt@example.org")
    assert found.text == "Friday\n\nDinner at seven?" and found.attachments == EVENT.attachments
    (text,) = [text for _, text in TextPages(database).texts_after(0, 9)]
    assert (text.origin, text.audience) == ("contact", ("mail:aunt@example.org",))
    assert text.speaker == "Demo Aunt (aunt@example.org)" and text.id == found.text_id
    assert text.thread == message_thread(ACCOUNT, "c1")


def test_what_comes_twice_is_kept_once(pages: ChannelPages, database: Database) -> None:
    assert len(take(pages, EVENT, EVENT)) == 1
    assert take(pages, replace(EVENT, text="another text under that id"), cursor="2") == []
    assert [text.text for _, text in TextPages(database).texts_after(0, 9)] == ["Friday\n\nDinner at seven?"]
    assert pages.cursor(ACCOUNT) == "2"


def test_one_event_in_two_accounts_is_two_messages(pages: ChannelPages) -> None:
    take(pages, EVENT)
    assert len(pages.take("mail/work", [Judged(EVENT, AUNT)], "1", NOW)) == 1


@pytest.mark.parametrize(
    "admission", [Hold("stranger"), Hold("group"), Hold("unverified"), Ignore("auto"), Ignore("own")]
)
def test_no_word_of_what_was_not_let_in_is_on_the_disk(admission: Any, tmp_path: Path) -> None:
    secret = "xyzzy plugh"
    words = replace(EVENT, text=secret, subject=secret, unreadable=secret, sender=Address("mallory", secret),
                    attachments=(Attachment(secret),))  # fmt: skip
    with closing(Database(tmp_path / "journal.db", MIGRATIONS)) as database:
        (name,) = take(ChannelPages(database), words, admission=admission)
        found = ChannelPages(database).find(name)
        assert found and found.why == admission.why
        assert TextPages(database).texts_after(0, 9) == []
    for path in tmp_path.iterdir():
        assert secret.encode() not in path.read_bytes()


def test_a_message_without_text_is_kept_without_one(pages: ChannelPages, database: Database) -> None:
    (name,) = take(pages, replace(EVENT, text=" ", subject="", unreadable="its key is missing"))
    found = pages.find(name)
    assert found and (found.text_id, found.unreadable) == ("", "its key is missing")
    assert TextPages(database).texts_after(0, 9) == []


def test_the_cursor_moves_with_the_messages_or_not_at_all(pages: ChannelPages, database: Database) -> None:
    take(pages, cursor="1")
    database.run("CREATE TRIGGER full BEFORE INSERT ON texts BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(SageError):
        take(pages, replace(EVENT, id="m0", text="", subject=""), EVENT, cursor="2")
    assert pages.cursor(ACCOUNT) == "1"
    assert pages.arrivals() == []


def test_an_account_has_a_cursor_of_its_own(pages: ChannelPages) -> None:
    take(pages, cursor="7")
    assert (pages.cursor(ACCOUNT), pages.cursor("mail/work")) == ("7", "")


def test_the_list_is_newest_first_and_what_is_settled_is_left_out(pages: ChannelPages) -> None:
    first, second = take(pages, EVENT, replace(EVENT, id="m2"))
    take(pages, replace(EVENT, id="m3"), admission=Ignore("auto"))
    assert [arrival.id for arrival in pages.arrivals()] == [second, first]
    pages.settle(second, NOW)
    assert [arrival.id for arrival in pages.arrivals(open_only=True)] == [first]
    assert len(pages.arrivals(limit=1)) == 1
    assert [arrival.why for arrival in pages.arrivals(states=["ignored"])] == ["auto"]


def test_what_another_wrote_last_tells_who_is_in_a_conversation(pages: ChannelPages) -> None:
    take(pages, EVENT, replace(EVENT, id="m2", members=("aunt@example.org", "uncle@example.org")))
    take(pages, replace(EVENT, id="m3", own=True), admission=Ignore("own"))
    last = pages.last_of(ACCOUNT, "c1")
    assert last and last.members == ("aunt@example.org", "uncle@example.org")
    assert pages.last_of(ACCOUNT, "elsewhere") is None
