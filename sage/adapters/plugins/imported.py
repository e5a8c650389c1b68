"""What can be said of a plugin only by importing it: in a process of its own, `python -P -m sage.adapters.plugins.imported`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from sage.adapters.plugins.describe import ConfigKey, environment, keys_of
from sage.adapters.plugins.found import FoundPlugin
from sage.adapters.plugins.looking_over import METHODS, Finding
from sage.core.plugins.manifest import Manifest
from sage.plugin_api import BASES

COMMAND = (sys.executable, "-P", "-m", "sage.adapters.plugins.imported")
WITHIN = 60.0
SLOW_MS = 300.0
"""From here on an import is a remark: each account's process pays it at its start."""


class Imported(Struct, frozen=True):
    """What the process found. `wrong`: in which step it failed, and how. `modules` came with the plugin's own."""

    wrong: tuple[str, str] | None = None
    keys: tuple[ConfigKey, ...] = ()
    forbids: bool = False
    frozen: bool = False
    bases: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    import_ms: float = 0.0
    modules: int = 0
    loaded: tuple[str, ...] = ()


def look_at_imported(plugin: FoundPlugin) -> Iterator[Finding]:
    """What its settings and its class are, and what importing them costs. Blocks."""
    found = imported(plugin)
    manifest = plugin.manifest
    if found.wrong:
        step, words = found.wrong
        yield Finding(step, "wrong", words, f"Mend it; `{step}` in plugin.toml names it.")
        return
    yield from _settings(found, manifest)
    yield from _promises(found, manifest)
    early = [name for name in manifest.needs if name in found.loaded]
    if early:
        do = "Import it inside the function that uses it."
        yield Finding("import cost", "wrong", f"Importing the plugin imports {', '.join(early)}.", do)
    cost = f"Importing it takes {found.import_ms:.0f} ms and {found.modules} modules beyond Sage's own."
    slow = found.import_ms > SLOW_MS
    yield Finding("import cost", "remark" if slow else "ok", cost, "Import less at the top." if slow else "")


def imported(plugin: FoundPlugin) -> Imported:
    """Imports a plugin in a process of its own. Blocks."""
    asked = msgspec.json.encode((str(plugin.folder.parent), plugin.manifest))
    try:
        done = subprocess.run(
            COMMAND,
            input=asked,
            capture_output=True,
            timeout=WITHIN,
            start_new_session=True,
            cwd=Path(sys.prefix),
            env=environment(),
        )
        return msgspec.json.decode(done.stdout, type=Imported)
    except subprocess.TimeoutExpired:
        return Imported(("runtime", f"Importing it took longer than {WITHIN:.0f} s."))
    except msgspec.MsgspecError:
        return Imported(("runtime", "The process that imported it ended."))


def _settings(found: Imported, manifest: Manifest) -> Iterator[Finding]:
    from sage.profile_plugins import KEY_SUFFIX
    from sage.settings import AccountKeys

    wrong = list[tuple[str, str]]()
    if not (found.forbids and found.frozen):
        config = 'model_config = ConfigDict(extra="forbid", frozen=True)'
        wrong.append(("The config class takes unknown keys, or can be changed.", f"Write {config} in it."))
    secrets = {*manifest.secrets, *manifest.optional_secrets}
    for key in found.keys:
        if not key.text:
            wrong.append(
                (f"`{key.key}` has no description.", 'Write Field(description="…"): it is shown to the person.')
            )
        if key.key in AccountKeys.model_fields or key.key.endswith(KEY_SUFFIX):
            wrong.append((f"`{key.key}` is a name that Sage itself uses.", "Give the setting another name."))
        if key.key in secrets:
            wrong.append((f"`{key.key}` is a secret, and a setting, too.", "Take it out of the config class."))
    for what, do in wrong:
        yield Finding("config", "wrong", what, do)
    if not wrong:
        count = f"{len(found.keys)} settings are" if len(found.keys) != 1 else "One setting is"
        yield Finding("config", "ok", f"{count} described.")


def _promises(found: Imported, manifest: Manifest) -> Iterator[Finding]:
    wrong = False
    for kind in manifest.kinds:
        if kind not in found.bases:
            wrong, base = True, BASES[kind].__name__
            yield Finding("runtime", "wrong", f"The class does not derive from {base}.", "Its kind asks for that.")
    for capability, method in METHODS.items():
        claims, writes = capability in manifest.capabilities, method in found.written
        if claims and not writes:
            wrong = True
            yield Finding(
                "runtime", "wrong", f"It claims {capability}, and has no {method}().", "Write it, or take it back."
            )
        elif writes and not claims:
            wrong = True
            do = f'Add "{capability}" to `capabilities`: without it, Sage never calls the method.'
            yield Finding("runtime", "wrong", f"It has {method}(), and does not claim {capability}.", do)
    if not wrong:
        yield Finding("runtime", "ok", f"The class does what {', '.join(manifest.kinds)} asks for.")


# -- in the process -------------------------------------------------------------------------------------------------------


def main() -> int:
    """Imports what it is asked to, and tells."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    plugins, manifest = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[str, Manifest])
    out.write(msgspec.json.encode(_looked_into(Path(plugins), manifest)))
    out.close()
    return 0


def _looked_into(plugins: Path, manifest: Manifest) -> Imported:
    import pydantic

    from sage.adapters.plugins.loading import PACKAGE, found_at, reach

    if manifest.runtime.startswith(PACKAGE):
        reach(plugins)
    before, began = set(sys.modules), time.process_time()  # its own work, not what else the machine does meanwhile
    step = "config"
    try:
        config = found_at(manifest.config)
        step = "runtime"
        runtime = found_at(manifest.runtime)
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises at import is told
        return Imported((step, f"{getattr(manifest, step)} cannot be imported: {_first_line(error)}"))
    took = (time.process_time() - began) * 1000
    loaded = set(sys.modules) - before
    if not (isinstance(config, type) and issubclass(config, pydantic.BaseModel)):
        return Imported(("config", f"{manifest.config} is no pydantic model."))
    if not isinstance(runtime, type):
        return Imported(("runtime", f"{manifest.runtime} is no class."))
    return Imported(
        keys=keys_of(config),
        forbids=config.model_config.get("extra") == "forbid",
        frozen=bool(config.model_config.get("frozen")),
        bases=tuple(kind for kind, base in BASES.items() if issubclass(runtime, base)),
        written=tuple(method for method in METHODS.values() if _writes(runtime, method)),
        import_ms=took,
        modules=len([name for name in loaded if not name.startswith("sage_plugins")]),
        loaded=tuple(sorted({name.partition(".")[0] for name in loaded})),
    )


def _writes(runtime: Any, method: str) -> bool:
    """Whether a class has a method of its own, in the place of the one that says Unsupported."""
    own = getattr(runtime, method, None)
    return own is not None and all(own is not getattr(base, method, None) for base in BASES.values())


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


if __name__ == "__main__":
    sys.exit(main())
