"""The profile in force: every setting, what it may be, and where its value came from.

Built-in defaults < the bundled `profiles/default.toml` < the home's `settings.toml` < the chosen profile. The home's
settings hold what is shared by all who use it (caps, quiet hours, the person); a profile only overlays voice, models and
places, and may not touch the rest. Neither holds a key: profiles name the environment variable that does.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from sage.core.errors import BadSetting, NotFound
from sage.core.layers import Layer, leaves, overlaid
from sage.core.nudge_words import KINDS, PARTS_OF_DAY
from sage.core.plain_dates import WEEKDAYS
from sage.core.providers import EMBEDDED, place_of, provider_prefix, runs_inside
from sage.core.redaction import looks_secret
from sage.locations import Home, bundled

DEFAULT = "default"
BUILT_IN = "built in"
EMBEDDED_PASSAGES = 4
"""How many passages go to an embedded model at most: on two cores, reading the prompt is what takes the time."""


def _variable_name(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("the name of an environment variable, such as OPENAI_API_KEY")
    return name


def _server_address(url: str) -> str:
    parts = urlsplit(url)
    plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.username or parts.query)
    if url and not plain:
        raise ValueError(
            'the address of a server, such as "http://127.0.0.1:1234/v1", with no name, key or query in it'
        )
    return url.rstrip("/")


def _zone_name(name: str) -> str:
    if name and name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(
            'the name of a time zone, such as "Europe/Berlin"' + (f' (nearest: "{near[0]}")' if near else "")
        )
    return name


def _language_tag(tag: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", tag):
        raise ValueError('the short name of a language, such as "en" or "de"')
    return tag


def _time_of_day(text: str) -> str:
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('a time of day, such as "22:00"')
    return text


def _day_and_time(text: str) -> str:
    day, _, clock = text.lower().partition(" ")
    if text and (day not in WEEKDAYS or not clock or _time_of_day(clock) != clock):
        raise ValueError('a weekday and a time of day, such as "sunday 18:00"')
    return text.lower()


def _kind_and_part(text: str) -> str:
    kind, _, part = text.partition(" ")
    if kind not in KINDS or part not in PARTS_OF_DAY:
        raise ValueError(
            f'a kind ({", ".join(KINDS)}) and a part of the day ({", ".join(PARTS_OF_DAY)}): "task evening"'
        )
    return text


class Section(BaseModel):
    """A table of settings. Every field has a description, which is its documentation."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ModelSettings(Section):
    """Who answers."""

    chain: Annotated[list[str], Field(min_length=1)] = Field(
        default=["librarian"],
        description='Who answers, first to last: the next one answers when the one before cannot. "librarian" (no model), '
        '"embedded:NAME" (runs inside Sage), or an id of litellm, such as "anthropic/…", "ollama_chat/…", "openai/…".',
    )
    base_url: Annotated[str, AfterValidator(_server_address)] = Field(
        default="",
        description="Address of your own model server, for the first such id in the chain and those that begin like it.",
    )
    key_env: Annotated[str, AfterValidator(_variable_name)] = Field(
        default="",
        description="Environment variable with the key for those same ids (empty: the provider's usual one, none with a base_url).",
    )
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(
        default=None, description="How freely the model words things, 0 to 2 (not set: the model's own default)."
    )
    max_tokens: int = Field(default=1024, ge=16, le=128_000, description="Longest answer of one model call, in tokens.")
    timeout_seconds: float = Field(
        default=300.0,
        ge=1,
        le=3600,
        description="Longest silence of a model, before and within its answer, in seconds.",
    )
    context_tokens: int = Field(
        default=0,
        ge=0,
        le=10_000_000,
        description="Tokens that prompt and answer may have together (0: what the model says).",
    )


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
    embedder_url: Annotated[str, AfterValidator(_server_address)] = Field(
        default="",
        description="Address of your own server for that id (empty: the provider's, or Ollama on this machine).",
    )
    embedder_key_env: Annotated[str, AfterValidator(_variable_name)] = Field(
        default="", description="Environment variable with its key (empty: the provider's usual one, none with a url)."
    )


