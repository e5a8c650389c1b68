"""The journal's schema, by number. A migration that has landed is never edited: a later change is a new one."""

from __future__ import annotations

from collections import Counter

import apsw

from sage.adapters.database import Migration
from sage.adapters.journal.journal_schema_models import SIXTH
from sage.core.passages import ANSWER, SAID, copy_id, text_id, turn_text

_FIRST = """
CREATE TABLE turns (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    said TEXT NOT NULL,
    said_at TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    state TEXT NOT NULL,
    model TEXT NOT NULL DEFAULT '',
    sources TEXT NOT NULL DEFAULT '[]',
    usage TEXT NOT NULL DEFAULT '{}',
    trouble TEXT NOT NULL DEFAULT ''
);
CREATE INDEX turns_of ON turns (conversation, seq);

CREATE TABLE actions (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    turn TEXT NOT NULL,
    tool TEXT NOT NULL,
    arguments TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT NOT NULL DEFAULT '',
    claimed_at TEXT NOT NULL,
    settled_at TEXT
);
CREATE INDEX actions_of ON actions (turn, seq);

CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    turn TEXT NOT NULL,
    tool TEXT NOT NULL,
    arguments TEXT NOT NULL,
    why TEXT NOT NULL,
    digest TEXT NOT NULL,
    granted INTEGER NOT NULL,
    decided_at TEXT NOT NULL
);

CREATE TABLE costs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    day TEXT NOT NULL,
    model TEXT NOT NULL,
    turn TEXT NOT NULL DEFAULT '',
    reserved REAL NOT NULL,
    spent REAL,
    usage TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX costs_by_day ON costs (day);
CREATE INDEX costs_by_turn ON costs (turn);

CREATE TABLE texts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    thread TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    speaker TEXT,
    said_when TEXT,
    text TEXT NOT NULL,
    origin TEXT NOT NULL,
    audience TEXT NOT NULL
);
CREATE INDEX texts_of ON texts (thread, audience, ordinal);
CREATE INDEX texts_from ON texts (source, audience, ordinal);

CREATE TABLE roots (path TEXT PRIMARY KEY);

CREATE TABLE schedules (
    id TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    wall TEXT NOT NULL,
    zone TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE TABLE occurrences (
    schedule TEXT NOT NULL REFERENCES schedules (id),
    due_at TEXT NOT NULL,
    state TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (schedule, due_at)
);
CREATE INDEX occurrences_by_state ON occurrences (state, due_at);

CREATE TABLE setup_steps (step TEXT PRIMARY KEY, closed_at TEXT NOT NULL);
"""

_SECOND = """
ALTER TABLE texts ADD COLUMN turn TEXT NOT NULL DEFAULT '';
ALTER TABLE texts ADD COLUMN part TEXT NOT NULL DEFAULT '';
CREATE INDEX texts_by_turn ON texts (turn) WHERE turn != '';

CREATE TABLE labels (
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    audience TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (kind, target)
);

CREATE TABLE renames (
    root TEXT NOT NULL,
    source TEXT NOT NULL,
    first TEXT NOT NULL,
    PRIMARY KEY (root, source)
);

CREATE TABLE forgettings (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    change INTEGER NOT NULL,
    counts TEXT NOT NULL,
    made_at TEXT NOT NULL,
    purged_at TEXT
);
CREATE TABLE forgotten (
    seq INTEGER PRIMARY KEY,
    forgetting TEXT NOT NULL,
    piece TEXT NOT NULL,
    place TEXT NOT NULL,
    key TEXT NOT NULL,
    kept TEXT NOT NULL
);
CREATE INDEX forgotten_of ON forgotten (forgetting, seq);
CREATE TABLE forgotten_marks (
    target TEXT NOT NULL,
    part TEXT NOT NULL,
    forgetting TEXT NOT NULL,
    forgotten_at TEXT NOT NULL,
    PRIMARY KEY (target, part, forgetting)
);

CREATE TABLE facts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    polarity INTEGER NOT NULL,
    whom TEXT NOT NULL,
    due TEXT NOT NULL,
    quote TEXT NOT NULL,
    stated_at TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    confidence REAL NOT NULL,
    rule TEXT NOT NULL,
    document TEXT NOT NULL,
    origin TEXT NOT NULL,
    recorded_at TEXT NOT NULL
);
CREATE INDEX facts_about ON facts (subject_key, attribute);

CREATE TABLE fact_places (
    fact TEXT NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    source TEXT NOT NULL,
    passage TEXT NOT NULL,
    line INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    audience TEXT NOT NULL,
    PRIMARY KEY (fact, document)
);
CREATE INDEX fact_places_in ON fact_places (document);
CREATE INDEX fact_places_of ON fact_places (passage);

CREATE TABLE fact_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    fact TEXT NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX fact_events_of ON fact_events (fact, seq);

CREATE TABLE fact_reads (document TEXT PRIMARY KEY, mark TEXT NOT NULL);
"""


