"""The schema of settings: every key, what it may be, its default and its documentation, each of which is its description."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sage.core.labels import audience_of, folded_name
from sage.core.people import CardField, Contact, trouble_in
from sage.core.plugins.account_tables import accounts_alone
from sage.core.terminal_text import clean_line
from sage.settings_checks import (
    day_and_time,
    kind_and_part,
    language_tag,
    server_address,
    time_of_day,
    variable_name,
    zone_name,
)
from sage.settings_models import ModelSettings, RoleSettings, Section, ServerSettings

RENAMED = {"facts.background_usd_per_day": "caps.background_usd_per_day"}
"""Keys of older homes, and what they are called now."""
EMBEDDED_PASSAGES = 4
"""How many passages go to an embedded model at most: on two cores, reading the prompt is what takes the time."""


class AgentSettings(Section):
    """How it answers."""

    max_steps: int = Field(default=8, ge=1, le=50, description="Model calls that one turn may take.")
    passages: int = Field(
        default=8,
        ge=1,
        le=40,
        description=f"Passages from memory given with a question (at most {EMBEDDED_PASSAGES} if embedded).",
    )
    instructions: str = Field(default="", description="Voice and manner, in your own words.")
    effects: Literal["read", "local"] = Field(
        default="local",
        description='"local": it may change notes, tasks, goals and reminders when you ask; "read": nothing.',
    )


class MemorySettings(Section):
    """What it remembers."""

    vaults: list[str] = Field(default=[], description="Folders of notes that are imported and kept up to date.")
    max_note_mb: float = Field(default=20.0, ge=0.01, le=1000, description="Largest note that is read, in megabytes.")
    vector_index: Literal["auto", "exact", "chroma"] = Field(
        default="auto", description='Nearest-neighbour search: "exact", "chroma", or by the size of the memory.'
    )
    embedder: Annotated[str, Field(min_length=1)] = Field(
        default="wordllama",
        description='Who turns texts into vectors: "wordllama" (comes with Sage; English), "minilm" (better, slower; English), '
        'or an embedding model by its id of litellm, such as "ollama/bge-m3" (many languages).',
    )
    embedder_url: Annotated[str, AfterValidator(server_address)] = Field(
        default="",
        description="Address of your own server for that id (empty: the provider's, or Ollama on this machine).",
    )
    embedder_key_env: Annotated[str, AfterValidator(variable_name)] = Field(
        default="", description="Environment variable with its key (empty: the provider's usual one, none with a url)."
    )


class CapSettings(Section):
    """Hard limits on money, reserved before each call."""

    per_day_usd: float = Field(
        default=1.0, ge=0, le=10_000, description="Most that models may cost in a day, in US dollars."
    )
    per_month_usd: float = Field(
        default=20.0, ge=0, le=100_000, description="Most that models may cost in a calendar month, in US dollars."
    )
    per_turn_usd: float = Field(
        default=0.25, ge=0, le=10_000, description="Most that one turn may cost, in US dollars."
    )
    background_usd_per_day: float = Field(
        default=0.0,
        ge=0,
        le=10_000,
        description="Most of that for what you did not just ask for, in US dollars: reading facts while Sage is idle, wording "
        "nudges (0: no model reads, and only one that costs nothing words).",
    )
    background_usd_per_month: float = Field(
        default=5.0, ge=0, le=100_000, description="Most of that in a calendar month, in US dollars."
    )


class QuietSettings(Section):
    """When Sage proposes nothing by itself. Both empty: never quiet."""

    start: Annotated[str, AfterValidator(time_of_day)] = Field(
        default="22:00", description="Quiet from, in your time zone."
    )
    end: Annotated[str, AfterValidator(time_of_day)] = Field(default="08:00", description="Quiet until.")


class CalendarSettings(Section):
    """Where your events stand."""

    files: list[str] = Field(
        default=[],
        description="Calendars (.ics), and folders of them. They stay where they are, and are never written.",
    )
    busy_for: list[str] = Field(
        default=[], description="People and circles who may be told when you are busy: times alone, never what for."
    )


class ContactSettings(Section):
    """Somebody whom you know: `[people.NAME]`. `NAME` is theirs among labels (`sage share … --with NAME`)."""

    called: str = Field(default="", description="How they are called.")
    addresses: list[str] = Field(
        default=[],
        description='Where they write from, as PLUGIN:ADDRESS ("matrix:@demo:example.org"): by these alone Sage knows them.',
    )
    circles: list[str] = Field(
        default=[], description='Circles that they are in, such as "work": they see what is shared with those.'
    )
    card: dict[str, str] = Field(default={}, description='What their contact card says: {phone = "…", birthday = "…"}.')
    shared: dict[str, list[str]] = Field(
        default={}, description='Who may be told which line of it: {phone = ["work"]} (nobody, if it is not named).'
    )


class DeputySettings(Section):
    """How easy questions are answered on your behalf; to whom and of what, `grants` say."""

    names: list[str] = Field(
        default=[], description="What you are called in groups, besides your name: messages that name you are for you."
    )
    handoff: Literal["silence", "sentence"] = Field(
        default="silence",
        description='What those hear whom Sage does not answer: nothing, or one constant "sentence" that you will.',
    )
    hold_seconds: int = Field(
        default=60,
        ge=0,
        le=86_400,
        description="Seconds in which you can take an automatic answer back before it goes.",
    )
    per_contact_a_day: int = Field(
        default=10, ge=1, le=100, description="Most automatic answers to one contact in a day."
    )
    quiet: bool = Field(default=False, description="Automatic answers wait until your quiet hours are over.")


class TaskSettings(Section):
    """Your tasks, wherever they are kept."""

    into: str = Field(
        default="", description='The account in which new tasks are made, such as "work"; "": your own list, tasks.md.'
    )


class NotifySettings(Section):
    """Where reminders are told besides the app."""

    desktop: bool = Field(
        default=True, description="Reminders come as notifications of the desktop while no app is open."
    )
    terminal: bool = Field(
        default=True,
        description="The open app has its terminal ring and notify you, where it can (OSC 9, 99 or 777); with both off, only "
        "the app itself tells you.",
    )


class BriefSettings(Section):
    """The morning's look at the day."""

    at: Annotated[str, AfterValidator(time_of_day)] = Field(
        default="", description='When the day\'s brief is told, such as "08:00" (empty: only when you ask).'
    )
    wording_usd_per_day: float = Field(
        default=0.0,
        ge=0,
        le=10_000,
        description="Most that your model may cost in a day for wording the lines of briefs, shutdowns and reviews, in US "
        "dollars (0: they stay as computed). What it adds is cut.",
    )


