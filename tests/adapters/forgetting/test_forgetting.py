"""Forgetting in a real home, without an engine: what goes, what comes back, and what is left after a purge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sage.adapters.forgetting.byte_scan import forms, look
from sage.adapters.forgetting.forgetting import PLACES, Forgetter, forgetting_journal
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.home_swap import restore_home
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.fact_reader import FactReader
from sage.adapters.memory.memory import SageMemory
from sage.adapters.notes.notebook import FileNotebook
from sage.agent.prompt import Voice, compose
from sage.core.errors import BadInput, DiskFull, HomeBusy, NotFound, TornFile
from sage.core.forgetting.forgetting import Forgetting, Preview, Purged, Target
from sage.core.passages import digest_of, passage_target
from sage.core.reading.note_text import compose as compose_note
from sage.core.turns import Action, Answer, ApprovalNeeded
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.reminders import keep_reminder

NOW = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Europe/Berlin"))
SECRET = "The spare key lies under the third blue flowerpot behind the shed."
CODE = "ZEBRA-77431"


class Place:
    """A home with all that forgetting needs, opened and closed at will."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.home.prepare()
        self.time = NOW
        self.open()

    def open(self) -> None:
        home = self.home
        self.database = open_journal(home.journal)
        self.journal, self.texts = Journal(self.database), TextPages(self.database)
        self.facts = FactPages(self.database)
        reader = FactReader(self.facts, self.texts, lambda: self.time)
        self.memory = SageMemory(home.index, self.texts, FakeEmbedder(), facts=reader)
        self.notebook = FileNotebook(home, changed=self._read)
        self.forgetter = Forgetter(home, self.database, self.memory, self.now)

    def _read(self, path: Path) -> None:
        self.memory.import_path(path.parent if path.parent in (self.home.notes, self.home.goals) else path)

    def close(self) -> None:
        self.memory.close()
        self.database.close()

    def now(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time

    def note(self, title: str, text: str) -> None:
        self.notebook.add_note(f"n{title}", text, title=title, now=self.now())

    def turn(self, name: str, said: str, answer: str, *, of: str = "c1", k: int = 1) -> None:
        self.journal.begin_turn(name, of, said, self.now())
        hits = tuple(self.memory.recall(said, k=k))
        self.journal.finish_turn(Answer(name, of, answer, hits, (), "librarian"), self.now())
        self.memory.catch_up()

    def forget(self, *names: str, edit: bool = False, **more: str | bool) -> Forgetting:
        target = Target(names, **more)  # type: ignore[arg-type]
        return self.forgetter.forget(target, self.forgetter.preview(target).digest, edit=edit)

    def purge(self, name: str = "all") -> Purged:
        return self.forgetter.purge(name)

    def shows(self, words: str) -> list[str]:
        """The passages that memory finds and that hold these words."""
        return [hit.text for hit in self.memory.recall(words, k=50) if words in hit.text]

    def left(self, *words: str) -> list[str]:
        """Files that hold any of these words in some form; nothing may be open."""
        self.close()
        found = look(self.home.path, [form for each in words for form in forms(each)])
        self.open()
        assert not found.unread
        return [each.file for each in found.found]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def kinds(preview: Preview) -> set[tuple[str, str]]:
    return {(item.kind, item.why) for item in preview.items}


# what is shown


def test_a_note_goes_with_the_answer_that_cites_it_and_with_repeats_of_its_words(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Copy", f"A friend told me once. {SECRET} And the milk is out.")
    place.turn("t1", "Where does the spare key lie?", "Under a pot [1].")
    place.turn("t2", "Do you like tea, on the whole?", "I do not drink.")
    found = place.forgetter.preview(Target(("notes/Shed.md",)))
    assert kinds(found) == {
        ("note", "named"),
        ("what you said", "derived"),
        ("answer", "derived"),
        ("note", "repeated"),
    }
    (copy,) = (item for item in found.items if item.why == "repeated")
    assert (copy.citation, copy.fate, copy.opening) == ("notes/Copy.md", "cut", SECRET)


def test_a_question_stays_when_what_it_names_stands_elsewhere_too(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Keys", "A spare key for the flat is with the neighbour, where it lies in a drawer.")
    place.turn("t1", "Where does the spare key for the third flowerpot lie?", "Under a pot [1].")
    place.turn("t2", "Where is a spare key?", "Under a pot [1].")
    found = place.forgetter.preview(Target(("notes/Shed.md",)))
    assert [item.opening for item in found.items if item.kind == "what you said"] == [
        "Where does the spare key for the third flowerpot lie?"
    ]


def test_only_leaves_repeats(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Copy", SECRET)
    assert kinds(place.forgetter.preview(Target(("notes/Shed.md",), only=True))) == {("note", "named")}


def test_a_turn_of_phrase_that_stands_everywhere_finds_nothing(place: Place) -> None:
    for number in range(9):
        place.note(
            f"Day {number}", f"What went well today and what did not go so well?\n\nThing number {number} word{number}."
        )
    assert len(place.forgetter.preview(Target(("notes/Day 3.md",))).items) == 1


def test_what_is_not_there_is_told(place: Place) -> None:
    with pytest.raises(NotFound, match="nothing called"):
        place.forgetter.preview(Target(("notes/No.md",)))
    with pytest.raises(BadInput, match="Nothing was named"):
        place.forgetter.preview(Target())


def test_a_yes_is_for_what_was_shown(place: Place) -> None:
    place.note("Shed", SECRET)
    target = Target(("notes/Shed.md",))
    shown = place.forgetter.preview(target)
    place.note("Copy", SECRET)
    with pytest.raises(BadInput, match="has changed since"):
        place.forgetter.forget(target, shown.digest)
    assert place.shows(SECRET)


# taking out and giving back


def test_what_was_forgotten_is_found_nowhere_and_comes_back_byte_for_byte(place: Place) -> None:
    place.note("Shed", SECRET)
    place.notebook.add_task("k1", f"Look whether it fits: {CODE}", now=place.now())
    place.notebook.add_task("k2", "Water the plants", now=place.now())
    place.memory.remember(f"The number of the shed is {CODE}.", source="chat", thread="s1")
    place.memory.remember("Foxes live behind the shed.", source="chat", thread="s1")
    place.turn("t1", "Where does the spare key lie?", "Under a pot [1].")
    before = {path: path.read_bytes() for path in (place.home.tasks, place.home.notes / "Shed.md")}
    rows = tables(place)
    done = place.forget(words="shed")
    assert not place.shows("shed") and not place.shows(CODE) and not place.shows("spare key lies")
    assert place.home.tasks.read_text() == "- [ ] Water the plants ^k2\n"
    assert not (place.home.notes / "Shed.md").exists()
    place.forgetter.undo(done.id)
    assert {path: path.read_bytes() for path in before} == before
    assert tables(place) == rows
    assert place.shows(SECRET) and len(place.shows(CODE)) == 2


def test_a_fact_goes_with_the_words_that_say_it_and_comes_back_with_them(place: Place) -> None:
    place.note("Health", "I'm allergic to zebrafish.")
    place.turn("t1", "I promised Demo Aunt to repaint the gazebo.", "Noted.")
    place.note("Home", "I live in Rome.")
    kept = {one.id: one for one in place.facts.statements()}
    assert len(kept) == 3
    gone = [place.forget("notes/Health.md").id, place.forget(person="Demo Aunt").id]
    assert [one.value for one in place.facts.statements()] == ["Rome"]
    for name in reversed(gone):
        place.forgetter.undo(name)
    assert {one.id: one for one in place.facts.statements()} == kept
    place.forget("notes/Health.md"), place.forget(person="Demo Aunt")
    place.purge()
    assert [one.value for one in place.facts.statements()] == ["Rome"]
    assert place.left("zebrafish", "gazebo", *(name for name, one in kept.items() if one.value != "Rome")) == []


def test_a_note_whose_name_says_the_words_goes_whole_since_nothing_can_be_cut_out_of_a_name(place: Place) -> None:
    place.notebook.add_note("n1", "I saw a flowerpotter at the market. It was warm.", now=place.now())
    place.note("Market", "Once a flowerpotter came along. The plums were good.")
    place.note("Quoted", f"{SECRET} And the milk is out.")
    place.notebook.add_note("n2", f"{SECRET} The hedge is high.", now=place.now())
    place.note(
        "What stands in my shed", f"# What stands in my shed\n\n{SECRET}\n\n## Rake\n\nThe rake stands in front."
    )
    files = lambda: sorted(path.name for path in place.home.notes.iterdir())  # noqa: E731
    assert len(files()) == 5
    place.forget(words="flowerpotter")
    place.forget("notes/Quoted.md")
    assert files() == ["Market.md", "What stands in my shed.md"]
    purged = place.purge()
    assert not purged.proof.standing and not place.left("flowerpotter", "third blue")
    assert "plums" in (place.home.notes / "Market.md").read_text()


def test_who_worded_a_summary_that_goes_is_no_word_of_it(place: Place) -> None:
    place.turn("t1", "Where did the flowerpotter lie?", "Nowhere.")
    fields = {"title": "Summary of where", "origin": "tool", "summary_of": "c1", "turns": "t1", "model": "librarian"}
    body = "- you: “Where did the flowerpotter lie?” [1]\n\n## Turns\n\n1. you, 2026-11-22 10:01 (t1)"
    (place.home.notes / "Summary of where.md").write_text(compose_note(fields, body))
    place.memory.import_path(place.home.notes)
    purged = place.purge(place.forget("c1").id)
    assert not list(place.home.notes.iterdir()) and not purged.proof.leaks


def test_a_fact_of_a_note_is_gone_for_good_though_a_goal_goes_with_it(place: Place) -> None:
    place.note("Games", "I prefer flowerpotting to chess.")
    place.notebook.add_goal("g1", "flowerpotting", now=place.now())
    kept = place.facts.statements()
    assert len(kept) == 1
    gone = place.forget(words="flowerpotting")
    assert not place.facts.statements()
    place.forgetter.undo(gone.id)
    assert place.facts.statements() == kept
    purged = place.purge(place.forget(words="flowerpotting").id)
    assert not purged.proof.standing and not place.left("flowerpotting")


class Saving(SageMemory):
    """While something is forgotten, another note is saved: facts are read before the index knows what went."""

    saved: Path

    def follow_forgetting(self) -> None:
        self.saved.write_text("Saved meanwhile.\n")
        self.look_again([self.saved])
        super().follow_forgetting()


def test_a_fact_that_was_read_again_while_its_note_went_goes_as_well(place: Place) -> None:
    place.note("Games", "I prefer flowerpotting to chess.")
    place.note("Others", "It rains.")
    place.memory.close()
    reader = FactReader(place.facts, place.texts, place.now)
    place.memory = memory = Saving(place.home.index, place.texts, FakeEmbedder(), facts=reader)
    memory.saved = place.home.notes / "Others.md"
    place.forgetter = Forgetter(place.home, place.database, place.memory, place.now)
    place.purge(place.forget(words="flowerpotting").id)
    assert not place.facts.statements()
    assert not place.left("flowerpotting")


def tables(place: Place) -> dict[str, list[tuple[object, ...]]]:
    names = [name for name in forgetting_journal.WORDLESS if name not in ("forgettings", "roots")]
    return {name: place.database.rows(f"SELECT * FROM {name} ORDER BY rowid") for name in names}


def test_the_newest_text_can_be_forgotten_and_memory_goes_on(place: Place) -> None:
    place.memory.remember("Foxes live behind the shed.", source="chat", thread="s1")
    name = place.memory.remember(SECRET, source="chat", thread="s1")
    place.forget(name)
    place.close()
    place.open()
    assert not place.shows(SECRET) and place.shows("Foxes live")
    place.memory.remember("Owls live in the shed.", source="chat", thread="s1")
    place.close()
    place.open()
    assert place.shows("Owls live") and not place.shows(SECRET)
    assert place.memory.counts().texts == 2


def test_an_answer_that_rested_on_it_is_replaced_whole_and_told_to_no_model(place: Place) -> None:
    place.note("Shed", SECRET)
    place.turn("t1", "Where does the spare key lie?", "Under a pot [1].")
    place.forget("notes/Shed.md")
    (past,) = place.journal.history("c1")
    assert past.answer.answer == "This answer rested on words that were forgotten on 2026-11-22."
    assert past.answer.sources == () and past.answer.model == "librarian"
    assert past.forgotten.startswith("2026-11-22")
    request = compose(Voice(), [past], "And now?", passages=(), tools=(), now=NOW, max_tokens=9)
    assert [message.text for message in request.messages] == ["And now?"]


def test_what_was_added_to_a_file_since_stays_when_the_rest_comes_back(place: Place) -> None:
    place.note("Copy", f"First.\n\n{SECRET}\n\nLast.")
    place.note("Shed", SECRET)
    done = place.forget("notes/Shed.md")
    path = place.home.notes / "Copy.md"
    path.write_text(path.read_text().replace("Last.", "Last.\n\nNewer than that."))
    place.note("Shed", "Another note of that name")
    place.forgetter.undo(done.id)
    text = path.read_text()
    assert text.index("First.") < text.index(SECRET) < text.index("Last.") < text.index("Newer")
    assert "Another note" in (place.home.notes / "Shed.md").read_text()
    assert SECRET in (place.home.notes / "Shed 2.md").read_text()


def test_of_two_forgettings_of_one_answer_the_first_can_be_undone_first(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Keys", "A spare key: where does it lie?")
    place.turn("t1", "Where does the spare key lie?", "Under a pot [1].", k=2)
    rows = tables(place)
    first, second = place.forget("notes/Shed.md"), place.forget("t1")
    place.forgetter.undo(first.id)
    assert place.journal.turn("t1").answer.answer != "Under a pot [1]."
    place.forgetter.undo(second.id)
    assert tables(place) == rows


def test_a_file_that_a_later_forgetting_took_whole_stays_away_until_that_is_undone(place: Place) -> None:
    place.note("Copy", f"First.\n\n{SECRET}\n\nLast of it.")
    place.note("Shed", SECRET)
    before = (place.home.notes / "Copy.md").read_bytes()
    first, second = place.forget("notes/Shed.md"), place.forget("notes/Copy.md")
    place.forgetter.undo(first.id)
    assert not (place.home.notes / "Copy.md").exists()
    place.forgetter.undo(second.id)
    assert (place.home.notes / "Copy.md").read_bytes() == before


# purging


def test_a_purge_leaves_nothing_in_any_file_and_all_else_is_there(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Tea", "Green tea wants water of 70 degrees.")
    place.note("Copy", f"A friend told me once. {SECRET} And the milk is out.")
    place.memory.remember(f"Mind: {SECRET}", source="chat", thread="s1")
    place.turn("t1", "Where does the spare key lie?", "Under the third blue flowerpot [1].")
    place.turn("t2", "How warm for green tea?", "70 degrees [1].")
    action = Action("t2-1", "note", {"text": SECRET}, "done", f"Noted: {SECRET}")
    place.journal.claim_action("t2", action, NOW)
    place.journal.settle_approval(
        "t2", ApprovalNeeded("a1", "note", {"text": SECRET}, "", SECRET, "0f0f0f0f0f"), True, NOW
    )
    keep_reminder(place.database, "r1", SECRET, "2026-12-01T08:00")
    (place.home.logs / "engine.log").write_text(f"a line\na line with {SECRET}\n")
    draft = place.home.drafts / "app" / "talk.txt"
    draft.parent.mkdir(parents=True)
    draft.write_text(f"Not sent yet.\n\n{SECRET}\n")
    before = backups.make(place.home, place.database, None, place.now())
    done = place.forget("notes/Shed.md")
    between = backups.make(place.home, place.database, None, place.now())
    purged = place.purge(done.id)
    assert (purged.proof.leaks, purged.proof.standing, purged.copies) == ((), (), 4)
    assert draft.read_text().strip() == "Not sent yet."
    assert not place.left(SECRET, "third blue flowerpot", "flowerpot", "0f0f0f0f0f")
    assert place.shows("70 degrees") and "milk is out" in (place.home.notes / "Copy.md").read_text()
    assert place.journal.turn("t2").answer.answer == "70 degrees [1]."
    for path in (before, between):
        assert {kept.name for kept in kept_backups.verify(path).files} == {
            "journal.db",
            "notes/Copy.md",
            "notes/Tea.md",
        }
    with pytest.raises(BadInput, match="purged"):
        place.forgetter.undo(done.id)


def test_a_backup_of_before_comes_back_without_the_words(place: Place) -> None:
    place.note("Shed", SECRET)
    place.turn("t1", "Where does the spare key lie?", "Under the third blue flowerpot [1].")
    made = backups.make(place.home, place.database, None, place.now())
    place.purge(place.forget("notes/Shed.md").id)
    place.close()
    restore_home(place.home, made, place.now())
    place.open()
    place.memory.import_path(place.home.notes)
    assert not place.shows("flowerpot") and place.journal.turn("t1").said == "(Forgotten on 2026-11-22.)"
    assert not place.left(SECRET, "third blue flowerpot")


def test_a_trash_that_was_not_purged_is_cleaned_of_what_another_purge_takes(place: Place) -> None:
    place.note("Copy", f"A friend told me once. {SECRET} And the milk is out.")
    place.note("Shed", SECRET)
    other = place.forget("notes/Copy.md", only=True)
    place.purge(place.forget("notes/Shed.md").id)
    assert not place.left("third blue flowerpot")
    place.forgetter.undo(other.id)
    assert "milk is out" in (place.home.notes / "Copy.md").read_text()


def test_of_two_notes_with_like_names_each_is_gone_from_backups_when_it_is_purged(place: Place) -> None:
    """One's name has a stretch of the other's: what is kept of the other still says which files to look for."""
    ends = "of the library is kept under number three"
    for word in ("flowerpotter", "zebrafisher"):
        place.notebook.add_note(f"n{word}", f"The {word} {ends} {word}s. I prefer {word} to tea.", now=place.now())
    made = backups.make(place.home, place.database, None, place.now())
    first, second = (
        sorted(path.name for path in place.home.notes.glob(f"*{word}*"))[0] for word in ("flower", "zebra")
    )
    gone = [place.forget(f"notes/{name}", only=True).id for name in (first, second)]
    for name in gone:
        place.purge(name)
    assert not place.left("flowerpotter", "zebrafisher")
    kept_backups.verify(made)


# the person's own files


def test_a_file_of_the_persons_is_edited_only_when_they_say_so(place: Place, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    path = vault / "House.md"
    path.write_text(f"# House\n\nThe roof is new.\n\n{SECRET}\n")
    path.chmod(0o644)
    place.memory.import_path(vault)
    place.note("Shed", SECRET)
    target = Target(("notes/Shed.md",))
    shown = place.forgetter.preview(target)
    (edit,) = shown.edits
    assert edit.path == str(path) and f"-{SECRET}" in edit.difference
    waits = place.forgetter.forget(target, shown.digest)
    assert waits.waiting == (str(path),) and SECRET in path.read_text()
    place.forgetter.undo(waits.id)
    done = place.forget("notes/Shed.md", edit=True)
    assert path.read_text() == "# House\n\nThe roof is new.\n\n" and path.stat().st_mode & 0o777 == 0o644
    assert not place.shows(SECRET)
    assert place.purge(done.id).proof.standing == ()
    assert not place.left("third blue flowerpot")


def test_the_name_of_what_an_answer_only_came_nearer_by_goes_too(place: Place) -> None:
    place.note("Shed", SECRET)
    place.note("Tea", "Green tea wants water of seventy degrees.")
    (near,), (hit,) = place.memory.recall("spare key", k=1), place.memory.recall("green tea", k=1)
    assert near.id.startswith("p_")
    place.journal.begin_turn("t1", "c1", "How hot is the water?", place.now())
    cited = replace(hit, rests_on={"akin": near.id})
    place.journal.finish_turn(Answer("t1", "c1", "Seventy degrees [1].", (cited,), (), "librarian"), place.now())
    first = place.forget("notes/Shed.md")
    (turn,) = place.journal.history("c1")
    assert turn.answer.sources == (replace(cited, rests_on={"akin": ""}),)
    place.forgetter.undo(first.id)
    (turn,) = place.journal.history("c1")
    assert turn.answer.sources == (cited,)
    place.forget("notes/Tea.md")  # keeps the answer as it was, for an undo
    last = place.forget("notes/Shed.md")
    assert not place.purge(last.id).proof.leaks
    assert not place.left(near.id)


# completeness


def test_every_column_of_the_journal_is_claimed(place: Place) -> None:
    for (table,) in place.database.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ):
        columns = set(forgetting_journal.columns_of(place.database.connection, table))
        words, wordless = (
            set(claims.get(table, ())) for claims in (forgetting_journal.WORDS, forgetting_journal.WORDLESS)
        )
        assert words | wordless == columns and not words & wordless, table


def test_every_place_below_the_home_is_claimed(place: Place) -> None:
    named = [getattr(place.home, name) for name, made in vars(Home).items() if isinstance(made, property)]
    tops = {path.relative_to(place.home.path).parts[0] for path in named if path.is_relative_to(place.home.path)}
    assert {*tops, *backups.FOLDERS, *backups.FILES} - set(PLACES) == set()


def test_every_column_that_is_said_to_hold_words_is_emptied_of_them(place: Place, tmp_path: Path) -> None:
    """Each gets a word of its own; after the purge none stands in any file."""
    place.note("Shed", SECRET)
    place.memory.remember(SECRET, source="chat", thread="s1", speaker="Demo Aunt")
    place.turn("t1", "Where does the spare key lie?", f"{SECRET} [1]")
    place.journal.claim_action("t1", Action("t1-1", "note", {"text": SECRET}, "done", SECRET), NOW)
    place.journal.settle_approval(
        "t1", ApprovalNeeded("a1", "note", {"text": SECRET}, "", SECRET, "0f0f0f0f0f"), True, NOW
    )
    keep_reminder(place.database, "r1", SECRET, "2026-12-01T08:00")
    (hit,) = [hit for hit in place.memory.file_passages() if hit.text == SECRET]
    path = str(place.home.notes / "Shed.md")
    place.database.run("INSERT INTO labels VALUES ('note', ?, 'work', '2026')", (path,))
    place.database.run("INSERT INTO labels VALUES ('passage', ?, 'work', '2026')", (passage_target(path, SECRET),))
    place.database.run(
        "INSERT INTO facts VALUES "
        "(1, 'f_0', 'is', 'key', 'key', 'place', 'flowerpot', 1, '', '', ?, '', '', '', 1, '', 'Shed.md', '', '')",
        (SECRET,),
    )
    place.database.run("INSERT INTO fact_places VALUES ('f_0', 'd', 'Shed.md', ?, 1, 0, 9, 'private')", (hit.id,))
    place.purge(place.forget("notes/Shed.md").id)
    assert not place.left(SECRET, "flowerpot", hit.id, digest_of(SECRET), "Shed.md")
    for table in ("labels", "facts", "fact_places", "schedules", "forgotten"):
        assert place.database.rows(f"SELECT * FROM {table}") == [], table


def test_a_summary_loses_the_lines_that_rest_on_a_forgotten_turn(place: Place) -> None:
    place.turn("t1", "The boat was painted green last year.", "Nice.")
    place.turn("t2", "My brother sold the violin to a stranger.", "Oh.")
    body = (
        "# Talk\n\n- A green boat. [1]\n- A sale in the family. [2]\n\n## Turns\n\n1. you, 2026 (t1)\n2. you, 2026 (t2)"
    )
    place.note("Talk", body)
    place.forget("t2")
    text = (place.home.notes / "Talk.md").read_text()
    assert "green boat" in text and "1. you" in text
    assert "sale in the family" not in text and "2. you" not in text


def test_a_mailbox_is_never_edited(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "vault" / "mail.mbox"
    path.parent.mkdir()
    head = "From demo@example.org Mon Nov 23 10:00:00 2026\nFrom: demo@example.org\nSubject: Keys\n"
    path.write_text(f"{head}Date: Mon, 23 Nov 2026 10:00:00 +0000\n\n{SECRET}\n")
    place.memory.import_path(path.parent)
    place.note("Shed", SECRET)
    (edit,) = place.forgetter.preview(Target(("notes/Shed.md",))).edits
    assert (edit.path, edit.difference) == (str(path), "")
    assert place.forget("notes/Shed.md", edit=True).waiting == (str(path),)
    assert SECRET in path.read_text()


def test_settings_are_shown_and_changed_only_on_the_persons_word(place: Place) -> None:
    place.note("Shed", SECRET)
    place.home.settings.write_text(f'[agent]\ninstructions = "{SECRET}"\n')
    target = Target(("notes/Shed.md",))
    (edit,) = place.forgetter.preview(target).edits
    assert edit.path == str(place.home.settings.resolve())
    assert place.forget("notes/Shed.md").waiting == (str(place.home.settings),)
    assert SECRET in place.home.settings.read_text()


def test_an_undo_whose_files_are_missing_changes_nothing(place: Place) -> None:
    place.note("Shed", SECRET)
    done = place.forget("notes/Shed.md")
    for path in (place.home.trash / done.id).iterdir():
        path.unlink()
    rows = tables(place)
    with pytest.raises(TornFile, match="not in"):
        place.forgetter.undo(done.id)
    place.forgetter.resume()
    assert tables(place) == rows
    assert place.purge(done.id).proof.leaks == ()


# killed in the middle


def test_a_purge_that_was_cut_off_goes_on_at_the_next_start(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.note("Shed", SECRET)
    made = backups.make(place.home, place.database, None, place.now())
    done = place.forget("notes/Shed.md")
    monkeypatch.setattr(place.memory, "compact", lambda: (_ for _ in ()).throw(DiskFull("no room")))
    with pytest.raises(DiskFull):
        place.purge(done.id)
    place.close()
    place.open()
    assert [each.state for each in place.forgetter.list()] == ["purging"]
    place.forgetter.resume_purges()
    assert [each.state for each in place.forgetter.list()] == ["purged"]
    assert not place.left("third blue flowerpot")
    kept_backups.verify(made)


def test_a_sentence_of_your_own_that_mentions_a_heading_of_what_goes_stays(place: Place, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Shed.md").write_text(f"# Shed\n\n## Keys beneath flowerpots\n\n{SECRET}\n")
    (vault / "Tour.md").write_text("# Tour\n\nTomorrow I tell her of the keys beneath flowerpots in general.\n")
    (vault / "Same.md").write_text(f"# Same\n\nKeys beneath flowerpots.\n\nAnd then: {SECRET}\n")
    place.memory.import_path(vault)
    found = place.forgetter.preview(Target((str(vault / "Shed.md"),)))
    assert {Path(edit.path).name for edit in found.edits} == {"Shed.md", "Same.md"}
    (same,) = (edit for edit in found.edits if edit.path.endswith("Same.md"))
    assert "-Keys beneath flowerpots." in same.difference


def test_that_a_model_read_a_passage_goes_with_it_and_stays_of_others(place: Place) -> None:
    names = [
        place.memory.remember(text, source="diary") for text in ("Plums? Always, every autumn.", "Rain makes me glad.")
    ]
    place.note("Shed", SECRET)
    (shed,) = [hit.id for hit in place.memory.recall("flowerpot") if hit.text.endswith(SECRET)]
    for name in (*names, shed):
        place.facts.add_found([], name, ["m1"], place.now())
    assert place.facts.read_by("m1") == {*names, shed}
    gone = place.forget(names[0])
    assert place.facts.read_by("m1") == {names[1], shed}
    place.forgetter.undo(gone.id)
    assert place.facts.read_by("m1") == {*names, shed}
    place.forget("notes/Shed.md")
    assert place.facts.read_by("m1") == set(names)


def test_while_notes_are_being_read_nothing_is_forgotten_in_part(place: Place, tmp_path: Path) -> None:
    (vault := tmp_path / "vault").mkdir()
    (vault / "Shed.md").write_text(SECRET)
    place.memory.import_path(vault)
    target, told = Target(words="third blue flowerpot"), []

    def look(step: object) -> None:
        with pytest.raises(HomeBusy, match="still reading"):
            place.forgetter.preview(target)
        told.append(step)

    place.memory.rebuild(look)
    assert told
    assert [Path(edit.path).name for edit in place.forgetter.preview(target).edits] == ["Shed.md"]


def test_the_only_task_is_gone_at_once_and_for_good(place: Place) -> None:
    place.notebook.add_task("k1", SECRET, now=place.now())
    place.memory.import_path(place.home.tasks)
    assert place.shows("flowerpot")
    purged = place.purge(place.forget(words=SECRET).id)
    assert not place.shows("flowerpot") and not purged.proof.standing and not place.left("flowerpot")
