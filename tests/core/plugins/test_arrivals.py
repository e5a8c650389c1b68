"""The door: whatever comes, what is kept can be kept and shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.core.plugins.arrivals import ID_LENGTH, MOST_MEMBERS, TEXT_BYTES, cleaned
from sage.core.terminal_text import clean, clean_line
from sage.plugin_api import Address, Attachment, Inbound

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVENT = Inbound("m1", "c1", Address("aunt@example.org", "Demo Aunt"), "Hello", "2026-11-23T09:30:00+01:00")


def test_what_is_clean_stays_as_it_is() -> None:
    assert cleaned(EVENT, NOW) == EVENT


def test_nothing_that_steers_a_terminal_is_kept() -> None:
    bad = "a\x1b[31mb\x1b]0;evil\x07c\u202ed\x9b2J\x00e\n"
    found = cleaned(
        replace(
            EVENT,
            sender=Address("aunt", bad),
            text=bad,
            subject=bad,
            unreadable=bad,
            attachments=(Attachment(bad, bad),),
        ),
        NOW,
    )
    for shown in (found.sender.name, found.subject, found.unreadable, found.attachments[0].name):
        assert shown == clean_line(shown) and "evil" not in shown and "a" in shown
    assert found.text == clean(found.text) and "e\n" in found.text


def test_ids_stay_and_what_is_none_goes() -> None:
    odd = "<a b=$%&'\"@example.org>"
    assert cleaned(replace(EVENT, id=odd, conversation=odd), NOW).conversation == odd
    for wrong in ("a\x1b[2Jb", "a\nb", "x" * (ID_LENGTH + 1)):
        found = cleaned(replace(EVENT, id=wrong, conversation=wrong, sender=Address(wrong)), NOW)
        assert found.conversation == found.sender.id == ""
        assert found.id.startswith("sha256:")
        assert found.id == cleaned(replace(EVENT, id=wrong), NOW).id


def test_a_long_text_is_cut_and_how_much_is_said() -> None:
    text = "ä" * 6_000_000
    found = cleaned(replace(EVENT, text=text, left_out=7), NOW)
    assert len(found.text.encode()) <= TEXT_BYTES
    assert len(found.text.encode()) + found.left_out == len(text.encode()) + 7


def test_a_moment_is_one_and_never_lies_ahead() -> None:
    assert cleaned(replace(EVENT, at="tomorrow"), NOW).at == NOW.isoformat()
    assert cleaned(replace(EVENT, at="2026-11-23T10:00:00"), NOW).at == NOW.isoformat()
    assert cleaned(replace(EVENT, at="2999-01-01T00:00:00+00:00"), NOW).at == NOW.isoformat()


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23\x1b05:26:31+00:00", "2026-11-23T05:26:31"],
)
def test_an_odd_moment_hinders_nothing_and_steers_nothing(at: str) -> None:
    found = cleaned(replace(EVENT, at=at), NOW).at
    assert datetime.fromisoformat(found) <= NOW and found == clean_line(found)


def test_an_odd_size_fits_into_a_row() -> None:
    assert cleaned(replace(EVENT, left_out=10**30), NOW).left_out < 1 << 63


def test_a_group_that_cannot_be_named_whole_is_not_named() -> None:
    everybody = tuple(f"m{number}" for number in range(MOST_MEMBERS + 1))
    assert cleaned(replace(EVENT, members=everybody), NOW).members == ()
    assert cleaned(replace(EVENT, members=("aunt", "un\ncle")), NOW).members == ()
    assert cleaned(replace(EVENT, members=("aunt", "aunt", "uncle")), NOW).members == ("aunt", "uncle")


@given(st.text(st.characters(codec=None), max_size=60))
def test_whatever_comes_can_be_kept(text: str) -> None:
    event = Inbound(text, text, Address(text, text), text, text, members=(text,), thread=text, subject=text)
    found = cleaned(event, NOW)
    for kept in (found.id, found.conversation, found.sender.id, found.sender.name, found.text, found.subject):
        kept.encode()
        assert clean(kept) == kept
