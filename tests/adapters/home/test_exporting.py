from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sage.adapters.database import Database
from sage.adapters.home.exporting import export_home
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.journal.journal_nudges import NudgePages
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_replies import KeptReply, ReplyPages
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.notes.notebook import FileNotebook
from sage.core.deputy.replies import Reply
from sage.core.disclosure import Piece
from sage.core.errors import BadInput, HomeReadOnly, NotFound
from sage.core.exports import Export
from sage.core.facts.facts import Statement
from sage.core.nudge_words import NudgeDecision, Thing
from sage.core.passages import Hit, RememberedText
from sage.core.pauses import Pause
from sage.core.reading.chunking import read_note
from sage.core.rituals import GOAL_CHOICES, PastRitual, Ritual, RitualAnswer, RitualLine, RitualQuestion
from sage.core.schedules.schedule import Rule, Schedule
from sage.core.turns import Action, Answer, ApprovalNeeded
from sage.locations import Home
from tests.reminders import keep_reminder

NOW = datetime(2024, 5, 1, 10, tzinfo=UTC)
WORDS = [
    "notecanary", "goalcanary", "whycanary", "taskcanary", "saidcanary", "answercanary", "sourcecanary", "actioncanary",
    "textcanary", "loosecanary", "remindercanary", "factcanary", "labelcanary", "settingcanary", "approvalcanary",
    "interruptedcanary", "skillcanary", "linecanary", "questioncanary", "wordscanary", "focuscanary", "nudgecanary",
    "toldcanary", "subjectcanary", "filecanary", "sendercanary", "sentcanary", "basecanary", "wantedcanary", "theirscanary",
    "draftcanary", "evidencecanary", "optcanary",
]  # fmt: skip
"""Put into every place that holds words, and sought in what comes out."""
KEY = "sk-canary-1234567890abcdefghij"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    database = open_journal(home.journal)
    yield database
    database.close()


@pytest.fixture
def full(home: Home, database: Database) -> Database:
    notebook = FileNotebook(home)
    notebook.add_note("n1", "A note with notecanary", now=NOW)
    (home.notes / "deep").mkdir()
    (home.notes / "deep/picture.png").write_bytes(b"\x89PNG\0")
    notebook.add_goal("g1", "Reach the goalcanary", why="whycanary", now=NOW)
    notebook.add_task("k1", "do the taskcanary", now=NOW)
    home.settings.write_text(f'[person]\nname = "settingcanary"\n# {KEY}\n')
    (home.path / "skills").mkdir()
    (home.path / "skills/one.md").write_text("skillcanary")
    (home.secrets).mkdir()
    (home.secrets / "keys.json").write_text(KEY)
    journal = Journal(database)
    journal.begin_turn("t1", "c1", "Say: saidcanary? # not a heading", NOW)
    hit = Hit("p_1", "Tea.md", "Tea", 3, 0, 5, "the sourcecanary\nin two lines")
    action = Action("a1", "add_task", {"text": "x"}, "done", "Added actioncanary")
    journal.claim_action("t1", action, NOW)
    journal.settle_action(action, NOW)
    request = ApprovalNeeded("ap1", "add_task", {"text": "x"}, "Add it?", "approvalcanary", "d")
    journal.settle_approval("t1", request, True, NOW)
    journal.finish_turn(Answer("t1", "c1", "It is answercanary [1]", (hit,), (action,), "librarian"), NOW)
    journal.begin_turn("t2", "c2", "Say: saidcanary? # not a heading", NOW)
    journal.note_partial("t2", "interruptedcanary")
    texts = TextPages(database)
    texts.add_texts([
        RememberedText("the textcanary", "chat", "Monday: a/b", speaker="Ann", when="2024-05-01T09:00:00", origin="contact"),
        RememberedText("the loosecanary", "clipboard", audience=("bob",)),
    ])  # fmt: skip
    texts.keep_label("note", "labelcanary.md", ("bob",), NOW)
    texts.add_root("/somewhere/else")
    keep_reminder(database, "r1", "the remindercanary", "2024-06-01T09:00")
    fact = Statement(
        "f_1", "preference", "me", "likes", "factcanary", "I like factcanary", stated_at="2024-05-01", recorded_at="x"
    )
    facts = FactPages(database)
    facts.put_documents([("Tea.md", "m", [fact])], NOW)
    facts.decide("f_1", "right", NOW)
    asked = RitualQuestion("g1", "goal", "Is questioncanary right?", "", GOAL_CHOICES)
    review = Ritual("review", "2024-05-01", (RitualLine("done", "Done: linecanary", ("k1",)),), (asked,))
    RitualPages(database).keep(PastRitual(review, (RitualAnswer("g1", "rewrite", "to wordscanary"),)), NOW)
    FocusPages(database).begin("u1", "focuscanary", 25, NOW)
    PausePages(database).begin(Pause(NOW.isoformat()))
    nudges = NudgePages(database)
    nudges.keep([("j1", Thing("task", "k1", "the nudgecanary")), ("j2", Thing("goal", "g1", "the nudgecanary"))], NOW)
    nudges.send(nudges.waiting()[0], NudgeDecision(NOW.isoformat(), "send"), {})
    nudges.answer("j1", "not today", NOW)
    SchedulePages(database).add(Schedule("j1", "toldcanary?", Rule("2024-05-01T12:00", "UTC"), "nudge"), (), NOW)
    database.run(
        "INSERT INTO inbound (id, account, event, conversation, sender, name, subject, attachments, state, at, received_at)"
        " VALUES ('i1', 'mail/me', '1', 'thread', 'a@example.org', 'Demo sendercanary', 'subjectcanary', ?, 'kept', ?, ?)",
        ('[{"name": "filecanary.pdf"}]', NOW.isoformat(), NOW.isoformat()),
    )
    database.run(
        "INSERT INTO outbox (id, key, account, conversation, recipients, text, kind, state, made_at, changed_at)"
        """ VALUES ('u1', 'k', 'mail/me', 'thread', '["a@example.org"]', 'the sentcanary', 'reply', 'sent', ?, ?)""",
        (NOW.isoformat(), NOW.isoformat()),
    )
    database.run(
        "INSERT INTO task_changes (id, account, task, do, base, wanted, theirs, state, made_at, changed_at)"
        " VALUES ('h1', 'todotxt/own', '7', 'update', ?, ?, ?, 'conflict', ?, ?)",
        (*(f'{{"text": "{word}canary"}}' for word in ("base", "wanted", "theirs")), NOW.isoformat(), NOW.isoformat()),
    )
    pages, piece = ReplyPages(database), Piece("p_1", "evidencecanary.md#Tea:3", "the words", "tea")
    reply = Reply("draft", "ask", "the draftcanary", (piece,), ("demo",), "demo", ("tea",), hints=("other.md#:1",))
    pages.add(KeptReply("y1", "i1", "mail/me", "thread", reply, "open", made_at=NOW.isoformat()))
    pages.opt_out("optcanary", NOW)
    pages.take_over("mail/me", "thread", NOW)
    pages.begin_absence(Pause(NOW.isoformat(), "2024-05-03T10:00:00+00:00"))
    return database


