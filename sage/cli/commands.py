"""The commands: which module of this package brings each, and what it is for. Only the module of the command that is run gets
imported; a list of all of them imports none."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "talk": {
        "ask": "ask a question, or say what to do",
        "talk": "conversations: list, show, summarize",
    },
    "memory": {
        "import": "read notes, calendars, mail, chats: a file, a folder, a vault, an export",
        "recall": "find passages in your notes",
        "note": "write a note",
    },
    "memory_upkeep": {
        "memory": "what memory holds and the map of it; check its index or make it anew",
    },
    "forgetting": {
        "forget": "forget a note, passage, talk, person, span of time, or words",
    },
    "labels": {
        "share": "let somebody see a note, folder, passage, text or talk",
    },
    "facts": {
        "facts": "what you stated: about whom, since when, where it stands",
    },
    "plans": {
        "goal": "goals: add, list, show, done",
        "task": "tasks: add, list, done, reopen, put-off, conflicts",
    },
    "capture": {
        "capture": "keep a line as a task, a reminder, a goal or a note",
    },
    "rituals": {
        "today": "the day at a glance: one focus and why, what is on",
        "agenda": "what is on: events, tasks, reminders, goals",
        "brief": "the morning: one focus, a few options, what is fixed",
        "shutdown": "the evening: what was begun, and what to do with the rest",
        "review": "the week: what happened, and whether each goal is still right",
        "focus": "a stretch of time for one thing",
    },
    "nudges": {
        "nudge": "what Sage proposes by itself: list, answer, allow, never, why",
    },
    "pauses": {
        "pause": "say nothing unasked: no reminder, no nudge, no answer to anybody",
        "resume": "end the pause; what was due meanwhile is told now",
    },
    "schedules": {
        "remind": "remind you: every other Tuesday at 8 water the plants",
        "schedule": "reminders: list, show, edit, skip, seen, remove",
    },
    "models": {
        "models": "who answers: list, install, use",
    },
    "evals": {
        "eval": "your own cases, with which models are tried",
    },
    "copies": {
        "copies": "send out copies that only read, on a question each, and gone afterwards",
    },
    "sheets": {
        "map": "ask the same of each note, passage, task or message; every answer names the words that it rests on",
        "filter": "keep what fits a condition: a quick model's glance first, a strong one where that is not enough",
        "reduce": "bring all rows together into a few statements, each with the rows that it rests on",
        "resolve": "find which rows are about the same thing",
        "sheet": "sheets: list, show, correct, export, drop",
    },
    "plugins": {
        "plugin": "other surfaces and sources: list, show, enable, disable, start, new, check",
        "keys": "secrets: set one, forget one",
    },
    "inbox": {
        "inbox": "messages of your accounts: what waits for you, what came in, what goes out",
        "send": "send somebody a message yourself",
    },
    "contacts": {
        "contacts": "whom you know: names, addresses, circles, what each could learn",
    },
    "grants": {
        "grant": "how far Sage may answer somebody on a topic; `sage grant list` tells all",
    },
    "deputy": {
        "reply": "what would be said to somebody's message while you are away; never sends it",
        "away": "let easy questions be answered, as your grants allow",
        "back": "you are back: nothing is answered without you any more",
    },
    "digest": {
        "digest": "what came in since you looked last, and what is for you",
    },
    "tools": {
        "tools": "tools of other programs: list, show, allow, ask, forbid",
    },
    "skills": {
        "skills": "your skills: list, show",
    },
    "proposals": {
        "proposals": "what other programs propose: list, accept, deny",
    },
    "mcp": {
        "mcp": "let another program ask Sage: an MCP server on standard input",
    },
    "acp": {
        "acp": "let an editor talk with Sage: an ACP agent on standard input",
    },
    "web": {
        "web": "the app in a browser of this machine",
    },
    "setup": {
        "setup": "choose who answers and which notes are read",
    },
    "settings": {
        "settings": "what is set, and what it does; change one",
    },
    "home": {
        "profile": "the settings in force",
        "why": "why an answer, action, passage or reminder is as it is",
        "doctor": "what is wrong with the home, and what mends it",
        "backup": "copy all that is yours into one file",
        "export": "write all that is yours as Markdown and JSON",
        "restore": "bring a backup back; what is there now is kept",
        "serve": "keep the engine running without a terminal",
        "engine": "the engine: status, stop",
    },
}
"""By module, each command with what it is for."""