def _second(connection: apsw.Connection) -> None:
    """Adds what memory learned to keep; turns of before are remembered, too."""
    connection.execute(_SECOND).fetchall()
    counts: Counter[str] = Counter()
    turns = connection.execute(
        "SELECT id, conversation, said, said_at, iif(state = 'running', '', answer), answered_at FROM turns ORDER BY seq"
    ).fetchall()
    for turn, conversation, said, said_at, answer, answered_at in turns:
        for part, words, at in ((SAID, said, said_at), (ANSWER, answer, answered_at or said_at)):
            if str(words).strip():
                text = turn_text(str(conversation), part, str(words), str(at))
                name = text_id(text)
                copy = counts[name]
                counts[name] += 1
                connection.execute(
                    "INSERT INTO texts (id, source, thread, ordinal, speaker, said_when, text, origin, audience, turn, part)"
                    " VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?)",
                    (copy_id(name, copy), text.source, text.thread, copy, text.speaker, text.when, text.origin,
                     "\n".join(text.audience), turn, part),
                )  # fmt: skip


_THIRD = """
ALTER TABLE schedules ADD COLUMN rrule TEXT NOT NULL DEFAULT '';
ALTER TABLE schedules ADD COLUMN travels INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedules ADD COLUMN anchor TEXT NOT NULL DEFAULT '';
ALTER TABLE schedules ADD COLUMN minutes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedules ADD COLUMN kind TEXT NOT NULL DEFAULT 'reminder';
ALTER TABLE schedules ADD COLUMN late TEXT NOT NULL DEFAULT 'say so';
ALTER TABLE schedules ADD COLUMN insists INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedules ADD COLUMN state TEXT NOT NULL DEFAULT 'on';

ALTER TABLE occurrences ADD COLUMN slot TEXT NOT NULL DEFAULT '';
ALTER TABLE occurrences ADD COLUMN ring_at TEXT NOT NULL DEFAULT '';
ALTER TABLE occurrences ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrences ADD COLUMN told_by TEXT NOT NULL DEFAULT '';
ALTER TABLE occurrences ADD COLUMN owned_up INTEGER NOT NULL DEFAULT 0;
UPDATE occurrences SET ring_at = due_at, slot = (SELECT wall FROM schedules WHERE id = schedule);
UPDATE schedules SET state = 'ended' WHERE id IN (SELECT schedule FROM occurrences WHERE state != 'due');
CREATE UNIQUE INDEX occurrences_by_slot ON occurrences (schedule, slot);
CREATE INDEX occurrences_to_ring ON occurrences (state, ring_at);

CREATE TABLE pauses (
    seq INTEGER PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    ended_at TEXT
);

CREATE TABLE focus_sessions (
    id TEXT PRIMARY KEY,
    about TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    ended_at TEXT
);

CREATE TABLE nudges (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    until TEXT NOT NULL,
    features TEXT NOT NULL,
    made_at TEXT NOT NULL,
    sent_at TEXT,
    answered_at TEXT,
    answer TEXT NOT NULL DEFAULT '',
    told_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX nudges_by_state ON nudges (state, until);

CREATE TABLE nudge_decisions (
    seq INTEGER PRIMARY KEY,
    nudge TEXT NOT NULL REFERENCES nudges (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    until TEXT NOT NULL,
    propensity REAL NOT NULL
);
CREATE INDEX nudge_decisions_of ON nudge_decisions (nudge, seq);

CREATE TABLE rituals (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE INDEX rituals_of ON rituals (kind, day);
"""

