"""Memory: what the person wrote and said, found again. Every front end, tool and reply asks here.

The truth is elsewhere: remembered texts are in the journal (the port `Texts`), notes in their files. What stands
under index/ is made from both, catches up with them, and is made again when it is lost or torn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from sage.adapters.memory.memory_checks import check_memory
from sage.adapters.memory.memory_embedding import MemoryEmbedding
from sage.adapters.memory.memory_imports import MemoryImports, real_path
from sage.adapters.memory.memory_index import MemoryIndex
from sage.adapters.memory.memory_journal import JournalFollower
from sage.adapters.memory.memory_recall import MemoryRecall
from sage.adapters.memory.memory_sources import Facts, FollowingFacts, Texts
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.memory_view import View
from sage.adapters.memory.remembered_texts import text_to_keep, texts_to_keep
from sage.adapters.notes.note_files import LARGEST
from sage.adapters.notes.note_import import Progress
from sage.core.errors import HomeTrouble
from sage.core.labels import Audience, LabelKind, Labels, Origin, Reader
from sage.core.memory_state import MemoryFinding, MemoryState, VerifyProgress
from sage.core.passages import Hit, ImportReport, MemoryCounts, RememberedText
from sage.core.ports import Embedder
from sage.core.reading.documents import NOBODY, Person

log = logging.getLogger(__name__)
Done = TypeVar("Done")

EXACT_UP_TO = 250_000
"""Vectors up to which exact search answers; above, Chroma's index does. Measured with 100,000 of 256 dimensions: exact 7 ms and
100 MB; Chroma 10 ms, 230 MB and 93 % of the 200 nearest, after 47 s of building. Exact search grows with them, Chroma hardly."""


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
        self._texts, self._facts = texts, FollowingFacts(facts)
        self._index = MemoryIndex(
            index,
            texts,
            embedder,
            former=former,
            exact_up_to=exact_up_to,
            rebuild=lambda: self._rebuild(None, torn=True),
        )
        self._following = JournalFollower(self._index, texts)
        self._imports = MemoryImports(self._index, texts, self._facts, largest_file=largest_file, person=person)
        self._embedding = MemoryEmbedding(self._index, between=self._imports.look_at_touched)
        self._recall = MemoryRecall(self._index, texts)
        self._index.mended(self._index.follow_labels)
        self._index.mended(self._following.follow)
        self._index.mended(self._following.index_texts)
        if settle:
            self.settle()

    def __enter__(self) -> SageMemory:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stops an import that runs (what it did so far stays), and closes the index. May be called twice."""
        self._index.close()

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
            self._index.mended(self._following.index_texts)
        except HomeTrouble as error:
            # The texts are safe in the journal, which is all that was promised; the index catches up at the next start.
            log.warning("the index lags behind: %s", error.kind)
        self._facts.follow_texts()

    # labels

    def set_label(self, kind: LabelKind, target: str, audience: Audience | None, at: datetime) -> None:
        """Puts a label on a target (see `KeptLabel`), or takes it away (None), at once and for good."""
        self._texts.keep_label(kind, target, audience, at)
        self._index.mended(self._index.follow_labels)

    def labels(self) -> Labels:
        """All labels that were put on something."""
        return self._index.labels

    def read(self, look: Callable[[MemoryStore], Done]) -> Done:
        """What is found by looking into the index."""
        return self._index.mended(lambda: look(self._index.store))

    def read_for(self, recipients: Sequence[Reader], look: Callable[[View], Done]) -> Done:
        """What is found by looking into what all of `recipients` may see."""
        return self._index.mended(lambda: self._index.seen_by(recipients, look))

    # importing

    def import_path(self, path: str | Path, progress: Progress | None = None) -> ImportReport:
        """Imports a file or folder, or brings an imported one up to date. Raises NotFound or Unreadable for the path.

        A path inside a folder that was imported before is brought up to date as part of that one; a folder around
        imported ones takes their place.
        """
        report = self._imports.import_path(path, progress)
        if report.moved:
            self._embedding.make_missing()
        return report

    def rescan(
        self, roots: Iterable[Path] | None = None, progress: Progress | None = None, *, remove: bool = True
    ) -> list[ImportReport]:
        """Brings roots up to date (all of them by default). One that cannot be read is told in its report, and stays.

        Without `remove`, what is gone is not taken out, but told as waiting.
        """
        reports = self._imports.rescan(roots, progress, remove=remove)
        if any(report.moved for report in reports):
            self._embedding.make_missing()
        return reports

    def look_again(self, paths: Iterable[Path], *, remove: bool = True) -> list[ImportReport]:
        """Brings what was touched up to date, and reads nothing else; one report for each root that it touches.

        Paths outside of the imported roots are ignored. While an import or other long work runs, this takes its turn
        between two of its steps. Without `remove`, what is gone is not taken out, but told as waiting. A note that moved
        is found by its words at once, and by meaning after `make_vectors` if its new name makes other vectors.
        """
        return self._imports.look_again(paths, remove=remove)

    @property
    def roots(self) -> list[str]:
        """The imported folders and files, as absolute paths."""
        return self._texts.roots()

    def forget_root(self, path: str | Path) -> None:
        """Takes an imported folder or file out of memory. The files themselves stay. Raises NotFound."""
        self._imports.forget_root(path)

    def unread(self) -> str:
        """A sentence while notes are read for the first time, or again because the index was lost; else ""."""
        return self._imports.unread()

    # finding

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[Reader] | None = None, now: datetime | None = None,
        quick: bool = False,
    ) -> list[Hit]:  # fmt: skip
        """The k best passages, best first, of what all of `recipients` may see. No query raises; an empty one finds none. A star
        behind its last word says that this is only begun. `quick`: by words alone, in less than half the time.

        `score` is a sum of the parts in `why`. At most three hits are of one note while other notes match.
        """
        return self._recall.recall(query, k=k, recipients=recipients, now=now, quick=quick)

    def hit(self, name: str) -> Hit | None:
        """The passage or remembered text of an id (a text whole), or None."""
        return self._recall.hit(name)

    def around(self, name: str, recipients: Sequence[Reader] | None = None) -> tuple[list[Hit], int]:
        """The note or thread around a passage, and the place in it (see `memory_reading.around`)."""
        return self._recall.around(name, recipients)

    def newest(self, limit: int, recipients: Sequence[Reader] | None = None) -> list[Hit]:
        """What changed or was said last (see `memory_reading.newest`)."""
        return self._recall.newest(limit, recipients)

    def notes_outside(self, roots: Sequence[Path]) -> int:
        """How many notes there are, besides those of some roots."""
        return self._index.mended(
            lambda: self._index.store.imports.notes_outside([str(real_path(root)) for root in roots])
        )

    def counts(self) -> MemoryCounts:
        """How much there is."""
        return self._index.mended(lambda: self._index.store.counts())

    def file_passages(self) -> list[Hit]:
        """Every passage of every imported file, file by file."""
        return self._index.mended(lambda: self._index.store.imports.file_passages())

    # forgetting

    def vectors_of(self, ids: Sequence[str]) -> list[bytes]:
        """The vectors of passages and texts, by id, as they stand on the disk."""
        return self._index.mended(lambda: self._index.store.embeddings.vectors_of(ids))

    def has_vectors(self, vectors: Iterable[bytes]) -> set[bytes]:
        """Those of some vectors that a passage has: the same words again have the same vector."""
        return self._index.mended(lambda: self._index.store.embeddings.has_vectors(set(vectors)))

    def follow_forgetting(self) -> None:
        """Lets the index lose, or find again, the texts that the journal lost or got back."""
        with self._index.work, self._index.texting:
            self._index.mended(self._following.follow_forgetting)
            self._index.mended(self._following.index_texts)

    def compact(self) -> None:
        """Takes from the disk for good what was removed, and whatever stands beside the index: `settle` makes that again."""
        self._index.compact()

    # upkeep

    def warm(self) -> None:
        """Loads what the first question needs, before it comes."""
        with self._index.gate:
            self._index.mended(self._index.store.sight)
            self._index.mended(self._index.nearest.warm)

    def settle(self) -> None:
        """Finishes all that was left. This can take long."""
        self.finish_imports()
        self.make_vectors()

    def finish_imports(self) -> None:
        """Takes up texts that are not indexed and imports that were cut short."""
        with self._index.work:
            self._index.mended(self._following.index_texts)
            self._imports.finish()
            self._facts.follow_texts()
            self._facts.follow_notes(self._index.store)

    def make_vectors(self) -> None:
        """Makes the vectors that are missing, then those of another embedder that was chosen, then Chroma's index."""
        self._embedding.make()

    def use_embedder(self, embedder: Embedder) -> None:
        """From now on vectors shall be of this embedder. Until all of them are made (see `make_vectors`), others serve."""
        self._embedding.use(embedder)

    def state(self) -> MemoryState:
        """What memory holds and with what it finds it."""
        files = [path for path in self._index.folder.rglob("*") if path.is_file()]
        with self._index.gate:
            store = self._index.store
            return MemoryState(
                counts=self.counts(),
                bytes=sum(path.stat().st_size for path in files),
                embedder=store.embeddings.embedder,
                nearest=self._index.nearest.name,
                next_embedder=store.embeddings.next_embedder,
                next_vectors=store.embeddings.next_count,
                roots=tuple(self._texts.roots()),
            )

    def verify(self, progress: Callable[[VerifyProgress], None] = lambda step: None) -> list[MemoryFinding]:
        """Compares the caches with the journal, with the files and with each other. Changes nothing."""
        with self._index.work:
            checks = check_memory(self._index.store, self._texts, self._index.nearest, progress)
            return list(checks)

    def rebuild(self, progress: Progress | None = None) -> list[ImportReport]:
        """Makes the whole index anew, from the journal and the files."""
        return self._rebuild(progress, torn=False)

    def _rebuild(self, progress: Progress | None, *, torn: bool) -> list[ImportReport]:
        with self._index.work:
            self._imports.begin_anew()
            self._index.start_anew(torn=torn)
            self._following.index_texts()
            reports = self.rescan(progress=progress)
        self.settle()
        return reports
