from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.labels import (
    LOCAL_ONLY,
    PRIVATE,
    PUBLIC,
    KeptLabel,
    Label,
    Labels,
    audience_of,
    derived,
    folded_name,
    gained,
    near_miss,
    seen_audience,
    visible_to,
    widened,
)
from sage.core.passages import passage_target
from sage.core.reading.chunking import read_note

NOTE = "/vault/trips/lisbon.md"


def labels(*kept: tuple[str, str, str]) -> Labels:
    return Labels(KeptLabel(kind, target, audience_of(names.split())) for kind, target, names in kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kept", "own", "audience", "layer"),
    [
        ([], None, ("private",), "none"),
        ([], ("work",), ("work",), "own"),
        ([("folder", "/vault", "aunt")], None, ("aunt",), "folder"),
        ([("folder", "/vault", "aunt"), ("folder", "/vault/trips", "work")], None, ("work",), "folder"),
        ([("folder", "/vault", "aunt"), ("folder", "/vault/trips", "private")], None, ("private",), "folder"),
        ([("folder", "/", "aunt")], None, ("aunt",), "folder"),
        ([("folder", "/vault/trip", "aunt"), ("folder", "/vault/trips/l", "aunt")], None, ("private",), "none"),
        ([("folder", "/vault", "aunt")], ("private",), ("private",), "own"),
        ([("folder", "/vault", "aunt")], ("work",), ("work",), "own"),
        ([("note", NOTE, "bob")], ("work",), ("bob",), "note"),
        ([("note", NOTE, "private"), ("folder", "/vault", "public")], ("work",), ("private",), "note"),
        ([("note", "/vault/trips/other.md", "bob")], None, ("private",), "none"),
    ],
)
def test_the_most_specific_layer_decides(
    kept: list[tuple[str, str, str]], own: tuple[str, ...] | None, audience: tuple[str, ...], layer: str
) -> None:
    found = labels(*kept).of_note(NOTE, NOTE, own)
    assert (found.audience, found.layer) == (audience, layer)


def test_a_label_on_a_passage_goes_before_its_notes() -> None:
    kept = labels(("passage", passage_target(NOTE, "hello"), "aunt"), ("note", NOTE, "work"))
    note = kept.of_note(NOTE, NOTE, None)
    assert kept.has_passages(NOTE) and not kept.has_passages("/vault")
    assert kept.of_passage(passage_target(NOTE, "hello"), note).audience == ("aunt",)
    assert kept.of_passage(passage_target(NOTE, "hello!"), note).audience == ("work",)
    assert kept.of_passage(passage_target("/vault/other.md", "hello"), Label()).audience == PRIVATE


def test_a_renamed_note_keeps_its_label_and_gets_its_new_folders() -> None:
    kept = labels(("note", NOTE, "bob"))
    assert kept.of_note("/vault/new.md", NOTE, None).audience == ("bob",)
    kept = labels(("folder", "/vault/trips", "bob"), ("folder", "/vault/open", "public"))
    assert kept.of_note("/vault/open/lisbon.md", NOTE, None).audience == PUBLIC


def test_a_conversations_label_does_not_share_what_sage_said() -> None:
    kept = labels(("conversation", "conversation/c1", "work"), ("text", "t_2", "bob"))
    assert kept.of_text("t_1", "conversation/c1", "user", PRIVATE).audience == ("work",)
    assert kept.of_text("t_1", "conversation/c1", "contact", PRIVATE).audience == ("work",)
    assert kept.of_text("t_3", "conversation/c1", "tool", PRIVATE).audience == PRIVATE
    assert kept.of_text("t_2", "conversation/c1", "tool", PRIVATE).audience == ("bob",)
    assert kept.of_text("t_4", "", "user", ("aunt",)) == Label(("aunt",), "own")
    assert kept.of_text("t_5", "other", "user", PRIVATE) == Label()


