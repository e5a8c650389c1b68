"""What the person's statements amount to: what holds, what changed when, and what contradicts itself.

Everything here follows from the set of statements (and from what the person decided), never from the order in which they
came: so nothing is overwritten, and whoever forgets a statement gets what would be known without it.

A statement asserts something for the time from `valid_from` (else from when it was said) until it was said. Two that
cannot both be true are *ordered* when these times do not meet: the later one ends the earlier one. When they meet, dates
decide nothing: both stay, as an open contradiction, until the person says which is right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sage.core.facts.facts import Kind, Statement, attribute_key, is_single_valued, subject_key, value_key

State = Literal["holds", "changed", "open", "past", "gone", "settled"]
"""`changed`: something later ended it; `open`: it contradicts something, and no date decides; `past`: it was said to be
over; `gone`: its words stand nowhere any more; `settled`: the person decided (kept, done or not so)."""
Decision = Literal["right", "wrong", "done"]

_DESCRIBED = re.compile(r"(?:an?|the|our|my|eine?[rmn]?|der|die|das)\s+(?-i:[a-zäöü])", re.IGNORECASE)
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)


class Belief(Struct, frozen=True):
    """One thing that was stated, once or often. `statements` are its sources, the newest first.

    `valid_from` and `valid_to` are ISO dates or times ("" when not known); `supersedes` and `contradicts` are ids of
    the statements that it ended, or cannot be true together with; `superseded_by` that which ended it.
    """

    kind: Kind
    subject: str
    attribute: str
    value: str
    polarity: bool
    state: State
    statements: tuple[Statement, ...]
    valid_from: str = ""
    valid_to: str = ""
    due: str = ""
    whom: str = ""
    confidence: float = 0.0
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    contradicts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of its newest statement."""
        return self.statements[0].id


class _Claim(Struct, frozen=True):
    """A statement, with the time that it speaks of, and what became of it."""

    statement: Statement
    first: datetime
    last: datetime
    stated: bool
    """Whether its words still stand, and the person did not call it wrong."""
    decision: Decision | None

    @property
    def is_over(self) -> bool:
        """Whether it only says that something was so once."""
        return bool(self.statement.valid_to) and not self.statement.valid_from


def settle(
    statements: Iterable[Statement], decisions: Mapping[str, Decision] | None = None, *, as_of: str = ""
) -> tuple[Belief, ...]:
    """What statements amount to, in the order of subject, attribute and time; each statement is in exactly one belief.

    `decisions` are the person's, by statement. `as_of` is an ISO date or time: words that went later still stand.
    """
    slots: dict[tuple[str, ...], list[_Claim]] = defaultdict(list)
    moment = _last_moment(as_of) if as_of else None
    for one in statements:
        slots[_slot(one)].append(_claim(one, (decisions or {}).get(one.id), moment))
    return tuple(belief for slot in sorted(slots) for belief in _settle_slot(slots[slot]))


def holds_in(belief: Belief, first: str, last: str) -> bool:
    """Whether a belief was valid, or was held, at some time from the ISO date `first` to `last` (both inclusive)."""
    begins = _moment(belief.valid_from) if belief.valid_from else None
    if begins is None:
        return False
    ends = _moment(belief.valid_to) if belief.valid_to else _NEVER
    return begins <= _last_moment(last) and ends > _moment(first)


def before(belief: Belief, by_statement: Mapping[str, Belief]) -> list[Belief]:
    """What a belief took the place of, and what that did before it: the newest first."""
    return _followed(belief, by_statement, lambda one: one.supersedes)


def afterwards(belief: Belief, by_statement: Mapping[str, Belief]) -> list[Belief]:
    """What took the place of a belief, and what followed that: the nearest first."""
    return _followed(belief, by_statement, lambda one: (one.superseded_by,))


def _followed(
    belief: Belief, by_statement: Mapping[str, Belief], names: Callable[[Belief], Iterable[str]]
) -> list[Belief]:
    seen, waiting = {belief.id: belief}, [belief]
    while waiting:
        for name in names(waiting.pop(0)):
            if (other := by_statement.get(name)) and other.id not in seen:
                seen[other.id] = other
                waiting.append(other)
    return list(seen.values())[1:]


def incompatible(one: Statement, other: Statement) -> bool:
    """Whether two statements of the same subject and attribute cannot both be true at one time."""
    same = _same_value(one, other)
    if one.polarity != other.polarity:
        return same
    if same or not one.polarity or not is_single_valued(attribute_key(one.attribute)):
        return False
    return not _describes(one) and not _describes(other) and not _is_another_occasion(one, other)


def _settle_slot(claims: list[_Claim]) -> list[Belief]:
    claims.sort(key=lambda claim: (claim.first, claim.last, claim.statement.id))
    overruled = {claim.statement.id for claim in claims if any(_overrules(other, claim) for other in claims)}
    claims = [replace(claim, stated=claim.stated and claim.statement.id not in overruled) for claim in claims]
    ended_by = {claim.statement.id: _ended_by(claim, claims) for claim in claims}
    against = {
        claim.statement.id: tuple(other.statement.id for other in claims if _meets(claim, other)) for claim in claims
    }
    groups: dict[tuple[object, ...], list[_Claim]] = defaultdict(list)
    for claim in claims:
        one, ender = claim.statement, ended_by[claim.statement.id]
        state = "settled" if one.id in overruled else _state(claim, ender, bool(against[one.id]))
        over = ender.statement.id if ender else ""
        groups[(value_key(one.value), one.polarity, state, over, claim.is_over, _event_days(one))].append(claim)
    ends: dict[str, list[str]] = defaultdict(list)
    for name, ender in ended_by.items():
        if ender:
            ends[ender.statement.id].append(name)
    return [_belief(key[2], group, ended_by, against, ends) for key, group in groups.items()]  # type: ignore[arg-type]


