"""Plugins as a person and as an author meet them: on the command line, from a folder and from a distribution, with real
processes. What is not enabled is not imported, nowhere."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.client import running_engine
from sage.locations import Home
from tests.adapters.plugins.plugin_files import CONFIG, SOURCE, write_plugin
from tests.homes import engine_of, make_home, sage

LEAKS = "import pathlib\npathlib.Path({!r}).write_text('imported')\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    yield make_home(tmp_path, linger=20)


def converse(home: Home, words: list[str], *turns: tuple[str, str]) -> str:
    """What a terminal shows when each text, once it stands there, is answered with a line."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sage", *words, "--home", str(home.path)]
    asked = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, left, until = "", list(turns), time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096).decode(errors="replace")
            except OSError:  # Linux: nobody holds the other end any more
                break
        if left and left[0][0] in shown:
            os.write(ours, left.pop(0)[1].encode() + b"\n")
    asked.wait(10)
    os.close(ours)
    assert not left, shown
    return shown


def test_what_is_not_enabled_is_imported_nowhere(home: Home, tmp_path: Path) -> None:
    marker = tmp_path / "imported"
    leak = LEAKS.format(str(marker))
    write_plugin(home.plugins, config=leak + CONFIG, source=leak + SOURCE)
    settings = home.settings.read_text()
    home.settings.write_text(settings + "[plugins.demo.off]\npath = 'x'\n[plugins.demo.never_agreed]\nenabled = true\n")
    with engine_of(home) as engine:
        listed = json.loads(sage(home, "plugin", "list", "--json").stdout)
        sage(home, "plugin", "show", "demo", "off")
        sage(home, "task", "list")
        states = {
            one["id"]: one["state"] for one in next(p for p in listed["plugins"] if p["name"] == "demo")["accounts"]
        }
        children = Path(f"/proc/{engine.pid}/task/{engine.pid}/children")
        assert not children.exists() or not children.read_text().split()
    assert states == {"demo/off": "off", "demo/never_agreed": "parked"}
    assert not marker.exists()


