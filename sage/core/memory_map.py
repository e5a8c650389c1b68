"""The map of memory: goals with what serves them, folders with what they link to, and a note among those it is linked with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sage.core.plans import Goal
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean_line
from sage.core.today import goal_tree

MOST = 200
"""Places that are shown at once."""
TIES = 3
"""Folders that are named of those that one is tied to, the closest first."""

Kind = Literal["goal", "folder", "note"]
Relation = Literal["", "here", "from", "to", "both"]
"""Of a note to the one that the map is about: `from` it comes a link to that one, `to` it leads one of that one's."""


class MapNote(Struct, frozen=True):
    """A note: its `path` from the name of what was imported on, and the id of its first passage."""

    path: str
    passage: str


class MapPlace(Struct, frozen=True):
    """A line of the map. `name` leads there; `notes` are in a folder; `linking` and `linked` count links of other places that lead
    here, and of this one that lead elsewhere; `ties` are folders that a folder is tied to, with the number of links."""

    kind: Kind
    name: str
    title: str
    depth: int = 0
    notes: int = 0
    linking: int = 0
    linked: int = 0
    ties: tuple[tuple[str, int], ...] = ()
    relation: Relation = ""
    passage: str = ""
    why: str = ""


class MemoryMap(Struct, frozen=True):
    """What is around a place: `above` is where one comes from, `more` how many places are left out."""

    name: str
    above: str
    places: tuple[MapPlace, ...]
    more: int = 0


def map_of(notes: Sequence[MapNote], links: Iterable[tuple[int, int]], goals: Sequence[Goal], name: str) -> MemoryMap:
    """The map around a name: "" for all of it, else a folder, a note (its path may lack folders from the left), or words of paths.
    `links` are pairs of places in `notes`."""
    between = {pair for pair in links if pair[0] != pair[1]}
    wanted = _folded(name)
    names = [_folded(note.path) for note in notes]
    if not wanted:
        places = [*_goals(notes, between, goals), *_folders(notes, between, "")]
        return _cut("", "", places)
    if any(each.startswith(f"{wanted}/") for each in names):
        at = next(note.path for note, each in zip(notes, names, strict=True) if each.startswith(f"{wanted}/"))
        folder = "/".join(at.split("/")[: wanted.count("/") + 1])
        places = [*_folders(notes, between, f"{folder}/"), *_notes_in(notes, between, f"{folder}/")]
        return _cut(folder, _above(folder), places)
    found = [place for place, each in enumerate(names) if each == wanted or each.endswith(f"/{wanted}")]
    if len(found) == 1:
        return _cut(notes[found[0]].path, _above(notes[found[0]].path), _around(notes, between, found[0]))
    words = wanted.split()
    found = [place for place, each in enumerate(names) if all(word in each for word in words)]
    return _cut(name, "", _ranked(notes, between, found))


def place_words(place: MapPlace) -> str:
    """What a place is tied to, in a line."""
    parts = [place.why] if place.why else []
    if place.kind == "folder":
        parts += [f"linked with {', '.join(f'{name} ({count})' for name, count in place.ties)}"] if place.ties else []
    else:
        parts += [f"{counted(place.linking, 'note')} link here"] if place.linking > 1 else []
        parts += ["1 note links here"] if place.linking == 1 else []
        parts += [f"it links to {counted(place.linked, 'note')}"] if place.linked else []
    return " · ".join(map(clean_line, parts)) or ("no links" if place.kind != "goal" else "")


def place_side(place: MapPlace) -> str:
    """What it is, in a word or two."""
    if place.kind == "folder":
        return counted(place.notes, "note")
    told = {"here": "here", "from": "← links here", "to": "→ linked", "both": "↔ both ways"}
    return "goal" if place.kind == "goal" else told.get(place.relation, "")


def place_title(place: MapPlace) -> str:
    """Its name, as deep as it lies."""
    inset = "  " * max(0, place.depth - 1) + "└ " if place.depth else ""
    return f"{inset}{clean_line(place.title)}{'/' if place.kind == 'folder' else ''}"


def map_lines(shown: MemoryMap) -> list[str]:
    """The map for a terminal without places."""
    lines = [clean_line(shown.name)] if shown.name else []
    for place in shown.places:
        side, words = place_side(place), place_words(place)
        lines.append("  ".join(filter(None, (place_title(place), side and f"({side})", words))))
    if shown.more:
        lines.append(f"and {shown.more} more: name a folder or words of a path")
    return lines or ["Nothing is there yet. Read notes with: sage import FOLDER"]


