"""Whether one model may take the place of another, judged by the same cases answered by both.

It is REJECTed when it did worse than chance explains, ADOPTed when it is surely not worse by more than a margin, and otherwise
NEEDs more cases. Cases are weighed by their value, and conversations are the unit (`sage.core.exact_tests` says why). What one is
willing to err is set out beforehand: equal models are rejected in at most 5 of 100 trials, however often one looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Literal

from msgspec import Struct

from sage.core.exact_tests import PRIOR, Flips, chance_above_zero, chance_within, evidence_within, worse_by_chance

MARGIN = 0.05
"""How much lower the share of passed value may be for a model that is adopted: five points."""
EVERY = 10
"""After how many more cases one looks, where one looks early or goes on after the plan."""
REJECT_BY_PLAN, REJECT_EVER = 0.04, 0.05
"""How often equal models may be rejected up to the planned number of cases, and ever."""
SURE, SURE_LATER = 0.95, 0.99
"""How sure adoption must be at the planned number of cases, and at each look after it."""
EARLY_EVIDENCE = 100.0
"""Adoption before the planned number of cases: a model that is worse by the margin gets there in at most 1 of 100 trials."""
FORESEEN = 0.8
"""NEED names as many cases as bring a verdict in this share of the futures that are likely by now."""
FARTHEST = 1000
"""More cases than these are not foreseen."""


class Pair(Struct, frozen=True):
    """One case and whether each model passed it. `unsafe`: the candidate's answer must not be given to anybody."""

    conversation: str
    current: bool
    candidate: bool
    value: float = 1.0
    unsafe: bool = False


class Verdict(Struct, frozen=True):
    """`more` cases are needed (0 unless NEED), at about `cost` dollars (None: unknown). `worse_by_chance` is a mid-p, `within` the
    posterior chance of being at most the margin worse, `cases` how many had been seen when it was clear."""

    word: Literal["ADOPT", "REJECT", "NEED"]
    why: str
    more: int = 0
    cost: float | None = None
    better: int = 0
    worse: int = 0
    cases: int = 0
    worse_by_chance: float = 1.0
    within: float = 0.0


class _Conversation(Struct, frozen=True):
    cases: int
    change: int
    value: int


def judge(
    pairs: Sequence[Pair],
    *,
    planned: int,
    early: bool = False,
    margin: float = MARGIN,
    case_costs: float | None = None,
    foresee: bool = True,
) -> Verdict:
    """The verdict on pairs in the order in which conversations were drawn (by chance, not by how they went).

    `planned` is how many cases were to be asked, set before the first; with `early` one also looks on the way there. `case_costs`:
    dollars for one more case. Without `foresee`, the rest of the plan is all that NEED names. Given the same pairs and more, it
    decides as it did when it was first clear.
    """
    unsafe = sum(pair.unsafe for pair in pairs)
    better = sum(pair.candidate and not pair.current for pair in pairs)
    worse = sum(pair.current and not pair.candidate for pair in pairs)
    if unsafe:
        many = "one case" if unsafe == 1 else f"{unsafe} cases"
        return Verdict("REJECT", f"Its answer to {many} was unsafe.", 0, None, better, worse, len(pairs))
    conversations = _conversations(pairs)
    decided, spent = _looked(conversations, planned, early, margin)
    seen = conversations[: decided[1]] if decided else conversations
    by_chance = worse_by_chance(each.change for each in seen)
    within = chance_within(margin, [(each.change, each.value) for each in seen])
    cases = sum(each.cases for each in seen)
    if decided:
        why = _why(decided[0], better, worse, len(pairs), margin, within, by_chance)
        return Verdict(decided[0], why, 0, None, better, worse, cases, by_chance, within)
    more = max(_foreseen(conversations, planned, spent, margin) if foresee else EVERY, planned - cases)
    cost = None if case_costs is None else more * case_costs
    why = _why("NEED", better, worse, len(pairs), margin, within, by_chance)
    return Verdict("NEED", why, more, cost, better, worse, cases, by_chance, within)


def headline(verdict: Verdict, spoken: Callable[[float | None], str]) -> str:
    """`ADOPT`, `REJECT` or `NEED 40 MORE (about $0.52)`. `spoken` puts dollars into words."""
    if verdict.word != "NEED":
        return verdict.word
    most = " OR MORE" if verdict.more >= FARTHEST else ""
    price = spoken(verdict.cost)
    return f"NEED {verdict.more}{most} MORE ({'about ' if verdict.cost else ''}{price})".replace(
        " OR MORE MORE", " OR MORE"
    )