class ShutdownSettings(Section):
    """The evening's look back."""

    at: Annotated[str, AfterValidator(time_of_day)] = Field(
        default="", description='When you are told that the day may be closed, such as "21:00" (empty: never).'
    )


class ReviewSettings(Section):
    """The look at the week."""

    at: Annotated[str, AfterValidator(day_and_time)] = Field(
        default="",
        description='When you are told that the week may be looked at, such as "sunday 18:00" (empty: never).',
    )


class NudgeSettings(Section):
    """What Sage may propose by itself. Reminders that you set are none of it."""

    allow: list[Literal["task", "goal", "promise"]] = Field(
        default=[],
        description='Kinds of nudges that you agree to: "task", "goal", "promise" (none: Sage proposes nothing).',
    )
    never: list[Annotated[str, AfterValidator(kind_and_part)]] = Field(
        default=[], description='Kinds that you want none of in a part of the day, such as "task evening".'
    )
    per_day: int = Field(default=3, ge=0, le=24, description="Most nudges in a day.")
    min_gap_minutes: int = Field(
        default=60, ge=5, le=1440, description="Least time between two; each one that you decline doubles it."
    )
    learn: bool = Field(
        default=False, description="Sage may learn which moments of the day suit you, and let a nudge wait for them."
    )


class PersonSettings(Section):
    """Whose home it is."""

    name: str = Field(default="", description="What to call you.")
    emails: list[str] = Field(default=[], description="Your e-mail addresses: by them, mail that you wrote is yours.")
    timezone: Annotated[str, AfterValidator(zone_name)] = Field(
        default="", description='Your time zone, such as "Europe/Berlin" (empty: the system\'s).'
    )
    language: Annotated[str, AfterValidator(language_tag)] = Field(
        default="en", description='Your language, such as "en" or "de", for dates in plain words.'
    )

    week_start: Literal["monday", "sunday", "saturday"] = Field(
        default="monday", description='The day on which your weeks begin, for words such as "next week".'
    )


class EngineSettings(Section):
    """The process behind the front ends."""

    linger_seconds: float = Field(
        default=5.0, ge=0, le=86_400, description="How long the engine stays after its last front end left, in seconds."
    )


class ProgramSettings(Section):
    """Other programs that ask Sage, by `sage mcp`. They may hand on what they see, to a hosted model for one."""

    sees: list[str] = Field(
        default=[],
        description="People or circles as which other programs count: they see what all of these may see (empty: what is public). "
        '["owner"]: all that you see, with goals and agenda.',
    )


class AccountKeys(Section):
    """What every account of a plugin has, whichever plugin it is; all other keys of its table are the plugin's own."""

    enabled: bool = Field(
        default=False, description="Whether it runs; `sage plugin enable` shows what it gets, and sets this."
    )
    owner: list[str] = Field(default=[], description="Your own addresses on that service.")
    allow: list[str] = Field(default=[], description="Whose messages come in, by their addresses on that service.")
    deputy: bool = Field(
        default=False, description="Whether Sage drafts answers to what comes in there (see `[deputy]` and `[grants]`)."
    )
    nudges: bool = Field(default=False, description="Whether nudges may speak of its tasks.")
    reminders: bool = Field(
        default=False,
        description="Whether reminders are sent to your own address there when no app and no desktop shows them.",
    )


