"""The profile in force: the value of every setting, and where it came from (what there is to set: sage.settings).

Built-in defaults < the bundled `profiles/default.toml` < the home's `settings.toml` < the chosen profile. The home's
settings hold what is shared by all who use it (caps, quiet hours, the person); a profile only overlays voice, models and
places, and may not touch the rest. Neither holds a key: profiles name the environment variable that does.
"""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sage.core.errors import BadSetting, NotFound
from sage.core.layers import Layer, leaves, overlaid
from sage.core.model_choice import ModelRole
from sage.core.providers import EMBEDDED, LIBRARIAN, place_of, provider_prefix, runs_inside
from sage.core.redaction import looks_secret
from sage.locations import Home, bundled
from sage.settings import EMBEDDED_PASSAGES, RENAMED, Profile, Settings
from sage.settings_words import fields_of, plain_type

DEFAULT = "default"
BUILT_IN = "built in"


@dataclass(frozen=True)
class ModelPlace:
    """One model of the chain, and where and with which key it is reached. `key_env` is "" for the provider's own."""

    id: str
    base_url: str = ""
    key_env: str = ""

    @property
    def stays(self) -> bool:
        """Whether it runs on this machine: what it is asked leaves it for nobody."""
        return place_of(self.id, self.base_url) != "elsewhere"


@dataclass(frozen=True)
class Resolved:
    """The settings in force, under the name of the profile that was chosen."""

    name: str
    settings: Settings
    layers: tuple[Layer, ...] = field(repr=False)
    """In the order in which they overlay each other, the strongest last."""

    @property
    def models(self) -> tuple[ModelPlace, ...]:
        """Who answers in `talk`."""
        return self.places("talk")

    def places(self, role: ModelRole) -> tuple[ModelPlace, ...]:
        """Who answers in a role, first to last: its own chain, then whoever answers when all of that cannot.

        What is `local-only` never leaves this machine, and where only this machine may answer, nobody else is left in any role.
        """
        talk = tuple(map(self._place, self.settings.model.chain))
        if role == "local-only":
            here = self._own(role) or tuple(place for place in talk if place.stays)
            return tuple(dict.fromkeys((*here, ModelPlace(LIBRARIAN))))
        return tuple(dict.fromkeys((*self._own(role), *talk)))

    def has(self, role: ModelRole) -> bool:
        """Whether somebody answers in that role other than in `talk`."""
        return self._own(role)[:1] not in ((), self.models[:1])

    def _own(self, role: ModelRole) -> tuple[ModelPlace, ...]:
        roles = self.settings.roles
        names = {"quick": roles.quick, "deep": roles.deep, "local-only": roles.local_only}.get(role, [])
        return tuple(place for place in map(self._place, names) if place.stays or self.settings.network != "loopback")

    def names(self, role: ModelRole) -> bool:
        """Whether settings name somebody for that role itself."""
        return role == "talk" or bool(self._own(role))

    def keys_of(self, place: ModelPlace, role: ModelRole) -> tuple[str, str]:
        """The settings that name a model of a role and the variable with its key."""
        named = f"roles.{role.replace('-', '_')}" if place in self._own(role) else "model.chain"
        prefix = provider_prefix(place.id)
        return named, f"servers.{prefix}.key_env" if prefix in self.settings.servers else "model.key_env"

    def place(self, given: ModelPlace) -> ModelPlace:
        """A model with the address and key that settings have for it, unless it brings its own."""
        return given if given.base_url or given.key_env else self._place(given.id)

    def _place(self, name: str) -> ModelPlace:
        """A model with its address and key: its server's; those in `[model]` belong to the first server of that chain."""
        model, prefix = self.settings.model, provider_prefix(name)
        if runs_inside(name):
            return ModelPlace(name)
        if server := self.settings.servers.get(prefix):
            return ModelPlace(name, server.base_url, server.key_env)
        own = next((provider_prefix(each) for each in model.chain if not runs_inside(each)), None)
        return ModelPlace(name, model.base_url, model.key_env) if prefix == own else ModelPlace(name)

    @property
    def asks_elsewhere(self) -> bool:
        """Whether a model of `talk` runs neither inside Sage nor on this machine."""
        return self.leaves("talk")

    def leaves(self, role: ModelRole) -> bool:
        """Whether a model of that role runs neither inside Sage nor on this machine."""
        return not all(place.stays for place in self.places(role))

    def passages_for(self, model: str) -> int:
        """How many passages a model gets with a question."""
        wanted = self.settings.agent.passages
        return min(wanted, EMBEDDED_PASSAGES) if model.startswith(EMBEDDED) else wanted

    def value_of(self, key: str) -> Any:
        """The value in force of a dotted key."""
        value: Any = self.settings
        for part in key.split("."):
            value = value[part] if isinstance(value, dict) else getattr(value, part)
        return value

    def origin_of(self, key: str) -> str:
        """Where a dotted key's value came from: `built in`, `profiles/offline.toml line 3`, `settings.toml line 12`."""
        for layer in reversed(self.layers):
            if layer.has(key):
                return layer.at(key)
        return BUILT_IN


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
        text = path.read_text(encoding="utf-8-sig")  # some editors put a mark before the first letter
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


