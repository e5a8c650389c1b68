"""Invented vaults, and the person's other program that writes in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sage_plugins.markdown.config import Config
from sage_plugins.markdown.source import MarkdownNotes

from sage.plugin_api import Context
from sage.testing.plugins import GivenAccount

NOTE = "Garden/Plants.md"
BEGINNING = "---\ntitle: Plants\n---\n# Plants\n\nSome words.\n\n"


class Editor:
    """Writes in one note, in its line ends."""

    def __init__(self, note: Path, settings: Mapping[str, Any], newline: str = "\n") -> None:
        self._note, self._settings, self._newline = note, settings, newline

    def add(self, text: str, due: str = "", weekly: bool = False) -> None:
        tag = self._settings.get("globalFilter", "")
        words = f"{tag} {text}" if tag else text
        if self._settings.get("taskFormat") == "dataview":
            fields = (" [repeat:: every week]" if weekly else "") + (f" [due:: {due}]" if due else "")
        else:
            fields = (" 🔁 every week" if weekly else "") + (f" 📅 {due}" if due else "")
        beginning = BEGINNING.replace("\n", self._newline)
        self._change(beginning, f"{beginning}- [ ] {words}{fields}{self._newline}")

    def retitle(self, text: str, to: str) -> None:
        self._change(text, to)

    def remove(self, text: str) -> None:
        lines = self._note.read_bytes().decode().split(self._newline)
        self._note.write_bytes(self._newline.join(line for line in lines if text not in line).encode())

    def _change(self, old: str, new: str) -> None:
        content = self._note.read_bytes().decode()
        assert old in content
        self._note.write_bytes(content.replace(old, new).encode())


def vault(folder: Path, settings: Mapping[str, Any] | None = None, newline: str = "\n") -> GivenAccount:
    """An account on a new vault without tasks."""
    note = folder / "vault" / NOTE
    note.parent.mkdir(parents=True)
    note.write_bytes(BEGINNING.replace("\n", newline).encode())
    configure(folder / "vault", settings or {})
    return GivenAccount(
        {"folder": str(folder / "vault"), "new_tasks": NOTE}, other=Editor(note, settings or {}, newline)
    )


def configure(folder: Path, settings: Mapping[str, Any]) -> None:
    """Writes the settings of Obsidian Tasks."""
    place = folder / ".obsidian/plugins/obsidian-tasks-plugin/data.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(settings))


async def opened(folder: Path, private: Path, zone: str = "Europe/Berlin", **more: Any) -> MarkdownNotes:
    """The source over a folder, opened."""
    private.mkdir(exist_ok=True)
    source = MarkdownNotes(Context("markdown/test", Config(folder=folder, **more), private, ZoneInfo(zone).key))
    await source.open()
    return source
