"""Scenes of every day: a first start, turns, plans, settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from sage.adapters.database import Database
from sage.adapters.date_reader import PlainDateReader
from sage.adapters.files import write_whole
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.home.settings_file import write_setting
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.notes.notebook import FileNotebook
from sage.adapters.schedule_book import ScheduleBook
from sage.agent.conversation import PARTIAL_EVERY, Conversation, Limits
from sage.agent.prompt import Voice
from sage.agent.tools import HomeTools
from sage.core.ledger import Ending
from sage.core.messages import ToolCall, Usage
from sage.core.passages import Hit, RememberedText
from sage.core.turns import Action, ActionTaken, Answer, ApprovalNeeded, TurnStarted
from sage.locations import Home
from sage.profile import resolve
from sage.testing.fakes import FakeApprover, FakeClock, FakeFacts, FakeMemory
from sage.testing.scripted_model import ScriptedModel
from tests.crashes.scene import NOW, Scene, World, dump, short, tree
from tests.reminders import one_reminder


class FirstStart(Scene):
    """A home that nobody has had before, in a folder that is not there yet."""

    name = "first start"

    def prepare(self, home: Home) -> None:
        pass

    def open(self, home: Home) -> tuple[HomeLock, World]:
        home.prepare()
        lock = HomeLock(home)
        lock.take()
        try:
            return lock, World(home)
        except BaseException:
            lock.release()
            raise

    def steps(self, world: tuple[HomeLock, World]) -> list[Callable[[], object]]:
        home, journal = world[1].home, world[1].journal
        notebook = FileNotebook(home)
        return [
            lambda: journal.begin_turn("t1", "c1", "Hello", NOW),
            lambda: notebook.add_note("n1", "Green tea wants water of 70 degrees.", title="Tea", now=NOW),
            lambda: notebook.add_task("k1", "Water the plants", now=NOW),
            lambda: notebook.add_goal("g1", "Be rested", now=NOW),
            lambda: write_setting(home, "person.name", "Demo Person"),
            lambda: write_whole(home.secrets / "DEMO_KEY", "not a key\n"),
            lambda: journal.note_partial("t1", "Hello"),
        ]

    def state(self, world: tuple[HomeLock, World]) -> Any:
        return dump(world[1].database), tree(world[1].home)

    def close(self, world: tuple[HomeLock, World]) -> None:
        world[1].close()
        world[0].release()

    def look(self, home: Home, *, power: bool) -> Any:
        world = self.open(home)
        try:
            assert not (trouble := world[1].database.trouble()), trouble
            return self.state(world)
        finally:
            self.close(world)


class JournalScene(Scene):
    """Turns, actions, approvals, money, texts and reminders, with the log folded in now and then."""

    name = "journal"

    def open(self, home: Home) -> World:
        return World(home)

    def steps(self, world: World) -> list[Callable[[], object]]:
        def again() -> object:
            world.reopen()
            return world.journal.close_interrupted(NOW)

        return [
            *_write_much(world, "t1"),
            again,
            *[lambda place=place: _write_much(world, "t2")[place]() for place in range(18)],  # type: ignore[misc]
        ]

    def state(self, world: World) -> Any:
        return dump(world.database)

    def mend(self, world: World) -> None:
        world.mend()

    def look(self, home: Home, *, power: bool) -> Any:
        with closing(open_journal(home.journal)) as database:
            assert not (trouble := database.trouble()), trouble
            found = dump(database)
            Journal(database).close_interrupted(NOW)
            assert not database.rows("SELECT id FROM turns WHERE state = 'running'")
            assert not database.rows("SELECT id FROM actions WHERE state = 'claimed'")
        return found


def _write_much(world: World, mark: str) -> list[Callable[[], object]]:
    journal, texts, reminders = world.journal, world.texts, world.reminders
    action = Action(f"{mark}-1", "add_task", {"text": "Buy tea"}, "claimed")
    asked = ApprovalNeeded(f"y{mark}", "send", {"to": "demo"}, "Send it?", "outward", "0f")
    hit = Hit("p_1", "Tea.md", "Tea", 1, 0, 36, "Green tea wants water of 70 degrees.", root="/demo")
    answer = Answer(
        mark, "c1", "70 degrees [1]. " + "More. " * 900, (hit,), (), "demo/model", Usage(900, 40, 600, 0.013), 0.013
    )
    schedule, due = one_reminder(f"r{mark}", "Call", "2026-12-01T08:00")
    several = [RememberedText(f"{mark} says {number}", "chat", f"session {mark}") for number in range(3)]
    return [
        lambda: journal.begin_turn(mark, "c1", f"How hot? {mark}", NOW),
        lambda: journal.note_partial(mark, "70"),
        lambda: journal.claim_action(mark, action, NOW),
        lambda: journal.settle_action(Action(action.id, "add_task", action.arguments, "done", "Added."), NOW),
        lambda: journal.settle_approval(mark, asked, True, NOW),
        lambda: world.reserve(mark),
        lambda: journal.note_partial(mark, "70 degrees. " + "More. " * 500),
        lambda: world.budget.settle(world.call, answer.usage, NOW, Ending()),
        lambda: journal.finish_turn(answer, NOW),
        lambda: texts.add_texts(several),
        lambda: texts.add_texts(
            [RememberedText(f"A long one. {mark} " * 700, "page", origin="web", audience=("public",))]
        ),
        lambda: texts.add_root(f"/demo/{mark}"),
        lambda: reminders.add(schedule, [due], NOW),
        lambda: reminders.move(due, "due", "claimed", NOW),
        lambda: reminders.move(due, "claimed", "sending", NOW, "app"),
        lambda: reminders.move(due, "sending", "done", NOW),
        lambda: reminders.end(schedule.id),
        lambda: journal.close_step(mark, NOW),
        lambda: texts.remove_root(f"/demo/{mark}"),
        lambda: journal.begin_turn(f"{mark}b", "c1", "cut off", NOW),
        lambda: journal.note_partial(f"{mark}b", "It is"),
    ]


class ConversationScene(Scene):
    """Whole turns: the words, the actions they lead to and the files these write, in that order."""

    name = "turns"
    live = False

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[int, Any]] = []

    def open(self, home: Home) -> World:
        self.heard = []
        return World(home)

    def steps(self, world: World) -> list[Callable[[], object]]:
        return [lambda number=number: asyncio.run(self._turn(world, number)) for number in range(4)]  # type: ignore[misc]

    async def _turn(self, world: World, number: int) -> None:
        clock = FakeClock()
        calls = [ToolCall("c1", "add_task", {"text": f"Task {number}"}), ToolCall("c2", "note", {"text": f"Note {number}"}),
                 ToolCall("c3", "remind", {"text": f"Call {number}", "when": "2026-12-24T10:00"})]  # fmt: skip
        stall = [0.0, PARTIAL_EVERY * 1.5][number == 1]  # in which what was said so far is written down
        model = ScriptedModel([["I do that. ", *calls], ["It is ", "done ", stall, f"as you asked {number}."]])
        tools = HomeTools(
            FakeMemory(), FileNotebook(world.home), ScheduleBook(world.reminders), PlainDateReader(), FakeFacts()
        )
        talk = Conversation(
            "c1", models=[model], memory=FakeMemory(), tools=tools, ledger=world.journal, approver=FakeApprover(True),
            budget=world.budget, clock=clock, voice=Voice("Demo"), limits=Limits(),
        )  # fmt: skip
        said = f"Add a task Task {number}, note Note {number} and remind me to Call {number} on 24 December at 10"
        async for event in talk.respond(said, turn=f"t{number}"):
            self.heard.append((self.steps_seen(), event))

    def state(self, world: World) -> Any:
        return _told(world.database, world.home)

    def look(self, home: Home, *, power: bool) -> Any:
        with closing(open_journal(home.journal)) as database:
            assert not (trouble := database.trouble()), trouble
            found = _told(database, home)
            Journal(database).close_interrupted(NOW)
            assert not database.rows("SELECT id FROM turns WHERE state = 'running'")
            assert not database.rows("SELECT id FROM actions WHERE state = 'claimed'")
            Journal(database).history("c1")
        return found

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        turns, actions, made = found
        before = states[max(0, acknowledged - 1)]
        if any(turns.get(turn) != told for turn, told in before[0].items()):
            return f"an acknowledged turn is not as it was: {short(turns)}"
        for at, event in self.heard:
            if at > steps:
                continue
            if isinstance(event, TurnStarted) and event.turn not in turns:
                return f"{event.turn} was begun, and is not there"
            if isinstance(event, ActionTaken) and actions.get(event.action.id) != event.action.state:
                return f"{event.action.id} was told as {event.action.state}, and is {actions.get(event.action.id)}"
        if len(made) != len(set(made)):
            return f"made twice: {made}"
        if unclaimed := [name for name in made if name not in actions]:
            return f"made before it was claimed: {unclaimed}"
        if undone := [name for name, state in actions.items() if state == "done" and name not in made]:
            return f"told as done, and not there: {undone}"
        return ""


def _told(database: Database, home: Home) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Turns and actions of the ledger, and the ids of all that actions made."""
    turns = {row[0]: row for row in database.rows("SELECT id, said, answer, state, trouble FROM turns ORDER BY seq")}
    actions = dict(database.rows("SELECT id, state FROM actions ORDER BY seq"))
    notebook = FileNotebook(home)
    notes = [path.read_text().split("id: ")[1].split()[0] for path in sorted(home.notes.glob("*.md"))]
    reminders = [row[0] for row in database.rows("SELECT schedule FROM occurrences")]
    return turns, actions, [*(task.id for task in notebook.tasks()), *notes, *reminders]


