"""`sage export`: all that a home holds of its person's, written as Markdown and JSON into a new folder.

It is made beside that folder and then gets its name, so that no half of an export is ever taken for a whole one. The same
home gives the same bytes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sage import __version__
from sage.adapters.database import Database
from sage.adapters.home.backups import FOLDERS, TEMPORARY
from sage.adapters.home.exporting_models import gather_models
from sage.adapters.journal.journal import Journal
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.journal.journal_nudges import NudgePages
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_replies import ReplyPages
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.notes.notebook import FileNotebook
from sage.core.errors import BadInput, NotFound, SageError
from sage.core.exports import (
    FORMAT,
    Export,
    ExportedConversation,
    ExportedFact,
    ExportedFile,
    ExportedMessage,
    ExportedNudge,
    ExportedReminder,
    ExportedReply,
    ExportedTaskChange,
    pages,
)
from sage.core.model_exports import model_tables
from sage.core.passages import RememberedText
from sage.core.pauses import Pause
from sage.core.redaction import redact
from sage.locations import Home, home_trouble, sync_folder

ALONE = ("tasks.md", "settings.toml")
_TEXTS = 1000
_ALL = 2**31
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SETTINGS = ("settings.toml", "profiles/")
"""Where a key that somebody wrote into a wrong place would stand; it is left out."""


@dataclass(frozen=True)
class ExportDone:
    """What an export wrote: its content, and its files and bytes."""

    export: Export
    files: int
    bytes: int


def export_home(home: Home, database: Database, target: Path) -> ExportDone:
    """Writes everything into `target`, which must be new or empty. Raises BadInput, NotFound, DiskFull, HomeReadOnly."""
    texts = TextPages(database)
    _check(home, texts.roots(), target)
    export, copies = _gather(home, database, texts)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        count, size = _write(beside, export, copies)
        with contextlib.suppress(FileNotFoundError):
            target.rmdir()
        beside.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise home_trouble(error, target) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return ExportDone(export, count, size)


def _check(home: Home, roots: Iterable[str], target: Path) -> None:
    place = target.resolve()
    if os.path.lexists(target) and not target.is_dir():
        raise BadInput(f"{target} is a file.", safe="Nothing was written.", do="Name a new folder.")
    if target.is_dir() and any(target.iterdir()):
        raise BadInput(f"{target} is not empty.", safe="Nothing was written.", do="Name a new folder, or an empty one.")
    if not target.parent.is_dir():
        raise NotFound(
            f"There is no folder {target.parent}.", safe="Nothing was written.", do="Make it, or choose another."
        )
    for folder in (home.path, *map(Path, roots)):
        if place.is_relative_to(folder.resolve()):
            raise BadInput(
                f"{target} is inside of {folder}, which Sage reads.",
                safe="Nothing was written.",
                do="Choose a place outside of it, so that nothing is read twice.",
            )


def _gather(home: Home, database: Database, texts: TextPages) -> tuple[Export, dict[str, bytes]]:
    """All of it, with the files that are copied as they are, by path."""
    copies: dict[str, bytes] = {}
    left_out: list[str] = []
    for path, source in _own_files(home, left_out):
        try:
            data = source.read_bytes()
        except OSError as error:
            left_out.append(f"{path}: it cannot be read ({os.strerror(error.errno or 0)})")
            continue
        copies[path] = _without_keys(data) if path.startswith(_SETTINGS) else data
    notebook = FileNotebook(home)
    try:
        tasks = tuple(notebook.tasks())
    except SageError as error:  # the file itself is copied all the same
        tasks = ()
        left_out.append(f"tasks.md as tasks: {error.what}")
    facts, schedules = FactPages(database), SchedulePages(database)
    decisions = facts.decisions()
    export = Export(
        format=FORMAT,
        sage=__version__,
        files=tuple(ExportedFile(path, _text(data)) for path, data in copies.items()),
        goals=tuple(notebook.goals()),
        tasks=tasks,
        conversations=tuple(_conversations(Journal(database))),
        texts=tuple(_texts(texts)),
        reminders=tuple(_reminders(schedules)),
        facts=tuple(
            ExportedFact(one, decisions.get(one.id, ""), tuple(facts.events(one.id))) for one in facts.statements()
        ),
        labels=tuple(texts.labels()),
        imported=tuple(root for root in texts.roots() if root not in (str(home.notes), str(home.goals))),
        spent_usd=dict(
            database.rows("SELECT day, round(sum(coalesce(spent, reserved)), 6) FROM costs GROUP BY day ORDER BY day")
        ),
        left_out=tuple(sorted(left_out)),
        rituals=tuple(RitualPages(database).all()),
        focus=tuple(FocusPages(database).since(_LONG_AGO)),
        nudges=tuple(_nudges(NudgePages(database), schedules)),
        pauses=tuple(reversed(PausePages(database).last(_ALL))),
        messages=tuple(_messages(database)),
        task_changes=tuple(_task_changes(database)),
        accounts={
            account: f"{state}: {reason}" if reason else state
            for account, state, reason in database.rows(
                "SELECT account, state, reason FROM plugin_accounts ORDER BY account"
            )
        },
        replies=tuple(_replies(ReplyPages(database))),
        absences=tuple(
            Pause(*row) for row in database.rows("SELECT since, until, ifnull(ended_at, '') FROM absences ORDER BY seq")
        ),
        opted_out=tuple(sorted(ReplyPages(database).opted_out())),
        taken_over=tuple(sorted(ReplyPages(database).taken_over())),
        models=gather_models(database),
    )
    return export, copies


def _replies(replies: ReplyPages) -> Iterator[ExportedReply]:
    for one in reversed(replies.latest(limit=_ALL)):
        yield ExportedReply(
            one.account, one.id, one.arrival, one.conversation, one.reply, one.state, one.final, one.made_at, one.decided_at
        )  # fmt: skip


def _reminders(schedules: SchedulePages) -> Iterator[ExportedReminder]:
    """Without what Sage tells of its own accord: nudges stand by themselves, times of rituals are settings."""
    for one in schedules.all(removed=True):
        if one.kind == "reminder":
            yield ExportedReminder(one, tuple(schedules.occurrences(one.id)))


def _nudges(nudges: NudgePages, schedules: SchedulePages) -> Iterator[ExportedNudge]:
    for one in nudges.all():
        told = schedules.find(one.id)
        yield ExportedNudge(one, told.text if told else "", tuple(nudges.decisions(one.id)))


def _own_files(home: Home, left_out: list[str]) -> Iterator[tuple[str, Path]]:
    """The person's files in the home, in the order of their paths. Links lead elsewhere and are only named."""
    waiting = [home.path / name for name in (*ALONE, *FOLDERS, home.drafts.name)]
    found: list[tuple[str, Path]] = []
    while waiting:
        path = waiting.pop()
        name = path.relative_to(home.path).as_posix()
        try:
            if TEMPORARY.match(path.name) or not os.path.lexists(path):
                continue
            name.encode()
            if path.is_symlink():
                left_out.append(f"{name}: it is a link to another place")
            elif path.is_dir():
                waiting += path.iterdir()
            elif path.is_file():
                found.append((name, path))
            else:
                left_out.append(f"{name}: it is no file")
        except OSError as error:
            left_out.append(f"{name}: it cannot be read ({os.strerror(error.errno or 0)})")
        except UnicodeEncodeError:
            left_out.append(f"{name.encode('utf-8', 'replace').decode()}: its name is not valid text")
    return iter(sorted(found))


