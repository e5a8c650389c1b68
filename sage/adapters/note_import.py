"""From a folder of notes into the store: only what changed is read, and only what changed in it is embedded.

Work is committed in batches, so an import that is killed has kept what it had done, and the next one goes on there.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from sage.adapters.memory_rows import DocumentRow, FileState, PassageRow, RootState, embedded_text
from sage.adapters.memory_store import File, MemoryStore, Vector
from sage.adapters.note_files import Listing, NoteFile, NoteText, list_notes, read_note_file
from sage.core.chunking import Note, read_note, split_plain
from sage.core.errors import NotFound, Unreadable
from sage.core.front_matter import FrontMatter
from sage.core.passages import FileTrouble, ImportProgress, ImportReport, passage_id

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


class NoteImport:
    """One import of one root. `put` and `remove` write to the store under whatever lock its owner has."""

    def __init__(
        self,
        store: MemoryStore,
        embed: Embed,
        put: Callable[[Sequence[File]], None],
        remove: Callable[[str, Sequence[str]], None],
        largest: int,
    ) -> None:
        self._store, self._embed, self._put, self._remove, self._largest = store, embed, put, remove, largest

    def run(self, root: Path, below: Path | None = None, progress: Progress | None = None) -> ImportReport:
        """Imports a root, or only what is `below` a path in it. Raises NotFound or Unreadable for the root itself."""
        began = time.monotonic()
        listing = list_notes(below or root)
        folder = root if root.is_dir() else root.parent
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
        tally = self._take(root, folder, files, known, progress)
        listed = {file.source for file in files}
        missing = [name for name in known if name not in listed and not listing.hides(name.removeprefix(prefix))]
        # A folder that was swapped or unmounted while it was read tells nothing about its files.
        gone = [name for name in missing if _is_absent(folder / name)] if _state(root) == now else []
        self._remove(str(root), gone)
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
        )

    def _take(
        self,
        root: Path,
        folder: Path,
        files: Sequence[NoteFile],
        known: dict[str, FileState],
        progress: Progress | None,
    ) -> _Tally:
        tally = _Tally()
        batch: list[tuple[DocumentRow, list[PassageRow]]] = []
        touched: list[FileState] = []
        for done, file in enumerate(files, 1):
            state = known.get(file.source)
            if state and (state.mtime_ns, state.size) == (file.mtime_ns, file.size):
                tally.unchanged += 1
                tally.troubles += [state.trouble] if state.trouble else []
            elif text := self._read(file, tally):
                if state and state.sha256 == text.sha256:
                    tally.unchanged += 1
                    tally.troubles += [state.trouble] if state.trouble else []
                    touched.append(replace(state, mtime_ns=text.mtime_ns, size=text.size))
                else:
                    batch.append(_rows(root, folder, file, text))
                    tally.troubles += [trouble] if (trouble := batch[-1][0].trouble) else []
                    tally.changed += bool(state)
                    tally.added += not state
                    tally.passages += len(batch[-1][1])
            if len(batch) >= _FILES or sum(len(rows) for _, rows in batch) >= _PASSAGES:
                self._commit(batch)
                batch = []
            if progress:
                progress(ImportProgress(done, len(files), file.source))
        self._commit(batch)
        if touched:
            self._store.touch_files(touched)
        return tally

    def _read(self, file: NoteFile, tally: _Tally) -> NoteText | None:
        try:
            return read_note_file(file, self._largest)
        except (Unreadable, NotFound) as error:
            tally.troubles.append(FileTrouble(file.source, error.what, error.do))
            return None

    def _commit(self, batch: Sequence[tuple[DocumentRow, list[PassageRow]]]) -> None:
        """Embeds what is new in a batch, and writes it."""
        known: dict[str, Vector] = {}
        for document, _ in batch:
            known |= self._store.known_vectors(document.root, document.source)
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


def _rows(root: Path, folder: Path, file: NoteFile, text: NoteText) -> tuple[DocumentRow, list[PassageRow]]:
    """A file as it is stored."""
    name = file.source.rpartition("/")[2]
    plain = name.lower().endswith(".txt")
    title = name.rpartition(".")[0]
    note = Note(head=FrontMatter(), passages=split_plain(text.text)) if plain else read_note(text.text)
    head = note.head
    trouble = None
    if head.trouble:
        trouble = FileTrouble(
            file.source,
            f"Its front matter does not read as YAML (line {head.trouble_line}: {head.trouble}); it was taken as text.",
            "Mend that line.",
        )
    document = DocumentRow(
        kind="file",
        source=file.source,
        title=title,
        root=str(root),
        folder=str(folder),
        words=" ".join((head.title, *head.aliases, *head.tags, *head.properties)).strip(),
        mtime_ns=text.mtime_ns,
        size=text.size,
        sha256=text.sha256,
        trouble=trouble,
    )
    copies: Counter[str] = Counter()
    names = []
    for passage in note.passages:
        names.append(passage_id(file.source, copies[passage.text], passage.text))
        copies[passage.text] += 1
    rows = [
        PassageRow(
            id=names[place],
            ordinal=place,
            source=file.source,
            passage=passage,
            when=head.when,
            origin=head.origin,
            audience=note.audience,
        )
        for place, passage in enumerate(note.passages)
    ]
    return document, rows


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
