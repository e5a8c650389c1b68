"""What statements amount to: nothing lost, nothing silently overwritten, whatever the order."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sage.core.facts.beliefs import Belief, Decision, holds_in, incompatible, settle
from sage.core.facts.facts import Statement


def said(value: str, when: str = "", *, attribute: str = "lives in", id: str = "", **options: object) -> Statement:  # noqa: A002
    name = id or f"f_{attribute}_{value}_{when}_{sorted(options.items())}"
    return Statement(name, "state", "me", attribute, value, f"I … {value}", stated_at=when, source="note.md", **options)  # type: ignore[arg-type]


def by_value(beliefs: tuple[Belief, ...]) -> dict[str, Belief]:
    return {belief.value: belief for belief in beliefs}


def test_the_same_said_again_is_one_belief_with_both_sources() -> None:
    (belief,) = settle([said("Berlin", "2022-01-01"), said("berlin", "2023-01-01")])
    assert [one.stated_at for one in belief.statements] == ["2023-01-01", "2022-01-01"]
    assert (belief.state, belief.valid_from, belief.valid_to) == ("holds", "2022-01-01", "")
    assert belief.confidence > 0.9


def test_the_later_ends_the_earlier_and_both_stay() -> None:
    found = by_value(settle([said("Rome", "2023-05-01"), said("Berlin", "2022-01-01")]))
    assert (found["Berlin"].state, found["Berlin"].valid_to) == ("changed", "2023-05-01")
    assert found["Berlin"].superseded_by == found["Rome"].id and found["Rome"].supersedes == (found["Berlin"].id,)
    assert found["Rome"].state == "holds"


def test_back_again_is_three_beliefs() -> None:
    found = settle([said("Berlin", "2020-01-01"), said("Rome", "2021-01-01"), said("Berlin", "2022-01-01")])
    assert [(one.value, one.state, one.valid_to) for one in found] == [
        ("Berlin", "changed", "2021-01-01"),
        ("Rome", "changed", "2022-01-01"),
        ("Berlin", "holds", ""),
    ]


def test_the_same_day_or_none_decides_nothing() -> None:
    for one, other in (("2023-05-01", "2023-05-01"), ("", "2023-05-01"), ("", "")):
        found = by_value(settle([said("Rome", one), said("Berlin", other)]))
        assert found["Rome"].state == found["Berlin"].state == "open"
        assert found["Rome"].contradicts == (found["Berlin"].id,) and found["Berlin"].contradicts == (found["Rome"].id,)


def test_two_times_of_one_day_are_in_order() -> None:
    found = by_value(settle([said("Rome", "2023-05-01T18:00"), said("Berlin", "2023-05-01T09:00")]))
    assert (found["Berlin"].state, found["Rome"].state) == ("changed", "holds")


def test_a_time_that_is_claimed_back_contradicts_what_was_said_in_it() -> None:
    found = by_value(settle([said("Rome", "2022-01-01"), said("Berlin", "2023-01-01", valid_from="2019-01-01")]))
    assert found["Rome"].state == found["Berlin"].state == "open"


def test_a_stated_beginning_orders_undated_words() -> None:
    found = by_value(settle([said("Berlin", "2022-01-01"), said("Rome", "", valid_from="2023-06-01")]))
    assert (found["Berlin"].state, found["Berlin"].valid_to, found["Rome"].state) == ("changed", "2023-06-01", "holds")


def test_what_is_used_to_be_ends_what_was_said_before() -> None:
    found = settle(
        [said("Paris", "2020-01-01"), said("Paris", "2023-01-01", valid_to="2023-01-01"), said("Rome", "2021-01-01")]
    )
    states = {(one.value, one.state) for one in found}
    assert ("Paris", "changed") in states and ("Paris", "past") in states and ("Rome", "holds") in states


def test_a_place_that_is_described_contradicts_no_town() -> None:
    assert all(one.state == "holds" for one in settle([said("an apartment", "2023-01-01"), said("Rome", "2023-01-01")]))


def test_more_exactly_is_no_contradiction() -> None:
    assert all(one.state == "holds" for one in settle([said("Berlin", ""), said("Berlin, Germany", "")]))


def test_several_values_of_a_likeable_thing_live_together() -> None:
    likes = [said("tea", "", attribute="likes"), said("coffee", "", attribute="likes")]
    assert all(one.state == "holds" for one in settle(likes))


def test_the_opposite_of_the_same_contradicts() -> None:
    loves = said("tea", "2022-01-01", attribute="likes")
    hates = said("tea", "2023-01-01", attribute="likes", polarity=False)
    assert [one.state for one in settle([loves, hates])] == ["changed", "holds"]
    assert {one.state for one in settle([replace(loves, stated_at=""), hates])} == {"open"}


def test_the_person_decides_and_the_other_stays_to_be_seen() -> None:
    one, other = said("Rome", "2023-05-01"), said("Berlin", "2023-05-01")
    for decisions in ({one.id: "right"}, {other.id: "wrong"}):
        found = by_value(settle([one, other], decisions))
        assert (found["Rome"].state, found["Berlin"].state) == ("holds", "settled")
    assert {belief.state for belief in settle([one, other], {one.id: "right", other.id: "right"})} == {"open"}
    later = by_value(settle([one, other, said("Berlin", "2024-01-01")], {one.id: "right"}))
    assert later["Rome"].state == "changed"


def test_words_that_went_contradict_nothing_but_did_then() -> None:
    one, other = said("Rome", "2023-05-01"), said("Berlin", "2023-05-01", ended_at="2023-08-01")
    found = by_value(settle([one, other]))
    assert (found["Rome"].state, found["Berlin"].state, found["Berlin"].valid_to) == ("holds", "gone", "2023-08-01")
    assert {belief.state for belief in settle([one, other], as_of="2023-06-01")} == {"open"}


def test_a_next_appointment_of_the_kind_is_no_change() -> None:
    def meeting(value: str, when: str) -> Statement:
        return replace(said(value, when, attribute="is on"), kind="date", subject="meeting with Anna")

    found = settle([meeting("2023-05-04", "2023-05-01"), meeting("2023-06-08", "2023-06-05")])
    assert {belief.state for belief in found} == {"holds"}
    found = settle([meeting("2023-05-04", "2023-05-01"), meeting("2023-05-05", "2023-05-02")])
    assert {belief.value: belief.state for belief in found} == {"2023-05-04": "changed", "2023-05-05": "holds"}


def test_what_was_believed_in_may() -> None:
    found = by_value(settle([said("Berlin", "2023-01-10"), said("Rome", "2023-06-02")]))
    may = ("2023-05-01", "2023-05-31")
    assert holds_in(found["Berlin"], *may) and not holds_in(found["Rome"], *may)
    assert holds_in(found["Rome"], "2023-06-01", "2023-06-30") and holds_in(found["Berlin"], "2023-06-01", "2023-06-30")
    assert not holds_in(settle([said("Rome", "")])[0], *may)


_DAYS = st.sampled_from(
    ["", "2020-01-01", "2021-06-01", "2021-06-01T10:00", "2021-06-01T12:00", "2022-01-01", "2023-03-03"]
)


@st.composite
def _statements(draw: st.DrawFn) -> list[Statement]:
    made = []
    for number in range(draw(st.integers(0, 7))):
        attribute = draw(st.sampled_from(["lives in", "likes", "favourite colour"]))
        made.append(
            Statement(
                f"f_{number}", "state", "me", attribute, draw(st.sampled_from(["Rome", "Berlin", "an apartment"])), "words",
                polarity=draw(st.booleans()), stated_at=draw(_DAYS), valid_from=draw(st.sampled_from(["", "", "2019-01-01"])),
                valid_to=draw(st.sampled_from(["", "", "", "2022-05-05"])), ended_at=draw(st.sampled_from(["", "", "2024-01-01"])),
            )
        )  # fmt: skip
    return made


_DECISIONS = st.dictionaries(
    st.sampled_from([f"f_{n}" for n in range(7)]), st.sampled_from(["right", "wrong", "done"]), max_size=3
)


@given(_statements(), _DECISIONS)
def test_no_statement_is_lost_or_doubled(statements: list[Statement], decisions: dict[str, Decision]) -> None:
    kept = [one for belief in settle(statements, decisions) for one in belief.statements]
    assert sorted(one.id for one in kept) == sorted(one.id for one in statements)


@given(_statements(), _DECISIONS, st.randoms())
def test_the_order_of_arrival_does_not_matter(
    statements: list[Statement], decisions: dict[str, Decision], random: object
) -> None:
    mixed = list(statements)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert settle(mixed, decisions) == settle(statements, decisions)


@given(_statements())
def test_no_contradiction_is_kept_silently(statements: list[Statement]) -> None:
    """Of two that cannot both be true, one ended by the time the other began, or both say that they contradict."""
    plain = [one for one in statements if not one.ended_at and not one.valid_to]
    found = {one.id: belief for belief in settle(plain) for one in belief.statements}
    for one, other in combinations(plain, 2):
        if one.attribute == other.attribute and incompatible(one, other):
            mine, theirs = found[one.id], found[other.id]
            told = other.id in mine.contradicts and one.id in theirs.contradicts
            assert told or mine.valid_to or theirs.valid_to
            assert not (mine.state == "holds" and theirs.state == "holds")


@given(_statements())
def test_what_ends_a_belief_is_named_by_it_and_names_it(statements: list[Statement]) -> None:
    found = settle(statements)
    where = {one.id: belief for belief in found for one in belief.statements}
    for belief in found:
        if belief.superseded_by:
            assert set(where[belief.superseded_by].supersedes) & {one.id for one in belief.statements}
