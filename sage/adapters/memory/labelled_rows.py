"""The labels that rows get: those of memory's owner, put on documents and passages where they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import apsw
from msgspec.structs import replace

from sage.adapters.memory.memory_rows import DocumentRow, PassageRow, strings, to_json
from sage.core.labels import Audience, Label, Labels
from sage.core.passages import passage_target


def note_label(labels: Labels, document: DocumentRow) -> Label:
    """Who may see an imported file as a whole, and why."""
    return labels.of_note(document.path, document.first_path, document.own)


def passage_label(labels: Labels, document: DocumentRow, row: PassageRow) -> Label:
    """Who may see a passage of an imported file, and why."""
    note = note_label(labels, document)
    if not labels.has_passages(document.first_path):
        return note
    return labels.of_passage(passage_target(document.first_path, row.id), note)


def text_label(labels: Labels, row: PassageRow) -> Label:
    """Who may see a remembered text, and why."""
    return labels.of_text(row.id, row.thread_key, row.origin, row.own)


def labelled_file(
    labels: Labels, document: DocumentRow, rows: Sequence[PassageRow]
) -> tuple[DocumentRow, list[PassageRow]]:
    """A file with the audiences that its parts have now."""
    document = replace(document, audience=note_label(labels, document).audience)
    return document, [replace(row, audience=passage_label(labels, document, row).audience) for row in rows]


def labelled_text(labels: Labels, thread: str, rows: Sequence[PassageRow]) -> list[PassageRow]:
    """The passages of a text with the audience that it has now."""
    return [replace(row, audience=text_label(labels, replace(row, thread=thread)).audience) for row in rows]


class Relabelled(NamedTuple):
    """A passage that some readers see otherwise than before: its audience before and now may be the same one, when its
    note's as a whole is another."""

    number: int
    name: str
    before: Audience
    now: Audience


def relabel(connection: apsw.Connection, labels: Labels) -> list[Relabelled]:
    """Gives all rows the audiences that labels say now. Returns what changed."""
    changes = [*_changed_files(connection, labels), *_changed_texts(connection, labels)]
    connection.executemany(
        "UPDATE passages SET audience = ? WHERE number = ?",
        [(to_json(each.now), each.number) for each in changes if each.before != each.now],
    )
    return changes


def _changed_files(connection: apsw.Connection, labels: Labels) -> Iterator[Relabelled]:
    """Passages of files; all of a note's whose own label changed."""
    mixed = {number for (number,) in connection.execute(
        "SELECT DISTINCT d.number FROM documents d JOIN passages p ON p.document = d.number "
        "WHERE d.root != '' AND p.audience != d.audience"
    ).fetchall()}  # fmt: skip
    rows: list[Any] = connection.execute(
        "SELECT number, folder, source, first, own, audience FROM documents WHERE root != ''"
    ).fetchall()
    for number, folder, source, first, own, before in rows:
        says = None if own is None else strings(own)
        document = DocumentRow("file", source, "", folder=folder, first=first, own=says)
        note = note_label(labels, document)
        changed = to_json(note.audience) != before
        if changed:
            connection.execute("UPDATE documents SET audience = ? WHERE number = ?", (to_json(note.audience), number))
        if changed or number in mixed or labels.has_passages(document.first_path):
            for passage, name, audience in connection.execute(
                "SELECT number, id, audience FROM passages WHERE document = ?", (number,)
            ).fetchall():
                now = labels.of_passage(passage_target(document.first_path, str(name)), note).audience
                if changed or to_json(now) != audience:
                    yield Relabelled(int(str(passage)), str(name), strings(str(audience)), now)


def _changed_texts(connection: apsw.Connection, labels: Labels) -> Iterator[Relabelled]:
    """Remembered texts."""
    numbers: set[Any] = {number for (number,) in connection.execute(
        "SELECT p.number FROM passages p JOIN documents d ON d.number = p.document "
        "WHERE d.root = '' AND p.audience != p.own"
    ).fetchall()}  # fmt: skip
    for sql, targets in (
        ("SELECT number FROM passages WHERE id = ?", labels.targets("text")),
        (
            "SELECT p.number FROM documents d JOIN passages p ON p.document = d.number "
            "WHERE d.kind = 'thread' AND d.root = '' AND d.source = ?",
            labels.targets("conversation"),
        ),
    ):
        numbers |= {row[0] for target in targets for row in connection.execute(sql, (target,)).fetchall()}
    for number in sorted(numbers):
        found: list[Any] = connection.execute(
            "SELECT p.id, iif(d.kind = 'thread', d.source, ''), p.origin, p.own, p.audience "
            "FROM passages p JOIN documents d ON d.number = p.document WHERE p.number = ?",
            (number,),
        ).fetchall()
        ((name, thread, origin, own, audience),) = found
        now = labels.of_text(name, thread, origin, strings(own)).audience
        if to_json(now) != audience:
            yield Relabelled(number, name, strings(audience), now)
