"""The doctor's checks of what is in a home: journal, index, backups, settings, notes, models, leftovers."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sage.adapters.database import Migration
from sage.adapters.home import backups, kept_backups
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.memory.memory_rows import MIGRATIONS as INDEX_MIGRATIONS
from sage.adapters.notes.note_files import list_notes, read_file
from sage.adapters.readers import format_named
from sage.adapters.readers.reading import text_of
from sage.adapters.resting_database import Resting, look_into
from sage.core.errors import BadInput, SageError
from sage.core.model_catalogue import CATALOGUE
from sage.engine.patient import Finding, Patient, named, quoted, walk
from sage.locations import Home
from sage.profile import profile_names, resolve
from sage.profile_plugins import account_troubles

LISTED = 10
"""How many files of a kind are named before the rest is counted."""
MOST_WATCHES = 0.8
"""The share of the system's watches that notes may take; other programs need some, too."""
AHEAD = timedelta(minutes=10)
"""How far the journal's last entry may be ahead of the clock."""


def check_restore(patient: Patient) -> Iterator[Finding]:
    folder = patient.home.path / ".restore-new"
    if (folder / "plan.json").exists():
        yield Finding(
            "restore",
            "note",
            "A restore was cut off. The next start brings it to its end.",
            patient.sage("engine status"),
        )
    elif folder.exists():
        yield Finding("restore", "note", "A restore was cut off before it had changed anything. The next start clears it away.",
                      f"rm -r {quoted(folder)}")  # fmt: skip


def check_journal(patient: Patient) -> Iterator[Finding]:
    home = patient.home
    if (home.path / ".restore-new" / "plan.json").exists():
        return
    if not home.journal.exists():
        if any(home.backups.glob("*.zip")) or (home.index / "memory.db").exists():
            yield Finding("journal", "wrong", "journal.db is missing, though there was one.", _way_back(patient))
        else:
            yield Finding("journal", "note", "There is no journal yet; it is made at the first start.")
        return
    with look_into(home.journal, in_use=bool(patient.owner())) as resting:
        yield from _judge_journal(resting, patient)


def _judge_journal(resting: Resting, patient: Patient) -> Iterator[Finding]:
    if resting.unseen:
        yield Finding("journal", "note", resting.unseen, f"Start Sage once, then again: {patient.sage('doctor')}")
        return
    if resting.trouble:
        yield Finding("journal", "wrong", f"journal.db is damaged: {resting.trouble}.", _way_back(patient))
        return
    if resting.schema > len(MIGRATIONS):
        yield Finding("journal", "wrong", f"journal.db was written by a later version of Sage (schema {resting.schema}; this one "
                      f"knows {len(MIGRATIONS)}).", "Run: pip install --upgrade sage-companion")  # fmt: skip
        return
    older = f"; it is brought to schema {len(MIGRATIONS)} at the next start, after a copy was made"
    yield Finding(
        "journal", "ok", f"Whole, schema {resting.schema}{older if resting.schema < len(MIGRATIONS) else ''}."
    )
    patient.roots += [str(row[0]) for row in resting.rows("SELECT path FROM roots")]
    yield from _judge_clock(resting, patient)


def _judge_clock(resting: Resting, patient: Patient) -> Iterator[Finding]:
    latest = [
        datetime.fromisoformat(str(row[0]))
        for table, column in (("turns", "said_at"), ("actions", "claimed_at"), ("costs", "at"))
        for row in resting.rows(f"SELECT {column} FROM {table} ORDER BY seq DESC LIMIT 1")  # noqa: S608
    ]
    ahead = max((moment - patient.now for moment in latest), default=timedelta())
    if ahead > AHEAD:
        yield Finding("clock", "wrong", f"The journal's last entry is {_span(ahead)} ahead of this machine's clock "
                      f"({patient.now:%Y-%m-%d %H:%M}).", "Set the clock, for example: sudo timedatectl set-ntp true")  # fmt: skip
    else:
        yield Finding("clock", "ok", f"{patient.now:%Y-%m-%d %H:%M %Z}, not behind the journal.")


def _span(ahead: timedelta) -> str:
    return f"{ahead.days} days" if ahead.days > 1 else f"{ahead.total_seconds() / 3600:.1f} hours"


def _way_back(patient: Patient) -> str:
    """How to get a whole journal again."""
    whole = [backup for backup in kept_backups.find(patient.home) if not backup.trouble and backup.schema]
    if whole:
        newest = whole[0]
        return f"{patient.sage(f'restore {shlex.quote(Path(newest.path).name)}')} (made {newest.made_at})"
    return (
        "There is no backup. Your notes, goals and tasks are safe as files. To begin a new journal and keep this one: "
        f"mv {quoted(patient.home.journal)} {quoted(patient.home.journal)}.torn"
    )


def check_index(patient: Patient) -> Iterator[Finding]:
    path = patient.home.index / "memory.db"
    if not path.exists():
        yield Finding("index", "ok", "There is no index yet; it is built by itself.")
        return
    with look_into(path, in_use=bool(patient.owner())) as resting:
        yield _judge_index(resting, INDEX_MIGRATIONS, patient)


def _judge_index(resting: Resting, migrations: tuple[Migration, ...], patient: Patient) -> Finding:
    anew = f"{patient.sage('engine stop')}; rm -r {quoted(patient.home.index)}"
    if resting.unseen:
        return Finding("index", "note", resting.unseen, f"Start Sage once, then again: {patient.sage('doctor')}")
    if resting.trouble:
        return Finding("index", "note", f"The index is damaged ({resting.trouble}). It is made again by itself.", anew)
    if resting.schema != len(migrations):
        return Finding("index", "note", "The index is of another version of Sage. It is made again by itself.", anew)
    return Finding("index", "ok", "Whole.")


