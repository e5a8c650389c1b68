"""What the journal holds, as pieces that can be forgotten, and the change of its rows when they are.

Works on any connection to a journal of any schema: on the one in use, and on those inside of backups.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import apsw
import msgspec

from sage.adapters.forgetting import forgetting_channels, forgetting_models, forgetting_replies
from sage.adapters.forgetting.journal_columns import WORDLESS as WORDLESS
from sage.adapters.forgetting.journal_columns import WORDS as WORDS
from sage.adapters.forgetting.journal_columns import RowChange as RowChange
from sage.adapters.forgetting.journal_columns import columns_of as columns_of
from sage.adapters.forgetting.journal_columns import file_key as file_key
from sage.adapters.forgetting.journal_columns import has as has
from sage.adapters.forgetting.journal_columns import turn_key as turn_key
from sage.adapters.journal.journal_facts import MODEL
from sage.core.forgetting.forgetting import Choice, Piece
from sage.core.forgetting.word_runs import Runs
from sage.core.passages import ANSWER, SAID, Hit, first_id
from sage.core.rituals import PastRitual
from sage.core.schedules.own_times import RITUAL_WORDS

_NAME = re.compile(r"\b[a-z]_[0-9a-f]{20}(?:\.\d+)?\b")
"""Of a passage or a text."""

# --- pieces ----------------------------------------------------------------------------------------------------------


def pieces(journal: apsw.Connection) -> Iterator[Piece]:
    """All that stands in a journal; of what was forgotten before only that it was there."""
    marked = _marked(journal)
    yield from _turns(journal, marked)
    yield from _actions(journal, marked)
    yield from _texts(journal)
    yield from _reminders(journal)
    if has(journal, "nudges"):
        yield from _nudges(journal)
    if has(journal, "rituals"):
        yield from _rituals(journal)
    if has(journal, "facts"):
        yield from _facts(journal)
    yield from forgetting_channels.pieces(journal)
    yield from forgetting_models.pieces(journal)


def _marked(journal: apsw.Connection) -> set[tuple[str, str]]:
    if not has(journal, "forgotten_marks"):
        return set()
    return {(str(target), str(part)) for target, part in journal.execute("SELECT target, part FROM forgotten_marks")}


def _turns(journal: apsw.Connection, marked: set[tuple[str, str]]) -> Iterator[Piece]:
    names: dict[tuple[str, str], str] = {}
    if has(journal, "texts", "turn"):
        names = {
            (turn, part): name
            for name, turn, part in journal.execute("SELECT id, turn, part FROM texts WHERE turn != ''")
        }
    rows = journal.execute(
        "SELECT id, conversation, said, said_at, answer, answered_at, sources, trouble FROM turns ORDER BY seq"
    )
    for turn, conversation, said, said_at, answer, answered_at, sources, trouble in rows:
        own = {part: tuple(filter(None, [names.get((turn, part))])) for part in (SAID, ANSWER)}
        common: dict[str, Any] = {"holder": "conversations", "group": conversation, "names": (turn, conversation)}
        citation = f"conversation {conversation}, {said_at[:16].replace('T', ' ')}"
        yield Piece(
            key=turn_key(turn, SAID), kind="what you said", citation=citation, ids=own[SAID], when=said_at, **common,
            **_words(said, again=(turn, SAID) in marked),
        )  # fmt: skip
        hits = msgspec.json.decode(sources, type=tuple[Hit, ...])
        held = [text for hit in hits for text in (f"{hit.source}#{hit.heading}", hit.text)]
        if answer or held or trouble:
            yield Piece(
                key=turn_key(turn, ANSWER), kind="answer", citation=citation, when=answered_at or said_at, fate="replaced",
                ids=own[ANSWER], rests_on=(turn_key(turn, SAID), *(name for hit in hits for name in (hit.id, _file(hit)))),
                begins=answer, asked_by=turn_key(turn, SAID), **common,
                evidence="\n".join(held), **_words("\n".join([answer, trouble]).strip(), again=(turn, ANSWER) in marked),
            )  # fmt: skip


def _words(text: str, *, again: bool) -> dict[str, Any]:
    return {"text": "" if again else text, "again": again}


def _actions(journal: apsw.Connection, marked: set[tuple[str, str]]) -> Iterator[Piece]:
    rows = journal.execute("SELECT id, turn, tool, arguments, result FROM actions ORDER BY seq")
    for action, turn, tool, arguments, result in rows:
        if (action, "action") not in marked:
            said = (turn_key(turn, SAID), *([turn_key(turn, ANSWER)] if tool == "recall" else []))
            yield Piece(
                "actions", f"action/{action}", f"action ({tool})", f"action {action}", f"{_plain(arguments)}\n{result}",
                (action,), rests_on=said, group=turn, fate="replaced",
            )  # fmt: skip
    for name, turn, tool, arguments, why in journal.execute("SELECT id, turn, tool, arguments, why FROM approvals"):
        if (name, "approval") not in marked:
            yield Piece(
                "actions", f"approval/{name}", f"approval ({tool})", f"approval {name}", f"{_plain(arguments)}\n{why}",
                (name,), rests_on=(turn_key(turn, SAID),), group=turn, fate="replaced",
            )  # fmt: skip


def _texts(journal: apsw.Connection) -> Iterator[Piece]:
    own = "WHERE turn = ''" if has(journal, "texts", "turn") else ""
    rows = journal.execute(f"SELECT id, source, thread, speaker, said_when, text FROM texts {own} ORDER BY seq")  # noqa: S608
    messages: dict[str, str] = {}
    if has(journal, "inbound"):
        rows_of = journal.execute("SELECT text_id, id FROM inbound WHERE text_id != ''")
        messages = {str(text): str(message) for text, message in rows_of}
    for name, source, thread, speaker, when, text in rows:
        yield Piece(
            "texts", f"text/{name}", "remembered text", f"{source}{f', {thread}' if thread else ''}", text,
            tuple(filter(None, (source, thread, messages.get(name)))), (name,), group=thread or name, when=when or "",
            speaker=speaker or "",
        )  # fmt: skip


def _reminders(journal: apsw.Connection) -> Iterator[Piece]:
    """What is told without words of its own is no piece: the end of a focus session, and rituals, which are settings."""
    own = ", ".join(f"'{kind}'" for kind in RITUAL_WORDS)
    where = f"WHERE text != '' AND kind NOT IN ({own})" if has(journal, "schedules", "kind") else ""
    for name, text, wall, made_at in journal.execute(f"SELECT id, text, wall, made_at FROM schedules {where}"):  # noqa: S608
        citation = f"reminder for {wall.replace('T', ' ')}"
        yield Piece("reminders", f"reminder/{name}", "reminder", citation, text, (name,), group=name, when=made_at)


def _rituals(journal: apsw.Connection) -> Iterator[Piece]:
    """Focus sessions that say what they were for, and past rituals, which rest on what they quote."""
    for name, about, since in journal.execute("SELECT id, about, since FROM focus_sessions WHERE about != ''"):
        yield Piece("focus", f"focus/{name}", "focus session", f"focus session of {since[:10]}", about, (name,), group=name,
                    when=since)  # fmt: skip
    for number, kind, day, body, made_at in journal.execute(
        "SELECT seq, kind, day, body, made_at FROM rituals WHERE body != ''"
    ):
        past = msgspec.json.decode(body, type=PastRitual)
        asked = [words for question in past.ritual.questions for words in (question.text, question.note)]
        text = "\n".join([line.text for line in past.ritual.lines] + asked + [answer.words for answer in past.answers])
        quoted = [source for line in past.ritual.lines for source in line.sources]
        quoted += [question.id for question in past.ritual.questions] + [answer.id for answer in past.answers]
        yield Piece("rituals", f"ritual/{number}", kind, f"{kind} of {day}", text, (f"{kind} {day}",),
                    rests_on=tuple(dict.fromkeys(quoted)), group=str(number), when=made_at)  # fmt: skip


def _nudges(journal: apsw.Connection) -> Iterator[Piece]:
    """A nudge rests on the task, goal or fact that it is about."""
    for name, about, text, features, made_at in journal.execute(
        "SELECT id, about, text, features, made_at FROM nudges"
    ):
        yield Piece(
            "nudges", f"nudge/{name}", "nudge", f"nudge of {made_at[:10]}", f"{text}\n{_due_of(features)}".strip(),
            (name,), rests_on=(about, f"fact/{about}"), group=name, when=made_at,
        )  # fmt: skip


def _due_of(features: str) -> str:
    return str(msgspec.json.decode(features, type=dict[str, Any]).get("due", ""))


def _facts(journal: apsw.Connection) -> Iterator[Piece]:
    """A fact rests on the passages that say it; one whose words went from where they stood, on the note that said it."""
    places: dict[str, list[str]] = {}
    for fact, passage in journal.execute("SELECT fact, passage FROM fact_places"):
        places.setdefault(fact, []).append(passage)
    rows = journal.execute(
        "SELECT id, subject, attribute, value, whom, quote, document, stated_at FROM facts ORDER BY seq"
    )
    for name, subject, attribute, value, whom, quote, document, stated_at in rows:
        text = "\n".join((quote, subject, attribute, value, whom))
        yield Piece(
            "facts", f"fact/{name}", "fact", f"{subject}, {attribute}", text, (name,), (name,),
            rests_on=tuple(places.get(name) or [note_key(document)]), group=document, when=stated_at,
            quote=quote if name in places else "", begins=quote, title=subject,
        )  # fmt: skip


def note_key(source: str) -> str:
    """What a fact rests on whose words have gone: the note that it was read in, by its path in what was imported."""
    return f"note {source}"


def _file(hit: Hit) -> str:
    return file_key(hit.root, hit.source)


def _plain(arguments: str) -> str:
    """The words of a call's arguments."""
    return "\n".join(map(str, msgspec.json.decode(arguments, type=dict[str, Any]).values()))


