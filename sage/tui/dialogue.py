"""The dialogue between Talk and the engine: sends what was said, shows what comes back, runs the commands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from sage import wire
from sage.core.errors import SageError
from sage.core.model_choice import Wish
from sage.core.plans import Task
from sage.locations import Home
from sage.tui.answering import Answering
from sage.tui.attaching import Attaching
from sage.tui.branching import Branching
from sage.tui.commands.table import COMMANDS
from sage.tui.commands.upkeep import ask_open_questions
from sage.tui.line import EngineLine
from sage.tui.nudge_answers import NudgeAnswers
from sage.tui.places import TALK
from sage.tui.reminding import Reminding
from sage.tui.waiting import Said, Waiting
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage.tui.stage import Asks, Stage

R = TypeVar("R")


DEMO = "demo"
"""The profile of the demo's home, which no other has."""
SAY_TYPING_EVERY = 5.0
"""Seconds between two words to the engine that the person types."""


class Dialogue:
    """One conversation at a time over one line to the engine. `talk` shows it, `asking` puts its questions."""

    def __init__(
        self, talk: Stage, home: Home, profile: str, asking: Asks, *, attended: bool = True, asks_first: bool = True
    ) -> None:
        """`attended`: whether somebody is there to approve; `asks_first`: whether the first questions are asked here."""
        self.talk, self._home, self._profile, self._attended = talk, home, profile, attended
        self._line = self._new_line()
        self._ready = asyncio.Event()
        self._waiting = Waiting(talk)
        self._said, self._rests = asyncio.Event(), asyncio.Event()
        self._rests.set()
        self._asks_first = asks_first
        self.conversation = ""
        """What is shown; "" for one that has not begun."""
        self._opening = False
        self._start = TALK.id
        """The place in which the person wants to begin."""
        self._commands: list[str] = []
        """Those that wait for the engine."""
        self._closed = False
        self._typing_said = -SAY_TYPING_EVERY
        self.listed: tuple[Task, ...] = ()
        """The tasks that were shown last: what the person says of one, they say of it as it was then."""
        self.asking, self.attaching = asking, Attaching(self)
        self.answering, self.branching = Answering(self, self._waiting), Branching(self)
        self.nudges = NudgeAnswers(talk, self.asking, self.call, self.work_told)
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
            self.branching.cut_for_edit()
            self._waiting.add(
                Said(text, wish, self.attaching.take()),
                waits=bool(self._waiting) or self.answering.one_at_a_time.locked(),
            )
            self._said.set()
            self._rests.clear()
            if not self._ready.is_set():
                self.talk.say_status("waiting for the engine …")
            elif self.answering.turn:
                self.answering.tell_who()

    @property
    def unsent(self) -> list[str]:
        """What was said and is not on the engine's disk, oldest first, as it would be written again."""
        return [
            *(f"/{said.wish} {said.text}" if said.wish else said.text for said in self._waiting.said),
            *self._commands,
        ]

    def send_waiting(self) -> None:
        """What was held back is sent now."""
        if self._waiting.is_held:
            self._waiting.is_held = False
            self._said.set()

    def take_back(self) -> None:
        """The newest of what waits goes back into the composer, with its files."""
        said = self._waiting.take_back()
        if said is None:
            return
        self.attaching.put_back(said.attach, "")
        self.talk.write(f"/{said.wish} {said.text}" if said.wish else said.text)
        self.tell_standing()

    @property
    def is_demo(self) -> bool:
        """Whether the life is that of the demo."""
        return self._profile == DEMO

    @property
    def line(self) -> EngineLine:
        """The line that is open, for questions of several steps."""
        return self._line

    @property
    def last_turn(self) -> str:
        """The id of the last turn that was answered; "" for none."""
        return self.answering.last.turn if self.answering.last else ""

    @property
    def is_ready(self) -> bool:
        """Whether the engine is there."""
        return self._ready.is_set()

    async def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks for another place of the app, once the engine is there. Raises what the engine tells, or EngineGone."""
        await self._ready.wait()
        return await self._line.call(request, on_event)

    @property
    def has_waiting(self) -> bool:
        """Whether words wait that were not sent yet."""
        return bool(self._waiting)

    def typing(self) -> None:
        """Lets the engine know that the person types, now and then; it proposes nothing meanwhile."""
        now = time.monotonic()
        if self._ready.is_set() and now - self._typing_said >= SAY_TYPING_EVERY:
            self._typing_said = now
            self._work(self._line.call(wire.Typing()), "typing")

    def pasted(self, text: str) -> None:
        """A path was pasted, perhaps: its file is offered to be attached."""
        self.work_told(self.attaching.offer(text), "offering")

    async def stop(self) -> None:
        """Leaves words that are being edited, or else stops the answer that is coming. What waits is held until the person sends
        it or takes it back."""
        if self.branching.leave_edit():
            self.tell_standing()
        else:
            await self.answering.stop()

    def _work(self, work: Any, name: str) -> None:
        self.talk.run_worker(work, name=name, exit_on_error=False)

    # --- the engine's line

    def _new_line(self) -> EngineLine:
        return EngineLine(
            self._home,
            self._profile,
            on_news=self._on_news,
            on_lost=self._on_lost,
            on_answered=self.talk.app.answered,
        )

    async def _open_line(self) -> None:
        setup = await self._connect()
        if setup is None:
            return
        self._ready.set()
        self._work(self._line.call(wire.Warm()), "warm")
        self.work_told(self._remember_said(), "said before")
        self._work(self._reminding.own_up(), "own up")
        if self.is_demo and self._asks_first:
            self.talk.app.begin_tour()
        if setup.open_steps and self._asks_first:
            await ask_open_questions(self, setup)
        elif self._start != TALK.id and not self._waiting and self.talk.is_untouched:
            self.talk.app.go_to(self._start)

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

    async def _remember_said(self) -> None:
        said = (await self._line.call(wire.FindSaid())).said
        self.talk.remember_said(said[::-1])

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
        shown = await self._line.call(wire.ShowConversation(self.conversation or "last"))
        if self.answering.in_doubt and shown.turns and shown.turns[-1].said == self.answering.in_doubt:
            self._waiting.pop()  # it reached the disk; only the news of it was lost
            self.conversation = shown.id
        self.answering.in_doubt = ""
        if self.conversation:
            self._show_past(shown)
            self._waiting.shown_anew()
        if shown.running and shown.id == self.conversation:
            await self.answering.follow(shown.running)
        self._ready.set()

    def _on_news(self, news: wire.AnyNews) -> None:
        match news:
            case wire.ReminderDue():
                self._work(self._reminding.remind(news), "reminder")
                self._work(self.show_status(), "status")
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
            async with self.answering.one_at_a_time:
                if self._waiting and not self._waiting.is_held:
                    self._waiting.show_first()
                    said, self._waiting.on_its_way = self._waiting.first, True
                    branch = None if self.conversation else self.branching.begins
                    ask = wire.Ask(
                        said.text, self.conversation, self._attended, wish=said.wish, attach=said.attach, branch=branch
                    )
                    await self.answering.take(ask)
                else:
                    self._said.clear()
                    self._rests.set()

    async def rest(self) -> None:
        """Returns once all that was said is answered."""
        await self._rests.wait()

    def leave(self) -> None:
        """Another conversation begins; what is being answered in this one goes on in the engine."""
        self.conversation = ""
        self.branching.forget()
        self.answering.leave()

    def tell_standing(self) -> None:
        """The line at the bottom, as it is when nothing else is told there."""
        if self.answering.turn:
            self.answering.tell_who()
        else:
            self._work(self.show_status(), "status")

    def work_told(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Does something beside the keys; a told error is shown."""

        async def told() -> None:
            try:
                await work
            except SageError as error:
                self.tell(error)

        self._work(told(), name)

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
            self._commands.append(text)
            self._waiting.show()
            await self._ready.wait()
            self._commands.remove(text)
            self._waiting.show()
        try:
            await command.run(self, rest.strip())
        except SageError as error:
            self.tell(error)

    async def go_on_with(self, conversation: str) -> None:
        """Shows an earlier conversation, and what is still being answered there."""
        self.leave()
        shown = await self._line.call(wire.ShowConversation(conversation))
        self.conversation = shown.id
        self._show_past(shown)
        await self.show_status()
        if shown.running:
            await self.answering.follow(shown.running)

    def _show_past(self, shown: wire.ConversationShown) -> None:
        self.talk.transcript.load(self.branching.shown(shown))
        answered = [turn.answer for turn in shown.turns if turn.answer.state != "running"]
        self.answering.last = answered[-1] if answered else self.answering.last

    async def begin_anew(self) -> None:
        """A new conversation."""
        self.leave()
        self.talk.clear()
        self._waiting.shown_anew()
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
        if self._waiting.is_held:
            self.talk.say_status("Enter sends what waits · Up takes it back")
            return
        try:
            status = await self._line.call(wire.ShowStatus())
        except SageError:
            return
        self._start = status.start
        self.talk.app.show_state(status)

    def tell(self, error: SageError) -> None:
        """An error as a calm message: what happened, what is safe, what to do."""
        text = "\n".join(part for part in (error.what, error.safe, error.do) if part)
        self.talk.transcript.append(Entry("error", text))
