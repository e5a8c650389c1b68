"""Which columns of the journal hold words, and the change of a row when they are forgotten."""

from __future__ import annotations

from typing import Any

import apsw
from msgspec import Struct

WORDS: dict[str, tuple[str, ...]] = {
    "turns": ("said", "answer", "sources", "trouble"),
    "actions": ("arguments", "result"),
    "approvals": ("arguments", "why", "digest"),
    "texts": ("id", "source", "thread", "speaker", "text"),
    "schedules": ("text", "anchor"),
    "focus_sessions": ("about",),
    "nudges": ("about", "text", "features"),
    "rituals": ("body",),
    "labels": ("target",),
    "renames": ("source", "first"),
    "facts": ("id", "subject", "subject_key", "attribute", "value", "whom", "quote", "document"),
    "fact_places": ("fact", "document", "source", "passage"),
    "fact_events": ("fact",),
    "fact_reads": ("document", "mark"),
    "forgotten": ("piece", "key", "kept"),
    "plugin_accounts": ("reason",),
    "inbound": (
        "conversation",
        "sender",
        "name",
        "members",
        "contact",
        "reason",
        "subject",
        "text_id",
        "unreadable",
        "attachments",
        "answer_to",
    ),
    "outbox": ("conversation", "recipients", "subject", "text", "digest", "reason"),
    "task_changes": ("task", "base", "wanted", "theirs", "reason"),
    "replies": ("conversation", "contact", "text", "sources", "audience", "topics", "hints", "final"),
    "conversation_marks": ("conversation",),
    "opt_outs": ("contact",),
    "asked": ("request", "answer", "documents"),
    "cases": ("body", "documents"),
    "trial_answers": ("key", "answer", "grades"),
    "swaps": ("changes", "before", "after"),
    "examples": ("body", "documents"),
    "sheets": ("name", "body"),
    "sheet_rows": ("source", "document", "text"),
    "sheet_cells": ("column_name", "key", "value", "spans", "corrected"),
}
"""The columns that hold words of the person's, or what is made of them (an id by content, a digest), by table."""
WORDLESS: dict[str, tuple[str, ...]] = {
    "turns": ("seq", "id", "conversation", "said_at", "answered_at", "state", "model", "usage"),
    "actions": ("seq", "id", "turn", "tool", "state", "claimed_at", "settled_at"),
    "approvals": ("id", "turn", "tool", "granted", "decided_at"),
    "costs": (
        "seq",
        "id",
        "at",
        "day",
        "model",
        "turn",
        "reserved",
        "spent",
        "usage",
        "purpose",
        "role",
        "ended",
        "first_seconds",
        "seconds",
    ),
    "texts": ("seq", "ordinal", "said_when", "origin", "audience", "turn", "part"),
    "roots": ("path",),
    "schedules": ("id", "wall", "zone", "rrule", "travels", "minutes", "kind", "late", "insists", "state", "made_at"),
    "occurrences": ("schedule", "slot", "due_at", "ring_at", "state", "told", "told_by", "owned_up", "changed_at"),
    "pauses": ("seq", "since", "until", "ended_at"),
    "focus_sessions": ("id", "since", "until", "ended_at"),
    "nudges": ("seq", "id", "kind", "state", "until", "made_at", "sent_at", "answered_at", "answer", "told_by"),
    "nudge_decisions": ("seq", "nudge", "at", "decision", "reason", "until", "propensity"),
    "rituals": ("seq", "kind", "day", "made_at"),
    "setup_steps": ("step", "closed_at"),
    "labels": ("kind", "audience", "made_at"),
    "renames": ("root",),
    "facts": (
        "seq",
        "kind",
        "polarity",
        "due",
        "stated_at",
        "valid_from",
        "valid_to",
        "confidence",
        "rule",
        "origin",
        "recorded_at",
    ),
    "fact_places": ("line", "start", "stop", "audience"),
    "fact_events": ("seq", "event", "at"),
    "forgettings": ("seq", "id", "state", "change", "counts", "made_at", "purged_at"),
    "forgotten": ("seq", "forgetting", "place"),
    "forgotten_marks": ("target", "part", "forgetting", "forgotten_at"),
    "plugin_accounts": ("account", "plugin", "state", "hash", "api", "failures", "since"),
    "channel_cursors": ("account", "stream", "cursor", "at"),
    "inbound": (
        "seq",
        "id",
        "account",
        "event",
        "thread",
        "reply_to",
        "edits",
        "grouped",
        "own",
        "auto",
        "verified",
        "state",
        "left_out",
        "at",
        "received_at",
        "settled_at",
    ),
    "outbox": (
        "seq",
        "id",
        "key",
        "account",
        "thread",
        "reply_to",
        "auto",
        "kind",
        "answers",
        "turn",
        "permit",
        "state",
        "receipt",
        "tries",
        "hold_until",
        "next_at",
        "send_by",
        "made_at",
        "changed_at",
    ),
    "task_changes": ("seq", "id", "account", "do", "revision", "state", "tries", "made_at", "changed_at"),
    "tool_pins": ("account", "tool", "digest", "effect", "approved_at"),
    "replies": (
        "seq",
        "id",
        "arrival",
        "account",
        "decision",
        "reason",
        "how",
        "handoff",
        "model",
        "state",
        "made_at",
        "decided_at",
    ),
    "absences": ("seq", "since", "until", "ended_at"),
    "conversation_marks": ("account", "mark", "at"),
    "routes": ("turn", "task", "role", "steps", "at"),
    "outcomes": ("seq", "turn", "what", "told_by", "at"),
    "asked": ("turn", "step", "model", "at"),
    "cases": ("seq", "id", "turn", "conversation", "task", "rating", "value", "holdout", "state", "made_at"),
    "trials": ("seq", "id", "kind", "candidate", "current", "state", "verdict", "made_at", "ended_at"),
    "trial_answers": ("trial", "case_id", "side", "passed", "vetoed", "seconds", "cost", "at"),
    "votes": ("trial", "case_id", "voter", "first", "choice", "at"),
    "swaps": ("seq", "id", "role", "trial", "state", "reason", "made_at", "ended_at"),
    "canary_turns": ("swap", "turn", "side", "at"),
    "examples": ("seq", "id", "turn", "task", "state", "made_at"),
    "sheets": ("seq", "id", "state", "made_at", "changed_at"),
    "sheet_rows": ("sheet", "row", "origin", "audience"),
    "sheet_cells": ("sheet", "row", "state", "model", "cost", "at"),
    "opt_outs": ("at",),
}
"""The other columns: numbers, times, states, ids that chance or a service gave, names of models, of circles, of accounts and of
imported folders."""


class RowChange(Struct, frozen=True):
    """A change of one row: `set` gives its columns new values (None: the row goes). `key` are the columns that name it."""

    piece: str
    table: str
    key: dict[str, Any]
    set: dict[str, Any] | None = None


def has(journal: apsw.Connection, table: str, *columns: str) -> bool:
    """Whether a journal has a table, with those columns: one of an earlier schema may not."""
    known = set(columns_of(journal, table))
    return bool(known) and known.issuperset(columns)


def columns_of(journal: apsw.Connection, table: str) -> list[str]:
    """The names of a table's columns; none when there is no such table."""
    return [str(row[1]) for row in journal.execute(f"PRAGMA table_info({table})")]


def turn_key(turn: str, part: str) -> str:
    """The key of one side of a turn."""
    return f"turn/{turn}/{part}"


def file_key(folder: str, source: str) -> str:
    """The key of a file of notes, by which what quotes it rests on it."""
    return f"file/{folder}/{source}"
