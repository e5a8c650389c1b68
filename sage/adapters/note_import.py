"""From a folder of notes, mails and chats into the store: only what changed is read, and only what is new is embedded.

Work is committed in batches, so an import that is killed has kept what it had done, and the next one goes on there.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from sage.adapters.memory_rows import DocumentRow, FileState, PassageRow, RootState, embedded_text
from sage.adapters.memory_store import File, MemoryStore, Vector
from sage.adapters.note_files import FileBytes, Listing, NoteFile, base_of, list_notes, read_file, whole_around
from sage.adapters.readers import format_named
from sage.adapters.readers.reading import Files, FolderFiles, Loaded, Reading, stem_of
from sage.core.documents import MOST_SPOKEN, Document, Part, Person
from sage.core.errors import NotFound, Unreadable
from sage.core.passages import FileTrouble, FormatRead, ImportProgress, ImportReport, passage_id

Embed = Callable[[Sequence[str]], list[Vector]]
Progress = Callable[[ImportProgress], None]

_FILES, _PASSAGES = 64, 256
"""A batch is committed when it has so many: small enough for a recall to slip in between."""


@dataclass
class _Tally:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    passages: int = 0
    troubles: list[FileTrouble] = field(default_factory=list)
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


@dataclass(frozen=True)
class _Place:
    """Where sources are: the imported root, and the folder that they are relative to."""

    root: Path
    folder: Path


class NoteImport:
    """One import of one root. `put` and `remove` write to the store under whatever lock its owner has."""

    def __init__(
        self,
        store: MemoryStore,
        embed: Embed,
        put: Callable[[Sequence[File]], None],
        remove: Callable[[Callable[[], list[str]]], None],
        largest: int,
        person: Person,
    ) -> None:
        self._store, self._embed, self._put, self._remove = store, embed, put, remove
        self._largest, self._person = largest, person
        self._batch: list[tuple[DocumentRow, list[PassageRow]]] = []

    def run(self, root: Path, below: Path | None = None, progress: Progress | None = None) -> ImportReport:
        """Imports a root, or only what is `below` a path in it. Raises NotFound or Unreadable for the root itself."""
        began = time.monotonic()
        below = whole_around(below, root) if below else None
        listing = list_notes(below or root)
        folder = base_of(root)
        prefix = _prefix(listing, folder)
        files = [replace(file, source=prefix + file.source) for file in listing.files]
        known = {name: state for name, state in self._store.files(str(root)).items() if _is_below(name, below, folder)}
        before, now = self._store.root(str(root)), _state(root)
        if known and not files and before and (before.device, before.inode) != (now.device, now.inode):
            raise Unreadable(
                f"{root} is empty, and not the folder that was imported before.",
                safe="Nothing was removed from memory.",
                do="If it belongs to a disk that is not mounted, mount it and import again.",
            )
        self._store.set_root(str(root), replace(now, complete=bool(before and before.complete)))
        tally = self._take(_Place(root, folder), files, known, progress)
        listed = {file.source for file in files}
        missing = [name for name in known if name not in listed and not listing.hides(name.removeprefix(prefix))]
        # A folder that was swapped or unmounted while it was read tells nothing about its files.
        gone = [name for name in missing if _is_absent(folder / name)] if _state(root) == now else []
        if gone:
            self._remove(lambda: self._store.remove_files(str(root), gone))
        if below is None:
            self._store.set_root(str(root), replace(now, complete=True))
        told = [replace(trouble, source=prefix + trouble.source) for trouble in listing.troubles]
        return ImportReport(
            root=str(root),
            added=tally.added,
            changed=tally.changed,
            removed=len(gone),
            unchanged=tally.unchanged,
            passages=tally.passages,
            others=listing.others,
            troubles=tuple(sorted([*told, *tally.troubles], key=lambda trouble: trouble.source)),
            seconds=round(time.monotonic() - began, 3),
            formats=tuple(FormatRead(name, *counts) for name, counts in sorted(tally.formats.items())),
        )

    def _take(
        self, place: _Place, files: Sequence[NoteFile], known: dict[str, FileState], progress: Progress | None
    ) -> _Tally:
        tally = _Tally()
        touched: list[FileState] = []
        for done, file in enumerate(files, 1):

            def step(documents: int = 0, done: int = done, file: NoteFile = file) -> None:
                if progress:
                    progress(ImportProgress(done, len(files), file.source, documents))

            state = known.get(file.source)
            if state and (state.mtime_ns, state.size) == (file.mtime_ns, file.size):
                tally.leave(state)
            elif left := self._take_file(place, file, state, tally, step):
                touched.append(left)
            step()
        self._commit()
        if touched:
            self._store.touch_files(touched)
        return tally

    def _take_file(
        self, place: _Place, file: NoteFile, state: FileState | None, tally: _Tally, step: Callable[[int], None]
    ) -> FileState | None:
        """Reads a file that is new or may have changed. Returns its state when only that is to be kept."""
        kind = format_named(file.format)
        reading = Reading(self._person, file.source, kind.name, self._largest, named=file.path == place.root)
        found: FileBytes | None = None
        try:
            files: Files = FolderFiles(file.path if file.path.is_dir() else file.path.parent)
            if kind.whole:
                found = read_file(file, self._largest if kind.largest is None else kind.largest)
                if state and state.sha256 == found.sha256:
                    tally.leave(state)
                    return replace(state, mtime_ns=found.mtime_ns, size=found.size)
                file = replace(file, mtime_ns=found.mtime_ns, size=found.size)
                files = Loaded(file.path.name, found.data)
            own = self._take_parts(place, file, kind.read(files, file.path.name, reading), state, reading, tally, step)
        except (Unreadable, NotFound) as error:
            trouble = FileTrouble(file.source, error.what, error.do)
            tally.troubles.append(trouble)
            # What it says is wrong is so until it changes; what kept it from being read may end any time.
            if found is None or state is None:
                return None
            return replace(state, mtime_ns=file.mtime_ns, size=file.size, sha256=found.sha256, troubles=(trouble,))
        document = replace(
            _document_row(place, file, own, Part("", found.sha256 if found else "", lambda: own)),
            mtime_ns=file.mtime_ns,
            size=file.size,
            troubles=reading.told(),
        )
        self._add(document, _passage_rows(document, own))
        tally.troubles += document.troubles
        tally.changed += bool(state)
        tally.added += not state
        return None

    def _take_parts(
        self,
        place: _Place,
        file: NoteFile,
        parts: Iterator[Part],
        state: FileState | None,
        reading: Reading,
        tally: _Tally,
        step: Callable[[int], None],
    ) -> Document:
        """Takes up what is new of the documents in a file, and drops what is gone. Returns the file's own document."""
        known = self._store.parts(str(place.root), file.source) if state else {}
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
                    self._put([(replace(_document_row(place, file, own, Part("", "", part.load)), size=-1), [], [])])
                row = _document_row(place, file, document, part)
                self._add(row, _passage_rows(row, document), lambda: step(len(seen)))
                tally.take(reading.format, document)
            seen.add(key)
        gone = [key for key in known if key not in seen]
        if gone and not reading.cut_off:
            self._remove(lambda: self._store.remove_parts(str(place.root), file.source, gone))
        return own

    def _add(self, document: DocumentRow, rows: list[PassageRow], committed: Callable[[], None] = lambda: None) -> None:
        """Adds a document to the batch, and commits that when it is large enough."""
        self._batch.append((document, rows))
        if len(self._batch) >= _FILES or sum(len(rows) for _, rows in self._batch) >= _PASSAGES:
            self._commit()
            committed()

    def _commit(self) -> None:
        """Embeds what is new in the batch, and writes it."""
        batch, self._batch = self._batch, []
        known: dict[str, Vector] = {}
        for document, _ in batch:
            known |= self._store.known_vectors(document.root, document.source, document.part)
        wanted = [[embedded_text(row, document.title) for row in rows] for document, rows in batch]
        new = list(dict.fromkeys(text for texts in wanted for text in texts if text not in known))
        known |= dict(zip(new, self._embed(new), strict=True)) if new else {}
        if batch:
            self._put(
                [
                    (document, rows, [known[text] for text in texts])
                    for (document, rows), texts in zip(batch, wanted, strict=True)
                ]
            )


