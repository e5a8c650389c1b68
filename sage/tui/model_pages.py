"""What Models' reading pane shows: who answers and what that costs, a model, a trial, a swap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sage import wire
from sage.core.case_words import case_lines
from sage.core.ledger_sums import EARLIER, cap_words, chart, line_words, money_words
from sage.core.model_choice import RoleChain
from sage.core.sharing_words import counted
from sage.core.swaps import STATE_WORDS
from sage.core.terminal_text import clean_line
from sage.core.trials import agreement_words
from sage.tui.model_rows import Model, Now, OnTrial, OwnCase, Row, State, Swapped, Tried, days_of, trial_words
from sage.tui.widgets.entry import Entry

PURPOSES = {
    "turn": "your questions",
    "facts": "facts in what you wrote",
    "nudge": "proposals",
    "ritual": "the day and the week",
    "summary": "summaries",
    "reply": "answers to others",
    "eval": "trials of models",
    "judge": "judges of trials",
    "sheet": "sheets",
    "copy": "copies",
    "embed": "memory",
    EARLIER: EARLIER,
}
"""In the order of the ledger's own words."""
NO_CASES = "No cases yet to try models on. n makes some of your last turns; in Talk Ctrl+G says how an answer was."


Shown = wire.TrialShown | wire.EvalCaseShown


def entries_of(row: Row, shown: Shown | None) -> list[Entry]:
    """What is told of a row; `shown` is its trial or its case in full, once that is known."""
    match row:
        case Now():
            return [Entry("notice", "\n".join(map(clean_line, part))) for part in _now_parts(row.state) if part]
        case OnTrial():
            return [_notice(_canary_lines(row))]
        case Model():
            return [_notice(_model_lines(row))]
        case Tried():
            words = trial_words(row.trial)
            if isinstance(shown, wire.TrialShown):
                words = [*shown.words, *map(agreement_words, shown.agreements)]
            return [_notice([word]) for word in words[:1]] + ([_notice(words[1:])] if words[1:] else [])
        case OwnCase():
            words = case_lines(shown.case, shown.changed, add="e") if isinstance(shown, wire.EvalCaseShown) else []
            return [_notice([text for word in words for text in word.splitlines() or [""]] or [row.case.said])]
        case Swapped():
            return [_notice(_swap_lines(row.swap))]


def _now_parts(state: State) -> Iterator[list[str]]:
    yield ["Who answers", *map(_role_line, state.roles.roles)]
    yield ["What is gone of your caps", *cap_words(state.ledger.caps)]
    ledger = state.ledger
    if not ledger.whole.calls:
        yield [f"No model was asked anything in the last {days_of(ledger)} days."]
    else:
        yield chart(ledger.days, date.fromisoformat(ledger.first), date.fromisoformat(ledger.last))
        head = f"The last {days_of(ledger)} days: {counted(ledger.whole.calls, 'call')}, {money_words(ledger.whole)}"
        if ledger.by == "purpose":
            yield [head, *(_purpose_line(line.name, line.calls, money_words(line)) for line in ledger.lines)]
        else:
            yield [f"{head}. By {ledger.by}:"]
            yield from map(line_words, ledger.lines)
    yield [case_words(state.cases)]
    yield [
        "Answers of deep as examples for quick",
        *state.examples.told,
        f"E turns that {'off' if state.examples.on else 'on'}.",
    ]


def _role_line(chain: RoleChain) -> str:
    names = ", then ".join(name if here else f"{name} (elsewhere)" for name, here in chain.models)
    return f"{chain.role:<11}{names}{'' if chain.own else ' (none of its own)'}"


def _purpose_line(purpose: str, calls: int, money: str) -> str:
    return f"{PURPOSES.get(purpose, purpose):<25}{calls:>6,}  {money}"


def case_words(cases: tuple[wire.EvalCaseLine, ...]) -> str:
    """How many cases there are, and what was said of them."""
    if not cases:
        return NO_CASES
    counts = Counter(case.rating for case in cases if case.rating)
    rated = ", ".join(f"{count} {what}" for what, count in counts.most_common())
    return f"{counted(len(cases), 'case')} to try models on{f' ({rated})' if rated else ''}."


def _model_lines(row: Model) -> list[str]:
    option = row.option
    lines = [option.id, *filter(None, (option.can, option.needs)), ""]
    if row.answers:
        lines.append("It answers now.")
    elif not option.ready:
        lines.append("It is not on this machine yet. i brings it here; its size, licence and place are shown first.")
    else:
        lines += ["t tries it on your cases, beside who answers now.", "u lets it answer; that is asked once.",
                  "c lets it answer half of your everyday questions for a while."]  # fmt: skip
    if row.trial:
        lines += ["", f"Tried on {row.trial.made_at[:10]}:", *trial_words(row.trial)]
    return lines


def _canary_lines(row: OnTrial) -> list[str]:
    canary, swap = row.canary, row.swap
    lines = [canary.told, "", "turns whose outcome is known", _side_line(swap.now, canary.turns, canary.bad)]
    lines.append(_side_line(f"{swap.was}, usually", canary.usual_turns, canary.usual_bad))
    lines += ["", f"Evidence against it: {canary.evidence:.1f}. At {canary.bound:g} it goes back by itself."]
    return [*lines, "", "a lets it answer for good · b ends the trial"]


def _side_line(name: str, turns: int, bad: int) -> str:
    return f"{name}: {turns}, of which {bad} did not suffice"


def _swap_lines(swap: wire.SwapLine) -> list[str]:
    lines = [
        f"{swap.role}: {swap.was} → {swap.now}",
        f"{STATE_WORDS[swap.state]}, made {swap.made_at[:16].replace('T', ' ')}",
    ]
    lines += [f"ended {swap.ended_at[:16].replace('T', ' ')}"] if swap.ended_at else []
    lines += [f"Settings: {', '.join(swap.keys)}"] if swap.keys else []
    lines += [swap.reason] if swap.reason else []
    lines += [f"It rests on the trial {swap.trial}."] if swap.trial else []
    return lines + (
        ["", "b takes it back: your settings become as they were, byte for byte."] if swap.state == "in force" else []
    )


def _notice(lines: list[str]) -> Entry:
    return Entry("notice", "\n".join(map(clean_line, lines)))
