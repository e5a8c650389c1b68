"""Lines that are kept from anywhere: they wait for the engine, are kept once, and can be taken back. What an app had not
kept when it ended, the next one keeps."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sage import wire
from sage.core.capturing import CaptureKind
from sage.core.errors import EngineGone, SageError
from sage.core.terminal_text import clean_line
from sage.tui.drafts import Drafts, Found, Line

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

TELLS = 8
"""Seconds for which it is told what became of a line."""


class Captures:
    """`kind` is that of a line that was left, `last` is what was kept last, `told` what is said of it."""

    def __init__(self, app: SageApp, talk: Talk, drafts: Drafts) -> None:
        self._app, self._talk, self._drafts = app, talk, drafts
        self._draft = ""
        self.kind: CaptureKind | None = None
        self.last: wire.Captured | None = None
        self.told = ""

    @property
    def draft(self) -> str:
        """The words of a line that was left."""
        return self._draft

    @draft.setter
    def draft(self, text: str) -> None:
        self._draft = text
        self._drafts.keep_jotted(text)

    def keep(self, text: str, kind: CaptureKind | None) -> None:
        """Keeps a line beside the keys, as soon as the engine is there."""
        if not self._talk.is_ready:
            self._say("It is kept as soon as the engine is there.")
        key = secrets.token_hex(8)  # also after a line that broke it is kept once
        self._begin(Line(text, kind, key, datetime.now().astimezone().isoformat()))

    def go_on_with(self, found: Found) -> None:
        """Takes over what an app left that ended."""
        if found.jotted:
            self.draft = "\n".join(filter(None, (found.jotted, self.draft)))
        for line in found.lines:
            self._begin(line)

    def _begin(self, line: Line) -> None:
        self._drafts.keep_line(line)
        self._talk.run_worker(self._keep(line), name="capture", exit_on_error=False)

    async def _keep(self, line: Line) -> None:
        try:
            kept = await self._twice(wire.Capture(line.text, line.kind, line.key, line.at))
        except SageError as error:
            if not self.draft:
                self.draft, self.kind = line.text, line.kind
                self._drafts.drop_line(line)
            self._say(f"{error} F8 brings the words back.")
            return
        self._drafts.drop_line(line)
        self.last, self.told = kept, f"{kept.words} Ctrl+Z here takes it back."
        self._say(f"{kept.words} F8 Ctrl+Z takes it back.")
        self._app.look_again()

    def take_back(self) -> None:
        """What was kept last is taken back."""
        last, self.last, self.told = self.last, None, ""
        if last:
            self._talk.run_worker(self._take_back(last), name="capture", exit_on_error=False)

    async def _take_back(self, last: wire.Captured) -> None:
        try:
            self._say((await self._twice(wire.TakeBackCapture(last.id))).words)
        except SageError as error:
            self._say(str(error))
        self._app.look_again()

    async def _twice(self, request: wire.Request[wire.Captured]) -> wire.Captured:
        try:
            return await self._talk.call(request)
        except EngineGone:
            return await self._talk.call(request)

    def _say(self, words: str) -> None:
        self._app.notify(clean_line(words), timeout=TELLS, markup=False)
