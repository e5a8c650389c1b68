"""Whether the caches of memory agree with the journal, the files, and each other. Looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.nearest import Nearest
from sage.adapters.notes.note_survey import survey_root
from sage.core.errors import NotFound, TornFile, Unreadable
from sage.core.memory_state import MemoryFinding, VerifyProgress
from sage.core.passages import RememberedText

REBUILD = "Run: sage memory rebuild"
_AT_ONCE = 1000
"""Passages whose words are compared together."""


class Texts(Protocol):
    """As much of the journal as is compared."""

    def texts_after(self, seq: int, limit: int) -> list[tuple[int, RememberedText]]: ...

    def roots(self) -> list[str]: ...


def check_memory(
    store: MemoryStore, texts: Texts, nearest: Nearest, progress: Callable[[VerifyProgress], None]
) -> Iterator[MemoryFinding]:
    """One finding or more for each part. An index that cannot be read is told alone."""
    try:
        if trouble := store.trouble():
            yield MemoryFinding("index", "wrong", f"The index is damaged: {trouble}.", REBUILD)
            return
        yield MemoryFinding("index", "ok", f"It is whole: {store.size} passages.")
        yield from _check_journal(store, texts)
        yield _check_words(store, progress)
        yield from _check_vectors(store)
        yield nearest.check()
        for root in texts.roots():
            yield _check_root(store, root)
    except TornFile as error:
        yield MemoryFinding("index", "wrong", error.what, REBUILD)


def _check_journal(store: MemoryStore, texts: Texts) -> Iterator[MemoryFinding]:
    mark, last, indexed, lost, late = store.mark(), 0, 0, 0, 0
    while found := texts.texts_after(last, _AT_ONCE):
        last = found[-1][0]
        there = {row.id: row.passage.text for row in store.passages_of([text.id for _, text in found]) if not row.part}
        for seq, text in found:
            if seq > mark:
                late += 1
            elif text.id not in there or not text.text.strip().startswith(there[text.id].strip()[:40]):
                lost += 1
            else:
                indexed += 1
    if late:
        yield MemoryFinding("journal", "waits", f"{late} texts of the journal are not indexed yet.")
    if lost:
        yield MemoryFinding("journal", "wrong", f"{lost} texts of the journal are missing in the index.", REBUILD)
    if not (late or lost):
        yield MemoryFinding("journal", "ok", f"All {indexed} texts of the journal are indexed.")


def _check_words(store: MemoryStore, progress: Callable[[VerifyProgress], None]) -> MemoryFinding:
    wrong, done, total = 0, 0, store.size
    for compared, differ in store.words.compare():
        done, wrong = done + compared, wrong + differ
        progress(VerifyProgress(min(done, total), total))
    if wrong:
        return MemoryFinding("words", "wrong", f"{wrong} lists of words do not fit the passages.", REBUILD)
    return MemoryFinding("words", "ok", "The lists of words fit the passages.")


def _check_vectors(store: MemoryStore) -> Iterator[MemoryFinding]:
    missing, odd = len(store.embeddings.unembedded(-1)), store.embeddings.odd_vectors()
    if odd:
        yield MemoryFinding("vectors", "wrong", f"{odd} vectors do not fit {store.embeddings.embedder}.", REBUILD)
    if missing:
        yield MemoryFinding("vectors", "waits", f"{missing} passages have no vector yet; their words are found.")
    if not (odd or missing):
        yield MemoryFinding("vectors", "ok", f"Every passage has its vector of {store.embeddings.embedder}.")


def _check_root(store: MemoryStore, root: str) -> MemoryFinding:
    try:
        survey = survey_root(store, Path(root))
    except (NotFound, Unreadable) as error:
        return MemoryFinding("files", "waits", f"{error.what} What was read of it stays in memory.", error.do)
    changed = [
        file
        for file in survey.files
        if (known := survey.known.get(file.source)) is None
        or (known.mtime_ns, known.size) != (file.mtime_ns, file.size)
    ]
    gone = survey.gone()
    if changed or gone:
        what = f"{root}: {len(changed)} files were written and {len(gone)} removed since they were read."
        return MemoryFinding("files", "waits", what, "They are read by themselves while Sage runs.")
    return MemoryFinding("files", "ok", f"{root}: {_number(survey.files, 'file')} read, as they are now.")


def _number(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
