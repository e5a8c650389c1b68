"""What Memory's reading pane shows of hits: one passage with all that is known of it, or the whole around it."""

from __future__ import annotations

from collections.abc import Sequence

from sage.core.hit_words import (
    audience_words,
    day_words,
    is_near_only,
    is_turn,
    kind_of,
    origin_words,
    title_of,
    when_words,
    why_lines,
)
from sage.core.passages import SAGE, Hit
from sage.core.terminal_text import clean_line
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.results import Item


def result_item(hit: Hit) -> Item:
    """A hit as a row of the list."""
    shared = "" if hit.audience == ("private",) else audience_words(hit.audience)
    near = "by meaning" if is_near_only(hit) else ""
    return Item(title_of(hit), " · ".join(filter(None, (shared, near, day_words(hit.when)))), hit.text)


def passage_entries(hit: Hit, *, why: bool = False) -> list[Entry]:
    """A passage: what it is, its text, and (with `why`) what its score is made of."""
    entries = [Entry("notice", _about(hit)), Entry("assistant", hit.text)]
    if why:
        entries.append(Entry("notice", "\n".join(why_lines(hit))))
    return entries


def whole_entries(hits: Sequence[Hit], at: int) -> list[Entry]:
    """All of a note or conversation, the passage number `at` marked; entry `at` + 1 is that one."""
    if kind_of(hits[at]) == "talks":
        head = hits[at].source if not is_turn(hits[at]) else "A conversation"
        return [Entry("notice", f"{head}, {_counted(len(hits), 'text')}"), *map(_said, hits)]
    entries = [Entry("notice", f"{hits[at].source}, {_counted(len(hits), 'passage')}")]
    for place, hit in enumerate(hits):
        entries.append(Entry("found" if place == at else "assistant", hit.text))
    return entries


def _said(hit: Hit) -> Entry:
    who = " · ".join(filter(None, (title_of(hit), when_words(hit.when))))
    own = is_turn(hit) and hit.speaker != SAGE
    return Entry("user" if own else "assistant", hit.text, who)


def _about(hit: Hit) -> str:
    place = f"{hit.source}, line {hit.line}" if hit.root else hit.source if not is_turn(hit) else "A conversation"
    heading = f" › {hit.heading}" if hit.root and hit.heading else ""
    who = "" if hit.root else title_of(hit)
    facts = (who, when_words(hit.when), origin_words(hit), audience_words(hit.audience))
    return clean_line(f"{place}{heading}") + "\n" + clean_line(" · ".join(filter(None, facts)))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
