"""All that a plugin imports of Sage, besides `sage.plugin_files` if its service is files. Version 1.

A plugin is a class for one account: Sage makes it with a `Context`, in a process of its own, then calls `open`, its
methods, and `close`. It moves things between Sage and one service and decides nothing: retries, deduplication, rate
limits, allow-lists, consent and labels are Sage's, as is whether anything is answered. `plugins/README.md` is the guide.

Every method may raise a `PluginError`; whatever else it raises counts as a fault of the plugin, which then starts anew.
Fields are only ever added to these types within a version, each with a default.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import UNSET as UNSET
from msgspec import Struct
from msgspec import UnsetType as UnsetType

API = 1
"""The version of this module. A plugin of another one is refused."""

Kind = Literal["messaging", "tasks", "calendar", "notifier", "tools"]
Capability = Literal[
    # messaging
    "RECEIVE",  # `events` brings what others write
    "SEND",  # `send` sends
    "DRAFT",  # `draft` leaves a draft where the person's own program shows it
    "THREADS",  # replies can stand in a thread
    "GROUPS",  # conversations of more than two
    "EDIT",  # messages that change arrive with `edits`
    "TYPING",  # the other side can be shown that something is being written
    "E2EE",  # what is sent is encrypted from end to end
    "RESUME",  # `events(cursor)` also brings what came while nobody listened
    "IDEMPOTENT_SEND",  # two sends with one key are one message
    # tasks; a source without any of these is only read
    "CREATE",
    "UPDATE",
    "COMPLETE",
    "CHANGES",  # `changes(cursor)` brings what changed since, and not everything
    "DUE_DATE",  # a task can be due on a date
    "DUE_DATETIME",  # a task can be due at a time of day
    "RECURRENCE",  # tasks can return
    "PRIORITY",
    "SUBTASKS",
]
Priority = Literal["", "high", "medium", "low"]


# -- what went wrong --------------------------------------------------------------------------------------------------


class PluginError(Exception):
    """What a plugin tells Sage. `what` is one sentence for the person, without secrets and without others' words."""

    def __init__(self, what: str = "") -> None:
        super().__init__(what)
        self.what = what


class Unreachable(PluginError):
    """The service cannot be reached, or fails by itself; Sage tries again. `retry_after`: seconds that it asked for."""

    def __init__(self, what: str = "", retry_after: float = 0.0) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class RateLimited(Unreachable):
    """The service wants fewer calls."""


class AuthRefused(PluginError):
    """The credentials are refused. Sage stops the account at once, since more attempts can lock it out."""


class BadConfig(PluginError):
    """A value of the settings does not fit; `key` is its name in the account's table."""

    def __init__(self, what: str = "", key: str = "") -> None:
        super().__init__(what)
        self.key = key


class Refused(PluginError):
    """The service refuses this one thing, and would again."""


class Unsupported(Refused):
    """The service, or this plugin, has no such thing."""


class Gone(PluginError):
    """What was to be changed is no longer there."""


class Stale(PluginError):
    """What was to be changed has changed since `revision`: nothing was written. `theirs` is how it stands now."""

    def __init__(self, theirs: Task, what: str = "") -> None:
        super().__init__(what)
        self.theirs = theirs


class Unsure(PluginError):
    """Whether it was done (sent, called) is not known: the connection ended between asking and the answer."""


# -- what a plugin gets ------------------------------------------------------------------------------------------------


class Secret:
    """A value that never shows itself; `reveal` gives it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass
class Context:
    """What a plugin gets for one account."""

    account: str
    """`PLUGIN/NAME`."""
    config: Any
    """The account's settings, an instance of the manifest's `config`."""
    folder: Path
    """A private folder of this account, for what the service's library has to keep. It is no place for messages."""
    zone: str = "UTC"
    """The person's time zone, such as "Europe/Berlin"."""
    own: tuple[str, ...] = ()
    """The person's own addresses on this service, as the settings name them."""
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    """By the manifest's names."""
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    changed: Callable[[], None] = lambda: None
    """To be called when something changed on the other side: Sage then looks again soon."""
    read_calendar: Callable[[bytes, datetime, datetime], CalendarPage] = lambda data, since, until: CalendarPage(())
    """Sage's own reading of iCalendar text (RFC 5545) between two moments: recurrences, exceptions, zones, troubles."""

    def secret(self, name: str) -> Secret:
        """A secret by the manifest's name. Raises AuthRefused when there is none."""
        found = self.secrets.get(name)
        if found is None:
            raise AuthRefused(f"There is no {name} for this account.")
        return found


class Health(Struct, frozen=True):
    """How an account is. `words`: one sentence for the person."""

    state: Literal["ok", "waits", "stuck"] = "ok"
    words: str = ""


