"""Lines keep their ids."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sage.plugin_files.line_ids import Line, LineIds

NOTES = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.lists(st.sampled_from("uvwxyz"), max_size=5), max_size=3)


def lines(words: str | list[str]) -> list[Line]:
    """One line a letter; a capital one is dated."""
    return [Line(("", f"- {word}", word, word.lower())) for word in words]


@given(st.lists(NOTES, min_size=1, max_size=4))
def test_ids_are_never_given_twice_and_stay_where_nothing_changed(states: list[dict[str, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ids.json")
        ids = LineIds(file)
        for state in states:
            named = ids.name({place: lines(words) for place, words in state.items()}, state)
            given_ids = [name for names in named.values() for name in names]
            assert len(set(given_ids)) == len(given_ids) and all(given_ids)
            ids.save()
            ids = LineIds(file)
            assert ids.name({place: lines(words) for place, words in state.items()}, state) == named


def test_a_line_that_is_edited_between_two_others_keeps_its_id(tmp_path: Path) -> None:
    ids = LineIds(tmp_path / "ids.json")
    (a, b, c) = ids.name({"n": lines("abc")})["n"]
    assert ids.name({"n": lines("axc")})["n"] == [a, b, c]
    assert ids.name({"n": lines("xca")})["n"] == [b, c, a]
    again = ids.name({"n": lines("xyzc")})["n"]
    assert again[0] == b and again[3] == c and not {again[1], again[2]} & {a, b, c}


def test_two_lines_that_are_both_edited_are_new_ones(tmp_path: Path) -> None:
    ids = LineIds(tmp_path / "ids.json")
    (_, b, c, _) = ids.name({"n": lines("abcd")})["n"]
    assert not {b, c} & set(ids.name({"n": lines("axyd")})["n"])


def test_the_one_with_the_same_date_is_the_same_among_equal_words(tmp_path: Path) -> None:
    ids = LineIds(tmp_path / "ids.json")
    (small, big) = ids.name({"n": lines("aA")})["n"]
    ticked = [Line(("", "x a", "a", "a")), Line(("", "x A", "A", "a"))]
    assert ids.name({"n": ticked[::-1]})["n"] == [big, small]


def test_a_written_id_is_the_lines_own_and_follows_it_anywhere(tmp_path: Path) -> None:
    ids = LineIds(tmp_path / "ids.json")
    own = Line(("id", "- a id", "a", "a"), "id")
    assert ids.name({"n": [own]}, ["n"])["n"] == ["id"]
    assert ids.name({"m": [Line(("id", "- b id", "b", "b"), "id")]}, ["m"])["m"] == ["id"]
    first, second = ids.name({"m": [own, own]})["m"]
    assert first == "id" and second != "id"


def test_what_was_begun_is_found_after_the_process_ended(tmp_path: Path) -> None:
    file = tmp_path / "ids.json"
    there, new = lines("ab"), lines("b")[0]
    ids = LineIds(file)
    assert ids.made("key") is None
    ids.begin("key", "n", new, there)
    ids = LineIds(file)
    assert ids.made("key") == ""
    assert ids.stands("key", "n", there) == -1
    assert ids.stands("key", "m", [*there, new]) == -1
    assert ids.stands("key", "n", [*there, new]) == 2
    ids.settle("key", "x")
    ids.save()
    assert LineIds(file).made("key") == "x"


def test_a_broken_file_is_begun_anew_with_the_ids_that_lines_get_first(tmp_path: Path) -> None:
    file = tmp_path / "ids.json"
    before = LineIds(file).name({"n": lines("abA")})
    file.write_text("{broken")
    assert LineIds(file).name({"n": lines("abA")}) == before


def test_no_words_are_kept(tmp_path: Path) -> None:
    ids = LineIds(tmp_path / "ids.json")
    ids.name({"Secret note": [Line(("", "- Buy a ring", "Buy a ring", "Buy a ring"))]})
    ids.begin("key", "Secret note", Line(("", "- Ask her", "Ask her", "Ask her")), [])
    kept = (tmp_path / "ids.json").read_text()
    assert not any(word in kept for word in ("ring", "Ask", "Secret"))
