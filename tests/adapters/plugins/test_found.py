from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from sage.adapters.plugins import pins
from sage.adapters.plugins.found import find_plugins, read_plugin
from sage.core.errors import BadInput, NotFound
from sage.locations import Home, bundled
from tests.adapters.plugins.plugin_files import write_plugin


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def troubles(home: Home) -> dict[str, str]:
    return {broken.name: str(broken.trouble) for broken in find_plugins(home).broken}


def test_every_bundled_plugin_is_found_and_sound(home: Home) -> None:
    found = find_plugins(home)
    assert not found.broken
    folders = {path.parent.name for path in bundled("plugins").glob("*/plugin.toml")}
    assert set(found.plugins) == folders and not any(plugin.outside for plugin in found.plugins.values())


def test_a_plugin_in_the_home_is_found_and_not_imported(home: Home) -> None:
    write_plugin(home.plugins, source="raise SystemExit('imported')", config="raise SystemExit('imported')")
    before = set(sys.modules)
    demo = find_plugins(home).plugin("demo")
    assert (demo.origin, demo.outside, demo.folder) == ("home", True, home.plugins / "demo")
    assert len(demo.digest) == 64 and not [name for name in set(sys.modules) - before if "demo" in name]


def test_what_is_no_plugin_is_passed_over(home: Home) -> None:
    (home.plugins / "notes").mkdir(parents=True)
    (home.plugins / "README.md").write_text("hello")
    assert "notes" not in find_plugins(home).plugins and not troubles(home)


def test_one_that_is_broken_is_its_own_trouble(home: Home) -> None:
    for name in ("well", "torn", "binary", "nothing", "large", "closed"):
        write_plugin(home.plugins, name)
    (home.plugins / "torn" / "plugin.toml").write_text("name = ")
    (home.plugins / "binary" / "plugin.toml").write_bytes(b"\xff\xfe")
    (home.plugins / "nothing" / "plugin.toml").write_text("")
    (home.plugins / "large" / "plugin.toml").write_text("#" * 200_000)
    (home.plugins / "closed" / "plugin.toml").unlink()
    (home.plugins / "closed" / "plugin.toml").symlink_to("gone.toml")
    os.mkfifo(write_plugin(home.plugins, "pipe") / "a_pipe")
    (home.plugins / "pipe" / "plugin.toml").unlink()
    os.mkfifo(home.plugins / "pipe" / "plugin.toml")
    found = find_plugins(home)
    assert "well" in found.plugins
    told = troubles(home)
    assert "cannot be read as TOML" in told["torn"] and "Mend that line" in told["torn"]
    assert "not UTF-8" in told["binary"] and "missing required field" in told["nothing"]
    assert "at most 100 kB" in told["large"] and "at most 100 kB" in told["pipe"]
    assert f"there is no {home.plugins / 'closed' / 'plugin.toml'}" in told["closed"]
    assert set(told) == {"torn", "binary", "nothing", "large", "closed", "pipe"}
    with pytest.raises(BadInput, match="cannot be read as TOML"):
        found.plugin("torn")
    with pytest.raises(NotFound, match="sage plugin list"):
        found.plugin("unheard")


def test_a_hostile_folder_name_is_refused(home: Home) -> None:
    write_plugin(home.plugins, "de\x1b[31mmo")
    (told,) = troubles(home).values()
    assert "\x1b" not in told.replace(str(home.plugins), "") and "was not started" in told


@pytest.mark.parametrize("place", ["os:system", "sage_plugins.other.source:Demo", "sage_plugins.demonic.source:Demo"])
@pytest.mark.parametrize("key", ["runtime", "config"])
def test_code_that_would_not_be_pinned_is_refused(home: Home, key: str, place: str) -> None:
    manifest = write_plugin(home.plugins) / "plugin.toml"
    lines = [line for line in manifest.read_text().splitlines() if not line.startswith(key)]
    manifest.write_text("\n".join([*lines, f'{key} = "{place}"']))
    told = troubles(home)["demo"]
    assert f"`{key}` is '{place}', which is no code of its own." in told and "sage_plugins.demo.source:Name" in told


