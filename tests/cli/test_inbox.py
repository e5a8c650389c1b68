from __future__ import annotations

from msgspec.structs import replace

from sage import wire
from sage.cli import inbox
from sage.cli.inbox_drafts import reply_lines, waiting_lines
from sage.cli.printing import ROOM
from sage.core.deputy.replies import WORDS

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


DRAFT = wire.ReplyShown(
    "y1a20878efcae89cf4", "i95277e2d3257", "mail/work", "tom@work.example.org", "tom", "tom@work.example.org",
    "Parking\n\nHow much is parking a day for those who come by car from the other side of the town, please?",
    "draft", "what they may see does not answer it clearly enough", "Four euros.", ("tom@work.example.org",), "", "open",
    audience=("tom",), made_at="2026-11-23T13:54:33+01:00",
)  # fmt: skip


def test_what_waits_and_came_in_and_goes_out_fits_eighty_columns() -> None:
    item = replace(ITEM, text="x" * 300, name="Demo Aunt")
    out = wire.OutboxItem("o1", "mail/me", "aunt", ("aunt@example.org",), "x " * 300, "reply", "sent", at=DRAFT.made_at)
    lines = [*waiting_lines((DRAFT,), ()), *inbox._item_lines(item), *inbox._out_lines(out)]
    assert all(len(line) <= ROOM for line in lines)
    assert any(line.endswith("…") for line in lines) and any("[y1a20878efcae89cf4]" in line for line in lines)


def test_an_answer_says_what_became_of_it_and_nothing_else() -> None:
    def told(**fields: str) -> str:
        return "\n".join(reply_lines(replace(DRAFT, **fields)))

    answered = told(decision="answer", state="going", fate="waiting", leaves="2026-11-23T13:55:33+01:00")
    assert "Sage: an answer: " in answered and "It leaves at 2026-11-23 13:55:33." in answered
    assert "taken back" not in answered and "It was" not in answered
    assert "It was sent." in told(decision="answer", state="going", fate="sent")
    assert "; you sent your own words" in told(state="edited", fate="sent")
    assert all(len(line) <= ROOM for line in told().splitlines() if not line.startswith("  "))
    assert "It was not sent." in told(state="denied") and "; you denied it" in told(state="denied")


def test_a_message_of_nobodys_says_how_they_become_a_contact() -> None:
    class Client:
        def call(self, request: wire.ShowReply) -> wire.ReplyShown:
            return replace(DRAFT, decision="silence", reason=WORDS["stranger"], state="silent")

    told = inbox._decided(Client(), ITEM)  # type: ignore[arg-type]
    assert "Sage: nothing: nobody of your contacts writes from there." in told[1]
    assert told[2] == "To make them a contact: sage contacts add NAME --from i1"