def test_labels_are_told_apart_by_their_mark() -> None:
    one, other = labels(("note", "/a", "x")), labels(("note", "/a", "y"))
    assert Labels().mark == 0
    assert 0 < one.mark < 2**63
    assert len({one.mark, other.mark, labels(("folder", "/a", "x")).mark}) == 3
    assert one.having("note", "/a", ("y",)).mark == other.mark
    assert one.having("note", "/a", None).mark == 0
    assert one.mark == labels(("note", "/a", "x")).mark


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Work", "work"),
        ("  Demo  Aunt ", "demo-aunt"),
        ("demo-aunt", "demo-aunt"),
        ("STRASSE", "strasse"),
        ("ＷＯＲＫ", "work"),
    ],
)
def test_a_name_is_one_however_it_is_written(written: str, folded: str) -> None:
    assert folded_name(written) == folded
    assert visible_to(audience_of(written), [folded])
    assert visible_to(audience_of(folded), [written])


def test_names_in_front_matter_and_tags_are_folded_too() -> None:
    assert read_note("---\naudience: [Demo Aunt]\n---\nx #Share/Work").audience == ("demo-aunt", "work")
    assert read_note("---\naudience: [Private]\n---\nx #share/work").audience == PRIVATE


@pytest.mark.parametrize(
    ("origin", "audience"), [("contact", None), ("web", None), ("tool", PRIVATE), ("user", PUBLIC)]
)
def test_words_of_others_share_nothing(origin: str, audience: tuple[str, ...] | None) -> None:
    assert read_note(f"---\norigin: {origin}\naudience: public\n---\nx #share/public").audience == audience


NAMES = st.lists(st.sampled_from(["ann", "bob", "work", "public"]), max_size=3).map(audience_of)
ORIGINS = st.sampled_from(["user", "contact", "web", "tool"])


@given(st.lists(st.tuples(ORIGINS, NAMES), min_size=1, max_size=4))
def test_derived_text_is_seen_by_those_who_may_see_all_its_sources(sources: list[tuple[str, tuple[str, ...]]]) -> None:
    origin, audience = derived(sources)  # type: ignore[arg-type]
    for name in ("ann", "bob", "work", "stranger"):
        assert visible_to(audience, [name]) == all(visible_to(each, [name]) for _, each in sources)
    assert origin in {each for each, _ in sources}
    assert (origin == "user") == all(each == "user" for each, _ in sources)


def test_text_of_no_known_source_is_private() -> None:
    assert derived([]) == ("tool", PRIVATE)


def test_more_names_are_told_and_fewer_are_not() -> None:
    assert widened(PRIVATE, ["Work"]) == ("work",)
    assert gained(PRIVATE, ("ann", "work")) == ("ann", "work")
    assert gained(("ann",), ("ann", "work")) == ("work",)
    assert gained(("public",), ("ann",)) == ()
    assert gained(("ann",), PRIVATE) == ()
    assert gained(("ann",), PUBLIC) == ("public",)


def test_a_near_miss_of_a_known_name_is_told() -> None:
    assert near_miss("wrok", ["work", "demo-aunt"]) == "work"
    assert near_miss("pubic", []) == "public"
    assert near_miss("work", ["work"]) == near_miss("public", ["work"]) == ""
    assert near_miss("gardeners", ["work"]) == ""


def test_what_is_for_models_of_this_machine_alone_is_nobodys_name() -> None:
    marked = audience_of(["work", LOCAL_ONLY])
    assert visible_to(marked, ["work"]) and not visible_to(marked, [LOCAL_ONLY])
    assert gained(PRIVATE, marked) == ("work",) and gained(PRIVATE, (LOCAL_ONLY,)) == ()
    assert seen_audience(marked, [("tom", "work")]) == ("tom", LOCAL_ONLY)
    assert derived([("user", marked), ("user", ("work",))]) == ("user", marked)
    assert derived([("user", PUBLIC), ("user", (LOCAL_ONLY, "public"))]) == ("user", (LOCAL_ONLY, "public"))
    assert derived([("user", marked), ("user", ("eve",))]) == ("user", (LOCAL_ONLY,))
