"""Talk: the conversation as it is seen. It paints first; the dialogue with the engine is loaded after that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from sage.core.terminal_text import clean, clean_line
from sage.locations import Home
from sage.tui.status import Part
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.conversation import Conversation
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.status_line import StatusLine
from sage.tui.widgets.suggestions import Suggestions

if TYPE_CHECKING:
    from textual.timer import Timer

    from sage import wire
    from sage.core.turns import ApprovalNeeded
    from sage.tui.app import SageApp
    from sage.tui.completing import Completing
    from sage.tui.dialogue import Dialogue
    from sage.tui.drafts import Drafts
    from sage.tui.widgets.approval import Approval

R = TypeVar("R")
KEPT_AFTER = 0.25
"""Seconds after which words that are being written are on disk."""
WELCOME = """Ask about your notes, or say what to do: add a task, remind me on Friday at 9, what is due?
/import FOLDER reads notes · F5 searches them
/resume goes on with an earlier talk · /help shows the rest"""


class Talk(Screen[None]):
    """One conversation with its composer and a status line. What is typed before the engine is ready waits for it."""

    AUTO_FOCUS = "Composer"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "stop", "Stop"),
        ("ctrl+r", "resume", "Earlier"),
        ("ctrl+n", "new", "New"),
        ("ctrl+o", "sources", "Sources"),
        ("ctrl+g", "rate", "Say how the answer was"),
        ("ctrl+up", "choose(-1)", "Choose what was said"),
        ("ctrl+down", "choose(1)", "The next one"),
        ("pageup", "read('up')", "Read back"),
        ("pagedown", "read('down')", "Read on"),
        ("ctrl+home", "read('first')", "To the first"),
        ("ctrl+end", "read('last')", "To the last"),
    ]

    app: SageApp

    def __init__(self, home: Home, profile: str) -> None:
        super().__init__()
        self._home, self._profile = home, profile
        self._dialogue: Dialogue | None = None
        self._completing: Completing | None = None
        self._early: list[str] = []
        self._begins = False
        self._begun = asyncio.Event()
        self._drafts: Drafts | None = None
        self._draft = ""
        """What stands in the composer, with what is folded there."""
        self._keeping: Timer | None = None
        """What keeps the draft in a moment."""

    def compose(self) -> ComposeResult:
        yield Conversation(placeholder=WELCOME)
        yield Static("", id="waiting", markup=False)
        yield Static("", id="attached", markup=False)
        yield Suggestions()
        yield Composer()
        yield StatusLine((Part("starting …", 0),))

    def on_mount(self) -> None:
        if not self.app.app_focus:  # a page of the browser that is not looked at yet
            self.query_one(Composer).focus()

    async def on_unmount(self) -> None:
        if self._dialogue:
            await self._dialogue.close()
        if self._drafts:
            self._keep_draft()
            self._drafts.close()

    def on_descendant_focus(self) -> None:
        """The composer has the cursor: from now on keys get there. The dialogue waits until those that were typed are drawn."""
        self.app.take_keys()
        if not self._begins:
            self._begins = True
            self.app.call_later(self._begin_once_drawn)

    def _begin_once_drawn(self) -> None:
        self.query_one(Composer).call_after_refresh(
            lambda: self.run_worker(self._begin(), name="beginning", exit_on_error=False)
        )

    async def _begin(self) -> None:
        """Now what talks with the engine is loaded, beside the keys that come in."""
        for module in ("dialogue", "asking", "completing"):
            await asyncio.to_thread(import_module, f"sage.tui.{module}")
        from sage.tui.asking import Asking
        from sage.tui.completing import Completing
        from sage.tui.dialogue import Dialogue

        dialogue = self._dialogue = Dialogue(self, self._home, self._profile, Asking(self))
        self._completing = Completing(self, dialogue)
        dialogue.start()
        self._begun.set()
        for text in self._early:
            dialogue.say(text)
        self._early.clear()
        await self._go_on_with_drafts()

    @property
    def drafts(self) -> Drafts:
        """Keeps what no engine has yet."""
        from sage.tui.drafts import Drafts

        self._drafts = self._drafts or Drafts(self._home)
        return self._drafts

    async def _go_on_with_drafts(self) -> None:
        """What an app had not sent when it ended stands there again, and the lines that it had not kept are kept."""
        found = await asyncio.to_thread(self.drafts.open)
        if found.talk:
            self.write(found.talk + "\n" * bool(self.written))
        if found.lines or found.jotted:
            self.app.captures.go_on_with(found)
        self._keep_draft()
        self.drafts.let_go()

    def _keep_draft(self) -> None:
        """All that was written here and is not on the engine's disk is on this one."""
        if self._keeping:
            self._keeping.stop()
            self._keeping = None
        waiting = self._dialogue.unsent if self._dialogue else self._early
        self.drafts.keep_talk("\n\n".join(filter(None, [*waiting, self._draft])))

    @property
    def transcript(self) -> Conversation:
        """What has been said."""
        return self.query_one(Conversation)

    def say_status(self, text: str) -> None:
        """One line at the bottom."""
        self.show_status((Part(text, 0),))

    def show_status(self, parts: Sequence[Part]) -> None:
        """How it all is, in that line."""
        self.query_one(StatusLine).show(parts)

    def go_on_with(self, conversation: str) -> None:
        """Shows an earlier conversation."""
        if self._dialogue:
            self.run_worker(self._dialogue.go_on_with(conversation), name="earlier", exit_on_error=False)

    def note(self, text: str) -> None:
        """A quiet line between the turns."""
        self.transcript.append(Entry("notice", text))

    def clear(self) -> None:
        """An empty conversation."""
        self.transcript.load([])

    @property
    def is_ready(self) -> bool:
        """Whether the engine is there."""
        return self._dialogue is not None and self._dialogue.is_ready

    async def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks the engine for another place, once it is there. Raises what the engine tells, or EngineGone."""
        await self._begun.wait()
        assert self._dialogue
        return await self._dialogue.call(request, on_event)

    def typing(self) -> None:
        """A key that writes came, in whichever place."""
        if self._dialogue:
            self._dialogue.typing()

    @property
    def is_untouched(self) -> bool:
        """Whether the person is here and has written nothing yet."""
        return self.app.screen is self and not self.written and not self.transcript.entries

    @property
    def written(self) -> str:
        """What stands in the composer."""
        return self.query_one(Composer).text

    def offer_nudge(self, nudge: str, words: str) -> None:
        """The keys that answer a nudge of that id."""
        if self._dialogue:
            self._dialogue.nudges.offer_nudge(nudge, words)

    def write(self, text: str) -> None:
        """Puts words before what stands in the composer, for the person to go on."""
        composer = self.query_one(Composer)
        composer.insert(text, (0, 0), maintain_selection_offset=True)
        composer.focus()

    def unwrite(self, text: str) -> None:
        """Takes words out of the composer, where they still stand."""
        composer = self.query_one(Composer)
        if text in composer.text:
            composer.load_text(composer.text.replace(text, "", 1).strip(" "))
            composer.move_cursor(composer.document.end)
        composer.focus()

    def rewrite(self, text: str) -> None:
        """Has other words stand in the composer."""
        composer = self.query_one(Composer)
        composer.load_text(text)
        composer.move_cursor(composer.document.end)
        composer.focus()

    def remember_said(self, texts: Sequence[str]) -> None:
        """Up calls back what the person said earlier, oldest first."""
        self.query_one(Composer).load_history(texts)

    def show_said(self, text: str) -> int:
        """Words of the person, at the end of the transcript; their entry."""
        return self.transcript.append(Entry("user", text))

    def show_waiting(self, text: str) -> None:
        """What was said and waits its turn, above the composer; "" for nothing."""
        line = self.query_one("#waiting", Static)
        line.update(clean(text))
        line.display = bool(text)
        self.query_one(Composer).takes_back = bool(text)
        if self._drafts:
            self._keep_draft()

    def show_attached(self, text: str) -> None:
        """What goes with the next words, above the composer; "" for nothing."""
        chip = self.query_one("#attached", Static)
        chip.update(clean_line(text))
        chip.display = bool(text)

    def show_approval(self, request: ApprovalNeeded) -> None:
        """What would be done, above the composer; the person is told where, if they are elsewhere."""
        from sage.tui.widgets.approval import Approval

        panel = Approval(request)
        self.mount(panel, before=self.query_one(Composer))
        panel.focus()
        if self.app.screen is not self:
            self.notify("Talk waits for your yes or no: F3", timeout=10, markup=False)

    def drop_approvals(self) -> None:
        """Nothing is asked any more."""
        asked = self.query("Approval")
        asked.remove()
        for composer in self.query(Composer) if asked else ():  # none is there any more once the app is left
            composer.focus()

    @on(Composer.Pasted)
    def _pasted(self, event: Composer.Pasted) -> None:
        if self.query_one(Composer).text != self.query_one(Composer).whole_text:
            self.say_status("What was pasted is folded and sent whole · Tab at it opens it · Backspace takes it out")
        if self._dialogue:
            self._dialogue.pasted(event.text)

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        self.say(event.text)

    @on(Composer.Changed)
    def _written(self) -> None:
        self._draft = self.query_one(Composer).whole_text
        if self._drafts and not self._keeping:
            self._keeping = self.set_timer(KEPT_AFTER, self._keep_draft)
        if self._completing:
            self._completing.written()

    @on(Composer.ListKey)
    def _list_key(self, event: Composer.ListKey) -> None:
        if self._completing:
            self._completing.key(event.key)

    @on(Composer.BackspaceAtStart)
    @on(events.Click, "#attached")
    def _take_off(self) -> None:
        if self._dialogue:
            self._dialogue.attaching.take_off()

    @on(Composer.SentNothing)
    def _send_waiting(self) -> None:
        if self._dialogue:
            self._dialogue.send_waiting()

    @on(Composer.TakenBack)
    def _take_back(self) -> None:
        if self._dialogue:
            self._dialogue.take_back()

    def say(self, text: str) -> None:
        """What the person said, or a command; it waits for the engine where it must."""
        text = text.strip()
        if self._dialogue:
            self._dialogue.say(text)
        elif text:
            self._early.append(text)

    @on(Conversation.Chosen)
    def _chosen(self, event: Conversation.Chosen) -> None:
        if event.keys:
            self.say_status(event.keys)
        else:
            self.query_one(Composer).focus()
            if self._dialogue:
                self._dialogue.tell_standing()

    @on(Conversation.Copied)
    def _copied(self, event: Conversation.Copied) -> None:
        self.say_status(f"Copied: {event.characters:,} characters")

    @on(Conversation.NothingThere)
    def _nothing_there(self, event: Conversation.NothingThere) -> None:
        self.say_status(event.told)

    @on(Conversation.Wanted)
    def _wanted(self, event: Conversation.Wanted) -> None:
        if self._dialogue:
            self.transcript.choose_none()
            self._dialogue.branching.want(event.deed, event.entry)

    @on(Conversation.SourceWanted)
    async def _source_wanted(self, event: Conversation.SourceWanted) -> None:
        if self._dialogue:
            await self._dialogue.branching.open_source(event.entry, event.number)

    @on(Composer.Stop)
    async def action_stop(self) -> None:
        if self.app.tour:
            self.app.tour.escaped()
        if self._dialogue:
            await self._dialogue.stop()

    def on_approval_decided(self, event: Approval.Decided) -> None:
        """The person has decided on an approval."""
        if self._dialogue:
            decided = self._dialogue.answering.decide(event.request, granted=event.granted)
            self._dialogue.work_told(decided, "decision")

    def action_resume(self) -> None:
        self.say("/resume")

    def action_new(self) -> None:
        self.say("/new")

    def action_rate(self) -> None:
        self.say("/rate")

    def action_sources(self) -> None:
        self.transcript.action_toggle_sources()

    def action_choose(self, step: int) -> None:
        """Chooses what was said, from the last on."""
        self.transcript.choose(step)

    def action_read(self, where: str) -> None:
        """Moves in what has been said, while the composer keeps the cursor."""
        moves = {
            "up": self.transcript.scroll_page_up,
            "down": self.transcript.scroll_page_down,
            "first": self.transcript.scroll_home,
            "last": self.transcript.scroll_end,
        }
        moves[where]()
