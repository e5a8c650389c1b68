from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sage.adapters.plugins import agreed_code
from sage.adapters.plugins.agreed_code import clear_copies, code_of
from sage.adapters.plugins.describe import check_config
from sage.adapters.plugins.found import FoundPlugin, find_plugins, read_plugin
from sage.adapters.plugins.pins import digest_of
from sage.core.errors import BadInput
from sage.locations import Home
from tests.adapters.plugins.plugin_files import write_plugin

SAYS = (
    "from pydantic import BaseModel\nfrom {place} import WORD\nclass Config(BaseModel):\n    raise RuntimeError(WORD)\n"
)


def demo(root: Path, **parts: str) -> FoundPlugin:
    return read_plugin(write_plugin(root, **parts), "home")


def test_what_came_with_sage_runs_where_it_stands(tmp_path: Path) -> None:
    plugin = read_plugin(write_plugin(tmp_path / "shipped"), "bundled")
    assert code_of(plugin, tmp_path / "copies") == tmp_path / "shipped" and not (tmp_path / "copies").exists()


def test_a_copy_has_the_files_that_count_and_no_others(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugins")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "linked.py").write_text("x = 1")
    (folder / "far").symlink_to(tmp_path / "far")
    (folder / "words.txt").write_text("data")
    (folder / "run.sh").write_text("true")
    (folder / "run.sh").chmod(0o755)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "planted.py").write_text("x = 1")
    os.mkfifo(folder / "a_pipe")
    plugin = read_plugin(folder, "home")
    copy = code_of(plugin, tmp_path / "copies") / "demo"
    assert {str(path.relative_to(copy)) for path in copy.rglob("*") if not path.is_dir()} == {
        "plugin.toml", "__init__.py", "config.py", "source.py", "words.txt", "run.sh", "far/linked.py",
    }  # fmt: skip
    assert not any(path.is_symlink() for path in copy.rglob("*")) and digest_of(copy) == plugin.digest
    modes = {name: (copy / name).stat().st_mode & 0o777 for name in ("source.py", "run.sh", "far")}
    assert modes == {"source.py": 0o400, "run.sh": 0o500, "far": 0o700}


def test_a_copy_stays_as_it_is_while_its_folder_changes_and_is_made_again_when_it_is_not(tmp_path: Path) -> None:
    plugin, copies = demo(tmp_path / "plugins"), tmp_path / "copies"
    place = code_of(plugin, copies)
    agreed = (place / "demo" / "source.py").read_bytes()
    before = (place / "demo" / "source.py").stat().st_ino
    assert code_of(plugin, copies) == place and (place / "demo" / "source.py").stat().st_ino == before
    (place / "demo" / "planted.py").write_text("x = 1")
    assert code_of(plugin, copies) == place and not (place / "demo" / "planted.py").exists()
    (plugin.folder / "source.py").write_text("other = 1")
    assert (code_of(plugin, copies) / "demo" / "source.py").read_bytes() == agreed
    shutil.rmtree(copies)
    with pytest.raises(BadInput, match="changed while they were looked at"):
        code_of(plugin, copies)
    assert not list(copies.iterdir())


def test_a_file_that_changes_between_look_and_copy_is_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = demo(tmp_path / "plugins")
    listed = agreed_code.files_of

    def later(folder: Path) -> dict[str, Path]:
        found = listed(folder)
        (plugin.folder / "source.py").write_text("other = 1")
        return found

    monkeypatch.setattr(agreed_code, "files_of", later)
    with pytest.raises(BadInput, match="changed while they were looked at"):
        code_of(plugin, tmp_path / "copies")


def test_copies_of_what_is_no_plugin_any_more_go(tmp_path: Path) -> None:
    one, two = demo(tmp_path / "a"), demo(tmp_path / "b", source="x = 1")
    copies = tmp_path / "copies"
    places = [code_of(plugin, copies) for plugin in (one, two)]
    (copies / ".left over").mkdir()
    clear_copies(copies, [two])
    assert list(copies.iterdir()) == [places[1]]
    clear_copies(tmp_path / "nothing", [])


def test_a_module_of_a_neighbour_is_out_of_reach(tmp_path: Path) -> None:
    write_plugin(tmp_path / "plugins", "other", config="WORD = 'of the other'")
    plugin = demo(tmp_path / "plugins", config=SAYS.format(place="sage_plugins.other.config"))
    with pytest.raises(BadInput, match=r"No module named .sage_plugins\.other"):
        check_config(plugin, tmp_path / "copies", {})


def test_an_installed_package_runs_from_its_copy_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, home = tmp_path / "site", Home(tmp_path / "home")
    write_plugin(site / "sage_demo", package="sage_demo", config=SAYS.format(place="sage_demo.words"), source="x = 1")
    (site / "sage_demo" / "__init__.py").touch()
    (site / "sage_demo" / "words.py").write_text("WORD = __file__")
    info = site / "sage_demo-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sage-demo\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[sage.plugins]\ndemo = sage_demo.demo\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', Path.cwd())}")
    plugin = find_plugins(home).plugin("demo")
    with pytest.raises(BadInput) as raised:
        check_config(plugin, tmp_path / "copies", {})
    assert str(tmp_path / "copies" / plugin.digest / "sage_demo" / "words.py") in raised.value.what
