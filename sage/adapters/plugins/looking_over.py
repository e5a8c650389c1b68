"""What can be said of a plugin's folder by reading it: its imports, its guide, what it claims and whether it is tested."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from sage.core.plugins.manifest import Manifest
from sage.plugin_api import Capability, Kind

State = Literal["ok", "remark", "wrong"]
ALLOWED = frozenset({"pydantic", "msgspec", "typing_extensions", "annotated_types"})
"""What besides the standard library may be imported at the top of a plugin's modules: Sage always has it."""
SUITES: dict[Kind, str] = {
    "tasks": "TaskSourceConformance",
    "messaging": "MessagingConformance",
    "calendar": "CalendarSourceConformance",
    "tools": "ToolSourceConformance",
}
METHODS: dict[Capability, str] = {
    "CREATE": "create",
    "UPDATE": "update",
    "COMPLETE": "complete",
    "CHANGES": "changes",
    "SEND": "send",
    "DRAFT": "draft",
}
"""The method that each of these capabilities is a promise about."""


class Finding(Struct, frozen=True):
    """One thing that was looked at. `do`: what mends it ("": nothing is to be mended)."""

    about: str
    state: State
    words: str
    do: str = ""


def look_at_imports(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Whether the code imports of Sage its API alone, and nothing heavy before it is asked to: in what is imported with its
    config and runtime. A module that only a function imports may have its library at the top."""
    wrong, trees = False, dict[Path, ast.Module]()
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder)
        if "tests" in place.parts[:-1]:
            continue
        try:
            trees[path] = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError, OSError) as error:
            line = f" line {error.lineno}" if isinstance(error, SyntaxError) else ""
            yield Finding("imports", "wrong", f"{place}{line} cannot be read as Python.", "Mend it.")
            return
    first = _first_imported(folder, manifest, trees)
    for path, tree in trees.items():
        for name, line_number, at_top in _imports(tree):
            if told := _told_import(name, at_top and path in first, manifest):
                wrong = True
                place = path.relative_to(folder)
                yield Finding("imports", "wrong", f"{place} line {line_number} imports {name}{told[0]}", told[1])
    if not wrong:
        yield Finding("imports", "ok", "Of Sage it imports sage.plugin_api alone, and nothing heavy at the top.")


def _told_import(name: str, at_top: bool, manifest: Manifest) -> tuple[str, str] | None:
    top = name.partition(".")[0]
    if top == "sage" and name != "sage.plugin_api" and not f"{name}.".startswith("sage.plugin_files."):
        return (", which is Sage's own affair.", "Import sage.plugin_api; what is missing there can be asked for.")
    if top == "sage_plugins" and not f"{name}.".startswith(f"sage_plugins.{manifest.name}."):
        return (", which is another plugin.", "A plugin stands alone: copy what it needs, or install it as a library.")
    if at_top and top not in {"sage", "sage_plugins", *ALLOWED} and top not in sys.stdlib_module_names:
        return (" at the top of the module.", "Import it inside the function that uses it.")
    return None


def _first_imported(folder: Path, manifest: Manifest, trees: Mapping[Path, ast.Module]) -> set[Path]:
    """The modules that are imported before a function asks for more; all of them, if those that the manifest names are not
    found here."""
    waiting = [folder / "__init__.py"]
    for place in (manifest.config, manifest.runtime):
        parts = place.partition(":")[0].split(".")
        named = [
            path for number in range(len(parts)) for path in _files(folder.joinpath(*parts[number:])) if path in trees
        ]
        if not named:
            return set(trees)
        waiting.append(named[0])
    found = set[Path]()
    while waiting:
        path = waiting.pop()
        if path in trees and path not in found:
            found.add(path)
            waiting += [file for module in _own_imports(path, trees[path], folder, manifest) for file in _files(module)]
    return found


def _files(module: Path) -> tuple[Path, Path]:
    return module.with_name(f"{module.name}.py"), module / "__init__.py"


def _own_imports(path: Path, tree: ast.Module, folder: Path, manifest: Manifest) -> Iterator[Path]:
    """The plugin's modules that importing this one may import, as paths without an ending."""
    package = f"{manifest.runtime.partition(':')[0].rpartition('.')[0]}."
    for name, _, at_top in _imports(tree):
        if at_top and name.startswith(package):
            yield folder.joinpath(*name.removeprefix(package).split("."))
    late = _late(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and id(node) not in late:
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            yield from (base, *(base / alias.name for alias in node.names))


def _late(tree: ast.Module) -> set[int]:
    """The ids of all that is done only when a function is called, or by a type checker."""
    late = {id(node) for part in ast.walk(tree) if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for node in ast.walk(part)}  # fmt: skip
    return late | {id(node) for part in ast.walk(tree) if isinstance(part, ast.If)
                   and "TYPE_CHECKING" in ast.dump(part.test) for node in ast.walk(part)}  # fmt: skip


def _imports(tree: ast.Module) -> Iterator[tuple[str, int, bool]]:
    """Every module that is imported: its name, the line, and whether importing this module imports it."""
    inside = _late(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, id(node) not in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "sage":
            yield from ((f"sage.{alias.name}", node.lineno, id(node) not in inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "", node.lineno, id(node) not in inside)


def look_at_readme(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Whether its README says how it is set up, how it was tested, and how it is removed."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, ValueError):
        yield Finding("README", "wrong", "There is no README.md.", "Write one: set-up, tier, removal.")
        return
    wanted = (
        (r"(?im)^\W*set-?up\b", "how it is set up", "Write a part that begins with “Set-up:”."),
        (rf"(?i)\btier {manifest.tier}\b", f"that it is tier {manifest.tier}, as its plugin.toml does",
         f"Write “Tier {manifest.tier}: tested against …”, and what was never run live."),
        (r"(?im)^\W*removal\b", "how it is removed", "Write a part that begins with “Removal:”, and what stays."),
    )  # fmt: skip
    missing = [(what, do) for pattern, what, do in wanted if not re.search(pattern, text)]
    for what, do in missing:
        yield Finding("README", "wrong", f"README.md does not say {what}.", do)
    if not missing:
        yield Finding("README", "ok", "README.md says how it is set up, tested and removed.")


def look_at_tests(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Whether its tests derive from the suite of each of its kinds."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("test_*.py"))]
    if not texts:
        yield Finding("tests", "wrong", f"There are no tests in {folder}.", "Derive one from the suite of its kind.")
        return
    for kind in manifest.kinds:
        suite = SUITES.get(kind)
        if suite and not any(_derives(text, suite) for text in texts):
            do = f"Write a class that derives from {suite} and names the plugin."
            yield Finding("tests", "wrong", f"No test derives from the suite for {kind}.", do)


def _derives(text: str, suite: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    bases = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    return any(suite in (getattr(base, "id", ""), getattr(base, "attr", "")) for base in bases)
