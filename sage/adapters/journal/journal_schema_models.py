"""The journal's sixth schema: what models were asked and cost, cases and trials of them, swaps, and sheets that they filled."""

from __future__ import annotations

_LEDGER = """
ALTER TABLE costs ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE costs ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE costs ADD COLUMN ended TEXT NOT NULL DEFAULT '';
ALTER TABLE costs ADD COLUMN first_seconds REAL;
ALTER TABLE costs ADD COLUMN seconds REAL;
CREATE INDEX costs_by_purpose ON costs (purpose, day);

CREATE TABLE routes (
    turn TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    role TEXT NOT NULL,
    steps TEXT NOT NULL DEFAULT '[]',
    at TEXT NOT NULL
);
CREATE INDEX routes_by_task ON routes (task, role);

CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY,
    turn TEXT NOT NULL,
    what TEXT NOT NULL,
    told_by TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (turn, what)
);
"""
"""`purpose` is what a call was for, `role` who was asked for, `ended` how the call ended; seconds are counted from asking. `routes`
has the reasons of each choice as codes, `outcomes` what became of an answer (kept, edited, undone, asked again, rated)."""

_CASES = """
CREATE TABLE asked (
    turn TEXT NOT NULL,
    step INTEGER NOT NULL,
    model TEXT NOT NULL,
    request BLOB NOT NULL,
    answer BLOB NOT NULL,
    documents TEXT NOT NULL DEFAULT '[]',
    at TEXT NOT NULL,
    PRIMARY KEY (turn, step)
);

CREATE TABLE cases (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    turn TEXT NOT NULL,
    conversation TEXT NOT NULL,
    task TEXT NOT NULL,
    body BLOB NOT NULL,
    documents TEXT NOT NULL DEFAULT '[]',
    rating TEXT NOT NULL DEFAULT '',
    value REAL NOT NULL DEFAULT 1,
    holdout INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE INDEX cases_of ON cases (turn);

CREATE TABLE trials (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    candidate TEXT NOT NULL,
    current TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT NOT NULL DEFAULT '{}',
    made_at TEXT NOT NULL,
    ended_at TEXT
);

CREATE TABLE trial_answers (
    trial TEXT NOT NULL,
    case_id TEXT NOT NULL,
    side TEXT NOT NULL,
    key TEXT NOT NULL,
    answer BLOB NOT NULL,
    grades TEXT NOT NULL DEFAULT '{}',
    passed INTEGER NOT NULL,
    vetoed INTEGER NOT NULL DEFAULT 0,
    seconds REAL,
    cost REAL,
    at TEXT NOT NULL,
    PRIMARY KEY (trial, case_id, side)
);
CREATE INDEX trial_answers_by_key ON trial_answers (key);

CREATE TABLE votes (
    trial TEXT NOT NULL,
    case_id TEXT NOT NULL,
    voter TEXT NOT NULL,
    first TEXT NOT NULL,
    choice TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (trial, case_id, voter, first)
);
"""
"""`asked` has what the newest turns asked of models, from which a case can be made; `documents` (JSON) are the sources of
words in it. `body`, `request` and `answer` are JSON, compressed. A `side` is "current" or "candidate"; `key` says by content
what was asked of whom, so that nothing is asked twice. `voter` is the person or a judge; `first` is the side that stood first."""

_SWAPS = """
CREATE TABLE swaps (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    changes TEXT NOT NULL,
    before BLOB NOT NULL,
    after BLOB NOT NULL,
    trial TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    ended_at TEXT
);

CREATE TABLE canary_turns (
    swap TEXT NOT NULL,
    turn TEXT NOT NULL,
    side TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (swap, turn)
);

CREATE TABLE examples (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    turn TEXT NOT NULL,
    task TEXT NOT NULL,
    body BLOB NOT NULL,
    documents TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL,
    made_at TEXT NOT NULL
);
"""
"""`before` and `after` are the bytes of the settings' file, `changes` (JSON) each key with its old and new value. `examples` are
answers that were kept, shown to a smaller model with the same kind of task."""

_SHEETS = """
CREATE TABLE sheets (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);

CREATE TABLE sheet_rows (
    sheet TEXT NOT NULL,
    row INTEGER NOT NULL,
    source TEXT NOT NULL,
    document TEXT NOT NULL,
    text TEXT NOT NULL,
    origin TEXT NOT NULL,
    audience TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (sheet, row)
);

CREATE TABLE sheet_cells (
    sheet TEXT NOT NULL,
    row INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    value TEXT NOT NULL DEFAULT '',
    spans TEXT NOT NULL DEFAULT '[]',
    corrected TEXT,
    model TEXT NOT NULL DEFAULT '',
    cost REAL,
    at TEXT NOT NULL,
    PRIMARY KEY (sheet, row, column_name)
);
CREATE INDEX sheet_cells_by_key ON sheet_cells (key);
"""
"""`body` (JSON) says what the rows are and what each column asks. A cell's `key` says by content, prompt and model what was asked,
`spans` (JSON) which characters of the row's text it rests on, `corrected` what the person made of it."""

SIXTH = _LEDGER + _CASES + _SWAPS + _SHEETS
