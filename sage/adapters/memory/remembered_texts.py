"""Texts that are given to memory: checked at the door, and cut into passages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from sage.adapters.memory.memory_rows import PassageRow
from sage.core.errors import BadInput
from sage.core.labels import Audience, Origin, audience_of
from sage.core.passages import Passage, RememberedText
from sage.core.reading.chunking import LARGE, split_markdown


def text_to_keep(
    text: str,
    *,
    source: str,
    when: datetime | str | None = None,
    thread: str | None = None,
    speaker: str | None = None,
    origin: Origin = "user",
    audience: str | Audience = "private",
) -> RememberedText:
    """A text as it can be kept. Raises BadInput for an empty one, for bytes that are no text, or for a date that is none."""
    return RememberedText(
        text=_valid(text, "text"),
        source=_valid(source, "source"),
        thread=_valid(thread, "thread") if thread else "",
        speaker=_valid(speaker, "speaker") if speaker else None,
        when=moment_of(when),
        origin=origin,
        audience=audience_of(audience),
    )


def texts_to_keep(rows: Any) -> list[RememberedText]:
    """Several texts, each a `RememberedText` or a mapping with the names of `remember`'s arguments."""
    kept = []
    for row in rows:
        given = dict(row) if isinstance(row, Mapping) else asdict(row)
        given.pop("id", None), given.pop("copy", None)
        try:
            kept.append(text_to_keep(**given))
        except TypeError as error:
            raise BadInput(f"A text to remember does not fit: {error}.", safe="Nothing was kept.") from error
    return kept


def text_rows(seq: int, text: RememberedText) -> list[PassageRow]:
    """The passages of a remembered text: itself, or its sections when it is long."""
    whole = Passage(text.text, 0, len(text.text), 1, "")
    passages = split_markdown(text.text) if len(text.text) > LARGE else ()
    return [
        PassageRow(
            id=text.id,
            ordinal=seq,
            source=text.source,
            passage=passage,
            part=part,
            when=text.when,
            origin=text.origin,
            own=audience_of(text.audience),
            speaker=text.speaker,
            kind="thread" if text.thread else "text",
        )
        for part, passage in enumerate(passages or (whole,))
    ]


def moment_of(when: datetime | str | None) -> str | None:
    """A date or time as ISO 8601. Raises BadInput for words that are no full date."""
    if when is None or isinstance(when, datetime):
        return when.isoformat() if when else None
    try:
        datetime.fromisoformat(when)
    except ValueError:
        import dateparser

        found = dateparser.parse(when, settings={"STRICT_PARSING": True})
        if found is None:
            raise BadInput(f"{when!r} is not a date.", do="Give it as 2024-05-31 or 2024-05-31T14:00.") from None
        return str(found.isoformat())
    return when


def _valid(text: str, name: str) -> str:
    if not text.strip():
        raise BadInput(f"The {name} is empty.", safe="Nothing was kept.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"The {name} is not valid text.", safe="Nothing was kept.") from error
    return text
