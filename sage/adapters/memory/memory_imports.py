"""Importing folders and files, looking at them again, and taking them out."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sage.adapters.memory.labelled_rows import labelled_file
from sage.adapters.memory.memory_index import MemoryIndex, Written
from sage.adapters.memory.memory_rows import File, name_of
from sage.adapters.memory.memory_sources import FollowingFacts, Texts
from sage.adapters.notes.note_files import look_at
from sage.adapters.notes.note_import import NoteImport, Progress
from sage.adapters.notes.note_survey import Survey, survey_root, survey_some
from sage.core.errors import HomeTrouble, NotFound, SageError, Unreadable
from sage.core.extracts import still_reading
from sage.core.labels import PRIVATE
from sage.core.passages import FileTrouble, ImportProgress, ImportReport
from sage.core.reading.documents import Person
from sage.core.renames import Place
from sage.locations import typed_path

log = logging.getLogger(__name__)

_TURN = 0.05
"""Seconds between two tries to look at touched files while long work runs, which may do it first."""


@dataclass
class _Touched:
    """Paths that someone waits to have looked at."""

    paths: tuple[Path, ...]
    remove: bool
    done: threading.Event = field(default_factory=threading.Event)
    reports: list[ImportReport] = field(default_factory=list)
    trouble: SageError | None = None


class MemoryImports:
    """The imported roots. One import runs at a time; a look at what was touched takes its turn between two of its steps."""

    def __init__(
        self, index: MemoryIndex, texts: Texts, facts: FollowingFacts, *, largest_file: int, person: Person
    ) -> None:
        self._index, self._texts, self._facts = index, texts, facts
        self._largest, self._person = largest_file, person
        self._touched: deque[_Touched] = deque()
        self._reading: dict[str, tuple[int, int]] = {}
        """How far first imports of roots are, in files."""
        self._settled = False
        self._looking = False
        """Whether touched files are looked at just now."""

    def import_path(self, path: str | Path, progress: Progress | None = None) -> ImportReport:
        """See `SageMemory`."""
        target = real_path(path)
        look_at(target)
        with self._index.work:
            roots = [Path(root) for root in self._texts.roots()]
            host = next((root for root in roots if _covers(root, target)), target)
            self._texts.add_root(str(host))
            report = self._index.mended(lambda: self._import(host, target if target != host else None, progress))
            for root in roots:
                if root != host and _covers(host, root):
                    self.forget_root(root)
            self._facts.follow_notes(self._index.store)
        return report

    def rescan(
        self, roots: Iterable[Path] | None = None, progress: Progress | None = None, *, remove: bool = True
    ) -> list[ImportReport]:
        """See `SageMemory`."""
        wanted = None if roots is None else set(map(str, roots))
        reports = []
        with self._index.work:
            for root in self._texts.roots():
                if wanted is None or root in wanted:
                    reports.append(self._rescan(Path(root), progress, remove))
            self._facts.follow_notes(self._index.store)
        return reports

    def _rescan(self, root: Path, progress: Progress | None, remove: bool) -> ImportReport:
        try:
            return self._index.mended(
                lambda: self._take_in(survey_root(self._index.store, root), progress, remove=remove)
            )
        except (NotFound, Unreadable) as error:
            return ImportReport(str(root), troubles=(FileTrouble(str(root), error.what, error.do),))

    def look_again(self, paths: Iterable[Path], *, remove: bool = True) -> list[ImportReport]:
        """See `SageMemory`."""
        asked = _Touched(tuple(paths), remove)
        self._touched.append(asked)
        while not asked.done.is_set():
            if self._index.work.acquire(timeout=_TURN):
                try:
                    self.look_at_touched()
                finally:
                    self._index.work.release()
        if asked.trouble:
            raise asked.trouble
        return asked.reports

    def forget_root(self, path: str | Path) -> None:
        """Takes an imported folder or file out of memory. The files themselves stay. Raises NotFound."""
        root = str(real_path(path))
        with self._index.work:
            if root not in self._texts.roots():
                raise NotFound(f"{path} was not imported.", safe="Memory is unchanged.")
            self._texts.remove_root(root)
            self._index.mended(lambda: self._index.write(lambda: ((), self._index.store.imports.remove_files(root))))
            self._facts.follow_notes(self._index.store)

    def finish(self) -> None:
        """Takes up imports that were cut short."""
        for root in self._unread_roots():
            self._settle_root(root)
        self._settled = True
        self._drop_covered()

    def begin_anew(self) -> None:
        """From now on notes are unread, until each root was read to its end or `finish` has tried."""
        self._settled = False

    def unread(self) -> str:
        """A sentence while notes are read for the first time, or again because the index was lost; else ""."""
        unread = [] if self._settled and not self._reading else self._unread_roots()
        if not unread:
            return ""
        counts = [self._reading.get(root, (0, 0)) for root in unread]
        return still_reading(sum(done for done, _ in counts), sum(total for _, total in counts))

    def _unread_roots(self) -> list[str]:
        """The roots that were never read to their end, as far as the index knows."""
        states = {root: self._index.store.imports.root(root) for root in self._texts.roots()}
        return [root for root, state in states.items() if state is None or not state.complete]

    def look_at_touched(self) -> None:
        """Does what `look_again` was asked for; the work's lock is held. Long work calls this between its steps: whoever
        waits for the lock would get it by luck alone."""
        while self._touched and not self._looking:
            asked = self._touched.popleft()
            self._looking = True
            try:
                asked.reports = self._look_at(asked)
                self._facts.follow_notes(self._index.store)
            except SageError as error:
                asked.trouble = error
            finally:
                self._looking = False
                asked.done.set()

    def _look_at(self, asked: _Touched) -> list[ImportReport]:
        reports = []
        for name in self._texts.roots():
            root = Path(name)
            if inside := [path for path in asked.paths if _covers(root, path)]:
                try:
                    reports.append(self._take_in(survey_some(self._index.store, root, inside), remove=asked.remove))
                except (NotFound, Unreadable) as error:
                    reports.append(ImportReport(name, troubles=(FileTrouble(name, error.what, error.do),)))
        return reports

    def _settle_root(self, root: str) -> None:
        try:
            self._index.mended(lambda: self._import(Path(root), None, None))
        except (NotFound, Unreadable) as error:
            log.warning("a root waits: %s", error.kind)

    def _drop_covered(self) -> None:
        """Forgets roots that a root around them has taken the place of; an import that was cut short left both."""
        roots = [Path(root) for root in self._texts.roots()]
        for root in roots:
            around = [
                self._index.store.imports.root(str(host)) for host in roots if host != root and _covers(host, root)
            ]
            if any(state and state.complete for state in around):
                self.forget_root(root)

    def _import(self, root: Path, below: Path | None, progress: Progress | None) -> ImportReport:
        return self._take_in(survey_root(self._index.store, root, below), progress)

    def _take_in(self, survey: Survey, progress: Progress | None = None, *, remove: bool = True) -> ImportReport:
        def report(step: ImportProgress) -> None:
            if self._index.closing.is_set():
                raise HomeTrouble(
                    "The import was stopped.", safe="What it did is kept.", do="Import again: it goes on there."
                )
            if not survey.now.complete:
                self._reading[str(survey.root)] = step.done, step.total
            if progress:
                progress(step)
            self.look_at_touched()

        importing = NoteImport(
            self._index.store,
            self._index.embedded,
            self._put,
            self._take_out,
            self._texts,
            self._largest,
            self._person,
        )
        try:
            return importing.run(survey, report, remove=remove)
        finally:
            self._reading.pop(str(survey.root), None)

    def _put(self, files: Sequence[File], left: Sequence[Place]) -> None:
        def write() -> Written:
            removed = self._index.store.imports.put_files(
                [(*labelled_file(self._index.labels, document, rows), vectors) for document, rows, vectors in files],
                left,
            )
            return [
                (name_of(row.id, row.part), blob)
                for _, rows, blobs in files
                for row, blob in zip(rows, blobs, strict=True)
            ], removed

        self._index.write(write)

    def _take_out(self, what: Callable[[], list[str]], gone: Collection[str]) -> None:
        """`gone` are the first paths of files that were deleted: who may see them, nobody said of a later note of that
        name. What was kept from others stays kept."""
        known = {label.target for label in self._texts.labels() if label.kind == "note" and label.audience != PRIVATE}
        if shared := known.intersection(gone):
            self._texts.drop_labels("note", shared)  # before the index follows: after a crash it is as private
        self._index.write(lambda: ((), what()))
        if shared:
            self._index.follow_labels()


def real_path(path: str | Path) -> Path:
    """The path without links in it. Raises NotFound for links that lead in a circle."""
    given = typed_path(path)
    try:
        return given.resolve()
    except RuntimeError as error:
        raise NotFound(
            f"{given} is a link that leads nowhere.", safe="Memory is unchanged.", do="Mend or delete the link."
        ) from error


def _covers(root: Path, path: Path) -> bool:
    """Whether importing `root` takes `path` in as well: the same, or below it and not hidden."""
    if root == path:
        return True
    return path.is_relative_to(root) and not any(part.startswith(".") for part in path.relative_to(root).parts)