def with_values(profile: Resolved, values: Mapping[tuple[str, ...], Any]) -> Resolved:
    """The profile as it would be with these values, by the parts of their keys. Raises BadSetting."""
    merged: dict[str, Any] = {}
    for layer in profile.layers:
        merged = overlaid(merged, layer.values)
    for key, value in values.items():
        merged = overlaid(merged, functools.reduce(lambda inner, part: {part: inner}, reversed(key), value))
    changed = replace(profile, settings=Settings.model_validate(merged))
    _keep_to_this_machine(changed)
    return changed


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
        for name, text in _texts_in(key, value):
            if looks_secret(text, name.rpartition(".")[2]):
                what = f"{layer.at(key)}: `{name}` looks like a secret key, and keys never stand in a settings file."
                away = "Take it out (and out of any copy), "
                do = (
                    f'{away}give it with sage keys set SAGE_NAME, and name that: password_key = "SAGE_NAME".'
                    if key.startswith("plugins.")
                    else f"{away}put the key in an environment variable, "
                    'and name that variable: key_env = "OPENAI_API_KEY".'
                )
                raise BadSetting(what, safe="It was not used.", do=do)


def _texts_in(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a value, lists and tables in lists included, with its dotted key."""
    if isinstance(value, str):
        yield key, value
    for inner in value if isinstance(value, list) else ():
        yield from _texts_in(key, inner)
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield from _texts_in(f"{key}.{name}", inner)


def _told(layer: Layer, schema: type[Profile], error: ValidationError) -> BadSetting:
    first = error.errors(include_url=False, include_input=False)[0]
    path = [str(part) for part in first["loc"] if isinstance(part, str)]
    key = ".".join(path)
    known = dict(fields_of(schema))
    if first["type"] == "extra_forbidden":
        for before, now in RENAMED.items():
            if layer.has(before) and before.startswith(key):
                what = f"{layer.at(before)}: `{before}` is called `{now}` now."
                return BadSetting(what, safe="Nothing was changed.", do="Give that line its new name.")
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
    wanted = str(cause) if isinstance(cause, ValueError) else plain_type(info.annotation, info.metadata)
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
    for place in resolved.places("local-only"):  # also where a network is
        if not place.stays:
            raise BadSetting(
                f"`{place.id}` ({resolved.origin_of('roles.local_only')}) runs elsewhere, and what is marked local-only stays "
                "on this machine.",
                safe="Nothing was sent.",
                do='Choose "librarian", "embedded:NAME" or a server on this machine.',
            )
    if resolved.settings.network != "loopback":
        return
    memory = resolved.settings.memory
    places = [(model, _reached_by(resolved, model)) for model in resolved.models]
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


def _reached_by(resolved: Resolved, model: ModelPlace) -> str:
    """The setting that says where a model of `talk` is reached."""
    if not model.base_url:
        return "model.chain"
    prefix = provider_prefix(model.id)
    return f"servers.{prefix}.base_url" if prefix in resolved.settings.servers else "model.base_url"
