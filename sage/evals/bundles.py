"""Making a bundle: a line for each thing that is told of a case, and of the trials that it was in.

A line is a JSON object on its own, so that any of them can be left out. Names and ids of this home are in none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from sage.core.asked import mapped
from sage.core.bundles import Bundle, BundleCase, as_line
from sage.core.cases import Case, Check, check_words
from sage.core.labels import LOCAL_ONLY, PUBLIC
from sage.core.passages import Hit
from sage.core.placeholders import Placeholders, note_name
from sage.core.sharing_words import counted
from sage.core.trials import Compared, Trial, Vote

VERSION = 1
_WITHHELD = "left out, since they are private"
_FREE = frozenset({"text", "with", "task", "model", "candidate", "current", "by", "tool", "calls"})
"""What of a line is not of Sage's own making."""


class ChosenCase(Struct, frozen=True):
    """A case for a bundle. `public` are those of its passages, by id, that everybody may see as labels are now. `words`: the
    person lets all its words go in; `outcomes` is what became of its answer."""

    case: Case
    public: frozenset[str] = frozenset()
    words: bool = False
    outcomes: tuple[str, ...] = ()


class TrialFigures(Struct, frozen=True):
    """A trial with the chosen cases that both sides answered, and what was chosen in them."""

    trial: Trial
    rows: tuple[Compared, ...]
    votes: tuple[Vote, ...]


def bundle_of(
    chosen: Sequence[ChosenCase], trials: Iterable[TrialFigures], names: Placeholders, hide: Callable[[str], str]
) -> Bundle:
    """The bundle. `names` puts marks in the place of what tells who and where; `hide` takes out whatever key is known."""
    numbered = {each.case.id: f"case-{number}" for number, each in enumerate(chosen, 1)}
    found: list[dict[str, Any]] = []
    for each in chosen:
        found += ({"case": numbered[each.case.id], **line} for line in _case(each, names))
    for number, figures in enumerate(trials, 1):
        found += _trial(f"trial-{number}", figures, numbered)
    lines = [as_line({"bundle": VERSION, "what": "cases of a person's own, with names and addresses replaced"})]
    for line in found:
        free = {name: mapped(line[name], lambda text: names.hide(hide(text))) for name in line.keys() & _FREE}
        lines.append(as_line(line | free))
    cases = tuple(BundleCase(each.case.id, numbered[each.case.id], each.words, _told(each)) for each in chosen)
    return Bundle(tuple(lines), cases, names.counts)


def _case(each: ChosenCase, names: Placeholders) -> Iterator[dict[str, Any]]:
    case, body = each.case, each.case.body
    calls = [call.name for step in body.record for call in step.calls]
    yield {
        "kind": "case", "task": case.task, "rating": case.rating, "value": case.value, "holdout": case.holdout,
        "model": body.model, "became": list(each.outcomes), "calls": calls, "passages": len(_passages(case)),
        "words": "all" if each.words else _WITHHELD,
    }  # fmt: skip
    if each.words:
        yield from ({"kind": "earlier", "who": one.role, "text": one.text} for one in _earlier(case) if one.text)
        yield {"kind": "asked", "text": body.said}
    for number, hit in enumerate(_passages(case), 1):
        if each.words or hit.id in each.public:
            yield {
                "kind": "passage",
                "number": number,
                "note": names.mark("note", note_name(hit.source)),
                "text": hit.text,
            }
    for step in body.record if each.words else ():
        yield from ({"kind": "call", "tool": call.name, "with": call.arguments} for call in step.calls)
        yield from ({"kind": "result", "tool": one.name, "text": one.text} for one in step.results)
        if step.text.strip():
            yield {"kind": "answer", "text": step.text.strip()}
    yield from ({"kind": "check", **_check(check, words=each.words)} for check in body.checks)


def _check(check: Check, *, words: bool) -> dict[str, Any]:
    named = type(check).__name__
    return {"check": named, "text": check_words(check)} if words else {"check": named}


def _trial(name: str, figures: TrialFigures, numbered: dict[str, str]) -> Iterator[dict[str, Any]]:
    trial, verdict = figures.trial, figures.trial.verdict
    line: dict[str, Any] = {
        "trial": name,
        "kind": "trial",
        "of": trial.kind,
        "candidate": trial.candidate,
        "current": trial.current,
    }
    if verdict:
        line |= {"verdict": verdict.word, "better": verdict.better, "worse": verdict.worse, "cases": verdict.cases,
                 "worse_by_chance": verdict.worse_by_chance, "within": verdict.within}  # fmt: skip
    yield line
    for row in figures.rows:
        yield {
            "trial": name, "kind": "tried", "case": numbered[row.case], "current_right": row.current_counts,
            "candidate_right": row.candidate_counts, "current_seconds": round(row.current.replayed.seconds, 2),
            "candidate_seconds": round(row.candidate.replayed.seconds, 2), "current_usd": row.current.replayed.usage.cost,
            "candidate_usd": row.candidate.replayed.usage.cost,
        }  # fmt: skip
    for vote in figures.votes:
        yield {
            "trial": name,
            "kind": "vote",
            "case": numbered[vote.case],
            "by": vote.voter,
            "first": vote.first,
            "better": vote.choice,
        }


def _told(each: ChosenCase) -> str:
    """What of a case's words goes in, and what is private of it, in a sentence."""
    case, hits = each.case, _passages(each.case)
    private = [hit for hit in hits if hit.id not in each.public]
    local = any(LOCAL_ONLY in hit.audience for hit in hits) or case.body.local
    parts = ["what you said", "the answer"]
    parts += [counted(len(_earlier(case)), "earlier message")] if _earlier(case) else []
    parts += [counted(len(private), "passage")] if private else []
    others = sum(hit.origin != "user" for hit in private)
    told = f"{', '.join(parts)}, which are private"
    told += f" ({counted(others, 'passage')} by somebody else)" if others else ""
    told += " and marked to stay on this machine" if local else ""
    return f"all its words go in: {told}" if each.words else f"its words stay out: {told}"


def _passages(case: Case) -> list[Hit]:
    body = case.body
    return [*body.opening.passages, *(hit for step in body.record for hit in step.found)]


def _earlier(case: Case) -> list[Any]:
    """The messages before what was asked."""
    messages = list(case.body.opening.messages)
    while messages and messages[-1].role != "user":
        messages.pop()
    return messages[:-1]


def is_public(hit: Hit | None) -> bool:
    """Whether everybody may see a passage, as labels are now (None: it is not there any more)."""
    return hit is not None and set(PUBLIC) <= set(hit.audience) and LOCAL_ONLY not in hit.audience