def _belief(
    state: State,
    group: list[_Claim],
    ended_by: Mapping[str, _Claim | None],
    against: Mapping[str, tuple[str, ...]],
    ends: Mapping[str, list[str]],
) -> Belief:
    sources = sorted(
        group, key=lambda claim: (claim.last, claim.statement.recorded_at, claim.statement.id), reverse=True
    )
    newest = sources[0].statement
    ender = ended_by[newest.id]
    begins = [start for claim in group if (start := claim.statement.valid_from or claim.statement.stated_at)]
    valid_to = next((claim.statement.valid_to for claim in sources if claim.statement.valid_to), "")
    if ender:
        valid_to = ender.statement.valid_from or ender.statement.valid_to or ender.statement.stated_at
    elif state == "gone":
        valid_to = max(claim.statement.ended_at for claim in group)
    doubt = 1.0
    for claim in group:
        doubt *= 1 - claim.statement.confidence
    return Belief(
        kind=newest.kind,
        subject=newest.subject,
        attribute=newest.attribute,
        value=newest.value,
        polarity=newest.polarity,
        state=state,
        statements=tuple(claim.statement for claim in sources),
        valid_from="" if sources[0].is_over else min(begins, key=_moment, default=""),
        valid_to=valid_to,
        due=next((claim.statement.due for claim in sources if claim.statement.due), ""),
        whom=next((claim.statement.whom for claim in sources if claim.statement.whom), ""),
        confidence=round(min(1 - doubt, 0.99), 3),
        supersedes=tuple(sorted({name for claim in group for name in ends.get(claim.statement.id, ())})),
        superseded_by=ender.statement.id if ender else "",
        contradicts=tuple(sorted({name for claim in group for name in against[claim.statement.id]})),
    )


def _state(claim: _Claim, ender: _Claim | None, contradicted: bool) -> State:
    if claim.decision in {"wrong", "done"}:
        return "settled"
    if not claim.stated:
        return "gone"
    if ender:
        return "changed"
    if contradicted:
        return "open"
    return "past" if claim.is_over else "holds"


def _ended_by(claim: _Claim, claims: Sequence[_Claim]) -> _Claim | None:
    """The first later claim that cannot be true together with this one."""
    later = [other for other in claims if other.stated and claim.last < other.first and _clash(claim, other)]
    return min(later, key=lambda other: (other.first, other.statement.id), default=None)


def _meets(claim: _Claim, other: _Claim) -> bool:
    """Whether two claims contradict each other and no date says which is later."""
    if not (claim.stated and other.stated) or claim is other or not _clash(claim, other):
        return False
    return claim.first <= other.last and other.first <= claim.last


def _overrules(other: _Claim, claim: _Claim) -> bool:
    """Whether the person said of another claim, which no date sets apart from this one, that it is the right one."""
    return other.decision == "right" and claim.decision != "right" and _meets(claim, other)


def _clash(one: _Claim, other: _Claim) -> bool:
    """Whether two claims cannot both be true. "I used to …" denies its own value from then on, and nothing else."""
    if one.is_over or other.is_over:
        both = one.is_over and other.is_over
        return (
            not both
            and _same_value(one.statement, other.statement)
            and one.statement.polarity == other.statement.polarity
        )
    return incompatible(one.statement, other.statement)


def _claim(statement: Statement, decision: Decision | None, as_of: datetime | None) -> _Claim:
    start, said = statement.valid_from or statement.stated_at, statement.stated_at
    first = _moment(start) if start else _EVER
    last = max(_last_moment(said), first) if said else _NEVER
    if statement.valid_to and not statement.valid_from:
        first = last = _moment(statement.valid_to)
    elif statement.valid_to:
        last = max(_moment(statement.valid_to) - _MOMENT, first)
    gone = bool(statement.ended_at) and (as_of is None or _moment(statement.ended_at) <= as_of)
    return _Claim(statement, first, last, not gone and decision not in {"wrong", "done"}, decision)


def _slot(statement: Statement) -> tuple[str, ...]:
    attribute = attribute_key(statement.attribute)
    single = is_single_valued(attribute)
    return (subject_key(statement.subject), attribute, *(() if single else (value_key(statement.value),)))


def _same_value(one: Statement, other: Statement) -> bool:
    """Whether one value says the same as the other, or the same more exactly ("Berlin", "Berlin, Germany")."""
    if any(letter.isdigit() for letter in one.value + other.value):
        # a day of every year is the same day of one year
        longer, shorter = sorted((value_key(one.value), value_key(other.value)), key=len, reverse=True)
        return longer == shorter or (one.attribute == "birthday" and longer.endswith(f" {shorter}"))
    mine, theirs = set(value_key(one.value).split()), set(value_key(other.value).split())
    return mine <= theirs or theirs <= mine


def _describes(statement: Statement) -> bool:
    """Whether a place is described rather than named: "an apartment" contradicts no town."""
    return attribute_key(statement.attribute) in {"lives in", "works at"} and bool(_DESCRIBED.match(statement.value))


def _is_another_occasion(one: Statement, other: Statement) -> bool:
    """Whether an appointment was over when the other one was spoken of: then it is the next of its kind."""
    if attribute_key(one.attribute) != "is on":
        return False
    return any(a.value < b.stated_at[:10] for a, b in ((one, other), (other, one)) if b.stated_at)


def _event_days(statement: Statement) -> tuple[str, str]:
    """What was done twice is two events."""
    return (statement.valid_from, statement.valid_to) if statement.attribute == "did" else ("", "")


def _last_moment(text: str) -> datetime:
    moment = _moment(text)
    return moment if len(text) > len("2023-05-01") else moment + timedelta(days=1) - _MOMENT


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)
