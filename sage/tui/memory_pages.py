"""What Memory's reading pane shows: one passage with all that is known of it, the whole around it, or a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sage.core.facts.beliefs import Belief, afterwards, before
from sage.core.facts.fact_wording import day_in_words, sentence, source_line, told
from sage.core.facts.facts import Statement
from sage.core.hit_words import audience_words, is_turn, kind_of, origin_words, title_of, why_lines
from sage.core.passages import SAGE, Hit
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean_line
from sage.tui.widgets.entry import Entry


def passage_entries(hit: Hit, *, why: bool = False) -> list[Entry]:
    """A passage: what it is, its text, and (with `why`) what its score is made of."""
    entries = [Entry("notice", _about(hit)), Entry("assistant", hit.text)]
    if why:
        entries.append(Entry("notice", "\n".join(why_lines(hit))))
    return entries


def beside_entries(hit: Hit, hits: Sequence[Hit], at: int) -> tuple[list[Entry], int]:
    """A passage in its place in the note or conversation, `at`, and the number of the entry that it begins with: what is known
    of it."""
    _, *rest = whole_entries(hits, at)
    return [*rest[:at], Entry("notice", _about(hit)), *rest[at:]], at


def whole_entries(hits: Sequence[Hit], at: int) -> list[Entry]:
    """All of a note or conversation, the passage number `at` marked; entry `at` + 1 is that one."""
    if kind_of(hits[at]) == "talks":
        head = hits[at].source if not is_turn(hits[at]) else "A conversation"
        return [Entry("notice", f"{head}, {counted(len(hits), 'text')}"), *map(_said, hits)]
    entries = [Entry("notice", f"{hits[at].source}, {counted(len(hits), 'passage')}")]
    for place, hit in enumerate(hits):
        entries.append(Entry("found" if place == at else "assistant", hit.text))
    return entries


def fact_entries(belief: Belief, by_statement: Mapping[str, Belief]) -> list[Entry]:
    """A fact and where it stands; one that contradicts another stands beside it."""
    entries = [Entry("notice", told(belief))]
    others = {by_statement[name].id: by_statement[name] for name in belief.contradicts if name in by_statement}
    for other in others.values():
        entries.append(Entry("assistant", _beside(belief, other)))
    if belief.state == "open":
        entries.append(
            Entry("notice", "Which is right? r: the chosen one is · x: it is not. Both sources stay as they are.")
        )
    if not others:
        entries.append(
            Entry(
                "notice", "\n".join(f"{source_line(one)} · {audience_words(one.audience)}" for one in belief.statements)
            )
        )
    entries += [Entry("notice", _in_history("Then", one)) for one in afterwards(belief, by_statement)]
    return [*entries, *(Entry("notice", _in_history("Before", one)) for one in before(belief, by_statement))]


def _in_history(when: str, belief: Belief) -> str:
    return "\n".join((f"{when}: {told(belief)}", *map(source_line, belief.statements)))


def _beside(one: Belief, other: Belief) -> str:
    """Two facts as a table: what each says, its words, and where they stand."""
    rows = [
        (sentence(one), sentence(other)),
        (f"“{one.statements[0].quote}”", f"“{other.statements[0].quote}”"),
        (_place(one.statements[0]), _place(other.statements[0])),
    ]
    head, *rest = (f"| {_in_cell(left)} | {_in_cell(right)} |" for left, right in rows)
    return "\n".join((head, "|---|---|", *rest))


def _place(statement: Statement) -> str:
    return ", ".join(filter(None, (statement.citation, day_in_words(statement.stated_at))))


def _in_cell(text: str) -> str:
    """Outside text in a table of Markdown: none of it is a mark."""
    return "".join(f"\\{letter}" if letter in "\\|*_`[]<>~#!&" else letter for letter in " ".join(text.split()))


def _said(hit: Hit) -> Entry:
    who = " · ".join(filter(None, (title_of(hit), day_in_words(hit.when or ""))))
    own = is_turn(hit) and hit.speaker != SAGE
    return Entry("user" if own else "assistant", hit.text, who)


def _about(hit: Hit) -> str:
    place = f"{hit.source}, line {hit.line}" if hit.root else hit.source if not is_turn(hit) else "A conversation"
    heading = f" › {hit.heading}" if hit.root and hit.heading else ""
    who = title_of(hit) if kind_of(hit) == "talks" else hit.speaker or ""
    facts = (who, day_in_words(hit.when or ""), origin_words(hit), audience_words(hit.audience))
    return clean_line(f"{place}{heading}") + "\n" + clean_line(" · ".join(filter(None, facts)))
