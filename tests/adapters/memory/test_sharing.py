from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sage.adapters.date_reader import PlainDateReader
from sage.adapters.memory.memory import SageMemory
from sage.adapters.memory.sharing import Sharing
from sage.adapters.notes.notebook import FileNotebook
from sage.agent.tools import HomeTools
from sage.core.errors import BadInput, NotFound
from sage.core.messages import ToolCall
from sage.core.passages import Hit
from sage.locations import find_home
from sage.testing.fakes import FakeFacts, FakeReminders
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder
from tests.adapters.readers.test_exports import paper

NOW = datetime(2026, 5, 1, tzinfo=UTC)


class Home:
    """A memory with a vault, and what is shared of it."""

    def __init__(self, path: Path) -> None:
        self.path, self.vault = path, path / "vault"
        self.texts, self.embedder = FakeTexts(), FakeEmbedder()
        self.vault.mkdir(), (path / "index").mkdir()
        self.open()

    def open(self) -> None:
        self.memory = SageMemory(self.path / "index", self.texts, self.embedder)
        self.sharing = Sharing(self.memory, self.texts.labels)

    def write(self, **notes: str) -> None:
        for name, text in notes.items():
            path = self.vault / f"{name.replace('__', '/')}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self.memory.import_path(self.vault)

    def share(self, target: str, *names: str, how: str = "add") -> None:
        self.sharing.share(self.sharing.find(target, str(self.vault)), how, names, NOW)  # type: ignore[arg-type]

    def seen(self, *names: str, query: str = "walrus") -> list[str]:
        return sorted(hit.text for hit in self.memory.recall(query, k=50, recipients=names))

    def hit(self, query: str) -> Hit:
        return self.memory.recall(query, k=1)[0]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.memory.close()


def test_notes_that_swap_their_names_are_listed_by_the_names_that_they_have_now(home: Home) -> None:
    home.write(a="the walrus sings", b="a walrus dances")
    home.share("a.md", "work")
    home.share("b.md", "aunt")
    first, second, aside = (home.vault / name for name in ("a.md", "b.md", "c.md"))
    first.rename(aside), second.rename(first), aside.rename(second)
    home.memory.import_path(home.vault)
    assert home.seen("work") == ["the walrus sings"]
    listed = {label.name: label.audience for label in home.sharing.labels()}
    assert listed == {str(second): ("work",), str(first): ("aunt",)}


def test_a_later_note_of_a_deleted_ones_name_is_private(home: Home) -> None:
    home.write(a="the walrus sings", b="a walrus dances")
    home.share("a.md", "work")
    home.share(".", "aunt")
    home.share("b.md", how="set")
    (home.vault / "a.md").unlink(), (home.vault / "b.md").unlink()
    home.memory.import_path(home.vault)
    home.write(a="another walrus", b="a secret walrus")
    assert home.seen("work") == [] and home.seen("aunt") == ["another walrus"]
    home.share("a.md", "work")
    (home.vault / "a.md").rename(home.vault / "c.md")
    home.memory.import_path(home.vault)
    assert home.seen("work") == ["another walrus"]


SECTIONS = "# One\nThe first walrus.\n\n# Two\nThe second walrus.\n"


def test_nothing_is_shared_until_the_person_shares_it(home: Home) -> None:
    home.write(a="the walrus sings", shared__b="a walrus dances")
    assert home.seen("work") == []
    home.share("a.md", "work")
    assert home.seen("work") == ["the walrus sings"]
    assert home.seen("aunt") == home.seen() == []
    home.share("shared", "aunt")
    assert home.seen("aunt") == ["a walrus dances"]
    home.share("a.md", "aunt")
    assert home.seen("work") == ["the walrus sings"]
    assert home.seen("aunt") == ["a walrus dances", "the walrus sings"]
    assert home.seen("aunt", "work") == ["the walrus sings"]
    home.share("a.md", how="set")
    assert home.seen("work") == []


def test_a_passage_is_shared_alone_and_wherever_it_moves(home: Home) -> None:
    home.write(a=SECTIONS)
    home.share(home.hit("second").id, "work")
    assert home.seen("work") == ["# Two\nThe second walrus."]
    home.write(a="# Two\nThe second walrus.\n\n# Zero\nAnother walrus.\n\n" + SECTIONS)
    assert home.seen("work") == ["# Two\nThe second walrus."] * len(home.seen("work"))
    home.memory.rebuild()
    assert set(home.seen("work")) == {"# Two\nThe second walrus."}


def test_an_edit_of_a_shared_passage_makes_it_private_and_the_list_tells(home: Home) -> None:
    home.write(a=SECTIONS)
    home.share(home.hit("second").id, "work")
    (label,) = home.sharing.labels()
    assert (label.kind, label.passages, label.lost) == ("passage", 1, False)
    home.write(a=SECTIONS.replace("second", "2nd"))
    assert home.seen("work") == []
    (label,) = home.sharing.labels()
    assert (label.passages, label.lost) == (0, True)
    home.write(a=SECTIONS)
    assert home.seen("work") == ["# Two\nThe second walrus."]


