"""Who is asked: the role that a turn's question goes to, and when the next one up is asked instead.

Decided by code, from what is known before anything is asked: whether words in it stay on this machine (first of all), what the
person said of it, its size, its kind, and the person's own record of what sufficed for that kind.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from sage.core.chat_prompt import request_tokens
from sage.core.extracts import is_told
from sage.core.labels import LOCAL_ONLY
from sage.core.messages import ModelRequest
from sage.core.model_choice import ModelRole, Wish
from sage.core.plain_commands import read_command
from sage.core.turns import PastTurn

Task = Literal["capture", "command", "question", "plan", "writing", "code", "talk"]
"""`capture`: something is to be kept; `question`: of what the person's notes say; `talk`: anything else."""

OUTCOMES_WELL = frozenset(("kept", "right"))
OUTCOMES_ILL = frozenset(("again", "undone", "wrong", "should have asked"))
ENOUGH, SURE = 0.75, 0.8
"""A role suffices for a kind of task where its answers do so in more than ENOUGH of all cases with a probability of SURE."""
TOO_FEW = 0.5
"""A role falls short where its answers suffice in fewer cases than that, with the same probability."""
DOUBT = 0.6
"""Below this probability of what a model chose to do it is not sure, and the next one is asked."""
LADDER: tuple[ModelRole, ...] = ("quick", "talk", "deep")

_IMPORTANT = re.compile(
    r"\b(?:(?:this|that|it)(?:'s| is) (?:really |very |quite )?important|think (?:hard|carefully|deeply|twice|it through)|"
    r"be (?:very )?(?:thorough|careful)|take your time|double[- ]check|in depth|a lot depends on|"
    r"(?:das|es) ist (?:mir )?(?:sehr )?wichtig|denk (?:gut|gründlich|genau) nach|gründlich|c'est (?:très )?important)\b",
    re.IGNORECASE,
)
_KIND_WORDS: tuple[tuple[Task, str], ...] = (
    ("code", r"```|\b(?:python|javascript|sql|regex|bash|shell script|traceback|stack trace|compile[sr]?|unit tests?|"
                 r"(?:a|the|this|my) (?:function|script|bug|code))\b"),
    ("writing", r"\b(?:write|draft|re-?write|rephrase|reword|translate|proofread|summari[sz]e|shorten|"
                    r"reply to|answer (?:his|her|their|this) (?:mail|message|letter)|schreib\w*|formulier\w*|übersetz\w*)\b"),
    ("plan", r"\b(?:plan|prioriti[sz]e|break (?:it|this|that) down|first step|next steps?|how (?:do|should|can) i "
                 r"(?:start|begin|approach|tackle)|what should i do|help (?:me|us) (?:start|prepare|decide|get)|"
                 r"organi[sz]e|plane?)\b"),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _KIND_WORDS)
_QUESTION = re.compile(
    r"\?\s*$|^\s*(?:who|what|when|where|which|why|how|did|does|do|is|are|was|were|have|has|can|wer|was|wann|wo|wie)\b",
    re.IGNORECASE,
)


class Tally(Struct, frozen=True):
    """How often a role's answers to a kind of task sufficed, and how often not."""

    sufficed: int = 0
    failed: int = 0


class Question(Struct, frozen=True):
    """What is known of a turn before anybody is asked.

    `there` are the roles that have a model of their own (`talk` always has), with the most tokens that prompt and answer may have
    there. `stays`: words in it are for this machine alone, and not all of those models run there. `before` is the role that
    answered the same question just now, "" if this is a new one. `tallies` are by role, for this kind of task.
    """

    task: Task
    there: Mapping[ModelRole, int]
    stays: bool = False
    wish: Wish = ""
    important: bool = False
    tokens: int = 0
    before: ModelRole | Literal[""] = ""
    tallies: Mapping[ModelRole, Tally] = {}


class Route(Struct, frozen=True):
    """Which role is asked, for what kind of task, and why, as a code of `WHY` that may have figures behind it."""

    role: ModelRole
    task: Task
    why: str


class Step(Struct, frozen=True, omit_defaults=True):
    """One choice of who is asked: the role, the code of its reason, and the model that was asked then. `examples` (by id) were
    shown to it."""

    role: ModelRole
    why: str
    model: str = ""
    examples: tuple[str, ...] = ()