class FilesScene(Scene):
    """Notes, goals, tasks and settings."""

    name = "files"

    def prepare(self, home: Home) -> None:
        home.prepare()
        (home.notes / "By hand.md").write_text("---\ntags: [demo]\n---\nWritten with an editor.\n")
        home.tasks.write_text("# Tasks\n\n- [ ] An old one\n")
        home.settings.write_text('# A comment\n[person]\nname = "Demo"\n')

    def open(self, home: Home) -> tuple[Home, FileNotebook]:
        return home, FileNotebook(home)

    def steps(self, world: tuple[Home, FileNotebook]) -> list[Callable[[], object]]:
        home, notebook = world
        return [
            lambda: notebook.add_note("n1", "Green tea wants water of 70 degrees.", title="Tea", now=NOW),
            lambda: notebook.add_goal("g1", "Be rested", why="To have time", now=NOW),
            lambda: notebook.add_goal("g2", "Go to bed before eleven", parent="g1", now=NOW),
            lambda: notebook.add_task("k1", "Water the plants", due="2026-12-02", now=NOW),
            lambda: write_setting(home, "person.timezone", "Europe/Berlin"),
            lambda: notebook.change_goal("g2", state="done", now=NOW),
            lambda: notebook.add_task("k2", "Buy tea", now=NOW),
            lambda: notebook.complete_task("k1", now=NOW),
            lambda: notebook.add_note("n2", "A long note. " * 3000, title="Tea", now=NOW),
            lambda: write_setting(home, "caps.per_day_usd", 0.5),
            lambda: notebook.change_goal("g1", why="To have time for the garden", now=NOW),
            lambda: write_setting(home, "person.timezone", None),
        ]

    def state(self, world: tuple[Home, FileNotebook]) -> Any:
        return tree(world[0])

    def close(self, world: tuple[Home, FileNotebook]) -> None:
        pass

    def look(self, home: Home, *, power: bool) -> Any:
        notebook = FileNotebook(home)
        assert all(goal.id and goal.title for goal in notebook.goals())
        assert all(task.text for task in notebook.tasks())
        assert resolve("default", home).settings.person.name == "Demo"
        return tree(home)