class Source(ABC):  # noqa: B024 - each kind adds its own
    """What all kinds share."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    async def open(self) -> None:  # noqa: B027 - nothing to open is usual
        """Connects, and raises if it cannot: AuthRefused, BadConfig, Unreachable."""

    async def health(self) -> Health:
        """How it is, asked now and then; also a sign that the service still answers."""
        return Health()

    async def close(self) -> None:  # noqa: B027
        """Lets everything go within three seconds; may be called twice, and without `open`."""


# -- tasks -------------------------------------------------------------------------------------------------------------


class Task(Struct, frozen=True):
    """A task as its source has it.

    `id` is the source's own and stays the same after reopening. `revision` is opaque, never "", and another one after
    every change. `due` is "" or a date "2026-11-27" (which stays one in every zone) or a wall time "2026-11-27T09:00" in
    `zone` ("": in the person's). `recurs` is how it returns, in the source's own words: shown, never computed by Sage.
    `where` tells where it stands (a list, a file and line) and is shown. One that is `read_only` is never written.
    """

    id: str
    text: str
    revision: str
    done: bool = False
    done_on: str = ""
    due: str = ""
    zone: str = ""
    priority: Priority = ""
    parent: str = ""
    recurs: str = ""
    where: str = ""
    read_only: bool = False


class NewTask(Struct, frozen=True):
    """A task that is to be made; fields as in `Task`. `where` "": where the source's settings say."""

    text: str
    due: str = ""
    zone: str = ""
    priority: Priority = ""
    parent: str = ""
    where: str = ""


class Change(Struct, frozen=True):
    """What is to be changed of a task; what is UNSET stays as it is."""

    text: str | UnsetType = UNSET
    due: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    parent: str | UnsetType = UNSET


class Changes(Struct, frozen=True):
    """What changed since a cursor. `gone`: ids that are no longer there. `whole`: all there is, so that whatever is not in
    `changed` is gone."""

    changed: tuple[Task, ...]
    gone: tuple[str, ...] = ()
    cursor: str = ""
    whole: bool = False


class Completed(Struct, frozen=True):
    """A task that is done now, and the next one if it returns. A source whose returning task only moves on names it as
    `task`, open again, with its next date."""

    task: Task
    following: Task | None = None


class TaskSource(Source):
    """Tasks of one account. A source that is only read writes `list` alone."""

    @abstractmethod
    def list(self) -> AsyncIterator[Task]:
        """All open tasks, and those done that the source still shows, once each. An error in the middle makes all of it
        count for nothing, so that no task is taken for gone. Write it as `async def` with `yield`."""

    async def changes(self, cursor: str) -> Changes:
        """What changed since `cursor` ("" or one that is too old: everything, as `whole`)."""
        return Changes(tuple([task async for task in self.list()]), whole=True)

    async def create(self, task: NewTask, key: str) -> Task:
        """Makes a task. Two calls with one `key` make one, also when the process ended in between. Raises Unsupported for
        a field that the source has no place for, rather than losing it."""
        raise Unsupported("Tasks cannot be made here.")

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        """Changes a task that is still at `revision`. Raises Stale or Gone, and then nothing was written."""
        raise Unsupported("Tasks cannot be changed here.")

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        """Marks a task as done at `at` (aware). One that is done already is returned as it is, whatever `revision`; a
        returning one is done once for a revision. Raises Stale or Gone."""
        raise Unsupported("Tasks cannot be completed here.")


# -- calendars -----------------------------------------------------------------------------------------------------------


class Event(Struct, frozen=True):
    """One event, or one occurrence of one that returns.

    `start` and `end` (exclusive) are ISO moments with an offset, or ISO dates for whole days. `id` is another one for each
    occurrence; `series` is the same for all of them, and stays when they are moved or renamed.
    """

    id: str
    title: str
    start: str
    end: str
    series: str = ""
    where: str = ""
    busy: bool = True


class CalendarPage(Struct, frozen=True):
    """Events, and sentences about what of the calendar could not be read. `whole`: what is missing stands nowhere."""

    events: tuple[Event, ...]
    troubles: tuple[str, ...] = ()
    whole: bool = True


class CalendarSource(Source):
    """Events of one account. They are only read."""

    @abstractmethod
    async def occurrences(self, since: datetime, until: datetime) -> CalendarPage:
        """What begins before `until` and ends after `since` (both aware), at most 5,000. Raises Unreachable."""


# -- messages ------------------------------------------------------------------------------------------------------------


class Address(Struct, frozen=True):
    """Who: `id` is what the service itself vouches for, and what answers go to; `name` is only shown, as anybody can
    call themselves anything."""

    id: str
    name: str = ""


class Attachment(Struct, frozen=True):
    """Something that came with a message; its content stays with the service. `size` in bytes, 0: unknown."""

    name: str
    media_type: str = ""
    size: int = 0


class Inbound(Struct, frozen=True):
    """A message that came in.

    `id` is the service's own, the same at every delivery. `conversation` is where an answer would go. `at` is ISO 8601
    with an offset. `members`: the ids of all others in a group, as far as the service says. `own`: written by the person
    or by Sage. `auto`: written by a program (an automatic answer, a list, a bot): never answered. `verified`: whether the
    service vouches for the sender. `edits`: the id of the message that this one replaces. `left_out`: bytes of the text
    that were cut. `unreadable`: why there is no text. `answer_to`: where the sender asks answers to go, if that is
    elsewhere than `conversation`: it is shown, and never followed by itself.
    """

    id: str
    conversation: str
    sender: Address
    text: str
    at: str
    group: bool = False
    members: tuple[str, ...] = ()
    thread: str = ""
    reply_to: str = ""
    edits: str = ""
    subject: str = ""
    own: bool = False
    auto: bool = False
    verified: Literal["yes", "no", "unknown"] = "unknown"
    left_out: int = 0
    unreadable: str = ""
    attachments: tuple[Attachment, ...] = ()
    answer_to: str = ""


class Batch(Struct, frozen=True):
    """Some messages, oldest first, and the cursor after them. A batch without messages moves the cursor alone."""

    events: tuple[Inbound, ...]
    cursor: str


class Outbound(Struct, frozen=True):
    """A message to be sent. `to` are exactly those who may get it: a conversation that has others by now is Refused. The
    address of one person is a conversation, too: that is how a first message is sent.
    `auto`: it was not approved by the person and is marked so, where the service can."""

    conversation: str
    to: tuple[str, ...]
    text: str
    subject: str = ""
    thread: str = ""
    reply_to: str = ""
    auto: bool = True


class Receipt(Struct, frozen=True):
    """That a message was taken: the service's `id` of it, and when (ISO 8601)."""

    id: str
    at: str = ""


class DraftRef(Struct, frozen=True):
    """A draft, and where the person finds it."""

    id: str
    where: str = ""


class MessagingSurface(Source):
    """One account of a messenger or a mailbox."""

    @abstractmethod
    def events(self, cursor: str) -> AsyncIterator[Batch]:
        """What comes in after `cursor` ("": from now on), as it comes, for as long as it is asked. Being asked for the next
        batch means that this one is on disk: only then may the service be told that it was taken. After an error, or
        at the next start, it goes on from the last cursor that is on disk; what comes twice is dropped by its id.
        A batch has at most 200 messages. With RESUME, the first batch after "" comes at once, if empty, with the cursor of
        now. After Unreachable the same object is asked again, and connects anew. Write it as `async def` with `yield`."""

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        """Sends. With IDEMPOTENT_SEND, a second call with that key (it always has the same text) sends nothing more. An
        error means that it certainly was not sent; if that is not known, raise `Unsure`."""
        raise Unsupported("Nothing can be sent here.")

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        """Leaves a draft in the person's own program; one for a key."""
        raise Unsupported("Drafts cannot be left here.")


# -- notifications and tools ---------------------------------------------------------------------------------------------


class Notifier(Source):
    """Shows the person something, somewhere."""

    @abstractmethod
    async def tell(self, title: str, more: str, key: str, quiet: bool) -> bool:
        """Shows it; `key` names it, so that a second call replaces it. False: it certainly was not shown."""


class Tool(Struct, frozen=True):
    """A tool from outside. `parameters` is its JSON Schema. `reads_only` is what its maker claims: it is shown to the
    person and grants nothing."""

    name: str
    description: str
    parameters: dict[str, Any]
    reads_only: bool = False


class ToolResult(Struct, frozen=True):
    """What a tool answered, as text. `failed`: it says that it failed."""

    text: str
    failed: bool = False


class ToolSource(Source):
    """Tools of one account."""

    @abstractmethod
    async def tools(self) -> tuple[Tool, ...]:
        """What there is now."""

    @abstractmethod
    async def call(self, name: str, arguments: dict[str, Any], key: str) -> ToolResult:
        """Runs one. `key` names this call. It may take as long as the person waits, and be cancelled."""


BASES: dict[Kind, type[Source]] = {
    "messaging": MessagingSurface,
    "tasks": TaskSource,
    "calendar": CalendarSource,
    "notifier": Notifier,
    "tools": ToolSource,
}
"""What the runtime of a kind derives from; one class may derive from several."""
