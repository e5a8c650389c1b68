"""Calls of models summed for the ledger: by model, day, purpose or task."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from sage.core.ledger import CapLine, LedgerCall, LedgerLine, Outcome

By = Literal["day", "model", "purpose", "task", "role"]
EARLIER = "earlier calls"
"""Those from before the ledger kept what a call was for."""
NO_TASK = "no task of a turn"
MOST_BARS = 31
BAR = 40
"""Characters of the longest bar."""


def outcome_of(outcomes: Iterable[Outcome]) -> str:
    """What became of one turn: the newest word of the person, else the newest signal; "" if there is none."""
    best = max(outcomes, key=lambda one: (one.told_by == "person", one.at), default=None)
    return best.what if best else ""


def summed(calls: Iterable[LedgerCall], by: By) -> tuple[LedgerLine, ...]:
    """A line for each group, the dearest first; days in their order."""
    groups: dict[str, list[LedgerCall]] = {}
    for call in calls:
        groups.setdefault(_key(call, by), []).append(call)
    lines = [line_of(name, group) for name, group in groups.items()]
    if by == "day":
        return tuple(sorted(lines, key=lambda line: line.name))
    return tuple(sorted(lines, key=lambda line: (-(line.cost + line.counted), -line.calls, line.name)))


def line_of(name: str, calls: Sequence[LedgerCall]) -> LedgerLine:
    """All of some calls in one line."""
    whole = [call for call in calls if call.ended == "whole"]
    firsts = sorted(call.first_seconds for call in whole if call.first_seconds is not None)
    seconds = sorted(call.seconds for call in whole if call.seconds is not None)
    unknown = [call for call in calls if call.cost is None]
    return LedgerLine(
        name,
        len(calls),
        sum(call.ended == "failed" for call in calls),
        sum(call.ended == "cut" for call in calls),
        sum(call.prompt_tokens for call in calls),
        sum(call.cached_tokens for call in calls),
        sum(call.completion_tokens for call in calls),
        sum(call.reasoning_tokens for call in calls),
        any(call.estimated for call in calls),
        quantile(firsts, 0.5),
        quantile(seconds, 0.5),
        quantile(seconds, 0.95),
        math.fsum(call.cost for call in calls if call.cost is not None),
        len(unknown),
        math.fsum(call.counted for call in unknown),
        dict(Counter(what for what in {call.job: call.what for call in calls}.values() if what)),
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The least of the values that `share` of them do not exceed (nearest rank); None of none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def dollars(cost: float) -> str:
    """Money as a person reads it; what is less than the last digit shown is not shown as nothing."""
    if not cost:
        return "free"
    return f"${cost:.4f}" if cost >= 0.00005 else "under $0.0001"


def money_words(line: LedgerLine) -> str:
    """What a line cost, with what nobody knows kept apart."""
    if not line.unknown:
        return dollars(line.cost)
    calls = "1 call" if line.unknown == 1 else f"{line.unknown:,} calls"
    counted = f"unknown (counted as ${line.counted:.2f})"
    return f"{dollars(line.cost)} and {calls} {counted}" if line.unknown < line.calls else counted


def line_words(line: LedgerLine) -> list[str]:
    """A line of the ledger in three or four lines that fit a terminal."""
    calls = "1 call" if line.calls == 1 else f"{line.calls:,} calls"
    ends = ", ".join(f"{count:,} {how}" for count, how in ((line.failed, "failed"), (line.cut, "cut short")) if count)
    cached = f" ({line.cached_tokens:,} cached)" if line.cached_tokens else ""
    thought = f" ({line.reasoning_tokens:,} thinking)" if line.reasoning_tokens else ""
    about = "about " if line.estimated else ""
    tokens = f"{about}{line.prompt_tokens:,} tokens in{cached}, {line.completion_tokens:,} out{thought}"
    times = ""
    if line.median_seconds is not None and line.p95_seconds is not None:
        times = f"; half within {line.median_seconds:.1f} s, 95 % within {line.p95_seconds:.1f} s"
    told = [
        f"{line.name:<40} {money_words(line)}",
        f"    {calls}{f' ({ends})' if ends else ''}{times}",
        f"    {tokens}",
    ]
    if line.became:
        became = sorted(line.became.items(), key=lambda one: (-one[1], one[0]))
        told.append(
            "    what became of it: " + ", ".join(f"{count:,} {WORDS.get(what, what)}" for what, count in became)
        )
    return told


def call_words(call: LedgerCall) -> str:
    """One call in a sentence: who, what for, how much, how long, and what it cost, or by which bound it counts."""
    ended = {"failed": "failed before it said anything", "cut": "was cut short", "": "has not ended"}.get(
        call.ended, ""
    )
    took = f" in {call.seconds:.1f} s" if call.seconds is not None else ""
    thought = f" ({call.reasoning_tokens:,} thinking)" if call.reasoning_tokens else ""
    tokens = f"{call.prompt_tokens:,} tokens in, {call.completion_tokens:,} out{thought}{took}"
    cost = dollars(call.cost) if call.cost is not None else f"unknown, counted as ${call.counted:.4f}"
    what = f"{call.purpose or 'an earlier call'}, as {call.role}" if call.role else call.purpose or "an earlier call"
    return f"Call {call.id}: {call.model} ({what}) {ended or tokens}, {cost}."


WORDS = {"again": "asked again"}
CAPS = {
    "caps.per_day_usd": "today (caps.per_day_usd)",
    "caps.per_month_usd": "this month (caps.per_month_usd)",
    "caps.background_usd_per_day": "of that in the background today (caps.background_usd_per_day)",
    "caps.background_usd_per_month": "of that in the background this month (caps.background_usd_per_month)",
}


def cap_words(caps: Iterable[CapLine]) -> list[str]:
    """What is gone of each cap, and the setting that says it."""
    return [f"${cap.spent:.4f} of ${cap.dollars:.2f}".ljust(24) + CAPS.get(cap.key, cap.key) for cap in caps]


def chart(days: Sequence[LedgerLine], first: date, last: date) -> list[str]:
    """A bar for each day from the first one with calls to `last`, or a week where they are many: dollars, or calls where nothing
    cost anything. What nobody knows stands as its bound, in a lighter bar."""
    first = max(first, min((date.fromisoformat(line.name) for line in days), default=first))
    step = 1 if (last - first).days < MOST_BARS else 7
    bars = _bars(days, first, last, step)
    most = max((bar.cost + bar.counted for bar in bars.values()), default=0.0)
    most_calls = max((bar.calls for bar in bars.values()), default=0)
    if not most_calls:
        return []
    light = " (░: unknown, as it is counted)" if any(bar.counted for bar in bars.values()) else ""
    told = [f"{'Dollars' if most else 'Calls'} a {'day' if step == 1 else 'week'}{light}"]
    for start, bar in bars.items():
        if most:
            drawn = "█" * _length(bar.cost, most) + "░" * _length(bar.counted, most)
            said = dollars(bar.cost + bar.counted) if bar.calls else ""
        else:
            drawn, said = "█" * _length(bar.calls, most_calls), f"{bar.calls:,}" if bar.calls else ""
        told.append(f"{start:%b %d}  {drawn} {said}".rstrip())
    return told


class _Bar(NamedTuple):
    cost: float = 0.0
    counted: float = 0.0
    calls: int = 0


def _bars(days: Sequence[LedgerLine], first: date, last: date, step: int) -> dict[date, _Bar]:
    """By its first day, each span of `step` days from first to last."""
    spans = (last - first).days // step + 1
    bars = {first + timedelta(days=number * step): _Bar() for number in range(spans)}
    for line in days:
        day = date.fromisoformat(line.name)
        if first <= day <= last:
            start = first + timedelta(days=(day - first).days // step * step)
            bar = bars[start]
            bars[start] = _Bar(bar.cost + line.cost, bar.counted + line.counted, bar.calls + line.calls)
    return bars


def _length(value: float, most: float) -> int:
    return max(1, round(BAR * value / most)) if value else 0


def _key(call: LedgerCall, by: By) -> str:
    match by:
        case "day":
            return call.day
        case "model":
            return call.model
        case "purpose":
            return call.purpose or EARLIER
        case "role":
            return call.role or EARLIER
        case "task":
            return call.task or NO_TASK
