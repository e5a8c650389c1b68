from __future__ import annotations

import sys

import pytest

from sage.adapters.plugins.missing import extra_command, missing_of
from sage.core.plugins.manifest import read_manifest
from tests.core.plugins.test_manifest import WELL


def test_what_is_there_is_not_missing() -> None:
    missing = missing_of(read_manifest(WELL + "needs = ['json', 'msgspec']", "demo"))
    assert not missing and missing.words == missing.command == ""


def test_a_library_is_looked_for_and_not_imported() -> None:
    manifest = read_manifest(WELL + "needs = ['antigravity', 'no_such_library']\nextra = 'demo'", "demo")
    missing = missing_of(manifest)
    assert missing.libraries == ("no_such_library",) and "antigravity" not in sys.modules
    assert missing.words == "The library no_such_library is missing."
    assert missing.command.endswith("[demo]'") and missing.remedy == f"Run: {missing.command}"


def test_programs_and_libraries_from_elsewhere_have_the_makers_command() -> None:
    lines = "needs = ['no_such_library']\nprograms = ['task', 'sh']\ninstall = 'apt install taskwarrior'"
    missing = missing_of(read_manifest(WELL + lines, "demo"), lambda name: name == "sh")
    assert missing.words == "The library no_such_library and the program task are missing."
    assert missing.command == "apt install taskwarrior"


def test_without_a_command_the_readme_is_named() -> None:
    missing = missing_of(read_manifest(WELL + "programs = ['a', 'b', 'c']", "demo"), lambda name: False)
    assert missing.words == "The program a, the program b and the program c are missing."
    assert "README" in missing.remedy


@pytest.mark.parametrize(
    ("clone", "prefix", "command"),
    [
        ("", "/opt/venv", "/opt/py -m pip install 'sage-companion[x]'"),
        ("/src/my sage", "/opt/venv", "/opt/py -m pip install -e '/src/my sage[x]'"),
        ("", "/home/demo/.local/share/pipx/venvs/sage-companion", "pipx install --force 'sage-companion[x]'"),
        ("", "/home/demo/.local/share/uv/tools/sage-companion", "uv tool install 'sage-companion[x]'"),
    ],
)
def test_the_command_fits_how_sage_was_installed(clone: str, prefix: str, command: str) -> None:
    assert extra_command("x", clone, prefix, "/opt/py") == command
