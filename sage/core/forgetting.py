"""Forgetting: what the person names, what rests on it, and where its words stand again. All decisions, no hands.

Every place that holds words gives them as pieces. A forgetting names some of them; whatever rests on those (an answer
that cites them) goes too, and so does each verbatim repeat of a distinctive stretch of their words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from sage.core.cutting import Span, joined
from sage.core.errors import BadInput, NotFound
from sage.core.word_runs import Run, Runs, distinctive, is_own_id, sentences, words_in
from sage.core.words import STOP_WORDS

Why = Literal["named", "derived", "repeated"]
Fate = Literal["goes", "replaced", "cut", "your edit"]
"""What happens to a piece: it goes; a sentence of when it was forgotten takes its place; some of its words are cut out; or
it stands in a file that is the person's own to edit."""
State = Literal["taking", "trash", "returning", "undone", "purging", "purged"]

_MEANS = 4
"""Letters of the shortest word that a question may be known by."""
COMMON = 5
"""A stretch that stands in more other places than this is a turn of phrase, and finds nothing."""
OPENING = 90
"""Characters of a piece that are shown."""


class Target(Struct, frozen=True):
    """What the person wants forgotten: names (paths of notes, ids), a person, a span of ISO dates, or words."""

    names: tuple[str, ...] = ()
    person: str = ""
    since: str = ""
    until: str = ""
    words: str = ""
    only: bool = False
    """Leave repeats of the words in other places as they are."""


class Part(Struct, frozen=True):
    """A stretch of a piece that is known by an id of its own (a passage); offsets, end exclusive."""

    start: int
    end: int
    id: str


class Piece(Struct, frozen=True):
    """Some words in one place.

    `key` is unique over all places; `names` are what a person may call it by, `ids` what its words are known by elsewhere
    (hashes of them among these), `rests_on` the keys and ids that it was made from. `group` is the conversation or note
    that it belongs to. Of a piece that `splits`, stretches can go and the rest stay.
    """

    holder: str
    key: str
    kind: str
    citation: str
    text: str
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    group: str = ""
    when: str = ""
    speaker: str = ""
    title: str = ""
    parts: tuple[Part, ...] = ()
    evidence: str = ""
    """Words of other things that are kept with it: an answer's passages. They go with it, but are not its own."""
    splits: bool = False
    fate: Fate = "goes"
    begins: str = ""
    """How it begins, when that is not how its text does."""
    leans: tuple[Part, ...] = ()
    """Stretches of it that rest on something by themselves: the lines of a summary, each on its turns."""
    quote: str = ""
    """The very words that it rests on, where it names them: what else goes of their passage does not concern it."""
    asked_by: str = ""
    """The key of the question that it answers."""
    again: bool = False
    """Its words are in the trash (and stand here, to be looked for elsewhere). It goes along when it is named again, or rests
    on what goes, so that no undo brings half of it back; its words are no reason to take it."""


class Choice(Struct, frozen=True):
    """A piece that is to go, and why; `spans` are the stretches of it that go (none: all of it)."""

    piece: Piece
    why: Why
    spans: tuple[Span, ...] = ()

    @property
    def words(self) -> str:
        """The words that go."""
        if not self.spans:
            return self.piece.text
        return "\n".join(self.piece.text[start:end] for start, end in self.spans)

    @property
    def ids(self) -> tuple[str, ...]:
        """What the words that go were known by; a part that loses some of its words has another id from then on."""
        gone = [part for part in self.piece.parts if not self.spans or _meets(part, self.spans)]
        names = [part.id for part in gone]
        return (f"cut {self.piece.key}", *names) if self.spans else (self.piece.key, *self.piece.ids, *names)


def _meets(part: Part, spans: Sequence[Span]) -> bool:
    return any(start < part.end and part.start < end for start, end in spans)


class Shown(Struct, frozen=True):
    """A piece as it is shown before it goes."""

    holder: str
    kind: str
    why: Why
    fate: Fate
    citation: str
    opening: str


class Edit(Struct, frozen=True):
    """An edit of a file that is the person's own: done only when they say yes to exactly this difference."""

    path: str
    difference: str


class Preview(Struct, frozen=True):
    """All that a forgetting would take, and the edits of the person's own files that it asks for. `digest` binds a yes
    to exactly this."""

    items: tuple[Shown, ...]
    edits: tuple[Edit, ...] = ()
    digest: str = ""


class Forgetting(Struct, frozen=True):
    """One forgetting in the list. `counts` is by kind of piece; `waiting` are the person's files that still hold words."""

    id: str
    state: State
    made_at: str
    counts: dict[str, int] = {}
    purged_at: str = ""
    waiting: tuple[str, ...] = ()


