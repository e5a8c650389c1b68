"""Memory: what the person wrote and said, found again. Every front end, tool and reply asks here.

The truth is elsewhere: remembered texts are in the journal (the port `Texts`), notes in their files. What stands
under index/ is made from both, catches up with them, and is made again when it is lost or torn.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec.structs import replace

from sage.adapters.memory import memory_reading
from sage.adapters.memory.labelled_rows import labelled_file, labelled_text
from sage.adapters.memory.memory_checks import check_memory
from sage.adapters.memory.memory_rows import File, PassageRow, Text, Vector, name_of
from sage.adapters.memory.memory_search import Question, question_of, search
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.memory_view import View
from sage.adapters.memory.nearest import Nearest
from sage.adapters.memory.packed_vectors import pack_vectors
from sage.adapters.memory.remembered_texts import text_rows, text_to_keep, texts_to_keep
from sage.adapters.notes.note_files import LARGEST, look_at
from sage.adapters.notes.note_import import NoteImport, Progress, Renames
from sage.adapters.notes.note_survey import Survey, survey_root, survey_some
from sage.core.errors import HomeTrouble, ModelTrouble, NewerHome, NotFound, SageError, TornFile, Unreadable
from sage.core.extracts import still_reading
from sage.core.labels import Audience, KeptLabel, LabelKind, Labels, Origin, folded_name
from sage.core.memory_state import MemoryFinding, MemoryState, VerifyProgress
from sage.core.passages import FileTrouble, Hit, ImportProgress, ImportReport, MemoryCounts, Passage, RememberedText
from sage.core.ports import Embedder
from sage.core.reading.documents import NOBODY, Person
from sage.core.renames import Place
from sage.core.words import gist
from sage.locations import home_trouble, typed_path

if TYPE_CHECKING:
    pass

log = logging.getLogger(__name__)
Done = TypeVar("Done")

EXACT_UP_TO = 250_000
"""Vectors up to which exact search answers; above, Chroma's index does. Measured with 100,000 of 256 dimensions: exact 7 ms and
100 MB; Chroma 10 ms, 230 MB and 93 % of the 200 nearest, after 47 s of building. Exact search grows with them, Chroma hardly."""
_TEXTS, _VECTORS, _NEW_VECTORS = 500, 512, 32
"""Texts that are indexed, and passages that are embedded, between two commits; fewer for an embedder that may be slow."""
_ALL = 1_000_000
"""More passages than any memory has: whoever asks for more gets all."""
_TURN = 0.05
"""Seconds between two tries to look at touched files while long work runs, which may do it first."""
_VIEWS = 4
"""Views of recipients that are kept while memory does not change."""


class Texts(Renames, Protocol):
    """Where remembered texts and the list of imported roots are kept for good."""

    def add_texts(self, rows: Sequence[RememberedText]) -> list[str]:
        """Keeps texts in one durable commit, and returns their ids. Sets each one's `copy` and `id` (see there)."""
        ...

    def texts_after(self, seq: int, limit: int) -> list[tuple[int, RememberedText]]:
        """The texts with a higher number than `seq`, in the order remembered, each with its number (from 1)."""
        ...

    def labels(self) -> list[KeptLabel]:
        """All labels."""
        ...

    def keep_label(self, kind: LabelKind, target: str, audience: Audience | None, at: datetime) -> None:
        """Keeps a label, in place of the one that the target had, or takes it away (None)."""
        ...

    def tell_facts(self, audiences: Mapping[str, Audience]) -> None:
        """Lets facts know who may see the passages and texts (by id) that say them."""
        ...

    def roots(self) -> list[str]:
        """The imported folders and files, as absolute paths."""
        ...

    def add_root(self, path: str) -> None:
        """Keeps a root; one that is kept already stays."""
        ...

    def remove_root(self, path: str) -> None:
        """Forgets a root; an unknown one is ignored."""
        ...

    def forgettings(self) -> int:
        """A number that changes whenever texts are forgotten, or come back."""
        ...

    def text_threads(self, until: int) -> dict[str, str]:
        """The thread ("" for none) of each text up to the number `until`, by id."""
        ...

    def texts_in(self, threads: Sequence[str], names: Sequence[str]) -> list[tuple[int, RememberedText]]:
        """The texts of those threads, and those with one of those ids, in the order remembered, each with its number."""
        ...

    def last_before(self, seq: int) -> int:
        """The highest number of a text up to `seq`; 0 for none."""
        ...


