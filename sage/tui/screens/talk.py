"""Talk: the conversation. What is typed before the engine is ready waits for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from sage import wire
from sage.core.errors import SageError
from sage.core.messages import TextDelta
from sage.core.passages import Hit, ImportProgress, ImportReport
from sage.core.terminal_text import clean
from sage.core.turns import ActionTaken, Answer, ApprovalNeeded, ApprovalSettled, Correction, StartedOver, TurnStarted
from sage.locations import Home
from sage.tui.line import EngineLine
from sage.tui.widgets.approval import Approval
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.entry import Entry, SourceLine
from sage.tui.widgets.transcript import Transcript

WELCOME = """Ask about your notes, or say what to do: add a task, remind me on Friday at 9, what is due?
/import FOLDER reads notes · /resume goes on with an earlier talk · /help shows the rest"""

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
| Ctrl+Q | quit |

| command | |
|---|---|
| /import FOLDER | read notes (they stay where they are) |
| /resume | earlier conversations |
| /new | a new conversation |
| /model | who answers |
| /why | what the last answer rests on |
| /setup | the first questions again |
| /quit | leave |"""


class Talk(Screen[None]):
    """One conversation with its composer and a status line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "stop", "Stop"),
        ("ctrl+r", "resume", "Earlier"),
        ("ctrl+n", "new", "New"),
        ("ctrl+o", "sources", "Sources"),
    ]

    def __init__(self, home: Home, profile: str) -> None:
        super().__init__()
        self._home, self._profile = home, profile
        self._line = self._new_line()
        self._ready = asyncio.Event()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._conversation, self._turn = "", ""
        self._last: Answer | None = None
        self._streaming = False

    def compose(self) -> ComposeResult:
        yield Transcript()
        yield Composer()
        yield Static("", id="status", markup=False)

    def on_mount(self) -> None:
        self.query_one(Transcript).load([Entry("notice", WELCOME)])
        self.query_one(Composer).focus()
        self._say_status("starting …")
        self.run_worker(self._open_line(), name="engine", exit_on_error=False)
        self.run_worker(self._send_in_turn(), name="sending", exit_on_error=False)

    async def on_unmount(self) -> None:
        await self._line.close()

    # --- the engine's line

    def _new_line(self) -> EngineLine:
        return EngineLine(self._home, self._profile, on_news=self._on_news, on_lost=self._on_lost)

    async def _open_line(self) -> None:
        try:
            await self._line.open()
            await self._show_status()
            setup = await self._line.call(wire.ShowSetup())
        except SageError as error:
            self._tell(error)
            self._say_status("no engine · /retry")
            return
        self._ready.set()
        if setup.open_steps:
            await self._first_run(setup)

    def _on_lost(self, error: SageError) -> None:
        self._ready.clear()
        if not self.is_mounted:
            return
        self._say_status("the engine has ended; starting it again …")
        self._line = self._new_line()
        self.run_worker(self._open_again(), name="engine", exit_on_error=False)

    async def _open_again(self) -> None:
        """A new line after the old one broke; what was being said is shown as it was kept."""
        await self._open_line()
        if not self._ready.is_set() or not self._conversation:
            return
        shown = await self._line.call(wire.ShowConversation(self._conversation))
        self._show_past(shown)
        if shown.running:
            await self._take_answer(wire.Follow(shown.running))

    def _on_news(self, news: wire.ReminderDue | wire.EngineLeaves) -> None:
        if isinstance(news, wire.ReminderDue):
            late = f"\n{news.late}" if news.late else ""
            self.query_one(Transcript).append(Entry("notice", f"Reminder · {news.reminder.text}{late}"))
            self.app.bell()

    # --- saying things

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        text = event.text.strip()
        if text.startswith("/") and "\n" not in text:
            self.run_worker(self._command(text), name="command", exit_on_error=False)
        elif text:
            self.query_one(Transcript).append(Entry("user", text))
            self._waiting.put_nowait(text)
            if not self._ready.is_set():
                self._say_status("waiting for the engine …")

    async def _send_in_turn(self) -> None:
        """Sends what was typed, one after the other, as soon as the engine is there."""
        while True:
            text = await self._waiting.get()
            await self._ready.wait()
            await self._take_answer(wire.Ask(text, self._conversation))

    async def _take_answer(self, request: wire.Ask | wire.Follow) -> None:
        self._streaming = False
        try:
            answer = await self._line.call(request, self._show_event)
            self._finish(answer)
        except SageError as error:
            self._finish(None)
            if self._ready.is_set():
                self._tell(error)
        finally:
            self._turn = ""
            self._drop_approvals()
        if self._ready.is_set():
            await self._show_status()

    def _show_event(self, event: Any) -> None:
        transcript = self.query_one(Transcript)
        match event:
            case TurnStarted():
                self._conversation, self._turn = event.conversation, event.turn
                self._say_status(f"{event.model} …  Esc stops")
            case TextDelta():
                self._begin()
                transcript.feed(event.text)
            case StartedOver():
                self._restart("", f"{event.why} {event.model} answers instead.")
            case Correction():
                self._restart(event.text, "")
            case ActionTaken():
                self._begin()
                mark = "✓" if event.action.state == "done" else "–"
                if event.action.state != "done":
                    transcript.append(Entry("notice", f"{mark} {event.action.tool}: {event.action.result}"))
            case ApprovalNeeded():
                self._ask_approval(event)
            case ApprovalSettled():
                self._drop_approvals()

    def _begin(self) -> None:
        if not self._streaming:
            self.query_one(Transcript).begin("assistant")
            self._streaming = True

    def _restart(self, text: str, why: str) -> None:
        transcript = self.query_one(Transcript)
        transcript.restart(text)
        self._streaming = True
        if why:
            self.notify(clean(why), timeout=6, markup=False)

    def _finish(self, answer: Answer | None) -> None:
        transcript = self.query_one(Transcript)
        if answer is None:
            if self._streaming:
                transcript.finish("stopped")
            self._streaming = False
            return
        self._begin()
        self._last = answer
        transcript.finish(_footer(answer), tuple(_source(number, hit) for number, hit in enumerate(answer.sources, 1)))
        self._streaming = False
        if answer.trouble:
            transcript.append(Entry("notice", answer.trouble))

    @on(Composer.Stop)
    async def action_stop(self) -> None:
        if self._turn and self._line.is_open:
            await self._line.call(wire.StopTurn(self._turn))

    # --- approvals

    def _ask_approval(self, request: ApprovalNeeded) -> None:
        panel = Approval(request)
        self.mount(panel, before=self.query_one(Composer))
        panel.focus()

    def _drop_approvals(self) -> None:
        for panel in self.query(Approval):
            panel.remove()
        self.query_one(Composer).focus()

    @on(Approval.Decided)
    async def _decided(self, event: Approval.Decided) -> None:
        try:
            await self._line.call(wire.Decide(event.request.approval, event.request.digest, event.granted))
        except SageError as error:
            self._tell(error)

    # --- commands

    async def _command(self, text: str) -> None:
        name, _, rest = text[1:].partition(" ")
        commands = {
            "help": self._help,
            "import": self._import,
            "resume": self._resume,
            "new": self._new,
            "model": self._models,
            "why": self._why,
            "setup": self._setup,
            "retry": self._retry,
            "quit": self._quit,
        }
        if name not in commands:
            self._note(
                f"There is no command /{name}. The commands are: {', '.join('/' + known for known in commands)}."
            )
            return
        try:
            await commands[name](rest.strip())
        except SageError as error:
            self._tell(error)

    async def _help(self, rest: str) -> None:
        self.query_one(Transcript).append(Entry("assistant", HELP))

    async def _import(self, rest: str) -> None:
        if not rest:
            self._note("Name a folder of notes: /import ~/notes. It stays where it is and is only read.")
            return
        self._report(await self._read_notes(rest))

    async def _read_notes(self, path: str) -> ImportReport:
        def show(event: Any) -> None:
            if isinstance(event, ImportProgress):
                self._say_status(f"reading {event.done} of {event.total}: {event.source}")

        try:
            return await self._line.call(wire.ImportNotes(str(Path(path).expanduser().absolute())), show)
        finally:
            await self._show_status()

    def _report(self, report: ImportReport) -> None:
        lines = [f"Read {report.root}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
                 f"{report.passages} passages."]  # fmt: skip
        lines += [f"- {trouble.source}: {trouble.what} {trouble.do}" for trouble in report.troubles]
        self._note("\n".join(lines))

    async def action_resume(self) -> None:
        await self._command("/resume")

    async def _resume(self, rest: str) -> None:
        from sage.tui.screens.choice import Choice, Option

        found = (await self._line.call(wire.ListConversations())).conversations
        if not found:
            self._note("There is no earlier conversation yet.")
            return
        options = [
            Option(line.id, line.title, f"{line.last_at[:16].replace('T', ' ')} · {line.turns} turns") for line in found
        ]
        chosen = await self.app.push_screen_wait(Choice("Go on with", options))
        if chosen:
            shown = await self._line.call(wire.ShowConversation(chosen))
            self._conversation = shown.id
            self._show_past(shown)

    def _show_past(self, shown: wire.ConversationShown) -> None:
        entries: list[Entry] = []
        for turn in shown.turns:
            entries.append(Entry("user", turn.said))
            answer = turn.answer
            if answer.state != "running":
                sources = tuple(_source(number, hit) for number, hit in enumerate(answer.sources, 1))
                entries.append(Entry("assistant", answer.answer, _footer(answer), sources))
                self._last = answer
        self.query_one(Transcript).load(entries)

    async def action_new(self) -> None:
        await self._new("")

    async def _new(self, rest: str) -> None:
        self._conversation = ""
        self.query_one(Transcript).load([Entry("notice", WELCOME)])

    async def _models(self, rest: str) -> None:
        from sage.tui.screens.first_run import choose_model

        await choose_model(self, self._line)
        await self._show_status()

    async def _why(self, rest: str) -> None:
        wanted = rest or (self._last.turn if self._last else "")
        if not wanted:
            self._note("Nothing has been answered yet.")
            return
        told = await self._line.call(wire.Why(wanted))
        self._note("\n".join(f"- {line}" for line in told.lines))

    async def _setup(self, rest: str) -> None:
        from sage.tui.screens.first_run import SETUP_STEPS

        setup = await self._line.call(wire.ShowSetup())
        await self._first_run(wire.SetupShown(SETUP_STEPS, setup.options, setup.vaults, setup.home))

    async def _first_run(self, setup: wire.SetupShown) -> None:
        from sage.tui.screens.first_run import run_first

        notes = await run_first(self, self._line, setup)
        if notes:
            try:
                self._report(await self._read_notes(notes))
            except SageError as error:
                self._tell(error)
        await self._show_status()

    async def _retry(self, rest: str) -> None:
        self._say_status("starting …")
        self._line = self._new_line()
        await self._open_line()

    async def _quit(self, rest: str) -> None:
        self.app.exit()

    def action_sources(self) -> None:
        self.query_one(Transcript).action_toggle_sources()

    # --- what is shown

    async def _show_status(self) -> None:
        try:
            status = await self._line.call(wire.ShowStatus())
        except SageError:
            return
        notes = f"{status.documents} notes" if status.documents else "no notes yet · /import FOLDER"
        self._say_status(
            f"{status.answering} · ${status.spent_today_usd:.2f} today · {notes} · {status.profile} · /help"
        )

    def _say_status(self, text: str) -> None:
        self.query_one("#status", Static).update(clean(text))

    def _note(self, text: str) -> None:
        self.query_one(Transcript).append(Entry("notice", text))

    def _tell(self, error: SageError) -> None:
        """An error as a calm message: what happened, what is safe, what to do."""
        text = "\n".join(part for part in (error.what, error.safe, error.do) if part)
        self.query_one(Transcript).append(Entry("error", text))


def _source(number: int, hit: Hit) -> SourceLine:
    return SourceLine(number, hit.citation, " ".join(hit.text.split()))


def _footer(answer: Answer) -> str:
    cost = "" if answer.cost == 0 else "price unknown" if answer.cost is None else f"${answer.cost:.4f}"
    state = "" if answer.state == "done" else answer.state
    return " · ".join(part for part in (answer.model, cost, state) if part)
