"""The caches of memory as they are in use now: the store, the vector index, the embedder, what recipients see; and the locks
around them."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from sage.adapters.memory.memory_rows import Vector
from sage.adapters.memory.memory_sources import Texts
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.memory_view import View
from sage.adapters.memory.nearest import Nearest
from sage.adapters.memory.packed_vectors import pack_vectors
from sage.core.errors import HomeTrouble, ModelTrouble, NewerHome, TornFile
from sage.core.labels import Labels, Reader, names_of
from sage.core.ports import Embedder
from sage.locations import home_trouble

log = logging.getLogger(__name__)
Done = TypeVar("Done")
Written = tuple[Iterable[tuple[str, Vector]], Sequence[str]]
"""What a write of the store tells: the vectors that it added by name, and the names that it removed."""

_VIEWS = 4
"""Views of recipients that are kept while memory does not change."""


class MemoryIndex:
    """What stands under `folder`, whole or made anew: `rebuild` is called when it turns out to be torn.

    The locks are taken in the order `work`, `building`, `texting`, `gate`; whoever needs fewer leaves some out.
    """

    def __init__(
        self,
        folder: Path,
        texts: Texts,
        embedder: Embedder,
        *,
        former: Callable[[str], Embedder | None],
        exact_up_to: int,
        rebuild: Callable[[], object],
    ) -> None:
        self.folder, self.wanted = folder, embedder
        self._texts, self._exact_up_to, self._rebuild = texts, exact_up_to, rebuild
        self.gate = threading.RLock()
        """Held while the index is searched or written, for milliseconds; never while files are read or embedded."""
        self.texting = threading.RLock()
        """Held while the journal's texts are indexed, so that none is indexed twice. Taken before the gate."""
        self.work = threading.RLock()
        """Held by an import and other long work. Taken before the other two; remembering and recalling do without."""
        self.building = threading.Lock()
        """Held while Chroma's index is opened or built; whoever waits for it holds neither of the first two."""
        self.closing = threading.Event()
        self._views: dict[tuple[tuple[str, ...], ...], View] = {}
        self.store = self._open()
        self.embedder = self._embedder_in_use(former)
        self.nearest = self._nearest_of(self.store)
        self.labels = Labels()

    def close(self) -> None:
        """Stops an import that runs (what it did so far stays), and closes the index. May be called twice."""
        self.closing.set()
        with self.work, self.texting, self.gate:
            self._views.clear()
            self.nearest.close()
            self.store.close()

    def mended(self, action: Callable[[], Done]) -> Done:
        """Does something with the index; when that turns out to be torn, makes it anew and does it again. So it does when the
        store was closed under its hands, because another one took its place."""
        store = self.store
        try:
            return action()
        except HomeTrouble as error:
            with self.gate:
                is_new = self.store is not store
            if is_new:
                return action()
            if not (isinstance(error, TornFile) and error.what.startswith("memory.db")):
                raise
        log.warning("the index is torn: it is made anew")
        self._rebuild()
        return action()

    def write(self, write: Callable[[], Written]) -> None:
        """One write of the store, which tells the vectors it added and the ids it removed; the index follows."""
        with self.gate:
            added, removed = write()
            changed = [(name, vector) for name, vector in added if vector is not None]
            self.nearest.change(changed, removed)
            self._drop_views(name for name, _ in changed)

    def embedded(self, texts: Sequence[str]) -> list[Vector]:
        """Vectors of the embedder in use; None for each when it does not answer, so that words alone are searched."""
        return vectors_of(self.embedder, texts)

    def seen_by(self, recipients: Sequence[Reader], look: Callable[[View], Done]) -> Done:
        """What is found in what all of `recipients` may see."""
        with self.gate:
            if self.store.mark("labels") != self.labels.mark:  # a change was kept, but could not be followed then
                self.follow_labels()
            return look(self._view(recipients))

    def _view(self, recipients: Sequence[Reader]) -> View:
        """What all of `recipients` may see and nothing else.

        So no statistic, neighbour or rounding of an answer can depend on a text that they may not see.
        """
        key = tuple(sorted(set(map(names_of, recipients))))
        if key not in self._views:
            while len(self._views) >= _VIEWS:
                self._views.pop(next(iter(self._views)))
            self._views[key] = View(self.store, self.nearest.exact, key, self.embedded)
        return self._views[key]

    def follow_labels(self) -> None:
        """Gives the index's rows the audiences that the journal's labels say."""
        with self.gate:
            self.labels = Labels(self._texts.labels())
            if self.store.mark("labels") != self.labels.mark:
                self.store.labels.relabel(
                    self.labels, lambda changes: self._texts.tell_facts({each.name: each.now for each in changes})
                )
                self._drop_views(())

    def forget_views(self) -> None:
        """Lets what recipients see be made anew; the gate is held."""
        self._views.clear()

    def _drop_views(self, names: Iterable[str]) -> None:
        """Drops views of which a passage changed, or that have one of these names: its vector is the other one's now."""
        changed, found = self.store.labels.take_changed(), list(names)
        self._views = {
            key: view
            for key, view in self._views.items()
            if not any(map(view.sees, changed)) and view.names.isdisjoint(found)
        }

    # the parts

    def start_with(self, embedder: Embedder) -> None:
        """Searches with this embedder's vectors from now on; the gate is held."""
        self.nearest.close()
        self.embedder, self.nearest = embedder, self._nearest_of(self.store)
        self._views.clear()

    def start_anew(self, *, torn: bool) -> None:
        """Sets the store aside (a torn one is kept), and begins an empty one."""
        with self.texting, self.gate:
            self._views.clear()
            self.nearest.close()
            self.store.close()
            _set_aside(self.folder / "memory.db", keep=torn)
            self.store, self.embedder = self._open(), self.wanted
            self.nearest = self._nearest_of(self.store)
            self.follow_labels()

    def compact(self) -> None:
        """Takes from the disk for good what was removed, and whatever stands beside the index: `settle` makes that again."""
        with self.work:
            with self.gate:
                self.nearest.close()
            with self.building, self.texting, self.gate:  # an index that is being built has been given up by then
                self.mended(lambda: self.store.compact())
                _clear_beside(self.folder / "memory.db")
                self.nearest = self._nearest_of(self.store)
                self._views.clear()

    def _open(self) -> MemoryStore:
        path = self.folder / "memory.db"
        try:
            return MemoryStore(path, self.wanted.name)
        except (TornFile, NewerHome) as error:
            log.warning("the index is set aside and made anew: %s", error.kind)
            _set_aside(path)
            return MemoryStore(path, self.wanted.name)

    def _nearest_of(self, store: MemoryStore) -> Nearest:
        return Nearest(store, self.gate, self.folder / "chroma", self._exact_up_to)

    def _embedder_in_use(self, former: Callable[[str], Embedder | None]) -> Embedder:
        """Whoever made the vectors that are there: the wanted embedder, or the one before while its own are being made."""
        name = self.store.embeddings.embedder
        old = former(name) if name != self.wanted.name and self.store.embeddings.count else None
        if old is None:
            if (name, self.store.embeddings.next_embedder) != (self.wanted.name, ""):
                self.store.embeddings.use_embedder(self.wanted.name)
            return self.wanted
        self.store.embeddings.prepare_embedder(self.wanted.name)
        return old


def vectors_of(embedder: Embedder, texts: Sequence[str]) -> list[Vector]:
    """Packed vectors of texts; None for each when the embedder does not answer."""
    if not texts:
        return []
    try:
        return list(pack_vectors(embedder.embed(texts)))
    except ModelTrouble as error:
        log.warning("nothing is embedded: %s", error.kind)
        return [None] * len(texts)


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
