"""Reads facts from what memory has taken up: remembered texts, turns and notes. By rule, with no model.

It follows the journal's texts by their number, and the index's documents by their marks: so it catches up after a crash,
reads nothing twice, and ends what notes no longer say only when they were really read, or really went.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from sage.adapters.database import stamp
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.memory.memory_rows import ImportedDocument, PassageRow
from sage.adapters.memory.memory_store import MemoryStore
from sage.core.facts.facts import Draft, Statement, statement_id
from sage.core.passages import OWNER, Hit, RememberedText
from sage.core.reading.documents import NOBODY, Person

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

    def add_found(self, found: Iterable[tuple[Hit, Sequence[Draft]]]) -> int:
        """Keeps what a model found in passages of the person's own words; returns how many facts are new."""
        at, statements = self._now(), []
        for hit, drafts in found:
            document = hit.thread or hit.source
            statements += [
                _statement(draft, hit.text, document, at, source=hit.source, passage=hit.id, when=hit.when or "", line=hit.line,
                           audience=hit.audience)
                for draft in drafts
            ]  # fmt: skip
        with self._turn:
            return self._pages.add_found(statements)

    def _said(self, text: RememberedText, at: datetime) -> Iterator[Statement]:
        if text.origin != "user":
            return
        speaker = "" if text.speaker in {None, "", OWNER} or self._person.is_named(text.speaker) else text.speaker or ""
        document = text.thread or text.source
        for draft in _drafts(text.text, speaker, text.when or "", ""):
            yield _statement(draft, text.text, document, at, source=text.source, passage=text.id, when=text.when or "", line=1,
                             audience=text.audience)  # fmt: skip

    def _written(self, document: ImportedDocument, rows: Sequence[PassageRow], at: datetime) -> Iterator[Statement]:
        first = document.first_source  # so that what a note says stays the same fact when it is renamed
        name = f"{first}/{document.part}" if document.part else first
        for row in rows:
            if row.origin != "user":  # what others wrote is no statement of the person's
                continue
            when = _when(row)
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
    at: datetime,
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
        recorded_at=stamp(at),
    )


def _key(one: ImportedDocument) -> str:
    return "\n".join((one.root, one.source, one.part, str(one.slice)))


def _mark(one: ImportedDocument) -> str:
    return f"{RULES}:{one.mark}"


def _when(row: PassageRow) -> str:
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
    from sage.core.facts.fact_reading import person_in

    return next((name for name in (row.passage.heading, *reversed(row.passage.path)) if person_in(name)), row.title)
