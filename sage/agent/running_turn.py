"""What a turn has gathered so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sage.agent.router import Crew
from sage.core import authority, claims
from sage.core.asked import Asked, is_local
from sage.core.attachments import Attached
from sage.core.citations import Citer
from sage.core.extracts import SAGE_SAYS
from sage.core.labels import LOCAL_ONLY
from sage.core.messages import Message, ModelRequest, ToolCall, Usage
from sage.core.passages import Hit
from sage.core.routing import Route, Step, aside
from sage.core.turns import Action, Answer, TurnState


@dataclass
class RunningTurn:
    """What a turn has gathered so far."""

    id: str
    conversation: str
    said: str
    own_words: tuple[str, ...]
    crew: Crew
    """Who is asked now; those of them that failed are left out for the rest of the turn."""
    route: Route = field(default_factory=lambda: Route("talk", "talk", "usual"))
    attached: Attached = field(default_factory=Attached)
    passages: list[Hit] = field(default_factory=list)
    citer: Citer = field(default_factory=lambda: Citer(known=SAGE_SAYS))
    says_itself: tuple[str, ...] = SAGE_SAYS
    """What an answer says that needs no source."""
    text: str = ""
    """What has been shown, its marks checked."""
    actions: list[Action] = field(default_factory=list)
    heard_before: bool = False
    """Whether words of others may have come in before: by a tool, in an earlier turn that is told to the model, or in this one."""
    answered: dict[str, list[str]] = field(default_factory=dict)
    """By account, what its tools answered in this turn."""
    steps: list[Step] = field(default_factory=list)
    stumbles: int = 0
    """Tool calls that failed since the role that is asked now was chosen."""
    stumbled: str = ""
    """What the last of them failed at: a code of `routing.WHY`."""
    notice: str = ""
    """What the person is told once, although the turn was answered."""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    local: bool = False
    """Whether what is told of earlier turns, or shown as examples, rests on words that no model elsewhere may read."""
    undone: set[str] = field(default_factory=set)
    """Calls, by their ids, that failed or were not allowed."""
    asked: list[Asked] = field(default_factory=list)

    @property
    def stays(self) -> bool:
        """Whether whoever answers was given words that no model elsewhere may read: then none may read the answer."""
        return self.local or any(LOCAL_ONLY in hit.audience for hit in self.passages)

    def find(self, hits: Sequence[Hit]) -> None:
        """Passages that this turn may cite from now on."""
        known = {hit.id for hit in self.passages}
        fresh = [hit for hit in hits if hit.id not in known]
        self.passages += fresh
        self.citer.add(fresh)

    def heard(self, source: str) -> authority.Heard:
        """What came from outside so far; `source` is the account that would be called."""
        strange = self.heard_before or bool(self.answered) or any(hit.origin != "user" for hit in self.passages)
        return authority.Heard(strange, self.answered.get(source, ()))

    def stumble(self, why: str) -> None:
        """A tool call failed."""
        self.stumbles, self.stumbled = self.stumbles + 1, why

    def done_before(self, call: ToolCall) -> str:
        """What this very call said when it was done in this turn; "" if it was not. Whoever takes over may want it once more."""
        same = (action for action in self.actions if (action.tool, action.arguments) == (call.name, call.arguments))
        return next((action.result for action in same if action.state in ("done", "uncertain")), "")

    def show(self, text: str) -> str:
        """Takes in what a model streams; returns what of it can be shown now, its marks checked."""
        shown = self.citer.feed(text)
        self.text += shown
        return shown

    def show_rest(self) -> str:
        """The same for what was held back when the stream is over."""
        rest = self.citer.finish()
        self.text += rest
        return rest

    def start_over(self, text: str) -> None:
        """Voids what was shown since `text`."""
        self.text = text
        self.citer = Citer(self.passages, [*self.says_itself, *(action.result for action in self.actions)])
        self.citer.feed(text)

    def note(self, request: ModelRequest, before: str, calls: Sequence[ToolCall], results: Sequence[Message]) -> None:
        """Keeps what a step asked, said and did; `before` is what was shown before it. With pictures, which are kept nowhere,
        nothing is kept: without them it would be another question."""
        if request.images:
            return
        cited = tuple(hit.id for hit in self.citer.sources)
        local = self.local or is_local(request)
        text = self.text[len(before) :]
        undone = tuple(call.id for call in calls if call.id in self.undone)
        self.asked.append(Asked(self.model, request, text, tuple(calls), tuple(results), undone, cited, local))

    def answer(self, state: TurnState, trouble: str = "") -> Answer:
        text = claims.corrected(self.text.strip(), self.actions)
        return Answer(
            turn=self.id,
            conversation=self.conversation,
            answer=text,
            sources=self.citer.sources,
            actions=tuple(self.actions),
            model=self.model,
            usage=self.usage,
            cost=self.usage.cost,
            state=state,
            trouble=trouble or self.notice,
            aside=aside(self.steps),
        )
