"""The dialogue between Talk and the engine: sends what was said, shows what comes back, runs the commands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from sage import wire
from sage.core.errors import EngineGone, SageError
from sage.core.messages import TextDelta
from sage.core.passages import Hit
from sage.core.plans import Task
from sage.core.routing import Wish
from sage.core.sharing_words import counted
from sage.core.terminal_text import clean
from sage.core.turns import (
    ActionTaken,
    Answer,
    ApprovalNeeded,
    ApprovalSettled,
    Chosen,
    Correction,
    StartedOver,
    TurnStarted,
)
from sage.locations import Home
from sage.tui.asking import Asking
from sage.tui.attaching import Attaching, Said
from sage.tui.commands.table import COMMANDS
from sage.tui.commands.upkeep import ask_open_questions
from sage.tui.line import EngineLine
from sage.tui.nudge_answers import NudgeAnswers
from sage.tui.reminding import Reminding
from sage.tui.widgets.approval import Approval
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.entry import Entry, SourceLine

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

R = TypeVar("R")


SAY_TYPING_EVERY = 5.0
"""Seconds between two words to the engine that the person types."""


class Dialogue:
    """One conversation at a time over one line to the engine. `talk` is the screen that shows it."""

    def __init__(self, talk: Talk, home: Home, profile: str) -> None:
        self.talk, self._home, self._profile = talk, home, profile
        self._line = self._new_line()
        self._ready = asyncio.Event()
        self._waiting: list[Said] = []
        """What was said and is not on the engine's disk yet, oldest first."""
        self._said = asyncio.Event()
        self._conversation, self._turn = "", ""
        self._last: Answer | None = None
        self._streaming = False
        self._asking = False
        """Whether the oldest of `_waiting` is on its way and not known to be on disk."""
        self._in_doubt = ""
        """What was on its way when the line broke: the next engine knows whether it is on disk."""
        self._notices: list[str] = []
        """What is told once the text that streams is complete."""
        self._answering: asyncio.Task[None] | None = None
        """What is being answered in the conversation that is shown."""
        self._opening = False
        self._closed = False
        self._typing_said = -SAY_TYPING_EVERY
        self.listed: tuple[Task, ...] = ()
        """The tasks that were shown last: what the person says of one, they say of it as it was then."""
        self.asking, self.attaching = Asking(talk), Attaching(self)
        self.nudges = NudgeAnswers(talk, self.asking, self.call, self._work_told)
        self._reminding = Reminding(talk, lambda request: self._line.call(request), self.nudges)

    def start(self) -> None:
        """Opens the line and begins to send."""
        self._work(self._open_line(), "engine")
        self._work(self._send_in_turn(), "sending")

    async def close(self) -> None:
        """Lets the line go; what the engine answers goes on there."""
        self._closed = True
        await self._line.close()

    def say(self, text: str, wish: Wish = "") -> None:
        """What the person wrote: a command, or words for the conversation; `wish` is the role that they ask for."""
        if not wish and text.startswith("/") and "\n" not in text:
            self._work(self._command(text), "command")
        elif text:
            said = Said(text, wish, self.attaching.take())
            self.talk.transcript.append(Entry("user", said.kept))
            self._waiting.append(said)
            self._said.set()
            if not self._ready.is_set():
                self.talk.say_status("waiting for the engine …")

    @property
    def line(self) -> EngineLine:
        """The line that is open, for questions of several steps."""
        return self._line

    @property
    def last_turn(self) -> str:
        """The id of the last turn that was answered; "" for none."""
        return self._last.turn if self._last else ""

    @property
    def is_ready(self) -> bool:
        """Whether the engine is there."""
        return self._ready.is_set()

    async def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks for another place of the app, once the engine is there. Raises what the engine tells, or EngineGone."""
        await self._ready.wait()
        return await self._line.call(request, on_event)

    def typing(self) -> None:
        """Lets the engine know that the person types, now and then; it proposes nothing meanwhile."""
        now = time.monotonic()
        if self._ready.is_set() and now - self._typing_said >= SAY_TYPING_EVERY:
            self._typing_said = now
            self._work(self._line.call(wire.Typing()), "typing")

    def pasted(self, text: str) -> None:
        """A path was pasted, perhaps: its file is offered to be attached."""
        self._work_told(self.attaching.offer(text), "offering")

    async def stop(self) -> None:
        """Stops the answer that is coming."""
        if self._turn and self._line.is_open:
            await self._line.call(wire.StopTurn(self._turn))

    def _work(self, work: Any, name: str) -> None:
        self.talk.run_worker(work, name=name, exit_on_error=False)

    # --- the engine's line

    def _new_line(self) -> EngineLine:
        return EngineLine(self._home, self._profile, on_news=self._on_news, on_lost=self._on_lost)

    async def _open_line(self) -> None:
        setup = await self._connect()
        if setup is None:
            return
        self._ready.set()
        self._work(self._line.call(wire.Warm()), "warm")
        self._work(self._reminding.own_up(), "own up")
        if setup.open_steps:
            await ask_open_questions(self, setup)

    async def _connect(self) -> wire.SetupShown | None:
        """Finds or starts the engine; None (and told) when that fails."""
        self._opening = True
        try:
            await self._line.open()
            await self.show_status()
            return await self._line.call(wire.ShowSetup())
        except SageError as error:
            self.tell(error)
            self.talk.say_status("no engine · /retry")
            return None
        finally:
            self._opening = False

    def _on_lost(self, error: SageError) -> None:
        self._ready.clear()
        if self._closed:
            return
        self.talk.say_status("the engine has ended; starting it again …")
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
            for said in self._waiting:
                self.talk.transcript.append(Entry("user", said.kept))
        if shown.running and shown.id == self._conversation:
            await self._take_answer(wire.Follow(shown.running))
        self._ready.set()

    def _on_news(self, news: wire.AnyNews) -> None:
        match news:
            case wire.ReminderDue():
                self._work(self._reminding.remind(news), "reminder")
            case wire.Notice():
                self.talk.note(news.text)
            case wire.StatusChanged():
                self._work(self.show_status(), "status")
                self.talk.app.look_again()

    # --- saying things

    async def _send_in_turn(self) -> None:
        """Sends what was typed, one after the other, as soon as the engine is there."""
        while True:
            await self._said.wait()
            await self._ready.wait()
            if self._waiting:
                said = self._waiting[0]
                ask = wire.Ask(said.text, self._conversation, wish=said.wish, attach=said.attach)
                await self._take_answer(ask)
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
            self._in_doubt = self._waiting[0].kept if self._asking else ""
        except SageError as error:
            self._finish(None)
            if self._asking:
                self.attaching.put_back(self._waiting.pop(0).attach)
            self.tell(error)
        finally:
            self._asking = False
            self._turn = ""
            self._drop_approvals()
        if self._ready.is_set():
            await self.show_status()

    def _show_event(self, event: Any) -> None:
        transcript = self.talk.transcript
        match event:
            case TurnStarted():
                if self._asking:
                    self._waiting.pop(0)
                    self._asking = False
                self._conversation, self._turn = event.conversation, event.turn
                self.talk.say_status(f"{event.model} …  Esc stops")
            case TextDelta():
                self._begin()
                transcript.feed(event.text)
            case StartedOver():
                # What fails before its first word is told in the line below the answer alone.
                self._restart("", f"{event.why} {event.model} answers instead." if self._streaming else "")
                self.talk.say_status(f"{event.model} …  Esc stops")
            case Chosen():
                self.talk.say_status(f"{event.role}: {event.model} …  Esc stops")
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
            self.talk.note(text)
        self._notices.clear()

    def _begin(self) -> None:
        if not self._streaming:
            self.talk.transcript.begin("assistant")
            self._streaming = True

    def _restart(self, text: str, why: str) -> None:
        transcript = self.talk.transcript
        transcript.restart(text)
        self._streaming = True
        if why:
            self.talk.notify(clean(why), timeout=6, markup=False)

    def _finish(self, answer: Answer | None) -> None:
        transcript = self.talk.transcript
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
                self.tell(error)

        self._work(told(), name)

    # --- approvals

    def _ask_approval(self, request: ApprovalNeeded) -> None:
        panel = Approval(request)
        self.talk.mount(panel, before=self.talk.query_one(Composer))
        panel.focus()
        if self.talk.app.screen is not self.talk:
            self.talk.notify("Talk waits for your yes or no: F3", timeout=10, markup=False)

    def _drop_approvals(self) -> None:
        for panel in self.talk.query(Approval):
            panel.remove()
        self.talk.query_one(Composer).focus()

    async def decide(self, request: ApprovalNeeded, granted: bool) -> None:
        """The person's decision on an approval."""
        try:
            await self._line.call(wire.Decide(request.approval, request.digest, granted))
        except SageError as error:
            self.tell(error)

    # --- commands

    async def _command(self, text: str) -> None:
        name, _, rest = text[1:].partition(" ")
        command = COMMANDS.get(name)
        if command is None:
            known = ", ".join(f"/{each}" for each in COMMANDS)
            self.talk.note(f"There is no command /{name}. The commands are: {known}.")
            return
        if command.waits and not self._ready.is_set():
            self.talk.say_status("waiting for the engine …")
            await self._ready.wait()
        try:
            await command.run(self, rest.strip())
        except SageError as error:
            self.tell(error)

    async def go_on_with(self, conversation: str) -> None:
        """Shows an earlier conversation, and what is still being answered there."""
        self._leave()
        shown = await self._line.call(wire.ShowConversation(conversation))
        self._conversation = shown.id
        self._show_past(shown)
        await self.show_status()
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
        self.talk.transcript.load(entries)

    async def begin_anew(self) -> None:
        """A new conversation."""
        self._leave()
        self._conversation = ""
        self.talk.clear()
        if self._ready.is_set():
            await self.show_status()

    async def retry(self) -> None:
        """Tries again to find or start the engine."""
        if self._opening or self._ready.is_set():
            self.talk.note("The engine is there." if self._ready.is_set() else "The engine is being started.")
            return
        self.talk.say_status("starting …")
        await self._line.close()
        self._line = self._new_line()
        await self._open_line()

    # --- what is shown

    async def show_status(self) -> None:
        """Who answers, and what else the line at the bottom tells."""
        try:
            status = await self._line.call(wire.ShowStatus())
        except SageError:
            return
        self.talk.app.theme = f"textual-{status.theme}"
        notes = counted(status.notes, "note") if status.notes else "no notes yet · /import FOLDER"
        waiting = f"{status.waiting} waiting: F4" if status.waiting else ""
        unusual = "".join(
            f"{each} · " for each in (status.paused and f"paused {status.paused}", status.away, waiting) if each
        )
        self.talk.say_status(
            f"{unusual}{status.answering} · ${status.spent_today_usd:.2f} today · {notes} · {status.profile} · F5 memory · /help"
        )

    def tell(self, error: SageError) -> None:
        """An error as a calm message: what happened, what is safe, what to do."""
        text = "\n".join(part for part in (error.what, error.safe, error.do) if part)
        self.talk.transcript.append(Entry("error", text))


def _source(number: int, hit: Hit) -> SourceLine:
    words = " ".join(line for line in hit.text.splitlines() if not line.startswith("#"))
    return SourceLine(number, hit.citation, " ".join(words.split()))


def _footer(answer: Answer) -> str:
    cost = "" if answer.cost == 0 else "price unknown" if answer.cost is None else f"${answer.cost:.4f}"
    state = "" if answer.state == "done" else answer.state
    return " · ".join(part for part in (answer.model, cost, state, answer.aside) if part)
