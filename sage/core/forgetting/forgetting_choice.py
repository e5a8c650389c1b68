"""What a forgetting takes: what the person named, what rests on it, what repeats its words, and where copies have it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from sage.core.errors import BadInput, NotFound
from sage.core.forgetting.cutting import Span, joined
from sage.core.forgetting.forgetting import Choice, Piece, Target, front_end
from sage.core.forgetting.word_runs import LONG, Run, Runs, codes, distinctive, sentences, words_in
from sage.core.words import STOP_WORDS

_MEANS = 4
"""Letters of the shortest word that a question may be known by."""
COMMON = 5
"""A stretch that stands in more other places than this is a turn of phrase, and finds nothing."""


def check(target: Target) -> Target:
    """Raises BadInput for a target that names nothing, or a date that is none."""
    given = [target.names, target.person.strip(), target.since or target.until, len(words_in(target.words))]
    if not any(given):
        raise BadInput(
            "Nothing was named to be forgotten.",
            safe="Nothing was changed.",
            do='Name a note, an id, --person NAME, --from DATE --to DATE, or --words "…".',
        )
    for day in filter(None, (target.since, target.until)):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", day):
            raise BadInput(f"{day!r} is not a date.", safe="Nothing was changed.", do="Write it like 2026-11-27.")
    return target


def choose(pieces: Sequence[Piece], target: Target) -> list[Choice]:
    """All that goes: what is named, what repeats its words, and what rests on either. Raises NotFound or BadInput."""
    check(target)
    matcher = _Matcher(target, pieces)
    chosen: dict[str, Choice] = {}
    for piece in pieces:
        spans = matcher.spans(piece)
        if spans is not None:
            chosen[piece.key] = Choice(piece, "named", _spread(piece, spans))
    if not chosen:
        raise NotFound("Nothing of that was found.", safe="Nothing was changed.", do="Try: sage recall, then its ids.")
    _choose_derived(pieces, chosen)  # before repeats: what cites the words makes them no turn of phrase
    if not target.only:
        _choose_repeats(pieces, chosen)
        _choose_derived(pieces, chosen)
    _choose_questions(pieces, chosen)
    if all(choice.piece.again for choice in chosen.values()):
        raise NotFound("That was forgotten before.", safe="Nothing was changed.", do="See it with: sage forget --list")
    return sorted(chosen.values(), key=lambda choice: ("named", "derived", "repeated").index(choice.why))


class _Matcher:
    """Whether a piece is named, and which stretches of it. One without words of its own is named by those it was kept with."""

    def __init__(self, target: Target, pieces: Sequence[Piece]) -> None:
        self._target = target
        self._names = _resolve(target.names, pieces) if target.names else {}
        self._person = Runs([_run(target.person)] if target.person.strip() else [])
        self._words = Runs([run] if (run := _run(target.words)) else [])

    def spans(self, piece: Piece) -> tuple[Span, ...] | None:
        """The stretches that are named (none: the whole piece); None for a piece that is not."""
        found: list[Span] = []
        for name in self._names.get(piece.key, ()):
            part = next((part for part in piece.parts if part.id == name), None)
            if part is None:
                return ()
            found.append((part.start, part.end))
        if not piece.again and (self._in_time(piece) or (self._person and self._is_of(piece))):
            return ()
        for runs in filter(None, () if piece.again else (self._person, self._words)):
            found += [(start, end) for start, end, _ in runs.places(piece.text or piece.evidence)]
        if not found:
            return None
        return tuple(joined(found)) if piece.splits else ()

    def _in_time(self, piece: Piece) -> bool:
        since, until = self._target.since, self._target.until
        return bool(
            (since or until) and piece.when and since <= piece.when and (not until or piece.when[: len(until)] <= until)
        )

    def _is_of(self, piece: Piece) -> bool:
        """Whether all of it was said by, or is about, the person."""
        return any(self._person.found_in(text) for text in (piece.speaker, piece.title))


def _resolve(names: Sequence[str], pieces: Sequence[Piece]) -> dict[str, list[str]]:
    """Which pieces are meant by names: their keys, with the name each (the id of a part, say)."""
    found: dict[str, list[str]] = {}
    loose: dict[str, dict[str, str]] = {}
    missing = set(names)
    for piece in pieces:
        own = {piece.key, *piece.names, *piece.ids, *(part.id for part in piece.parts)}
        for name in names:
            if name in own:
                found.setdefault(piece.key, []).append(name)
                missing.discard(name)
            elif piece.splits and piece.title.casefold() == name.casefold():
                loose.setdefault(name, {})[piece.key] = piece.citation
    for name in list(missing):
        if len(loose.get(name, {})) > 1:
            listed = "; ".join(sorted(loose[name].values())[:5])
            raise BadInput(
                f"{name!r} may be any of: {listed}.", safe="Nothing was changed.", do="Name one by its path."
            )
        for key in loose.get(name, {}):
            found.setdefault(key, []).append(name)
            missing.discard(name)
    if missing:
        raise NotFound(
            f"There is nothing called {sorted(missing)[0]!r}.",
            safe="Nothing was changed.",
            do="Give a note's path, or an id as the commands print it with --json.",
        )
    return found


def _spread(piece: Piece, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Stretches grown to whole sentences; none when nothing but its title would be left of the piece, or when the name that
    Sage gave its file says the words: out of a name nothing can be cut."""
    if not spans:
        return ()
    grown = [
        (min(start, first), max(end, last))
        for first, last in sentences(piece.text)
        for start, end in spans
        if start < last and first < end
    ]
    whole = joined([*grown, *spans])
    left = piece.text
    for start, end in reversed(whole):
        left = left[:start] + left[end:]
    return tuple(whole) if _body(left).strip() and not _is_called_so(piece, spans) else ()