# --- changes ---------------------------------------------------------------------------------------------------------


def changes(journal: apsw.Connection, choices: Sequence[Choice], day: str, ids: Iterable[str] = ()) -> list[RowChange]:
    """How the rows change when those pieces go, and with them what only names them, or one of `ids`. `day` is an ISO date."""
    found: list[RowChange] = []
    for choice in choices:
        found += (
            _changes_of(choice, day)
            or forgetting_channels.changes_of(journal, choice, day)
            or forgetting_models.changes_of(journal, choice)
        )
    gone = {name for choice in choices for name in choice.ids}.union(ids)
    gone |= _renamed(journal, gone) if has(journal, "renames") else set()
    found += _beside(journal, gone, {change.key["id"] for change in found if "sources" in (change.set or {})})
    found += _fact_reads(journal, gone) if has(journal, "fact_reads") else []
    found += _labels(journal, gone) if has(journal, "labels") else []
    found += _renames(journal, gone) if has(journal, "renames") else []
    found += _sheet_lists(journal, gone) if has(journal, "sheets") else []
    found += forgetting_replies.marks_of(journal, {choice.piece.key for choice in choices})
    return [change for change in found if has(journal, change.table, *change.key)]


def _changes_of(choice: Choice, day: str) -> list[RowChange]:
    key = choice.piece.key
    kind, _, name = key.partition("/")
    forgotten = f"Forgotten on {day}."
    match kind:
        case "turn":
            turn, _, part = name.partition("/")
            row: dict[str, Any] = {"said": f"({forgotten})"} if part == SAID else {
                "answer": _in_place(choice, day), "sources": "[]", "trouble": "",
            }  # fmt: skip
            return [
                RowChange(key, "turns", {"id": turn}, row),
                RowChange(key, "texts", {"turn": turn, "part": part}),
            ]
        case "action":
            return [RowChange(key, "actions", {"id": name}, {"arguments": "{}", "result": forgotten})]
        case "approval":
            return [RowChange(key, "approvals", {"id": name}, {"arguments": "{}", "why": forgotten, "digest": ""})]
        case "text":
            return [RowChange(key, "texts", {"id": name})]
        case "fact":
            return [
                RowChange(key, "fact_events", {"fact": name}),
                RowChange(key, "fact_places", {"fact": name}),
                RowChange(key, "facts", {"id": name}),
            ]
        case "focus":
            return [RowChange(key, "focus_sessions", {"id": name}, {"about": ""})]
        case "ritual":
            return [RowChange(key, "rituals", {"seq": int(name)}, {"body": ""})]
        case "nudge":
            told = (RowChange(key, "occurrences", {"schedule": name}), RowChange(key, "schedules", {"id": name}))
            return [*told, RowChange(key, "nudge_decisions", {"nudge": name}), RowChange(key, "nudges", {"id": name})]
        case "reminder":
            return [RowChange(key, "occurrences", {"schedule": name}), RowChange(key, "schedules", {"id": name})]
    return []


