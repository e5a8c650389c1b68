"""What importing Sage loads and does: front ends stay light, and nothing happens by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sage.cli.commands import GROUPS

HEAVY = {"litellm", "chromadb", "onnxruntime", "numpy", "openai", "pydantic", "apsw", "xllamacpp"}
FRONT_ENDS = (
    "sage.tui.app",
    "sage.tui.dialogue",
    "sage.tui.screens.first_run",
    "sage.tui.screens.choice",
    "sage.tui.screens.inbox",
    "sage.tui.screens.memory",
    "sage.tui.screens.models",
    "sage.tui.screens.sheets",
    "sage.tui.screens.sheet_price",
    "sage.tui.screens.side_by_side",
    "sage.tui.screens.ritual",
    "sage.tui.screens.schedules",
    "sage.tui.screens.nudges",
    "sage.tui.screens.plugins",
    "sage.tui.screens.plugin_account",
    "sage.tui.day_pages",
    *(f"sage.cli.{group}" for group in ("main", *GROUPS)),
)
EVERYTHING = sorted(
    ".".join(path.relative_to(Path(__file__).parent.parent).with_suffix("").parts)
    for path in (Path(__file__).parent.parent / "sage").rglob("*.py")
    if path.name not in ("__main__.py", "__init__.py") and not {"_bundled", "skeletons"} & set(path.parts)
)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=folder,
        timeout=120,
    )


@pytest.mark.parametrize("module", FRONT_ENDS)
def test_a_front_end_loads_nothing_heavy(module: str, tmp_path: Path) -> None:
    loaded = json.loads(run(f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))", tmp_path).stdout)
    assert not HEAVY & {name.partition(".")[0] for name in loaded}


def test_the_list_of_commands_loads_none_of_them(tmp_path: Path) -> None:
    code = (
        "import contextlib, io, json, sys\nfrom sage.cli.main import run\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): run(['--help'])\n"
        "print(json.dumps([name for name in sys.modules if name.partition('.')[0] == 'sage']))"
    )
    assert {name for name in json.loads(run(code, tmp_path).stdout) if name.startswith("sage.cli.")} == {
        "sage.cli.main",
        "sage.cli.commands",
    }


FIRST_PAINT = {"textual", "rich", "platformdirs", "typing_extensions", "sitecustomize"}
"""The libraries that the app's first paint loads, and what a system may have each Python load."""


def test_the_first_paint_loads_textual_and_nothing_of_the_engines_door(tmp_path: Path) -> None:
    """What is loaded until one can type, whatever else there is: the words of a command line, JSON, and the door come later."""
    code = "import sage.cli.main, sage.cli.printing, sage.tui.app"
    loaded = set(json.loads(run(f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))", tmp_path).stdout))
    outside = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names - {"sage", "__mp_main__"}
    assert {name for name in outside if not name.startswith("_")} <= FIRST_PAINT
    assert not {"argparse", "hashlib", "sqlite3", "tomllib", "msgspec", "sage.wire", "sage.client"} & loaded
    assert {name for name in loaded if name.startswith("sage.core.")} == {"sage.core.errors", "sage.core.terminal_text"}


def test_the_line_to_type_into_is_there_before_any_library_is_loaded(tmp_path: Path) -> None:
    code = "import sage.cli.main, sage.cli.printing, sage.tui.early"
    loaded = json.loads(run(f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))", tmp_path).stdout)
    assert not {"textual", "rich", "asyncio", "argparse", "dataclasses", "inspect", "sage.tui.app"} & set(loaded)


def test_a_command_loads_the_words_of_its_own_requests_and_of_no_other(tmp_path: Path) -> None:
    code = "import sage.cli.main, sage.cli.memory\nfrom sage import wire\nwire.pack(wire.Call(1, wire.Recall('x')))"
    loaded = json.loads(run(f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))", tmp_path).stdout)
    areas = {name.removeprefix("sage.wire.") for name in loaded if name.startswith("sage.wire.")}
    assert areas == {"areas", "base", "frames", "memory"}


def test_importing_everything_makes_no_file_sets_no_variable_and_says_nothing(tmp_path: Path) -> None:
    code = (
        "import os, importlib\nbefore = dict(os.environ)\n"
        f"for name in {EVERYTHING!r}: importlib.import_module(name)\n"
        "assert dict(os.environ) == before"
    )
    done = run(code, tmp_path)
    assert (done.stdout, done.stderr, list(tmp_path.iterdir())) == ("", "", [])


def test_importing_the_engine_loads_no_model_library(tmp_path: Path) -> None:
    code = "import json, sys, sage.engine.__main__, sage.engine.handlers; print(json.dumps(sorted(sys.modules)))"
    loaded = {name.partition(".")[0] for name in json.loads(run(code, tmp_path).stdout)}
    assert not {"litellm", "chromadb", "onnxruntime", "openai", "xllamacpp", "wordllama"} & loaded


def test_no_place_of_the_app_loads_what_is_heavy_when_it_is_opened(tmp_path: Path) -> None:
    code = f"""
import asyncio, json, sys
from pathlib import Path
from tests.tui.every_screen import VIEWS, showing
from sage.locations import Home

async def look():
    home = Home(Path({str(tmp_path / "home")!r}))
    home.path.mkdir()
    for name in ("talk", "today", "inbox", "memory", "models", "sheets", "settings"):
        async with showing(VIEWS[name], home):
            pass

asyncio.run(look())
print(json.dumps(sorted(sys.modules)))
"""
    loaded = set(json.loads(run(code, tmp_path).stdout.splitlines()[-1]))
    assert {"sage.tui.screens.memory", "sage.tui.screens.settings"} <= loaded
    assert not loaded & {"litellm", "chromadb", "onnxruntime", "numpy", "openai"}
