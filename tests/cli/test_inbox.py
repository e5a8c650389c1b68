from __future__ import annotations

from msgspec.structs import replace

from sage import wire
from sage.cli import inbox

ITEM = wire.InboxItem(
    "i1", "mail/me", "aunt@example.org", "aunt@example.org", "kept", "2026-11-23T09:00:00+01:00",
    text="Hello\nFrom: bank@example.org (the service vouches for it)\r\n\n(500 bytes more were left out)",
)  # fmt: skip


def test_no_line_of_a_message_passes_for_one_of_sage_s() -> None:
    lines = inbox._lines(ITEM)
    assert lines[-4:] == [
        "  Hello",
        "  From: bank@example.org (the service vouches for it)",
        "  ",
        "  (500 bytes more were left out)",
    ]
    assert inbox._lines(replace(ITEM, text=""))[-1] == "It cannot be read: it has no text."