def test_a_passage_of_a_shared_note_can_be_kept_private(home: Home) -> None:
    home.write(a=SECTIONS)
    home.share("a.md", "public")
    home.share(home.hit("second").id, how="set")
    assert home.seen() == ["# One\nThe first walrus."]
    home.share(home.hit("second").id, how="clear")
    assert len(home.seen()) == 2


def test_relabelling_embeds_nothing_and_outlives_index_and_process(home: Home) -> None:
    home.write(a=SECTIONS, shared__b="a walrus dances")
    home.memory.remember("walrus ahoy", source="chat", thread="t")
    passage = home.hit("second").id
    before = list(home.embedder.embedded)
    home.share("shared", "work")
    home.share(passage, "work")
    home.share("t", "work")
    assert home.embedder.embedded == before
    seen = home.seen("work")
    assert len(seen) == 3
    home.memory.rebuild()
    assert home.seen("work") == seen
    home.memory.close()
    home.open()
    assert home.seen("work") == seen


def test_labels_that_changed_while_the_index_was_away_count_at_its_next_opening(home: Home) -> None:
    home.write(a="a walrus")
    home.share("a.md", "work")
    home.memory.close()
    home.texts.keep_label("note", str(home.vault / "a.md"), None, NOW)
    home.open()
    assert home.seen("work") == []


def test_texts_and_conversations_are_shared(home: Home) -> None:
    ids = [home.memory.remember(f"walrus {n}", source="chat", thread="conversation/c1") for n in range(2)]
    answer = home.memory.remember("walrus, says Sage", source="chat", thread="conversation/c1", origin="tool")
    home.share(ids[0], "aunt")
    assert home.seen("aunt") == ["walrus 0"]
    home.share("c1", "work")
    assert home.seen("work") == ["walrus 1"]
    home.share(ids[0], "work")
    home.share(answer, "work")
    assert home.seen("work") == ["walrus 0", "walrus 1", "walrus, says Sage"]
    home.memory.remember("walrus 2", source="chat", thread="conversation/c1")
    assert "walrus 2" in home.seen("work")
    home.share("conversation/c1", how="set")
    assert home.seen("work") == ["walrus 0", "walrus, says Sage"]


def test_what_a_text_was_remembered_with_counts_until_it_is_labelled(home: Home) -> None:
    name = home.memory.remember("walrus", source="chat", audience="Work")
    assert home.seen("work") == ["walrus"]
    home.share(name, how="set")
    assert home.seen("work") == []
    home.share(name, how="clear")
    assert home.seen("work") == ["walrus"]


def test_a_preview_tells_what_becomes_visible_and_changes_nothing(home: Home) -> None:
    home.write(
        shared__a=SECTIONS,
        shared__b="---\naudience: private\n---\na walrus dances",
        shared__c="---\naudience: aunt\n---\nwalrus",
    )
    target = home.sharing.find("shared", str(home.vault))
    change = home.sharing.preview(target, "add", ["work"])
    assert [(reach.name, reach.passages, reach.sources) for reach in change.gains] == [("work", 2, 1)]
    assert change.opening == ("shared/a.md: # One The first walrus.", "shared/a.md: # Two The second walrus.")
    assert (change.widens, change.others, change.losses) == (True, 1, ())
    assert home.seen("work") == []
    assert not home.sharing.preview(target, "set", []).widens
    home.share("shared", "work")
    assert not home.sharing.preview(target, "add", ["work"]).widens
    narrowed = home.sharing.preview(target, "set", [])
    assert [(reach.name, reach.passages) for reach in narrowed.losses] == [("work", 2)]


def test_an_empty_folder_that_is_shared_widens_what_comes_later(home: Home) -> None:
    (home.vault / "later").mkdir()
    assert home.sharing.preview(home.sharing.find("later", str(home.vault)), "add", ["work"]).widens
    home.share("later", "work")
    home.write(later__a="a walrus")
    assert home.seen("work") == ["a walrus"]


def test_taking_a_label_away_can_widen(home: Home) -> None:
    home.write(shared__a="a walrus")
    home.share("shared", "work")
    home.share("shared/a.md", how="set")
    assert home.sharing.preview(home.sharing.find("shared/a.md", str(home.vault)), "clear").widens


def test_a_near_miss_of_a_name_is_told(home: Home) -> None:
    home.write(a="a walrus")
    home.share("a.md", "work")
    change = home.sharing.preview(home.sharing.find("a"), "add", ["wrok"])
    assert "work" in change.hints[0]
    assert home.sharing.preview(home.sharing.find("a"), "add", ["work"]).hints == ()


@pytest.mark.parametrize(
    "words", ["trips/lisbon.md", "lisbon", "Lisbon", "trips/lisbon.md#Lisbon:1", "./trips/../trips/lisbon.md"]
)
def test_a_note_is_found_by_path_name_or_citation(home: Home, words: str) -> None:
    home.write(trips__lisbon="a walrus in Lisbon")
    assert str(home.vault / "trips/lisbon.md") in home.sharing.find(words, str(home.vault)).targets[0]