def check_backups(patient: Patient) -> Iterator[Finding]:
    found = kept_backups.find(patient.home)
    for backup in found:
        if backup.trouble:
            yield Finding("backups", "wrong", backup.trouble, f"rm {quoted(Path(backup.path))}")
    whole = [backup for backup in found if not backup.trouble]
    if whole:
        yield Finding("backups", "ok", f"{len(whole)}, the newest of {whole[0].made_at}.")
    elif patient.home.journal.exists():
        yield Finding("backups", "note", "There is no backup yet.", patient.sage("backup"))


def check_settings(patient: Patient) -> Iterator[Finding]:
    told: set[str] = set()
    names = profile_names(patient.home)
    for name in names:
        try:
            resolved = resolve(name, patient.home)
        except BadInput as error:
            if error.what not in told:
                yield Finding("settings", "wrong", error.what, error.do)
            told.add(error.what)
        else:
            patient.largest_note = int(resolved.settings.memory.max_note_mb * 1_000_000)
            for trouble in account_troubles(resolved):
                if trouble.what not in told:
                    yield Finding("settings", "wrong", trouble.what, f"{trouble.do} All else goes on without it.")
                told.add(trouble.what)
    if not told:
        yield Finding("settings", "ok", f"settings.toml and the profiles fit ({', '.join(names)}).")


def check_notes(patient: Patient) -> Iterator[Finding]:
    home, bad, count = patient.home, list[Finding](), 0
    for root in dict.fromkeys((home.notes, home.goals, *map(Path, patient.roots))):
        if not root.exists():
            if root not in (home.notes, home.goals):
                bad.append(Finding("notes", "note", f"{root}, which was imported, is not there.",
                                   "Bring it back (an outer disk?). What was read from it is kept."))  # fmt: skip
            continue
        listing = list_notes(root)
        bad += [Finding("notes", "wrong", f"{root / each.source}: {each.what}", each.do) for each in listing.troubles]
        for file in listing.files:
            try:
                if format_named(file.format).largest is None:
                    text_of(read_file(file, patient.largest_note).data)
                count += 1
            except SageError as error:
                bad.append(Finding("notes", "wrong", f"{file.path}: {error.what}", error.do))
    if home.tasks.exists():
        bad += _tasks_trouble(home)
    yield from bad[:LISTED]
    if len(bad) > LISTED:
        yield Finding("notes", "wrong", f"… and {len(bad) - LISTED} more.")
    if not bad:
        yield Finding("notes", "ok", f"{count} can be read.")


def check_watching(patient: Patient) -> Iterator[Finding]:
    """Each folder below an imported one takes one of the system's watches (Linux)."""
    try:
        limit = int(patient.watches.read_text())
    except (OSError, ValueError):
        return
    roots = dict.fromkeys((patient.home.notes, patient.home.goals, *map(Path, patient.roots)))
    folders = sum(1 for root in roots for _ in os.walk(root))
    if folders > limit * MOST_WATCHES:
        yield Finding(
            "watching", "note", f"The notes are in {folders} folders, and this system watches {limit} for all programs together. "
            "What it does not watch is looked through every half minute.",
            f"echo fs.inotify.max_user_watches={max(524288, 4 * folders)} | sudo tee /etc/sysctl.d/60-watches.conf; "
            "sudo sysctl --system",
        )  # fmt: skip
    else:
        yield Finding("watching", "ok", f"{folders} folders of notes; this system watches {limit}.")


def _tasks_trouble(home: Home) -> Iterator[Finding]:
    try:
        home.tasks.read_bytes().decode()
    except UnicodeDecodeError:
        yield Finding("notes", "wrong", f"{home.tasks} is not UTF-8 text.", "Save it as UTF-8.")


def check_models(patient: Patient) -> Iterator[Finding]:
    right = []
    for model in CATALOGUE:
        path = patient.home.models / model.file
        again = f"rm {quoted(path)} && {patient.sage(f'models install {model.name}')}"
        if not path.exists():
            continue
        if path.stat().st_size != model.size:
            yield Finding("models", "wrong", f"The file of {model.name} has the wrong length.", again)
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != model.sha256:
                yield Finding("models", "wrong", f"The file of {model.name} is damaged (wrong checksum).", again)
                continue
        right.append(model.name)
    for model in CATALOGUE:
        part = patient.home.models / ".partial" / model.file / "file"
        if part.exists():
            yield Finding("models", "note", f"{part.stat().st_size / 1e6:,.0f} of {model.size / 1e6:,.0f} MB of {model.name} "
                          "are there.", f"Go on: {patient.sage(f'models install {model.name}')}")  # fmt: skip
    yield Finding("models", "ok", f"{', '.join(right)}, checksums right." if right else "None is installed.")


def check_leftovers(patient: Patient) -> Iterator[Finding]:
    """Temporary files older than a minute (a younger one may be written just now), and what was put aside as torn."""
    before = patient.now.timestamp() - 60
    left = [
        path
        for path in walk(patient.home.path)
        if (backups.TEMPORARY.match(path.name) or path.name.endswith(".torn")) and path.lstat().st_mtime < before
    ]
    if left:
        names = " ".join(quoted(path) for path in left[:LISTED])
        yield Finding(
            "leftovers", "note", f"{named(left, patient.home)} left by something that was cut off.", f"rm -r {names}"
        )
