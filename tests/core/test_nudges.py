from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.nudges import (
    NO,
    ORDER,
    Answer,
    Candidate,
    Context,
    Decision,
    Hold,
    Limits,
    Past,
    Postpone,
    Send,
    after_gap,
    backed_off,
    decide,
    explained,
    gap,
    remembered,
    sent_today,
    worth,
)
from sage.core.schedules.wall_time import in_quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 12, tzinfo=BERLIN)
ALL = Limits(frozenset({"task", "goal", "promise"}))
FREE = Context("opened")
TASK = Candidate("n1", "task", "k1", NOON - timedelta(days=1), NOON + timedelta(hours=6))

zones = st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
moments = st.builds(
    lambda minutes, zone: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)),
    st.integers(0, 366 * 24 * 60),
    zones,
)
kinds = st.sampled_from(["task", "goal", "promise"])
answers = st.sampled_from(["", "taken", "snoozed", "not today", "dismissed", "never"])
clocks = st.sampled_from(["00:00", "06:30", "08:00", "13:00", "22:00", "23:59"])
limits_ = st.builds(
    Limits,
    st.frozensets(kinds),
    clocks,
    clocks,
    st.integers(0, 5),
    st.integers(0, 600).map(lambda minutes: timedelta(minutes=minutes)),
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Candidate, datetime, Context, list[Past], Limits]:
    now = draw(moments)

    def near(least: int, most: int) -> datetime:
        return now + timedelta(minutes=draw(st.integers(least, most)))

    candidate = Candidate(
        "n1", draw(kinds), draw(st.sampled_from("abc")), near(-9000, 0),
        draw(st.none() | st.just(near(-500, 5000))), draw(st.booleans()), draw(st.none() | st.just(near(-500, 0))),
    )  # fmt: skip
    context = Context(
        draw(st.sampled_from(["", "ended", "opened", "opened"])),
        draw(st.sampled_from(["", "", "a meeting"])),
        draw(st.none() | st.just(near(-60, 300))),
        draw(st.none() | st.just(near(-60, 300))),
    )
    sent = sorted(near(-6000, -1) for _ in range(draw(st.integers(0, 6))))
    past = [Past(draw(kinds), draw(st.sampled_from("abc")), moment.astimezone(UTC), draw(answers)) for moment in sent]
    return candidate, now, context, past, draw(limits_)


@given(situations())
def test_what_is_sent_breaks_no_bound(situation: tuple[Candidate, datetime, Context, list[Past], Limits]) -> None:
    candidate, now, context, past, limits = situation
    if not isinstance(decide(candidate, now, context, remembered(past), limits), Send):
        return
    today = [one for one in past if one.sent_at.astimezone(now.tzinfo).date() == now.date()]
    assert candidate.kind in limits.consents
    assert not in_quiet_hours(now, limits.quiet_from, limits.quiet_until)
    assert context.paused_until is None or context.paused_until <= now
    assert len(today) < limits.per_day
    assert not context.busy
    assert context.boundary
    assert all(now - one.sent_at >= limits.min_gap for one in past)
    same = [one for one in past if one.about == candidate.about]
    assert all(one.answer != "taken" for one in same[-1:])
    assert all(now - one.sent_at > timedelta(hours=12) for one in same)


@given(situations())
def test_what_waits_waits_for_a_moment_to_come_and_can_be_told_why(
    situation: tuple[Candidate, datetime, Context, list[Past], Limits],
) -> None:
    candidate, now, context, past, limits = situation
    decision = decide(candidate, now, context, remembered(past), limits)
    assert not isinstance(decision, Postpone) or decision.until > now
    sentence = explained(decision, now, limits)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0


