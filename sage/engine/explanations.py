"""Why something is as it is: the source, rule and figure behind an answer, an action, a passage or a reminder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sage.adapters.journal.journal_replies import KeptReply, ReplyPages
from sage.core.errors import NotFound
from sage.core.labels import PRIVATE, Label
from sage.core.ledger import LedgerCall
from sage.core.ledger_sums import call_words
from sage.core.nudge_words import Nudge, NudgeDecision
from sage.core.nudges import ENOUGH, told_reason
from sage.core.passages import Hit
from sage.core.routing import TASKS, told_steps
from sage.core.schedules.saying import say_rule
from sage.core.schedules.schedule import Schedule
from sage.core.schedules.wall_time import plainly
from sage.core.sharing import told
from sage.core.turns import Action, PastTurn
from sage.engine.bootstrap import House
from sage.engine.fact_explanations import explain_fact
from sage.engine.sheet_explanations import explain_cell
from sage.profile import resolve
from sage.wire import Explanation

_RESTS = {"linked": "linked from", "when": "the time is counted from what is told in", "akin": "like"}
"""How a part of a score rests on another passage."""


def explain(house: House, id: str) -> Explanation:  # noqa: A002
    """The explanation of a turn, action, passage, reminder, answer to somebody or cell of a sheet. Raises NotFound."""
    action = house.journal.action(id)
    if action:
        return _action(house, *action)
    if cell := explain_cell(house, id):
        return cell
    nudge = house.nudges.find(id)
    if nudge:
        return _nudge(house, nudge)
    schedule = house.schedule_pages.find(id)
    if schedule:
        return _schedule(house, schedule)
    if lines := _example(house, id):
        return Explanation(id, "example", tuple(lines), {"id": id})
    if house.facts.statement(id):
        return explain_fact(house, id)
    reply = ReplyPages(house.database).find(id)
    if reply and reply.reply.contact:
        return _reply(reply)
    hit = house.memory.hit(id)
    if hit:
        return Explanation(
            id, "passage", tuple(_passage(hit, house.sharing.label_of(id) or Label())), msgspec.to_builtins(hit)
        )
    calls = house.ledger.of(id)
    if calls and not house.journal.has_turn(id):
        return _calls(id, calls)
    forgotten = house.journal.forgotten_at(id)
    if forgotten and not house.journal.has_turn(id):
        return Explanation(id, "forgotten", (f"Evidence forgotten on {forgotten[:10]}.",), {"forgotten_at": forgotten})
    try:
        return _turn(house, house.journal.turn(id))
    except NotFound as error:
        raise NotFound(
            f"Nothing has the id {id!r}.",
            safe="Nothing was changed.",
            do="Ids stand in what the commands print with --json, and under each answer.",
        ) from error


def _reply(kept: KeptReply) -> Explanation:
    """Why the deputy answered a message, drafted an answer, or did neither."""
    reply = kept.reply
    lines = [f"What Sage made of a message of {reply.contact}: {reply.because}."]
    lines += [f"It rests on {piece.citation}." for piece in reply.sources]
    lines += [f"Who would read it: {', '.join(reply.audience)}.", f"All of it: sage inbox show {kept.id}"]
    return Explanation(kept.id, "reply", tuple(lines), msgspec.to_builtins(reply))


def because(house: House, nudge: Nudge) -> str:
    """In a sentence, what was decided last of a nudge; "" when nothing was yet."""
    last = house.nudges.decisions(nudge.id)[-1:]
    return _sentence(house, last[0]) if last else ""


def _sentence(house: House, decision: NudgeDecision) -> str:
    until = datetime.fromisoformat(decision.until) if decision.until else None
    per_day = resolve("default", house.home).settings.nudges.per_day
    return told_reason(decision.decision, decision.reason, until, house.clock.now(), per_day)


def _nudge(house: House, nudge: Nudge) -> Explanation:
    decisions = house.nudges.decisions(nudge.id)
    now = house.clock.now()
    points = nudge.features.get("points", {})
    lines = (
        f"About {nudge.kind} {nudge.about}: {nudge.text}",
        f"It is {nudge.state}." + (f" You answered: {nudge.answer}." if nudge.answer else ""),
        *(f"{plainly(datetime.fromisoformat(one.at), now)}: {_sentence(house, one)}" for one in decisions[-8:]),
        *([f"Its score was {sum(points.values()):.2f}, of {ENOUGH:.2f} that it needed: "
           + ", ".join(f"{name} {value:+.2f}" for name, value in points.items())] if points else []),
    )  # fmt: skip
    raw = {"nudge": msgspec.to_builtins(nudge), "decisions": msgspec.to_builtins(decisions)}
    return Explanation(nudge.id, "nudge", lines, raw)


def _asked(house: House, schedule: Schedule) -> list[str]:
    """Whose wish it is, and when it is told."""
    match schedule.kind:
        case "focus":
            session = house.focus.find(schedule.id)
            on = f" on {session.about}" if session and session.about else ""
            return [f"A focus session{on}: its end is told once, while it is still of use."]
        case "calendar":
            return [schedule.text, "This is told once for as long as it lasts."]
        case "brief" | "shutdown" | "review":
            return [f"Your setting {schedule.kind}.at: {say_rule(schedule.rule)}.", f"It is {schedule.state}."]
    return [f"You asked to be told: {schedule.text}", f"When: {say_rule(schedule.rule)}", f"It is {schedule.state}."]


def _schedule(house: House, schedule: Schedule) -> Explanation:
    occurrences = house.schedule_pages.occurrences(schedule.id)
    lines = (
        *_asked(house, schedule),
        *(
            f"{one.due_at} UTC: {one.state}" + (f", by {one.told_by}" if one.told_by else "")
            for one in occurrences[-5:]
        ),
    )
    raw = {"schedule": msgspec.to_builtins(schedule), "occurrences": msgspec.to_builtins(occurrences)}
    return Explanation(schedule.id, "reminder", lines, raw)


def _local(house: House, at: str) -> str:
    """A moment as the person's clock shows it."""
    return f"{datetime.fromisoformat(at).astimezone(house.clock.now().tzinfo):%Y-%m-%d at %H:%M}"


