"""A ritual's lines in a model's words: what may be kept of them. English only, as the lint of wording is.

A line is a computed fact. Of a wording nothing is believed: the person's own words must stand in it letter for letter and in
their order, its time with them, and around them stand only the few words of `PLAIN`, out of which no claim can be made. Any
other wording is cut, and the computed line stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sage.core.rituals import RitualLine
from sage.core.wording import lint

PLAIN = frozenset("a at is the today".split())
"""Words that may stand around a fact, whatever it is."""
_PROPOSING = frozenset("be could good if it like moment or this to would you your".split())
_OPENINGS: Mapping[str, frozenset[str]] = {
    "Focus": _PROPOSING | frozenset("begin beginning focus for main place start thing with".split()),
    "Or": _PROPOSING | frozenset("also another choice instead one option possible".split()),
    "Done": frozenset("did done finished have was you".split()),
    "Begun": frozenset("began begun counts have on that was you".split()),
    "": frozenset("on there".split()),
}
"""What may stand besides around a line that begins so (and a colon). Of what is fixed or done nothing may sound doubtful."""
_MUST_SAY: Mapping[str, frozenset[str]] = {
    "Done": frozenset({"done", "finished"}),
    "Begun": frozenset({"began", "begun"}),
}
"""Of these the wording says one."""
MOST_ADDED = 12
"""Words around a fact."""
_OPENING = re.compile(r"^(?P<opening>Focus|Or|Done|Begun): ")
_CLOSING = re.compile(r"\. That counts\.$")
_CLOCK = r"\d{1,2}:\d\d"
_TIMES = re.compile(rf"{_CLOCK}(?:–{_CLOCK})?")
_SPELT_RANGE = re.compile(rf"\b(?:from )?({_CLOCK}) (?:to|until) ({_CLOCK})", re.IGNORECASE)
_PIECE = re.compile(r"[^\s(),;:.!?“”\"][^(),;:.!?“”\"]*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HARMLESS = re.compile(r"^[\w '’“”\"(),;:.!?–-]*$")
_NUMBERED = re.compile(r"^\s*(\d{1,2})[.):]\s*(\S.*)$")


def may_be_worded(line: RitualLine) -> bool:
    """Whether a line tells one thing, so that a wording of it can be checked."""
    if line.part not in ("focus", "option", "event", "done") or not line.sources or "; " in line.text:
        return False
    opening = _OPENING.match(line.text)
    return bool(opening) == (line.part != "event") and len(_TIMES.findall(line.text)) <= 1


def keeps_facts(line: RitualLine, wording: str) -> bool:
    """Whether a wording says what the line says, and nothing besides."""
    if not may_be_worded(line) or not _HARMLESS.match(wording) or "\n" in wording or lint(wording):
        return False
    opening, body = _taken_apart(line.text)
    rest = _SPELT_RANGE.sub(r"\1–\2", wording)
    times = _TIMES.findall(body)
    if _TIMES.findall(rest) != times:
        return False
    rest = _TIMES.sub(" ", rest)
    place = 0
    for piece in _PIECE.findall(_TIMES.sub(";", body)):
        found = re.compile(rf"(?<!\w){re.escape(piece.strip())}(?!\w)", re.IGNORECASE).search(rest, place)
        if not found:
            return False
        rest = f"{rest[: found.start()]}|{rest[found.end() :]}"
        place = found.start() + 1
    added = [word.casefold() for word in _WORD.findall(rest)]
    must = _MUST_SAY.get(opening)
    if "?" in wording and opening not in ("Focus", "Or"):
        return False
    fits = len(added) <= MOST_ADDED and set(added) <= PLAIN | _OPENINGS[opening]
    return fits and (must is None or bool(must & set(added)))


def numbered(lines: Sequence[RitualLine]) -> str:
    """The lines that a model is asked to word, each with its number."""
    return "\n".join(f"{number}. {line.text}" for number, line in enumerate(lines, 1))


def checked_wordings(lines: Sequence[RitualLine], said: str) -> dict[str, str]:
    """By the text of the line, the wordings in a model's answer that may be kept; of two for one line, neither."""
    found: dict[int, list[str]] = {}
    for match in filter(None, map(_NUMBERED.match, said.splitlines())):
        found.setdefault(int(match[1]), []).append(match[2].strip())
    kept = {}
    for number, line in enumerate(lines, 1):
        given = found.get(number, [])
        if len(given) == 1 and given[0] != line.text and keeps_facts(line, given[0]):
            kept[line.text] = given[0]
    return kept


def _taken_apart(text: str) -> tuple[str, str]:
    """How a line begins, and what it tells."""
    found = _OPENING.match(text)
    body = text[found.end() :] if found else text
    return (found["opening"] if found else ""), _CLOSING.sub("", body)