@given(situations(), st.sampled_from(ORDER))
def test_the_first_bound_that_speaks_decides(
    situation: tuple[Candidate, datetime, Context, list[Past], Limits], lifted: str
) -> None:
    """Lifting a bound that did not speak changes nothing about the one that did, if that comes before it."""
    candidate, now, context, past, limits = situation
    before = decide(candidate, now, context, remembered(past), limits)
    free_context, free_limits = _without(lifted, candidate, context, limits)
    after = decide(candidate, now, free_context, remembered(past), free_limits)
    if not isinstance(before, Send) and ORDER.index(before.reason) < ORDER.index(lifted):  # type: ignore[arg-type]
        assert after == before
    if not isinstance(before, Send) and before.reason == lifted and lifted in {"consent", "pause", "busy", "boundary"}:
        assert isinstance(after, Send) or ORDER.index(after.reason) > ORDER.index(before.reason)


def _without(bound: str, candidate: Candidate, context: Context, limits: Limits) -> tuple[Context, Limits]:
    match bound:
        case "consent":
            return context, Limits(limits.consents | {candidate.kind}, *_rest(limits))
        case "pause":
            return Context(context.boundary, context.busy, context.busy_until), limits
        case "budget":
            return context, Limits(limits.consents, limits.quiet_from, limits.quiet_until, 99, limits.min_gap)
        case "busy":
            return Context(context.boundary, "", None, context.paused_until), limits
        case "boundary":
            return Context("opened", context.busy, context.busy_until, context.paused_until), limits
    return context, limits


def _rest(limits: Limits) -> tuple[str, str, int, timedelta]:
    return limits.quiet_from, limits.quiet_until, limits.per_day, limits.min_gap


def test_the_order_of_the_bounds() -> None:
    """Everything speaks against it; bounds are lifted one by one, and each time the next one answers."""
    night = NOON.replace(hour=23)
    told = [Past("task", "k1", night - timedelta(minutes=minutes), "dismissed") for minutes in (50, 40, 30)]
    worst = Context("", "a meeting", night + timedelta(hours=1), night + timedelta(hours=2))
    by_day = Limits(ALL.consents, "00:00", "00:00")
    many = Limits(ALL.consents, "00:00", "00:00", 9)
    after = night + timedelta(hours=20)
    steps = [
        (night, worst, told, Limits()),
        (night, worst, told, ALL),
        (night, worst, told, by_day),
        (night, Context("", "a meeting"), told, by_day),
        (night, Context("", "a meeting"), told, many),
        (night, Context(), told, many),
        (night, FREE, told, many),
        (after, FREE, told, many),
        (after, FREE, [Past("task", "k9", night - timedelta(days=9), "dismissed")] * 4, many),
    ]
    found = [decide(TASK, now, context, remembered(past), limits) for now, context, past, limits in steps]
    assert tuple(one.reason for one in found if not isinstance(one, Send)) == ORDER
    assert isinstance(decide(TASK, NOON, FREE, remembered(()), ALL), Send)


@given(st.lists(answers), st.lists(answers))
def test_each_no_lengthens_the_gap_and_each_yes_shortens_it(before: Sequence[Answer], after: Sequence[Answer]) -> None:
    def steps_of(given: Sequence[Answer]) -> int:
        past = [Past("task", "a", NOON + timedelta(hours=hour), answer) for hour, answer in enumerate(given)]
        return remembered(past).steps

    steps = steps_of(before)
    for no in NO:
        assert gap(backed_off(steps, no), ALL) >= gap(steps, ALL)
    assert gap(backed_off(steps, "taken"), ALL) <= gap(steps, ALL)
    assert gap(0, ALL) == ALL.min_gap
    # One more no before the same answers never shortens the gap, one more yes never lengthens it.
    assert steps_of([*before, "dismissed", *after]) >= steps_of([*before, *after])
    assert steps_of([*before, "taken", *after]) <= steps_of([*before, *after])


def test_a_no_doubles_the_gap() -> None:
    past = [Past("task", "a", NOON, "dismissed")]
    assert after_gap(remembered(past), ALL) == NOON + 2 * ALL.min_gap
    assert gap(backed_off(1, "taken"), ALL) == ALL.min_gap