def _in_place(choice: Choice, day: str) -> str:
    if choice.why == "derived":
        return f"This answer rested on words that were forgotten on {day}."
    return f"This answer was forgotten on {day}."


def _beside(journal: apsw.Connection, gone: set[str], answers: set[Any]) -> list[RowChange]:
    """What other answers found came nearer by what goes, and was kept with its name."""
    found = []
    for turn, sources in journal.execute("SELECT id, sources FROM turns WHERE sources != '[]'"):
        left = without_names(sources, gone) if turn not in answers else sources
        if left != sources:
            found.append(RowChange(turn_key(turn, ANSWER), "turns", {"id": turn}, {"sources": left}))
    return found


def without_names(text: str, gone: Collection[str]) -> str:
    """JSON without the names of passages and texts that go, which are made of their words; "" stands in their place."""
    return _NAME.sub(lambda found: "" if found[0] in gone or first_id(found[0]) in gone else found[0], text)


def _labels(journal: apsw.Connection, gone: set[str]) -> list[RowChange]:
    """Labels on what goes: on a text by its id, on a note by its path, on a passage by the path and its id."""
    names = gone | {first_id(name) for name in gone}
    return [
        RowChange("", "labels", {"kind": kind, "target": target})
        for kind, target in journal.execute("SELECT kind, target FROM labels")
        if kind != "folder" and not names.isdisjoint((target, *str(target).split("\n")))
    ]


