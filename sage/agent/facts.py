"""Looking up facts: from a query to the beliefs that answer it."""

from __future__ import annotations

from datetime import date

from sage.core.facts.beliefs import Belief, settle
from sage.core.facts.fact_questions import FactQuery, choose, subjects_of
from sage.core.facts.fact_wording import contradiction, source_line, told
from sage.core.facts.facts import ME, Statement
from sage.core.passages import Hit
from sage.core.ports import Facts


def look_up(facts: Facts, query: FactQuery, today: date) -> tuple[list[Belief], dict[str, Belief]]:
    """The beliefs that answer a query, the newest first, and by statement all that they have to do with."""
    decisions = facts.decisions()
    people = settle(facts.statements(query.about)) if query.about and query.about != ME else ()
    subjects = subjects_of(query, people) or ((ME,) if query.about == ME else ())
    words = "" if query.about == ME else query.about
    found = facts.statements(words, subjects=subjects)
    beliefs = settle(facts.slots_of(found) if query.about else found, decisions)
    by_statement = {one.id: belief for belief in beliefs for one in belief.statements}
    return choose(query, beliefs, today, subjects), by_statement


def told_with_sources(beliefs: list[Belief], by_statement: dict[str, Belief]) -> list[str]:
    """A line for each belief, and below it where it stands and what it contradicts."""
    lines = []
    for belief in beliefs:
        lines.append(f"- {told(belief)}")
        lines += [f"  {source_line(one)}" for one in belief.statements[:2]]
        lines += [f"  But: {other}" for other in contradiction(belief, by_statement)]
    return lines


def hit_of(statement: Statement) -> Hit:
    """The words of a statement, as a source."""
    return Hit(
        id=statement.passage,
        source=statement.source,
        heading="",
        line=statement.line,
        start=statement.start,
        end=statement.end,
        text=statement.quote,
        when=statement.stated_at or None,
        origin=statement.origin,
        audience=statement.audience,
    )
