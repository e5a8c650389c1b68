"""Reads facts from what memory has taken up: remembered texts, turns and notes. By rule, with no model; what a model
proposes of a passage is kept beside it, once it is known to stand there.

It follows the journal's texts by their number, and the index's documents by their marks: so it catches up after a crash,
reads nothing twice, and ends what notes no longer say only when they were really read, or really went.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from sage.adapters.database import stamp
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.memory.memory_rows import ImportedDocument, PassageRow, name_of
from sage.adapters.memory.memory_store import MemoryStore
from sage.core.facts.facts import Draft, Statement, statement_id
from sage.core.labels import LOCAL_ONLY
from sage.core.passages import OWNER, RememberedText
from sage.core.reading.documents import NOBODY, Person

if TYPE_CHECKING:
    from sage.adapters.memory.memory_view import View

log = logging.getLogger(__name__)

RULES = "1"
"""The version of the rules: with another one all is read anew, and what is known already stays."""
_TEXTS, _DOCUMENTS = 500, 64
"""Texts and documents between two commits."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Texts(Protocol):
    """Where remembered texts and the list of imported roots are kept for good."""

    def texts_after(self, seq: int, limit: int) -> list[tuple[int, RememberedText]]:
        """The texts with a higher number than `seq`, each with its number."""
        ...

    def roots(self) -> list[str]:
        """The imported folders and files."""
        ...