_FOURTH = """
CREATE TABLE plugin_accounts (
    account TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    state TEXT NOT NULL,
    hash TEXT NOT NULL DEFAULT '',
    api INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,
    since TEXT NOT NULL
);

CREATE TABLE channel_cursors (
    account TEXT NOT NULL,
    stream TEXT NOT NULL,
    cursor TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (account, stream)
);

CREATE TABLE inbound (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    event TEXT NOT NULL,
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    reply_to TEXT NOT NULL DEFAULT '',
    edits TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    members TEXT NOT NULL DEFAULT '[]',
    grouped INTEGER NOT NULL DEFAULT 0,
    own INTEGER NOT NULL DEFAULT 0,
    auto INTEGER NOT NULL DEFAULT 0,
    verified TEXT NOT NULL DEFAULT 'unknown',
    contact TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    text_id TEXT NOT NULL DEFAULT '',
    left_out INTEGER NOT NULL DEFAULT 0,
    unreadable TEXT NOT NULL DEFAULT '',
    attachments TEXT NOT NULL DEFAULT '[]',
    at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    settled_at TEXT,
    UNIQUE (account, event)
);
CREATE INDEX inbound_of ON inbound (account, conversation, seq);
CREATE INDEX inbound_by_state ON inbound (state, seq);
CREATE INDEX inbound_by_text ON inbound (text_id) WHERE text_id != '';

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    conversation TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    reply_to TEXT NOT NULL DEFAULT '',
    auto INTEGER NOT NULL DEFAULT 1,
    kind TEXT NOT NULL,
    answers TEXT NOT NULL DEFAULT '',
    turn TEXT NOT NULL DEFAULT '',
    permit TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    receipt TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    hold_until TEXT NOT NULL DEFAULT '',
    next_at TEXT NOT NULL DEFAULT '',
    send_by TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX outbox_by_state ON outbox (state, next_at);
CREATE INDEX outbox_of ON outbox (account, conversation, seq);
CREATE INDEX outbox_by_answered ON outbox (answers) WHERE answers != '';

CREATE TABLE task_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    task TEXT NOT NULL,
    do TEXT NOT NULL,
    base TEXT NOT NULL DEFAULT '',
    wanted TEXT NOT NULL,
    revision TEXT NOT NULL DEFAULT '',
    theirs TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX task_changes_by_state ON task_changes (state, account, seq);

CREATE TABLE tool_pins (
    account TEXT NOT NULL,
    tool TEXT NOT NULL,
    digest TEXT NOT NULL,
    effect TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    PRIMARY KEY (account, tool)
);
"""
"""What plugins keep. `inbound` has no words of a message: those that are kept stand in `texts`, as `text_id`; `settled_at`
is when nobody needs to look at it any more. A message of `outbox` that is not sent by `send_by` never is; `digest` binds
`permit` to its recipients and text, `answers` is the inbound message that it answers, `turn` the turn that wrote it. Of
`task_changes`, `task` is the source's own id, and `base`, `wanted` and `theirs` are JSON."""

_FIFTH = """
CREATE TABLE replies (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    arrival TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    conversation TEXT NOT NULL,
    contact TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    sources TEXT NOT NULL DEFAULT '[]',
    audience TEXT NOT NULL DEFAULT '[]',
    topics TEXT NOT NULL DEFAULT '[]',
    how TEXT NOT NULL DEFAULT 'off',
    handoff TEXT NOT NULL DEFAULT '',
    hints TEXT NOT NULL DEFAULT '[]',
    model TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    final TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    decided_at TEXT
);
CREATE INDEX replies_by_state ON replies (state, seq);
CREATE INDEX replies_of ON replies (account, conversation, seq);
CREATE INDEX replies_to ON replies (contact, seq);

CREATE TABLE absences (
    seq INTEGER PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    ended_at TEXT
);

CREATE TABLE conversation_marks (
    account TEXT NOT NULL,
    conversation TEXT NOT NULL,
    mark TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (account, conversation, mark)
);

CREATE TABLE opt_outs (contact TEXT PRIMARY KEY, at TEXT NOT NULL);

ALTER TABLE inbound ADD COLUMN answer_to TEXT NOT NULL DEFAULT '';
"""
"""What the deputy keeps: of each message that it looked at what it decided (`replies`; the lists are JSON, `final` is what the
person made of the text), when the person was away, the conversations that they took over, and who wants no answers.
`answer_to` of a message is where its sender wants answers, if that is elsewhere than its conversation: it is shown, never
followed."""

MIGRATIONS: tuple[Migration, ...] = (_FIRST, _second, _THIRD, _FOURTH, _FIFTH, SIXTH)