def _conversations(pairs: Sequence[Pair]) -> list[_Conversation]:
    """In the order of their first cases, with values as whole numbers."""
    units = _whole([pair.value for pair in pairs])
    found: dict[str, tuple[int, int, int]] = {}
    for pair, unit in zip(pairs, units, strict=True):
        cases, change, value = found.get(pair.conversation, (0, 0, 0))
        found[pair.conversation] = (
            cases + 1,
            change + unit * (pair.candidate - pair.current),
            value + unit,
        )
    return [_Conversation(*each) for each in found.values()]


def _whole(values: Sequence[float]) -> list[int]:
    """Values in whole multiples of their common measure, or of a hundredth of the largest if they have no coarser one."""
    largest = max(values, default=0.0)
    if largest <= 0:
        return [1] * len(values)
    hundredths = [round(max(value, 0.0) / largest * 100) for value in values]
    exact = [round(value * 60) for value in values]
    if all(abs(value * 60 - unit) < 1e-9 for value, unit in zip(values, exact, strict=True)):
        common = reduce(math.gcd, exact)
        if max(exact) // common <= 100:
            return [unit // common for unit in exact]
    common = reduce(math.gcd, hundredths)
    return [unit // common for unit in hundredths]


def _looks(conversations: Sequence[_Conversation], planned: int, early: bool) -> Iterator[tuple[int, int]]:
    """Ends of conversations at which one looks, and the cases seen by then: all that was planned, then EVERY so many more."""
    cases, next_look = 0, EVERY if early else planned
    for place, each in enumerate(conversations, 1):
        before = cases
        cases += each.cases
        if cases >= next_look or before < planned <= cases:
            yield place, cases
            next_look = cases + EVERY


def _allowed(cases: int, planned: int) -> float:
    """How often equal models may have been rejected by now. Until the plan is through by the third power of its share that is
    done (Kim and DeMets, Biometrika 74, 1987), so that looking early costs next to nothing; what is left after it, slowly."""
    if cases < planned:
        return REJECT_BY_PLAN * (cases / planned) ** 3
    return REJECT_BY_PLAN + (REJECT_EVER - REJECT_BY_PLAN) * (1 - planned / cases)


def _looked(
    conversations: Sequence[_Conversation], planned: int, early: bool, margin: float
) -> tuple[tuple[Literal["ADOPT", "REJECT"], int] | None, float]:
    """The first look at which it was clear, after how many conversations; and what of the error was spent by then.

    Looking again is exact, too: sums that would have ended the trial are taken out of the distribution of what is left (the
    group-sequential design of Lan and DeMets, Biometrika 70, 1983, on the flips themselves).
    """
    flips, total, spent, flipped, reached = Flips(), 0, 0.0, 0, False
    evidence = evidence_within(margin, ((each.change, each.value) for each in conversations))
    for place, cases in _looks(conversations, planned, early):
        for each in conversations[flipped:place]:
            flips.add(each.change)
            total += each.change
        flipped = place
        final = cases >= planned and not reached
        bound, took = flips.take_lowest(_allowed(cases, planned) - spent, middle=final)
        spent += took
        if total <= bound:
            return ("REJECT", place), spent
        if cases < planned:
            sure = evidence[place - 1] >= EARLY_EVIDENCE
        else:
            needed = SURE_LATER if reached else SURE
            sure = _within(conversations[:place], margin) >= needed
            reached = True
        if sure:
            return ("ADOPT", place), spent
    return None, spent


def _within(conversations: Sequence[_Conversation], margin: float) -> float:
    return chance_within(margin, [(each.change, each.value) for each in conversations])


def _foreseen(conversations: Sequence[_Conversation], planned: int, spent: float, margin: float) -> int:
    """The fewest more cases after which a verdict is likely; a forecast that takes conversations as of one size."""
    if not conversations:
        return planned
    size = sum(each.cases for each in conversations) / len(conversations)
    low, high = 0, max(round(4 * EVERY / size), 1)
    while _clear_after(conversations, high, planned, spent, margin) < FORESEEN:
        if high * size >= FARTHEST:
            return FARTHEST
        low, high = high, min(2 * high, math.ceil(FARTHEST / size))
    while high - low > max(1, low // 8):
        middle = (low + high) // 2
        if _clear_after(conversations, middle, planned, spent, margin) >= FORESEEN:
            high = middle
        else:
            low = middle
    return math.ceil(high * size / EVERY) * EVERY


def _clear_after(conversations: Sequence[_Conversation], more: int, planned: int, spent: float, margin: float) -> float:
    """The predictive chance of a verdict after so many more conversations: Dirichlet-multinomial over better, worse, unchanged."""
    better = sum(each.change > 0 for each in conversations)
    worse = sum(each.change < 0 for each in conversations)
    seen = len(conversations)
    moved = [abs(each.change) for each in conversations if each.change]
    jump = sum(moved) / len(moved) if moved else 1.0
    value = sum(each.value for each in conversations) / seen
    size = sum(each.cases for each in conversations) / seen
    after = seen + more
    allowed = max(_allowed(round(after * size), planned) - spent, 0.0)
    needed = SURE if seen * size < planned else SURE_LATER

    clear = 0.0
    for changed, likely in _stepped(more, better + worse + 2 * PRIOR, seen - better - worse + PRIOR):
        enough = _fewest(
            changed, lambda ups, downs: _sure_of(better + ups, worse + downs, after, jump, value, margin) >= needed
        )
        too_few = _too_few(better + worse + changed, allowed) - better
        chances = [_beta_binomial(ups, changed, better + PRIOR, worse + PRIOR) for ups in range(changed + 1)]
        clear += likely * math.fsum(chance for ups, chance in enumerate(chances) if ups >= enough or ups < too_few)
    return clear


def _fewest(changed: int, sure: Callable[[int, int], bool]) -> int:
    """The fewest that must get better among all that change for it to be sure; one more than all if that is not enough."""
    low, high = 0, changed + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if sure(middle, changed - middle) else (middle + 1, high)
    return low


def _stepped(tries: int, yes: float, no: float) -> list[tuple[int, float]]:
    """Some ten likely numbers of hits, each with the chance of those around it."""
    chances = [(hits, _beta_binomial(hits, tries, yes, no)) for hits in range(tries + 1)]
    likely = [(hits, chance) for hits, chance in chances if chance > 1e-5]
    step = max(1, len(likely) // 10)
    groups = [likely[place : place + step] for place in range(0, len(likely), step)]
    return [(group[len(group) // 2][0], math.fsum(chance for _, chance in group)) for group in groups]


def _sure_of(ups: int, downs: int, all_seen: int, jump: float, value: float, margin: float) -> float:
    slack = margin * value
    weights = {
        jump + slack: ups + PRIOR,
        slack - jump: downs + PRIOR,
        slack: all_seen - ups - downs + PRIOR,
    }
    return chance_above_zero(weights)


def _too_few(changed: int, allowed: float) -> int:
    """Fewer than these that got better among all that changed are rejected: their mid-p is within what is allowed."""
    below = 0.0
    for ups in range(changed + 1):
        chance = math.exp(
            math.lgamma(changed + 1) - math.lgamma(ups + 1) - math.lgamma(changed - ups + 1) - changed * math.log(2)
        )
        if below + chance / 2 > allowed:
            return ups
        below += chance
    return changed + 1


def _beta_binomial(hits: int, tries: int, yes: float, no: float) -> float:
    """Chance of so many hits, if their rate is a Beta variable."""

    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    ways = math.lgamma(tries + 1) - math.lgamma(hits + 1) - math.lgamma(tries - hits + 1)
    return math.exp(ways + log_beta(yes + hits, no + tries - hits) - log_beta(yes, no))


def _why(word: str, better: int, worse: int, cases: int, margin: float, within: float, by_chance: float) -> str:
    counts = f"Of {cases} case{'s' * (cases != 1)} it did better in {better} and worse in {worse}"
    points = f"{margin * 100:g} points"
    if word == "REJECT":
        return f"{counts}; chance alone makes it look as bad in {_share(by_chance)} of trials."
    if word == "ADOPT":
        return f"{counts}; that it is at most {points} worse is {_share(within)} sure."
    return f"{counts}: that it is at most {points} worse is {_share(within)} sure, which is too little to tell."


def _share(chance: float) -> str:
    """A chance in percent, never rounded to certainty."""
    percent = chance * 100
    if percent > 99.9:
        return "over 99.9 %"
    if percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.0f} %" if 10 <= percent < 99 else f"{percent:.1f} %"