def test_what_is_not_there_is_told_with_the_nearest(home: Home) -> None:
    home.write(lisbon="walrus", one__same="a", two__same="b")
    with pytest.raises(NotFound, match="lisbon"):
        home.sharing.find("lisbno")
    with pytest.raises(BadInput, match="Several"):
        home.sharing.find("same")
    for nothing in ("", "p_00000000000000000000", "nowhere at all"):
        with pytest.raises((BadInput, NotFound)):
            home.sharing.find(nothing)
    with pytest.raises(BadInput, match="nobody"):
        home.sharing.preview(home.sharing.find("lisbon"), "add", ["private"])


def test_why_somebody_may_see_something_is_told(home: Home) -> None:
    home.write(shared__a=SECTIONS, b="---\naudience: work\n---\nwalrus")
    home.share("shared", "work")
    home.share(home.hit("second").id, "work", "aunt")
    sight = home.sharing.seen_by(["Work"])
    assert (sight.passages, sight.sources) == (3, 2)
    assert [(one.source, one.passages, one.label.layer) for one in sight.seen] == [
        ("b.md", 1, "own"),
        ("shared/a.md", 1, "folder"),
        ("shared/a.md", 1, "passage"),
    ]
    label = home.sharing.label_of(home.hit("first").id)
    assert label is not None
    assert (label.layer, label.target) == ("folder", str(home.vault / "shared"))
    assert home.sharing.label_of("p_00000000000000000000") is None
    assert home.sharing.seen_by(["stranger"]).seen == ()


MAIL = """From demo@example.org Thu May  2 10:00:00 2024
From: Demo Colleague <demo@example.org>
Subject: #share/public
Date: Thu, 2 May 2024 10:00:00 +0000
Message-ID: <1@example.org>

---
audience: public
---
The walrus is ours. #share/public
"""


def test_what_others_wrote_shares_nothing(home: Home) -> None:
    (home.vault / "post.mbox").write_text(MAIL)
    (home.vault / "clipped.md").write_text(
        "---\norigin: web\naudience: public\n---\nA walrus was seen. #share/public\n"
    )
    home.write(quoting="> the walrus wrote #share/public\n")
    home.memory.remember("walrus #share/public", source="chat", origin="contact")
    assert len(home.memory.recall("walrus", k=10)) == 4
    assert home.seen() == []
    home.share("post.mbox", "work")
    assert len(home.seen("work")) == 1


def test_no_tool_shares_what_it_writes_down(home: Home, tmp_path: Path) -> None:
    place = find_home(tmp_path / "home")
    place.prepare()
    notebook = FileNotebook(place)
    tools = HomeTools(home.memory, notebook, FakeReminders(), PlainDateReader(), FakeFacts())
    tools.act("n1", ToolCall("c1", "note", {"text": "the walrus sings #share/public"}), NOW)
    with pytest.raises(BadInput):
        tools.act("g1", ToolCall("c2", "add_goal", {"title": "see a walrus #share/public"}), NOW)
    home.memory.import_path(place.notes)
    assert len(home.memory.recall("walrus")) == 1
    assert home.seen() == []


def test_views_are_kept_while_nothing_changes_that_they_show(home: Home) -> None:
    home.write(a="the walrus sings", b="another walrus")
    home.share("a.md", "work")
    assert home.seen("work") == ["the walrus sings"]
    kept = home.memory._index._views[(("work",),)]
    home.memory.remember("a hidden walrus", source="chat")
    home.write(c="one more hidden walrus")
    home.share("b.md", "aunt")
    assert home.seen("work") == ["the walrus sings"]
    assert home.memory._index._views[(("work",),)] is kept
    home.write(a="the walrus sings twice")
    assert home.seen("work") == ["the walrus sings twice"]
    home.share("b.md", "work")
    assert home.seen("work") == ["another walrus", "the walrus sings twice"]
    home.share("b.md", how="set")
    assert home.seen("work") == ["the walrus sings twice"]
    (home.vault / "a.md").unlink()
    home.write()
    assert home.seen("work") == []


def test_a_name_that_nobody_has_is_hinted_at(home: Home) -> None:
    home.write(a="a walrus")
    home.share("a.md", "work")
    assert "work" in home.sharing.seen_by(["wrok"]).hints[0]
    assert home.sharing.seen_by(["work"]).hints == ()


def test_a_page_is_numbered_as_if_the_hidden_ones_had_never_been_there(home: Home) -> None:
    (home.vault / "Paper.pdf").write_bytes(paper("A surprise for her.", "The walrus sings."))
    home.memory.import_path(home.vault)
    home.share("Paper.pdf", "ann")
    assert home.memory.recall("walrus sings", recipients=("ann",))[0].heading == "Page 2"
    home.share(home.hit("surprise").id, how="set")
    (hit,) = home.memory.recall("walrus page 1", recipients=("ann",))
    assert (hit.heading, hit.text) == ("Page 1", "The walrus sings.")
    assert home.hit("walrus sings").heading == "Page 2"
