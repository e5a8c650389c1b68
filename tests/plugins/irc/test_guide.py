"""The author's guide: its example is taken out of it, looked over as an author would, and held to the suite on a real server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from sage.adapters.plugins.found import find_plugins
from sage.core.plugins.manifest import Manifest
from sage.engine.plugin_author import checked
from sage.locations import Home
from sage.plugin_api import API, Capability, Kind, PluginError
from sage.settings import AccountKeys
from sage.testing.plugins import MessagingConformance
from tests.servers.running import needs

GUIDE = (Path(__file__).parents[3] / "plugins" / "README.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`irc/([\w./]+)`[^\n]*:\n\n(?:````?)\w+\n(.*?)\n````?$", GUIDE, re.MULTILINE | re.DOTALL))

SUITE = [name for name in dir(MessagingConformance) if name.startswith("test_")]
"""The tests of the whole suite: each is held, or is left out with its reason."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home into whose plugins the example was copied."""
    home = Home(tmp_path / "home")
    home.prepare()
    for name, text in FILES.items():
        path = home.plugins / "irc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return home


def test_the_example_is_whole_and_short() -> None:
    assert {"plugin.toml", "config.py", "source.py", "README.md", "tests/conftest.py", "tests/test_irc.py"} == set(
        FILES
    )
    assert len([line for line in FILES["source.py"].splitlines() if line.strip()]) < 100


@pytest.mark.server
def test_the_example_passes_what_an_author_is_asked_for(home: Home) -> None:
    needs("ngircd")
    found = list(checked(home, "irc"))
    assert [finding for finding in found if finding.state == "wrong"] == []
    tests = [finding.words for finding in found if finding.about == "tests" and finding.state == "ok"]
    without = [int(found.words.split()[0]) for found in found if " left out: " in found.words]
    assert len(tests) == 1 and int(tests[0].split()[0]) + sum(without) >= len(SUITE) > 2 * sum(without)
    left_out = [finding.words for finding in found if "does not claim" in finding.words]
    assert left_out and all(re.search(r"claim \w+: \w", words) for words in left_out), "each with its reason"


_IN_PROCESS = """
import pytest
from sage.testing.plugins.messaging_scene import in_process


class TestInProcess(TestIrc):
    @pytest.fixture
    def drive(self):
        return in_process


del TestIrc
"""


@pytest.mark.server
def test_the_example_passes_in_a_process_of_its_own(home: Home) -> None:
    needs("ngircd")
    tests = home.plugins / "irc" / "tests"
    (tests / "test_irc.py").write_text(FILES["tests/test_irc.py"] + "\n\n" + _IN_PROCESS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tests)
    assert done.returncode == 0, done.stdout[-3000:]
    held, without = (int(re.findall(rf"(\d+) {word}", done.stdout)[0]) for word in ("passed", "skipped"))
    assert held + without >= len(SUITE) > 2 * without


@pytest.mark.parametrize(
    "word",
    [*Manifest.__struct_fields__, *get_args(Capability), *get_args(Kind), *AccountKeys.model_fields,
     *(error.__name__ for error in PluginError.__subclasses__() if error.__module__ == PluginError.__module__)],
)  # fmt: skip
def test_the_guide_names_everything(word: str) -> None:
    prose = re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL)
    assert f"`{word}`" in prose


@pytest.mark.parametrize("other", [API - 1, API + 1])
def test_a_plugin_of_another_version_is_refused_as_the_guide_says_before_its_code_runs(home: Home, other: int) -> None:
    """Whoever raises the version builds what the guide says of the one before, and this test changes with it."""
    assert API == 1 and "`sage.plugin_api` is version 1." in GUIDE and "nothing warns of an old one" in GUIDE
    ran = home.path / "ran"
    folder = home.plugins / "irc"
    (folder / "plugin.toml").write_text(FILES["plugin.toml"].replace("api = 1", f"api = {other}"), encoding="utf-8")
    for name in ("config.py", "source.py", "tests/conftest.py"):
        (folder / name).write_text(f"import pathlib\npathlib.Path({str(ran)!r}).touch()\n", encoding="utf-8")
    found = find_plugins(home)
    (broken,) = found.broken
    told = (broken.trouble.what, broken.trouble.do)
    assert f"for version {other} of the plugin API, and this Sage speaks {API}." in told[0] and told[1]
    assert "irc" not in found.plugins and [(one.words, one.do) for one in checked(home, "irc")] == [told]
    assert not ran.exists()
