"""A new plugin is green at once, and `check` says what was broken in it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from sage.adapters.plugins import testing
from sage.adapters.plugins.found import read_plugin
from sage.adapters.plugins.looking_over import Finding, look_at_imports
from sage.adapters.plugins.skeleton import KINDS, write_skeleton
from sage.core.errors import BadInput
from sage.engine import plugin_author
from sage.engine.plugin_author import checked
from sage.locations import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def wrong(findings: list[Finding]) -> list[str]:
    return [f"{finding.about}: {finding.words} {finding.do}" for finding in findings if finding.state == "wrong"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_is_green_at_once(home: Home, kind: str) -> None:
    folder = write_skeleton("my_notes", kind, home.plugins)
    assert not [path for path in folder.rglob("*") if "keleton" in path.name]
    assert not [path for path in folder.rglob("*.*") if re.search("keleton", path.read_text())]
    findings = list(checked(home, "my_notes"))
    assert not wrong(findings)
    assert not [finding.words for finding in findings if re.search(r"claim \w+$", finding.words)]
    (held,) = [finding.words for finding in findings if finding.about == "tests" and finding.state == "ok"]
    assert re.fullmatch(r"\d+ tests hold\.", held)
    assert len((folder / "source.py").read_text().splitlines()) <= 130


@pytest.mark.parametrize("name", ["My", "my-notes", "../x", "class", "x" * 40, "", "1a"])
def test_a_name_that_is_none_is_refused_and_nothing_is_written(home: Home, name: str) -> None:
    with pytest.raises(BadInput, match="cannot be a plugin's name"):
        write_skeleton(name, "tasks", home.plugins)
    assert not home.path.exists()


def test_nothing_is_written_over_and_no_name_taken_twice(home: Home) -> None:
    write_skeleton("notes", "tasks", home.plugins)
    with pytest.raises(BadInput, match="is there already"):
        write_skeleton("notes", "tools", home.plugins)
    with pytest.raises(BadInput, match="There is a plugin ics already"):
        write_skeleton("ics", "tasks", home.plugins, {"ics"})


def edit(name: str, before: str, after: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after))

    return do


def add(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text((folder / name).read_text() + text) and None


def beside(text: str, imported: str) -> Callable[[Path], None]:
    """Another module, and how the source imports it."""

    def do(folder: Path) -> None:
        (folder / "more.py").write_text(text)
        edit("source.py", "import json", f"import json\n{imported}")(folder)

    return do


def test_a_module_that_only_a_function_imports_may_be_heavy(home: Home) -> None:
    folder = write_skeleton("mine", "tasks", home.plugins)
    (folder / "more.py").write_text("import httpx\nimport sage.locations\n")
    add("source.py", "\n\ndef more():\n    from .more import httpx\n")(folder)
    (only,) = look_at_imports(folder, read_plugin(folder, "home").manifest)
    assert only.state == "wrong" and "sage.locations" in only.words


BREAKS = {
    "no manifest line": (edit("plugin.toml", "api = 1\n", ""), "plugin.toml: .*missing required field `api`"),
    "another api": (edit("plugin.toml", "api = 1", "api = 7"), "plugin.toml: .*version 7.*Update Sage"),
    "no readme": (lambda folder: (folder / "README.md").unlink(), r"README: There is no README\.md"),
    "no set-up": (edit("README.md", "Set-up", "Go"), "README: README.md does not say how it is set up"),
    "another tier": (edit("plugin.toml", 'tier = "C"', 'tier = "A"'), "README: .*does not say that it is tier A"),
    "no removal": (edit("README.md", "Removal", "End"), "README: README.md does not say how it is removed"),
    "inside of Sage": (
        edit("source.py", "import json", "import json\nfrom sage.core.errors import SageError"),
        r"imports: source.py line \d+ imports sage.core.errors, which is Sage's own affair",
    ),
    "inside of Sage, late": (
        add("source.py", "\n\ndef more():\n    import sage.locations\n"),
        r"imports: source.py line \d+ imports sage.locations",
    ),
    "another plugin": (
        add("source.py", "\n\ndef more():\n    import sage_plugins.caldav\n"),
        "imports: .*imports sage_plugins.caldav, which is another plugin",
    ),
    "a library at the top": (
        edit("source.py", "import json", "import json\nimport httpx"),
        "imports: source.py line .* imports httpx at the top of the module.*Import it inside",
    ),
    "a library at the top of what the source imports": (
        beside("import httpx\n", "from .more import httpx"),
        "imports: more.py line 1 imports httpx at the top of the module",
    ),
    "a library at the top of what is imported by its whole name": (
        beside("import httpx\n", "import sage_plugins.mine.more"),
        "imports: more.py line 1 imports httpx at the top of the module",
    ),
    "no Python": (add("config.py", "\ndef ("), r"imports: config.py line \d+ cannot be read as Python"),
    "no description": (
        edit("config.py", 'Field(description="The file in which the tasks stand.")', "Field()"),
        "config: `file` has no description",
    ),
    "takes unknown keys": (edit("config.py", 'extra="forbid", ', ""), "config: The config class takes unknown keys"),
    "a key of Sage's": (
        add("config.py", '    enabled: bool = Field(default=True, description="Whether.")\n'),
        "config: `enabled` is a name that Sage itself uses",
    ),
    "a key that looks like a secret's": (
        add("config.py", '    list_key: str = Field(default="", description="Which.")\n'),
        "config: `list_key` is a name that Sage itself uses",
    ),
    "no model": (edit("config.py", "class Config(BaseModel)", "class Config"), "config: .*Config is no pydantic model"),
    "fails at import": (add("source.py", "\nraise RuntimeError('oh no')\n"), "runtime: .*RuntimeError: oh no"),
    "no such class": (
        edit("plugin.toml", "source:Mine", "source:Yours"),
        "runtime: .*cannot be imported: AttributeError",
    ),
    "another base": (
        edit("plugin.toml", '["tasks"]', '["tasks", "calendar"]'),
        "runtime: The class does not derive from CalendarSource",
    ),
    "claims too much": (
        edit("plugin.toml", '"CREATE",', '"CREATE", "CHANGES",'),
        "runtime: It claims CHANGES, and has no",
    ),
    "claims too little": (
        edit("plugin.toml", '"CREATE", ', ""),
        r"runtime: It has create\(\), and does not claim CREATE",
    ),
    "no tests": (lambda folder: __import__("shutil").rmtree(folder / "tests"), "tests: There is no folder"),
    "no suite": (
        edit("tests/test_mine.py", "(TaskSourceConformance)", ""),
        "tests: No test derives from the suite for tasks",
    ),
    "a test that cannot be imported": (add("tests/test_mine.py", "\nimport no_such_thing\n"), "tests: .*no_such_thing"),
    "a fault": (
        edit("source.py", "    if now.revision != revision:\n        raise Stale(now)\n", ""),
        "tests: Not held: .*(stale|changed).*",
    ),
    "another program that writes nothing": (
        edit("tests/test_mine.py", '"text": to}', '"text": text}'),
        "tests: Not held: a change never overwrites another clients: .*no Stale or Gone, but Task.*`other` wrote nothing",
    ),
    "a missing library": (
        edit(
            "plugin.toml", "[exempt]", 'needs = ["no_such_library"]\ninstall = "pip install no-such-library"\n[exempt]'
        ),
        "tests: They cannot be run without its library. Run: pip install no-such-library",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_check_says_what_was_broken(home: Home, name: str) -> None:
    folder = write_skeleton("mine", "tasks", home.plugins)
    do, says = BREAKS[name]
    do(folder)
    told = wrong(list(checked(home, "mine")))
    assert [line for line in told if re.match(says, line)], told


def test_without_pytest_it_says_how_to_get_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_skeleton("mine", "tools", home.plugins)
    monkeypatch.setattr(testing, "NEEDED", {"no_such_pytest": "pytest"})
    (told,) = wrong(list(checked(home, "mine")))
    assert told.startswith("tests: pytest is missing.") and told.endswith("-m pip install pytest")


def test_a_plugin_can_be_checked_in_its_folder_before_it_is_in_the_home(home: Home, tmp_path: Path) -> None:
    folder = write_skeleton("mine", "tools", tmp_path / "work")
    assert not wrong(list(checked(home, str(folder))))


def test_what_its_tests_write_can_be_read_by_the_servers_that_they_start(home: Home, tmp_path: Path) -> None:
    folder = write_skeleton("mine", "tools", tmp_path / "work")
    (folder / "tests" / "test_files.py").write_text(
        "def test_a_file(tmp_path):\n"
        "    (tmp_path / 'x').touch()\n"
        "    assert (tmp_path / 'x').stat().st_mode & 0o777 == 0o644\n"
    )
    before = os.umask(0o077)  # as the engine's is
    try:
        assert not wrong(list(checked(home, str(folder))))
    finally:
        os.umask(before)


def test_how_to_see_what_fails_can_be_pasted_wherever_the_home_is(tmp_path: Path) -> None:
    folder = write_skeleton("mine", "tasks", tmp_path / "my home")
    BREAKS["a fault"][0](folder)
    (told,) = [
        found.do for found in checked(Home(tmp_path / "home"), str(folder)) if found.do.startswith("See them all")
    ]
    assert shlex.split(told)[-1] == str(folder / "tests") and "asyncio_mode=auto" in told


def test_a_plugin_that_is_not_there_is_told(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert plugin_author.check(home, "unheard", as_json=False) == 1
    assert "There is no plugin 'unheard'" in capsys.readouterr().out


def test_what_check_prints_steers_no_terminal(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_skeleton("mine", "tasks", home.plugins)
    add("source.py", "\nraise RuntimeError('\\x1b[31mred')\n")(folder)
    assert plugin_author.check(home, "mine", as_json=False) == 1
    assert "\x1b" not in capsys.readouterr().out