def _document_row(place: _Place, file: NoteFile, document: Document, part: Part) -> DocumentRow:
    """A file's own document, or one of those in it, as it is stored."""
    return DocumentRow(
        kind="thread" if document.spoken else "file",
        source=file.source,
        title=document.title,
        root=str(place.root),
        folder=str(place.folder),
        part=part.name,
        slice=part.slice,
        words=document.words,
        sha256=part.mark,
    )


def _passage_rows(row: DocumentRow, document: Document) -> list[PassageRow]:
    copies: Counter[tuple[str, ...]] = Counter()
    base = f"{row.source}/{row.part}" if row.part else row.source
    rows = []
    for place, piece in enumerate(document.pieces):
        key = (piece.passage.text, *piece.audience)
        rows.append(
            PassageRow(
                id=passage_id(base, copies[key], piece.passage.text),
                ordinal=row.slice * MOST_SPOKEN + place,
                source=f"{row.source}/{piece.member}" if piece.member else row.source,
                passage=piece.passage,
                when=piece.when,
                origin=piece.origin,
                audience=piece.audience,
                speaker=piece.speaker,
                kind=row.kind,
            )
        )
        copies[key] += 1
    return rows


def _prefix(listing: Listing, folder: Path) -> str:
    """What to put before a listing's sources to make them relative to the root's folder."""
    below = listing.folder.relative_to(folder).as_posix()
    return "" if below == "." else f"{below}/"


def _is_below(source: str, below: Path | None, folder: Path) -> bool:
    if below is None:
        return True
    part = below.relative_to(folder).as_posix()
    return source == part or source.startswith(f"{part}/")


def _is_absent(path: Path) -> bool:
    """Whether a file that is not listed any more is really gone; one that is there but now hidden counts as gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return True


def _state(root: Path) -> RootState:
    device, inode = _identity(root)
    return RootState(device, inode, complete=False)


def _identity(root: Path) -> tuple[int, int]:
    """Which folder or file it is; (0, 0) when it is not there. In the range of SQLite's integers."""
    try:
        found = root.stat()
    except OSError:
        return 0, 0
    return found.st_dev & (2**63 - 1), found.st_ino & (2**63 - 1)
