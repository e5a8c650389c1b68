"""What the agent needs of the world, as protocols. Adapters implement them; `sage.testing` has fakes.

Whatever goes wrong is raised as a `SageError` (see `core/errors.py`), never as a library's own exception.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from sage.core.agenda import Agenda
from sage.core.asked import Asked
from sage.core.events import Events
from sage.core.facts.beliefs import Decision
from sage.core.facts.facts import Statement
from sage.core.focus import FocusSession
from sage.core.labels import Audience, Origin, Reader
from sage.core.ledger import Ending, Job
from sage.core.messages import ModelEvent, ModelRequest, ToolCall, ToolSpec, Usage
from sage.core.passages import Hit
from sage.core.plans import Goal, GoalState, Note, Task
from sage.core.rituals import Ritual, RitualKind
from sage.core.routing import Step
from sage.core.schedules.recurrence import Due
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.skills import Skill, SkillsFound
from sage.core.turns import Action, Answer, ApprovalNeeded, PastTurn


class Clock(Protocol):
    """The only one who asks the time."""

    def now(self) -> datetime:
        """The present moment, with the person's time zone (a `ZoneInfo`)."""
        ...


class ChatModel(Protocol):
    """Whoever answers: no model, an embedded one, or one behind a provider."""

    @property
    def name(self) -> str:
        """What to show as the answering model before it has answered."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        ...

    async def worst_cost(self, request: ModelRequest) -> float | None:
        """The most that a call can cost in US dollars; 0.0 for what runs on this machine, None when the price is unknown."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Text and tool calls as they come, then exactly one `Finished`. Closing the iterator cancels the call.

        Raises a `ModelTrouble` before the first event or in the middle (`StreamBroken`).
        """
        ...

    async def close(self) -> None:
        """Lets go of processes, connections and memory. May be called twice."""
        ...


@runtime_checkable
class Seeing(Protocol):
    """A model that may be able to see pictures."""

    async def sees(self) -> bool:
        """Whether it can."""
        ...


class Memory(Protocol):
    """What the person wrote and said, found again."""

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[Reader] | None = None, now: datetime | None = None
    ) -> list[Hit]:
        """The best passages, best first, of what all of `recipients` may see (None: the owner, who sees all)."""
        ...

    def remember(
        self,
        text: str,
        *,
        source: str,
        when: datetime | str | None = None,
        thread: str | None = None,
        speaker: str | None = None,
        origin: Origin = "user",
        audience: str | Audience = "private",
    ) -> str:
        """Keeps a text for good and returns its id; it is on disk when this returns."""
        ...

    def unread(self) -> str:
        """A sentence for the person while not everything can be found yet; else ""."""
        ...

    def catch_up(self) -> None:
        """Takes in what was said in conversations since; never raises for a trouble of the index, which is a cache."""
        ...


class Tools(Protocol):
    """What a model may do."""

    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools, in an order that never changes (the prompt's prefix is cached); those that were looked for come last."""
        ...

    def source_of(self, tool: str) -> str:
        """The account that a tool comes from, by its name; "" for Sage's own."""
        ...

    def check(self, call: ToolCall) -> None:
        """Raises BadInput for an unknown tool or for arguments that do not fit."""
        ...

    async def run(self, action: str, call: ToolCall, *, now: datetime, stays: bool = False) -> ToolOutcome:
        """Runs one call. What it makes gets its id from `action`, so the same action never makes two. `stays`: who calls it was
        given words that stay on this machine, so a note that it makes does, too."""
        ...


@dataclass(frozen=True)
class ToolOutcome:
    """What a tool did: `text` for the model and the person; passages that it found are cited like recalled ones. `state`:
    whether it did it; `uncertain` is what may have been done. `strange`: words of others stand in it, such as events of a
    calendar, or tasks that are kept elsewhere."""

    text: str
    passages: tuple[Hit, ...] = ()
    state: Literal["done", "failed", "uncertain"] = "done"
    strange: bool = False