def _is_called_so(piece: Piece, spans: Sequence[Span]) -> bool:
    """Whether the name of a file that may go says what stands in stretches of it, be it cut short. That it says a heading is
    no reason: that one says what the whole is about."""
    if piece.fate == "your edit" or not piece.file:
        return False
    gone = [piece.text[start:end] for start, end in spans]
    below = _body("\n".join(gone))
    runs = {_run(text) for text in gone} | distinctive(below)
    name = _run(piece.file) if piece.file.endswith("…") else ()
    return bool(Runs(runs - {()}).found_in(piece.file) or (name and Runs([name]).found_in(below)))


def _run(text: str) -> Run:
    return tuple(word.folded for word in words_in(text))


def _body(text: str) -> str:
    """What a note says below its front matter and headings."""
    return "\n".join(line for line in text[front_end(text) :].splitlines() if not line.lstrip().startswith("#"))


# --- what repeats it, and what rests on it ---------------------------------------------------------------------------


def _choose_repeats(pieces: Sequence[Piece], chosen: dict[str, Choice]) -> None:
    wanted: set[Run] = set()
    for choice in chosen.values():
        if choice.why == "named":
            own = distinctive(choice.words)
            # What an answer says in the words of its passages is theirs.
            wanted |= own - Runs(own).found_in(choice.piece.evidence)
    if not (runs := Runs(wanted)):
        return
    places: dict[Run, set[str]] = {}
    found: list[tuple[Piece, list[tuple[int, int, Run]]]] = []
    for piece in pieces:
        known = chosen.get(piece.key)
        here = [] if piece.again else _repeats(piece, runs)
        quoted = [] if piece.again else list(runs.places(piece.evidence))
        for run in {run for _, _, run in here} - {run for _, _, run in quoted} if not known else ():
            places.setdefault(run, set()).add(piece.group or piece.key)
        if known and known.spans:
            here = [place for place in here if not _inside(place, known.spans)]
        here += quoted
        if here and not (known and not known.spans):
            found.append((piece, here))
    common = {run for run, groups in places.items() if len(groups) > COMMON}
    for piece, here in found:
        spans = [(start, end) for start, end, run in here if run not in common]
        if spans:
            known = chosen.get(piece.key)
            grown = _spread(piece, [*(known.spans if known else ()), *spans]) if piece.splits else ()
            chosen[piece.key] = Choice(piece, known.why if known else "repeated", grown)


def _repeats(piece: Piece, runs: Runs) -> list[tuple[int, int, Run]]:
    """Where a piece repeats words. In a file of the person's own a short line (a heading, say) must stand alone there, too:
    a sentence that mentions a heading is another one."""
    found = list(runs.places(piece.text))
    if piece.fate != "your edit":
        return found
    whole = {tuple(word.folded for word in words_in(piece.text[start:end])) for start, end in sentences(piece.text)}
    short = {run for _, _, run in found if len(run) < LONG} - codes(piece.text)
    return [place for place in found if place[2] not in short or place[2] in whole]


