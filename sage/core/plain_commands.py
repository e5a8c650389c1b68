"""What a person plainly tells Sage to do, read by rule, so that it works without a model."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sage.core.day_spans import read_days
from sage.core.facts.fact_questions import FactQuery, read_question
from sage.core.pauses import length_of
from sage.core.plain_dates import find_date, without


@dataclass(frozen=True)
class Command:
    """A tool and its arguments."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


Reader = Callable[[re.Match[str], datetime], Command | None]
"""None: it only looked like that command."""


def _add_task(match: re.Match[str], now: datetime) -> Command:
    text = match["text"].strip(" .\"'")
    found = find_date(text, now)
    if not found:
        return Command("add_task", {"text": text})
    return Command("add_task", {"text": without(text, found) or text, "due": found.iso()})


def _remind(match: re.Match[str], now: datetime) -> Command:
    return Command("remind", {"text": match["text"].strip(" .")})


def _due(match: re.Match[str], now: datetime) -> Command:
    found = find_date(match[0], now)
    return Command("list_tasks", {"due": found.day.isoformat()} if found else {})


def _agenda(match: re.Match[str], now: datetime) -> Command | None:
    words = (match["when"] or "").strip(" ,")
    given = {"day": words} if words else {}
    return Command("agenda", given) if read_days(words, now) else None


def _free(match: re.Match[str], now: datetime) -> Command | None:
    found = _agenda(match, now)
    return Command("agenda", {**found.arguments, "free": True}) if found else None