def _conversations(journal: Journal) -> Iterator[ExportedConversation]:
    for line in sorted(journal.conversations(_ALL), key=lambda line: (line.started_at, line.id)):
        turns = journal.history(line.id)
        asked = {turn.answer.turn: journal.approvals(turn.answer.turn) for turn in turns}
        approvals = {turn: found for turn, found in asked.items() if found}
        yield ExportedConversation(line.id, line.title, tuple(turns), approvals, journal.branch_told(line.id))


def _texts(texts: TextPages) -> Iterator[RememberedText]:
    seq = 0
    while found := texts.texts_after(seq, _TEXTS):
        seq = found[-1][0]
        yield from (text for _, text in found)


def _messages(database: Database) -> Iterator[ExportedMessage]:
    """What came in and what went out, in the order of their times."""
    came = database.rows(
        "SELECT account, id, conversation, sender, name, members, subject, '', text_id, attachments, state, reason, answer_to,"
        " at FROM inbound"
    )
    went = database.rows(
        "SELECT account, id, conversation, '', '', recipients, subject, text, '', '[]', state, reason, '', made_at"
        " FROM outbox"
    )
    for row in sorted([*came, *went], key=lambda row: datetime.fromisoformat(row[-1])):
        (
            account,
            name,
            conversation,
            sender,
            called,
            members,
            subject,
            text,
            text_id,
            files,
            state,
            reason,
            answer_to,
            at,
        ) = row
        attached = tuple(each["name"] for each in msgspec.json.decode(files))
        yield ExportedMessage(
            account, name, conversation, sender, called, tuple(msgspec.json.decode(members)), subject, text, text_id, attached,
            state, reason, at, answer_to,
        )  # fmt: skip


def _task_changes(database: Database) -> Iterator[ExportedTaskChange]:
    rows = database.rows(
        "SELECT account, id, do, task, base, wanted, theirs, state, reason, made_at FROM task_changes ORDER BY seq"
    )
    for account, name, do, task, base, wanted, theirs, state, reason, made_at in rows:
        was, stands = (msgspec.json.decode(each) if each else None for each in (base, theirs))
        yield ExportedTaskChange(
            account, name, do, task, was, msgspec.json.decode(wanted), stands, state, reason, made_at
        )


def _write(folder: Path, export: Export, copies: dict[str, bytes]) -> tuple[int, int]:
    """Writes all files (0600, folders 0700), synced. Returns how many, and their bytes."""
    folder.mkdir(mode=0o700)
    texts = [*pages(export), *model_tables(export.models)]
    written = {path: text.encode("utf-8", "replace") for path, text in texts}
    written["sage.json"] = msgspec.json.format(msgspec.json.encode(export), indent=2) + b"\n"
    count = size = 0
    for path, data in sorted((copies | written).items()):
        target = folder / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        count, size = count + 1, size + len(data)
    return count, size


def _without_keys(data: bytes) -> bytes:
    text = _text(data)
    return data if text is None else redact(text).encode()


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
