"""`sage plugin new` and `sage plugin check`: for those who write a plugin, in a process of their own; no engine is needed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sage.adapters.plugins.found import FoundPlugin, find_plugins, read_plugin
from sage.adapters.plugins.imported import look_at_imported
from sage.adapters.plugins.looking_over import Finding, look_at_imports, look_at_readme, look_at_tests
from sage.adapters.plugins.missing import missing_of
from sage.adapters.plugins.skeleton import write_skeleton
from sage.adapters.plugins.testing import run_tests
from sage.core.errors import BadInput, SageError
from sage.core.terminal_text import clean, escape_json
from sage.locations import Home, bundled, existing_path

MARKS = {"ok": "ok     ", "remark": "remark ", "wrong": "WRONG  "}


def new(home: Home, name: str, kind: str, into: Path | None, *, as_json: bool) -> int:
    """Writes a skeleton, and says what comes next. Raises BadInput and HomeTroubles."""
    folder = write_skeleton(name, kind, into or home.plugins, find_plugins(home).plugins)
    target = name if folder.parent == home.plugins else str(folder)
    lines = [
        f"A working plugin stands in {folder}.",
        f"See that its tests are green: sage plugin check {target}",
        "Then put your service in the place of the example, in source.py; its README.md says what it is.",
    ]
    _print({"folder": str(folder), "kind": kind}, lines, as_json=as_json)
    return 0


def check(home: Home, given: str, *, as_json: bool) -> int:
    """Looks a plugin over and prints what it found; 1 if anything is wrong. Raises NotFound and BadInput."""
    findings = []
    for finding in checked(home, given):
        findings.append(finding)
        if not as_json:
            _print(None, _lines(finding), as_json=False)
    wrong = sum(finding.state == "wrong" for finding in findings)
    end = "All is well." if not wrong else "One thing to mend." if wrong == 1 else f"{wrong} things to mend."
    _print({"well": not wrong, "findings": findings}, ["", end], as_json=as_json)
    return 1 if wrong else 0


def checked(home: Home, given: str) -> Iterator[Finding]:
    """Everything that is looked at, in order; what rests on a part that is wrong is not looked at. Raises NotFound."""
    try:
        plugin = _plugin(home, given)
    except BadInput as error:
        yield Finding("plugin.toml", "wrong", error.what, error.do)
        return
    manifest, folder = plugin.manifest, plugin.folder
    yield Finding("plugin.toml", "ok", f"{manifest.title}: {manifest.about}. Brings {', '.join(manifest.kinds)}.")
    missing = missing_of(manifest)
    if missing:
        yield Finding("library", "remark", missing.words, missing.remedy)
    yield from look_at_readme(folder, manifest)
    yield from look_at_imports(folder, manifest)
    found = list(look_at_imported(plugin))
    yield from found
    tests = _tests_of(plugin)
    if tests is None:
        yield Finding(
            "tests", "wrong", f"There is no folder {folder / 'tests'}.", "Derive one from the suite of its kind."
        )
        return
    yield from look_at_tests(tests, manifest)
    if missing:
        yield Finding("tests", "wrong", "They cannot be run without its library.", missing.remedy)
    elif not any(finding.about in ("config", "runtime") and finding.state == "wrong" for finding in found):
        yield from run_tests(tests, None if tests.is_relative_to(folder) else bundled("plugins").parent)


def _plugin(home: Home, given: str) -> FoundPlugin:
    """The plugin of that name, or in that folder."""
    path = existing_path(given) if "/" in given or given in (".", "..") else None
    if path and path.is_dir():
        return read_plugin(path.resolve(), "home")
    return find_plugins(home).plugin(given)


def _tests_of(plugin: FoundPlugin) -> Path | None:
    """Where its tests are: in its folder; those of bundled ones stand with Sage's, in a checkout."""
    beside = bundled("plugins").parent / "tests" / "plugins" / plugin.name
    places = [plugin.folder / "tests", *([beside] if plugin.origin == "bundled" else [])]
    return next((place for place in places if place.is_dir()), None)


def _lines(finding: Finding) -> list[str]:
    told = f"{MARKS[finding.state]}{finding.about}: {finding.words}"
    return [told, f"       {finding.do}"] if finding.do else [told]


def _print(data: Any, lines: list[str], *, as_json: bool) -> None:
    if as_json and data is not None:
        sys.stdout.write(escape_json(msgspec.json.encode(data).decode()) + "\n")
    elif not as_json:
        sys.stdout.write("".join(f"{clean(line)}\n" for line in lines))
    sys.stdout.flush()


def run(home: Home, verb: str, given: Any) -> int:
    """Runs `new` or `check` as the command line gave it, and tells errors; returns the exit code."""
    try:
        if verb == "new":
            return new(home, given.name, given.kind, Path(given.into) if given.into else None, as_json=given.json)
        return check(home, given.name, as_json=given.json)
    except SageError as error:
        if given.json:
            told = {"error": error.kind, "what": error.what, "safe": error.safe, "do": error.do}
            sys.stderr.write(escape_json(msgspec.json.encode(told).decode()) + "\n")
        else:
            sys.stderr.write("".join(f"{clean(text)}\n" for text in filter(None, (error.what, error.safe, error.do))))
        return 1