class Embedder(Protocol):
    """Texts to vectors."""

    @property
    def name(self) -> str:
        """Model and version; vectors of different names never meet."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def of_words(self) -> bool:
        """Whether a text's vector is the mean of its words', so that those of a question can be weighed by their rarity."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """A float32 array of shape (len(texts), dimensions), each row of unit length (or all zero)."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours. Holds ids and vectors only; disposable, since the vectors also stand in SQLite."""

    @property
    def name(self) -> str:
        """What a hit names as its finder."""
        ...

    def add(self, ids: Sequence[str], vectors: Any) -> None:
        """Adds or replaces. `vectors` is float32 of shape (len(ids), dimensions)."""
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Forgets ids; unknown ones are ignored."""
        ...

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        """The k nearest as (id, cosine similarity), best first; equal scores in the order of ids."""
        ...

    def __len__(self) -> int: ...


class Ledger(Protocol):
    """The journal's pages for conversations: all that was said and done, written when it happens.

    Every method returns when the words are on disk.
    """

    def begin_turn(self, turn: str, conversation: str, said: str, at: datetime) -> None:
        """Keeps the person's words; the turn's state is `running`."""
        ...

    def note_partial(self, turn: str, text: str) -> None:
        """Keeps what has been streamed so far."""
        ...

    def finish_turn(self, answer: Answer, at: datetime) -> None:
        """Keeps the answer, with its sources, model and cost."""
        ...

    def history(self, conversation: str) -> list[PastTurn]:
        """The turns of a conversation, oldest first."""
        ...

    def claim_action(self, turn: str, action: Action, at: datetime) -> bool:
        """Writes an action before it runs; False if that id was claimed before: then it must not run again."""
        ...

    def settle_action(self, action: Action, at: datetime) -> None:
        """Writes what became of it."""
        ...

    def settle_approval(self, turn: str, request: ApprovalNeeded, granted: bool, at: datetime) -> None:
        """Writes how the person decided."""
        ...


class AskedBook(Protocol):
    """What turns asked of models, for cases to be made of."""

    def keep(self, turn: str, steps: Sequence[Asked], at: datetime) -> None:
        """Keeps a turn's steps, secrets taken out; of older turns what is not among the newest ones goes."""
        ...


class Routes(Protocol):
    """The journal's page for who was asked in a turn, and why."""

    def keep_route(self, turn: str, task: str, steps: Sequence[Step], at: datetime, *, stays: bool = False) -> None:
        """Keeps the kind of task and who was asked, in the place of what was kept of that turn before; on disk when it returns.
        `stays`: words that are for this machine alone are given to whoever answers, so that no model elsewhere may read it."""
        ...

    def past_routes(self, task: str) -> list[tuple[tuple[Step, ...], tuple[str, ...]]]:
        """Of the newest turns with that kind of task: their steps, and what became of them."""
        ...


class Approver(Protocol):
    """Who may say yes."""

    async def ask(self, request: ApprovalNeeded) -> bool:
        """Waits for the person's decision on exactly this request; False when nobody is there."""
        ...


class Notebook(Protocol):
    """The person's notes, goals and tasks, as plain Markdown. `id`s are given by the caller, so that nothing is made twice."""

    def add_note(
        self,
        id: str,  # noqa: A002
        text: str,
        *,
        title: str = "",
        now: datetime,
        fields: Mapping[str, str] | None = None,
    ) -> Note:
        """`fields` are further ones for its front matter."""
        ...

    def goals(self) -> list[Goal]: ...

    def add_goal(self, id: str, title: str, *, why: str = "", parent: str = "", now: datetime) -> Goal: ...  # noqa: A002

    def change_goal(
        self,
        goal: str,
        *,
        state: GoalState | None = None,
        why: str | None = None,
        title: str | None = None,
        now: datetime,
    ) -> Goal:
        """`goal` is an id or the beginning of a title. Raises NotFound with the nearest."""
        ...

    def goal_text(self, goal: str) -> str:
        """The goal's file without its front matter."""
        ...

    def tasks(self) -> list[Task]: ...

    def add_task(self, id: str, text: str, *, due: str = "", now: datetime) -> Task: ...  # noqa: A002

    def complete_task(self, task: str, *, now: datetime) -> Task:
        """`task` is an id or words of its text. Raises NotFound with the nearest, or BadInput when several fit."""
        ...

    def change_task(self, task: str, *, due: str, now: datetime) -> Task:
        """Gives a task another day ("": none). Raises as `complete_task`."""
        ...

    def drop_task(self, task: str, *, now: datetime) -> Task:
        """Takes a task out of the list; its line stays, marked as cancelled. Raises as `complete_task`."""
        ...