def test_looking_for_plugins_imports_no_module_of_any(home: Home, tmp_path: Path) -> None:
    write_plugin(home.plugins)
    code = f"""
import sys
from pathlib import Path
from sage.adapters.plugins.found import find_plugins
from sage.adapters.plugins.missing import missing_of
from sage.locations import Home
before = set(sys.modules)
found = find_plugins(Home(Path({str(home.path)!r})))
for plugin in found.plugins.values():
    missing_of(plugin.manifest)
print(len(found.plugins), sorted(set(sys.modules) - before - set(sys.stdlib_module_names)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    count, _, modules = done.stdout.strip().partition(" ")
    assert int(count) > 1
    assert not [name for name in eval(modules) if name.partition(".")[0] not in sys.stdlib_module_names]


def test_a_person_sees_what_it_gets_agrees_and_types_the_secret_unseen(home: Home) -> None:
    source = SOURCE.replace("self.ctx.config.path", "'got ' + self.ctx.secret('password').reveal()[:4]")
    write_plugin(home.plugins, more='secrets = ["password"]\n', source=source)
    with engine_of(home):
        refused = converse(home, ["plugin", "enable", "demo", "mine", "path=x"], ("Enable it? [y/N]", "n"))
        assert "It was not enabled." in refused and "plugins.demo" not in home.settings.read_text()
        shown = converse(
            home,
            ["plugin", "enable", "demo/mine", "path=x"],
            ("Enable it? [y/N]", "y"),
            ("password:", "open sesame"),
        )
        assert "SHA-256" in shown and "trusted with the account" in shown and "SAGE_DEMO_MINE_PASSWORD" in shown
        assert "demo/mine · on" in shown and "open sesame" not in shown
        assert "got open" in sage(home, "task", "list").stdout
        assert (
            "open sesame"
            not in home.settings.read_text() + sage(home, "plugin", "show", "demo", "mine", "--json").stdout
        )
        why = sage(home, "why", "demo/mine").stdout
        assert "demo/mine is on" in why and "settings.toml line" in why and "open sesame" not in why
        off = sage(home, "plugin", "disable", "demo", "mine").stdout
        assert "demo/mine · off" in off and "Its settings and secrets stay." in off


def test_without_a_terminal_the_missing_secret_is_named(home: Home) -> None:
    write_plugin(home.plugins, more='secrets = ["password"]\n')
    with engine_of(home):
        refused = sage(home, "plugin", "enable", "demo", "mine", "path=x", "--yes")
        assert refused.returncode == 1 and "sage keys set SAGE_DEMO_MINE_PASSWORD" in refused.stderr
        assert sage(home, "plugin", "enable", "demo", "mine", "path=x").returncode == 1  # nobody can be asked


def test_one_from_a_distribution_runs_once_it_was_agreed_to(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    write_plugin(site / "sage_demo", package="sage_demo")
    (site / "sage_demo" / "__init__.py").touch()
    info = site / "sage_demo-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sage-demo\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[sage.plugins]\ndemo = sage_demo.demo\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), *sys.path]))
    with engine_of(home):
        listed = sage(home, "plugin", "list").stdout
        assert "demo         Demo (installed)" in listed
        enabled = sage(home, "plugin", "enable", "demo", "mine", "path=from the distribution", "--yes")
        assert "demo/mine · on" in enabled.stdout, enabled.stderr
        assert "from the distribution" in sage(home, "task", "list").stdout
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sage-demo\nVersion: 1.3\n")
        assert "not those that you agreed to" in sage(home, "plugin", "start", "demo/mine").stdout


def test_a_new_plugin_goes_from_nothing_to_a_task_in_sage(home: Home, tmp_path: Path) -> None:
    assert "A working plugin stands in" in sage(home, "plugin", "new", "garden", "--kind", "tasks").stdout
    again = sage(home, "plugin", "new", "garden", "--kind", "tasks")
    assert again.returncode == 1 and "There is a plugin garden already." in again.stderr
    checked = sage(home, "plugin", "check", "garden", "--json")
    assert checked.returncode == 0 and json.loads(checked.stdout)["well"], checked.stdout
    assert not running_engine(home)
    file = tmp_path / "tasks.json"
    file.write_text('{"t1": {"text": "Rake the leaves", "due": "2026-11-27", "done_on": ""}}')
    with engine_of(home):
        assert "garden/mine · on" in sage(home, "plugin", "enable", "garden", "mine", f"file={file}", "--yes").stdout
        assert "Rake the leaves" in sage(home, "task", "list").stdout
        sage(home, "task", "done", "Rake")
    assert json.loads(file.read_text())["t1"]["done_on"]


@pytest.mark.parametrize(
    ("wrong", "line", "other"),
    [
        ("plugins = 3\n", "settings.toml line 1: `plugins` is in the wrong place", False),
        ("[plugins.mail]\nme = 1\n", "settings.toml line 2: `plugins.mail.me` is in the wrong place", True),
        ("[plugins.mail.'a b\u202e']\nenabled = true\n", "settings.toml line 1: 'a b", True),
    ],
)
def test_what_is_no_account_stops_nothing_is_told_and_is_left_as_it_is(
    home: Home, wrong: str, line: str, other: bool
) -> None:
    write_plugin(home.plugins)
    settings = wrong + home.settings.read_text()
    home.settings.write_text(settings)
    with engine_of(home):
        for words in (["note", "A demo note"], ["task", "list"], ["agenda"], ["profile", "show"]):
            done = sage(home, *words)
            assert done.returncode == 0 and done.stderr.count(line) == 1, (words, done.stderr)
            assert "\u202e" not in done.stderr and "All else goes on without it." in done.stderr
        listed = sage(home, "plugin", "list")
        assert listed.returncode == 0 and line in listed.stdout and line not in listed.stderr
        assert line in sage(home, "doctor").stdout
        assert home.settings.read_text() == settings
        enabled = sage(home, "plugin", "enable", "demo", "mine", "path=x", "--yes")
        if other:
            assert enabled.returncode == 0 and "demo/mine · on" in enabled.stdout
            assert home.settings.read_text().startswith(wrong)
        else:
            assert enabled.returncode == 1 and "is not a table" in enabled.stderr
            assert home.settings.read_text() == settings
