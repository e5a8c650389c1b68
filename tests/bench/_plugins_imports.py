"""What each plugin costs: to be known while it is off, to be imported, and to be started in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sage.adapters.plugins.found import FoundPlugin, find_plugins
from sage.adapters.plugins.imported import imported
from sage.locations import Home

RUNS = 5
OFF = """
import json, sys, time
from pathlib import Path
from sage.adapters.plugins.found import find_plugins
from sage.adapters.plugins.missing import missing_of
from sage.locations import Home
before, began = set(sys.modules), time.perf_counter()
plugins = find_plugins(Home(Path(sys.argv[1]))).plugins.values()
for plugin in plugins:
    missing_of(plugin.manifest)
took = (time.perf_counter() - began) * 1000
own = {name for plugin in plugins for name in ("sage_plugins", *plugin.manifest.needs)}
print(json.dumps({"ms": took, "modules": sorted(name for name in set(sys.modules) - before if name.split(".")[0] in own)}))
"""
"""Finds every plugin and what it lacks, as the engine does, and tells which of their modules that imported."""


def measure(data: str | None) -> dict[str, Any]:
    """Milliseconds: to find all plugins; of each, its own imports, and from the start of a process until they are done."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        told = [
            subprocess.run([sys.executable, "-c", OFF, folder], capture_output=True, check=True) for _ in range(RUNS)
        ]
        off = [json.loads(one.stdout) for one in told]
        each = {plugin.name: _cost(plugin) for plugin in find_plugins(home).plugins.values()}
    modules = sorted({name for one in off for name in one["modules"]})
    return {
        "off": {"found_ms": round(statistics.median(one["ms"] for one in off), 1), "modules": len(modules)},
        "plugins": each,
        "holds": not modules,
    }


def _cost(plugin: FoundPlugin) -> dict[str, Any]:
    imports, starts, modules = [], [], 0
    for _ in range(RUNS):
        began = time.perf_counter()
        found = imported(plugin)
        starts.append((time.perf_counter() - began) * 1000)
        if found.wrong:
            return {"left_out": found.wrong[1]}
        imports.append(found.import_ms)
        modules = found.modules
    return {
        "import_ms": round(statistics.median(imports), 1),
        "start_ms": round(statistics.median(starts)),
        "modules": modules,
    }
