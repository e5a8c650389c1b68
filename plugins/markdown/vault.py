"""A folder of Markdown notes: which files are notes, and what the vault's own settings say of tasks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from sage.plugin_api import Unreachable
from sage.plugin_files.replacing import PARTIAL, drop_left_behind

CONFLICT = re.compile(r"\.sync-conflict-\d{8}|conflicted copy|\(conflict", re.IGNORECASE)
"""How synchronising programs name the other version of a file that was edited in two places."""


class Settings(Struct, frozen=True):
    """What the vault's own settings say (those of Obsidian Tasks, unless there are none). `statuses`: each sign's type."""

    dataview: bool = False
    below: bool = False
    """Whether the next one of a task that returns stands below the one that is done."""
    done_date: bool = True
    created_date: bool = False
    tag: str = ""
    """Only checkboxes with this in them are tasks."""
    templates: str = ""
    statuses: dict[str, str] = field(default_factory=dict)


USUAL = {" ": "TODO", "x": "DONE", "X": "DONE", "/": "IN_PROGRESS", "-": "CANCELLED"}


def read_settings(folder: Path) -> Settings:
    """The vault's settings; what is missing or no setting is as Obsidian Tasks has it by itself."""
    tasks = _json(folder / ".obsidian/plugins/obsidian-tasks-plugin/data.json")
    given = tasks.get("statusSettings")
    listed = [each for key in ("coreStatuses", "customStatuses") for each in _rows(given, key)]
    statuses = {str(each.get("symbol")): str(each.get("type")) for each in listed}
    templates = _json(folder / ".obsidian/templates.json").get("folder")
    tag = tasks.get("globalFilter")
    return Settings(
        tasks.get("taskFormat") == "dataview",
        tasks.get("recurrenceOnNextLine") is True,
        tasks.get("setDoneDate") is not False,
        tasks.get("setCreatedDate") is True,
        tag.strip() if isinstance(tag, str) else "",
        templates.strip("/") if isinstance(templates, str) else "",
        {**USUAL, **statuses},
    )


def _rows(given: Any, key: str) -> Iterator[dict[str, Any]]:
    rows = given.get(key) if isinstance(given, dict) else None
    yield from (each for each in rows if isinstance(each, dict)) if isinstance(rows, list) else ()


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def notes_of(folder: Path, skip: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """The notes below a folder by their relative paths, and sentences on what is left out. Hidden folders are none of the
    person's; a link is followed, and a file that is reached twice counts once. Raises Unreachable."""
    found: dict[str, str] = {}
    links: dict[str, str] = {}
    troubles: list[str] = []
    for relative, entry in _files(str(folder), "", skip, {os.path.realpath(folder)}):
        if CONFLICT.search(entry.name):
            troubles.append(f"{relative} is another version of a note: compare the two, and remove one.")
        else:
            (links if entry.is_symlink() else found)[relative] = entry.path
    if links:
        real = {os.path.realpath(path) for path in found.values()}
        for relative, path in sorted(links.items()):
            target = os.path.realpath(path)
            if target not in real and Path(path).is_file():
                real.add(target)
                found[relative] = path
    return found, troubles


def _files(folder: str, below: str, skip: frozenset[str], seen: set[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise Unreachable(f"The folder {below or folder} cannot be read ({error.strerror}).") from error
    for entry in entries:
        if entry.name.startswith(PARTIAL):
            drop_left_behind(Path(entry.path))
        if entry.name.startswith("."):
            continue
        relative = f"{below}{entry.name}"
        if entry.name.lower().endswith(".md"):
            if not entry.is_dir():
                yield relative, entry
        elif entry.is_dir() and relative not in skip:
            if entry.is_symlink():
                target = os.path.realpath(entry.path)
                if target in seen:
                    continue
                seen.add(target)
            yield from _files(entry.path, f"{relative}/", skip, seen)
