"""What is sent: never without its permit, never twice where that is not known, never late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.core.plugins.outbox import (
    AN_HOUR,
    PER_ACCOUNT,
    PER_CONVERSATION,
    Fail,
    Message,
    Recent,
    Send,
    Wait,
    decide,
    digest_of,
    found_sending,
    given_up,
    heads,
    outcome_of,
)
from sage.plugin_api import DraftRef, PluginError, RateLimited, Receipt, Refused, Unreachable, Unsure

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = (NOW + AN_HOUR).isoformat()


def message(**more: Any) -> Message:
    plain = Message("o1", "k1", "mail/me", "c1", ("aunt@example.org",), "Hello", "direct", "typed", "", send_by=LATER,
                    made_at=NOW.isoformat())  # fmt: skip
    found = replace(plain, **more)
    return replace(found, digest=more.get("digest", digest_of(found.account, found.kind, found.out)))


def judge(given: Message, *, recent: Recent | None = None, paused: bool = False, now: datetime = NOW) -> Any:
    return decide(given, now, recent=recent or Recent(), paused=paused)


def test_what_is_permitted_is_sent() -> None:
    assert judge(message()) == Send()


@pytest.mark.parametrize(
    "changed",
    [{"text": "Other"}, {"recipients": ("mallory@example.net",)}, {"subject": "x"}, {"account": "mail/work"},
     {"conversation": "c2"}, {"kind": "reply"}, {"thread": "t"}, {"auto": False}, {"reply_to": "m"}, {"permit": ""},
     {"digest": ""}],
)  # fmt: skip
def test_nothing_else_than_what_was_permitted_ever_is(changed: dict[str, Any]) -> None:
    assert judge(replace(message(), **changed)) == Fail("nothing allows exactly this message")


@pytest.mark.parametrize("empty", [{"recipients": ()}, {"text": " \n"}])
def test_what_is_for_nobody_or_says_nothing_is_not_sent(empty: dict[str, Any]) -> None:
    assert isinstance(judge(message(**empty)), Fail)


def test_nothing_is_sent_when_its_time_is_over() -> None:
    assert isinstance(judge(message(reason="no network"), now=NOW + AN_HOUR), Fail)
    assert judge(message(), now=NOW + AN_HOUR - timedelta(seconds=1)) == Send()


def test_it_waits_as_long_as_it_is_held_and_after_a_failure() -> None:
    soon, sooner = ((NOW + timedelta(minutes=at)).isoformat() for at in (9, 3))
    assert judge(message(hold_until=soon, next_at=sooner, reason="why")) == Wait(soon, "why")
    assert judge(message(next_at=sooner, hold_until=NOW.isoformat())) == Wait(sooner, "")


def test_a_pause_holds_what_nobody_typed() -> None:
    assert judge(message(), paused=True) == Wait("", "Sage is paused")
    assert judge(message(auto=False), paused=True) == Send()


def test_no_conversation_and_no_account_gets_more_than_its_share() -> None:
    times = [NOW - timedelta(seconds=10 * number) for number in range(PER_ACCOUNT)]
    few = times[: PER_CONVERSATION - 1]
    assert judge(message(), recent=Recent(few, times[:-1])) == Send()
    one_more = times[:PER_CONVERSATION]
    assert judge(message(), recent=Recent(one_more, one_more)) == Wait(
        (min(one_more) + AN_HOUR).isoformat(), f"{PER_CONVERSATION} were sent within an hour"
    )
    assert isinstance(judge(message(), recent=Recent([], times)), Wait)


def test_the_order_of_a_conversation_is_kept() -> None:
    waiting = [message(id="1"), message(id="2"), message(id="3", conversation="c2"), message(id="4", account="x/y")]
    assert [head.id for head in heads(waiting)] == ["1", "3", "4"]


def test_what_the_person_writes_does_not_wait_for_what_goes_by_itself() -> None:
    own = {"auto": False}
    waiting = [message(id="1"), message(id="2", **own), message(id="3", **own), message(id="4")]
    assert [head.id for head in heads(waiting)] == ["1", "2"]


def test_what_was_approved_is_sent_as_it_was_seen_or_not_at_all() -> None:
    seen = message(auto=False)
    assert judge(replace(seen, permit=f"approved {seen.digest}")) == Send()
    for other in ({"permit": "approved "}, {"text": "Other words.", "permit": f"approved {seen.digest}"}):
        assert judge(message(auto=False, **other)) == Fail("it is not what you approved")


def after(came: Any, *, repeatable: bool = False, now: datetime = NOW, **more: Any) -> Any:
    return outcome_of(message(**more), came, now, repeatable=repeatable)


def test_what_was_taken_is_done() -> None:
    assert (after(Receipt("s1")).state, after(Receipt("s1")).receipt) == ("sent", "s1")
    assert after(DraftRef("d1", "Drafts")).state == "drafted"


def test_what_certainly_was_not_sent_is_tried_again_more_and_more_slowly() -> None:
    delays = [datetime.fromisoformat(after(Unreachable("away"), tries=tries).next_at) - NOW for tries in range(8)]
    assert delays == sorted(delays) and delays[0] < delays[-1] == delays[-2]
    assert after(Unreachable("away")).state == "waiting"
    asked = datetime.fromisoformat(after(RateLimited("slower", retry_after=900)).next_at)
    assert asked == NOW + timedelta(seconds=900)
    assert datetime.fromisoformat(after(Unreachable("x", retry_after=1e12)).next_at) <= NOW + AN_HOUR


@pytest.mark.parametrize("came", [Unsure("cut"), RuntimeError("fault"), TimeoutError(), None])
def test_what_nobody_knows_is_uncertain(came: Any) -> None:
    assert after(came).state == "uncertain"


def test_what_nobody_knows_is_sent_again_only_where_that_makes_no_second_one() -> None:
    assert after(Unsure("cut"), repeatable=True).state == "repeating"
    assert after(RuntimeError("fault"), repeatable=True).state == "uncertain"
    assert after(Unsure("cut"), repeatable=True, now=NOW + AN_HOUR).state == "uncertain"


@pytest.mark.parametrize("came", [Refused("no"), PluginError("odd"), Refused()])
def test_what_is_refused_failed(came: Any) -> None:
    assert after(came).state == "failed" and after(came).reason


def test_a_doubt_stays_one_whatever_the_next_try_says() -> None:
    assert after(Unreachable("away"), state="repeating", repeatable=True).state == "repeating"
    assert after(Refused("no"), state="repeating", repeatable=True).state == "uncertain"
    assert given_up(message(state="repeating"), "late").state == "uncertain"
    assert given_up(message(), "late").state == "failed"


def test_what_was_being_sent_at_the_end_is_not_sent_again_blindly() -> None:
    assert found_sending(message(state="sending"), NOW, repeatable=False).state == "uncertain"
    assert found_sending(message(state="sending"), NOW, repeatable=True).state == "repeating"
    assert found_sending(message(state="sending"), NOW + AN_HOUR, repeatable=True).state == "uncertain"


PARTS = st.tuples(st.sampled_from(["a", "b"]), st.lists(st.text(max_size=3), max_size=3), st.text(max_size=4))


@given(PARTS, PARTS)
def test_two_messages_with_one_digest_are_one(one: Any, other: Any) -> None:
    def digest(account: str, to: list[str], text: str) -> str:
        return message(account=account, recipients=tuple(to), text=text).digest

    assert (digest(*one) == digest(*other)) == (one == other)


def test_what_a_plugin_says_of_a_draft_is_one_short_line() -> None:
    came = DraftRef("d" * 9_000, "Drafts\nsent: \x1b[2Jnothing" + "!" * 9_000)
    kept = outcome_of(replace(message(kind="draft"), state="waiting"), came, NOW, repeatable=True)
    assert kept.reason.startswith("Drafts sent: nothing!!") and len(kept.reason) == len(kept.receipt) == 1_000
    assert len(outcome_of(message(), Receipt("r" * 9_000), NOW, repeatable=False).receipt) == 1_000
