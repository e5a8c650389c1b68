"""Freezes a home of the current schema, once, when a schema lands: `python -m tests.frozen_homes.build`.

It makes `schemaN/` (the home), `schemaN.json` (every row and file that must be found in it) and `schemaN.zip` (a backup of
it). The person in it is invented: a demo. `python -m tests.frozen_homes.build full` makes `schemaN_full` beside it, in which every
table has rows: what was labelled, renamed, stated, found by a model, decided, forgotten and purged, and
what reminders, pauses, focus sessions, nudges and rituals leave behind, and what plugins and models keep.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw

from sage.adapters.database import Database
from sage.adapters.forgetting.forgetting import Forgetter
from sage.adapters.home import backups
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.journal.journal_nudges import NudgePages
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.fact_reader import FactReader
from sage.adapters.memory.memory import SageMemory
from sage.adapters.notes.notebook import FileNotebook
from sage.core.facts.facts import Statement
from sage.core.facts.found_facts import read_found
from sage.core.forgetting.forgetting import Target
from sage.core.messages import Usage
from sage.core.nudge_words import NudgeDecision, Thing
from sage.core.passages import Hit, RememberedText
from sage.core.reading.documents import Person
from sage.core.pauses import Pause
from sage.core.rituals import PastRitual, Ritual, RitualAnswer, RitualChoice, RitualLine, RitualQuestion
from sage.core.schedules.schedule import Rule, Schedule
from sage.core.turns import Action, Answer, ApprovalNeeded
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.reminders import keep_reminder

FROZEN = Path(__file__).parent
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def freeze(*, full: bool = False) -> Path:
    """Makes the frozen home of the current schema, unless there is one."""
    home = Home(FROZEN / f"schema{len(MIGRATIONS)}{'_full' if full else ''}")
    if home.path.exists():
        raise SystemExit(f"{home.path} is frozen already.")
    for folder in (home.path, home.notes, home.goals, home.backups):
        folder.mkdir(mode=0o700)
    _write_files(home)
    with closing(open_journal(home.journal)) as database:
        _write_turns(Journal(database))
        _write_memory(TextPages(database))
        _write_reminders(database)
        database.run(
            "INSERT INTO costs (id, at, day, model, turn, reserved, spent, usage) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ("m1", NOW.isoformat(), "2026-11-22", "demo/model", "t1", 0.02, 0.013, '{"prompt_tokens":900,"cost":0.013}'),
        )
        if full:
            _write_the_rest(home, database)
            _write_days(database)
            _write_accounts(home, database)
            _write_deputy(database)
            _write_models(database)
        backups.make(home, database, FROZEN / f"{home.path.name}.zip", NOW)
    home.backups.rmdir()
    expected = json.dumps({"tables": tables(home.journal), "files": files(home.path)}, indent=1, ensure_ascii=False)
    (FROZEN / f"{home.path.name}.json").write_text(expected + "\n")
    return home.path


def _write_the_rest(home: Home, database: Database) -> None:
    """Rows for the tables that are empty without: their index stands elsewhere, and what they name is no real place."""
    texts, facts = TextPages(database), FactPages(database)
    said = {"2026-03-01": "I live in Berlin.", "2026-06-02": "I moved to Rome.", "2026-06-03": "I love tea. Figs? Always.",
            "2026-06-04": "I hate tea.", "2026-06-05": "I promised to water the demo garden.",
            "2026-06-06": "The old code is 0000.", "2026-06-07": "My sister is called Demo Sister."}  # fmt: skip
    names = texts.add_texts([RememberedText(text, "diary", "session-2", when=day) for day, text in said.items()])
    reader = FactReader(facts, texts, lambda: NOW, Person("Demo Person"))
    with TemporaryDirectory() as index, SageMemory(Path(index), texts, FakeEmbedder(), facts=reader) as memory:
        memory.catch_up()
        figs = {"subject": "me", "attribute": "likes", "value": "figs", "quote": "Figs? Always"}
        row = memory.read(lambda store: store.passages_of([names[2]]))[0]
        drafts = read_found(json.dumps(figs), row.passage.text, "demo")
        memory.read(lambda store: reader.add_found(store, row, drafts, ["demo"]))
        (promise,) = facts.statements("water")
        facts.decide(promise.id, "done", NOW)
        note = Statement("f_0123456789abcdef0123", "state", "me", "plays", "the demo violin", "I play the demo violin",
                         document="Old.md", source="New.md", passage="p_0123456789abcdef0123", audience=("demo-aunt",))  # fmt: skip
        facts.put_documents([("/demo/vault\nNew.md\n\n0", "1:0f", [note])], NOW)
        texts.rename({("/demo/vault", "New.md"): "/demo/vault//Old.md"})
        memory.set_label("note", "/demo/vault/Old.md", ("demo-aunt", "work"), NOW)
        memory.set_label("text", names[0], ("public",), NOW)
        forgetter = Forgetter(home, database, memory, lambda: NOW)
        ((turn,),) = database.rows("SELECT id FROM texts WHERE turn = 't3'")
        for name, purged in ((names[5], True), (names[6], False), (turn, False)):
            target = Target((name,))
            forgotten = forgetter.forget(target, forgetter.preview(target).digest)
            if purged:
                forgetter.purge(forgotten.id)


def _write_days(database: Database) -> None:
    """What time leaves behind: pauses, focus sessions, nudges with their decisions, rituals, a reminder that comes again."""
    pauses = PausePages(database)
    pauses.begin(Pause("2026-11-20T09:00:00+00:00", "2026-11-20T11:00:00+00:00"))
    pauses.end("2026-11-20T10:00:00+00:00")
    focus = FocusPages(database)
    focus.begin("o1", "the demo garden", 25, NOW)
    focus.end(NOW + timedelta(minutes=10))
    nudges, at = NudgePages(database), NOW.isoformat()
    things = [("j1", Thing("task", "k1", "Water the plants", due="2026-11-27")), ("j2", Thing("goal", "g1", "Be rested"))]
    nudges.keep(things, NOW)
    nudges.decide("j2", NudgeDecision(at, "hold", "quiet hours"))
    sent = nudges.find("j1")
    assert sent
    nudges.send(sent, NudgeDecision(at, "send"), {"hour": 9})
    nudges.answer("j1", "taken", NOW + timedelta(minutes=1))
    lines = (RitualLine("focus", "Water the plants", ("k1",)),)
    choices = (RitualChoice("d", "done", "done"),)
    questions = (RitualQuestion("k1", "task", "Water the plants", "", choices),)
    ritual = Ritual("shutdown", "2026-11-22", lines, questions, "Until tomorrow.")
    RitualPages(database).keep(PastRitual(ritual, (RitualAnswer("k1", "done"),)), NOW)
    weekly = Schedule("r3", "Water the demo plants", Rule("2026-11-24T08:00", "Europe/Berlin", "FREQ=WEEKLY;INTERVAL=2"))
    SchedulePages(database).add(weekly, [], NOW)


def _write_deputy(database: Database) -> None:
    """What the deputy leaves behind: a decision, an absence, a conversation that was taken over, somebody who wants none."""
    at = NOW.isoformat()
    source = {"id": "p_0123456789abcdef0123", "citation": "faq.md#Garden:3", "text": "The demo garden closes at six.", "topic": "faq",
              "kind": "note", "confidence": 0.9, "when": ""}  # fmt: skip
    _insert(database, {
        "replies": [
            {"id": "y1", "arrival": "i1", "account": "mail/me", "conversation": "m1", "contact": "demo-aunt", "decision": "draft",
             "reason": "ask", "text": "The demo garden closes at six.", "sources": json.dumps([source]),
             "audience": '["demo-aunt"]', "topics": '["faq"]', "how": "draft", "hints": '["Old.md#:1"]', "state": "edited",
             "final": "Until six.", "made_at": at, "decided_at": at},
        ],
        "absences": [{"since": at, "until": "", "ended_at": at}],
        "conversation_marks": [{"account": "mail/me", "conversation": "m2", "mark": "taken over", "at": at}],
        "opt_outs": [{"contact": "demo-uncle", "at": at}],
    })  # fmt: skip


def _write_models(database: Database) -> None:
    """What models leave behind: a choice, what became of it, what was asked, a case, a trial, a swap, an example, a sheet."""
    at, body = NOW.isoformat(), zlib.compress(b'{"said":"When is tea time in the demo house?"}')
    documents = '["Tea.md"]'
    side = {"trial": "v1", "case_id": "c1", "passed": 1, "seconds": 0.5, "cost": 0.0, "at": at}
    _insert(database, {
        "costs": [
            {"id": "m2", "at": at, "day": "2026-11-22", "model": "demo/model", "turn": "t1", "reserved": 0.02, "spent": 0.01,
             "usage": '{"prompt_tokens":9}', "purpose": "turn", "role": "talk", "ended": "whole", "first_seconds": 0.2, "seconds": 1.5},
        ],
        "routes": [{"turn": "t1", "task": "question", "role": "talk", "steps": '["asked for"]', "at": at}],
        "outcomes": [{"turn": "t1", "what": "kept", "told_by": "person", "at": at}],
        "asked": [{"turn": "t1", "step": 0, "model": "demo/model", "request": body, "answer": body, "documents": documents, "at": at}],
        "cases": [
            {"id": "c1", "turn": "t1", "conversation": "demo", "task": "question", "body": body, "documents": documents,
             "rating": "right", "value": 2.0, "holdout": 1, "state": "open", "made_at": at},
        ],
        "trials": [
            {"id": "v1", "kind": "model", "candidate": '{"chain":["demo/other"]}', "current": '{"chain":["demo/model"]}', "state": "done",
             "verdict": '{"word":"NEED MORE"}', "made_at": at, "ended_at": at},
        ],
        "trial_answers": [
            {**side, "side": "current", "key": "0f", "answer": body, "grades": '{"text":true}'},
            {**side, "side": "candidate", "key": "1f", "answer": body, "grades": '{"text":true}'},
        ],
        "votes": [{"trial": "v1", "case_id": "c1", "voter": "person", "first": "candidate", "choice": "tie", "at": at}],
        "swaps": [
            {"id": "w1", "role": "talk", "changes": '{"model.chain":[["demo/model"],["demo/other"]]}', "before": b"# before\n",
             "after": b"# after\n", "trial": "v1", "state": "rolled back", "reason": "by hand", "made_at": at, "ended_at": at},
        ],
        "canary_turns": [{"swap": "w1", "turn": "t1", "side": "candidate", "at": at}],
        "examples": [
            {"id": "x1", "turn": "t1", "task": "question", "body": body, "documents": documents, "state": "used", "made_at": at},
        ],
        "sheets": [{"id": "s1", "name": "Demo teas", "body": '{"rows":"notes"}', "state": "done", "made_at": at, "changed_at": at}],
        "sheet_rows": [
            {"sheet": "s1", "row": 0, "source": "Tea.md#:1", "document": "Tea.md", "text": "Tea is at four.", "origin": "user"},
        ],
        "sheet_cells": [
            {"sheet": "s1", "row": 0, "column_name": "when", "key": "2f", "state": "done", "value": "at four", "spans": "[[7,14]]",
             "corrected": "at 16:00", "model": "demo/model", "cost": 0.0, "at": at},
        ],
    })  # fmt: skip


def _insert(database: Database, kept: dict[str, list[dict[str, Any]]]) -> None:
    for table, entries in kept.items():
        for entry in entries:
            names, marks = ", ".join(entry), ", ".join("?" * len(entry))
            database.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(entry.values()))


def _write_accounts(home: Home, database: Database) -> None:
    """What plugins keep: accounts, places in streams, messages in and out, changes of tasks, tools that were agreed to."""
    at, rows = NOW.isoformat(), TextPages(database)
    (text,) = rows.add_texts([RememberedText("Is the demo garden open?", "mail/me", "m1", origin="contact", speaker="Demo Aunt")])
    kept: dict[str, list[dict[str, Any]]] = {
        "plugin_accounts": [
            {"account": "mail/me", "plugin": "mail", "state": "on", "hash": "0f", "api": 1, "since": at},
            {"account": "todotxt/own", "plugin": "todotxt", "state": "parked", "reason": "The file is gone.", "failures": 2,
             "since": at},
        ],
        "channel_cursors": [{"account": "mail/me", "stream": "events", "cursor": "7:3", "at": at}],
        "inbound": [
            {"id": "i1", "account": "mail/me", "event": "<1@example.org>", "conversation": "m1", "sender": "aunt@example.org",
             "name": "Demo Aunt", "members": '["aunt@example.org"]', "contact": "demo-aunt", "state": "kept", "subject": "Garden",
             "text_id": text, "attachments": '[{"name":"map.png","media_type":"image/png","size":3}]', "at": at,
             "received_at": at, "answer_to": "uncle@example.org"},
            {"id": "i2", "account": "mail/me", "event": "<2@example.org>", "conversation": "m2", "sender": "who@example.org",
             "state": "held", "reason": "You do not know them.", "at": at, "received_at": at},
        ],
        "outbox": [
            {"id": "u1", "key": "k1", "account": "mail/me", "conversation": "m1", "recipients": '["aunt@example.org"]',
             "subject": "Re: Garden", "text": "Until six.", "kind": "reply", "answers": "i1", "permit": "y1", "digest": "0f",
             "state": "sent", "receipt": "<3@example.org>", "hold_until": at, "send_by": at, "made_at": at, "changed_at": at},
        ],
        "task_changes": [
            {"id": "h1", "account": "todotxt/own", "task": "7", "do": "update", "base": '{"id":"7","text":"Rake","revision":"1"}',
             "wanted": '{"text":"Rake the leaves"}', "revision": "1",
             "theirs": '{"id":"7","text":"Rake the lawn","revision":"2"}', "state": "conflict", "made_at": at, "changed_at": at},
        ],
        "tool_pins": [{"account": "mcp/demo", "tool": "look", "digest": "0f", "effect": "read", "approved_at": at}],
    }  # fmt: skip
    _insert(database, kept)
    home.plugins.mkdir(mode=0o700)
    (home.plugins / "README.md").write_text("The demo person's own plugins.\n")


def tables(journal: Path) -> dict[str, dict[str, list[object]]]:
    """Every table of a journal with its columns and rows."""
    with closing(apsw.Connection(str(journal))) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")]
        found: dict[str, dict[str, list[object]]] = {}
        for name in names:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            rows = connection.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()
            found[str(name)] = {"columns": list(columns), "rows": [[_told(value) for value in row] for row in rows]}
        return found


def _told(value: object) -> object:
    """A value as JSON can hold it."""
    return f"0x{value.hex()}" if isinstance(value, bytes) else value


def files(folder: Path) -> dict[str, str]:
    """Every file below a home but the journal, by its checksum."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("journal.db")
    }


