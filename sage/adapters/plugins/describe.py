"""The settings of a plugin, told by its config class in a process of its own: `python -P -m sage.adapters.plugins.describe`.

The engine asks with `described` and `checked`, and never imports the plugin. A description is kept by the digest of the
plugin's files, so that showing it again starts no process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from sage.adapters.files import write_whole
from sage.adapters.plugins.agreed_code import code_of
from sage.adapters.plugins.found import FoundPlugin
from sage.core.errors import BadInput, BadSetting

COMMAND = (sys.executable, "-P", "-m", "sage.adapters.plugins.describe")
WITHIN = 30.0
"""Seconds that a config class may take to be imported."""
USUAL = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR")


class ConfigKey(Struct, frozen=True):
    """A key of a plugin's settings, in plain words. `default` is as TOML writes it ("" if the key is `required`). `shape`
    is how a person types it: a text as it is, several with commas between them, or as TOML writes it."""

    key: str
    kind: str
    text: str
    default: str = ""
    required: bool = False
    shape: Literal["text", "list", "other"] = "text"

    def read(self, typed: str) -> Any:
        """The value that a person means; what cannot be read stays a text, which the check then tells."""
        if self.shape == "text":
            return typed
        try:
            return tomllib.loads(f"value = {typed}")["value"]
        except tomllib.TOMLDecodeError:
            return [part.strip() for part in typed.split(",") if part.strip()] if self.shape == "list" else typed


class Question(Struct, frozen=True):
    """What the process is asked: the keys, or (`values`) whether these settings fit."""

    plugins: str
    config_class: str
    values: dict[str, Any] | None = None


class Answer(Struct, frozen=True):
    """What it answers: the keys; or the key that does not fit (`key`) and why (`wrong`)."""

    keys: tuple[ConfigKey, ...] = ()
    key: str = ""
    wrong: str = ""


def described(plugin: FoundPlugin, kept: Path, copies: Path) -> tuple[ConfigKey, ...]:
    """Every key of a plugin's settings; `kept` is a folder for what was told before, and `copies` as for `code_of`. Blocks.
    Raises BadInput: its config class cannot be used."""
    place = kept / f"{plugin.name}-{plugin.digest[:16]}.json"
    try:
        return msgspec.json.decode(place.read_bytes(), type=tuple[ConfigKey, ...])
    except (OSError, msgspec.MsgspecError):
        keys = _asked(plugin, copies, None).keys
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    for before in kept.glob(f"{plugin.name}-*.json"):
        before.unlink(missing_ok=True)
    write_whole(place, msgspec.json.encode(keys).decode())
    return keys


def check_config(plugin: FoundPlugin, copies: Path, values: Mapping[str, Any]) -> None:
    """Whether settings fit a plugin. Blocks. Raises BadSetting, of which `key` names the one that does not fit; BadInput."""
    answer = _asked(plugin, copies, dict(values))
    if answer.wrong:
        raise ConfigMisfit(answer.key, answer.wrong)


class ConfigMisfit(BadSetting):
    """A setting that does not fit its plugin."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what, safe="Nothing was changed.", do="Change that setting.")
        self.key = key


def _asked(plugin: FoundPlugin, copies: Path, values: dict[str, Any] | None) -> Answer:
    question = Question(str(code_of(plugin, copies)), plugin.manifest.config, values)
    try:
        done = subprocess.run(
            COMMAND,
            input=msgspec.json.encode(question),
            capture_output=True,
            timeout=WITHIN,
            start_new_session=True,
            cwd=Path(sys.prefix),
            env=environment(),
        )
        return msgspec.json.decode(done.stdout, type=Answer)
    except subprocess.TimeoutExpired as error:
        raise _unusable(plugin, f"took longer than {WITHIN:.0f} s") from error
    except msgspec.MsgspecError as error:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise _unusable(plugin, last[0][:200] if last else "the process ended") from error


def environment() -> dict[str, str]:
    """What a plugin's code sees of the engine's environment while it is only looked at: nothing that may hold a secret."""
    return {name: value for name, value in os.environ.items() if name in USUAL or name.startswith("LC_")}


def _unusable(plugin: FoundPlugin, why: str) -> BadInput:
    return BadInput(
        f"The settings of the plugin {plugin.name!r} cannot be described ({plugin.manifest.config}: {why}).",
        safe="Nothing was changed.",
        do=f"Its maker can mend that. To see it all: sage plugin check {plugin.name}",
    )


# -- in the process -------------------------------------------------------------------------------------------------------


def main() -> int:
    """Answers one question on standard input; what the plugin prints goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    out.write(msgspec.json.encode(_answer(question)))
    out.close()
    return 0


def _answer(question: Question) -> Answer:
    from sage.adapters.plugins.child import checked_config
    from sage.adapters.plugins.loading import found_at, reach
    from sage.plugin_api import BadConfig

    reach(Path(question.plugins), question.config_class)
    if question.values is None:
        return Answer(keys_of(found_at(question.config_class)))
    try:
        checked_config(question.config_class, question.values)
    except BadConfig as error:
        return Answer(key=error.key, wrong=error.what)
    return Answer()


def keys_of(config: Any) -> tuple[ConfigKey, ...]:
    """The keys of a pydantic model, in its order."""
    from sage.settings_words import plain_type

    return tuple(
        ConfigKey(
            info.alias or name,
            plain_type(info.annotation, info.metadata),
            info.description or "",
            "" if info.is_required() else as_toml(info.get_default(call_default_factory=True)),
            info.is_required(),
            _shape(info.annotation),
        )
        for name, info in config.model_fields.items()
    )


def _shape(annotation: Any) -> Literal["text", "list", "other"]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(inner[0])
    if origin in (Union, UnionType):
        return _shape(next(kind for kind in inner if kind is not type(None)))
    if origin is Literal:
        return "text" if all(isinstance(choice, str) for choice in inner) else "other"
    if origin in (list, tuple, set, frozenset):
        return "list"
    textual = isinstance(annotation, type) and issubclass(annotation, str | Path)
    return "text" if textual else "other"


def as_toml(value: Any) -> str:
    """A value as the settings write it; "" for none."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


if __name__ == "__main__":
    sys.exit(main())
