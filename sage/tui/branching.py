"""Branches in Talk: to ask anew in place of what was said, or to go on from there; the talk as it was stays beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sage import wire
from sage.core.passages import Hit
from sage.core.turns import Answer, Branch
from sage.tui.shown_answer import past_entries
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

EDITING = "Enter asks anew, as a branch · Esc leaves it"


class _Said(NamedTuple):
    turn: str
    text: str


class Branching:
    """Which entry of the transcript is which turn, and the branch that begins with the next words."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._turns: list[str] = []
        """The turn of each entry, "" for what is none."""
        self._sources: dict[int, tuple[Hit, ...]] = {}
        self.editing: _Said | None = None
        """What the next words are asked in place of."""
        self.begins: Branch | None = None
        """Where the conversation that begins with the next words goes on from."""

    def shown(self, conversation: wire.ConversationShown) -> list[Entry]:
        """The entries of a conversation; where it left another one stands between them."""
        self.forget()
        entries: list[Entry] = []
        for place, turn in enumerate(conversation.turns):
            if conversation.branch and place == conversation.shared:
                entries.append(Entry("notice", _told(conversation.branch)))
            self._turns += [""] * (len(entries) - len(self._turns))
            entries += past_entries(turn)
            self._turns += [turn.answer.turn] * (len(entries) - len(self._turns))
            if turn.answer.sources:
                self._sources[len(entries) - 1] = turn.answer.sources
        return entries

    def forget(self) -> None:
        """Another conversation is shown."""
        self._turns.clear()
        self._sources.clear()
        self.editing = self.begins = None

    def note_turn(self, entry: int, turn: str) -> None:
        """What was said in an entry is a turn."""
        self._turns += [""] * (entry + 1 - len(self._turns))
        self._turns[entry] = turn

    def note_answer(self, entry: int, answer: Answer) -> None:
        """What an entry shows is that answer."""
        self.note_turn(entry, answer.turn)
        self._sources[entry] = answer.sources

    def want(self, deed: str, entry: int) -> None:
        """`edit` or `branch`, from an entry."""
        talk = self._dialogue.talk
        turn = self._turns[entry] if entry < len(self._turns) else ""
        if not turn:
            talk.note("That is not on its way yet: wait until it is answered.")
        elif self._dialogue.has_waiting:
            talk.note("Words of yours wait: send them, or take them back, first.")
        elif deed == "branch":
            self._dialogue.work_told(self._begin(entry, turn), "branch")
        elif talk.transcript.entries[entry].role == "user":
            text = talk.transcript.text_of(entry).partition("\n\n(Attached: ")[0]
            self.editing = _Said(turn, text)
            talk.rewrite(text)
            talk.say_status(EDITING)

    def leave_edit(self) -> bool:
        """The words stay as they were; whether any were being edited."""
        if self.editing is None:
            return False
        if self._dialogue.talk.written == self.editing.text:
            self._dialogue.talk.rewrite("")
        self.editing = None
        return True

    def cut_for_edit(self) -> None:
        """Words were sent that are asked in place of others: from here on it is a branch."""
        edited, self.editing = self.editing, None
        if edited is not None:
            self._cut(self._turns.index(edited.turn), Branch(edited.turn, instead=True), edited.text)

    async def open_source(self, entry: int, number: int) -> None:
        """Shows a source of an answer where it stands."""
        sources = self._sources.get(entry, ())
        if number <= len(sources):
            await self._dialogue.talk.app.read_passage(sources[number - 1])

    async def _begin(self, entry: int, turn: str) -> None:
        said = self._dialogue.talk.transcript.text_of(self._turns.index(turn))
        behind = len(self._turns) - self._turns[::-1].index(turn)
        self._cut(behind, Branch(turn), said)
        self._dialogue.talk.write("")

    def _cut(self, entry: int, branch: Branch, said: str) -> None:
        """What stands from an entry on belongs to the other conversation alone."""
        talk = self._dialogue.talk
        entries = talk.transcript.entries[:entry]
        turns = self._turns[:entry]
        sources = {place: hits for place, hits in self._sources.items() if place < entry}
        self._dialogue.leave()
        self._turns, self._sources, self.begins = turns, sources, branch
        talk.transcript.load([*entries, Entry("notice", _told(branch.told(said)))])


def _told(branch: str) -> str:
    return f"A branch, which {branch}. The other talk stays as it was: /resume."