def _inside(place: tuple[int, int, Run], spans: Sequence[Span]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in spans)


def _choose_derived(pieces: Sequence[Piece], chosen: dict[str, Choice]) -> None:
    """To its end: an answer may cite an answer."""
    gone_words = squeezed("\n".join(choice.words for choice in chosen.values()))
    links = [
        (piece.key, (piece.key, *piece.ids), piece.rests_on)
        for piece in pieces
        if piece.rests_on and squeezed(piece.quote) in gone_words
    ]
    gone = {name for choice in chosen.values() for name in choice.ids}
    derived: set[str] = set()
    grown = True
    while grown:
        grown = False
        for key, ids, rests_on in links:
            if (
                key not in derived
                and not gone.isdisjoint(rests_on)
                and (key not in chosen or chosen[key].why != "named")
            ):
                derived.add(key)
                gone.update(ids)
                grown = True
    for piece in pieces if derived or any(piece.leans for piece in pieces) else ():
        known = chosen.get(piece.key)
        if piece.key in derived:
            chosen[piece.key] = Choice(piece, "derived")
        elif known is None or known.spans:
            leaning = [(part.start, part.end) for part in piece.leans if part.id in gone]
            if leaning:
                before = known.spans if known else ()
                chosen[piece.key] = Choice(piece, "derived", _spread(piece, [*before, *leaning]))


def squeezed(text: str) -> str:
    """A text with one space between words, to find a quote in it."""
    return " ".join(text.split())


def _choose_questions(pieces: Sequence[Piece], chosen: dict[str, Choice]) -> None:
    """A question goes with its answer when it names what nothing else names any more."""
    asked = {choice.piece.asked_by for choice in chosen.values() if choice.why != "named"} - {"", *chosen}
    questions = [piece for piece in pieces if piece.key in asked and piece.text.rstrip().endswith(("?", "？"))]
    forgotten = {
        word.folded
        for choice in chosen.values()
        for word in (words_in(choice.words) if questions and choice.why != "derived" else ())
        if len(word.folded) >= _MEANS and word.folded not in STOP_WORDS
    }
    named = {piece.key: Runs((word,) for word in forgotten).found_in(piece.text) for piece in questions}
    runs = Runs(run for found in named.values() for run in found)
    alive: set[Run] = set()
    for piece in pieces if runs else ():
        if piece.key not in asked and not piece.again and (piece.key not in chosen or chosen[piece.key].spans):
            alive |= runs.found_in(f"{left(piece, chosen)}\n{piece.evidence}")
    for piece in questions:
        if named[piece.key] - alive:
            chosen[piece.key] = Choice(piece, "derived")


def left(piece: Piece, chosen: dict[str, Choice]) -> str:
    """What stays of a piece."""
    text = piece.text
    for start, end in reversed(chosen[piece.key].spans if piece.key in chosen else ()):
        text = text[:start] + text[end:]
    return text


# --- copies of before ------------------------------------------------------------------------------------------------


class Gone(Struct, frozen=True):
    """What was forgotten, as copies of before can be searched for it: pieces by key, what they were known by, the runs
    of words that stand nowhere else, the home's notes that went whole (by name, with when), and the words (squeezed)."""

    keys: frozenset[str]
    ids: frozenset[str]
    runs: Runs
    notes: dict[str, str]
    words: str = ""


def choose_again(pieces: Sequence[Piece], gone: Gone) -> list[Choice]:
    """What of a copy is to go for the same reasons."""
    chosen: dict[str, Choice] = {}
    for piece in pieces:
        if piece.key in gone.keys:
            chosen[piece.key] = Choice(piece, "named")
        elif gone.runs.found_in(f"{piece.text}\n{piece.evidence}"):
            chosen[piece.key] = Choice(piece, "repeated")
        elif not gone.ids.isdisjoint((*piece.ids, *piece.rests_on)) and squeezed(piece.quote) in gone.words:
            chosen[piece.key] = Choice(piece, "derived")
    _choose_derived(pieces, chosen)
    return list(chosen.values())
