"""The rows of a sheet, chosen among the person's own texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from sage.adapters.forgetting.journal_columns import file_key
from sage.adapters.journal.journal_channels import ChannelPages
from sage.core.errors import NotFound
from sage.core.labels import Audience, Origin, derived
from sage.core.passages import Hit
from sage.core.plans import task_said
from sage.core.sheets.sheet import Over, SheetRow, split_text
from sage.engine.bootstrap import House

MOST_MESSAGES = 10_000
MOST_FOUND = 50
"""Passages that a question finds at most, unless more are wanted."""


def choose(house: House, over: Over, most: int) -> list[SheetRow]:
    """At most so many rows (0: all), numbered from 1. Raises NotFound when there are none."""
    if over.place in ("notes", "passages", "tag"):
        rows = _written(house, over)
    elif over.place == "query":
        found = house.memory.recall(over.words, k=most or MOST_FOUND, now=house.clock.now())
        rows = map(_passage, found)
    elif over.place == "list":
        rows = _listed(house, over.words)
    elif over.place == "tasks":
        rows = _tasks(house, over.words)
    else:
        rows = _messages(house, over.words)
    chosen = [replace(row, row=number) for number, row in enumerate(rows, 1)]
    if not chosen:
        raise NotFound(f"There is nothing in {str(over)!r}.", safe="Nothing was asked.", do=_ADVICE)
    return chosen[:most] if most else chosen


_ADVICE = "See what is there with: sage recall WORDS, sage task list, sage inbox list"


def same_rows(before: Sequence[SheetRow], after: Sequence[SheetRow]) -> list[SheetRow]:
    """The rows of now, each under the number that it had; new ones come last."""
    numbers = {(row.document, row.source): row.row for row in before}
    last = max((row.row for row in before), default=0)
    kept = []
    for row in after:
        number = numbers.pop((row.document, row.source), 0)
        if not number:
            last = number = last + 1
        kept.append(replace(row, row=number))
    return sorted(kept, key=lambda row: row.row)


def _written(house: House, over: Over) -> Iterator[SheetRow]:
    if over.place == "tag":
        tag = over.words.lstrip("#")
        yield from map(_passage, house.memory.read(lambda store: store.imports.tagged(tag)))
        return
    hits = [hit for hit in house.memory.file_passages() if _is_in(hit, over.words)]
    if over.place == "notes":
        for (root, source), passages in groupby(hits, key=lambda hit: (hit.root, hit.source)):
            yield from _note(root, source, list(passages))
    else:
        yield from map(_passage, hits)


def _is_in(hit: Hit, words: str) -> bool:
    """Whether a passage stands in a folder or note, as it is named in the vault or by its whole path."""
    folder = words.strip("/")
    path = f"{hit.root.rstrip('/')}/{hit.source}"
    return not folder or any(name == folder or name.startswith(f"{folder}/") for name in (hit.source, path.lstrip("/")))


def _note(root: str, source: str, passages: list[Hit]) -> Iterator[SheetRow]:
    """A note as a whole, on the lines that it has in its file; everything in it may be seen by whoever may see all of it."""
    text, line, end = "", 1, 0
    for hit in sorted(passages, key=lambda hit: (hit.start, hit.line)):
        own = hit.text[max(0, end - hit.start) :] if hit.start < end else hit.text
        gap = max(hit.line - line, 1 if text else 0) if hit.start >= end else 0
        text += "\n" * gap + own
        line, end = 1 + text.count("\n"), max(end, hit.end)
    origin, audience = derived((hit.origin, hit.audience) for hit in passages)
    parts = split_text(text)
    for number, (_, part) in enumerate(parts, 1):
        name = source if len(parts) == 1 else f"{source} ({number} of {len(parts)})"
        if part.strip():
            yield SheetRow(0, name, file_key(root, source), part, origin, audience)


def _passage(hit: Hit) -> SheetRow:
    return SheetRow(0, hit.citation, hit.id, hit.text, hit.origin, hit.audience)


def _listed(house: House, words: str) -> Iterator[SheetRow]:
    for name in filter(None, (part.strip() for part in words.split(","))):
        hit = house.memory.hit(name)
        if hit is None:
            raise NotFound(
                f"There is no passage {name!r}.", safe="Nothing was asked.", do="Find some: sage recall WORDS --json"
            )
        yield _passage(hit)


def _tasks(house: House, words: str) -> Iterator[SheetRow]:
    """Tasks that are open ("all": every one). Those of an account may have others' words."""
    for task in house.notebook.tasks():
        if not task.done or words == "all":
            origin = "tool" if task.source else "user"
            yield SheetRow(0, f"task#{task.id}", f"task/{task.id}", task_said(task), origin)  # type: ignore[arg-type]


def _messages(house: House, words: str) -> Iterator[SheetRow]:
    """Messages that were let in, newest first; with words, those of an account, a conversation or a sender."""
    arrivals = ChannelPages(house.database).arrivals(states=("kept",), limit=MOST_MESSAGES)
    for arrival in arrivals:
        if words and words not in (arrival.account, arrival.conversation, arrival.sender, arrival.name):
            continue
        hit = house.memory.hit(arrival.text_id) if arrival.text_id else None
        if hit is not None and hit.text.strip():
            yield SheetRow(0, hit.citation, hit.id, hit.text, hit.origin, hit.audience)


def labels_of(rows: Iterable[SheetRow]) -> tuple[Origin, Audience]:
    """Origin and audience of what was made of several rows."""
    return derived((row.origin, row.audience) for row in rows)
