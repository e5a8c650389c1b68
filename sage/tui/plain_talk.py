"""Talk without a screen: what Dialogue asks of Talk, told as lines, and questions that are answered by a line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sage.core.turns import ApprovalNeeded
from sage.tui.plain_lines import Lines, LineTranscript
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage import wire
    from sage.core.passages import Hit
    from sage.locations import Home
    from sage.tui.dialogue import Dialogue

R = TypeVar("R")
YES = "yes"
_OF_SCREENS = ("F1", "F2", "F3", "F4", "F5", "F6", "Esc", "Ctrl+P", "/help", "…")


@dataclass(eq=False)
class Asked:
    """A question that is open. `answered` gets one of `keys`, or "" when it is left; `here`: the person waits for it."""

    keys: tuple[str, ...]
    answered: Callable[[str], None]
    here: bool


class PlainAsking:
    """Questions of one key, as Dialogue asks them: a line that is one of the keys answers the newest one.

    `changed` is called when there is one more; all runs on the loop's thread.
    """

    def __init__(self, lines: Lines, changed: Callable[[], None], *, attended: bool) -> None:
        self._lines, self._changed, self._attended = lines, changed, attended
        self._open: list[Asked] = []

    async def ask(self, words: str, keys: Mapping[str, str], *, escape: str, behind: bool = False) -> str:
        """The key that was given, "" for an empty line, which means `escape`."""
        given = " ".join(f"{key}: {meaning}." for key, meaning in keys.items())
        if not self._attended:
            self._lines.say(f"{words}\n(Nobody is there to answer: {escape}.)")
            return ""
        self._lines.say(f"{words}\n{given} Empty line: {escape}.")
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        with_answer = Asked(tuple(keys), lambda key: None if answer.done() else answer.set_result(key), not behind)
        self._add(with_answer)
        try:
            return await answer
        finally:
            self.drop(with_answer)

    async def ask_words(self, title: str, example: str) -> str:
        """A line of words; "" when it is left empty."""
        if not self._attended:
            return ""
        self._lines.say(f"{title} ({example}) Empty line: leave it." if example else f"{title} Empty line: leave it.")
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        asked = Asked((), lambda words: None if answer.done() else answer.set_result(words), here=True)
        self._add(asked)
        try:
            return await answer
        finally:
            self.drop(asked)

    def approve(self, request: ApprovalNeeded, decide: Callable[[bool], None]) -> Asked:
        """Shows exactly what would be done; only the whole word allows it."""
        shown = [request.why, request.tool, *(f"  {name}: {value}" for name, value in request.arguments.items())]
        self._lines.say("\n".join([*shown, f"Write {YES} to do exactly this; anything else leaves it."]))
        asked = Asked((YES,), lambda key: decide(key == YES), here=True)
        self._add(asked)
        return asked

    def waits(self) -> Asked | None:
        """The newest question that the person waits for."""
        return next((one for one in reversed(self._open) if one.here), None)

    def take(self, line: str) -> bool:
        """Whether a line answers the newest question."""
        word = line.strip().casefold()
        if not self._open or word not in self._open[-1].keys:
            return False
        self._open[-1].answered(word)
        return True

    def answer(self, asked: Asked, line: str) -> None:
        """A line for a question that the person waits for: a key, words where there are none, else it is left."""
        word = line.strip()
        asked.answered(word if not asked.keys else word.casefold() if word.casefold() in asked.keys else "")
        self.drop(asked)

    def drop(self, asked: Asked) -> None:
        if asked in self._open:
            self._open.remove(asked)

    def _add(self, asked: Asked) -> None:
        self._open.append(asked)
        self._changed()


class PlainTalk:
    """A Stage, and the Frame around it, made of lines."""

    def __init__(
        self, home: Home, lines: Lines, asking: PlainAsking, changed: Callable[[], None], *, attended: bool
    ) -> None:
        self.home, self._lines, self._asking, self._changed, self._attended = home, lines, asking, changed, attended
        self.transcript = LineTranscript(lines)
        self.dialogue: Dialogue | None = None
        self.status, self.written = "", ""
        self.tour = None
        self.left, self.lost = False, False
        self._approvals: list[Asked] = []
        self._works: set[asyncio.Task[Any]] = set()

    @property
    def app(self) -> PlainTalk:
        return self

    @property
    def is_ready(self) -> bool:
        """Whether the engine is there."""
        return self.dialogue is not None and self.dialogue.is_ready

    @property
    def is_untouched(self) -> bool:
        """Nothing begins elsewhere: there is one place."""
        return False

    async def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks the engine, once it is there. Raises what the engine tells, or EngineGone."""
        assert self.dialogue
        return await self.dialogue.call(request, on_event)

    # --- what is told

    def show_said(self, text: str) -> int:
        """What the person wrote stands there already."""
        return self.transcript.append(Entry("user", text))

    def show_waiting(self, text: str) -> None: ...

    def remember_said(self, texts: Sequence[str]) -> None:
        """Whoever reads the lines calls them back."""

    def note(self, text: str) -> None:
        self.transcript.append(Entry("notice", text))

    def notify(self, message: str, *, timeout: float | None = None, markup: bool = True) -> None:
        self._lines.say(message)

    def say_status(self, text: str) -> None:
        """Kept for who asks; a line at the bottom that changes is nothing to be heard."""
        told = [part for part in text.split(" · ") if not any(word in part for word in _OF_SCREENS)]
        self.status = " · ".join(told) or self.status

    def show_state(self, status: wire.EngineStatus) -> None:
        """How the engine is; told when it is asked for."""
        from sage.tui.status import status_parts

        self.say_status(
            " · ".join(part.text for part in status_parts(status, datetime.now().astimezone()) if part.text)
        )

    def show_attached(self, text: str) -> None:
        if text:
            self._lines.say(text)

    def show_approval(self, request: ApprovalNeeded) -> None:
        """Asks for the whole word; with nobody there nothing is asked, and so nothing is done."""

        def decide(granted: bool) -> None:
            if self.dialogue:
                self.dialogue.work_told(self.dialogue.answering.decide(request, granted=granted), "decision")

        if self._attended:
            self._approvals.append(self._asking.approve(request, decide))

    def drop_approvals(self) -> None:
        for asked in self._approvals:
            self._asking.drop(asked)
        self._approvals.clear()

    def clear(self) -> None:
        self._lines.say("A new conversation.")

    # --- what is asked

    async def push_screen_wait(self, screen: Any) -> Any:
        """A line of words can be asked for; what else is a screen has a command of its own."""
        from sage.tui.screens.ask_line import AskLine

        if isinstance(screen, AskLine):
            return await self._asking.ask_words(screen.title_words, screen.example)
        self.push_screen(screen)
        return None

    def push_screen(self, screen: Any) -> asyncio.Future[None]:
        self._lines.say("That is a screen of the app (sage). Each of its deeds is a command, too: /help")
        shown: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        shown.set_result(None)
        return shown

    def go_to(self, place: str) -> None:
        self._lines.say("That is a place of the app (sage). Each of its deeds is a command, too: /help")

    async def search_memory(self, words: str) -> None:
        self.go_to("memory")

    async def read_passage(self, hit: Hit) -> None:
        self._lines.say(f"{hit.citation}\n{hit.text}")

    # --- the screen and the app that are not there

    def write(self, text: str) -> None:
        """What would stand in the composer, to go on from."""
        self._lines.say(f"To say it again with what is missing: {text}")

    def unwrite(self, text: str) -> None: ...

    def rewrite(self, text: str) -> None: ...

    def look_again(self) -> None: ...

    def action_capture(self) -> None:
        self._lines.say("Write what it is: /capture call the bank on Friday")

    def bell(self) -> None: ...

    def answered(self, *_: Any) -> None: ...

    def begin_tour(self) -> None:
        self._lines.say("The tour needs the screens of the app.")

    def tell_outside(self, text: str, key: str) -> None: ...

    def exit(self) -> None:
        self.left = True

    # --- what runs

    def run_worker(
        self, work: Coroutine[Any, Any, Any], name: str | None = "", *, exit_on_error: bool = False
    ) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._works.add(task)
        task.add_done_callback(self._worked)
        return task

    async def close(self) -> None:
        """What still runs ends; what the engine answers goes on there."""
        for task in self._works:
            task.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)
        if self.dialogue:
            await self.dialogue.close()

    async def worked(self, name: str) -> None:
        """Returns once nothing of that name runs."""
        while running := [task for task in self._works if task.get_name() == name]:
            await asyncio.wait(running)

    def _worked(self, task: asyncio.Task[Any]) -> None:
        self._works.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._lines.say(f"That went wrong inside Sage ({type(error).__name__}). What was acknowledged is kept.")
        ended = task.get_name()
        if ended == "sending" or (ended == "engine" and self.dialogue and not self.dialogue.is_ready):
            self.lost = True
            self._changed()