class Reminders(Protocol):
    """What the person asked to be told at a stated time."""

    def add(self, schedule: Schedule, now: datetime) -> list[Due]:
        """Keeps it, once per id, and returns its next occurrences. Raises BadInput when it has none."""
        ...

    def waiting(self) -> list[tuple[Occurrence, Schedule]]:
        """What nobody was told yet, the next one first."""
        ...


class Calendar(Protocol):
    """The person's events, wherever they are kept."""

    def events(self, since: datetime, until: datetime) -> Events:
        """What begins before `until` and ends after `since` (both in the person's zone, a `ZoneInfo`).

        Never raises for a calendar that cannot be read: that is one of the troubles, and what was read of it before stays.
        """
        ...

    def mark(self) -> str:
        """Another one whenever calendars may hold something else, found without reading them; "" when none is set."""
        ...


class Days(Protocol):
    """The person's days: what is on, and what they give their time to."""

    def agenda(self, words: str, days: int, now: datetime) -> Agenda:
        """The agenda of some days from the one that the words name ("": today). Raises BadInput."""
        ...

    def begin_focus(self, id: str, about: str, minutes: int, now: datetime) -> FocusSession:  # noqa: A002
        """Begins a session, once per id; one that runs ends with it. Raises BadInput for a length that is none."""
        ...

    def end_focus(self, now: datetime) -> FocusSession:
        """Ends the session that runs. Raises NotFound when none does."""
        ...

    def focus(self, now: datetime) -> FocusSession | None:
        """The session that runs."""
        ...


class Rituals(Protocol):
    """Looking at the day and the week together."""

    def show(self, kind: RitualKind, now: datetime) -> Ritual:
        """Today's, for the person who asked for it."""
        ...


class Facts(Protocol):
    """What the person stated, with its sources; nothing of it is ever changed."""

    def statements(self, words: str = "", *, subjects: Sequence[str] = ()) -> list[Statement]:
        """Those about some of the subjects, and with some of the words; all of them without either."""
        ...

    def slots_of(self, statements: Iterable[Statement]) -> list[Statement]:
        """All that could confirm, end or contradict some statements."""
        ...

    def decisions(self) -> dict[str, Decision]:
        """What the person decided of statements, by id."""
        ...


class Skills(Protocol):
    """How the person wants things done, in folders of their own."""

    def all(self) -> SkillsFound:
        """Every skill, and what could not be read as one."""
        ...

    def instructions(self, name: str) -> tuple[Skill, str]:
        """A skill and what it says. Raises NotFound or Unreadable."""
        ...

    def file(self, name: str, path: str) -> str:
        """A further file of a skill. Raises NotFound or Unreadable."""
        ...


class DateReader(Protocol):
    """Dates in the person's words, in any language."""

    def read(self, text: str, now: datetime) -> str | None:
        """An ISO date or local date and time, or None."""
        ...


class Budget(Protocol):
    """What may be spent."""

    def reserve(self, model: str, worst: float | None, job: Job, at: datetime) -> str:
        """Sets a call's worst case aside, in US dollars (None: unknown). Raises OverBudget: then the call is not made."""
        ...

    def settle(self, reserved: str, used: Usage, at: datetime, ending: Ending) -> None:
        """Writes what it really cost (a cost that is not known leaves what was set aside) and how it ended."""
        ...


class Accounts(Protocol):
    """The accounts of plugins that run, each in a process of its own."""

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        """Calls a method of an account's plugin (`do` is its name in `plugin_api`; what is an async iterator there comes
        as a tuple) and waits for the answer.

        Raises the `plugin_api.PluginError` that the plugin raises; `Unreachable` also when it does not run (nothing was
        done), and `Unsure` when it ended, failed or was silent before it answered: whether it did what was asked is not known.
        """
        ...
