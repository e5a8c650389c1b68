"""Builds the real objects of a home. The only place that does, and the only one that reads profile and environment."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sage.adapters.calendar_files import CalendarFiles
from sage.adapters.compound_calendar import AccountCalendars, CompoundCalendar
from sage.adapters.database import Database
from sage.adapters.date_reader import PlainDateReader
from sage.adapters.day_planner import DayPlanner
from sage.adapters.forgetting.forgetting import Forgetter
from sage.adapters.home import backups
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.home.home_swap import finish_restore
from sage.adapters.home.secret_store import SecretStore
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.adapters.journal.journal_cases import AskedPages, CasePages
from sage.adapters.journal.journal_examples import ExamplePages
from sage.adapters.journal.journal_facts import FactPages
from sage.adapters.journal.journal_ledger import LedgerPages
from sage.adapters.journal.journal_nudges import NudgePages
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.journal.journal_routes import RoutePages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_swaps import SwapPages
from sage.adapters.journal.journal_task_changes import TaskChangePages
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.journal.journal_tools import ToolPages
from sage.adapters.journal.journal_trials import TrialPages
from sage.adapters.memory.fact_reader import FactReader
from sage.adapters.memory.memory import EXACT_UP_TO, SageMemory
from sage.adapters.memory.sharing import Sharing
from sage.adapters.plugins.task_mirror import TaskMirrors
from sage.adapters.ritual_book import RitualBook
from sage.adapters.schedule_book import ScheduleBook
from sage.adapters.skill_files import SkillFiles
from sage.adapters.system_clock import SystemClock
from sage.adapters.task_book import TaskBook
from sage.agent.conversation import Conversation
from sage.agent.day_tools import DayTools
from sage.agent.elsewhere import FactsForElsewhere, ForElsewhere
from sage.agent.prompt import Voice
from sage.agent.router import Crew, Limits, Router, none_shown
from sage.agent.skill_tools import SkillTools
from sage.agent.time_reader import TimeReader
from sage.agent.tools import HomeTools
from sage.core.agenda import Quiet
from sage.core.deputy.digest import brief_line
from sage.core.errors import BadInput, SageError
from sage.core.ledger import Caps
from sage.core.model_choice import ModelRole, Wish
from sage.core.providers import EMBEDDED
from sage.core.reading.documents import Person
from sage.core.routing import LADDER, Route
from sage.engine.brains import Brains
from sage.engine.canaries import Canaries, Tried
from sage.engine.deputy_rules import people_of
from sage.engine.digests import Digests
from sage.engine.embedders import Embedders
from sage.engine.examples import Examples
from sage.engine.looking import Looking
from sage.engine.pausing import Pausing
from sage.engine.plugin_host import AccountState
from sage.engine.running_accounts import RunningAccounts
from sage.engine.swapping import Swapping
from sage.engine.tool_sources import ToolSources
from sage.engine.turns import Turns
from sage.locations import Home, find_home
from sage.profile import Resolved, resolve
from sage.profile_plugins import AccountSettings, accounts_of
from sage.settings import Settings

log = logging.getLogger(__name__)

SMALL_ANSWER = 320
"""Tokens that an embedded model's answer may have: small models that answer longer only repeat themselves."""


HUNG = 3
"""Times the longest silence that a model is allowed, after which it is taken for hung even if it does not say so itself."""
LOADING = 60.0
"""Seconds that it has more, since a library or a model's file may have to be loaded first."""