class UiSettings(Section):
    """How it looks."""

    theme: Literal["dark", "light", "contrast", "colourless"] = Field(
        default="dark",
        description="Colours of the terminal app. Where the variable NO_COLOR is set it is colourless, whatever stands here.",
    )
    start: Literal["talk", "today"] = Field(default="talk", description="The place in which the app begins.")
    motion: Literal["full", "reduced"] = Field(
        default="full", description='"reduced": nothing in the terminal app moves or blinks by itself.'
    )
    keys: Literal["default", "vim", "emacs"] = Field(
        default="default",
        description="Further keys that move in lists and in what is read (vim: Ctrl+D, Ctrl+U, Ctrl+F, Ctrl+B; emacs: Ctrl+N, "
        "Ctrl+P, Ctrl+V, Alt+V, Alt+<, Alt+>; there the palette is Alt+X). In the composer "
        "Ctrl+A, Ctrl+E, Ctrl+K and Ctrl+U are always there; it has no vim mode.",
    )


def _contacts(tables: dict[str, ContactSettings]) -> dict[str, ContactSettings]:
    if trouble := trouble_in([contact_of(name, keys) for name, keys in tables.items()])[1]:
        raise ValueError(f"people as they are: {trouble}")
    return tables


def contact_of(name: str, keys: ContactSettings) -> Contact:
    """The contact that a table `[people.NAME]` describes."""
    fields = (
        CardField(clean_line(line), clean_line(value), audience_of(keys.shared.get(line, ())))
        for line, value in keys.card.items()
    )
    return Contact(
        folded_name(name),
        clean_line(keys.called) or name,
        tuple(keys.addresses),
        tuple(map(folded_name, keys.circles)),
        tuple(fields),
    )


class Profile(Section):
    """What a profile may set: voice, models and places."""

    network: Literal["any", "loopback"] = Field(
        default="any", description='"loopback": no model may run anywhere but on this machine.'
    )
    model: ModelSettings = ModelSettings()
    roles: RoleSettings = RoleSettings()
    servers: dict[str, ServerSettings] = Field(
        default={},
        description="Model servers, each a table [servers.NAME] with `base_url` and `key_env`: ids that begin with NAME/ are asked "
        "there. NAME is a provider's, or any other, for a server that speaks as OpenAI's.",
    )
    agent: AgentSettings = AgentSettings()
    ui: UiSettings = UiSettings()


class Settings(Profile):
    """What a home's settings.toml may set: all of a profile, and what belongs to the home alone."""

    person: PersonSettings = PersonSettings()
    memory: MemorySettings = MemorySettings()
    caps: CapSettings = CapSettings()
    quiet_hours: QuietSettings = QuietSettings()
    calendar: CalendarSettings = CalendarSettings()
    tasks: TaskSettings = TaskSettings()
    notify: NotifySettings = NotifySettings()
    brief: BriefSettings = BriefSettings()
    shutdown: ShutdownSettings = ShutdownSettings()
    review: ReviewSettings = ReviewSettings()
    nudges: NudgeSettings = NudgeSettings()
    engine: EngineSettings = EngineSettings()
    programs: ProgramSettings = ProgramSettings()
    deputy: DeputySettings = DeputySettings()
    people: Annotated[dict[str, ContactSettings], AfterValidator(_contacts)] = Field(
        default={},
        description="Those whom you know, each a table [people.NAME] with `called`, `addresses`, `circles`, `card`, `shared`.",
    )
    grants: dict[str, dict[str, Literal["off", "draft", "auto"]]] = Field(
        default={},
        description='How far Sage may answer for you, by contact or circle and by topic (a note\'s name, "calendar", '
        '"contacts", or "any"): [grants.work] office-faq = "auto". Nothing said: "draft".',
    )
    plugins: Annotated[dict[str, dict[str, dict[str, Any]]], BeforeValidator(accounts_alone)] = Field(
        default={},
        description="Accounts of plugins, each a table [plugins.PLUGIN.NAME]; `sage plugin show PLUGIN` tells its keys.",
    )

    HOME_ONLY: ClassVar[frozenset[str]] = frozenset(
        {
            "person",
            "people",
            "memory",
            "facts",
            "caps",
            "quiet_hours",
            "calendar",
            "tasks",
            "notify",
            "brief",
            "shutdown",
            "review",
            "nudges",
            "engine",
            "programs",
            "deputy",
            "plugins",
            "consents",
            "grants",
        }
    )
    """What a profile may never set, with what later versions will keep there."""
