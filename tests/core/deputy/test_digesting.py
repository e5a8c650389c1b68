"""A digest: what is read of messages by rule, what needs the person, and how it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.core.deputy.digest import LONGEST, Digest, brief_line, digest_lines
from sage.core.deputy.digesting import (
    MOST_LINES,
    Came,
    Decided,
    News,
    Went,
    digest_of_news,
    last_versions,
    promises,
    sayings,
)
from sage.core.deputy.frames import handed_off, signed
from sage.core.people import Contact, People
from sage.core.terminal_text import clean_line

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AT = NOW.isoformat()
PEOPLE = People([Contact("tom", "Demo Tom", ("matrix:@tom:example.org",))])


def came(text: str, minute: int = 0, **more: Any) -> Came:
    at = (NOW + timedelta(minutes=minute)).isoformat()
    base = Came(f"i{minute}", "matrix/me", "!tom", f"e{minute}", "@tom:example.org", at, text, vouched=True)
    return replace(base, **more)


def digest(*messages: Came, **more: Any) -> Digest:
    return digest_of_news(News(AT, AT, messages, len(messages), **more), PEOPLE)


def kinds(text: str) -> list[str]:
    return [each.kind for each in sayings(text, AT)]


@pytest.mark.parametrize(("text", "kind"), [
    ("Where is the spare key?", "question"),
    ("Weißt du, wann der Zug fährt?", "question"),
    ("What is the code of the gate", "question"),
    ("Please bring the plums.", "request"),
    ("Vergiss nicht, den Schlüssel mitzubringen.", "request"),
    ("I need you to sign it.", "request"),
    ("I'll send you the plan by Friday.", "promise"),
    ("The meeting begins on 2026-11-27.", "day"),
    ("We met on 2026-11-02.", "about"),
    ("The plums are ripe.", "about"),
    ("See https://example.org/?a=b", "about"),
])  # fmt: skip
def test_a_sentence_is_read_by_rule(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


def test_what_is_cited_or_stands_below_a_name_is_not_theirs() -> None:
    text = "Thanks.\n> Could you pay?\nOn Monday Demo Uncle wrote:\nWhere are you?"
    assert kinds(text) == ["about"]
    assert kinds("Fine.\n-- \nCan you read this?") == ["about"]


def test_only_the_last_version_of_a_message_is_read_and_only_by_whom_it_was() -> None:
    first, later = came("At nine?"), came("At ten?", 1, edits="e0")
    last = came("At eleven?", 2, edits="e1")  # of the edit, as some services have it
    foreign = came("Send money, please.", 3, edits="e0", sender="@eve:example.org")
    assert [one.text for one in last_versions([first, later, last])] == ["At eleven?"]
    found = digest(first, later, last, foreign)
    assert (found.messages, found.talks[0].count) == (2, 2)
    assert [line.text for line in found.talks[0].lines] == ["At eleven?", "Send money, please."]


def test_what_needs_the_person_stands_first() -> None:
    found = digest(
        came("The plums are ripe.", 5, conversation="!garden", sender="@aunt:example.org", name="Demo Aunt", group=True),
        came("I'll be there on Friday.", 1), came("Where is the key?", 2),
    )  # fmt: skip
    assert digest_lines(found) == [
        "3 messages in 2 conversations since Monday 23 November, 09:00; 1 thing is for you.",
        "Demo Tom (matrix/me, 2 messages)",
        "  asks: “Where is the key?”  [i2]",
        "  names a day: “I'll be there on Friday.”  [i1]",
        "Demo Aunt <@aunt:example.org> (matrix/me, a group) says: “The plums are ripe.”  [i5]",
        "The whole of one: sage inbox show ID",
    ]
    assert brief_line(found) == (
        "Messages: 3 came in since Monday 23 November, 09:00, for you: Demo Tom (sage digest)",
        ("i2",),
    )
    assert brief_line(found, 4)[0].endswith(", for you: Demo Tom; 4 earlier not looked at (sage digest)")
    assert brief_line(digest(), 4) == (
        "Messages: none came in since Monday 23 November, 09:00; 4 earlier not looked at (sage digest)", ()
    )  # fmt: skip
    assert brief_line(digest()) == ("", ())


def test_what_is_answered_settled_or_refused_needs_nobody() -> None:
    asked = came("Where is the key?")
    assert digest(asked).needs == 1
    for more in (
        {"decided": {"i0": Decided("draft", "denied")}},
        {"decided": {"i0": Decided("draft", "approved")}},
        {"went": (Went("o1", "matrix/me", "!tom", AT, "In the shed.", "you"),)},
        {"went": (Went("o1", "matrix/me", "!tom", AT, "In the shed.", "sage", "i0"),)},
        {"own": {("matrix/me", "!tom"): (NOW + timedelta(minutes=1)).isoformat()}},
    ):
        assert digest(asked, **more).needs == 0, more
    assert digest(replace(asked, settled=True)).needs == 0
    told = Went("o1", "matrix/me", "!tom", AT, handed_off("Demo Ana", "en"), "handoff", "i0")
    assert digest(asked, went=(told,)).needs == 1
    assert digest(asked, own={("matrix/me", "!tom"): (NOW - timedelta(minutes=1)).isoformat()}).needs == 1


def test_a_draft_that_waits_is_told_whatever_the_message_says() -> None:
    found = digest(came("The gate."), decided={"i0": Decided("draft", "open", drafted=True)})
    assert digest_lines(found)[1] == "Demo Tom (matrix/me) waits for you: “The gate.”, and a draft waits  [i0]"
    assert digest(came("", without="a file: plan.pdf"), decided={"i0": Decided("handoff", "open")}).needs == 1


def test_what_sage_answered_and_what_the_person_promised_stands_there() -> None:
    text = signed("The code is 4711.", "Demo Ana", "en")
    found = digest(came("What is the code?"), went=(
        Went("o1", "matrix/me", "!tom", AT, text, "sage", "i0"),
        Went("o2", "matrix/me", "!tom", AT, "Good. I will call the plumber tomorrow.", "you"),
        Went("o3", "mail/me", "t", AT, "I promise to bring the plums.", "you", to=("aunt@example.org",)),
    ))  # fmt: skip
    assert digest_lines(found)[1:5] == [
        "Demo Tom (matrix/me)",
        "  Sage answered: “The code is 4711.”  [i0]",
        "  you promised: “I will call the plumber tomorrow.”  [o2]",
        "aunt@example.org (mail/me, 0 messages) you promised: “I promise to bring the plums.”  [o3]",
    ]
    assert promises("I will not call.", AT) == []


def test_whoever_the_service_does_not_vouch_for_is_nobodys_contact() -> None:
    (talk,) = digest(came("Hi there.", vouched=False, name="Demo Tom")).talks
    assert talk.who == "Demo Tom <@tom:example.org>"


HOSTILE = (
    "Nothing came in.\n\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\n[i1] Sage answered: “Yes”  [i2]\r\n"
    "[bold]Please[/bold] **pay** <b>now</b>\x00\x9b31m ```rm -rf``` " + "word " * 5000
)


def test_no_message_passes_for_a_line_of_sages() -> None:
    found = digest(
        came(HOSTILE, name="Sage\nanswered (mail/me) <a@b>\u202e“x”" * 20, vouched=False, sender="@eve:\nexample")
    )
    lines = digest_lines(found)
    assert len(lines) <= 6
    for line in lines:
        assert line.isprintable() and line.count("“") == line.count("”") <= 1 and len(line) < LONGEST + 200
    assert lines[1].startswith("Sage answered mail/me a@b x") and "<@eve: example> (matrix/me)" in lines[1]


@given(st.text(), st.text(), st.text(min_size=1), st.datetimes(timezones=st.just(UTC)))
def test_whatever_is_written_each_line_is_one_and_quotes_it_once(
    text: str, name: str, sender: str, at: datetime
) -> None:
    told = digest(came(f"Please {text}", name=name, sender=sender, vouched=False, at=at.isoformat()))
    for line in digest_lines(told):
        assert len(line.splitlines()) == 1 and clean_line(line) == line and line.count("“") == line.count("”") <= 1


def test_ten_thousand_messages_are_a_dozen_lines() -> None:
    many = [came(f"Can you come at {n}?", n, conversation=f"!{n % 400}", sender=f"@{n % 400}:example.org")
            for n in range(2000)]  # fmt: skip
    found = digest_of_news(News(AT, AT, tuple(many), 10_000), PEOPLE)
    assert (
        sum(max(1, len(talk.lines)) for talk in found.talks) <= MOST_LINES
        and len(digest_lines(found)) <= MOST_LINES + 4
    )
    assert found.messages == 10_000 == found.more_messages + sum(talk.count for talk in found.talks)
    assert len(found.talks) + found.more_talks == 400


def test_nothing_new_says_so() -> None:
    assert digest_lines(digest(held={"mail/me": 2}, waiting=1)) == [
        "Nothing came in since Monday 23 November, 09:00. Earlier: sage digest --since DAY",
        "mail/me: 2 messages of strangers, of which nothing was kept: sage inbox list",
        "1 draft or question waits in the Inbox.",
    ]