def _write_files(home: Home) -> None:
    notebook = FileNotebook(home)
    notebook.add_note("n1", "Green tea wants water of 70 degrees.\n\n## Second brew\n\nA little hotter.", title="Tea", now=NOW)
    notebook.add_note("n2", "Notes with ümlauts, 漢字 and an emoji 🫖.", title="Zeichen", now=NOW)
    (home.notes / "By hand.md").write_text("---\ntags: [demo]\n---\nWritten with an editor, see [[Tea]].\n")
    notebook.add_goal("g1", "Be rested", why="To have time for the demo garden", now=NOW)
    notebook.add_goal("g2", "Go to bed before eleven", parent="g1", now=NOW)
    notebook.change_goal("g2", state="done", now=NOW)
    notebook.add_task("k1", "Water the plants", due="2026-11-27", now=NOW)
    notebook.add_task("k2", "Buy tea", now=NOW)
    notebook.complete_task("k2", now=NOW)
    home.settings.write_text(
        '# The demo person\'s own comment\n[person]\nname = "Demo Person"\ntimezone = "Europe/Berlin"\n\n'
        "[caps]\nper_day_usd = 0.5\n"
    )
    home.settings.chmod(0o600)


def _write_turns(journal: Journal) -> None:
    hit = Hit("p_0123", "Tea.md", "Tea", 1, 0, 36, "Green tea wants water of 70 degrees.", score=0.9, root="/demo")
    action = Action("a1", "add_task", {"text": "Buy tea"}, "claimed")
    journal.begin_turn("t1", "c1", "How hot for green tea?", NOW)
    journal.claim_action("t1", action, NOW)
    journal.settle_action(Action("a1", "add_task", {"text": "Buy tea"}, "done", "Added."), NOW)
    journal.settle_approval("t1", ApprovalNeeded("y1", "send", {"to": "demo"}, "Send it?", "outward", "0f"), False, NOW)
    usage = Usage(900, 40, 600, 0.013)
    journal.finish_turn(Answer("t1", "c1", "70 degrees [1].", (hit,), (), "demo/model", usage, 0.013), NOW)
    journal.begin_turn("t2", "c1", "And the second brew?", NOW + timedelta(minutes=1))
    journal.note_partial("t2", "A little")
    journal.begin_turn("t3", "c2", "Another conversation", NOW + timedelta(minutes=2))
    journal.finish_turn(Answer("t3", "c2", "", state="failed", trouble="The demo provider is down."), NOW)
    journal.close_step("model", NOW)


def _write_memory(texts: TextPages) -> None:
    texts.add_texts(
        [
            RememberedText("The demo aunt likes marzipan.", "chat", "session-1", speaker="Demo Person", when="2026-11-20"),
            RememberedText("Her birthday is on 3 May.", "chat", "session-1", origin="contact", audience=("demo-aunt",)),
            RememberedText("Seen by all.", "page", origin="web", audience=("public",)),
        ]
    )
    texts.add_root("/demo/vault")


def _write_reminders(database: Database) -> None:
    keep_reminder(database, "r1", "Call the demo aunt", "2026-11-23T09:00")
    told = keep_reminder(database, "r2", "Stretch", "2026-11-22T09:00")
    pages = SchedulePages(database)
    for before, after in (("due", "claimed"), ("claimed", "sending"), ("sending", "done")):
        pages.move(told, before, after, NOW, "app")
    pages.end("r2")


if __name__ == "__main__":
    sys.stdout.write(f"{freeze(full=sys.argv[1:] == ['full'])}\n")