class FactReader:
    """Keeps the journal's facts in step with what memory holds. Safe in threads."""

    def __init__(self, pages: FactPages, texts: Texts, now: Callable[[], datetime], person: Person = NOBODY) -> None:
        self._pages, self._texts, self._now, self._person = pages, texts, now, person
        self._turn = threading.Lock()
        self._mark: int | None = None
        self._seen: tuple[int, int] | None = None

    def follow_texts(self) -> int:
        """Reads texts and turns that were not read yet; returns how many facts they state."""
        found = 0
        with self._turn:
            if self._mark is None:
                version, _, number = self._pages.marks().get("texts", "").partition(":")
                self._mark = int(number) if version == RULES else 0
            while texts := self._texts.texts_after(self._mark, _TEXTS):
                at = self._now()
                statements = [one for _, text in texts for one in self._said(text, at)]
                self._mark = texts[-1][0]
                # Nothing stated is nothing to write: read again at the next start, it states nothing again.
                if statements or len(texts) == _TEXTS:
                    self._pages.add_texts(statements, f"{RULES}:{self._mark}")
                found += len(statements)
        return found

    def follow_notes(self, store: MemoryStore) -> int:
        """Reads imported documents that changed, and ends what went; returns how many facts they state."""
        found = 0
        with self._turn:
            generation = store.generation
            if generation == self._seen:
                return 0
            documents = {_key(one): one for one in store.imports.imported()}
            known = self._pages.marks()
            changed = [one for key, one in documents.items() if known.get(key) != _mark(one)]
            for start in range(0, len(changed), _DOCUMENTS):
                found += self._read(store, changed[start : start + _DOCUMENTS])
            self._end(store, [key for key in known if key not in documents and key != "texts"])
            self._seen = generation
        return found

    def _read(self, store: MemoryStore, documents: Sequence[ImportedDocument]) -> int:
        at = self._now()
        rows: dict[int, list[PassageRow]] = {one.number: [] for one in documents}
        for row in store.passages_in(list(rows)):
            rows[row.document].append(row)
        found = self._pages.found_in([_key(one) for one in documents])
        read = [
            (
                _key(one),
                _mark(one),
                [*self._written(one, rows[one.number], at), *_still_said(found[_key(one)], rows[one.number])],
            )
            for one in documents
        ]
        self._pages.put_documents(read, at)
        return sum(len(statements) for _, _, statements in read)

    def _end(self, store: MemoryStore, gone: Iterable[str]) -> None:
        """Ends what documents said that are gone: of a root that was forgotten, or that was read to its end without them."""
        roots = set(self._texts.roots())
        whole = {root for root in roots if (state := store.imports.root(root)) and state.complete}
        ended = [key for key in gone if (root := key.split("\n", 1)[0]) not in roots or root in whole]
        if ended:
            self._pages.end_documents(ended, self._now())

    def unread(
        self,
        store: MemoryStore,
        model: str,
        most: int,
        *,
        since: str = "",
        names: Sequence[str] | None = None,
        elsewhere: bool = False,
    ) -> list[PassageRow]:
        """Passages of the person's own words that state something and that a model has not read: first those in which no rule
        found a fact, the newest first. `since` is an ISO day, `names` are the ids to choose
        from, which are then taken in their order. A model that runs `elsewhere` reads none that are for this machine alone."""
        from sage.core.facts.found_facts import may_state

        read, stated = self._pages.read_by(model), self._pages.stated_in()
        ranks = {name: place for place, name in enumerate(names or ())}
        waiting = [
            (ranks.get(name, name in stated), place, number)
            for place, (number, name, part, speaker) in enumerate(store.own_passages())
            if name_of(name, part) not in read and (names is None or name in ranks) and not self._speaker(speaker)
        ]
        numbers = [number for _, _, number in sorted(waiting)]
        found: list[PassageRow] = []
        for start in range(0, len(numbers), _DOCUMENTS):
            some = numbers[start : start + _DOCUMENTS]
            rows = {row.number: row for row in store.passages(some)}
            found += [
                row
                for row in map(rows.__getitem__, some)
                if (not since or when_of(row) >= since)
                and may_state(row.passage.text)
                and not (elsewhere and LOCAL_ONLY in row.audience)
            ]
            if len(found) >= most:
                break
        return found[:most]

    def add_found(self, store: MemoryStore, row: PassageRow, drafts: Sequence[Draft], models: Iterable[str]) -> int:
        """Keeps what models found in a passage, and that they read it; returns how many facts are new."""
        from sage.core.facts.found_facts import said_key

        at, text = self._now(), row.passage.text
        key = document = row.thread_key or row.source
        if row.folder:
            one = store.imports.document(row.document)
            key, document = _key(one), _document_name(one)
        known = {said_key(draft) for draft in _drafts(text, "", when_of(row), _about(row))}
        statements = [
            _statement(draft, text, document, at, source=row.source, passage=row.id, when=when_of(row), line=row.passage.line,
                       audience=row.audience)
            for draft in drafts
            if said_key(draft) not in known
        ]  # fmt: skip
        if row.part:  # where words stand is told from the beginning of the whole text
            before = row.passage.start
            statements = [replace(one, start=one.start + before, end=one.end + before) for one in statements]
        with self._turn:
            return self._pages.add_found([(key, one) for one in statements], name_of(row.id, row.part), models, at)

    def seen(self, view: View) -> list[Statement]:
        """What is stated in what somebody else may see, read anew from that alone: of a fact nothing is told that only hidden
        words say, such as a date, or that somebody is meant who is named in a hidden title."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for one in self._pages.found():
            found[one.source].append(one)
        stated = [
            one
            for row, stored in view.rows()
            if row.origin == "user"
            for one in self._stated(row, "" if stored.folder else self._speaker(row.speaker), found[stored.source])
        ]
        first: dict[str, Statement] = {}
        for one in sorted(
            stated, key=lambda one: (one.id, one.source, one.line, one.start, one.passage, one.stated_at)
        ):
            first.setdefault(one.id, one)
        return list(first.values())

    def _stated(self, row: PassageRow, speaker: str, found: Sequence[Statement]) -> Iterator[Statement]:
        from sage.core.facts.found_facts import find_again

        passage, when = row.passage, when_of(row)
        document = row.source if row.kind == "text" else row.thread
        drafts = [*_drafts(passage.text, speaker, when, _about(row))]
        drafts += [draft for one in found for draft in find_again(one, passage.text, when)]
        for draft in drafts:
            yield _statement(draft, passage.text, document, None, source=row.source, passage=row.id, when=when, line=passage.line,
                             audience=row.audience)  # fmt: skip

    def _speaker(self, speaker: str | None) -> str:
        """Who says "I" in a text: "" for the person."""
        return "" if speaker in {None, "", OWNER} or self._person.is_named(speaker) else speaker or ""

    def _said(self, text: RememberedText, at: datetime) -> Iterator[Statement]:
        if text.origin != "user":
            return
        document = text.thread or text.source
        for draft in _drafts(text.text, self._speaker(text.speaker), text.when or "", ""):
            yield _statement(draft, text.text, document, at, source=text.source, passage=text.id, when=text.when or "", line=1,
                             audience=text.audience)  # fmt: skip

    def _written(self, document: ImportedDocument, rows: Sequence[PassageRow], at: datetime) -> Iterator[Statement]:
        name = _document_name(document)
        for row in rows:
            if row.origin != "user":  # what others wrote is no statement of the person's
                continue
            when = when_of(row)
            passage = row.passage
            for draft in _drafts(passage.text, "", when, _about(row)):
                yield _statement(draft, passage.text, name, at, source=row.source, passage=row.id, when=when, line=passage.line,
                                 audience=row.audience)  # fmt: skip


def _still_said(found: Iterable[Statement], rows: Sequence[PassageRow]) -> Iterator[Statement]:
    """What a model found before and whose words still stand: no rule finds it again."""
    for one in found:
        row = next((row for row in rows if one.quote in row.passage.text), None)
        if row:
            start = row.passage.text.index(one.quote)
            line = row.passage.line + row.passage.text.count("\n", 0, start)
            yield replace(
                one, passage=row.id, line=line, start=start, end=start + len(one.quote), audience=row.audience
            )


def _drafts(text: str, speaker: str, when: str, about: str) -> tuple[Draft, ...]:
    from sage.core.facts.fact_extraction import extract  # its patterns take 0.2 s to make

    return extract(text, speaker=speaker, when=when, about=about)


def _statement(
    draft: Draft,
    text: str,
    document: str,
    at: datetime | None,
    *,
    source: str,
    passage: str,
    when: str,
    line: int,
    audience: tuple[str, ...],
) -> Statement:
    quote = text[draft.start : draft.end]
    return Statement(
        id=statement_id(document, draft, quote),
        kind=draft.kind,
        subject=draft.subject,
        attribute=draft.attribute,
        value=draft.value,
        quote=quote,
        polarity=draft.polarity,
        whom=draft.whom,
        due=draft.due,
        stated_at=when,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        confidence=draft.confidence,
        rule=draft.rule,
        document=document,
        source=source,
        passage=passage,
        line=line + text.count("\n", 0, draft.start),
        start=draft.start,
        end=draft.end,
        audience=audience,
        recorded_at=stamp(at) if at else "",
    )


def _key(one: ImportedDocument) -> str:
    return "\n".join((one.root, one.source, one.part, str(one.slice)))


def _document_name(one: ImportedDocument) -> str:
    """What a note's facts are kept under: as it was first seen, so that they stay the same when it is renamed."""
    return f"{one.first_source}/{one.part}" if one.part else one.first_source


def _mark(one: ImportedDocument) -> str:
    return f"{RULES}:{one.mark}"


def when_of(row: PassageRow) -> str:
    """When a passage was written: a day that its heading names, its own date, or the day that its file is named for."""
    stem = row.source.rpartition("/")[2]
    headings = (row.passage.heading, *reversed(row.passage.path))
    named = [found[0] for found in map(_DAY.search, headings) if found and _is_day(found[0])]
    own = _DAY.match(stem)
    return named[0] if named else row.when or (own[0] if own and _is_day(own[0]) else "")


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _about(row: PassageRow) -> str:
    """What a passage is about: the nearest heading that names a person, else the note's title."""
    from sage.core.facts.fact_names import Names
    from sage.core.facts.fact_reading import person_in

    names, headings = Names(row.passage.text), (row.passage.heading, *reversed(row.passage.path))
    return next((name for name in headings if person_in(name, names)), row.title)
