"""What Memory lists: passages that were found, and facts."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from sage import wire
from sage.core.facts.beliefs import Belief
from sage.core.facts.fact_wording import day_in_words, sentence, source_line
from sage.core.hit_words import audience_words, is_near_only, kind_of, title_of
from sage.core.labels import PRIVATE, visible_to
from sage.core.memory_map import MapPlace, place_side, place_title, place_words
from sage.core.passages import Hit
from sage.core.search_words import Search
from sage.core.terminal_text import clean_line
from sage.tui.memory_pages import fact_entries, passage_entries
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.results import Item

R = TypeVar("R")

_STATES = {"open": "contradicted", "past": "no more", "changed": "until then", "gone": "gone", "settled": "settled"}


class Read(Protocol):
    """Asks the engine what may be asked twice."""

    def __call__(self, request: wire.Request[R]) -> Awaitable[R]: ...


@dataclass(frozen=True)
class Found:
    """A passage that was found, or is among the newest."""

    hit: Hit

    @property
    def id(self) -> str:
        return self.hit.id

    @property
    def passage(self) -> str:
        """The id of the words that it stands for."""
        return self.hit.id

    @property
    def citation(self) -> str:
        return self.hit.citation

    def item(self) -> Item:
        """A row of the list."""
        hit = self.hit
        shared = "" if hit.audience == PRIVATE else audience_words(hit.audience)
        near = "by meaning" if is_near_only(hit) else ""
        return Item(title_of(hit), " · ".join(filter(None, (shared, near, (hit.when or "")[:10]))), hit.text)

    def entries(self, *, why: bool) -> list[Entry]:
        """What is read of it."""
        return passage_entries(self.hit, why=why)


@dataclass(frozen=True)
class Fact:
    """A fact with those that it has to do with."""

    belief: Belief
    by_statement: Mapping[str, Belief]

    @property
    def id(self) -> str:
        return self.belief.id

    @property
    def passage(self) -> str:
        return self.belief.statements[0].passage

    @property
    def citation(self) -> str:
        return self.belief.statements[0].citation

    def item(self) -> Item:
        """A row of the list."""
        belief = self.belief
        due = f"by {day_in_words(belief.due)}" if belief.due else ""
        since = belief.statements[0].stated_at[:10]
        side = " · ".join(filter(None, (_STATES.get(belief.state, ""), due, since)))
        return Item(sentence(belief), side, source_line(belief.statements[0]))

    def entries(self, *, why: bool) -> list[Entry]:
        """What is read of it."""
        return fact_entries(self.belief, self.by_statement)


@dataclass(frozen=True)
class Spot:
    """A place of the map."""

    place: MapPlace

    @property
    def id(self) -> str:
        return f"{self.place.kind} {self.place.name}"

    @property
    def passage(self) -> str:
        """The id of its first words, "" for a folder."""
        return self.place.passage

    @property
    def citation(self) -> str:
        return self.place.name

    def item(self) -> Item:
        """A row of the list."""
        return Item(place_title(self.place), place_side(self.place), place_words(self.place))

    def entries(self, *, why: bool) -> list[Entry]:
        """What is read of it."""
        own, place = place_words(self.place), self.place
        keys = "Enter reads it · m the map around it" if place.passage else "Enter goes there"
        lines = (clean_line(place.name), own, clean_line(place.why) if place.why not in own else "", keys)
        return [Entry("notice", "\n".join(filter(None, lines)))]


Finding = Found | Fact | Spot


class Finds(NamedTuple):
    """What a search found: whether there may be `more` of it, and why more may be found in a moment (`unread`)."""

    findings: list[Finding]
    more: bool = False
    unread: str = ""


async def find(read: Read, search: Search, limit: int, most: int, *, quick: bool = False) -> Finds:
    """What a search finds, at most `limit` (a search of one kind looks at `most` at once); its last word may be only begun.
    `quick`: by words alone, while somebody still types."""
    if search.kind == "map":
        if search.recipients is not None:
            return Finds([], unread="The map is for you alone: take for: away.")
        shown = await read(wire.ShowMap(search.words))
        return Finds([Spot(place) for place in shown.places], unread=f"{shown.more} more" if shown.more else "")
    if search.kind == "facts":
        return Finds(await _facts(read, search, most))
    asked, unread = limit if search.kind == "all" else most, ""
    if search.words:
        recalled = await read(wire.Recall(f"{search.words}*", asked, search.recipients, quick))
        hits, unread = recalled.hits, recalled.unread
    else:
        hits = (await read(wire.ListNewest(asked, search.recipients))).hits
    found: list[Finding] = [Found(hit) for hit in hits if search.kind in ("all", kind_of(hit))]
    return Finds(found, len(hits) >= asked, unread)


async def _facts(read: Read, search: Search, most: int) -> list[Finding]:
    """Facts, those that contradict each other first; of those, which stand in words that all may see."""
    shown = await read(wire.ShowFacts(search.words, search.at, most=most))
    by_statement = {one.id: belief for belief in (*shown.related, *shown.beliefs) for one in belief.statements}
    seen = [
        belief
        for belief in shown.beliefs
        if all(visible_to(one.audience, search.recipients) for one in belief.statements)
    ]
    return [Fact(belief, by_statement) for belief in sorted(seen, key=lambda belief: belief.state != "open")]


def counted(found: Finds) -> str:
    """How many there are, in words."""
    near = sum(isinstance(one, Found) and is_near_only(one.hit) for one in found.findings)
    words = f"{len(found.findings) - near}{'' if near or not found.more else '+'} found"
    meant = f"{near}{'+' if found.more else ''} near in meaning" if near else ""
    return " · ".join(filter(None, (words, meant, found.unread)))
