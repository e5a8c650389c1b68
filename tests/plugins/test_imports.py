"""What the bundled plugins import: of Sage its plugin API alone, and no library before it is needed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.locations import bundled
from sage.testing.plugins.accounts import folder_of, manifest_of

MODULES = sorted(bundled("plugins").glob("*/**/*.py"))
OF_SAGE = ("sage.plugin_api", "sage.plugin_files")
PLUGINS = sorted(path.parent.name for path in bundled("plugins").glob("*/plugin.toml"))
LIGHT = {"sage", "msgspec", "pydantic", *sys.stdlib_module_names}


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported, but for the plugin's own (relative) ones."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module
            yield node.module


def at_import(module: Path) -> set[str]:
    """The top-level names of what importing a module imports, and its siblings that it imports: what stands in no function
    and is not for types alone."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if for_types or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = []
    found = {name.partition(".")[0] for name in imports(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= set().union(*(at_import(module.parent / f"{name}.py") for name in names))
    return found


def outside(text: str) -> list[str]:
    """What a module imports of Sage besides the plugin API."""
    of_sage = (
        name for name in imports(ast.parse(text)) if name.partition(".")[0] in ("sage", "sage_plugins", "plugins")
    )
    return [name for name in of_sage if not any(name == each or name.startswith(f"{each}.") for each in OF_SAGE)]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_plugin_imports_of_sage_the_plugin_api_alone(module: Path) -> None:
    assert outside(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_imports_its_library_when_it_is_needed(plugin: str) -> None:
    manifest = manifest_of(plugin)
    for place in (manifest.config, manifest.runtime):
        assert at_import(folder_of(plugin) / f"{place.partition(':')[0].rpartition('.')[2]}.py") <= LIGHT


def test_what_is_forbidden_is_seen() -> None:
    assert outside("import sage.engine") == ["sage.engine"]
    assert outside("def run():\n    from sage.core.plans import Task") == ["sage.core.plans"]
    assert outside("from sage import plugin_api") == ["sage"]
    assert outside("from sage.plugin_apis import x") == ["sage.plugin_apis"]


def test_what_is_heavy_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import httpx")
    (tmp_path / "b.py").write_text("def run():\n    import httpx\n    from . import a")
    (tmp_path / "c.py").write_text("from .a import x")
    assert [at_import(tmp_path / f"{name}.py") for name in "abc"] == [{"httpx"}, set(), {"httpx"}]
