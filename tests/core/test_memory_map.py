"""The map of memory: what serves goals, what links to what, in no more lines than can be read."""

from __future__ import annotations

from sage.core.memory_map import MOST, MapNote, map_lines, map_of, place_title, place_words
from sage.core.plans import Goal

NOTES = [MapNote(path, f"p{number}") for number, path in enumerate((
    "vault/Bed/Tomatoes.md", "vault/Bed/Beans.md", "vault/House/Boiler.md", "vault/Log.md", "goals/Grow.md",
))]  # fmt: skip
LINKS = [(0, 1), (1, 0), (0, 2), (3, 0), (3, 4), (2, 2)]
GOALS = [Goal("g1", "Grow food", why="for the children", path="goals/Grow.md"), Goal("g2", "Write daily", parent="g1"),
         Goal("g3", "Over", state="done")]  # fmt: skip


def lines(name: str) -> list[str]:
    return map_lines(map_of(NOTES, LINKS, GOALS, name))


def test_all_of_it_is_goals_with_what_serves_them_and_folders() -> None:
    assert lines("") == [
        "Grow food  (goal)  for the children · 1 note links here",
        "└ Log  (← links here)  it links to 2 notes",
        "└ Write daily  (goal)",
        "vault/  (4 notes)  linked with goals (1)",
    ]


def test_a_folder_tells_what_it_is_tied_to_and_its_notes_stand_below_the_most_linked_first() -> None:
    assert lines("Vault") == [
        "vault",
        "Bed/  (2 notes)  linked with House (1)",
        "House/  (1 note)  linked with Bed (1)",
        "Log  it links to 2 notes",
    ]
    assert map_of(NOTES, LINKS, GOALS, "vault/Bed").above == "vault"


def test_a_note_stands_among_those_that_it_is_linked_with() -> None:
    shown = map_of(NOTES, LINKS, GOALS, "Bed/Tomatoes.md")
    assert [(place.title, place.relation) for place in shown.places] == [
        ("Tomatoes", "here"), ("Beans", "both"), ("Log", "from"), ("Boiler", "to")]  # fmt: skip
    assert shown.above == "vault/Bed" and shown.places[0].linking == 2


def test_words_find_paths_and_nothing_is_no_error() -> None:
    assert [place.title for place in map_of(NOTES, LINKS, GOALS, "bed e").places] == ["Tomatoes", "Beans"]
    assert map_of(NOTES, LINKS, GOALS, "zzz").places == ()


def test_a_great_vault_is_no_hairball_and_hostile_names_are_text() -> None:
    many = [MapNote(f"v/f{number % 7}/{number} \x1b[31m[red]\u202e.md", f"p{number}") for number in range(10_000)]
    links = [(number, (number * 7919) % 10_000) for number in range(10_000)]
    top = map_of(many, links, [], "v")
    assert len(top.places) == 7 and all(len(place.ties) <= 3 for place in top.places)
    folder = map_of(many, links, [], "v/f3")
    assert len(folder.places) == MOST and folder.more
    told = "".join(place_title(place) + place_words(place) for place in folder.places)
    assert "\x1b" not in told and "\u202e" not in told
    around = map_of(many, links, [], folder.places[0].name)
    assert around.places[0].relation == "here"
