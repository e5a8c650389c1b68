"""What Slack's messages say."""

from __future__ import annotations

from typing import Any

import pytest
from sage_plugins.slack.reading import inbound, is_after, latest, marked, plain

from sage.plugin_api import Inbound


def read(members: tuple[str, ...] | None = None, **message: Any) -> Inbound | None:
    given = {"type": "message", "ts": "1795411069.000200", "user": "U0AUNT", "text": "hello", **message}
    return inbound(given, "D1", "U0APP", frozenset({"U0ME"}), members)


def heard(members: tuple[str, ...] | None = None, **message: Any) -> Inbound:
    found = read(members, **message)
    assert found
    return found


def test_a_message_is_known_by_its_conversation_and_moment() -> None:
    found = heard()
    assert (found.id, found.conversation, found.sender.id) == ("D1/1795411069.000200", "D1", "U0AUNT")
    assert found.at.startswith("2026-11-23T05:17:49") and found.verified == "yes"
    assert not (found.group or found.own or found.auto or found.thread or found.reply_to)


@pytest.mark.parametrize("user", ["U0ME", "U0APP"])
def test_what_the_person_or_the_app_wrote_is_own(user: str) -> None:
    assert heard(user=user).own


def test_programs_are_marked() -> None:
    assert heard(bot_id="B1").auto
    found = heard(user=None, bot_id="B1", subtype="bot_message", username="U0ME")
    assert found.auto and found.sender.id == "B1" and not found.own


@pytest.mark.parametrize("nothing", [{"subtype": "channel_join"}, {"text": ""}, {"subtype": "message_deleted"}])
def test_what_only_happened_is_no_message(nothing: dict[str, Any]) -> None:
    assert read(**nothing) is None


def test_an_answer_stands_in_its_thread_and_what_began_it_does_not() -> None:
    found = heard(thread_ts="1795411000.000100")
    assert found.thread == "1795411000.000100" and found.reply_to == "D1/1795411000.000100"
    assert heard(thread_ts="1795411069.000200").thread == ""


def test_a_group_is_one_whose_members_are_not_known() -> None:
    assert heard(()).group and heard(("U1",)).members == ("U1",)


def test_a_file_is_named() -> None:
    (file,) = heard(text="", files=[{"name": "a.pdf", "mimetype": "application/pdf", "size": 4}]).attachments
    assert (file.name, file.media_type, file.size) == ("a.pdf", "application/pdf", 4)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<https://example.org>", "https://example.org"),
        ("<https://example.org|here>", "here (https://example.org)"),
        ("<@U1> and <#C1|garden> and <!here>", "@U1 and #garden and @here"),
    ],
)
def test_marks_are_taken_out(given: str, shown: str) -> None:
    assert plain(given) == shown


@pytest.mark.parametrize("text", ["<@U1>", "<!channel>", "a & b &amp; c", "<https://example.org|bank>"])
def test_what_is_sent_has_no_marks(text: str) -> None:
    assert "<" not in marked(text) and plain(marked(text)) == text


def test_moments_are_compared_as_numbers() -> None:
    assert is_after("10000000000.000100", "9999999999.000100") and not is_after("5.000100", "5.000100")
    assert latest(["0.0", "9999999999.1", "10000000000.000001"]) == "10000000000.000001"