def test_a_bundled_name_cannot_be_taken_over(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped"
    write_plugin(shipped, "todo")
    monkeypatch.setattr("sage.adapters.plugins.found.bundled", lambda kind: shipped)
    write_plugin(home.plugins, "todo")
    found = find_plugins(home)
    assert found.plugin("todo").origin == "bundled"
    assert str(shipped / "todo") in troubles(home)["todo"] and str(home.plugins / "todo") in troubles(home)["todo"]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution with an entry point, as pip would leave it."""
    site = tmp_path / "site"
    write_plugin(site / "sage_demo", package="sage_demo")
    (site / "sage_demo" / "__init__.py").write_text("raise SystemExit('imported')")
    info = site / "sage_demo-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sage-demo\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[sage.plugins]\ndemo = sage_demo.demo\n")
    monkeypatch.syspath_prepend(str(site))
    return site


def test_an_installed_one_is_found_by_its_entry_point_and_not_imported(home: Home, installed: Path) -> None:
    demo = find_plugins(home).plugin("demo")
    assert (demo.origin, demo.folder) == ("installed", installed / "sage_demo" / "demo")
    assert demo.outside and "sage_demo" not in sys.modules
    before = demo.digest
    (installed / "sage_demo" / "other.py").write_text("x = 1")
    assert find_plugins(home).plugin("demo").digest != before


def test_another_version_of_an_installed_one_is_other_code(home: Home, installed: Path) -> None:
    before = find_plugins(home).plugin("demo").digest
    (installed / "sage_demo-1.2.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: sage-demo\nVersion: 1.3\n"
    )
    assert find_plugins(home).plugin("demo").digest != before


def test_an_entry_point_to_nowhere_is_a_trouble(home: Home, installed: Path) -> None:
    shutil.rmtree(installed / "sage_demo")
    assert "there is no" in troubles(home)["demo"]


def test_two_from_outside_with_one_name_are_both_refused(home: Home, installed: Path) -> None:
    write_plugin(home.plugins)
    found = find_plugins(home)
    assert "demo" not in found.plugins and len(found.broken) == 2
    told = troubles(home)["demo"]
    assert str(home.plugins / "demo") in told and str(installed / "sage_demo" / "demo") in told


# -- the digest


def test_any_changed_added_renamed_or_removed_file_is_another_digest(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path)
    seen = {pins.digest_of(folder)}

    def other() -> bool:
        digest = pins.digest_of(folder)
        new = digest not in seen
        seen.add(digest)
        return new

    (folder / "source.py").write_text("x = 1")
    assert other()
    (folder / "data").mkdir()
    (folder / "data" / "x.bin").write_bytes(b"\0")
    assert other()
    (folder / "data" / "x.bin").rename(folder / "data" / "y.bin")
    assert other()
    (folder / "data" / "y.bin").write_bytes(b"")
    assert other()
    (folder / "source.pyc").write_bytes(b"x")
    assert other()


def test_what_programs_leave_beside_code_changes_nothing(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path)
    before = pins.digest_of(folder)
    for name in ("__pycache__", ".git", ".pytest_cache"):
        (folder / name).mkdir()
        (folder / name / "x").write_text("x")
    assert pins.digest_of(folder) == before


def test_bytes_cannot_move_from_one_file_to_the_next_unseen(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, first, second in ((one, "ab", "c"), (two, "a", "bc")):
        folder.mkdir()
        (folder / "a.py").write_text(first)
        (folder / "b.py").write_text(second)
    assert pins.digest_of(one) != pins.digest_of(two)


def test_linked_code_counts_and_a_circle_of_links_ends(tmp_path: Path) -> None:
    folder, elsewhere = write_plugin(tmp_path / "a"), tmp_path / "b"
    elsewhere.mkdir()
    (elsewhere / "more.py").write_text("x = 1")
    (folder / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)
    before = pins.digest_of(folder)
    (elsewhere / "more.py").write_text("x = 2")
    assert pins.digest_of(folder) != before


def test_a_folder_with_far_too_much_in_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_plugin(tmp_path)
    monkeypatch.setattr(pins, "MOST_FILES", 3)
    with pytest.raises(BadInput, match="more than 3 files"):
        read_plugin(folder, "home")
