from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sage.core.renames import Found, Known, Place, moves

A, B, C = ("/vault", "a.md"), ("/vault", "b.md"), ("/vault", "deep/c.md")


def follow(found: list[Found], known: list[Known], *, same: set[tuple[Place, Place]] = frozenset(),  # type: ignore[assignment]
           alike: set[tuple[Place, Place]] = frozenset()) -> dict[Place, Place]:  # type: ignore[assignment]  # fmt: skip
    def is_same(new: Place, old: Place) -> bool:
        return (new, old) in same

    def is_alike(new: Place, old: Place) -> bool:
        return (new, old) in alike or (new, old) in same

    return moves(found, known, is_same, is_alike)


def test_the_same_file_with_the_same_bytes_is_the_same_note() -> None:
    assert follow([Found(B, (1, 7))], [Known(A, (1, 7), None)], same={(B, A)}) == {B: A}


def test_a_note_that_is_still_at_its_place_is_never_taken() -> None:
    assert follow([Found(B, (1, 8))], [Known(A, (1, 7), (1, 7))], same={(B, A)}) == {}


def test_an_edited_note_is_known_by_its_file() -> None:
    assert follow([Found(B, (1, 7))], [Known(A, (1, 7), None)], alike={(B, A)}) == {B: A}


def test_likeness_alone_makes_no_identity() -> None:
    assert follow([Found(B, (1, 8))], [Known(A, (1, 7), None)], alike={(B, A)}) == {}


def test_a_number_that_is_used_again_makes_no_identity() -> None:
    assert follow([Found(B, (1, 7))], [Known(A, (1, 7), None)]) == {}


def test_a_saved_note_stays_though_its_old_number_is_that_of_a_copy() -> None:
    known = [Known(A, (1, 7), (1, 8))]
    assert follow([Found(A, (1, 8)), Found(B, (1, 7))], known, alike={(A, A), (B, A)}) == {}


def test_two_notes_swap() -> None:
    known = [Known(A, (1, 7), (1, 8)), Known(B, (1, 8), (1, 7))]
    assert follow([Found(A, (1, 8)), Found(B, (1, 7))], known, same={(A, B), (B, A)}) == {A: B, B: A}
    edited = follow([Found(A, (1, 8)), Found(B, (1, 7))], known, same={(B, A)}, alike={(A, B)})
    assert edited == {A: B, B: A}


def test_a_note_over_another_one() -> None:
    known = [Known(A, (1, 7), None), Known(B, (1, 8), (1, 7))]
    assert follow([Found(B, (1, 7))], known, same={(B, A)}) == {B: A}


def test_of_equal_notes_that_moved_to_another_disk_each_keeps_its_name() -> None:
    here, there = ("/other", "a.md"), ("/other", "b.md")
    known = [Known(A, (1, 7), None), Known(B, (1, 8), None)]
    same = {(new, old) for new in (here, there) for old in (A, B)}
    assert follow([Found(there, (2, 1)), Found(here, (2, 2))], known, same=same) == {here: A, there: B}


_places = st.sampled_from([A, B, C, ("/other", "a.md"), ("/other", "d.md")])
_files = st.tuples(st.just(1), st.integers(1, 4))


@given(
    st.lists(st.builds(Found, _places, _files), unique_by=lambda note: note.place),
    st.lists(st.builds(Known, _places, _files, st.none() | _files), unique_by=lambda note: note.place),
    st.sets(st.tuples(_places, _places)),
    st.sets(st.tuples(_places, _places)),
)
def test_no_note_has_two_identities_and_no_identity_two_notes(
    found: list[Found], known: list[Known], same: set[tuple[Place, Place]], alike: set[tuple[Place, Place]]
) -> None:
    taken = follow(found, known, same=same, alike=alike)
    assert len(set(taken.values())) == len(taken)
    left = {each.place for each in known if each.has_left}
    for new, old in taken.items():
        assert new != old
        assert old in left
        assert (new, old) in same | alike
    assert taken == follow(found[::-1], known[::-1], same=same, alike=alike)
