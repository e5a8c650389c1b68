"""The outbox on disk: one row for a key, and no step from a state that it is not in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sage.adapters.database import IN_MEMORY, Database
from sage.adapters.journal.journal_outbox import OutboxPages
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.core.errors import BadInput
from sage.core.plugins.outbox import Message, Outcome

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def message(name: str = "o1", **more: Any) -> Message:
    plain = Message(name, f"k-{name}", "mail/me", "c1", ("aunt@example.org",), "Hello\nthere", "direct", "typed", "d1")
    return replace(plain, made_at=NOW.isoformat(), changed_at=NOW.isoformat(), auto=False, **more)


@pytest.fixture
def pages() -> Iterator[OutboxPages]:
    with closing(Database(IN_MEMORY, MIGRATIONS)) as database:
        yield OutboxPages(database)


def test_a_message_comes_back_as_it_was(pages: OutboxPages) -> None:
    given = message(subject="s", thread="t", reply_to="r", answers="i1", turn="t1", send_by="2026-11-23T10:00:00+00:00")
    assert pages.add(given) == given == pages.find("o1")


def test_one_key_is_one_row(pages: OutboxPages) -> None:
    pages.add(message())
    assert pages.add(message("o2", key="k-o1")).id == "o1"
    assert len(pages.latest()) == 1
    with pytest.raises(BadInput, match="key"):
        pages.add(message("o3", key="k-o1", digest="other"))


def test_it_is_claimed_once(pages: OutboxPages) -> None:
    waiting = pages.add(message())
    assert pages.claim(waiting, NOW) and not pages.claim(waiting, NOW)
    assert [each.tries for each in pages.in_state("sending")] == [1]


def test_only_what_is_being_sent_is_settled(pages: OutboxPages) -> None:
    waiting = pages.add(message())
    assert not pages.settle(waiting, "sending", Outcome("sent"), NOW)
    pages.claim(waiting, NOW)
    assert pages.settle(waiting, "sending", Outcome("sent", receipt="s1"), NOW)
    assert not pages.settle(waiting, "sending", Outcome("failed"), NOW)
    found = pages.find("o1")
    assert found and (found.state, found.receipt) == ("sent", "s1")


def test_only_what_is_in_doubt_or_failed_is_sent_once_more(pages: OutboxPages) -> None:
    for name, state in (("o1", "waiting"), ("o2", "sent"), ("o3", "uncertain"), ("o4", "failed"), ("o5", "dropped")):
        pages.add(message(name, state=state, tries=3, reason="why"))
    later = NOW + timedelta(hours=1)
    assert [name for name in ("o1", "o2", "o3", "o4", "o5") if pages.again(message(name), later, NOW)] == ["o3", "o4"]
    again = pages.find("o3")
    assert again and (again.state, again.tries, again.reason, again.send_by) == ("waiting", 0, "", later.isoformat())


def test_what_went_out_within_the_hour_is_counted(pages: OutboxPages) -> None:
    def add(name: str, minutes: int, **more: Any) -> None:
        pages.add(replace(message(name, **more), changed_at=(NOW - timedelta(minutes=minutes)).isoformat()))

    add("o1", 5, state="sent")
    add("o2", 50, state="uncertain", conversation="c2")
    add("o3", 61, state="sent")
    add("o4", 1, state="failed")
    add("o5", 1, state="sent", account="mail/work")
    recent = pages.recent(message("o9"), NOW)
    assert (len(recent.conversation), len(recent.account)) == (1, 2)


def test_what_was_forgotten_is_not_shown(pages: OutboxPages) -> None:
    pages.add(message("o1", text=""))
    pages.add(message("o2"))
    pages.add(message("o3"))
    assert [each.id for each in pages.latest()] == ["o3", "o2"]
    assert [each.id for each in pages.latest(1)] == ["o3"]
