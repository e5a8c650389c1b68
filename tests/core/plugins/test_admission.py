"""Who may come in: nobody by default, nobody by a trick, and never a program."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.core.labels import PRIVATE
from sage.core.plugins.admission import WORDS, Admit, Hold, Ignore, decide, trouble_in
from sage.plugin_api import Address, Inbound

AUNT, STRANGER, ME = "aunt@example.org", "mallory@example.net", "me@example.org"
EVENT = Inbound("m1", AUNT, Address(AUNT, "Demo Aunt"), "Hello", "2026-11-23T10:00:00+01:00", verified="yes")


def judge(event: Inbound, *allow: str, owner: tuple[str, ...] = (ME,)) -> Any:
    return decide(event, plugin="mail", owner=owner, allow=allow)


def group(**more: Any) -> Inbound:
    return replace(EVENT, **{"conversation": "!garden", "group": True, "members": (AUNT, "uncle@example.org"), **more})


def test_whoever_is_named_comes_in_and_only_they_read_it() -> None:
    assert judge(EVENT, AUNT) == Admit("mail:aunt@example.org", ("mail:aunt@example.org",))


def test_nobody_is_named_so_nobody_comes_in() -> None:
    assert judge(EVENT) == Hold("stranger")


def test_a_stranger_stays_outside() -> None:
    assert judge(replace(EVENT, sender=Address(STRANGER, AUNT), conversation=STRANGER), AUNT) == Hold("stranger")


@pytest.mark.parametrize("everybody", ["*", "*@example.net", "mallory@*"])
def test_no_entry_lets_everybody_in(everybody: str) -> None:
    assert judge(replace(EVENT, sender=Address(STRANGER), conversation=STRANGER), everybody) == Hold("stranger")
    assert judge(replace(EVENT, sender=Address(everybody), conversation=everybody), everybody) == Hold("stranger")
    assert everybody in trouble_in([AUNT, everybody])


def test_what_names_somebody_is_no_trouble() -> None:
    assert not trouble_in([AUNT, "!room:example.org"])


def test_capitals_do_not_matter_and_letters_that_look_alike_do() -> None:
    assert isinstance(judge(replace(EVENT, sender=Address("Aunt@Example.ORG")), AUNT), Admit)
    for alike in ("аunt@example.org", "ａunt@example.org", "aunt@example.org\u200b", "aunt@examp\u017fe.org"):
        assert judge(replace(EVENT, sender=Address(alike), conversation=alike), AUNT) == Hold("stranger")
    assert judge(replace(EVENT, sender=Address("\u212aim"), conversation="x"), "kim") == Hold("stranger")


@pytest.mark.parametrize("event", [replace(EVENT, own=True), replace(EVENT, sender=Address(ME.upper()))])
def test_the_person_s_own_is_an_echo(event: Inbound) -> None:
    assert judge(event, AUNT, ME) == Ignore("own")


def test_a_program_is_never_let_in() -> None:
    assert judge(replace(EVENT, auto=True), AUNT) == Ignore("auto")


@pytest.mark.parametrize("field", [{"sender": Address("")}, {"conversation": ""}, {"id": ""}])
def test_what_could_not_be_answered_is_ignored(field: dict[str, Any]) -> None:
    assert judge(replace(EVENT, **field), AUNT, "") == Ignore("malformed")


def test_a_forged_sender_is_held_and_an_unknown_one_is_private() -> None:
    assert judge(replace(EVENT, verified="no"), AUNT) == Hold("unverified")
    assert judge(replace(EVENT, verified="unknown"), AUNT) == Admit("mail:aunt@example.org", PRIVATE)


def test_a_group_comes_in_when_all_in_it_may_or_it_is_named_itself() -> None:
    assert judge(group(), AUNT) == Hold("group")
    both = ("mail:aunt@example.org", "mail:uncle@example.org")
    assert judge(group(), AUNT, "uncle@example.org") == Admit("mail:aunt@example.org", both)
    assert judge(group(), "!garden") == Admit("mail:aunt@example.org", both)
    assert judge(group(members=()), AUNT) == Hold("group")
    assert judge(group(members=()), "!garden") == Admit("mail:aunt@example.org", PRIVATE)


def test_the_person_in_the_group_is_nobody_else() -> None:
    assert judge(group(members=(AUNT, ME)), AUNT) == Admit("mail:aunt@example.org", ("mail:aunt@example.org",))


def test_a_large_group_is_private() -> None:
    many = tuple(f"{number}@example.org" for number in range(60))
    assert judge(group(members=many), "!garden") == Admit("mail:aunt@example.org", PRIVATE)


def test_names_that_labels_would_fold_together_are_private() -> None:
    odd = "ａunt@example.org"
    assert judge(replace(EVENT, sender=Address(odd)), odd) == Admit(f"mail:{odd}", PRIVATE)


@given(
    sender=st.sampled_from(["", AUNT, STRANGER, ME]),
    verified=st.sampled_from(["yes", "no", "unknown"]),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    members=st.lists(st.sampled_from([AUNT, STRANGER, ME]), max_size=3).map(tuple),
)
def test_only_the_named_are_ever_let_in(
    sender: str, verified: Any, flags: tuple[bool, bool, bool], members: tuple[str, ...]
) -> None:
    own, auto, in_group = flags
    event = Inbound(
        "m", "c", Address(sender), "x", "", verified=verified, own=own, auto=auto, group=in_group, members=members
    )
    found = judge(event, AUNT)
    if isinstance(found, Admit):
        assert sender == AUNT and not own and not auto and verified != "no"
        assert not in_group or (members and STRANGER not in members)
        assert set(found.audience) <= {"mail:aunt@example.org", "private"}
    else:
        assert found.why in WORDS
