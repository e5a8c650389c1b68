"""Why a fact is known: the words that say it, the rule that read them, what ended it, what the person decided."""

from __future__ import annotations

import msgspec

from sage.core.errors import NotFound
from sage.core.facts.beliefs import Belief, settle
from sage.core.facts.fact_wording import contradiction, day_in_words, source_line, told
from sage.engine.bootstrap import House
from sage.wire import Explanation

_EVENTS = {
    "gone": "its words went on",
    "back": "its words came back on",
    "right": "you said that it is right on",
    "wrong": "you said that it is not so on",
    "done": "you said that it is done on",
}


def explain_fact(house: House, fact: str) -> Explanation:
    """The explanation of a fact. Raises NotFound."""
    belief, by_statement = belief_of(house, fact)
    lines = [told(belief)]
    for one in belief.statements:
        read = day_in_words(one.recorded_at)
        lines.append(f"{source_line(one)}: read on {read} by “{one.rule}”, confidence {one.confidence:.2f}")
        lines += [f"  {_EVENTS[event]} {day_in_words(at)}" for event, at in house.facts.events(one.id)]
    for name in belief.supersedes:
        lines.append(f"It ended: {_with_source(by_statement[name], name)}")
    if ender := belief.superseded_by:
        lines.append(f"It was ended by: {_with_source(by_statement[ender], ender)}")
    lines += [f"It contradicts, and no date decides: {other}" for other in contradiction(belief, by_statement)]
    newest = belief.statements[0]
    lines.append(f"Visible to {', '.join(newest.audience)}, origin {newest.origin}.")
    return Explanation(fact, "fact", tuple(lines), msgspec.to_builtins(belief))


def belief_of(house: House, fact: str) -> tuple[Belief, dict[str, Belief]]:
    """What the statement of an id amounts to, and by statement all that it has to do with. Raises NotFound."""
    one = house.facts.statement(fact)
    if one is None:
        raise NotFound(f"There is no fact {fact!r}.", safe="Nothing was changed.", do="See them: sage facts")
    beliefs = settle(house.facts.slots_of([one]), house.facts.decisions())
    by_statement = {each.id: belief for belief in beliefs for each in belief.statements}
    return by_statement[fact], by_statement


def _with_source(belief: Belief, name: str) -> str:
    return f"{told(belief)} {source_line(next(one for one in belief.statements if one.id == name))}"
