"""What the tests of readers share: a file in, its documents out."""

from __future__ import annotations

from sage.adapters.notes.note_files import LARGEST
from sage.adapters.readers import format_named
from sage.adapters.readers.reading import Loaded, Reading
from sage.core.reading.documents import Document, Person

ANN = Person("Ann Example", ("ann@example.org",))


def read(
    kind: str, data: bytes | str, name: str = "file", person: Person = ANN, *, named: bool = True
) -> tuple[dict[str, Document], Reading]:
    """The documents in a file, by part (a further slice as `part~2`), and what was told."""
    reading = Reading(person, name, kind, LARGEST, named)
    files = Loaded(name, data.encode() if isinstance(data, str) else data)
    parts = format_named(kind).read(files, name, reading)
    return {f"{part.name}~{part.slice + 1}" if part.slice else part.name: part.load() for part in parts}, reading
