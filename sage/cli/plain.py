"""`sage --plain`: the conversation of the app as lines, for screen readers, dumb terminals, pipes, and whoever likes it.

It is the app's own dialogue with the engine, told as lines (`tui/plain_talk`); what is a screen in the app is the command that does
the same. Whoever writes has the main thread, and the dialogue another one.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import queue
import shlex
import sys
import threading
from collections.abc import Coroutine
from typing import Any

from sage import wire
from sage.cli.commands import GROUPS
from sage.cli.main import run
from sage.cli.plain_completing import complete_with
from sage.cli.printing import Printer
from sage.core.errors import SageError
from sage.core.mentions import Named
from sage.locations import Home
from sage.tui.commands.table import COMMANDS
from sage.tui.dialogue import Dialogue
from sage.tui.plain_lines import Lines, Numbers
from sage.tui.plain_talk import Asked, PlainAsking, PlainTalk

PROMPT, ANSWER = "> ", "? "
DONE, NO_ENGINE = 0, 1

AS_COMMANDS: dict[str, tuple[str, str]] = {
    "today": ("today", "today"),
    "inbox": ("inbox", "inbox"),
    "memory": ("memory", "recall"),
    "models": ("models list", "models"),
    "model": ("models list", "models use"),
    "sheets": ("sheet list", "sheet"),
    "schedule": ("schedule list", "schedule"),
    "nudges": ("nudge list", "nudge"),
    "plugins": ("plugin list", "plugin"),
    "shutdown": ("shutdown", "shutdown"),
    "review": ("review", "review"),
    "bundle": ("eval bundle", "eval bundle"),
    "setup": ("setup", "setup"),
    "settings": ("profile show", "settings"),
}
"""What is a screen in the app, as a command: by itself, and with words behind it."""

_SOON = 2.0
"""Seconds in which Tab waits for names."""
_REFUSED = "--yes"
"""What is to be approved is shown first, and asked: a line that came along with other text approves nothing."""


def talk_plainly(home: Home, profile: str) -> int:
    """Talks until the person leaves, or the input ends; returns the exit code."""
    os.environ["SAGE_PLAIN"] = "1"  # for what is run from here
    attended = sys.stdin.isatty()
    return _Plain(home, profile, attended=attended).talk()


class _Plain:
    def __init__(self, home: Home, profile: str, *, attended: bool) -> None:
        self._home, self._profile, self._attended = home, profile, attended
        self._readline = _readline() if attended and sys.stdout.isatty() else None
        self._numbers = Numbers()
        self._printer = _NumberingPrinter(self._numbers)
        written = self._readline.get_line_buffer if self._readline else str
        self._lines = Lines(sys.stdout, self._numbers, written)
        self._changes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._asking = PlainAsking(self._lines, self._changed, attended=attended)
        self._talk = PlainTalk(home, self._lines, self._asking, self._changed, attended=attended)
        self._interrupted = False

    def _changed(self) -> None:
        self._changes.put(None)

    def talk(self) -> int:
        thread = threading.Thread(target=self._loop.run_forever, name="dialogue", daemon=True)
        thread.start()
        try:
            dialogue = self._wait(self._open())
            if dialogue:
                self._begin(dialogue)
                self._converse(dialogue)
        except KeyboardInterrupt:
            pass
        finally:
            lost = self._talk.lost
            asyncio.run_coroutine_threadsafe(self._talk.close(), self._loop).result(5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(5)
        return NO_ENGINE if lost else DONE

    async def _open(self) -> Dialogue:
        dialogue = Dialogue(
            self._talk, self._home, self._profile, self._asking, attended=self._attended, asks_first=False
        )
        self._talk.dialogue = dialogue
        dialogue.start()
        await self._talk.worked("engine")
        return dialogue

    def _begin(self, dialogue: Dialogue) -> None:
        """Who answers, the first questions where they were not asked, and what was said last, to be called back."""
        if not self._attended or self._talk.lost:
            return
        self._lines.say(f"Sage. {self._talk.status}\n/help tells the commands. Ctrl+C stops an answer; Ctrl+D leaves.")
        setup = self._wait(dialogue.call(wire.ShowSetup()))
        if setup and setup.open_steps:
            self._run(["setup", "--open"])
        last = self._wait(dialogue.call(wire.ShowConversation("last")))
        if self._readline:
            complete_with(self._readline, _names(), lambda name: self._named(dialogue, name))
        if self._readline and last:
            for turn in last.turns:
                self._readline.add_history(" ".join(turn.said.split()))

    def _named(self, dialogue: Dialogue, name: str) -> tuple[Named, ...]:
        """What @ may name so; nothing where that is not known soon, for the words can be written without it."""
        asked = asyncio.run_coroutine_threadsafe(dialogue.call(wire.FindNames(name)), self._loop)
        try:
            return asked.result(_SOON).found
        except (SageError, concurrent.futures.TimeoutError):
            asked.cancel()
            return ()

    def _converse(self, dialogue: Dialogue) -> None:
        while not (self._talk.left or self._talk.lost):
            try:
                line = self._read(PROMPT)
            except KeyboardInterrupt:
                self._lines.say("")
                if self._interrupted:
                    return
                # What was begun is dropped; with nothing begun, the next one leaves.
                self._interrupted = not (self._readline and self._readline.get_line_buffer())
                if self._interrupted:
                    self._lines.say("Ctrl+C once more, or Ctrl+D, leaves.")
                continue
            if line is None:
                return
            self._interrupted = False
            self._take(dialogue, line.strip())

    def _take(self, dialogue: Dialogue, line: str) -> None:
        """One line of the person's."""
        if not line or self._on_loop(self._take_answer(line)):
            return
        if self._readline:
            self._readline.add_history(line)
        words = self._command(line)
        if words is None:
            if line.startswith("/"):
                line = " ".join(map(self._numbers.meant, line.split(" ")))
            self._wait(self._said(dialogue, line))
        elif _REFUSED in words:
            self._lines.say(f"Without {_REFUSED}: what is to be done is shown here, and asked. Nothing was done.")
        elif words == ["help"]:
            self._lines.say(help_lines())
        elif words == ["status"]:
            self._lines.say(self._talk.status)
        elif words[0] == "resume":
            self._resume(dialogue, words[1:])
        else:
            self._run(words)

    def _command(self, line: str) -> list[str] | None:
        """The command of the command line that a line is; None for what the dialogue takes."""
        name, _, rest = line.removeprefix("/").partition(" ")
        if not line.startswith("/"):
            return None
        try:
            given = [self._numbers.meant(word) for word in shlex.split(rest)]
        except ValueError:  # a quotation mark by itself
            given = [self._numbers.meant(word) for word in rest.split()]
        if name in ("help", "status", "resume"):
            return [name, *given]
        if name in AS_COMMANDS:
            return [*AS_COMMANDS[name][bool(given)].split(), *given]
        known = any(name in names for names in GROUPS.values())
        return [name, *given] if known and name not in COMMANDS else None

    def _resume(self, dialogue: Dialogue, given: list[str]) -> None:
        if given:
            self._wait(_go_on(self._talk, dialogue, given[0]))
        else:
            self._run(["talk", "list"])
            self._lines.say("To go on with one: /resume #1")

    def _run(self, words: list[str]) -> None:
        """Runs one command, as the command line would."""
        profile = ["--profile", self._profile] if self._profile else []
        with contextlib.suppress(SystemExit):  # its usage was told
            run(["--home", str(self._home.path), *profile, *words], self._printer)

    async def _take_answer(self, line: str) -> bool:
        return self._asking.take(line)

    async def _said(self, dialogue: Dialogue, line: str) -> None:
        dialogue.say(line)
        await self._talk.worked("command")
        await dialogue.rest()

    # --- the two threads

    def _on_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of what runs beside, and meanwhile asks what it asks; None when it is given up, or failed."""
        running = asyncio.run_coroutine_threadsafe(work, self._loop)
        running.add_done_callback(lambda _: self._changed())
        stopped = False
        while not (running.done() or self._talk.lost):
            try:
                self._changes.get()
                if asked := self._asking.waits():
                    self._ask(asked)
            except KeyboardInterrupt:
                if stopped or self._talk.dialogue is None:
                    running.cancel()
                    self._interrupted = True
                    return None
                stopped = self._interrupted = True
                asyncio.run_coroutine_threadsafe(self._stop(), self._loop)
        try:
            return running.result(0) if running.done() else None
        except (SageError, concurrent.futures.CancelledError):
            return None

    async def _stop(self) -> None:
        """Leaves the question that is open, and stops the answer that is coming."""
        if asked := self._asking.waits():
            self._asking.answer(asked, "")
        if self._talk.dialogue:
            await self._talk.dialogue.stop()

    def _ask(self, asked: Asked) -> None:
        _forget_typed()
        line = self._read(ANSWER)
        self._loop.call_soon_threadsafe(self._asking.answer, asked, line or "")

    def _read(self, prompt: str) -> str | None:
        """A line of the person's; None at the end of the input."""
        prompt = prompt if self._attended else ""
        self._lines.prompting(prompt if self._attended else None)
        try:
            return input(prompt)
        except EOFError:
            if self._attended:
                self._lines.prompting(None)
                self._lines.say("")
            return None
        finally:
            self._lines.prompting(None)


