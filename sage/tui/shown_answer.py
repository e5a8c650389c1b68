"""An answer as it comes into the transcript: its text, its sources, and what is told below it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sage.core.messages import TextDelta
from sage.core.passages import Hit
from sage.core.terminal_text import clean
from sage.core.turns import ActionTaken, Answer, Correction, PastTurn, StartedOver
from sage.tui.widgets.entry import Entry, SourceLine

if TYPE_CHECKING:
    from sage.tui.stage import Stage


class ShownAnswer:
    """The answer that comes now, if any."""

    def __init__(self, talk: Stage) -> None:
        self._talk = talk
        self._streaming = False
        self._notices: list[str] = []
        """What is told once the text that streams is complete."""

    def expect(self) -> None:
        """Another answer comes."""
        self._streaming = False

    def show(self, event: Any) -> None:
        """The next of it."""
        match event:
            case TextDelta():
                self._begin()
                self._talk.transcript.feed(event.text)
            case StartedOver():
                # What fails before its first word is told in the line below the answer alone.
                self._restart("", f"{event.why} {event.model} answers instead." if self._streaming else "")
            case Correction():
                self._restart(event.text, "")
            case ActionTaken() if event.action.state != "done":
                self._notices.append(f"{event.action.tool}: {event.action.result}")
                if not self._streaming:
                    self._show_notices()

    def finish(self, answer: Answer) -> int:
        """It is complete; the entry that shows it."""
        self._begin()
        entry = self._talk.transcript.finish(footer_of(answer), sources_of(answer))
        self._streaming = False
        self._show_notices()
        if answer.trouble:
            self._talk.note(answer.trouble)
        assert entry is not None
        return entry

    def cut(self) -> None:
        """No more of it comes; what came stays."""
        if self._streaming:
            self._talk.transcript.finish("stopped")
        self._streaming = False

    def leave(self) -> None:
        """Another conversation is shown from now on."""
        self._notices.clear()

    def _show_notices(self) -> None:
        for text in self._notices:
            self._talk.note(text)
        self._notices.clear()

    def _begin(self) -> None:
        if not self._streaming:
            self._talk.transcript.begin("assistant")
            self._streaming = True

    def _restart(self, text: str, why: str) -> None:
        self._talk.transcript.restart(text)
        self._streaming = True
        if why:
            self._talk.notify(clean(why), timeout=6, markup=False)


def past_entries(turn: PastTurn) -> list[Entry]:
    """A turn that was answered before, or is being answered: then its words alone."""
    said, answer = Entry("user", turn.said), turn.answer
    if answer.state == "running":
        return [said]
    return [said, Entry("assistant", answer.answer, footer_of(answer), sources_of(answer))]


def sources_of(answer: Answer) -> tuple[SourceLine, ...]:
    """What the answer cites, by number."""
    return tuple(_source(number, hit) for number, hit in enumerate(answer.sources, 1))


def _source(number: int, hit: Hit) -> SourceLine:
    words = " ".join(line for line in hit.text.splitlines() if not line.startswith("#"))
    return SourceLine(number, hit.citation, " ".join(words.split()))


def footer_of(answer: Answer) -> str:
    """Who answered, what it cost, and how it ended: of a long history mostly the same words, which are kept once."""
    cost = "" if answer.cost == 0 else "price unknown" if answer.cost is None else f"${answer.cost:.4f}"
    state = "" if answer.state == "done" else answer.state
    return sys.intern(" · ".join(part for part in (answer.model, cost, state, answer.aside) if part))
