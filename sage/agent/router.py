"""Who is asked in a turn, by role: each role's models with what they are given, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from sage.core import routing
from sage.core.asked_again import WITHIN, is_again, says_wrong
from sage.core.attachments import Attached
from sage.core.extracts import answering, nearest
from sage.core.labels import LOCAL_ONLY
from sage.core.messages import Example, ModelRequest
from sage.core.model_choice import ModelRole, Wish
from sage.core.passages import Hit
from sage.core.ports import ChatModel, Clock, Routes, Tools
from sage.core.routing import Question, Route, Step
from sage.core.turns import PastTurn

NOTHING = Attached()


@dataclass(frozen=True)
class Limits:
    """How far one turn may go: model calls, passages shown to the model, tokens of an answer, effects."""

    steps: int = 8
    passages: int = 8
    answer_tokens: int = 1024
    effects: Literal["read", "local"] = "local"
    """What may run without asking, at the most."""
    silence: float | None = None
    """Seconds without a word of a model after which it counts as hung, whatever it promised of itself; None waits for ever."""


@dataclass(frozen=True)
class Crew:
    """Who answers in a role, first to last, with their tools and limits. `leaves`: what they are told may leave this machine.
    `examples` are shown to them with what they are asked."""

    models: Sequence[ChatModel]
    tools: Tools
    limits: Limits
    leaves: bool = False
    examples: Sequence[Example] = ()


def none_shown(task: str, leaves: bool) -> Sequence[Example]:
    """No examples, whatever is asked."""
    return ()


@dataclass
class Router:
    """Chooses the role of a turn, keeps why, and names the next one up. `there` are roles with a model of their own besides
    `talk`; `told` remembers of which dead models the person was told."""

    crew: Callable[[ModelRole], Crew]
    pages: Routes
    clock: Clock
    there: Sequence[ModelRole] = ()
    wish: Wish = ""
    told: set[str] = field(default_factory=set)
    trial: Callable[[str, Route], Crew | None] = lambda turn, route: None
    """Who answers a turn that goes that way in the place of its role's crew, where a model is on trial."""
    examples: Callable[[str, bool], Sequence[Example]] = none_shown
    """What `quick` is shown with a kind of task; of words that are for this machine alone nothing where they might leave it."""

    def choose(
        self,
        turn: str,
        request: ModelRequest,
        found: Sequence[Hit],
        history: Sequence[PastTurn],
        attached: Attached = NOTHING,
    ) -> tuple[Route, Crew]:
        """The role that is asked, with its crew. `request` has the person's words and tools alone, `found` is what their notes say
        on it, `attached` what they gave with it."""
        said, now = request.messages[-1].text, self.clock.now()
        last = history[-1] if history else None
        again = last is not None and _again(said, last, now)
        known = bool(answering(said, found) or nearest(said, found))
        task = routing.task_of(said, known, {tool.name for tool in request.tools}, now)
        ladder: list[ModelRole] = ["talk", *(role for role in self.there if role != "local-only")]
        crews = {role: self.crew(role) for role in ladder}
        asked = Question(
            task,
            {role: crew.models[0].context_tokens for role, crew in crews.items()},
            stays=self._stays(said, found, history, attached),
            wish=self.wish,
            important=routing.is_important(said),
            tokens=routing.size_of(request),
            before=last.role if last and again else "",
            tallies=routing.tallies(
                self.pages.past_routes(task), {role: crew.models[0].name for role, crew in crews.items()}
            ),
        )
        route = routing.route(asked)
        crew = crews.get(route.role) or self.crew(route.role)
        if tried := self.trial(turn, route):
            route, crew = Route(route.role, route.task, "trial"), tried
        if route.role == "quick":
            crew = replace(crew, examples=self.examples(route.task, crew.leaves))
        self.keep(turn, route.task, [Step(route.role, route.why, crew.models[0].name)])
        return route, crew

    def above(self, role: ModelRole) -> ModelRole | None:
        """The next role up, unless the person named one."""
        return None if self.wish else routing.next_up(role, self.there)

    def keep(self, turn: str, task: str, steps: Sequence[Step], *, stays: bool = False) -> None:
        """Writes down who was asked so far, and why; on disk when it returns. `stays`: see `Routes`."""
        self.pages.keep_route(turn, task, steps, self.clock.now(), stays=stays)

    def _stays(self, said: str, found: Sequence[Hit], history: Sequence[PastTurn], attached: Attached) -> bool:
        """Whether words that are for this machine alone answer this turn, or did an earlier one that is told with it."""
        if not (self.crew("talk").leaves or "local-only" in self.there):
            return False
        given = [*(hit for _, hit in answering(said, found)), *attached.passages]
        return (
            attached.stays
            or any(LOCAL_ONLY in hit.audience for hit in given)
            or any(routing.stays_here(past) and not past.forgotten for past in history)
        )


def _again(said: str, last: PastTurn, now: datetime) -> bool:
    """Whether the person is not content with what they were just told."""
    soon = now - datetime.fromisoformat(last.said_at) <= WITHIN
    return soon and (is_again(said, last.said) or says_wrong(said))