TASKS = {
    "capture": "something to keep",
    "command": "a plain command",
    "question": "a question of what your notes say",
    "plan": "planning",
    "writing": "writing",
    "code": "code",
    "talk": "talk",
}
"""Kinds of tasks in words."""
WHY = {
    "local-only": "notes that stay on this machine are in it",
    "wish": "you asked for it",
    "missing": "no model is set for what you asked for; set one with: sage models use MODEL --role quick, or deep",
    "again": "you asked again",
    "important": "you said that it matters",
    "size": "it is too long for a quicker one",
    "command": "it is a plain command, and whether that was done right can be checked",
    "sufficed": "that was good enough for you before",
    "short": "less did not suffice for you before",
    "usual": "it is the usual one",
    "trial": "it is on trial with everyday turns",
    "pictures": "it can see pictures",
    "arguments": "the tool could not take what was asked of it",
    "tool": "a tool failed",
    "doubt": "it was not sure what to do",
    "NoKey": "its key is missing or was refused",
    "ProviderDown": "it could not be reached, or was failing",
    "NoAnswer": "it did not answer",
    "StreamBroken": "it stopped in the middle",
    "UnknownModel": "there is no such model any more",
    "CorruptModel": "its file is damaged",
    "OverBudget": "a cap would have been passed",
    "ModelTrouble": "it did not take the request",
}
"""Reasons in words. Those that are named like errors tell why another model of the same role was asked."""
UP = frozenset(("arguments", "tool", "doubt", "again"))
"""Reasons for which the next role up is asked; all but the last are seen while a turn runs."""


def task_of(said: str, found: bool, tools: Collection[str], now: datetime) -> Task:
    """The kind of task that the person's words are. `found`: their notes have something on it; `tools` can be used."""
    command = read_command(said, now)
    if command and command.tool in tools:
        return "capture" if command.tool == "note" else "question" if command.tool == "facts" else "command"
    if is_told(said):
        return "capture"
    kind = next((kind for kind, pattern in _KINDS if pattern.search(said)), None)
    return kind or ("question" if found and _QUESTION.search(said) else "talk")


def size_of(request: ModelRequest) -> int:
    """About how many tokens a request has, with its answer."""
    return request_tokens(request) + request.max_tokens


def stays_here(past: PastTurn) -> bool:
    """Whether an earlier turn rests on words that no model elsewhere may read, also where its answer does not cite them."""
    return past.stays or past.role == "local-only" or any(LOCAL_ONLY in hit.audience for hit in past.answer.sources)


def is_important(said: str) -> bool:
    """Whether the person said that it matters."""
    return bool(_IMPORTANT.search(said))


def route(asked: Question) -> Route:
    """Who is asked first."""
    role, why = _chosen(asked)
    return Route(role, asked.task, why)


def _chosen(asked: Question) -> tuple[ModelRole, str]:
    if asked.stays:
        return "local-only", "local-only"
    if asked.wish:
        return (asked.wish, "wish") if asked.wish in asked.there else ("talk", "missing")
    if asked.before and (above := next_up(asked.before, asked.there)):
        return above, "again"
    if asked.important and "deep" in asked.there:
        return "deep", "important"
    fits = [role for role in LADDER if role in asked.there and asked.tokens <= asked.there[role]]
    if "talk" not in fits and fits[-1:] == ["deep"]:
        return "deep", "size"
    talk = asked.tallies.get("talk", Tally())
    if "deep" in asked.there and falls_short(talk):
        return "deep", f"short {talk.sufficed} of {talk.sufficed + talk.failed}"
    if "quick" not in asked.there:
        return "talk", "usual"
    quick = asked.tallies.get("quick", Tally())
    if "quick" not in fits:
        return "talk", "size"
    if suffices(quick):
        return "quick", f"sufficed {quick.sufficed} of {quick.sufficed + quick.failed}"
    if asked.task == "command" and not falls_short(quick):
        return "quick", "command"
    return "talk", "usual"


