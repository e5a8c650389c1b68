"""What the Inbox tells of its keys."""

from __future__ import annotations

from sage.tui.inbox_items import CORRECTABLE, DOUBTFUL, OPEN, Decided, Offered, Row

KEYS = """| key | what it does |
|---|---|
| a | approve: exactly what is shown is sent |
| e | write an answer, or yours for Sage's; then approve it |
| d | deny: nothing is sent |
| t | take back what has not left yet |
| c | correct what was answered |
| s | share with them what answers it |
| o | answer there yourself; o again: Sage |
| u | say what became of it |
| r | remember: an answer to be given again |
| w | what could they learn? |
| n | news: the digest of what came in |
| f | figures: how often Sage was right |
| b | I am back: nothing goes without you |
| A | away: easy questions are answered |
| Enter | the whole of it; Esc comes back |
| 1 2 3 4 5 | all, waits, came in, answered, while away |
| PgUp, PgDn | read on in what is shown |
| Esc, F3 | Talk |"""
NOTHING = """Nothing waits for you.

Questions of your contacts come here when Sage cannot or may not answer them by itself, each with a draft where your notes \
have one. For that, an account needs `deputy = true` in your settings, and Sage has to know your contacts: sage contacts add."""
WRITING = ["Enter shows what would be sent", "Ctrl+J new line", "Esc later"]
LOOK_FIRST = "It was shown only a moment ago: look at it, then press the key again."


def key_hints(row: Row | None, *, whole: bool) -> list[str]:
    """The keys that do something with what is shown."""
    keys = []
    if isinstance(row, Decided):
        keys += _decisions(row)
    elif isinstance(row, Offered):
        keys += ["a yes, by itself", "d no, as now"]
    elif row and row.can_be_answered:
        keys.append("e answer")
    keys += ["Esc back" if whole else "Enter whole", "? keys"]
    if isinstance(row, Decided):
        keys.append("o Sage may again" if row.reply.yours else "o take over")
    return keys


def _decisions(row: Decided) -> list[str]:
    stage, reply = row.stage, row.reply
    keys = ["a approve"] if row.written or stage in ("draft", "taken back") else []
    if stage in OPEN:
        keys += ["e edit" if reply.text else "e write", "d deny"]
        keys += ["s share"] if reply.hints and reply.state == "open" else []
    keys += ["t take back"] if reply.state == "going" and stage in ("leaves", "unsent") else []
    keys += ["c correct"] if stage in CORRECTABLE else []
    keys += ["u what became of it"] if stage in DOUBTFUL else []
    keys += (
        ["r remember"]
        if stage == "denied" or (row.group == "done" and (reply.state == "edited" or reply.corrections))
        else []
    )
    return keys
