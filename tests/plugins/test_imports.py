"""What the bundled plugins import: of Sage its plugin API alone, and no library before it is needed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.locations import bundled

MODULES = sorted(bundled("plugins").glob("*/**/*.py"))
OF_SAGE = ("sage.plugin_api", "sage.plugin_files")
LIGHT = {"sage", "msgspec", "pydantic", *sys.stdlib_module_names}


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported, but for the plugin's own (relative) ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module
            yield node.module


def at_import(text: str) -> set[str]:
    """The top-level names of what importing a module imports: what stands in no function and is not for types alone."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if for_types or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = []
    return {name.partition(".")[0] for name in imports(tree)}


def outside(text: str) -> list[str]:
    """What a module imports of Sage besides the plugin API."""
    of_sage = (
        name for name in imports(ast.parse(text)) if name.partition(".")[0] in ("sage", "sage_plugins", "plugins")
    )
    return [name for name in of_sage if not any(name == each or name.startswith(f"{each}.") for each in OF_SAGE)]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_plugin_imports_of_sage_the_plugin_api_alone(module: Path) -> None:
    assert outside(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_plugin_imports_its_library_when_it_is_needed(module: Path) -> None:
    assert at_import(module.read_text(encoding="utf-8")) <= LIGHT


def test_what_is_forbidden_is_seen() -> None:
    assert outside("import sage.engine") == ["sage.engine"]
    assert outside("def run():\n    from sage.core.plans import Task") == ["sage.core.plans"]
    assert outside("from sage import plugin_api") == ["sage"]
    assert outside("from sage.plugin_apis import x") == ["sage.plugin_apis"]
    assert at_import("import httpx") == {"httpx"}
    assert at_import("def run():\n    import httpx") == set()