def next_up(role: ModelRole, there: Collection[ModelRole]) -> ModelRole | None:
    """The next role up that has a model of its own (`talk` always has), or None. Nobody is above what stays here."""
    if role not in LADDER:
        return None
    return next((above for above in LADDER[LADDER.index(role) + 1 :] if above == "talk" or above in there), None)


def suffices(tally: Tally) -> bool:
    """Whether a role's answers are good enough: `above(ENOUGH)` is at least SURE. Nothing known: no."""
    return above(ENOUGH, tally) >= SURE


def falls_short(tally: Tally) -> bool:
    """Whether a role's answers are not good enough, as surely."""
    return 1 - above(TOO_FEW, tally) >= SURE and tally.failed > 1


def above(share: float, tally: Tally) -> float:
    """The probability that a role's answers suffice in more than `share` of all cases, from what is known of it.

    The posterior is Beta(a, b) with a = sufficed + 1 and b = failed + 1 (every share as likely before), whose distribution
    function at x for whole a and b is the binomial tail sum_{j=a}^{n} C(n, j) x^j (1-x)^(n-j), n = a + b - 1
    (Abramowitz & Stegun 26.5.24).
    """
    a, n = tally.sufficed + 1, tally.sufficed + tally.failed + 1
    below = sum(math.comb(n, j) * share**j * (1 - share) ** (n - j) for j in range(a, n + 1))
    return 1 - below


def tallies(
    past: Iterable[tuple[Sequence[Step], Collection[str]]], models: Mapping[ModelRole, str]
) -> dict[ModelRole, Tally]:
    """What sufficed, by role, of earlier turns with one kind of task: of each its steps, and what became of its answer.

    Only answers of the models that have these roles now count. A role from which the next one up was asked did not suffice.
    """
    counts: dict[ModelRole, list[int]] = {}
    for steps, outcomes in past:
        for place, step in enumerate(steps):
            if step.model != models.get(step.role):
                continue
            count = counts.setdefault(step.role, [0, 0])
            after = steps[place + 1 :]
            if after:
                count[1] += any(code_of(later.why) in UP and later.role != step.role for later in after[:1])
            elif OUTCOMES_ILL & set(outcomes):
                count[1] += 1
            elif OUTCOMES_WELL & set(outcomes):
                count[0] += 1
    return {role: Tally(*count) for role, count in counts.items()}


def is_doubtful(odds: Sequence[tuple[str, float]]) -> bool:
    """Whether a model was not sure what to do, by the likeliest beginnings that its choice could have had; no odds: no."""
    whole = sum(share for _, share in odds)
    return bool(whole) and max(share for _, share in odds) / whole < DOUBT


def code_of(why: str) -> str:
    """The code of a reason, without its figures."""
    return why.partition(" ")[0]


def reason_of(why: str) -> str:
    """A reason in words, with its figures."""
    code, _, figures = why.partition(" ")
    return WHY.get(code, code) + (f" ({figures})" if figures else "")


def told_steps(steps: Sequence[Step]) -> list[str]:
    """Who was asked and why, a sentence for each."""
    lines = []
    for place, step in enumerate(steps):
        if place and step.role == steps[place - 1].role:
            lines.append(f"{step.model} was asked in the place of {steps[place - 1].model}: {reason_of(step.why)}.")
        else:
            then = "Then asked" if place else "Asked"
            lines.append(f"{then} {step.role}{f' ({step.model})' if step.model else ''}: {reason_of(step.why)}.")
        if step.examples:
            many = "an answer that you had kept" if len(step.examples) == 1 else "answers that you had kept"
            lines.append(f"It was shown {many}, as examples: {', '.join(step.examples)}.")
    return lines


def aside(steps: Sequence[Step]) -> str:
    """What the line below an answer tells of it in a few words; "" where everything went as usual."""
    said = []
    first = steps[0] if steps else None
    if first and code_of(first.why) not in ("usual", "size"):
        said.append(f"{first.role}: {reason_of(first.why)}" if first.why != "command" else first.role)
    for before, step in pairwise(steps):
        if step.role == before.role:
            said.append(f"not {before.model}: {reason_of(step.why)}")
        else:
            said.append(f"then {step.role}: {reason_of(step.why)}")
    return "; ".join(said)