def _turn(house: House, past: PastTurn) -> Explanation:
    answer = past.answer
    lines = [
        f"Evidence forgotten on {past.forgotten[:10]}."
        if past.forgotten
        else f"You said on {_local(house, past.said_at)}: {past.said}",
        f"Answered by {answer.model} ({answer.state}), {_cost(answer.cost)}.",
    ]
    lines += _route(house, answer.turn)
    lines += map(call_words, house.ledger.of(answer.turn))
    for number, hit in enumerate(answer.sources, 1):
        lines.append(f"[{number}] {hit.citation}  score {hit.score:.3f}  ({_parts(hit)})")
        lines += _rests(house, hit)
    if not answer.sources and not past.forgotten:
        lines.append("No passage was cited.")
    lines += [f"Action {action.id}: {action.tool}, {action.state}. {action.result}" for action in answer.actions]
    for approval in house.journal.approvals(answer.turn):
        lines.append(
            f"Asked: {approval['tool']}, because: {approval['why']} You said {'yes' if approval['granted'] else 'no'}."
        )
    if answer.trouble:
        lines.append(answer.trouble)
    data: dict[str, Any] = msgspec.to_builtins(past)
    return Explanation(answer.turn, "turn", tuple(lines), data)


def _calls(id: str, calls: list[LedgerCall]) -> Explanation:  # noqa: A002
    """What a call of a model was for and what it cost, or all calls of a job that is no turn."""
    lines = [*map(call_words, calls), f"Booked on {calls[0].job}, {calls[0].at[:16]}."]
    if any(call.cost is None for call in calls):
        lines.append(
            "What nobody tells the cost of (an unknown price, a call that was cut short) counts as what was set aside."
        )
    return Explanation(id, "cost", tuple(lines), {"calls": msgspec.to_builtins(calls)})


def _route(house: House, turn: str) -> list[str]:
    """Who was asked and why, and what became of the answer."""
    known = house.routes.route(turn)
    if known is None:
        return []
    task, steps = known
    became = [f"What became of it: {one.what} (told by {one.told_by})." for one in house.ledger.outcomes(turn)]
    return [f"Taken for: {TASKS.get(task, task)}.", *told_steps(steps), *became]


def _example(house: House, id: str) -> list[str]:  # noqa: A002
    """What an example was made of, and when it is shown; nothing if that is none."""
    found = next((each for each in house.examples.pages.all() if each.id == id), None)
    if found is None:
        return []
    body = found.body
    shown = "is shown it" if resolve("default", house.home).settings.roles.quick_examples else "may be shown it"
    lines = [
        f"You asked: {body.said}",
        f"{body.model} answered, and you kept it: {body.answer}",
        f"quick {shown} with {TASKS.get(found.task, found.task)}, as an example and no source.",
        *(["It holds words that stay on this machine."] if body.local else []),
        f"It was made of turn {found.turn} on {found.made_at[:10]}.",
    ]
    became = [
        f"What became of that turn: {one.what} (told by {one.told_by})." for one in house.ledger.outcomes(found.turn)
    ]
    return [*lines, *became]


def _action(house: House, action: Action, turn: str) -> Explanation:
    past = house.journal.turn(turn)
    forgotten = house.journal.forgotten_at(action.id)
    lines = (
        f"{action.tool}: {action.state}. {f'Evidence forgotten on {forgotten[:10]}.' if forgotten else action.result}",
        f"In turn {turn}, where you said: {past.said}",
    )
    return Explanation(action.id, "action", lines, msgspec.to_builtins(action))


def _passage(hit: Hit, label: Label) -> list[str]:
    seen = "private" if label.audience == PRIVATE else f"visible to {', '.join(label.audience)}"
    return [hit.citation, f"From {hit.root or 'what was remembered'}, origin {hit.origin}.",
            f"It is {seen}: {told(label)}.", hit.text]  # fmt: skip


def _parts(hit: Hit) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in hit.why.items())


def _rests(house: House, hit: Hit) -> list[str]:
    """Which other passages its score rests on, as far as they are still there."""
    found = ((part, house.memory.hit(name)) for part, name in hit.rests_on.items())
    return [f"    {_RESTS[part]} {other.citation}" for part, other in found if other]


def _cost(cost: float | None) -> str:
    return "price unknown" if cost is None else f"${cost:.4f}"
