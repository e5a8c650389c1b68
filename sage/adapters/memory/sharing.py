"""Sharing: what a person's label is put on, what it changes, and what others may see."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from sage.adapters.memory.labelled_rows import note_label, passage_label, text_label
from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.memory_rows import DocumentRow, PassageRow
from sage.adapters.memory.memory_store import MemoryStore
from sage.core.errors import BadInput, NotFound
from sage.core.forgetting.word_runs import Runs, is_told_again, own_words
from sage.core.labels import (
    LOCAL_ONLY,
    PRIVATE,
    Audience,
    KeptLabel,
    Label,
    Labels,
    Reader,
    audience_of,
    folded_name,
    gained,
    names_of,
    visible_to,
    widened,
)
from sage.core.passages import conversation_thread, passage_target
from sage.core.sharing import Moved, PutLabel, Seen, ShareChange, ShareHow, ShareTarget, Sight, change_of, hints_at
from sage.locations import typed_path

_ID = re.compile(r"[pt]_[0-9a-f]{20}(\.\d+)?")
_CITED = re.compile(r"(?P<source>.+)#[^#]*:(?P<line>\d+)")
MOST_SEEN = 500
"""Sources that are listed of what somebody may see."""


class Sharing:
    """Puts labels into a memory. Only what the person commands comes here: no tool and no text does."""

    def __init__(self, memory: SageMemory, kept: Callable[[], Sequence[KeptLabel]]) -> None:
        self._memory, self._kept = memory, kept

    def find(self, words: str, folder: str = "") -> ShareTarget:
        """What the person names: a passage's or text's id, a conversation, a path (from `folder`), a note's name, or a
        citation. Raises NotFound with the nearest."""
        words = words.strip()
        if not words:
            raise BadInput("Nothing was named to share.", safe="No label was changed.")
        return self._memory.read(lambda store: _find(store, words, folder))

    def note_of(self, name: str) -> ShareTarget:
        """The whole note in which a passage stands. Raises NotFound for an unknown id, BadInput for what stands in none."""

        def look(store: MemoryStore) -> ShareTarget:
            rows, files = store.passages_of([name]), store.labels.labelled()
            if not rows:
                raise NotFound(f"Nothing has the id {name!r}.", safe="No label was changed.")
            if (file := files.get(rows[0].document)) is None:
                raise BadInput("It stands in no note.", safe="No label was changed.", do="Share the passage alone.")
            return ShareTarget("note", file.source, (file.first_path,))

        return self._memory.read(look)

    def preview(self, target: ShareTarget, how: ShareHow, names: Iterable[str] = ()) -> ShareChange:
        """What a label would change. Raises BadInput for names that are none."""
        labels = self._memory.labels()
        audience = self._audience(target, how, list(names))
        after = labels
        for each in target.targets:
            after = after.having(target.kind, each, audience)

        later = bool(gained(self._now(target, labels), self._now(target, after)))

        def look(store: MemoryStore) -> ShareChange:
            change = change_of(target, audience, _moved(store, after, target), store.labels.names_in_audiences())
            was = next((put for each in target.targets if (put := labels.put_on(target.kind, each)) is not None), None)
            return replace(change, widens=later or bool(change.gains), was=was)

        return self._memory.read(look)

    def share(self, target: ShareTarget, how: ShareHow, names: Iterable[str], now: datetime) -> ShareChange:
        """Puts the label, or takes it away, and tells what that changed."""
        change = self.preview(target, how, names)
        for each in target.targets:
            self._memory.set_label(target.kind, each, change.audience, now)
        return change

    def labels(self) -> list[PutLabel]:
        """All labels, with what they decide now."""
        kept, labels = list(self._kept()), self._memory.labels()

        def look(store: MemoryStore) -> list[PutLabel]:
            return [_put(store, labels, label) for label in kept]

        return self._memory.read(look)

    def sources(self) -> list[str]:
        """All notes and other files in memory, as citations name them."""
        return self._memory.read(lambda store: sorted({file.source for file in store.labels.labelled().values()}))

    def seen_by(self, readers: Sequence[Reader], most: int = MOST_SEEN) -> Sight:
        """What all of these may see (nobody named: what is public), and why: at most so many lines of it."""
        folded = tuple(sorted({names_of(reader)[0] for reader in readers}))
        labels = self._memory.labels()

        def look(store: MemoryStore) -> Sight:
            files = store.labels.labelled()
            seen: dict[tuple[str, Label], int] = {}
            for row in store.labels.passages_seen(lambda audience: visible_to(audience, readers)):
                label = _label(labels, files.get(row.document), row)
                key = (row.thread if row.kind != "text" else row.source, label)
                seen[key] = seen.get(key, 0) + 1
            lines = [
                Seen(source, count, label)
                for (source, label), count in sorted(seen.items(), key=lambda item: item[0][0])
            ]
            count, sources = sum(seen.values()), len({source for source, _ in seen})
            return Sight(
                folded, tuple(lines[:most]), count, sources, hints_at(folded, store.labels.names_in_audiences())
            )

        return self._memory.read(look)

    def stays_here(self, path: str) -> bool:
        """Whether a file at an absolute path is for models on this machine alone: by its own label or that of a passage of it; of
        one that is in no memory, by that of a folder around it."""
        if path in self.kept_here():
            return True
        known = self._memory.read(lambda store: any(file.path == path for file in store.labels.labelled().values()))
        return not known and LOCAL_ONLY in self._memory.labels().of_note(path, path, None).audience

    def repeats_what_stays(self, texts: Iterable[str]) -> bool:
        """Whether some texts say what stands in something that is for models on this machine alone."""
        runs = Runs(run for text in texts for run in own_words(text))
        if not runs:
            return False
        marked = self._memory.read(lambda store: store.labels.passages_seen(lambda audience: LOCAL_ONLY in audience))
        return any(is_told_again(row.passage.text, runs) for row in marked)

    def kept_here(self) -> frozenset[str]:
        """What is for models on this machine alone: passages and texts by id, and the notes that they are of by absolute path."""

        def look(store: MemoryStore) -> frozenset[str]:
            marked = store.labels.passages_seen(lambda audience: LOCAL_ONLY in audience)
            files = store.labels.labelled()
            paths = {files[row.document].path for row in marked if row.document in files}
            return frozenset({row.id for row in marked} | paths)

        return self._memory.read(look)

    def label_of(self, name: str) -> Label | None:
        """Who may see a passage or text, and what decided it; None for an unknown id."""
        labels = self._memory.labels()

        def look(store: MemoryStore) -> Label | None:
            rows = store.passages_of([name])
            return _label(labels, store.labels.labelled().get(rows[0].document), rows[0]) if rows else None

        return self._memory.read(look)

    def _audience(self, target: ShareTarget, how: ShareHow, names: Sequence[str]) -> Audience | None:
        if how == "clear":
            return None
        if not names:
            return PRIVATE
        given = audience_of(names)
        if given == PRIVATE or "private" in map(folded_name, names):
            raise BadInput(
                "`private` is nobody's name.", safe="No label was changed.", do="Use: sage share TARGET --private"
            )
        return given if how == "set" else widened(self._now(target, self._memory.labels()), given)

    def _now(self, target: ShareTarget, labels: Labels) -> Audience:
        """Who may see the target as a whole, by these labels."""

        def look(store: MemoryStore) -> Audience:
            if target.kind == "conversation":
                return labels.of_text("", target.targets[0], "user", PRIVATE).audience
            if target.kind == "folder":
                return labels.of_note(f"{target.targets[0].rstrip('/')}/*", "", None).audience
            if target.kind == "note":
                files = [file for file in store.labels.labelled().values() if file.first_path in target.targets]
                return note_label(labels, files[0]).audience
            return _label(labels, *next(_inside(store, target))).audience

        return self._memory.read(look)


def _find(store: MemoryStore, words: str, folder: str) -> ShareTarget:
    files = store.labels.labelled()
    if _ID.fullmatch(words):
        return _by_id(store, files, words)
    cited = _CITED.fullmatch(words)
    return (
        _by_path(files, words, folder)
        or _by_thread(store, words)
        or _by_name(files, words)
        or (_by_citation(store, files, cited["source"], int(cited["line"])) if cited else None)
        or _nothing(files, words)
    )


def _by_id(store: MemoryStore, files: dict[int, DocumentRow], words: str) -> ShareTarget:
    rows = store.passages_of([words])
    if not rows:
        raise NotFound(f"Nothing has the id {words!r}.", safe="No label was changed.")
    if rows[0].document not in files:
        return ShareTarget("text", f"{rows[0].source} ({words})", (words,))
    return _passages(files, rows)


def _passages(files: dict[int, DocumentRow], rows: Sequence[PassageRow]) -> ShareTarget:
    """A passage; the same words of the same note, imported twice, are one."""
    targets = (passage_target(files[row.document].first_path, row.id) for row in rows)
    return ShareTarget("passage", rows[0].hit().citation, tuple(dict.fromkeys(targets)))


def _by_path(files: dict[int, DocumentRow], words: str, folder: str) -> ShareTarget | None:
    """A file or folder by its path: as it was typed, with links followed, or below an imported folder."""
    typed = os.path.normpath(typed_path(words if words.startswith("~") else Path(folder) / words))
    bases = dict.fromkeys(file.folder for file in files.values())
    tried = [typed, os.path.realpath(typed), *(os.path.normpath(f"{base}/{words}") for base in bases)]
    for path in dict.fromkeys(tried):
        here = tuple(dict.fromkeys(file.first_path for file in files.values() if file.path == path))
        if here:
            name = next(file.source for file in files.values() if file.path == path)
            return ShareTarget("note", name, here)
        if any(file.path.startswith(f"{path.rstrip('/')}/") for file in files.values()):
            return ShareTarget("folder", path, (path,))
    there = next((os.path.realpath(path) for path in tried if Path(path).is_dir()), "")
    return ShareTarget("folder", there, (there,)) if there else None  # what comes into it later is found without links


def _by_thread(store: MemoryStore, words: str) -> ShareTarget | None:
    for thread in (words, conversation_thread(words)):
        if store.texts.has_thread(thread):
            return ShareTarget("conversation", thread, (thread,))
    return None


def _by_name(files: dict[int, DocumentRow], words: str) -> ShareTarget | None:
    wanted = words.casefold()
    found = [file for file in files.values() if wanted in (file.title.casefold(), file.source.casefold())]
    if len({file.path for file in found}) > 1:
        listed = "; ".join(sorted({file.path for file in found})[:5])
        raise BadInput(
            f"Several notes are called {words!r}: {listed}.", safe="No label was changed.", do="Name its path."
        )
    return ShareTarget("note", found[0].source, (found[0].first_path,)) if found else None


def _by_citation(store: MemoryStore, files: dict[int, DocumentRow], source: str, line: int) -> ShareTarget | None:
    documents = [number for number, file in files.items() if file.source == source]
    rows = [row for row in store.passages_in(documents) if row.passage.line == line]
    return _passages(files, rows) if rows else None


def _nothing(files: dict[int, DocumentRow], words: str) -> ShareTarget:
    known = list(dict.fromkeys(name for file in files.values() for name in (file.source, file.title)))
    near = difflib.get_close_matches(words, known, n=1, cutoff=0.5)
    hint = f" The nearest is {near[0]!r}." if near else ""
    raise NotFound(
        f"Nothing in memory is called {words!r}.{hint}",
        safe="No label was changed.",
        do="Name a file, a folder, a conversation, or an id from: sage recall WORDS --json",
    )


def _inside(store: MemoryStore, target: ShareTarget) -> Iterator[tuple[DocumentRow | None, PassageRow]]:
    """The passages that a label on the target may decide, each with its file."""
    files = store.labels.labelled()
    if target.kind == "text":
        yield from ((None, row) for row in store.passages_of(target.targets))
        return
    if target.kind == "conversation":
        yield from ((None, row) for thread in target.targets for row in store.texts.passages_of_thread(thread))
        return
    for number, file in files.items():
        if target.kind == "folder" and not any(file.path.startswith(f"{each.rstrip('/')}/") for each in target.targets):
            continue
        if target.kind == "note" and file.first_path not in target.targets:
            continue
        if target.kind == "passage" and not any(each.startswith(f"{file.first_path}\n") for each in target.targets):
            continue
        for row in store.passages_in([number]):
            if target.kind != "passage" or passage_target(file.first_path, row.id) in target.targets:
                yield file, row


def _moved(store: MemoryStore, after: Labels, target: ShareTarget) -> Iterator[Moved]:
    for file, row in _inside(store, target):
        yield Moved(row.source, row.passage.text, row.audience, _label(after, file, row))


def _put(store: MemoryStore, labels: Labels, kept: KeptLabel) -> PutLabel:
    target = ShareTarget(kept.kind, "", (kept.target,))
    rows = list(_inside(store, target))
    decided = sum((label := _label(labels, file, row)).layer == kept.kind and label.target == kept.target
                  for file, row in rows)  # fmt: skip
    there = rows or (kept.kind == "folder" and Path(kept.target).is_dir())
    return PutLabel(kept.kind, _name(kept, rows), kept.audience, kept.made_at, decided, lost=not there)


def _name(kept: KeptLabel, rows: Sequence[tuple[DocumentRow | None, PassageRow]]) -> str:
    if kept.kind == "passage":
        return rows[0][1].hit().citation if rows else kept.target.rpartition("\n")[0]
    if kept.kind == "text" and rows:
        return f"{rows[0][1].source} ({kept.target})"
    if kept.kind == "note" and rows and rows[0][0]:
        return rows[0][0].path  # the label is kept by where the note was first seen
    return kept.target


def _label(labels: Labels, file: DocumentRow | None, row: PassageRow) -> Label:
    return text_label(labels, row) if file is None else passage_label(labels, file, row)