class Standing(Struct, frozen=True):
    """A place where forgotten words still stand, and why."""

    place: str
    why: str


class Proof(Struct, frozen=True):
    """What a scan looked through after a purge, and what it found: in how many `places` words or vectors stand where
    nothing should, and where they stand for a reason. `shared` of its words and turns of phrase stand in other things of
    the person's as well, and were not looked for."""

    files: int = 0
    bytes: int = 0
    stretches: int = 0
    vectors: int = 0
    shared: int = 0
    leaks: tuple[Standing, ...] = ()
    standing: tuple[Standing, ...] = ()
    unread: tuple[str, ...] = ()


class Purged(Struct, frozen=True):
    """What a purge did: which forgettings, how many copies were written anew, and the proof."""

    ids: tuple[str, ...]
    copies: int
    proof: Proof


class PurgeStep(Struct, frozen=True, tag=True):
    """Where a purge is, in a few words."""

    step: str


# --- what is named ---------------------------------------------------------------------------------------------------


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
    """Whether a piece is named, and which stretches of it."""

    def __init__(self, target: Target, pieces: Sequence[Piece]) -> None:
        self._target = target
        self._names = _resolve(target.names, pieces) if target.names else {}
        self._person = Runs([tuple(word.folded for word in words_in(target.person))] if target.person.strip() else [])
        self._words = Runs([run] if (run := tuple(word.folded for word in words_in(target.words))) else [])

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
            found += [(start, end) for start, end, _ in runs.places(piece.text)]
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
    """Stretches grown to whole sentences; none when nothing but its title would be left of the piece."""
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
    return tuple(whole) if _body(left).strip() else ()


def front_end(text: str) -> int:
    """Where a note's front matter ends; 0 for none."""
    match = _FRONT.match(text)
    return match.end() if match else 0


_FRONT = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def _body(text: str) -> str:
    """What a note says below its front matter and headings."""
    return "\n".join(line for line in _FRONT.sub("", text).splitlines() if not line.lstrip().startswith("#"))


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
        here = [] if piece.again else list(runs.places(piece.text))
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


# --- what is shown ---------------------------------------------------------------------------------------------------


def shown(choice: Choice) -> Shown:
    """A choice as the person sees it."""
    piece = choice.piece
    fate: Fate = "cut" if choice.spans and piece.fate == "goes" else piece.fate
    return Shown(piece.holder, piece.kind, choice.why, fate, piece.citation, opening(piece.begins or choice.words))


def opening(text: str) -> str:
    """How a text begins, in one line."""
    line = " ".join(_FRONT.sub("", text).split())
    return line if len(line) <= OPENING else line[: OPENING - 1] + "…"


def yes_to(choices: Iterable[Choice], edits: Iterable[Edit]) -> str:
    """What binds a yes to what was shown; made when it is needed, and kept nowhere."""
    parts = sorted([choice.piece.key, choice.piece.text, list(choice.spans)] for choice in choices)
    data = msgspec.json.encode([parts, sorted((edit.path, edit.difference) for edit in edits)])
    return hashlib.sha256(data).hexdigest()


# --- what is left somewhere ------------------------------------------------------------------------------------------


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


def sentences_with(text: str, runs: Runs) -> list[Span]:
    """The sentences of a text that hold any of those runs."""
    places = [(start, end) for start, end, _ in runs.places(text)]
    return joined(
        span for span in [*sentences(text), *places] if any(start < span[1] and span[0] < end for start, end in places)
    )


_STEP, _WIDE = 3, 5
_RARE = 7
"""Letters from which on a single word is looked for."""


class Needle(Struct, frozen=True):
    """A stretch of forgotten words to look for, byte by byte, as it is written."""

    text: str
    run: Run


def needles(words: str) -> Iterator[Needle]:
    """Stretches that show whatever is left of forgotten words in some file, be it a fragment: five words in a row, short
    lines, numbers and addresses, long words alone."""
    for line in re.finditer(r'[^\r\n"\\]+', words):
        found = words_in(line[0])
        wide = [found[place : place + _WIDE] for place in range(0, max(1, len(found) - _WIDE + 1), _STEP)]
        for some in [*wide, found[-_WIDE:]]:
            if any(is_own_id(word.folded) for word in some):
                continue
            if some and len(stretch := line[0][some[0].start : some[-1].end]) >= 2 * _RARE:
                yield Needle(stretch, tuple(word.folded for word in some))
        for word in found:
            if word.end - word.start >= _RARE and not is_own_id(word.folded):
                yield Needle(line[0][word.start : word.end], (word.folded,))
    known = Runs(distinctive(words))
    yield from (Needle(words[start:end], run) for start, end, run in known.places(words) if end - start >= _RARE)
