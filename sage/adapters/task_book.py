"""All of the person's tasks: their own list, and those that accounts bring (implements the port `Notebook`).

What is read comes from memory, never from a network. A change of a task elsewhere is on disk first, with the revision that
the person saw; then its service is asked, and while that does not answer the change waits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sage.adapters.journal.journal_task_changes import OPEN, TaskChangePages
from sage.adapters.notes.notebook import FileNotebook
from sage.adapters.plugins.task_mirror import TaskMirror, TaskMirrors
from sage.core.errors import BadInput, NotFound, TaskChanged
from sage.core.plans import Task, account_name, changed_since, task_said
from sage.core.plugins.conflict_words import Side
from sage.core.plugins.foreign_tasks import account_called, foreign_id, shown
from sage.core.plugins.plugin_words import Standing, tasks_trouble
from sage.core.plugins.task_conflicts import Completion, TaskChange, decided, laid_over, ours
from sage.core.schedules.wall_time import plainly
from sage.core.task_finding import find_task
from sage.locations import Home
from sage.plugin_api import UNSET, Change, NewTask
from sage.plugin_api import Task as SourceTask

KEPT = timedelta(days=30)
"""How long a change is kept that has arrived, or that the person gave up."""


class TaskBook(FileNotebook):
    """Notes, goals and tasks of a home, with the tasks of accounts among them.

    `fresh_id` names changes, `into` the account in which new tasks are made ("": the own list), and `nudging` the accounts of
    whose tasks nudges may speak. `send` takes a change to its service; it returns when that is settled, or has to wait.
    """

    def __init__(
        self,
        home: Home,
        mirrors: TaskMirrors,
        pages: TaskChangePages,
        now: Callable[[], datetime],
        fresh_id: Callable[[], str],
        *,
        into: Callable[[], str] = lambda: "",
        nudging: Callable[[], Collection[str]] = tuple,
        changed: Callable[[Path], None] = lambda path: None,
    ) -> None:
        super().__init__(home, changed)
        self._mirrors, self.changes, self._now, self._fresh_id = mirrors, pages, now, fresh_id
        self._into, self._nudging = into, nudging
        self._seen: tuple[object, list[Task]] = ((), [])
        self.send: Callable[[TaskChange], None] = lambda change: None
        self.standings: Callable[[], Collection[Standing]] = tuple
        """How the accounts with tasks are, as far as they run."""
        pages.drop_settled(now() - KEPT)

    # reading

    def tasks(self) -> list[Task]:
        """The own list first, then each account's, with what was changed and is not there yet."""
        return [*super().tasks(), *self._foreign()]

    def may_nudge(self, task: Task) -> bool:
        """Whether a nudge may be about it: those of an account only if the person said so for it."""
        return not task.source or task.source in self._nudging()

    def troubles(self) -> tuple[str, ...]:
        """Which accounts cannot be read now, or were not read yet, in sentences."""
        standings = {each.account: each for each in self.standings()}
        mirrors = {mirror.account: mirror for mirror in self._mirrors.all()}
        told = (
            self._trouble(each, standings.get(each), mirrors.get(each))
            for each in dict.fromkeys([*mirrors, *standings])
        )
        return tuple(filter(None, told))

    def _trouble(self, account: str, standing: Standing | None, mirror: TaskMirror | None) -> str:
        trouble, as_of = (mirror.trouble, mirror.as_of) if mirror else ("", "")
        return tasks_trouble(account, standing, trouble, as_of and plainly(datetime.fromisoformat(as_of), self._now()))

    def _foreign(self) -> list[Task]:
        zone = self._zone()
        mark = (zone.key, self.changes.version, *((each.account, each.version) for each in self._mirrors.all()))
        if self._seen[0] != mark:
            self._seen = mark, [task for mirror in self._mirrors.all() for task in self._of(mirror, zone)]
        return list(self._seen[1])

    def _of(self, mirror: TaskMirror, zone: ZoneInfo) -> list[Task]:
        waiting: dict[str, list[TaskChange]] = {}
        for change in self.changes.open(mirror.account):
            waiting.setdefault(change.task, []).append(change)
        clashing = {change.task for change in self.changes.asked() if change.account == mirror.account}
        found = []
        for task in mirror.tasks():
            mine = waiting.get(task.id, ())
            as_wanted = _with_all(task, mine)
            found.append(
                shown(as_wanted, mirror.account, zone, "conflict" if task.id in clashing else "waiting" if mine else "")
            )
        return [*found, *(self._made(change, zone) for change in waiting.get("", ()))]

    @staticmethod
    def _made(change: TaskChange, zone: ZoneInfo) -> Task:
        """A task that is to be made there: until it is, it goes by the id of the change."""
        from msgspec.structs import replace

        return replace(shown(ours(change), change.account, zone, "waiting"), id=change.id)

    # changing

    def add_task(self, id: str, text: str, *, due: str = "", now: datetime, to: str = "") -> Task:  # noqa: A002
        """Adds a task to the own list, or to the account that the settings, or `to`, name. Raises BadInput."""
        into = to or self._into()
        if not into or into == "tasks.md":
            return super().add_task(id, text, due=due, now=now)
        if not text.strip():
            raise BadInput("The task has no words.", safe="Nothing was written.", do="Say what is to be done.")
        account = account_called(into, [mirror.account for mirror in self._mirrors.all()])
        return self._change(TaskChange(id, account, "create", NewTask(" ".join(text.split()), due)))

    def complete_task(self, task: str, *, now: datetime, seen: Task | None = None) -> Task:
        """`task` is an id or words of its text, `seen` the task as the person was shown it (None: as it is listed now). Raises
        NotFound, TaskChanged when another program changed it meanwhile, or BadInput when several fit, or when its service
        does not want it."""
        tasks = self.tasks()
        if seen and seen.source and not any(each.id == task for each in tasks):
            raise _gone(seen)
        found = find_task(tasks, task)
        if not found.source:
            return super().complete_task(found.id, now=now)
        if found.done:
            return found
        if seen and changed_since(seen, found):
            raise _changed(seen, found)
        account, base = self._source_task(found)
        wanted = Completion(now.isoformat(timespec="seconds"))
        return self._change(TaskChange(self._fresh_id(), account, "complete", wanted, base.id, base, base.revision))

    def change_task(self, task: str, *, due: str, now: datetime) -> Task:
        found = find_task(self.tasks(), task)
        if not found.source:
            return super().change_task(found.id, due=due, now=now)
        account, base = self._source_task(found)
        own_zone = self._zone().key if len(due) > len("2026-11-27") else ""
        wanted = Change(due=due, zone=own_zone if base.zone else UNSET)
        return self._change(TaskChange(self._fresh_id(), account, "update", wanted, base.id, base, base.revision))

    def drop_task(self, task: str, *, now: datetime) -> Task:
        found = find_task(self.tasks(), task)
        if found.source:
            raise BadInput(
                f"{found.text!r} is kept in {account_name(found.source)}, where Sage deletes nothing.",
                safe="Nothing was changed.",
                do="Delete it there, or mark it as done.",
            )
        return super().drop_task(found.id, now=now)

    def conflicts(self) -> list[TaskChange]:
        """Changes about which the person decides: what was changed on both sides, and what a service refused."""
        return self.changes.asked()

    def decide(self, change: str, side: Side) -> TaskChange:
        """Does as the person chose, and returns the change as it is then. Raises NotFound or BadInput."""
        found = next((each for each in self.conflicts() if each.id == change), None)
        if found is None:
            raise NotFound(
                f"There is no conflict {change!r}.", safe="Nothing was changed.", do="See: sage task conflicts"
            )
        after = decided(found, side)
        self.changes.put(after, self._now())
        if after.state == "waiting":
            self.send(after)
        return self.changes.find(after.id) or after

    def _source_task(self, found: Task) -> tuple[str, SourceTask]:
        """The task as its account has it, with what is to be changed there already. Raises BadInput when it cannot be."""
        mirror = self._mirrors.of(found.source)
        base = next((task for task in mirror.tasks() if foreign_id(found.source, task.id) == found.id), None)
        where = account_name(found.source)
        if base is None:
            raise BadInput(
                f"{found.text!r} is not yet on the server of {where}.", safe="Nothing was changed.",
                do="Wait until that answers; see: sage task list",
            )  # fmt: skip
        if base.read_only:
            raise BadInput(
                f"{found.text!r} can only be read from here.", safe="Nothing was changed.", do=f"Change it in {where}."
            )
        before = [each for each in self.changes.open(found.source) if each.task == base.id]
        return found.source, _with_all(base, before)

    def _change(self, change: TaskChange) -> Task:
        kept = self.changes.add(change, self._now())
        if kept.state in OPEN:  # sending: it goes along with what is sent just now
            self.send(kept)
        after = self.changes.find(change.id) or kept
        if after.state == "refused":
            self.changes.put(decided(after, "theirs"), self._now())
            raise BadInput(
                f"{account_name(after.account)} does not take that: {after.reason or 'it says no more.'}",
                safe="Nothing was changed.", do=f"Do it in {account_name(after.account)} itself.",
            )  # fmt: skip
        if after.do == "complete":
            self._must_be_the_same(after)
        return self._after(after)

    def _must_be_the_same(self, change: TaskChange) -> None:
        """Takes back what the person did to a task that turns out to be another one, or gone. Raises TaskChanged."""
        zone = self._zone()
        seen = shown(change.base or ours(change), change.account, zone)
        if change.state == "dropped":
            raise _gone(seen)
        if change.state == "conflict" and change.theirs:
            self.changes.put(decided(change, "theirs"), self._now())
            raise _changed(seen, shown(change.theirs, change.account, zone))

    def _after(self, change: TaskChange) -> Task:
        """The task as it is shown after a change."""
        zone, task = self._zone(), self._mirrors.of(change.account).find(change.task)
        match change.state:
            case "waiting" | "sending":
                return (
                    self._made(change, zone)
                    if not change.task
                    else shown(ours(change), change.account, zone, "waiting")
                )
            case "conflict":
                return shown(change.theirs or ours(change), change.account, zone, "conflict")
        if change.do == "complete":  # a returning one stands there again, with its next date
            return shown(ours(change), change.account, zone)
        return shown(task or ours(change), change.account, zone)

    def _zone(self) -> ZoneInfo:
        zone = self._now().tzinfo
        assert isinstance(zone, ZoneInfo)
        return zone


def _changed(seen: Task, now: Task) -> TaskChanged:
    return TaskChanged(
        f"It has changed in {account_name(now.source)} since you saw it. It was: {task_said(seen)}. Now it is: "
        f"{task_said(now)}.", safe="Nothing was changed.", do="If that is done as well, say so once more.",
    )  # fmt: skip


def _gone(seen: Task) -> TaskChanged:
    return TaskChanged(
        f"It is no longer in {account_name(seen.source)}: {task_said(seen)}.", safe="Nothing was changed.",
        do="See what there is: sage task list",
    )  # fmt: skip


def _with_all(task: SourceTask, changes: Collection[TaskChange]) -> SourceTask:
    for change in changes:
        if not isinstance(change.wanted, NewTask):
            task = laid_over(task, change.wanted)
    return task