def _fact_reads(journal: apsw.Connection, gone: set[str]) -> list[RowChange]:
    """What was read for facts of documents that change, which holds their names and checksums: they are read again. And
    that a model read what goes."""
    found = []
    names = {first_id(name) for name in gone}
    for (document,) in journal.execute("SELECT document FROM fact_reads"):
        root, _, rest = str(document).partition("\n")
        source = rest.split("\n")[0]
        keys = [file_key(folder, source) for folder in (root, root.rpartition("/")[0])]
        passage = str(document).rpartition("\n")[2].partition("/")[0] if root == MODEL else ""
        if first_id(passage) in names or not gone.isdisjoint((*keys, *(f"cut {key}" for key in keys))):
            found.append(RowChange("", "fact_reads", {"document": document}))
    return found


def read_by_name(journal: apsw.Connection, runs: Runs) -> list[RowChange]:
    """That documents were read for facts whose names say what is gone."""
    if not has(journal, "fact_reads"):
        return []
    rows = journal.execute("SELECT document FROM fact_reads")
    return [RowChange("", "fact_reads", {"document": name}) for (name,) in rows if runs.found_in(str(name))]


def _renamed(journal: apsw.Connection, gone: set[str]) -> set[str]:
    """The paths where files that go were first seen: their labels are kept by these."""
    rows = journal.execute("SELECT root, source, first FROM renames")
    return {str(first).replace("//", "/", 1) for root, source, first in rows if file_key(root, source) in gone}


def _renames(journal: apsw.Connection, gone: set[str]) -> list[RowChange]:
    return [
        RowChange("", "renames", {"root": root, "source": source})
        for root, source in journal.execute("SELECT root, source FROM renames")
        if file_key(root, source) in gone
    ]


def _sheet_lists(journal: apsw.Connection, gone: set[str]) -> list[RowChange]:
    """Sheets whose rows are listed by ids of which some go."""
    left = [(name, body, without_names(body, gone)) for name, body in journal.execute("SELECT id, body FROM sheets")]
    return [RowChange("", "sheets", {"id": name}, {"body": after}) for name, body, after in left if after != body]


def apply(journal: apsw.Connection, wanted: Iterable[RowChange]) -> list[tuple[RowChange, list[dict[str, Any]]]]:
    """Changes rows, inside of the caller's transaction; returns with each change that found any what the rows were before
    (whole rows where they went, else the columns that changed)."""
    before = []
    for change in wanted:
        where = " AND ".join(f"{column} = ?" for column in change.key)
        names = columns_of(journal, change.table) if change.set is None else list(change.set)
        found = journal.execute(
            f"SELECT {', '.join(names)} FROM {change.table} WHERE {where}",  # noqa: S608
            tuple(change.key.values()),
        ).fetchall()
        rows = [dict(zip(names, row, strict=True)) for row in found]
        if not rows:
            continue
        before.append((change, rows))
        if change.set is None:
            journal.execute(f"DELETE FROM {change.table} WHERE {where}", tuple(change.key.values()))  # noqa: S608
        else:
            values = ", ".join(f"{column} = ?" for column in change.set)
            journal.execute(
                f"UPDATE {change.table} SET {values} WHERE {where}",  # noqa: S608
                (*change.set.values(), *change.key.values()),
            )
    return before


def put_back(journal: apsw.Connection, change: RowChange, rows: Sequence[dict[str, Any]]) -> None:
    """Makes rows what they were before a change, inside of the caller's transaction."""
    for row in rows:
        if change.set is None:
            columns, marks = ", ".join(row), ", ".join("?" * len(row))
            journal.execute(f"INSERT OR IGNORE INTO {change.table} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
        elif columns_back := [column for column in change.set if column in row]:
            values = ", ".join(f"{column} = ?" for column in columns_back)
            where = " AND ".join(f"{column} = ?" for column in change.key)
            journal.execute(
                f"UPDATE {change.table} SET {values} WHERE {where}",  # noqa: S608
                (*(row[column] for column in columns_back), *change.key.values()),
            )


def drop_unsaid(journal: apsw.Connection, facts: Iterable[str]) -> None:
    """Takes out facts that stand in nothing, with what happened to them."""
    for fact in facts:
        if not journal.execute("SELECT 1 FROM fact_places WHERE fact = ? LIMIT 1", (fact,)).fetchall():
            journal.execute("DELETE FROM fact_events WHERE fact = ?", (fact,))
            journal.execute("DELETE FROM facts WHERE id = ?", (fact,))
