"""What a look at an imported root found: the files there are, those that the index knows, and those that are gone.

A look never takes for gone what it could not see: a closed folder, a disk that is not mounted, a root that was swapped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from sage.adapters.memory.memory_rows import FileState, RootState
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.notes.note_files import (
    Listing,
    NoteFile,
    base_of,
    file_id,
    list_notes,
    list_some,
    look_at,
    whole_around,
)
from sage.core.errors import Unreadable
from sage.core.passages import FileTrouble


@dataclass
class Survey:
    """A look at a root, or at some of it (then not `whole`). Sources are relative to `folder`; the `device` of files is 0
    on the root's own disk (the system's numbers for disks may change whenever it starts)."""

    root: Path
    folder: Path
    now: RootState
    """Which folder the root is now, and whether an import of it came to its end before."""
    whole: bool
    files: Sequence[NoteFile] = ()
    known: dict[str, FileState] = field(default_factory=dict)
    missing: Sequence[str] = ()
    """Known, not there any more, and not hidden by anything."""
    troubles: Sequence[FileTrouble] = ()
    others: int = 0

    def is_fresh(self, file: NoteFile) -> bool:
        """Whether a file is new, or may be another one than it was."""
        state = self.known.get(file.source)
        return state is None or (state.mtime_ns, state.size, state.inode) != (file.mtime_ns, file.size, file.inode)

    def gone(self) -> list[str]:
        """What is missing and really not there. Nothing, when the root was swapped or unmounted since it was looked at."""
        return [
            source
            for source in self.missing
            if not is_out_of_sight(self.folder / source, self.root, self.now, elsewhere=self.known[source].device != 0)
        ]


def survey_root(store: MemoryStore, root: Path, below: Path | None = None) -> Survey:
    """Looks at all of a root, or at what is below a path in it. Raises NotFound or Unreadable for the root itself."""
    below = whole_around(below, root) if below else None
    listing = list_notes(below or root)
    folder = base_of(root)
    names = None if below is None else [below.relative_to(folder).as_posix()]
    return _judged(
        Survey(root, folder, _state(root), below is None, known=store.imports.files(str(root), names)), listing, store
    )


def survey_some(store: MemoryStore, root: Path, paths: Iterable[Path]) -> Survey:
    """Looks at paths in a root and nothing else of it. Raises NotFound or Unreadable for the root itself."""
    before, now, touched = store.imports.root(str(root)), _state(root), _outermost(_wholes(paths, root))
    is_same = before is not None and (before.device, before.inode) == (now.device, now.inode)
    if not is_same or root in touched or not root.is_dir():
        look_at(root)
        return survey_root(store, root)
    listing = list_some(root, touched)
    if listing is None:
        return survey_root(store, root)
    names = [path.relative_to(root).as_posix() for path in touched]
    return _judged(Survey(root, root, now, False, known=store.imports.files(str(root), names)), listing, store)


def _judged(survey: Survey, listing: Listing, store: MemoryStore) -> Survey:
    prefix = _prefix(listing, survey.folder)
    survey.files = [
        replace(file, source=prefix + file.source, device=on_disk(file.device, survey.now)) for file in listing.files
    ]
    survey.troubles = [replace(trouble, source=prefix + trouble.source) for trouble in listing.troubles]
    survey.others = listing.others
    listed = {file.source for file in survey.files}
    before = store.imports.root(str(survey.root))
    is_other = before and (before.device, before.inode) != (survey.now.device, survey.now.inode)
    if survey.whole and is_other and survey.known and not listed & survey.known.keys():
        raise Unreadable(
            f"{survey.root} is {'' if listed else 'empty, and '}not the folder that was imported before.",
            safe="Nothing was removed from memory.",
            do="If it belongs to a disk that is not mounted, mount it and import again.",
        )
    survey.now = replace(survey.now, complete=bool(before and before.complete))
    survey.missing = [
        name for name in survey.known if name not in listed and not listing.hides(name.removeprefix(prefix))
    ]
    return survey


def _wholes(paths: Iterable[Path], root: Path) -> Iterator[Path]:
    """Paths, and for those inside of a folder that is one thing, that folder."""
    around: dict[Path, Path] = {}
    for path in paths:
        if path.parent not in around:
            found = whole_around(path, root)
            around[path.parent] = path.parent if found == path else found
        yield path if around[path.parent] == path.parent else around[path.parent]


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Paths without those that are below another one."""
    given = set(paths)
    return sorted(path for path in given if given.isdisjoint(path.parents))


def _prefix(listing: Listing, folder: Path) -> str:
    """What to put before a listing's sources to make them relative to the root's folder."""
    below = listing.folder.relative_to(folder).as_posix()
    return "" if below == "." else f"{below}/"


def on_disk(device: int, root: RootState) -> int:
    """A file's device: 0 when it is the root's."""
    return 0 if device == root.device else device


def is_gone(path: Path, root: Path, seen: RootState | None, *, elsewhere: bool = False) -> bool:
    """Whether a known file is really not there. `seen` is which folder the root was, `elsewhere` whether the file was on
    another disk than that."""
    return not os.path.lexists(path) and not is_out_of_sight(path, root, seen, elsewhere=elsewhere)


def is_out_of_sight(path: Path, root: Path, seen: RootState | None, *, elsewhere: bool) -> bool:
    """Whether a known file cannot be seen from here: the root is another folder or none, a folder is closed, or the disk
    below the root that it was on is not mounted."""
    now = _state(root)
    if seen is None or (seen.device, seen.inode) != (now.device, now.inode):
        return True
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return elsewhere and _nearest_device(path) == now.device
    except OSError:
        return True
    return False


def _nearest_device(path: Path) -> int:
    """The disk of the nearest folder above a path that is there."""
    folder = next(folder for folder in path.parents if folder.exists())
    return file_id(folder.stat())[0]


def _state(root: Path) -> RootState:
    device, inode = _identity(root)
    return RootState(device, inode, complete=False)


def _identity(root: Path) -> tuple[int, int]:
    """Which folder or file it is; (0, 0) when it is not there."""
    try:
        return file_id(root.stat())
    except OSError:
        return 0, 0
