"""What each plugin costs: its process until the class of its runtime and its library are there, and nothing while disabled."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from sage.locations import bundled
from sage.testing.plugins.accounts import manifest_of

_DISABLED = """
import json, sys
from pathlib import Path
from sage.locations import Home
from sage.adapters.plugins.found import find_plugins
found = find_plugins(Home(Path(sys.argv[1])))
ours = {needed.partition(".")[0] for plugin in found.plugins.values() for needed in plugin.manifest.needs}
loaded = [name for name in sys.modules if name.startswith("sage_plugins") or name.partition(".")[0] in ours]
print(json.dumps({"plugins": len(found.plugins), "modules": len(loaded)}))
"""
_ENABLED = """
import importlib, json, sys, time
import sage.adapters.plugins.child
from sage.adapters.plugins.loading import found_at, reach
def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / (1 << 20)
reach(__import__("pathlib").Path(sys.argv[1]))
memory, modules, start = used(), len(sys.modules), time.perf_counter()
for place in sys.argv[2:4]:
    found_at(place)
for library in sys.argv[4:]:
    importlib.import_module(library)
print(json.dumps({"ms": (time.perf_counter() - start) * 1000, "mb": used() - memory, "modules": len(sys.modules) - modules}))
"""


def measure(_: Path | None = None, runs: int = 3) -> dict[str, Any]:
    """Milliseconds, megabytes and modules beyond those of a bare child, by plugin; and modules while all are disabled."""
    names = sorted(path.parent.name for path in bundled("plugins").glob("*/plugin.toml"))
    return {"disabled": _told(_DISABLED, "/nonexistent"), **{name: _of_one(name, runs) for name in names}}


def _of_one(name: str, runs: int) -> dict[str, Any]:
    manifest = manifest_of(name)
    if missing := [library for library in manifest.needs if importlib.util.find_spec(library) is None]:
        return {"missing": missing}
    told = [
        _told(_ENABLED, str(bundled("plugins")), manifest.config, manifest.runtime, *manifest.needs)
        for _ in range(runs)
    ]
    return {key: round(statistics.median(each[key] for each in told), 1) for key in told[0]}


def _told(code: str, *arguments: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=300,
    )
    answer: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer
