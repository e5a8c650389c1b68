from __future__ import annotations

import os
import py_compile
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from sage.adapters.plugins import describe
from sage.adapters.plugins.describe import ConfigKey, ConfigMisfit, check_config, described, keys_of
from sage.adapters.plugins.found import FoundPlugin, read_plugin
from sage.adapters.plugins.imported import imported
from sage.core.errors import BadInput
from tests.adapters.plugins.plugin_files import CONFIG, write_plugin


def plugin(root: Path, config: str = CONFIG) -> FoundPlugin:
    return read_plugin(write_plugin(root, config=config), "home")


def test_keys_are_told_by_a_process_once_for_the_same_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo, kept = plugin(tmp_path / "plugins"), tmp_path / "kept"
    keys = described(demo, kept, kept)
    assert keys == (
        ConfigKey("path", "a text in quotes", "Where the demo stands.", required=True),
        ConfigKey("limit", "a whole number from 1 to 9", "How many at most.", "5", shape="other"),
    )
    assert not [name for name in sys.modules if name.startswith("sage_plugins") and "demo" in name]
    monkeypatch.setattr(describe, "COMMAND", ("false",))
    assert described(demo, kept, kept) == keys
    (demo.folder / "config.py").write_text(CONFIG + "# other")
    with pytest.raises(BadInput, match="cannot be described"):
        described(read_plugin(demo.folder, "home"), kept, kept)


@pytest.mark.parametrize(
    ("values", "key", "says"),
    [
        ({"path": "x", "limit": 3}, "", ""),
        ({}, "path", "`path` is missing."),
        ({"path": 3}, "path", "`path` must be a text in quotes."),
        ({"path": "x", "limit": 30}, "limit", "`limit` must be a whole number from 1 to 9."),
        ({"path": "x", "limt": 3}, "limt", "`limt` is no setting of this plugin; did you mean `limit`?"),
        ({"path": "x", "colour": "red"}, "colour", "`colour` is no setting of this plugin."),
    ],
)
def test_settings_are_checked_in_a_process(tmp_path: Path, values: dict[str, Any], key: str, says: str) -> None:
    demo = plugin(tmp_path)
    if not says:
        check_config(demo, tmp_path / "copies", values)
        return
    with pytest.raises(ConfigMisfit) as caught:
        check_config(demo, tmp_path / "copies", values)
    assert (caught.value.key, caught.value.what) == (key, says)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("import no_such_library", "No module named 'no_such_library'"),
        ("raise RuntimeError('oh')", "RuntimeError: oh"),
        ("import os; os._exit(3)", "the process ended"),
        ("print('{}'); import sys; sys.exit(0)", "config:Config: {}"),
        ("import time; time.sleep(60)", "took longer than"),
        ("Config = 3", "AttributeError"),
        ("", "AttributeError"),
    ],
)
def test_one_that_fails_at_import_is_told_and_hurts_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str, says: str
) -> None:
    monkeypatch.setattr(describe, "WITHIN", 2.0 if "sleep" in config else 30.0)
    with pytest.raises(BadInput) as caught:
        described(plugin(tmp_path, config), tmp_path / "kept", tmp_path / "copies")
    assert says in caught.value.what and "sage plugin check demo" in caught.value.do


def test_what_a_config_prints_is_no_part_of_the_answer(tmp_path: Path) -> None:
    assert len(described(plugin(tmp_path, "print('hello')\n" + CONFIG), tmp_path / "kept", tmp_path / "copies")) == 2


def test_kinds_are_told_in_plain_words() -> None:
    class Config(BaseModel):
        where: tuple[str, ...] = ("a", "ü")
        how: Literal["one", "two"] = "one"
        headers: dict[str, str] = Field(default_factory=dict)
        other: int | None = None

    told = {key.key: (key.kind, key.default) for key in keys_of(Config)}
    assert told == {
        "where": ('a list of texts, such as ["one", "two"]', '["a", "ü"]'),
        "how": ('one of "one", "two"', '"one"'),
        "headers": ('a table, such as {name = "value"}', "{}"),
        "other": ("a whole number", ""),
    }


@pytest.mark.parametrize("name", ["config.py", "__init__.py"])
def test_compiled_code_beside_a_plugin_is_never_run(tmp_path: Path, name: str) -> None:
    demo = plugin(tmp_path)
    source = demo.folder / name
    agreed = source.read_text() + "raise RuntimeError('as agreed')\n"
    source.write_text(agreed.replace("as agreed", "as hidden"))
    compiled = Path(py_compile.compile(str(source), doraise=True) or "")
    written = source.stat()
    source.write_text(agreed)
    os.utime(source, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert compiled.parent.name == "__pycache__" and source.stat().st_size == written.st_size
    with pytest.raises(BadInput, match="as agreed"):
        described(read_plugin(demo.folder, "home"), tmp_path / "kept", tmp_path / "copies")


def test_the_keys_of_others_are_out_of_reach_while_it_is_only_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_PROVIDER_API_KEY", "k3y")
    demo = plugin(tmp_path, "import os\nraise RuntimeError(os.environ.get('SOME_PROVIDER_API_KEY', 'no key'))\n")
    with pytest.raises(BadInput, match="no key"):
        described(demo, tmp_path / "kept", tmp_path / "copies")
    wrong = imported(demo).wrong
    assert wrong and "no key" in wrong[1]
