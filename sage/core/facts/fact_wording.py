"""Facts in words: a sentence, since when and until when it held, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from sage.core.facts.beliefs import Belief
from sage.core.facts.facts import ME, Statement
from sage.core.plain_dates import MONTHS

_MINE = {"is": "are", "has": "have", "does": "do", "was": "were"}
_NAMED = frozenset({"birthday", "anniversary", "phone", "e-mail", "address", "age", "marital status", "year of birth"})


def sentence(belief: Belief) -> str:
    """A belief as a plain sentence: "You live in Rome", "Anna does not like opera"."""
    mine = belief.subject == ME
    who = "You" if mine else belief.subject[:1].upper() + belief.subject[1:]
    attribute, value = belief.attribute, day_in_words(belief.value)
    if belief.kind == "person" or attribute in _NAMED or attribute.startswith("favourite "):
        owner = "Your" if mine else f"{who}'s"
        return f"{owner} {attribute} {'is' if belief.polarity else 'is not'} {value}"
    if attribute == "did":
        return f"{who} {value}"
    if attribute == "usually":
        return f"{who} {'usually' if belief.polarity else 'rarely'} {value}"
    if attribute == "decided":
        return f"{who} decided {'to' if belief.polarity else 'not to'} {value}"
    if attribute == "decided on":
        return f"{who} decided {'on' if belief.polarity else 'against'} {value}"
    verb, _, rest = attribute.partition(" ")
    text = f"{_verb(verb, mine, belief.polarity)} {rest}".strip()
    link = " to" if attribute in {"promised", "wants", "plans"} and not value.split(" ")[0].endswith("ing") else ""
    to_whom = f" {belief.whom}" if belief.whom else ""
    return f"{who} {text}{to_whom}{link} {value}".strip()


def told(belief: Belief) -> str:
    """The sentence, with its time: since when, until when, by when, and what is doubtful about it."""
    marks = []
    if belief.attribute == "did":
        marks.append(_days(belief.valid_from, belief.valid_to))
    elif belief.kind != "commitment" and belief.valid_from and belief.state != "past":
        marks.append(f"since {day_in_words(belief.valid_from)}")
    if belief.due:
        marks.append(f"by {day_in_words(belief.due)}")
    if belief.state == "changed":
        marks.append(f"until {day_in_words(belief.valid_to)}")
    elif belief.state == "past":
        marks.append(f"no more by {day_in_words(belief.valid_to)}" if belief.valid_to else "no more")
    elif belief.state == "gone":
        marks.append(f"no longer in your notes since {day_in_words(belief.valid_to)}")
    elif belief.state == "open":
        marks.append("contradicted")
    elif belief.state == "settled":
        marks.append("settled by you")
    if belief.statements[0].rule.startswith("model"):
        marks.append("found by a model")
    return sentence(belief) + (f" ({', '.join(filter(None, marks))})" if any(marks) else "") + "."


def source_line(statement: Statement) -> str:
    """Where a statement stands, and when it was said."""
    said = f", {day_in_words(statement.stated_at)}" if statement.stated_at else ""
    quote = " ".join(statement.quote.split())
    return f"“{quote}” {statement.citation}{said}"


def contradiction(belief: Belief, by_statement: Mapping[str, Belief]) -> list[str]:
    """What a belief contradicts, each once: sentences with their sources."""
    others = {by_statement[name].id: by_statement[name] for name in belief.contradicts if name in by_statement}
    return [f"{sentence(other)}: {source_line(other.statements[0])}" for other in others.values()]


def day_in_words(text: str) -> str:
    """An ISO date as "3 May 2023", "--05-03" as "3 May"; any other text as it is."""
    found = re.fullmatch(r"(?:(\d{4})|-)-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d).*)?", text)
    if not found:
        return text
    year, month, day, clock = found.groups()
    words = f"{int(day)} {MONTHS[int(month) - 1].capitalize()}" + (f" {year}" if year else "")
    return f"{words}, {clock}" if clock else words


def _verb(verb: str, mine: bool, polarity: bool) -> str:
    if verb in _MINE:
        form = _MINE[verb] if mine else verb
        return form if polarity else (f"{form} not" if verb in {"is", "was"} else _denied("have", mine))
    stated = verb.endswith("s") and verb != "promised"
    if polarity:
        return verb[:-1] if mine and stated else verb
    return _denied(verb[:-1] if stated else verb, mine)


def _denied(verb: str, mine: bool) -> str:
    return f"{'do' if mine else 'does'} not {verb}"


def _days(first: str, after: str) -> str:
    """The days of something that was done; `after` is the first day after it."""
    if not first:
        return ""
    if not after or date.fromisoformat(after[:10]) - date.fromisoformat(first[:10]) == timedelta(days=1):
        return day_in_words(first)
    return f"from {day_in_words(first)}, before {day_in_words(after)}"
