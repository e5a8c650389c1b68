"""After a purge: what may not be left of the words, and a look at every byte to see whether it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sage.adapters.forgetting import byte_scan
from sage.adapters.forgetting.forgetting_copies import Cleaned
from sage.adapters.forgetting.forgetting_pages import Kept
from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.packed_vectors import unpack_vectors
from sage.core.forgetting.forgetting import Choice, Piece, Proof, Standing
from sage.core.forgetting.forgetting_choice import Gone, squeezed
from sage.core.forgetting.word_runs import Run, Runs, distinctive, needles
from sage.core.passages import OWNER, SAGE, conversation_thread
from sage.locations import Home

_HASH = re.compile(r"(?:[a-z]_)?[0-9a-f]{20}")
"""An id or a label's target that is made of the words themselves."""
_CITED_TALK = re.compile(
    rf"{conversation_thread('')}[a-z][0-9a-f]{{17}}(?:#(?:{OWNER}|{SAGE})? ?(?:\d{{4}}-\d\d-\d\d(?: \d\d:\d\d)?)?)?"
)
"""How an answer names a talk: of Sage's own words and a moment, which stand in files for other reasons, too."""
_WORDED_BY = re.compile(r"\A---\n(?:.*\n)*?summary_of: .*\n(?:.*\n)*?(model: .*\n)")
"""Who worded a summary: the journal names them at each turn as well."""
MOST_NEEDLES = 20_000
"""Stretches that a scan looks for at most, spread evenly over the words that were forgotten."""


_PIECE = 32
"""Bytes of a vector that are looked for together."""


class Remains:
    """What may be left of forgotten words: what copies may not hold (`gone`), what no file may hold any more, and what
    stands, for a reason, in other things as well (`alive`; whole stretches of it in `standing`)."""

    def __init__(self, kept: Kept, pieces: Sequence[Piece], notes: dict[str, str]) -> None:
        told = [text for why in ("named", "repeated") for text in kept.words.get(why, ())]
        known = {run for text in told for run in distinctive(text)}
        every = [*map(_said, told), *(_CITED_TALK.sub("", _said(text)) for text in kept.words.get("derived", ()))]
        self._needles = {needle.text: needle for text in every for needle in needles(text)}
        self._hashes = {name for name in kept.ids if _HASH.fullmatch(name)}
        pieces = [piece for piece in pieces if not piece.again]
        for piece in pieces:
            self._hashes.difference_update(Choice(piece, "named").ids)
        self.runs = Runs({*known, *(needle.run for needle in self._needles.values())})
        self.alive: set[Run] = set()
        self.standing: list[Standing] = []
        for piece in pieces:
            found = self.runs.found_in(f"{piece.text}\n{piece.evidence}")
            self.alive |= found | self.runs.found_in(f"{piece.citation}\n{piece.title}")
            if found & known and piece.fate != "your edit":
                why = f"Your {piece.kind} has these words, too: forget it as well, or keep it."
                self.standing.append(Standing(piece.citation, why))
        self.gone = Gone(kept.keys, kept.ids, Runs(known - self.alive), notes, squeezed("\n".join(told)))
        self._known = known

    def looked_for(self, in_copies: set[Run]) -> list[str]:
        """What no file may hold. Of what stands in copies for another reason, only what nobody writes twice by chance."""
        found = [
            text
            for text, needle in self._needles.items()
            if needle.run not in self.alive and (needle.run in self._known or needle.run not in in_copies)
        ]
        return [*found, *sorted(self._hashes)]


def _said(text: str) -> str:
    """A text without the model that worded it, if it is a summary."""
    found = _WORDED_BY.match(text)
    return text[: found.start(1)] + text[found.end(1) :] if found else text


def _vector_forms(vector: bytes) -> list[bytes]:
    """Bytes of a vector as SQLite (packed) and Chroma (float32) have it: from several places of it."""
    wide = unpack_vectors([vector])[0]
    if not wide.any():
        return []
    forms = [vector, wide.astype("<f4").tobytes()]
    return [
        piece
        for data in forms
        for start in range(0, max(1, len(data) - _PIECE), max(_PIECE, len(data) // 4))
        if any(piece := data[start : start + _PIECE])
    ]


def prove(home: Home, memory: SageMemory, remains: Remains, kept: Kept, cleaned: Cleaned) -> Proof:
    """Looks through every byte below the home for what is left, with all that is packed there unpacked: members of backups, and
    what the journal keeps compressed (records of what models were asked, cases, answers on trial)."""
    texts = remains.looked_for(cleaned.standing)
    texts = texts[:: max(1, len(texts) // MOST_NEEDLES)]
    stretches = [form for text in texts for form in byte_scan.forms(text)]
    words = len(stretches)
    vectors = set(kept.vectors) - memory.has_vectors(kept.vectors)
    stretches += [form for vector in sorted(vectors) for form in _vector_forms(vector)]
    scan = byte_scan.scan(home.path, stretches)
    leaks = tuple(
        Standing(found.file, "vectors" if all(number >= words for number in found.numbers) else "words")
        for found in scan.found
    )
    waiting = [Standing(path, "A file of your own: edit it, or let Sage do it with --edit.") for path in kept.waiting]
    left = [Standing(place, "It could not be written anew.") for place in cleaned.left]
    return Proof(
        scan.files, scan.bytes, len(texts), len(vectors), len(remains.alive | cleaned.standing), leaks,
        (*waiting, *remains.standing, *left), scan.unread,
    )  # fmt: skip