def _folded(name: str) -> str:
    return " ".join(clean_line(name).casefold().split()).strip("/")


def _above(name: str) -> str:
    return name.rpartition("/")[0]


def _title(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def _cut(name: str, above: str, places: list[MapPlace]) -> MemoryMap:
    return MemoryMap(name, above, tuple(places[:MOST]), max(0, len(places) - MOST))


def _note(
    notes: Sequence[MapNote], between: set[tuple[int, int]], relation: dict[int, Relation], at: Sequence[int]
) -> list[MapPlace]:
    leading, led = Counter(end for _, end in between), Counter(start for start, _ in between)
    return [
        MapPlace("note", notes[one].path, _title(notes[one].path), int(bool(relation) and relation.get(one) != "here"),
                 linking=leading[one], linked=led[one], relation=relation.get(one, ""), passage=notes[one].passage)
        for one in at
    ]  # fmt: skip


def _ranked(notes: Sequence[MapNote], between: set[tuple[int, int]], at: Iterable[int]) -> list[MapPlace]:
    """Those that most is tied to come first."""
    places = _note(notes, between, {}, list(at))
    return sorted(places, key=lambda place: (-(place.linking + place.linked), place.name.casefold()))


def _notes_in(notes: Sequence[MapNote], between: set[tuple[int, int]], folder: str) -> list[MapPlace]:
    own = [
        one for one, note in enumerate(notes) if note.path.startswith(folder) and "/" not in note.path[len(folder) :]
    ]
    return _ranked(notes, between, own)


def _folders(notes: Sequence[MapNote], between: set[tuple[int, int]], above: str) -> list[MapPlace]:
    """The folders right below one ("" for the outermost, where goals stand apart), the greatest first."""
    of: dict[int, str] = {}
    for one, note in enumerate(notes):
        if note.path.startswith(above) and "/" in note.path[len(above) :]:
            of[one] = above + note.path[len(above) :].partition("/")[0]
    ties: dict[str, Counter[str]] = {}
    ways: dict[str, list[int]] = {name: [0, 0] for name in of.values()}
    for start, end in between:
        first, last = of.get(start, ""), of.get(end, "")
        if first == last:
            continue
        if first:
            ways[first][1] += 1
        if last:
            ways[last][0] += 1
        if first and last:
            ties.setdefault(first, Counter())[_title(last)] += 1
            ties.setdefault(last, Counter())[_title(first)] += 1
    sizes = Counter(of.values())
    return [
        MapPlace("folder", name, name.rpartition("/")[2], notes=size, linking=ways[name][0], linked=ways[name][1],
                 ties=tuple(ties.get(name, Counter()).most_common(TIES)))
        for name, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0].casefold()))
        if above or name != "goals"
    ]  # fmt: skip


def _around(notes: Sequence[MapNote], between: set[tuple[int, int]], at: int) -> list[MapPlace]:
    """A note, those that link to it and those that it links to."""
    to = {end for start, end in between if start == at}
    come = {start for start, end in between if end == at}
    relation: dict[int, Relation] = {at: "here"}
    relation |= {one: "both" if one in to and one in come else "from" if one in come else "to" for one in to | come}
    order = ("both", "from", "to")
    rest = sorted(to | come, key=lambda one: (order.index(relation[one]), notes[one].path.casefold()))
    return _note(notes, between, relation, [at, *rest])


def _goals(notes: Sequence[MapNote], between: set[tuple[int, int]], goals: Sequence[Goal]) -> list[MapPlace]:
    """Open goals, each below the one that it serves, with the notes that link to it below."""
    number = {note.path: one for one, note in enumerate(notes)}
    places = []
    for depth, goal in goal_tree([goal for goal in goals if goal.state == "open"]):
        at = number.get(goal.path)
        linking = sorted(start for start, end in between if end == at)
        places.append(
            MapPlace(
                "goal",
                goal.path or goal.title,
                goal.title,
                depth,
                linking=len(linking),
                passage="" if at is None else notes[at].passage,
                why=goal.why,
            )
        )
        relation: dict[int, Relation] = dict.fromkeys(linking, "from")
        places += [replace(place, depth=depth + 1) for place in _note(notes, between, relation, linking)]
    return places