def _focus(match: re.Match[str], now: datetime) -> Command | None:
    about, lasts = match["about"] or "", match["lasts"] or ""
    length = length_of(lasts.replace("-", " ")) if lasts else None
    if lasts and not length:
        return None
    given: dict[str, Any] = {"about": about.strip(" .\"'")} if about.strip() else {}
    return Command("begin_focus", {**given, "minutes": int(length.total_seconds() // 60)} if length else given)


def _plain(tool: str, *names: str) -> Reader:
    def read(match: re.Match[str], now: datetime) -> Command:
        return Command(tool, {name: match[name].strip(" .\"'") for name in names})

    return read


_POLITE = r"^\s*(?:please|hey sage|sage|ok sage|can you|could you|would you|i want you to)?[\s,]*(?:please\s+)?"
_BEGIN = r"(?:start|begin|open)(?: a| the| my| an)?(?: new)?"
_LASTS = r"(?P<lasts>(?:\d+|an?|half an|\d+ hours? and \d+)[- ]?(?:m|min|mins|minutes?|h|hrs?|hours?))"
_RULES: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(_POLITE + pattern + r"[\s.!?]*$", re.IGNORECASE | re.DOTALL), reader)
    for pattern, reader in (
        (r"remind me\b(?P<text>.+?)", _remind),
        (r"(?![^?]*\b(?:what|which|who|when|why|how|did|does|has|have|will|would)\b[^?]*remind me)"
         r"(?P<text>(?:every|each|on|at|in|by|from|starting|tomorrow|today|tonight|next|this|daily|weekly|monthly|yearly)\b"
         r"[^?]*?,?\s(?:please )?remind me\b.+?)", _remind),
        (r"(?:set|create|add) (?:a |an )?reminder\b:?(?P<text>.+?)", _remind),
        (r"(?:add|create|make|new)(?: a| an| the)?(?: new)? (?:task|todo|to-do)s?(?: to| for| that i)?:?\s+(?P<text>.+?)",
         _add_task),
        (r"(?:task|todo|to-do):\s*(?P<text>.+?)", _add_task),
        (r"(?:add|put)\s+(?P<text>.+?)\s+(?:to|on|onto)\s+(?:my |the )?(?:task|todo|to-do)s?(?: ?list)?", _add_task),
        (r"(?:i(?:'ve| have)? (?:done|finished|completed)|complete|finish|tick off|check off|mark)(?: the)?(?: task)?"
         r"\s+(?P<task>[^?,;]+?)(?: as (?:done|complete|completed|finished))?", _plain("complete_task", "task")),
        (r"(?:what(?:'s| is) due|what do i have to do|what(?:'s| is) (?:on|next on) my (?:list|plate)|(?:show|list)(?: me)?"
         r"(?: all| my| the)* (?:tasks|todos|to-dos)|what are my (?:tasks|todos|to-dos)|my tasks|tasks)"
         r"(?: (?:for |on |by )?(?:today|tomorrow|this week|\w+day))?", _due),
        (r"(?:list|show)(?: me)?(?: all| my| the)* goals|what are my goals|my goals|goals", _plain("list_goals")),
        (r"(?:add|create|set|new)(?: a| an)?(?: new)? goal(?: to)?:?\s+(?P<title>.+?)(?:,? (?:because|so that)\s+(?P<why>.+?))?",
         lambda match, now: Command("add_goal", {"title": match["title"].strip(" .\"'"),
                                                 **({"why": match["why"].strip(" .")} if match["why"] else {})})),
        (r"my goal is(?: to)?\s+(?P<title>.+?)", _plain("add_goal", "title")),
        (r"(?:write|make|take|add|save|create)(?: a| an)?(?: new)? note(?: that| saying| to self)?:?\s+(?P<text>.+?)",
         _plain("note", "text")),
        (r"(?:note|remember)(?: that|:)\s*(?P<text>.+?)", _plain("note", "text")),
        (r"(?:what(?:'s| is) the (?:time|date)(?: now)?|what time is it(?: now)?|what day is (?:it|today)"
         r"|what(?:'s| is) today(?:'s date)?)",
         _plain("tell_time")),
        (r"what(?:'s| is) on(?: (?:in|on|for))?(?: my (?:calendar|agenda|schedule))?(?: for)?(?:\s+(?P<when>[^?]{1,40}?))?",
         _agenda),
        (r"(?:what do i have(?: on| planned)?|what have i got(?: on| planned)?|do i have (?:anything|something)(?: on| planned)?"
         r"|have i got (?:anything|something)(?: on| planned)?)\s+(?P<when>[^?]{1,40}?)", _agenda),
        (r"(?:(?:show|tell|give)(?: me)? )?(?:my |the )?(?:agenda|calendar|schedule)(?: for| of| on)?(?:\s+(?P<when>[^?]{1,40}?))?",
         _agenda),
        (r"(?:how (?:does|will|is)|what (?:does|will))\s+(?P<when>[^?]{1,40}?)\s+look(?:ing)?(?: like)?", _agenda),
        (r"(?:am i|will i be|are we|when am i|when will i be) (?:free|available)(?: on| for)?(?:\s+(?P<when>[^?]{1,40}?))?", _free),
        (r"(?:do i have|have i got|is there)(?: any| some)?(?: free)? (?:time|room)(?: left| free)?\s+(?P<when>[^?]{1,40}?)",
         _free),
        (r"(?:brief me|(?:give me |show me |what(?:'s| is) |tell me )?(?:my|the|today's)(?: morning| daily)? brief)"
         r"(?: for today| today)?", _plain("brief")),
        (rf"{_BEGIN} focus(?: session)?(?: (?:on|about) (?P<about>[^?]+?))?,? for {_LASTS}", _focus),
        (rf"{_BEGIN} focus(?: session)? for {_LASTS}(?: (?:on|about) (?P<about>[^?]+?))", _focus),
        (rf"{_BEGIN} {_LASTS}[- ]focus(?: session)?(?: (?:on|for|about) (?P<about>[^?]+?))?", _focus),
        (rf"{_BEGIN} focus session(?: (?:on|for|about) (?P<about>[^?]+?))?(?P<lasts>)", _focus),
        (rf"focus (?:on (?P<about>[^?]+?) )?for {_LASTS}", _focus),
        (rf"focus for {_LASTS} on (?P<about>[^?]+?)", _focus),
        (r"(?:stop|end|finish|quit|leave)(?: the| my| this)? focus(?:ing)?(?: session)?|i(?:'m| am) done focus(?:s)?ing",
         _plain("end_focus")),
    )
)  # fmt: skip


def read_command(text: str, now: datetime) -> Command | None:
    """The command that a text plainly is, or None: then it is a question."""
    if len(text) > 2000:
        return None
    for rule, reader in _RULES:
        match = rule.match(text)
        if match and (command := reader(match, now)):
            return command
    asked = read_question(text, now.date())
    return _facts(asked) if asked else None


def _facts(asked: FactQuery) -> Command:
    when = asked.first if asked.first == asked.last else f"{asked.first} {asked.last}"
    given = {"about": asked.about, "when": when.strip(), "scope": asked.scope, "mine": asked.mine}
    return Command("facts", {name: value for name, value in given.items() if value and value != "all"})
