"""`sage doctor` and `sage restore`: in a process of their own, while no engine needs to run."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from sage.adapters.home import home_swap, kept_backups
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.home.kept_backups import FoundBackup
from sage.adapters.system_clock import SystemClock
from sage.core.errors import BadInput, SageError
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean, escape_json
from sage.engine import content_checks, place_checks
from sage.engine.patient import Check, Finding, Patient, quoted
from sage.locations import Home

MACHINE: tuple[Check, ...] = (place_checks.check_python, place_checks.check_sqlite)
INSIDE: tuple[Check, ...] = (
    place_checks.check_owner,
    place_checks.check_permissions,
    place_checks.check_room,
    place_checks.check_place,
    place_checks.check_encryption,
    place_checks.check_engine,
    content_checks.check_restore,
    content_checks.check_journal,
    content_checks.check_index,
    content_checks.check_backups,
    content_checks.check_settings,
    content_checks.check_notes,
    content_checks.check_watching,
    content_checks.check_models,
    content_checks.check_leftovers,
)
"""In this order: the journal tells which folders were imported, and the settings how large a note may be."""


def doctor(home: Home, *, as_json: bool) -> int:
    """Prints what is well and what is not, and what mends it; returns 1 if anything is wrong. Changes nothing."""
    findings = examine(Patient(home, SystemClock().now()))
    wrong = sum(finding.state == "wrong" for finding in findings)
    if as_json:
        _print_json(findings)
    else:
        _print_lines(line for finding in findings for line in _told_as_lines(finding))
        _print_lines(["", "All is well." if not wrong else f"{wrong} to mend." if wrong > 1 else "One thing to mend."])
    return 1 if wrong else 0


def examine(patient: Patient) -> list[Finding]:
    """All findings. A home that is not there or cannot be opened is not looked into."""
    findings = [finding for check in (*MACHINE, place_checks.check_home) for finding in _run(check, patient)]
    if findings[-1].state == "ok":
        findings += [finding for check in INSIDE for finding in _run(check, patient)]
    return findings


def restore(home: Home, backup: str, *, listing: bool, as_json: bool) -> int:
    """Lists a home's backups, or brings one back (by path, or by its name in backups/); returns the exit code."""
    try:
        if listing:
            _print_backups(kept_backups.find(home), as_json=as_json)
            return 0
        if not backup:
            raise BadInput(
                "Which backup shall come back?", safe="Nothing was changed.", do="See them with: sage restore --list"
            )
        _restore(home, kept_backups.pick(home, backup), as_json=as_json)
    except SageError as error:
        _print_error(error, as_json=as_json)
        return 1
    return 0


def _restore(home: Home, backup: Path, *, as_json: bool) -> None:
    if kept_backups.kind_of(backup) == "home":
        kept_backups.verify(backup)  # before the lock makes a folder where there was none
    lock = HomeLock(home)
    lock.take()
    try:
        done = home_swap.restore_home(home, backup, SystemClock().now())
    finally:
        lock.release()
    if as_json:
        _print_json(done)
        return
    lines = [f"Restored {counted(done.files, 'file')} from {backup} (made {done.made_at})."]
    if done.kept:
        lines.append(f"What was there before is kept; to go back to it: sage restore {quoted(Path(done.kept))}")
    if done.trash:
        lines.append(f"What that backup could not hold is in {done.trash}.")
    lines += [
        f"Not in the backup: {each.name}. {each.what}{f' ({each.link})' if each.link else ''}" for each in done.remarks
    ]
    _print_lines([*lines, "The index is built again at the next start."])


def _run(check: Check, patient: Patient) -> list[Finding]:
    """What a check finds; one that fails is a finding itself."""
    found: list[Finding] = []
    name = check.__name__.removeprefix("check_")
    try:
        found += check(patient)
    except SageError as error:
        found.append(Finding(name, "wrong", error.what, error.do))
    except OSError as error:
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        what = f"It could not be checked ({place}{os.strerror(error.errno or 0)})."
        found.append(Finding(name, "wrong", what, f"Allow reading it: chmod -R u+rwX {quoted(patient.home.path)}"))
    return found


def _told_as_lines(finding: Finding) -> list[str]:
    width = max(60, min(shutil.get_terminal_size().columns, 120))
    first = f"{finding.state:<6}{finding.check:<12}"
    told = textwrap.wrap(finding.what, width, initial_indent=first, subsequent_indent=" " * len(first))
    return [*told, *([f"{'':<6}mend: {finding.mend}"] if finding.mend else [])]


def _print_backups(found: list[FoundBackup], *, as_json: bool) -> None:
    if as_json:
        _print_json(found)
        return
    for backup in found:
        state = backup.trouble or f"whole, schema {backup.schema}, {counted(backup.files, 'file')}"
        kind = "" if backup.kind == "home" else " (the journal alone)"
        _print_lines([f"{backup.made_at}  {backup.bytes / 1e6:8.1f} MB  {Path(backup.path).name}{kind}: {state}"])
    if not found:
        _print_lines(["There is no backup yet. Make one with: sage backup"])


def _print_json(value: Any) -> None:
    sys.stdout.write(escape_json(msgspec.json.encode(value).decode()) + "\n")


def _print_lines(lines: Iterable[str]) -> None:
    sys.stdout.writelines(clean(line) + "\n" for line in lines)


def _print_error(error: SageError, *, as_json: bool) -> None:
    if as_json:
        told = {"error": error.kind, "what": error.what, "safe": error.safe, "do": error.do}
        sys.stderr.write(escape_json(msgspec.json.encode(told).decode()) + "\n")
    else:
        sys.stderr.writelines(clean(text) + "\n" for text in (error.what, error.safe, error.do) if text)
