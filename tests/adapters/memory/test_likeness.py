"""Turns that are like the best ones found come nearer: an answer may have been given in several places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.labels import Audience
from sage.core.passages import OWNER, Hit, RememberedText, conversation_thread
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

ASKED = "which hobby has Demo Aunt?"
BEST = "Her hobby: Demo Aunt paints birds on old plates with a tiny brush."
LIKE = "She paints birds on old plates with a brush, all week."
UNLIKE = "The train was late, so we took a taxi home from there."


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SageMemory]:
    with SageMemory(tmp_path, FakeTexts(), FakeEmbedder(dimensions=256)) as memory:
        yield memory


def remember(memory: SageMemory, said: Sequence[str], audience: Audience = ("private",)) -> list[str]:
    turns = [RememberedText(text, "talk", thread=text, audience=audience) for text in said]
    return memory.remember_many(turns)


def akin(hits: Sequence[Hit]) -> dict[str, str]:
    """What came nearer, with what it is like."""
    return {hit.id: hit.rests_on["akin"] for hit in hits if "akin" in hit.why}


def test_what_is_like_the_best_is_found_though_no_word_of_the_question_stands_in_it(memory: SageMemory) -> None:
    unlike, best, like = remember(memory, [UNLIKE, BEST, LIKE])
    hits = memory.recall(ASKED)
    assert [hit.id for hit in hits] == [best, like, unlike]
    assert akin(hits) == {like: best}


def test_notes_come_nearer_by_their_links_alone(memory: SageMemory, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for name, text in (("Best", BEST), ("Like", LIKE), ("Unlike", UNLIKE)):
        (vault / f"{name}.md").write_text(text)
    memory.import_path(vault)
    assert akin(memory.recall(ASKED)) == {}


def test_what_repeats_the_question_draws_nothing_near(memory: SageMemory) -> None:
    echo = RememberedText(ASKED, "talk", thread=conversation_thread("c1"), speaker=OWNER)
    memory.remember_many([echo])
    best, *_ = remember(memory, [BEST, LIKE, UNLIKE])
    hits = memory.recall(ASKED)
    assert set(akin(hits).values()) == {best}
    assert all("akin" not in hit.why for hit in hits if hit.thread.startswith(conversation_thread("")))


def test_hidden_turns_draw_nothing_near(memory: SageMemory, tmp_path: Path) -> None:
    public = [UNLIKE, BEST, LIKE]
    remember(memory, public, ("public",))
    remember(memory, [f"{BEST} {UNLIKE}", f"Demo Aunt has a hobby. {UNLIKE}"])
    (tmp_path / "other").mkdir()
    with SageMemory(tmp_path / "other", FakeTexts(), FakeEmbedder(dimensions=256)) as other:
        remember(other, public, ("public",))
        found = other.recall(ASKED, recipients=["Demo Uncle"])
    assert memory.recall(ASKED, recipients=["Demo Uncle"]) == found
    assert akin(found) and found != memory.recall(ASKED)[:3]