class CapSettings(Section):
    """Hard limits on money, reserved before each call."""

    per_day_usd: float = Field(
        default=1.0, ge=0, le=10_000, description="Most that models may cost in a day, in US dollars."
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


class QuietSettings(Section):
    """When Sage proposes nothing by itself. Both empty: never quiet."""

    start: Annotated[str, AfterValidator(_time_of_day)] = Field(
        default="22:00", description="Quiet from, in your time zone."
    )
    end: Annotated[str, AfterValidator(_time_of_day)] = Field(default="08:00", description="Quiet until.")


class CalendarSettings(Section):
    """Where your events stand."""

    files: list[str] = Field(
        default=[],
        description="Calendars (.ics), and folders of them. They stay where they are, and are never written.",
    )


class NotifySettings(Section):
    """Where reminders are told besides the app."""

    desktop: bool = Field(
        default=True, description="Reminders come as notifications of the desktop while no app is open."
    )
    terminal: bool = Field(
        default=True, description="The open app has its terminal notify you, where it can (OSC 9, 99 or 777)."
    )


class BriefSettings(Section):
    """The morning's look at the day."""

    at: Annotated[str, AfterValidator(_time_of_day)] = Field(
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

    at: Annotated[str, AfterValidator(_time_of_day)] = Field(
        default="", description='When you are told that the day may be closed, such as "21:00" (empty: never).'
    )


class ReviewSettings(Section):
    """The look at the week."""

    at: Annotated[str, AfterValidator(_day_and_time)] = Field(
        default="",
        description='When you are told that the week may be looked at, such as "sunday 18:00" (empty: never).',
    )


class NudgeSettings(Section):
    """What Sage may propose by itself. Reminders that you set are none of it."""

    allow: list[Literal["task", "goal", "promise"]] = Field(
        default=[],
        description='Kinds of nudges that you agree to: "task", "goal", "promise" (none: Sage proposes nothing).',
    )
    never: list[Annotated[str, AfterValidator(_kind_and_part)]] = Field(
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
    timezone: Annotated[str, AfterValidator(_zone_name)] = Field(
        default="", description='Your time zone, such as "Europe/Berlin" (empty: the system\'s).'
    )
    language: Annotated[str, AfterValidator(_language_tag)] = Field(
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


class UiSettings(Section):
    """How it looks."""

    theme: Literal["dark", "light"] = Field(default="dark", description="Colours of the terminal app.")


class Profile(Section):
    """What a profile may set: voice, models and places."""

    network: Literal["any", "loopback"] = Field(
        default="any", description='"loopback": no model may run anywhere but on this machine.'
    )
    model: ModelSettings = ModelSettings()
    agent: AgentSettings = AgentSettings()
    ui: UiSettings = UiSettings()


class Settings(Profile):
    """What a home's settings.toml may set: all of a profile, and what belongs to the home alone."""

    person: PersonSettings = PersonSettings()
    memory: MemorySettings = MemorySettings()
    caps: CapSettings = CapSettings()
    quiet_hours: QuietSettings = QuietSettings()
    calendar: CalendarSettings = CalendarSettings()
    notify: NotifySettings = NotifySettings()
    brief: BriefSettings = BriefSettings()
    shutdown: ShutdownSettings = ShutdownSettings()
    review: ReviewSettings = ReviewSettings()
    nudges: NudgeSettings = NudgeSettings()
    engine: EngineSettings = EngineSettings()

    HOME_ONLY: ClassVar[frozenset[str]] = frozenset(
        {
            "person",
            "people",
            "memory",
            "facts",
            "caps",
            "quiet_hours",
            "calendar",
            "notify",
            "brief",
            "shutdown",
            "review",
            "nudges",
            "engine",
            "consents",
            "grants",
        }
    )
    """What a profile may never set, with what later versions will keep there."""


@dataclass(frozen=True)
class ModelPlace:
    """One model of the chain, and where and with which key it is reached. `key_env` is "" for the provider's own."""

    id: str
    base_url: str = ""
    key_env: str = ""


@dataclass(frozen=True)
class Resolved:
    """The settings in force, under the name of the profile that was chosen."""

    name: str
    settings: Settings
    layers: tuple[Layer, ...] = field(repr=False)
    """In the order in which they overlay each other, the strongest last."""

    @property
    def models(self) -> tuple[ModelPlace, ...]:
        """The chain, each with its address and key: those set in the profile belong to its first server or provider."""
        model = self.settings.model
        own = next((provider_prefix(name) for name in model.chain if not runs_inside(name)), None)
        return tuple(
            ModelPlace(name, model.base_url, model.key_env)
            if not runs_inside(name) and provider_prefix(name) == own
            else ModelPlace(name)
            for name in model.chain
        )

    def passages_for(self, model: str) -> int:
        """How many passages a model gets with a question."""
        wanted = self.settings.agent.passages
        return min(wanted, EMBEDDED_PASSAGES) if model.startswith(EMBEDDED) else wanted

    def value_of(self, key: str) -> Any:
        """The value in force of a dotted key."""
        value: Any = self.settings
        for part in key.split("."):
            value = getattr(value, part)
        return value

    def origin_of(self, key: str) -> str:
        """Where a dotted key's value came from: `built in`, `profiles/offline.toml line 3`, `settings.toml line 12`."""
        for layer in reversed(self.layers):
            if layer.has(key):
                return layer.at(key)
        return BUILT_IN


class Described(NamedTuple):
    """A key as the documentation tells it."""

    key: str
    type: str
    default: Any
    text: str


def describe() -> list[Described]:
    """Every key with its type in plain words, its default and what it does, in the order of the schema."""
    return [
        Described(key, _plain_type(info.annotation, info.metadata), info.get_default(), info.description or "")
        for key, info in _fields(Settings)
    ]


def profile_names(home: Home) -> tuple[str, ...]:
    """The profiles that can be chosen: the bundled ones and the home's own."""
    folders = (bundled("profiles"), home.profiles)
    return tuple(sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.toml")}))


def resolve(name: str, home: Home) -> Resolved:
    """The settings in force in a home under a profile ("" is `default`).

    Raises BadSetting, which names file, line and remedy: an unknown key, a value that does not fit, a key that belongs
    elsewhere, a secret in a file, or a hosted model where only this machine may answer. NotFound: no such profile.
    """
    name = name or DEFAULT
    chosen = find_profile(name, home)
    layers = [read_layer(bundled("profiles") / f"{DEFAULT}.toml", Profile)]
    if home.settings.exists():
        layers.append(read_layer(home.settings, Settings))
    if chosen != bundled("profiles") / f"{DEFAULT}.toml":
        layers.append(read_layer(chosen, Profile))
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = overlaid(merged, layer.values)
    resolved = Resolved(name, Settings.model_validate(merged), tuple(layers))
    _keep_to_this_machine(resolved)
    return resolved


def find_profile(name: str, home: Home) -> Path:
    """The file of a profile; the home's own goes before a bundled one of the same name. Raises NotFound."""
    names = profile_names(home)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names)}."
        raise NotFound(f"There is no profile named {name!r}.", safe="Nothing was changed.", do=hint)
    own = home.profiles / f"{name}.toml"
    return own if own.is_file() else bundled("profiles") / f"{name}.toml"


def read_layer(path: Path, schema: type[Profile]) -> Layer:
    """One file, checked against what it may hold. Raises BadSetting."""
    name = path.name if schema is Settings else f"profiles/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadSetting(
            f"{name} is not UTF-8 text.", safe="Nothing was changed.", do=f"Save {path} as UTF-8."
        ) from error
    except OSError as error:
        reason = error.strerror or "the system gave no reason"
        raise BadSetting(
            f"{path} cannot be read ({reason}).", safe="Nothing was changed.", do="Make it readable."
        ) from error
    return check_layer(name, text, schema)


def check_layer(name: str, text: str, schema: type[Profile]) -> Layer:
    """The same for a text that is not in a file yet."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(name, text, error) from error
    layer = Layer(name, text, values)
    _refuse_secrets(layer)
    for key in values:
        if schema is Profile and key in Settings.HOME_ONLY:
            raise BadSetting(
                f"{layer.at(key)}: `{key}` belongs to the home, so that every profile shares it.",
                safe="Nothing was changed.",
                do=f"Move it to settings.toml in the data folder, and take it out of {name}.",
            )
    try:
        schema.model_validate(values)
    except ValidationError as error:
        trouble = _told(layer, schema, error)
    else:
        return layer
    raise trouble


def _broken(name: str, text: str, error: tomllib.TOMLDecodeError) -> BadSetting:
    found = re.search(r"\(at line (\d+)", str(error))
    line = int(found[1]) if found else len(text.rstrip().splitlines())
    reason = re.sub(r" \(at .*", "", str(error))
    return BadSetting(
        f"{name} line {line} cannot be read as TOML: {reason[:1].lower()}{reason[1:]}.",
        safe="Nothing was changed.",
        do='Mend that line. Texts need quotes, as in name = "Ana".',
    )


def _refuse_secrets(layer: Layer) -> None:
    for key, value in leaves(layer.values):
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and looks_secret(text, key.rpartition(".")[2]):
                raise BadSetting(
                    f"{layer.at(key)}: `{key}` looks like a secret key, and keys never stand in a settings file.",
                    safe="It was not used.",
                    do="Take it out (and out of any copy), put the key in an environment variable, "
                    'and name that variable: key_env = "OPENAI_API_KEY".',
                )


def _told(layer: Layer, schema: type[Profile], error: ValidationError) -> BadSetting:
    first = error.errors(include_url=False, include_input=False)[0]
    path = [str(part) for part in first["loc"] if isinstance(part, str)]
    key = ".".join(path)
    known = dict(_fields(schema))
    if first["type"] == "extra_forbidden":
        tables = {name.rpartition(".")[0] for name in known} - {""}
        near = _nearest(key, [*known, *sorted(tables)])
        hint = f"Did you mean `{near}`?" if near else "See them all with: sage profile show"
        return BadSetting(f"{layer.at(key)}: there is no setting `{key}`.", safe="Nothing was changed.", do=hint)
    while key and key not in known:
        if any(name.startswith(f"{key}.") for name in known):
            what = f"`{key}` is a table of settings, written as [{key}]."
            return BadSetting(f"{layer.at(key)}: {what}", safe="Nothing was changed.", do="Write it as a table.")
        key = key.rpartition(".")[0]
    cause = first.get("ctx", {}).get("error")
    info = known[key]
    wanted = str(cause) if isinstance(cause, ValueError) else _plain_type(info.annotation, info.metadata)
    return BadSetting(
        f"{layer.at(key)}: `{key}` must be {wanted}.", safe="Nothing was changed.", do="Change that line."
    )


def _nearest(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if close:
        return close[0]
    leaf = key.rpartition(".")[2]
    by_leaf = {name.rpartition(".")[2]: name for name in reversed(known)}
    same = difflib.get_close_matches(leaf, list(by_leaf), n=1, cutoff=0.6)
    return by_leaf[same[0]] if same else ""


def _keep_to_this_machine(resolved: Resolved) -> None:
    if resolved.settings.network != "loopback":
        return
    memory = resolved.settings.memory
    places = [(model, "model.base_url" if model.base_url else "model.chain") for model in resolved.models]
    if "/" in memory.embedder:
        places.append((ModelPlace(memory.embedder, memory.embedder_url), "memory.embedder"))
    for model, key in places:
        if place_of(model.id, model.base_url) == "elsewhere":
            where = resolved.origin_of(key)
            raise BadSetting(
                f"`{model.id}` ({where}) would be reached over the network, and the profile {resolved.name} forbids that.",
                safe="Nothing was sent.",
                do='Choose "librarian", "embedded:NAME" or a server on this machine, or another profile.',
            )


def _fields(schema: type[BaseModel], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, info in schema.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _fields(info.annotation, f"{above}{name}.")
        else:
            yield f"{above}{name}", info


def _plain_type(annotation: Any, metadata: list[Any]) -> str:
    """A type and its bounds in plain words."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _plain_type(inner[0], list(inner[1:]))
    if origin is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in inner)
    if origin in (typing.Union, types.UnionType):
        return _plain_type(next(kind for kind in inner if kind is not type(None)), metadata)
    if origin is list:
        least = "at least one text" if any(getattr(mark, "min_length", 0) for mark in metadata) else "texts"
        return f'a list of {least}, such as ["one", "two"]'
    return {bool: "true or false", int: "a whole number", float: "a number"}.get(
        annotation, "a text in quotes"
    ) + _bounds(metadata)


def _bounds(metadata: list[Any]) -> str:
    marks = [bound for mark in metadata for bound in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
    least = next((mark.ge for mark in marks if hasattr(mark, "ge")), None)
    most = next((mark.le for mark in marks if hasattr(mark, "le")), None)
    return f" from {least:,} to {most:,}" if least is not None and most is not None else ""
