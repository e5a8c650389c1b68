"""Questions about facts: what they ask for, read by rule, and which beliefs answer them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from sage.core.facts.beliefs import Belief, holds_in
from sage.core.facts.date_spans import find_date_spans
from sage.core.facts.facts import ME, Kind, Scope, subject_key
from sage.core.words import content_stems

_HALF = 0.5
"""More than this share of the words that were asked about must stand in a fact."""
NO_FACTS = "I know no such fact from your own words."
RECENT_DAYS = 14
"""A promise is shown as open until so many days after it was due (after it was made, when no day was named)."""


class FactQuery(Struct, frozen=True):
    """What is asked for: words that facts are about ("" for all), the ISO days `first` to `last` ("" for now), kinds.

    `mine` asks for what the person said of themself. Of a `scope` of "open" are contradictions, and promises still to keep.
    """

    about: str = ""
    first: str = ""
    last: str = ""
    kinds: tuple[Kind, ...] = ()
    scope: Scope = "all"
    mine: bool = False


_POLITE = r"^\s*(?:please\s+|sage,?\s+|tell me,?\s+|remind me,?\s+)*"
_ABOUT = r"(?:\s+(?:about|of|on|regarding)\s+(?P<about>.+?))?"
_END = r"[\s.?!]*$"
_QUESTIONS: tuple[tuple[re.Pattern[str], FactQuery], ...] = tuple(
    (re.compile(_POLITE + pattern + _END, re.IGNORECASE), query)
    for pattern, query in (
        (rf"what (?:did|do) i (?:believe|think|hold)(?: back then)?{_ABOUT}", FactQuery(mine=True)),
        (rf"what were my (?:beliefs|thoughts|opinions|views){_ABOUT}", FactQuery(mine=True)),
        (r"what (?:did i|have i|had i) promised?(?:\s+(?:to\s+)?(?P<about>(?!(?:this|last|next|in|to do)\b).+?))?"
         r"(?:\s+to do)?", FactQuery(kinds=("commitment",), scope="promised", mine=True)),
        (r"what (?:are my|were my) (?:promises|commitments)", FactQuery(kinds=("commitment",), scope="promised", mine=True)),
        (r"what (?:do|did) (?:you|i) know about (?P<about>.+?)", FactQuery()),
        (r"(?:show|list|give)(?: me)?(?: all| the| my)* facts" + _ABOUT, FactQuery()),
        (r"(?:what|which)(?: facts)? (?:contradicts?|contradict each other|changed)(?: itself)?", FactQuery(scope="open")),
    )
)  # fmt: skip


def read_question(text: str, today: date) -> FactQuery | None:
    """The query that a plain question is ("what did I believe about remote work in May?"), or None."""
    if len(text) > 300:
        return None
    for pattern, query in _QUESTIONS:
        bare, first, last = without_days(text, today)
        match = pattern.match(bare)
        if match:
            about = (match.groupdict().get("about") or "").strip(" .,'\"?!")
            if about.lower() in {"me", "myself"}:
                about = ME
            return FactQuery(about, first, last, query.kinds, query.scope, query.mine)
    return None


def without_days(text: str, today: date) -> tuple[str, str, str]:
    """A question without the words that name its days, and the ISO days ("", "" when none are named)."""
    spans = find_date_spans(text, today, "past")
    if not spans:
        return text, "", ""
    span = spans[-1]
    rest = re.sub(r"\s+", " ", text[: span.start] + " " + text[span.end :])
    return re.sub(r"\s+([?.!])", r"\1", rest).strip(), span.first, span.last or str(today)


def days_of(text: str, today: date) -> tuple[str, str] | None:
    """The ISO days that words such as "May", "2023-05", "last spring" or "2023" name, or None."""
    for words in (text, f"in {text}", f"on {text}"):
        spans = find_date_spans(words.strip(), today, "past")
        if spans:
            return spans[0].first, spans[-1].last or str(today)
    return None


def subjects_of(query: FactQuery, known: Iterable[Belief]) -> tuple[str, ...]:
    """Under which names what is asked about may be kept: "my sister" is Anna, too."""
    if not query.about:
        return ()
    about = subject_key(query.about)
    names = {about, *(subject_key(one.value) for one in known if one.kind == "person" and one.attribute == about)}
    names |= {one.attribute for one in known if one.kind == "person" and subject_key(one.value) == about}
    return tuple(sorted(names))


def choose(query: FactQuery, beliefs: Sequence[Belief], today: date, subjects: Sequence[str] = ()) -> list[Belief]:
    """The beliefs that answer a query, the best first: those about its words, of its kinds, at its time."""
    asked = set(content_stems(query.about)) if query.about != ME else set()
    named = set(subjects) | ({ME} if query.about == ME else set())
    found: list[tuple[float, Belief]] = []
    for belief in beliefs:
        share = _share(belief, asked, named)
        if (not query.about or share > _HALF) and _fits(query, belief, today):
            found.append((share, belief))
    best = max((share for share, _ in found), default=0.0)
    kept = [belief for share, belief in found if share >= best * 0.6]
    return sorted(kept, key=lambda one: (_newest(one), one.id), reverse=True)


def _share(belief: Belief, asked: set[str], named: set[str]) -> float:
    """How much of what is asked about a belief has: all of it when it is about that subject."""
    if subject_key(belief.subject) in named:
        return 1.0
    if not asked:
        return 0.0
    told = " ".join((belief.subject, belief.attribute, belief.value, belief.whom, belief.statements[0].quote))
    return len(asked & set(content_stems(told))) / len(asked)


def _fits(query: FactQuery, belief: Belief, today: date) -> bool:
    if query.mine and subject_key(belief.subject) != ME and belief.attribute != "is on":
        return False
    if query.kinds and belief.kind not in query.kinds:
        return False
    if query.scope == "open":
        return belief.state == "open" or (_is_promise(belief) and _is_due(belief, today))
    if query.scope == "promised":
        return _is_promise(belief) and (not query.first or _is_promised_in(belief, query.first, query.last))
    if query.first:
        return holds_in(belief, query.first, query.last)
    return belief.state in {"holds", "open", "past"}


def _is_promise(belief: Belief) -> bool:
    """Whether it is something that was promised or has to be done, and that the person did not call done."""
    meant = belief.attribute in {"promised", "has to"} or bool(belief.due)
    return belief.kind == "commitment" and meant and belief.polarity and belief.state in {"holds", "open"}


def _is_due(belief: Belief, today: date) -> bool:
    day = (belief.due or _newest(belief))[:10]
    return bool(day) and date.fromisoformat(day) >= today - timedelta(days=RECENT_DAYS)


def _is_promised_in(belief: Belief, first: str, last: str) -> bool:
    days = {belief.due[:10], *(one.stated_at[:10] for one in belief.statements)}
    return any(first <= day <= last for day in days if day)


def _newest(belief: Belief) -> str:
    return max((one.stated_at or one.recorded_at for one in belief.statements), default="")
