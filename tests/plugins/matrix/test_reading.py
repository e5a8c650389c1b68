"""What is taken of an event, whatever somebody wrote into it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sage_plugins.matrix.reading import MEMBERS, MESSAGE, STICKER, Origin, Room, changes, message, moment_of, unreadable

from sage.plugin_api import Attachment, Inbound

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ROOM = Room("!room:sage.test", ("@ben:sage.test",), {"@ben:sage.test": "Demo Ben"})
ORIGIN = Origin("$one", ROOM, "@ben:sage.test", "2026-11-23T04:00:00+00:00", False, "yes")


def read(content: Any, kind: str = MESSAGE, edits: str = "") -> Inbound:
    found = message(ORIGIN, kind, content, edits)
    assert found
    return found


def text(body: Any, **more: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **more}


def related(**relation: Any) -> dict[str, Any]:
    return {"m.relates_to": relation}


def test_a_text_is_read() -> None:
    found = read(text("Hello", format="org.matrix.custom.html", formatted_body="<b>other words</b>"))
    assert found == Inbound(
        id="$one",
        conversation="!room:sage.test",
        sender=found.sender,
        text="Hello",
        at="2026-11-23T04:00:00+00:00",
        verified="yes",
    )
    assert (found.sender.id, found.sender.name) == ("@ben:sage.test", "Demo Ben")


@pytest.mark.parametrize("msgtype", ["m.notice", "m.server_notice"])
def test_what_a_program_says_is_marked(msgtype: str) -> None:
    assert read({"msgtype": msgtype, "body": "away"}).auto


def test_an_emote_keeps_its_star() -> None:
    assert read({"msgtype": "m.emote", "body": "waves"}).text == "* waves"


def test_an_answer_names_what_it_answers_and_loses_the_quote() -> None:
    quote = "> <@ana:sage.test> first line\n> second line\n\nMy answer\n> a quote of mine"
    found = read(text(quote, **related(**{"m.in_reply_to": {"event_id": "$before"}})))
    assert (found.reply_to, found.text) == ("$before", "My answer\n> a quote of mine")


def test_a_quote_that_answers_nothing_stays() -> None:
    assert read(text("> <@ana:sage.test> words\n\nmore")).text == "> <@ana:sage.test> words\n\nmore"


def test_an_answer_without_a_quote_stays_as_it_is() -> None:
    relation = related(**{"m.in_reply_to": {"event_id": "$before"}})
    assert read(text("> not from a program\nwords", **relation)).text == "> not from a program\nwords"


def test_a_thread_is_named_and_its_fallback_is_no_answer() -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    assert read(text("x", **related(**relation, is_falling_back=True))).reply_to == ""
    found = read(text("x", **related(**relation)))
    assert (found.thread, found.reply_to) == ("$root", "$last")


def test_a_changed_message_has_its_new_text() -> None:
    content = text("* new", **{"m.new_content": text("new")}, **related(rel_type="m.replace", event_id="$old"))
    assert changes(content) == "$old"
    found = read(content, edits="$old")
    assert (found.text, found.edits) == ("new", "$old")
    assert read(content).text == "* new", "one that may not replace anything is a message of its own"


def test_half_a_sign_is_none() -> None:
    assert read(text("a\ud800b")).text == "a?b"


def test_a_text_that_came_late_replaces_the_message_without_one() -> None:
    found = read(text("at last"), edits="$one")
    assert (found.text, found.edits) == ("at last", "$one")


def test_a_change_without_a_new_text_is_none() -> None:
    assert changes(text("x", **related(rel_type="m.replace", event_id="$old"))) == ""


def test_a_file_is_named() -> None:
    image = {"msgtype": "m.image", "body": "cat.png", "url": "mxc://x/y", "info": {"mimetype": "image/png", "size": 7}}
    found = read(image)
    assert (found.text, found.attachments) == ("", (Attachment("cat.png", "image/png", 7),))


def test_a_file_s_words_are_its_text() -> None:
    found = read({"msgtype": "m.file", "body": "see page 2", "filename": "a.pdf", "info": {"size": -1}})
    assert (found.text, found.attachments) == ("see page 2", (Attachment("a.pdf"),))


def test_a_sticker_is_a_file() -> None:
    assert read({"body": "a cat", "url": "mxc://x/y"}, STICKER).attachments == (Attachment("a cat"),)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("m.reaction", {"body": "x"}),
        (MESSAGE, {"msgtype": "m.key.verification.request", "body": "x"}),
        (MESSAGE, {}),
    ],
)
def test_what_is_no_message(kind: str, content: dict[str, Any]) -> None:
    assert message(ORIGIN, kind, content) is None


def test_a_group_names_all_others_while_they_can_be_counted() -> None:
    few = ORIGIN._replace(room=ROOM._replace(others=("@a:x", "@b:x")))
    crowd = ORIGIN._replace(room=ROOM._replace(others=tuple(f"@{number}:x" for number in range(MEMBERS + 1))))
    small, large = unreadable(few, "why"), unreadable(crowd, "why")
    assert small.group and small.members == ("@a:x", "@b:x")
    assert large.group and large.members == ()
    assert not unreadable(ORIGIN, "why").group


def test_nobody_vouches_for_a_sender_whose_capitals_tell_them_from_another() -> None:
    assert read(text("Hello")).verified == "yes"
    capital = message(ORIGIN._replace(sender="@Ben:sage.test"), MESSAGE, text("Hello"), "")
    assert capital and capital.verified == "no"


@pytest.mark.parametrize("stamp", [None, "soon", 10**30, -(10**30), float("nan"), [], {}])
def test_a_moment_that_is_none_is_now(stamp: Any) -> None:
    assert datetime.fromisoformat(moment_of(stamp, NOW)) == NOW


WORDS = (
    "msgtype body format formatted_body m.relates_to m.in_reply_to event_id rel_type m.new_content filename info size "
    "mimetype is_falling_back url m.mentions"
).split()
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=15,
)
TYPES = ["m.text", "m.image", "m.emote", "m.notice", "m.file", "", "m.unknown"]


@given(st.dictionaries(st.sampled_from(WORDS), anything, max_size=8), st.sampled_from(TYPES), st.text(max_size=5))
def test_no_content_breaks_it(content: dict[str, Any], msgtype: str, edits: str) -> None:
    found = message(ORIGIN, MESSAGE, {**content, "msgtype": msgtype}, edits)
    if found:
        assert isinstance(found.text, str) and isinstance(found.thread, str) and isinstance(found.reply_to, str)