@dataclass
class _Touched:
    """Paths that someone waits to have looked at."""

    paths: tuple[Path, ...]
    remove: bool
    done: threading.Event = field(default_factory=threading.Event)
    reports: list[ImportReport] = field(default_factory=list)
    trouble: SageError | None = None


class Facts(Protocol):
    """Who reads facts from what memory takes up. Catches up by itself with whatever it has not seen."""

    def follow_texts(self) -> int:
        """Reads the journal's texts that are new."""
        ...

    def follow_notes(self, store: MemoryStore) -> int:
        """Reads the index's documents that are new or changed."""
        ...


class SageMemory:
    """Implements the port `Memory`, safe in threads. Use it as a context manager, or `close` it.

    `index` is the folder of the caches. At opening, the index catches up with the journal; with `settle`, it also
    takes up imports that were cut short and embeds what has no vector yet, which can take long after a loss.
    """

    def __init__(
        self,
        index: Path,
        texts: Texts,
        embedder: Embedder,
        *,
        former: Callable[[str], Embedder | None] = lambda name: None,
        largest_file: int = LARGEST,
        person: Person = NOBODY,
        exact_up_to: int = EXACT_UP_TO,
        facts: Facts | None = None,
        settle: bool = True,
    ) -> None:
        self._folder, self._texts, self._wanted = index, texts, embedder
        self._largest, self._person, self._exact_up_to = largest_file, person, exact_up_to
        self._facts = facts
        self._gate = threading.RLock()
        """Held while the index is searched or written, for milliseconds; never while files are read or embedded."""
        self._texting = threading.RLock()
        """Held while the journal's texts are indexed, so that none is indexed twice. Taken before the gate."""
        self._work = threading.RLock()
        """Held by an import and other long work. Taken before the other two; remembering and recalling do without."""
        self._touched: deque[_Touched] = deque()
        self._reading: dict[str, tuple[int, int]] = {}
        """How far first imports of roots are, in files."""
        self._settled = False
        self._looking = False
        """Whether touched files are looked at just now."""
        self._building = threading.Lock()
        """Held while Chroma's index is opened or built; whoever waits for it holds neither of the last two."""
        self._closing = threading.Event()
        self._views: dict[tuple[str, ...], View] = {}
        self._store = self._open()
        self._embedder = self._embedder_in_use(former)
        self._nearest = self._nearest_of(self._store)
        self._labels = Labels()
        self._mended(self._follow_labels)
        self._mended(self._follow_journal)
        self._mended(self._index_texts)
        if settle:
            self.settle()

    def __enter__(self) -> SageMemory:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stops an import that runs (what it did so far stays), and closes the index. May be called twice."""
        self._closing.set()
        with self._work, self._texting, self._gate:
            self._views.clear()
            self._nearest.close()
            self._store.close()

    # remembering

    def remember(
        self,
        text: str,
        *,
        source: str,
        when: datetime | str | None = None,
        thread: str | None = None,
        speaker: str | None = None,
        origin: Origin = "user",
        audience: str | Audience = "private",
    ) -> str:
        """Keeps a text for good and returns its id. Raises BadInput for an empty one, or for a date that is none."""
        row = text_to_keep(
            text, source=source, when=when, thread=thread, speaker=speaker, origin=origin, audience=audience
        )
        return self.remember_many([row])[0]

    def remember_many(self, rows: Iterable[RememberedText | Mapping[str, Any]]) -> list[str]:
        """Keeps texts in one durable commit and returns their ids. A mapping names `remember`'s arguments."""
        ids = self._texts.add_texts(texts_to_keep(rows))
        self.catch_up()
        return ids

    def catch_up(self) -> None:
        """Indexes what the journal has and the index has not: texts, and turns of conversations."""
        try:
            self._mended(self._index_texts)
        except HomeTrouble as error:
            # The texts are safe in the journal, which is all that was promised; the index catches up at the next start.
            log.warning("the index lags behind: %s", error.kind)
        self._read_facts(lambda facts: facts.follow_texts())

    # labels

    def set_label(self, kind: LabelKind, target: str, audience: Audience | None, at: datetime) -> None:
        """Puts a label on a target (see `KeptLabel`), or takes it away (None), at once and for good."""
        self._texts.keep_label(kind, target, audience, at)
        self._mended(self._follow_labels)

    def labels(self) -> Labels:
        """All labels that were put on something."""
        return self._labels

    def read(self, look: Callable[[MemoryStore], Done]) -> Done:
        """What is found by looking into the index."""
        return self._mended(lambda: look(self._store))

    # importing

    def import_path(self, path: str | Path, progress: Progress | None = None) -> ImportReport:
        """Imports a file or folder, or brings an imported one up to date. Raises NotFound or Unreadable for the path.

        A path inside a folder that was imported before is brought up to date as part of that one; a folder around
        imported ones takes their place.
        """
        target = _real(path)
        look_at(target)
        with self._work:
            roots = [Path(root) for root in self._texts.roots()]
            host = next((root for root in roots if _covers(root, target)), target)
            self._texts.add_root(str(host))
            report = self._mended(lambda: self._import(host, target if target != host else None, progress))
            for root in roots:
                if root != host and _covers(host, root):
                    self.forget_root(root)
            self._read_facts(lambda facts: facts.follow_notes(self._store))
        return report

    def rescan(
        self, roots: Iterable[Path] | None = None, progress: Progress | None = None, *, remove: bool = True
    ) -> list[ImportReport]:
        """Brings roots up to date (all of them by default). One that cannot be read is told in its report, and stays.

        Without `remove`, what is gone is not taken out, but told as waiting.
        """
        wanted = None if roots is None else set(map(str, roots))
        reports = []
        with self._work:
            for root in self._texts.roots():
                if wanted is None or root in wanted:
                    reports.append(self._rescan(Path(root), progress, remove))
            self._read_facts(lambda facts: facts.follow_notes(self._store))
        return reports

    def _rescan(self, root: Path, progress: Progress | None, remove: bool) -> ImportReport:
        try:
            return self._mended(lambda: self._take_in(survey_root(self._store, root), progress, remove=remove))
        except (NotFound, Unreadable) as error:
            return ImportReport(str(root), troubles=(FileTrouble(str(root), error.what, error.do),))

    def look_again(self, paths: Iterable[Path], *, remove: bool = True) -> list[ImportReport]:
        """Brings what was touched up to date, and reads nothing else; one report for each root that it touches.

        Paths outside of the imported roots are ignored. While an import or other long work runs, this takes its turn
        between two of its steps. Without `remove`, what is gone is not taken out, but told as waiting.
        """
        asked = _Touched(tuple(paths), remove)
        self._touched.append(asked)
        while not asked.done.is_set():
            if self._work.acquire(timeout=_TURN):
                try:
                    self._look_at_touched()
                finally:
                    self._work.release()
        if asked.trouble:
            raise asked.trouble
        return asked.reports

    @property
    def roots(self) -> list[str]:
        """The imported folders and files, as absolute paths."""
        return self._texts.roots()

    def forget_root(self, path: str | Path) -> None:
        """Takes an imported folder or file out of memory. The files themselves stay. Raises NotFound."""
        root = str(_real(path))
        with self._work:
            if root not in self._texts.roots():
                raise NotFound(f"{path} was not imported.", safe="Memory is unchanged.")
            self._texts.remove_root(root)
            self._mended(lambda: self._write(lambda: ((), self._store.imports.remove_files(root))))
            self._read_facts(lambda facts: facts.follow_notes(self._store))

    # finding

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[str] | None = None, now: datetime | None = None
    ) -> list[Hit]:
        """The k best passages, best first, of what all of `recipients` may see. No query raises; an empty one finds none.

        `score` is a sum of the parts in `why`. At most three hits are of one note while other notes match.
        """
        query = gist(query).encode("utf-8", "replace").decode()
        if k <= 0 or not query.strip():
            return []
        question = self._question(query, now)
        return self._mended(lambda: self._search(question, min(k, _ALL), recipients))

    def hit(self, name: str) -> Hit | None:
        """The passage or remembered text of an id (a text whole), or None."""
        rows = self._mended(lambda: self._store.passages_of([name]))
        if not rows:
            return None
        return rows[0].hit() if rows[0].folder or len(rows) == 1 else self._whole(rows[0])

    def around(self, name: str, recipients: Sequence[str] | None = None) -> tuple[list[Hit], int]:
        """The note or thread around a passage, and the place in it (see `memory_reading.around`)."""
        if recipients is None:
            return self._mended(lambda: memory_reading.around(self._store, name))
        return self._mended(lambda: self._seen_by(recipients, lambda view: memory_reading.around_for(view, name)))

    def notes_outside(self, roots: Sequence[Path]) -> int:
        """How many notes there are, besides those of some roots."""
        return self._mended(lambda: self._store.imports.notes_outside([str(_real(root)) for root in roots]))

    def newest(self, limit: int, recipients: Sequence[str] | None = None) -> list[Hit]:
        """What changed or was said last (see `memory_reading.newest`)."""
        if recipients is None:
            return self._mended(lambda: memory_reading.newest(self._store, limit))
        return self._mended(lambda: self._seen_by(recipients, lambda view: memory_reading.newest_for(view, limit)))

    def counts(self) -> MemoryCounts:
        """How much there is."""
        return self._mended(lambda: self._store.counts())

    def file_passages(self) -> list[Hit]:
        """Every passage of every imported file, file by file."""
        return self._mended(lambda: self._store.imports.file_passages())

    # forgetting

    def vectors_of(self, ids: Sequence[str]) -> list[bytes]:
        """The vectors of passages and texts, by id, as they stand on the disk."""
        return self._mended(lambda: self._store.embeddings.vectors_of(ids))

    def has_vectors(self, vectors: Iterable[bytes]) -> set[bytes]:
        """Those of some vectors that a passage has: the same words again have the same vector."""
        return self._mended(lambda: self._store.embeddings.has_vectors(set(vectors)))

    def follow_forgetting(self) -> None:
        """Lets the index lose, or find again, the texts that the journal lost or got back."""
        with self._work, self._texting:
            self._mended(self._follow_forgetting)
            self._mended(self._index_texts)

    def compact(self) -> None:
        """Takes from the disk for good what was removed, and whatever stands beside the index: `settle` makes that again."""
        with self._work:
            with self._gate:
                self._nearest.close()
            with self._building, self._texting, self._gate:  # an index that is being built has been given up by then
                self._mended(lambda: self._store.compact())
                _clear_beside(self._folder / "memory.db")
                self._nearest = self._nearest_of(self._store)
                self._views.clear()

    # upkeep

    def warm(self) -> None:
        """Loads what the first question needs, before it comes."""
        with self._gate:
            self._mended(self._store.sight)
            self._mended(self._nearest.warm)

    def settle(self) -> None:
        """Finishes all that was left. This can take long."""
        self.finish_imports()
        self.make_vectors()

    def finish_imports(self) -> None:
        """Takes up texts that are not indexed and imports that were cut short."""
        with self._work:
            self._mended(self._index_texts)
            for root in self._unread_roots():
                self._settle_root(root)
            self._settled = True
            self._drop_covered()
            self._read_facts(lambda facts: facts.follow_texts() + facts.follow_notes(self._store))

    def make_vectors(self) -> None:
        """Makes the vectors that are missing, then those of another embedder that was chosen, then Chroma's index."""
        self._mended(self._embed_missing)
        self._mended(self._change_embedder)
        with self._building:
            self._nearest.settle()

    def unread(self) -> str:
        """A sentence while notes are read for the first time, or again because the index was lost; else ""."""
        unread = [] if self._settled and not self._reading else self._unread_roots()
        if not unread:
            return ""
        counts = [self._reading.get(root, (0, 0)) for root in unread]
        return still_reading(sum(done for done, _ in counts), sum(total for _, total in counts))

    def _unread_roots(self) -> list[str]:
        """The roots that were never read to their end, as far as the index knows."""
        states = {root: self._store.imports.root(root) for root in self._texts.roots()}
        return [root for root, state in states.items() if state is None or not state.complete]

    def use_embedder(self, embedder: Embedder) -> None:
        """From now on vectors shall be of this embedder. Until all of them are made (see `make_vectors`), others serve."""
        with self._work, self._texting, self._gate:
            self._wanted = embedder
            if embedder.name == self._embedder.name or not self._store.embeddings.count:
                self._store.embeddings.use_embedder(embedder.name)
                self._start_with(embedder)
            else:
                self._store.embeddings.prepare_embedder(embedder.name)

    def state(self) -> MemoryState:
        """What memory holds and with what it finds it."""
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        with self._gate:
            store = self._store
            return MemoryState(
                counts=self.counts(),
                bytes=sum(path.stat().st_size for path in files),
                embedder=store.embeddings.embedder,
                nearest=self._nearest.name,
                next_embedder=store.embeddings.next_embedder,
                next_vectors=store.embeddings.next_count,
                roots=tuple(self._texts.roots()),
            )

    def verify(self, progress: Callable[[VerifyProgress], None] = lambda step: None) -> list[MemoryFinding]:
        """Compares the caches with the journal, with the files and with each other. Changes nothing."""
        with self._work:
            checks = check_memory(self._store, self._texts, self._nearest, progress)
            return list(checks)

    def rebuild(self, progress: Progress | None = None) -> list[ImportReport]:
        """Makes the whole index anew, from the journal and the files."""
        return self._rebuild(progress, torn=False)

    def _rebuild(self, progress: Progress | None, *, torn: bool) -> list[ImportReport]:
        with self._work:
            self._start_anew(torn=torn)
            self._index_texts()
            reports = self.rescan(progress=progress)
        self.settle()
        return reports

    # inside

    def _read_facts(self, read: Callable[[Facts], int]) -> None:
        """Reads facts; what keeps them from being written waits for the next time."""
        try:
            if self._facts:
                read(self._facts)
        except HomeTrouble as error:
            log.warning("facts lag behind: %s", error.kind)

    def _open(self) -> MemoryStore:
        path = self._folder / "memory.db"
        try:
            return MemoryStore(path, self._wanted.name)
        except (TornFile, NewerHome) as error:
            log.warning("the index is set aside and made anew: %s", error.kind)
            _set_aside(path)
            return MemoryStore(path, self._wanted.name)

    def _nearest_of(self, store: MemoryStore) -> Nearest:
        return Nearest(store, self._gate, self._folder / "chroma", self._exact_up_to)

    def _embedder_in_use(self, former: Callable[[str], Embedder | None]) -> Embedder:
        """Whoever made the vectors that are there: the wanted embedder, or the one before while its own are being made."""
        name = self._store.embeddings.embedder
        old = former(name) if name != self._wanted.name and self._store.embeddings.count else None
        if old is None:
            if (name, self._store.embeddings.next_embedder) != (self._wanted.name, ""):
                self._store.embeddings.use_embedder(self._wanted.name)
            return self._wanted
        self._store.embeddings.prepare_embedder(self._wanted.name)
        return old

    def _start_anew(self, *, torn: bool) -> None:
        with self._texting, self._gate:
            self._views.clear()
            self._nearest.close()
            self._store.close()
            _set_aside(self._folder / "memory.db", keep=torn)
            self._store, self._embedder = self._open(), self._wanted
            self._nearest = self._nearest_of(self._store)
            self._follow_labels()

    def _mended(self, action: Callable[[], Done]) -> Done:
        """Does something with the index; when that turns out to be torn, makes it anew and does it again."""
        try:
            return action()
        except TornFile as error:
            if not error.what.startswith("memory.db"):
                raise
        log.warning("the index is torn: it is made anew")
        self._rebuild(None, torn=True)
        return action()

    def _follow_journal(self) -> None:
        """Drops what the journal does not know: after a crash while a root was forgotten, or when a backup was restored."""
        for root in set(self._store.imports.roots()).difference(self._texts.roots()):
            log.warning("a forgotten root is taken out of the index")
            self._store.imports.remove_files(root)
        self._follow_forgetting()
        mark = self._store.mark()
        last = self._texts.texts_after(mark - 1, 1) if mark else []
        if mark and not (last and last[0][0] == mark and self._store.passages_of([last[0][1].id])):
            log.warning("the journal is another one: its texts are indexed anew")
            self._store.texts.remove_texts()

    def _follow_forgetting(self) -> None:
        """A thread that lost or got back a text is indexed anew: its other texts were found by their neighbours' words."""
        change = self._texts.forgettings()
        if self._store.mark("forgettings") == change:
            return
        mark = self._store.mark()
        had, kept = self._store.texts.threads(), self._texts.text_threads(mark)
        changed = [(name, had.get(name) or kept.get(name, "")) for name in {*had} ^ {*kept}]
        threads = sorted({thread for _, thread in changed if thread})
        names = sorted(name for name, thread in changed if not thread)
        log.info("the index follows a forgetting: %d texts in %d threads", len(changed), len(threads))
        self._write(lambda: ((), self._store.texts.remove_threads(threads, names)))
        self._add([(seq, text) for seq, text in self._texts.texts_in(threads, names) if seq <= mark])
        # The mark names the last text that is indexed, which may be the one that has gone.
        last = self._texts.last_before(mark)
        self._store.set_marks({"texts": last, "forgettings": change})

    def _follow_labels(self) -> None:
        """Gives the index's rows the audiences that the journal's labels say."""
        with self._gate:
            self._labels = Labels(self._texts.labels())
            if self._store.mark("labels") != self._labels.mark:
                self._store.labels.relabel(
                    self._labels, lambda changes: self._texts.tell_facts({each.name: each.now for each in changes})
                )
                self._drop_views(())

    def _index_texts(self) -> None:
        """Indexes the journal's texts that are not indexed yet."""
        with self._texting:
            while found := self._texts.texts_after(self._store.mark(), _TEXTS):
                self._add(found, found[-1][0])

    def _add(self, found: list[tuple[int, RememberedText]], mark: int | None = None) -> None:
        for start in range(0, len(found), _TEXTS):
            part = found[start : start + _TEXTS]
            rows = [text_rows(seq, text) for seq, text in part]
            flat = [row for some in rows for row in some]
            vectors = iter(self._embedded([f"{row.speaker or ''}\n{row.passage.text}".strip() for row in flat]))
            texts: list[Text] = [
                (text.thread, some, [next(vectors) for _ in some]) for (_, text), some in zip(part, rows, strict=True)
            ]
            self._add_texts(texts, mark)

    def _add_texts(self, texts: list[Text], mark: int | None) -> None:
        def write() -> tuple[Iterable[tuple[str, Vector]], Sequence[str]]:
            self._store.texts.add_texts(
                [(thread, labelled_text(self._labels, thread, rows), vectors) for thread, rows, vectors in texts], mark
            )
            return [
                (name_of(row.id, row.part), vector)
                for _, rows, vectors in texts
                for row, vector in zip(rows, vectors, strict=True)
            ], ()

        self._write(write)

    def _import(self, root: Path, below: Path | None, progress: Progress | None) -> ImportReport:
        return self._take_in(survey_root(self._store, root, below), progress)

    def _take_in(self, survey: Survey, progress: Progress | None = None, *, remove: bool = True) -> ImportReport:
        def put(files: Sequence[File], left: Sequence[Place]) -> None:
            def write() -> tuple[Iterable[tuple[str, Vector]], Sequence[str]]:
                removed = self._store.imports.put_files(
                    [(*labelled_file(self._labels, document, rows), vectors) for document, rows, vectors in files],
                    left,
                )
                return [
                    (name_of(row.id, row.part), blob)
                    for _, rows, blobs in files
                    for row, blob in zip(rows, blobs, strict=True)
                ], removed

            self._write(write)

        def take_out(what: Callable[[], list[str]]) -> None:
            self._write(lambda: ((), what()))

        def report(step: ImportProgress) -> None:
            if self._closing.is_set():
                raise HomeTrouble(
                    "The import was stopped.", safe="What it did is kept.", do="Import again: it goes on there."
                )
            if not survey.now.complete:
                self._reading[str(survey.root)] = step.done, step.total
            if progress:
                progress(step)
            self._look_at_touched()

        importing = NoteImport(self._store, self._embedded, put, take_out, self._texts, self._largest, self._person)
        try:
            return importing.run(survey, report, remove=remove)
        finally:
            self._reading.pop(str(survey.root), None)

    def _look_at_touched(self) -> None:
        """Does what `look_again` was asked for; the work's lock is held. Long work calls this between its steps: whoever
        waits for the lock would get it by luck alone."""
        while self._touched and not self._looking:
            asked = self._touched.popleft()
            self._looking = True
            try:
                asked.reports = self._look_at(asked)
                self._read_facts(lambda facts: facts.follow_notes(self._store))
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
                    reports.append(self._take_in(survey_some(self._store, root, inside), remove=asked.remove))
                except (NotFound, Unreadable) as error:
                    reports.append(ImportReport(name, troubles=(FileTrouble(name, error.what, error.do),)))
        return reports

    def _settle_root(self, root: str) -> None:
        try:
            self._mended(lambda: self._import(Path(root), None, None))
        except (NotFound, Unreadable) as error:
            log.warning("a root waits: %s", error.kind)

    def _drop_covered(self) -> None:
        """Forgets roots that a root around them has taken the place of; an import that was cut short left both."""
        roots = [Path(root) for root in self._texts.roots()]
        for root in roots:
            around = [self._store.imports.root(str(host)) for host in roots if host != root and _covers(host, root)]
            if any(state and state.complete for state in around):
                self.forget_root(root)

    def _write(self, write: Callable[[], tuple[Iterable[tuple[str, Vector]], Sequence[str]]]) -> None:
        """One write of the store, which tells the vectors it added and the ids it removed; the index follows."""
        with self._gate:
            added, removed = write()
            changed = [(name, vector) for name, vector in added if vector is not None]
            self._nearest.change(changed, removed)
            self._drop_views(name for name, _ in changed)

    def _drop_views(self, names: Iterable[str]) -> None:
        """Drops views of which a passage changed, or that have one of these names: its vector is the other one's now."""
        changed, found = self._store.labels.take_changed(), list(names)
        self._views = {
            key: view
            for key, view in self._views.items()
            if not any(map(view.sees, changed)) and view.names.isdisjoint(found)
        }

    def _embed_missing(self) -> None:
        """Embeds what has no vector: after a change of embedder, or when it did not load before."""
        while not self._closing.is_set():
            with self._work:
                self._look_at_touched()
                missing = self._store.embeddings.unembedded(_VECTORS)
                vectors = self._embedded([text for _, text in missing])
                made = [(row, vector) for (row, _), vector in zip(missing, vectors, strict=True) if vector is not None]
                if not made:
                    return
                with self._gate:
                    self._store.embeddings.add_vectors([(row.number, vector) for row, vector in made])
                    self._nearest.change([(name_of(row.id, row.part), vector) for row, vector in made], ())
                    self._views.clear()

    def _change_embedder(self) -> None:
        """Makes the vectors of the wanted embedder beside those in use, then puts them in their place, all at once.

        Each batch is kept, so whoever is killed goes on there. What is written meanwhile is embedded by both.
        """
        last = 0
        while self._embedder is not self._wanted and not self._closing.is_set():
            with self._work:
                self._look_at_touched()
                missing = self._store.embeddings.unembedded(_NEW_VECTORS, last, upcoming=True)
                vectors = _vectors_of(self._wanted, [text for _, text in missing])
                if None in vectors:
                    return
                made = [(row.number, vector) for (row, _), vector in zip(missing, vectors, strict=True) if vector]
                self._store.embeddings.add_vectors(made, upcoming=True)
                if not missing:
                    self._switch_embedder()
                last = missing[-1][0].number if missing else 0

    def _switch_embedder(self) -> None:
        with self._texting, self._gate:
            if self._store.embeddings.switch_embedder():
                log.info("the embedder is now %s", self._wanted.name)
                self._start_with(self._wanted)

    def _start_with(self, embedder: Embedder) -> None:
        self._nearest.close()
        self._embedder, self._nearest = embedder, self._nearest_of(self._store)
        self._views.clear()

    def _embedded(self, texts: Sequence[str]) -> list[Vector]:
        """Vectors of the embedder in use; None for each when it does not answer, so that words alone are searched."""
        return _vectors_of(self._embedder, texts)

    def _question(self, query: str, now: datetime | None) -> Question:
        today = now.date() if now else None
        try:
            return question_of(query, self._embedder, today)
        except ModelTrouble as error:
            log.warning("words alone are searched: %s", error.kind)
            return Question(query, today=today)

    def _search(self, question: Question, k: int, recipients: Sequence[str] | None) -> list[Hit]:
        with self._gate:
            if recipients is None:
                return search(self._store, self._nearest, question, k)
            return self._seen_by(recipients, lambda view: search(view, view.index, question, k))

    def _seen_by(self, recipients: Sequence[str], look: Callable[[View], Done]) -> Done:
        """What is found in what all of `recipients` may see."""
        with self._gate:
            if self._store.mark("labels") != self._labels.mark:  # a change was kept, but could not be followed then
                self._follow_labels()
            return look(self._view(recipients))

    def _view(self, recipients: Sequence[str]) -> View:
        """What all of `recipients` may see and nothing else.

        So no statistic, neighbour or rounding of an answer can depend on a text that they may not see.
        """
        key = tuple(sorted(set(map(folded_name, recipients))))
        if key not in self._views:
            while len(self._views) >= _VIEWS:
                self._views.pop(next(iter(self._views)))
            self._views[key] = View(self._store, self._nearest.exact, key, self._embedded)
        return self._views[key]

    def _whole(self, row: PassageRow) -> Hit:
        """A long remembered text as it stands in the journal."""
        ((_, text),) = self._texts.texts_after(row.ordinal - 1, 1)
        return replace(row, passage=Passage(text.text, 0, len(text.text), 1, "")).hit()


def _vectors_of(embedder: Embedder, texts: Sequence[str]) -> list[Vector]:
    if not texts:
        return []
    try:
        return list(pack_vectors(embedder.embed(texts)))
    except ModelTrouble as error:
        log.warning("nothing is embedded: %s", error.kind)
        return [None] * len(texts)


def _real(path: str | Path) -> Path:
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


def _clear_beside(path: Path) -> None:
    """Removes whatever stands beside a database: other indexes, and what was set aside. All of it can be made again."""
    for other in path.parent.iterdir():
        if not other.name.startswith(path.name) or other.name.endswith(".torn"):
            try:
                shutil.rmtree(other) if other.is_dir() and not other.is_symlink() else other.unlink()
            except OSError as error:
                raise home_trouble(error, other) from error


def _set_aside(path: Path, *, keep: bool = True) -> None:
    """Moves a torn cache away (only the last one is kept), with what belongs to it; deletes one that is not torn."""
    try:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        if not keep:
            path.unlink(missing_ok=True)
        elif path.exists():
            path.replace(path.with_name(f"{path.name}.torn"))
    except OSError as error:
        raise home_trouble(error, path) from error