@given(situations(), st.lists(st.integers(1, 600), min_size=1, max_size=40))
def test_what_is_held_back_is_still_there_and_goes_out_when_its_time_comes(
    situation: tuple[Candidate, datetime, Context, list[Past], Limits], steps: list[int]
) -> None:
    """A decision changes neither the candidate nor what is remembered, so the same thing can be asked again and again."""
    candidate, now, context, past, _ = situation
    history = remembered(past)
    first: Decision = decide(candidate, now, context, history, ALL)
    for minutes in steps:
        decide(candidate, now + timedelta(minutes=minutes), context, history, ALL)
    assert decide(candidate, now, context, history, ALL) == first
    welcome = remembered([Past("task", "z", now - timedelta(days=30), "taken")] * 3)
    later = (now + timedelta(days=40)).replace(hour=11, minute=0)
    fresh = Candidate("n1", "task", candidate.about, now, later + timedelta(hours=1))
    assert isinstance(decide(fresh, later, FREE, welcome, ALL), Send)


def test_what_was_taken_up_is_never_told_again_and_what_was_declined_rests_longer_each_time() -> None:
    taken = remembered([Past("task", "k1", NOON - timedelta(days=300), "taken")])
    assert decide(TASK, NOON, FREE, taken, ALL) == Hold("duplicate")
    once = [Past("task", "k1", NOON - timedelta(days=3), "dismissed")]
    twice = [Past("task", "k1", NOON - timedelta(days=9), "dismissed"), *once]
    assert decide(TASK, NOON, FREE, remembered(once), ALL) != Hold("duplicate")
    assert decide(TASK, NOON, FREE, remembered(twice), ALL) == Hold("duplicate")


def test_a_budget_is_of_the_persons_own_day() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # the 23rd in Berlin
    assert sent_today(remembered([Past("task", "a", late)]), NOON) == 1
    assert sent_today(remembered([Past("task", "a", late - timedelta(hours=1))]), NOON) == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (Candidate("n", "task", "a", NOON - timedelta(days=2), NOON + timedelta(hours=1)), TASK),
        (Candidate("n", "task", "a", TASK.made_at, TASK.due, True), TASK),
        (TASK, Candidate("n", "task", "a", TASK.made_at, TASK.due, False, NOON - timedelta(minutes=5))),
    ],
    ids=["the nearer deadline", "a goal", "not touched just now"],
)
def test_what_makes_a_thing_worth_more(more: Candidate, less: Candidate) -> None:
    history = remembered(())
    assert sum(worth(more, NOON, FREE, history)) > sum(worth(less, NOON, FREE, history))


def test_a_kind_that_was_welcome_is_worth_more_than_one_that_was_not() -> None:
    past = [Past("task", f"a{day}", NOON - timedelta(days=day), "taken") for day in range(9, 5, -1)]
    past += [Past("goal", f"b{day}", NOON - timedelta(days=day), "dismissed") for day in range(5, 1, -1)]
    history = remembered(past)
    goal = Candidate("n2", "goal", "g1", TASK.made_at, TASK.due)
    assert worth(TASK, NOON, FREE, history).history > worth(goal, NOON, FREE, history).history


def test_who_has_just_declined_is_left_alone_for_some_days() -> None:
    """Weariness comes on top of what the share of yes says, and wears off."""
    other = [Past("goal", f"g{day}", NOON - timedelta(days=30), "taken") for day in range(9)]

    def score(hours: float) -> float:
        history = remembered([*other, Past("task", "k9", NOON - timedelta(hours=hours), "not today")])
        return worth(TASK, NOON, FREE, history).declined

    assert worth(TASK, NOON, FREE, remembered(other)).declined == 0
    assert score(1) < score(30) < score(24 * 14) < 0
    assert score(60) == pytest.approx(score(0) / 2)


def test_quiet_hours_end_on_the_persons_clock_also_over_a_change_of_the_clocks() -> None:
    night = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)
    decision = decide(TASK, night, FREE, remembered(()), ALL)
    assert decision == Postpone("quiet hours", datetime(2026, 3, 29, 8, 0, tzinfo=BERLIN))
