"""The dialogue between Talk and the engine: sends what was said, shows what comes back, runs the commands."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from sage import wire
from sage.core.errors import EngineGone, SageError
from sage.core.messages import TextDelta
from sage.core.passages import Hit, ImportProgress, ImportReport
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean
from sage.core.turns import (
    ActionTaken,
    Answer,
    ApprovalNeeded,
    ApprovalSettled,
    ConversationLine,
    Correction,
    StartedOver,
    TurnStarted,
)
from sage.locations import Home, typed_path
from sage.tui.line import EngineLine
from sage.tui.nudge_answers import NudgeAnswers
from sage.tui.widgets.approval import Approval
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.entry import Entry, SourceLine

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

R = TypeVar("R")
HELP = """| key | what it does |
|---|---|
| Enter | send |
| Ctrl+J | new line |
| Esc | stop the answer |
| Up, Down | what you said before |
| PgUp, PgDn | read back |
| Ctrl+O | open or fold the sources |
| Ctrl+R | earlier conversations |
| Ctrl+N | a new conversation |
| F5, Ctrl+T | Memory: search, read, label, forget (F3 or Esc comes back) |
| Ctrl+Q | quit |

| command | |
|---|---|
| /import FOLDER | read notes (they stay where they are) |
| /memory WORDS | search memory |
| /resume | earlier conversations |
| /new | a new conversation |
| /model | who answers |
| /why | what the last answer rests on |
| /setup | the first questions again |
| /quit | leave |"""


_WITHOUT_ENGINE = frozenset({"help", "memory", "new", "retry", "quit"})
"""Commands that need not wait until the engine is there."""


class Dialogue:
    """One conversation at a time over one line to the engine. `talk` is the screen that shows it."""

    def __init__(self, talk: Talk, home: Home, profile: str) -> None:
        self._talk, self._home, self._profile = talk, home, profile
        self._line = self._new_line()
        self._ready = asyncio.Event()
        self._waiting: list[str] = []
        """What was said and is not on the engine's disk yet, oldest first."""
        self._said = asyncio.Event()
        self._conversation, self._turn = "", ""
        self._last: Answer | None = None
        self._streaming = False
        self._asking = False
        """Whether the oldest of `_waiting` is on its way and not known to be on disk."""
        self._in_doubt = ""
        """What was on its way when the line broke: the next engine knows whether it is on disk."""
        self._told: set[str] = set()
        """The reminders that were shown, by key."""
        self._notices: list[str] = []
        """What is told once the text that streams is complete."""
        self._answering: asyncio.Task[None] | None = None
        """What is being answered in the conversation that is shown."""
        self._opening = False
        self._closed = False
        self._nudges = NudgeAnswers(talk, self.call, self._work_told)

    def start(self) -> None:
        """Opens the line and begins to send."""
        self._work(self._open_line(), "engine")
        self._work(self._send_in_turn(), "sending")

    async def close(self) -> None:
        """Lets the line go; what the engine answers goes on there."""
        self._closed = True
        await self._line.close()

    def say(self, text: str) -> None:
        """What the person wrote: a command, or words for the conversation."""
        if text.startswith("/") and "\n" not in text:
            self._work(self._command(text), "command")
        elif text:
            self._talk.transcript.append(Entry("user", text))
            self._waiting.append(text)
            self._said.set()
            if not self._ready.is_set():
                self._talk.say_status("waiting for the engine …")

    @property
    def is_ready(self) -> bool:
        """Whether the engine is there."""
        return self._ready.is_set()

    async def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks for another place of the app, once the engine is there. Raises what the engine tells, or EngineGone."""
        await self._ready.wait()
        return await self._line.call(request, on_event)

    async def stop(self) -> None:
        """Stops the answer that is coming."""
        if self._turn and self._line.is_open:
            await self._line.call(wire.StopTurn(self._turn))

    def _work(self, work: Any, name: str) -> None:
        self._talk.run_worker(work, name=name, exit_on_error=False)

    # --- the engine's line

    def _new_line(self) -> EngineLine:
        return EngineLine(self._home, self._profile, on_news=self._on_news, on_lost=self._on_lost)

    async def _open_line(self) -> None:
        setup = await self._connect()
        if setup is None:
            return
        self._ready.set()
        self._work(self._line.call(wire.Warm()), "warm")
        self._work(self._own_up(), "own up")
        if setup.open_steps:
            await self._first_run(setup)

    async def _connect(self) -> wire.SetupShown | None:
        """Finds or starts the engine; None (and told) when that fails."""
        self._opening = True
        try:
            await self._line.open()
            await self._show_status()
            return await self._line.call(wire.ShowSetup())
        except SageError as error:
            self._tell(error)
            self._talk.say_status("no engine · /retry")
            return None
        finally:
            self._opening = False

    def _on_lost(self, error: SageError) -> None:
        self._ready.clear()
        if self._closed:
            return
        self._talk.say_status("the engine has ended; starting it again …")
        self._line = self._new_line()
        self._work(self._open_again(), "engine")

    async def _open_again(self) -> None:
        """A new line after the old one broke: what was kept is shown, then what waits is sent."""
        if await self._connect() is None:
            return
        shown = await self._line.call(wire.ShowConversation(self._conversation or "last"))
        if self._in_doubt and shown.turns and shown.turns[-1].said == self._in_doubt:
            self._waiting.pop(0)  # it reached the disk; only the news of it was lost
            self._conversation = shown.id
        self._in_doubt = ""
        if self._conversation:
            self._show_past(shown)
            for text in self._waiting:
                self._talk.transcript.append(Entry("user", text))
        if shown.running and shown.id == self._conversation:
            await self._take_answer(wire.Follow(shown.running))
        self._ready.set()

    def _on_news(self, news: wire.AnyNews) -> None:
        match news:
            case wire.ReminderDue():
                self._work(self._remind(news), "reminder")
            case wire.Notice():
                self._talk.note(news.text)
            case wire.StatusChanged():
                self._work(self._show_status(), "status")

    async def _remind(self, news: wire.ReminderDue) -> None:
        """Shows a reminder once, and tells the engine so after it is there."""
        with contextlib.suppress(SageError):  # the next engine sends it again
            if news.key not in self._told:
                if not (await self._line.call(wire.TakeReminder(news.key))).wanted or news.key in self._told:
                    return
                self._told.add(news.key)
                ring = news.ring
                late = f"\n{ring.late}" if ring.late else ""
                asks = "\nDoes it still count?" if ring.asks else ""
                is_nudge = ring.schedule.kind == "nudge"
                name = "Sage asks" if is_nudge else "Reminder"
                self._talk.transcript.append(Entry("notice", f"{name} · {ring.schedule.text}{late}{asks}"))
                if is_nudge:
                    self._nudges.offer(ring)
                if not news.quiet:
                    self._talk.app.bell()
                if news.outside:
                    self._talk.app.tell_outside(f"{ring.schedule.text} {ring.late}", news.key)
            await self._line.call(wire.ReminderShown(news.key))

    async def _own_up(self) -> None:
        """What was due and may not have reached the person is told once."""
        with contextlib.suppress(SageError):
            missed = await self._line.call(wire.ShowMissed())
            if missed.lines:
                self._talk.note("\n".join(("While nobody could be told:", *missed.lines)))
            if missed.keys:
                await self._line.call(wire.OwnUp(missed.keys))

    # --- saying things

    async def _send_in_turn(self) -> None:
        """Sends what was typed, one after the other, as soon as the engine is there."""
        while True:
            await self._said.wait()
            await self._ready.wait()
            if self._waiting:
                await self._take_answer(wire.Ask(self._waiting[0], self._conversation))
            else:
                self._said.clear()

    async def _take_answer(self, request: wire.Ask | wire.Follow) -> None:
        """Shows an answer as it comes, until it is complete or its conversation is left."""
        answering = self._answering = asyncio.create_task(self._show_answer(request), name="answer")
        try:
            await asyncio.wait([answering])
        finally:
            answering.cancel()
        if not answering.cancelled():
            answering.result()

    def _leave(self) -> None:
        """Another conversation is shown from now on; what is being answered in this one goes on in the engine."""
        if self._answering:
            self._answering.cancel()
        self._notices.clear()

    async def _show_answer(self, request: wire.Ask | wire.Follow) -> None:
        self._streaming, self._asking = False, isinstance(request, wire.Ask)
        try:
            answer = await self._line.call(request, self._show_event)
            self._finish(answer)
        except asyncio.CancelledError:
            if self._asking:
                self._waiting.pop(0)
            raise
        except EngineGone:
            self._finish(None)
            self._in_doubt = self._waiting[0] if self._asking else ""
        except SageError as error:
            self._finish(None)
            if self._asking:
                self._waiting.pop(0)
            self._tell(error)
        finally:
            self._asking = False
            self._turn = ""
            self._drop_approvals()
        if self._ready.is_set():
            await self._show_status()

    def _show_event(self, event: Any) -> None:
        transcript = self._talk.transcript
        match event:
            case TurnStarted():
                if self._asking:
                    self._waiting.pop(0)
                    self._asking = False
                self._conversation, self._turn = event.conversation, event.turn
                self._talk.say_status(f"{event.model} …  Esc stops")
            case TextDelta():
                self._begin()
                transcript.feed(event.text)
            case StartedOver():
                self._restart("", f"{event.why} {event.model} answers instead.")
            case Correction():
                self._restart(event.text, "")
            case ActionTaken() if event.action.state != "done":
                self._notices.append(f"{event.action.tool}: {event.action.result}")
                if not self._streaming:
                    self._show_notices()
            case ApprovalNeeded():
                self._ask_approval(event)
            case ApprovalSettled():
                self._drop_approvals()

    def _show_notices(self) -> None:
        for text in self._notices:
            self._talk.note(text)
        self._notices.clear()

    def _begin(self) -> None:
        if not self._streaming:
            self._talk.transcript.begin("assistant")
            self._streaming = True

    def _restart(self, text: str, why: str) -> None:
        transcript = self._talk.transcript
        transcript.restart(text)
        self._streaming = True
        if why:
            self._talk.notify(clean(why), timeout=6, markup=False)

    def _finish(self, answer: Answer | None) -> None:
        transcript = self._talk.transcript
        if answer is None:
            if self._streaming:
                transcript.finish("stopped")
            self._streaming = False
            return
        self._begin()
        self._last = answer
        transcript.finish(_footer(answer), tuple(_source(number, hit) for number, hit in enumerate(answer.sources, 1)))
        self._streaming = False
        self._show_notices()
        if answer.trouble:
            transcript.append(Entry("notice", answer.trouble))

    def _work_told(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Does something beside the keys; a told error is shown."""

        async def told() -> None:
            try:
                await work
            except SageError as error:
                self._tell(error)

        self._work(told(), name)

    # --- approvals

    def _ask_approval(self, request: ApprovalNeeded) -> None:
        panel = Approval(request)
        self._talk.mount(panel, before=self._talk.query_one(Composer))
        panel.focus()
        if self._talk.app.screen is not self._talk:
            self._talk.notify("Talk waits for your yes or no: F3", timeout=10, markup=False)

    def _drop_approvals(self) -> None:
        for panel in self._talk.query(Approval):
            panel.remove()
        self._talk.query_one(Composer).focus()

    async def decide(self, request: ApprovalNeeded, granted: bool) -> None:
        """The person's decision on an approval."""
        try:
            await self._line.call(wire.Decide(request.approval, request.digest, granted))
        except SageError as error:
            self._tell(error)

    # --- commands

    async def _command(self, text: str) -> None:
        name, _, rest = text[1:].partition(" ")
        commands = {
            "help": self._help,
            "import": self._import,
            "memory": self._memory,
            "resume": self._resume,
            "new": self._new,
            "model": self._models,
            "why": self._why,
            "setup": self._setup,
            "retry": self._retry,
            "quit": self._quit,
        }
        if name not in commands:
            self._talk.note(
                f"There is no command /{name}. The commands are: {', '.join('/' + known for known in commands)}."
            )
            return
        if name not in _WITHOUT_ENGINE and not self._ready.is_set():
            self._talk.say_status("waiting for the engine …")
            await self._ready.wait()
        try:
            await commands[name](rest.strip())
        except SageError as error:
            self._tell(error)

    async def _help(self, rest: str) -> None:
        self._talk.transcript.append(Entry("assistant", HELP))

    async def _import(self, rest: str) -> None:
        if not rest:
            self._talk.note("Name a folder of notes: /import ~/notes. It stays where it is and is only read.")
            return
        self._report(await self._read_notes(rest))

    async def _memory(self, rest: str) -> None:
        await self._talk.app.search_memory(rest)

    async def _read_notes(self, path: str) -> ImportReport:
        def show(event: Any) -> None:
            if isinstance(event, ImportProgress):
                self._talk.say_status(f"reading {event.done} of {event.total}: {event.source}")

        try:
            return await self._line.call(wire.ImportNotes(str(typed_path(path))), show)
        finally:
            await self._show_status()

    def _report(self, report: ImportReport) -> None:
        lines = [f"Read {report.root}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
                 f"{report.passages} passages."]  # fmt: skip
        lines += [f"- {trouble.source}: {trouble.what} {trouble.do}" for trouble in report.troubles]
        self._talk.note("\n".join(lines))

    async def _resume(self, rest: str) -> None:
        from sage.tui.screens.choice import Choice, Option

        found = (await self._line.call(wire.ListConversations())).conversations
        if not found:
            self._talk.note("There is no earlier conversation yet.")
            return
        options = [Option(line.id, line.title, _about(line)) for line in found]
        chosen = await self._talk.app.push_screen_wait(Choice("Go on with", options))
        if chosen:
            self._leave()
            shown = await self._line.call(wire.ShowConversation(chosen))
            self._conversation = shown.id
            self._show_past(shown)
            await self._show_status()
            if shown.running:
                await self._take_answer(wire.Follow(shown.running))

    def _show_past(self, shown: wire.ConversationShown) -> None:
        entries: list[Entry] = []
        for turn in shown.turns:
            entries.append(Entry("user", turn.said))
            answer = turn.answer
            if answer.state != "running":
                sources = tuple(_source(number, hit) for number, hit in enumerate(answer.sources, 1))
                entries.append(Entry("assistant", answer.answer, _footer(answer), sources))
                self._last = answer
        self._talk.transcript.load(entries)

    async def _new(self, rest: str) -> None:
        self._leave()
        self._conversation = ""
        self._talk.clear()
        if self._ready.is_set():
            await self._show_status()

    async def _models(self, rest: str) -> None:
        from sage.tui.screens.first_run import choose_model

        await choose_model(self._talk, self._line)
        await self._show_status()

    async def _why(self, rest: str) -> None:
        wanted = rest or (self._last.turn if self._last else "")
        if not wanted:
            self._talk.note("Nothing has been answered yet.")
            return
        told = await self._line.call(wire.Why(wanted))
        self._talk.note("\n".join(f"- {line}" for line in told.lines))

    async def _setup(self, rest: str) -> None:
        from sage.tui.screens.first_run import SETUP_STEPS

        setup = await self._line.call(wire.ShowSetup())
        await self._first_run(wire.SetupShown(SETUP_STEPS, setup.options, setup.vaults, setup.home))

    async def _first_run(self, setup: wire.SetupShown) -> None:
        from sage.tui.screens.first_run import run_first

        notes = await run_first(self._talk, self._line, setup)
        if notes:
            try:
                self._report(await self._read_notes(notes))
            except SageError as error:
                self._tell(error)
        await self._show_status()

    async def _retry(self, rest: str) -> None:
        if self._opening or self._ready.is_set():
            self._talk.note("The engine is there." if self._ready.is_set() else "The engine is being started.")
            return
        self._talk.say_status("starting …")
        await self._line.close()
        self._line = self._new_line()
        await self._open_line()

    async def _quit(self, rest: str) -> None:
        self._talk.app.exit()

    # --- what is shown

    async def _show_status(self) -> None:
        try:
            status = await self._line.call(wire.ShowStatus())
        except SageError:
            return
        self._talk.app.theme = f"textual-{status.theme}"
        notes = counted(status.notes, "note") if status.notes else "no notes yet · /import FOLDER"
        paused = f"paused {status.paused} · " if status.paused else ""
        self._talk.say_status(
            f"{paused}{status.answering} · ${status.spent_today_usd:.2f} today · {notes} · {status.profile} · F5 memory · /help"
        )

    def _tell(self, error: SageError) -> None:
        """An error as a calm message: what happened, what is safe, what to do."""
        text = "\n".join(part for part in (error.what, error.safe, error.do) if part)
        self._talk.transcript.append(Entry("error", text))


def _source(number: int, hit: Hit) -> SourceLine:
    words = " ".join(line for line in hit.text.splitlines() if not line.startswith("#"))
    return SourceLine(number, hit.citation, " ".join(words.split()))


def _about(line: ConversationLine) -> str:
    count = "1 turn" if line.turns == 1 else f"{line.turns} turns"
    return f"{line.last_at[:16].replace('T', ' ')} · {count}"


def _footer(answer: Answer) -> str:
    cost = "" if answer.cost == 0 else "price unknown" if answer.cost is None else f"${answer.cost:.4f}"
    state = "" if answer.state == "done" else answer.state
    return " · ".join(part for part in (answer.model, cost, state) if part)