class _NumberingPrinter(Printer):
    """Prints as each command does, with numbers in the place of ids."""

    def __init__(self, numbers: Numbers) -> None:
        super().__init__(as_json=False)
        self._numbers = numbers

    def line(self, text: str = "") -> None:
        super().line(self._numbers.told(text))


async def _go_on(talk: PlainTalk, dialogue: Dialogue, conversation: str) -> None:
    try:
        if (await dialogue.call(wire.ShowConversation(conversation))).turns:
            await dialogue.go_on_with(conversation)
        else:
            talk.note("There is no such conversation. /resume lists them.")
    except SageError as error:
        dialogue.tell(error)


def help_lines() -> str:
    """The commands, one a line."""
    own = [
        "/today, /inbox, /memory WORDS, /models, /sheets, /schedule, /nudges, /plugins: what those places and screens show",
        "/resume: earlier conversations",
        "/status: who answers, and what it cost today",
    ]
    shown = [f"/{one.name} {one.given}".rstrip() + f": {one.words}" for one in COMMANDS.values()
             if one.words and one.name not in AS_COMMANDS and one.name != "resume"]  # fmt: skip
    more = "Each command of `sage --help` works after a slash, such as /inbox approve #1: #1 stands for the id that was told so."
    return "\n".join([*own, *shown, more])


def _forget_typed() -> None:
    """What was typed before a question stood there does not answer it."""
    import termios

    if sys.stdin.isatty():
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _names() -> set[str]:
    """Every word that may stand after a slash."""
    groups = {name for names in GROUPS.values() for name in names}
    return {name for name, one in COMMANDS.items() if one.words} | groups | {*AS_COMMANDS, "help", "status", "resume"}


def _readline() -> Any:
    """Line editing and history, where Python has it; nothing that it sends moves more than the line that is written."""
    try:
        import readline
    except ImportError:
        return None
    for setting in ("enable-bracketed-paste off", "enable-meta-key off", "bell-style none", "disable-completion on"):
        readline.parse_and_bind(f"set {setting}")
    readline.set_auto_history(False)
    return readline