@dataclass
class House:
    """The real objects of one home, from `open` to `close`."""

    home: Home
    lock: HomeLock
    clock: SystemClock
    database: Database
    journal: Journal
    budget: BudgetPages
    schedule_pages: SchedulePages
    schedules: ScheduleBook
    pausing: Pausing
    nudges: NudgePages
    focus: FocusPages
    texts: TextPages
    facts: FactPages
    fact_reader: FactReader
    memory: SageMemory
    mirrors: TaskMirrors
    notebook: TaskBook
    secrets: SecretStore
    embedders: Embedders
    brains: Brains
    forgetter: Forgetter
    looking: Looking
    account_calendars: AccountCalendars
    calendar: CompoundCalendar
    planner: DayPlanner
    rituals: RitualBook
    accounts: RunningAccounts
    tool_sources: ToolSources
    turns: Turns = field(default_factory=Turns)

    @classmethod
    def open(cls, home: Home) -> Self:
        """Takes the home's lock and opens everything. Raises the HomeTroubles and BadSetting; then nothing stays open."""
        lock = HomeLock(home)
        lock.take()
        opened: list[Database | SageMemory] = []
        try:
            finish_restore(home)
            settings = resolve("default", home).settings
            clock = SystemClock(settings.person.timezone)
            database = open_journal(home.journal, keep_copy=backups.keeper(home, clock.now))
            opened.append(database)
            journal = Journal(database)
            interrupted = journal.close_interrupted(clock.now())
            if interrupted:
                log.warning("%d turns were interrupted when the engine ended", interrupted)
            texts = TextPages(database)
            facts = FactPages(database)
            reader = FactReader(facts, texts, clock.now, _person(settings))
            store = SecretStore(home, os.environ)
            budget = BudgetPages(database, lambda: _caps(home))
            embedders = Embedders(home, store, budget, clock.now)
            memory = SageMemory(home.index, texts, embedders.chosen(settings.memory), former=embedders.former,
                                facts=reader, settle=False, **_memory_limits(settings))  # fmt: skip
            opened.append(memory)
            mirrors = TaskMirrors(home.index / "plugins")
            mirrors.load(account.id for account in _accounts(home))
            notebook = TaskBook(
                home,
                mirrors,
                TaskChangePages(database),
                clock.now,
                lambda: fresh_id("h"),
                into=lambda: resolve("default", home).settings.tasks.into,
                nudging=lambda: {account.id for account in _accounts(home) if account.nudges},
                changed=lambda path: _read_again(memory, home, path),
            )
            schedule_pages = SchedulePages(database)
            brains = Brains(home, store, clock.now)
            forgetter = Forgetter(home, database, memory, clock.now, mirrors.pieces)
            forgetter.resume()
            looking = Looking(memory, (home.notes, home.goals), home.settings, lambda: _vaults(home))
            account_calendars = AccountCalendars(clock.now)
            files = CalendarFiles(
                lambda: resolve("default", home).settings.calendar.files,
                clock.now,
                lambda: resolve("default", home).settings.person.emails,
            )
            calendar = CompoundCalendar(files, account_calendars)
            book = ScheduleBook(schedule_pages, calendar)
            focus = FocusPages(database)
            nudge_pages = NudgePages(database)
            planner = DayPlanner(
                calendar,
                notebook,
                book,
                _dates(settings),
                focus,
                lambda: _quiet(home),
                lambda: book.changed(),
                notebook.troubles,
            )
            rituals = RitualBook(
                planner,
                notebook,
                RitualPages(database),
                focus,
                lambda: _held(nudge_pages, home),
                lambda now: _messages(database, home, now),
            )
            accounts = RunningAccounts(home, database, store, clock.now)
            return cls(
                home,
                lock,
                clock,
                database,
                journal,
                budget,
                schedule_pages,
                book,
                Pausing(PausePages(database)),
                nudge_pages,
                focus,
                texts,
                facts,
                reader,
                memory,
                mirrors,
                notebook,
                store,
                embedders,
                brains,
                forgetter,
                looking,
                account_calendars,
                calendar,
                planner,
                rituals,
                accounts,
                _tool_sources(accounts, database, clock),
            )
        except BaseException:
            for thing in reversed(opened):
                thing.close()
            lock.release()
            raise

    @property
    def ledger(self) -> LedgerPages:
        """What models were asked, and what became of it."""
        return LedgerPages(self.database)

    @cached_property
    def swapping(self) -> Swapping:
        """Where models are swapped, and swapped back."""
        return Swapping(self.home, SwapPages(self.database), self.clock.now, fresh_id)

    @cached_property
    def canaries(self) -> Canaries:
        """The model that is on trial, if one is."""
        return Canaries(self.swapping, self.swapping.pages, self.ledger, self.clock.now)

    @property
    def skills(self) -> SkillFiles:
        """How the person wants things done."""
        return SkillFiles(self.home.skills)

    @property
    def asked(self) -> AskedPages:
        """What the newest turns asked of models."""
        return AskedPages(self.database)

    @property
    def cases(self) -> CasePages:
        """The person's own cases."""
        return CasePages(self.database)

    @property
    def examples(self) -> Examples:
        """What `quick` can be shown."""
        pages = ExamplePages(self.database)
        return Examples(pages, self.journal, self.asked, self.routes, self.ledger, self.clock.now, fresh_id,
                        self.sharing.kept_here)  # fmt: skip

    @property
    def routes(self) -> RoutePages:
        """Who was asked in which turn, and what became of it."""
        return RoutePages(self.database)

    @property
    def trials(self) -> TrialPages:
        """What cases were answered in trials."""
        return TrialPages(self.database, self.clock.now)

    @property
    def digests(self) -> Digests:
        return Digests(self.database)

    @property
    def sharing(self) -> Sharing:
        """Where labels are put on things."""
        return Sharing(self.memory, self.texts.labels)

    def conversation(self, name: str, profile: Resolved, turn: str, *, attended: bool, wish: Wish = "") -> Conversation:
        """The conversation of that name, as the profile wants it. `wish` is the role that the person asked for."""
        tried = self.canaries.tried(turn, profile) if turn else None
        outside = tried is not None and tried.side == "candidate" and any(map(tried.profile.leaves, LADDER))
        crew = functools.cache(functools.partial(self.crew, profile, outside=outside))
        own: tuple[ModelRole, ...] = ("quick", "deep", "local-only")
        there = [role for role in own if profile.has(role)]
        talk = crew("talk")
        return Conversation(
            name,
            models=talk.models,
            memory=self.memory,
            tools=talk.tools,
            ledger=self.journal,
            approver=self.turns.approver(turn, attended=attended),
            budget=self.budget,
            clock=self.clock,
            asked=self.asked,
            voice=Voice(profile.settings.person.name, profile.settings.agent.instructions),
            limits=talk.limits,
            kin=self.journal.kin(name)[1:],
            router=Router(crew, self.routes, self.clock, there, wish, self.brains.told,
                          functools.partial(self._on_trial, profile, tried, outside),
                          self.examples.shown if profile.settings.roles.quick_examples else none_shown),
        )  # fmt: skip

    def _on_trial(self, profile: Resolved, tried: Tried | None, outside: bool, turn: str, route: Route) -> Crew | None:
        """The crew of a model on trial, if it answers this turn; behind it those who would have answered."""
        if tried is None or not tried.takes(route):
            return None
        self.canaries.note(tried, turn)
        if tried.side == "current":
            return None
        crew = self.crew(tried.profile, route.role, outside=outside)
        return replace(crew, models=[*crew.models[:1], *self.brains.chain(profile, route.role)])

    def crew(self, profile: Resolved, role: ModelRole, *, outside: bool = False) -> Crew:
        """Who answers in a role, with what they are given: none of what stays here where somebody elsewhere may be asked next
        (`outside`: also beyond those of the profile)."""
        settings, first = profile.settings, profile.places(role)[0].id
        small = first.startswith(EMBEDDED)
        leaves = role != "local-only" and (outside or any(map(profile.leaves, LADDER)))
        dates = _dates(settings)
        days = DayTools(self.planner, self.rituals, dates, settings.person.week_start)
        memory, facts = (
            (ForElsewhere(self.memory), FactsForElsewhere(self.facts)) if leaves else (self.memory, self.facts)
        )
        tools = HomeTools(
            memory, self.notebook, self.schedules, dates, facts, times_of(settings),
            {**days.tools(), **SkillTools(self.skills, short=small).tools()},
        )  # fmt: skip
        limits = Limits(
            settings.agent.max_steps,
            profile.passages_for(first),
            min(settings.model.max_tokens, SMALL_ANSWER) if small else settings.model.max_tokens,
            settings.agent.effects,
            silence=HUNG * settings.model.timeout_seconds + LOADING,
        )
        models = self.brains.chain(profile, role)
        return Crew(models, self.tool_sources.beside(tools, short=small), limits, leaves)

    def enabled_accounts(self) -> tuple[str, ...]:
        """The accounts of plugins that are enabled in the settings, whether they can run or not."""
        return tuple(account.id for account in _accounts(self.home))

    def read_date(self, text: str) -> str:
        """An ISO date (and time) for the person's words. Raises BadInput."""
        found = PlainDateReader().read(text, self.clock.now())
        if found is None:
            raise BadInput(
                f"{text!r} names no date.", safe="Nothing was changed.", do="Write it like friday, or 2026-11-27."
            )
        return found

    def imported_roots(self) -> list[str]:
        """The folders and files of the person's own that memory reads."""
        own = {str(self.home.notes), str(self.home.goals), str(self.home.tasks)}
        return [root for root in self.texts.roots() if root not in own]

    async def keep_looking_at_notes(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Keeps memory up to date with the notes, and tells when there are others. First of all, purges that were cut
        off are brought to their end."""
        for first in (self.memory.warm, self.forgetter.resume_purges):
            try:
                await asyncio.to_thread(first)
            except SageError as error:
                log.warning("what comes first waits: %s", error.kind)
        await self.looking.run(tell)

    async def close(self) -> None:
        """Stops turns, lets models go, folds the databases, gives the lock back."""
        await self.turns.stop_all()
        await self.tool_sources.close()
        await self.accounts.close()
        await self.brains.close()
        self.memory.close()
        self.database.close()
        self.lock.release()


class OwnMemory(SageMemory):
    """Memory in the process of whoever opened it, under the home's lock, which goes when it is closed."""

    def __init__(self, home: Home) -> None:
        self._lock = HomeLock(home)
        self._lock.take()
        try:
            finish_restore(home)
            settings = resolve("default", home).settings
            clock = SystemClock(settings.person.timezone)
            self._journal = open_journal(home.journal, keep_copy=backups.keeper(home, clock.now))
            try:
                texts = TextPages(self._journal)
                reader = FactReader(FactPages(self._journal), texts, clock.now, _person(settings))
                budget = BudgetPages(self._journal, lambda: _caps(home))
                embedders = Embedders(home, SecretStore(home, os.environ), budget, clock.now)
                super().__init__(home.index, texts, embedders.chosen(settings.memory), former=embedders.former,
                                 facts=reader, **_memory_limits(settings))  # fmt: skip
                try:
                    Forgetter(home, self._journal, self, clock.now).resume()  # nobody asks what would go here
                except BaseException:
                    super().close()
                    raise
            except BaseException:
                self._journal.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        super().close()
        self._journal.close()
        self._lock.release()


def open_memory(home: str | Path) -> SageMemory:
    """The home's memory in this process; raises HomeBusy while an engine runs on that home."""
    return OwnMemory(find_home(home))


def fresh_id(letter: str) -> str:
    """A new id: a letter for its kind, then the time and chance, so that ids sort by when they were made."""
    return f"{letter}{int(datetime.now().timestamp() * 1000):011x}{secrets.token_hex(3)}"


def _tool_sources(accounts: RunningAccounts, database: Database, clock: SystemClock) -> ToolSources:
    """The tools of accounts, asked for when one runs or says that something changed."""
    sources = ToolSources(accounts, accounts.looked, lambda: accounts.accounts("tools"), ToolPages(database), clock.now)

    def heard(state: AccountState) -> None:
        if state.state == "on":
            sources.look_again(state.account)

    accounts.ears.changed.append(sources.look_again)
    accounts.ears.state.append(heard)
    return sources


def _caps(home: Home) -> Caps:
    """What may be spent, as the settings say now."""
    caps = resolve("default", home).settings.caps
    return Caps(caps.per_day_usd, caps.per_month_usd, caps.per_turn_usd)


def _held(pages: NudgePages, home: Home) -> list[tuple[str, str]]:
    allowed = resolve("default", home).settings.nudges.allow
    return [(nudge.id, nudge.text) for nudge in pages.held() if nudge.kind in allowed]


def _messages(database: Database, home: Home, now: datetime) -> tuple[str, tuple[str, ...]]:
    """What came in that the person has not looked at, in one line of a brief, and the messages that it rests on."""
    return brief_line(*Digests(database).for_brief(people_of(resolve("default", home).settings), now))


def _quiet(home: Home) -> Quiet:
    hours = resolve("default", home).settings.quiet_hours
    return Quiet(hours.start, hours.end)


def _accounts(home: Home) -> list[AccountSettings]:
    """The accounts of plugins that are enabled now."""
    return [account for account in accounts_of(resolve("default", home)) if account.enabled and not account.trouble]


def _vaults(home: Home) -> list[str]:
    """The folders of notes that the settings name now."""
    return resolve("default", home).settings.memory.vaults


def _dates(settings: Settings) -> PlainDateReader:
    return PlainDateReader(tuple(filter(None, [settings.person.language])))


def times_of(settings: Settings) -> TimeReader:
    """Who reads when something is due, as the person writes."""
    return TimeReader(_dates(settings), settings.person.language, settings.person.week_start)


def _person(settings: Settings) -> Person:
    return Person(settings.person.name, tuple(settings.person.emails))


def _memory_limits(settings: Settings) -> dict[str, Any]:
    """What the settings say about memory, as its constructor takes it."""
    up_to = {"auto": EXACT_UP_TO, "exact": 10**12, "chroma": 0}[settings.memory.vector_index]
    return {
        "largest_file": int(settings.memory.max_note_mb * 1_000_000),
        "person": _person(settings),
        "exact_up_to": up_to,
    }


def _read_again(memory: SageMemory, home: Home, path: Path) -> None:
    """Lets memory read what Sage itself has just written; a fault there never undoes the writing."""
    try:
        if not memory.look_again([path]):
            memory.import_path(path.parent if path.parent in (home.notes, home.goals) else path)
    except SageError as error:
        log.warning("memory did not read a written file: %s", error.kind)