def read_all(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_every_word_that_was_put_in_comes_out_in_markdown_and_in_json(
    home: Home, full: Database, tmp_path: Path
) -> None:
    export_home(home, full, tmp_path / "out")
    files = read_all(tmp_path / "out")
    markdown = b"".join(data for path, data in files.items() if path != "sage.json").decode("utf-8", "replace")
    for word in WORDS:
        if word != "approvalcanary":  # pages tell what was done; who allowed it is for programs
            assert word in markdown, word
        assert word in files["sage.json"].decode(), word


def test_the_structure_is_the_one_that_is_documented(home: Home, full: Database, tmp_path: Path) -> None:
    export_home(home, full, tmp_path / "out")
    data = (tmp_path / "out/sage.json").read_bytes()
    export = msgspec.json.decode(data, type=Export)
    assert [one.id for one in export.conversations] == ["c1", "c2"]
    assert export.conversations[0].turns[0].answer.answer == "It is answercanary [1]"
    assert [text.text for text in export.texts if not text.thread.startswith("conversation/")] == [
        "the textcanary",
        "the loosecanary",
    ]
    assert (export.facts[0].decision, export.facts[0].statement.value) == ("right", "factcanary")
    assert export.imported == ("/somewhere/else",)
    assert json.loads(data)["format"] == 1


def test_what_was_decided_in_rituals_and_answered_to_nudges_comes_out(
    home: Home, full: Database, tmp_path: Path
) -> None:
    export_home(home, full, tmp_path / "out")
    files = {path: data.decode() for path, data in read_all(tmp_path / "out").items() if path.endswith(".md")}
    assert "- You said of Is questioncanary right?: rewrite: to wordscanary\n" in files["rituals.md"]
    assert files["focus.md"].endswith("- 2024-05-01 10:00 to 10:25 UTC: focuscanary\n")
    assert "- toldcanary? (sent 2024-05-01 10:00 UTC; you answered not today)\n" in files["nudges.md"]
    assert "- the nudgecanary (waiting)\n" in files["nudges.md"]
    assert "toldcanary" not in files["reminders.md"]
    export = msgspec.json.decode((tmp_path / "out/sage.json").read_bytes(), type=Export)
    assert (export.nudges[0].nudge.answer, [one.decision for one in export.nudges[0].decisions]) == (
        "not today",
        ["send"],
    )
    assert export.rituals[0].answers[0].deed == "rewrite" and export.focus[0].id == "u1" and export.pauses[0].since


def test_what_was_answered_and_when_the_person_was_away_comes_out(home: Home, full: Database, tmp_path: Path) -> None:
    export_home(home, full, tmp_path / "out")
    found = msgspec.json.decode((tmp_path / "out/sage.json").read_bytes(), type=Export)
    ((one,), (away,)) = found.replies, found.absences
    assert (one.arrival, one.reply.reason, one.reply.hints, one.state) == ("i1", "ask", ("other.md#:1",), "open")
    assert (away.until, found.opted_out) == ("2024-05-03T10:00:00+00:00", ("optcanary",))
    assert found.taken_over == (("mail/me", "thread"),)
    page = (tmp_path / "out/answers.md").read_text()
    assert "for demo (draft, you want to see such answers first; open): message i1\n   > the draftcanary" in page
    assert "2024-05-01 10:00 to 2024-05-03 10:00" in page


def test_files_are_copied_byte_for_byte_and_pages_stand_beside_them(home: Home, full: Database, tmp_path: Path) -> None:
    draft = home.drafts / "app" / "talk.txt"
    draft.parent.mkdir(parents=True)
    draft.write_text("not sent yet")
    export_home(home, full, tmp_path / "out")
    files = read_all(tmp_path / "out")
    assert files["drafts/app/talk.txt"] == b"not sent yet"
    assert files["notes/deep/picture.png"] == b"\x89PNG\0"
    assert files["tasks.md"] == home.tasks.read_bytes()
    assert {
        "README.md", "facts.md", "labels.md", "reminders.md", "sage.json", "skills/one.md", "texts/Monday a b.md",
        "texts/clipboard.md",
        "conversations/2024-05-01 Say saidcanary not a heading.md", "conversations/2024-05-01 Say saidcanary not a heading 2.md",
    } <= set(files)  # fmt: skip


def test_a_key_never_comes_out(home: Home, full: Database, tmp_path: Path) -> None:
    export_home(home, full, tmp_path / "out")
    assert not any(KEY.encode() in data for data in read_all(tmp_path / "out").values())


def test_the_same_home_gives_the_same_bytes(home: Home, full: Database, tmp_path: Path) -> None:
    export_home(home, full, tmp_path / "one")
    export_home(home, full, tmp_path / "two")
    assert read_all(tmp_path / "one") == read_all(tmp_path / "two")


def test_pages_that_are_read_in_again_are_no_new_statements_of_the_person(
    home: Home, full: Database, tmp_path: Path
) -> None:
    export_home(home, full, tmp_path / "out")
    pages = [path for path in (tmp_path / "out").rglob("*.md") if path.parent.name in ("out", "conversations", "texts")]
    origins = {path.name: read_note(path.read_text()).head.origin for path in pages if path.name != "tasks.md"}
    assert {"README.md", "facts.md", "labels.md"} < set(origins) and set(origins.values()) == {"tool"}


def test_an_empty_home_is_exported_too(home: Home, database: Database, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = export_home(home, database, tmp_path / "out")
    assert set(read_all(tmp_path / "out")) == {"README.md", "sage.json"}
    assert done.files == 2


def test_only_the_owner_can_read_it(home: Home, full: Database, tmp_path: Path) -> None:
    export_home(home, full, tmp_path / "out")
    for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_nothing_is_ever_written_over(home: Home, database: Database, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        with pytest.raises(BadInput):
            export_home(home, database, tmp_path / name)
    with pytest.raises(NotFound):
        export_home(home, database, tmp_path / "gone/out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full", "home"]


def test_no_place_that_sage_reads_is_taken(home: Home, database: Database, tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    TextPages(database).add_root(str(tmp_path / "vault"))
    for target in (home.path / "out", home.notes / "out", tmp_path / "vault/out"):
        with pytest.raises(BadInput):
            export_home(home, database, target)


def test_what_cannot_be_copied_is_named(home: Home, full: Database, tmp_path: Path) -> None:
    (home.notes / "link.md").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(home.notes / "pipe.md")
    done = export_home(home, full, tmp_path / "out")
    assert [each.partition(":")[0] for each in done.export.left_out] == ["notes/link.md", "notes/pipe.md"]


def test_an_export_that_fails_leaves_nothing(
    home: Home, full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(HomeReadOnly):
        export_home(home, full, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
