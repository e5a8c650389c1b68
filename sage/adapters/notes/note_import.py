"""From a folder of notes, mails and chats into the store: only what changed is read, and only what is new is embedded.

Work is committed in batches, so an import that is killed has kept what it had done, and the next one goes on there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from sage.adapters.memory.memory_rows import DocumentRow, File, FileState, PassageRow, Vector, embedded_text, first_path
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.notes.note_files import FileBytes, NoteFile, read_file
from sage.adapters.notes.note_moves import Moved, find_moves
from sage.adapters.notes.note_survey import Survey
from sage.adapters.readers import format_named
from sage.adapters.readers.reading import Files, FolderFiles, Format, Loaded, Reading, stem_of
from sage.core.errors import NotFound, Unreadable
from sage.core.passages import FileTrouble, FormatRead, ImportProgress, ImportReport, passage_id, said_by
from sage.core.reading.documents import Document, Part, Person
from sage.core.renames import Place

Embed = Callable[[Sequence[str]], list[Vector]]
Progress = Callable[[ImportProgress], None]

EMPTY_FOR = 5.0
"""Seconds for which a note that had words must be empty to count as emptied: some editors empty a file, then write it."""
_FILES, _PASSAGES = 64, 256
"""A batch is committed when it has so many: small enough for a recall to slip in between."""
_PIECES = 1 << 20
"""More passages than a slice of a document has."""


class Renames(Protocol):
    """Where the names are kept that notes were first seen under."""

    def renames(self) -> dict[Place, str]:
        """Those of the notes that have another name by now, of all roots."""
        ...

    def rename(self, changes: Mapping[Place, str | None]) -> None:
        """Keeps names, or drops them (None), in one durable commit."""
        ...


@dataclass
class _Tally:
    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    others: int = 0
    passages: int = 0
    troubles: list[FileTrouble] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    formats: dict[str, list[int]] = field(default_factory=dict)

    def leave(self, state: FileState) -> None:
        """Counts a file that is as it was."""
        self.unchanged += 1
        self.troubles += state.troubles

    def take(self, format_name: str, document: Document) -> None:
        """Counts a document that was read."""
        counts = self.formats.setdefault(format_name, [0, 0])
        counts[0] += 1
        counts[1] += len(document.pieces)
        self.passages += len(document.pieces)


class NoteImport:
    """One import of one root. `put` and `remove` write to the store under whatever lock its owner has; `remove` is told
    which files go for good, by where they were first seen."""

    def __init__(
        self,
        store: MemoryStore,
        embed: Embed,
        put: Callable[[Sequence[File], Sequence[Place]], None],
        remove: Callable[[Callable[[], list[str]], Collection[str]], None],
        renames: Renames,
        largest: int,
        person: Person,
    ) -> None:
        self._store, self._embed, self._put, self._remove = store, embed, put, remove
        self._renames, self._largest, self._person = renames, largest, person
        self._moved = Moved()
        self._left: list[Place] = []
        self._later: set[str] = set()
        """Notes that have another name now, which the vectors of their passages know of: those are made after the import,
        since a slow embedder would keep memory from following the name."""
        self._batch: list[tuple[DocumentRow, list[PassageRow]]] = []

    def run(self, survey: Survey, progress: Progress | None = None, *, remove: bool = True) -> ImportReport:
        """Takes in what a look found. Without `remove`, what is gone stays for now, and is told as waiting."""
        began = time.monotonic()
        root = str(survey.root)
        self._store.imports.set_root(root, survey.now)
        self._moved = find_moves(self._store, survey, self._renames.renames())
        self._renames.rename(self._moved.renames)  # before the index follows: found again after a crash, it is the same
        tally = self._take(survey, progress)
        left = {source for host, source in self._moved.gone.values() if host == root}
        gone = [source for source in survey.gone() if source not in left]
        if remove and gone:
            self._remove(lambda: self._store.imports.remove_files(root, gone), self._names_of(survey, gone))
        if survey.whole:
            self._store.imports.set_root(root, replace(survey.now, complete=True))
        return ImportReport(
            root=root,
            added=tally.added,
            changed=tally.changed,
            moved=tally.moved,
            removed=len(gone) if remove else 0,
            unchanged=tally.unchanged,
            passages=tally.passages,
            others=survey.others + tally.others,
            troubles=tuple(sorted([*survey.troubles, *tally.troubles], key=lambda trouble: trouble.source)),
            waiting=tuple(sorted({*tally.waiting, *([] if remove else gone)})),
            seconds=round(time.monotonic() - began, 3),
            formats=tuple(FormatRead(name, *counts) for name, counts in sorted(tally.formats.items())),
        )

    def _names_of(self, survey: Survey, sources: Iterable[str]) -> list[str]:
        """Where files were first seen, by which labels are kept."""
        states = {source: survey.known[source] for source in sources}
        return [first_path(str(survey.folder), source, state.first) for source, state in states.items()]

    def _take(self, survey: Survey, progress: Progress | None) -> _Tally:
        tally, files = _Tally(), survey.files
        touched: list[FileState] = []
        for done, file in enumerate(files, 1):

            def step(documents: int = 0, done: int = done, file: NoteFile = file) -> None:
                if progress:
                    progress(ImportProgress(done, len(files), file.source, documents))

            state = survey.known.get(file.source)
            if state and not survey.is_fresh(file):
                tally.leave(state)
            elif left := self._take_file(survey, file, state, tally, step):
                touched.append(left)
            step()
        self._commit()
        if touched:
            self._store.imports.touch_files(touched)
        return tally

    def _take_file(
        self, survey: Survey, file: NoteFile, state: FileState | None, tally: _Tally, step: Callable[[int], None]
    ) -> FileState | None:
        """Reads a file that is new or may have changed. Returns its state when only that is to be kept."""
        kind = format_named(file.format)
        reading = Reading(self._person, file.source, kind.name, self._largest, named=file.path == survey.root)
        found: FileBytes | None = None
        try:
            files: Files = FolderFiles(file.path if file.path.is_dir() else file.path.parent)
            if kind.whole:
                found = self._read(file, kind, state)
                if state and state.sha256 == found.sha256 and state.first == self._moved.first[file.source]:
                    tally.leave(state)
                    return replace(
                        state, mtime_ns=found.mtime_ns, size=found.size, device=file.device, inode=file.inode
                    )
                file = replace(file, mtime_ns=found.mtime_ns, size=found.size)
                files = Loaded(file.path.name, found.data)
            own = self._take_parts(survey, file, kind.read(files, file.path.name, reading), state, reading, tally, step)
        except (Unreadable, NotFound) as error:
            trouble = FileTrouble(file.source, error.what, error.do)
            tally.troubles.append(trouble)
            # What it says is wrong is so until it changes; what kept it from being read may end any time.
            if found is None or state is None:
                tally.waiting.append(file.source)
                return None
            return replace(state, mtime_ns=file.mtime_ns, size=file.size, sha256=found.sha256, troubles=(trouble,),
                           device=file.device, inode=file.inode)  # fmt: skip
        if reading.passed_over:
            tally.others += 1
            return None
        document = replace(
            self._document_row(survey, file, own, Part("", found.sha256 if found else "", lambda: own)),
            mtime_ns=file.mtime_ns,
            size=file.size,
            troubles=reading.told(),
        )
        place = self._moved.gone.get(file.source)
        self._left += [place] if place else []
        if place and not state:
            self._later.add(file.source)
        self._add(document, _passage_rows(document, own))
        tally.troubles += document.troubles
        tally.changed += bool(state)
        tally.moved += place is not None and not state
        tally.added += place is None and not state
        return None

    def _read(self, file: NoteFile, kind: Format, known: FileState | None) -> FileBytes:
        found = read_file(file, self._largest if kind.largest is None else kind.largest)
        if known and known.size and not found.size and abs(time.time() - found.mtime_ns / 1e9) < EMPTY_FOR:
            raise Unreadable("It was emptied just now.", do="Import again in a moment.")
        return found

    def _take_parts(
        self,
        survey: Survey,
        file: NoteFile,
        parts: Iterator[Part],
        state: FileState | None,
        reading: Reading,
        tally: _Tally,
        step: Callable[[int], None],
    ) -> Document:
        """Takes up what is new of the documents in a file, and drops what is gone. Returns the file's own document."""
        known = self._store.imports.parts(str(survey.root), file.source) if state else {}
        reading.named |= bool(known)
        seen: set[tuple[str, int]] = set()
        own = Document(stem_of(file.source), ())
        for part in parts:
            key = (part.name, part.slice)
            if not part.name:
                own = part.load()
                tally.take(reading.format, own)
            elif key not in seen and known.get(key) != part.mark:
                document = part.load()
                if not document.pieces:
                    continue
                if not state and not seen:  # so that what is kept of a file that is not read to its end has an owner
                    self._put(
                        [(replace(self._document_row(survey, file, own, Part("", "", part.load)), size=-1), [], [])], ()
                    )
                row = self._document_row(survey, file, document, part)
                self._add(row, _passage_rows(row, document), lambda: step(len(seen)))
                tally.take(reading.format, document)
            seen.add(key)
        gone = [key for key in known if key not in seen]
        if gone and not reading.cut_off:
            self._remove(lambda: self._store.imports.remove_parts(str(survey.root), file.source, gone), ())
        return own

    def _document_row(self, survey: Survey, file: NoteFile, document: Document, part: Part) -> DocumentRow:
        """A file's own document, or one of those in it, as it is stored."""
        return DocumentRow(
            kind="thread" if document.spoken else "file",
            source=file.source,
            title=document.title,
            root=str(survey.root),
            folder=str(survey.folder),
            part=part.name,
            slice=part.slice,
            words=document.words,
            sha256=part.mark,
            own=document.audience,
            marks=document.marks,
            names=document.names,
            first=self._moved.first.get(file.source, ""),
            device=file.device,
            inode=file.inode,
        )

    def _add(self, document: DocumentRow, rows: list[PassageRow], committed: Callable[[], None] = lambda: None) -> None:
        """Adds a document to the batch, and commits that when it is large enough."""
        self._batch.append((document, rows))
        if len(self._batch) >= _FILES or sum(len(rows) for _, rows in self._batch) >= _PASSAGES:
            self._commit()
            committed()

    def _commit(self) -> None:
        """Embeds what is new in the batch, and writes it."""
        batch, self._batch = self._batch, []
        left, self._left = self._left, []
        known: dict[str, Vector] = {}
        for document, _ in batch:
            places = [(document.root, document.source), self._moved.came_from.get(document.source)]
            for root, source in filter(None, places):
                known |= self._store.embeddings.known_vectors(root, source, document.part)
        wanted = [[embedded_text(row, document.title) for row in rows] for document, rows in batch]
        now = [texts for (document, _), texts in zip(batch, wanted, strict=True) if document.source not in self._later]
        new = list(dict.fromkeys(text for texts in now for text in texts if text not in known))
        known |= dict(zip(new, self._embed(new), strict=True)) if new else {}
        if batch:
            self._put(
                [
                    (document, rows, [known.get(text) for text in texts])
                    for (document, rows), texts in zip(batch, wanted, strict=True)
                ],
                left,
            )


def _passage_rows(row: DocumentRow, document: Document) -> list[PassageRow]:
    copies: Counter[str] = Counter()
    base = f"{row.first_source}/{row.part}" if row.part else row.first_source
    rows = []
    for place, piece in enumerate(document.pieces):
        said = said_by(piece.passage.text, piece.speaker, piece.when)
        rows.append(
            PassageRow(
                id=passage_id(base, copies[said], said),
                ordinal=row.slice * _PIECES + place,
                source=f"{row.source}/{piece.member}" if piece.member else row.source,
                passage=piece.passage,
                when=piece.when,
                origin=piece.origin,
                speaker=piece.speaker,
                kind=row.kind,
            )
        )
        copies[said] += 1
    return rows
