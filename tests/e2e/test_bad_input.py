"""Whatever is given: a clear message with what happened, what is safe and what to do; exit 1 (2 for usage); nothing lost.

All through the real `sage` command and engine. What the system must lend for a case (a small disk, fewer powers than
root's) is taken where it may be, and skipped visibly elsewhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.core.errors import BadInput
from sage.core.model_catalogue import find_model
from sage.locations import Home
from tests.homes import engine_of, make_home, make_notes, sage
from tests.openai_stand_in import Answer, StandIn

KEY = "sk-canary-1234567890abcdefghij"
SAFE = re.compile(
    r"\b(Nothing|None) (was|is|else)\b|\bunchanged\b|\bis safe\b|\b(is|are|was) kept\b|\bwas not used\b"
    r"|\bworks\b|\bwas left as it is\b|\bas they were\b"
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
EVIL = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202e\x7f"
DROP_FROM_BOUNDS, OVERRIDE, SEARCH, OWNER = 24, 1, 2, 3
"""prctl's PR_CAPBSET_DROP, and the powers by which root reads, enters and changes what is closed to it."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def told(ended: Ended, *words: str, code: int = 1) -> Ended:
    """Asserts that an error was told as all are: in short sentences for a person, with nothing else in them."""
    everything = ended.out + ended.err
    assert ended.code == code, ended
    assert "Traceback" not in everything and "Something went wrong inside" not in everything, everything
    assert KEY not in everything and not CONTROL.search(everything), everything
    for word in words:
        assert word in ended.err, (word, ended.err)
    if code == 1:
        lines = ended.err.splitlines()
        assert len(lines) > 2, f"what happened, what is safe, what to do: {lines}"
        assert any(SAFE.search(line) for line in lines[1:]), lines
        assert all(len(line) < 400 for line in lines), lines
    return ended


def run(home: Home, *words: str, stdin: str | None = None, env: dict[str, str] | None = None) -> Ended:
    done = sage(home, *words, stdin=stdin, env=env)
    return Ended(done.returncode, done.stdout, done.stderr)


def run_raw(
    home: Home, *words: str | bytes, stdin: bytes = b"", env: dict[str, str] | None = None, weak: bool = False
) -> Ended:
    """As `run`, with bytes that are no text, or without the powers of root."""
    command = [sys.executable, "-m", "sage", "--home", str(home.path), *words]
    done = subprocess.run(
        command, input=stdin, capture_output=True, timeout=120, check=False, env={**os.environ, **(env or {})},
        preexec_fn=_weaken if weak else None,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def _weaken() -> None:
    if os.getuid() == 0:
        library = ctypes.CDLL(None, use_errno=True)
        for power in (OVERRIDE, SEARCH, OWNER):
            if library.prctl(DROP_FROM_BOUNDS, power, 0, 0, 0):
                os._exit(99)


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where a process cannot be kept from what is closed to it."""
    closed = tmp_path_factory.mktemp("closed") / "file"
    closed.touch(0o000)
    tried = subprocess.run(
        [sys.executable, "-c", f"open({str(closed)!r})"], preexec_fn=_weaken, capture_output=True, check=False
    )
    if b"PermissionError" not in tried.stderr:
        pytest.skip("root cannot give up its powers here, so that nothing is closed to it")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, int]]:
    """One engine for all cases that need no other."""
    folder = tmp_path_factory.mktemp("shared")
    home = make_home(folder)
    notes = make_notes(folder)
    with engine_of(home) as engine:
        assert run(home, "import", str(notes)).code == 0
        with Client(home) as client:
            client.call(wire.AddTask("kept task"))
            client.call(wire.AddGoal("Kept goal"))
            client.call(wire.AddNote("kept words", "Kept note"))
        yield home, engine.pid


@pytest.fixture
def home(shared: tuple[Home, int]) -> Iterator[Home]:
    """The shared home. Afterwards the same engine must answer, and have all that it had."""
    home, pid = shared
    settings = home.settings.read_text()
    yield home
    home.settings.write_text(settings)
    with Client(home) as client:
        assert client.call(wire.ShowStatus()).pid == pid
    assert_kept(home)


def assert_kept(home: Home) -> None:
    with Client(home) as client:
        assert "kept task" in {task.text for task in client.call(wire.ListTasks()).tasks}
        assert client.call(wire.ShowGoal("Kept goal")).goal.state == "open"
        assert client.call(wire.Recall("tomatoes sun", 1)).hits[0].citation == "Garden.md#Tomatoes:3"
    assert "kept words" in (home.notes / "Kept note.md").read_text()


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "nowhere/at/all"], ["no file or folder", "spelling"]),
        (["import", ""], ["No file or folder was named"]),
        (["import", "~nobody-of-that-name/notes"], ["no file or folder"]),
        (["import", "/dev/null"], ["null: It is neither a file nor a folder"]),
        (["setup"], ["no terminal", "--yes"]),
        (["setup", "--yes", "--notes", "nowhere"], ["no file or folder"]),
        (["why", "nothing"], ["Nothing has the id 'nothing'"]),
        (["goal", "show", "nothing"], ["No goal fits 'nothing'", "sage goal list"]),
        (["goal", "done", "Kept gaol"], ["nearest is 'Kept goal'"]),
        (["goal", "add", "x", "--serves", "nothing"], ["No goal fits"]),
        (["goal", "add", " "], ["no words"]),
        (["task", "done", "nothing"], ["No open task fits", "sage task list"]),
        (["task", "add", ""], ["no words"]),
        (["task", "add", "x", "--due", "some day, maybe"], ["names no date", "2026-11-27"]),
        (["ask", ""], ["nothing to ask"]),
        (["ask", " ", "\n"], ["nothing to ask"]),
        (["ask", "-"], ["nothing to ask"]),
        (["ask", "hello", "--conversation", "nothing"], ["no conversation 'nothing'"]),
        (["note", ""], ["note is empty"]),
        (["--profile", "offlin", "ask", "x"], ["no profile named 'offlin'", "offline"]),
        (["--profile", "../settings", "profile", "show"], ["no profile named"]),
        (["models", "use", "nonsense"], ["no model 'nonsense'", "sage models list"]),
        (["models", "use", "embedded:nonsense"], ["nonsense", "qwen2.5-0.5b"]),
        (["models", "use", "embedded:qwen2.5-0.5b"], ["not installed", "sage models install qwen2.5-0.5b"]),
        (["models", "use", "openai/x", "--base-url", "nonsense"], ["model.base_url", "http://127.0.0.1"]),
        (["models", "use", "openai/x", "--key-env", "not a name"], ["OPENAI_API_KEY"]),
        (["models", "use", "openai/x", "--key"], ["No key was given"]),
        (["keys", "forget", "NOBODYS_KEY", "--yes"], ["No key called NOBODYS_KEY is kept"]),
        (["keys", "forget", "MODEL_KEY"], ["MODEL_KEY was not forgotten", "--yes"]),
        (["keys", "forget", "not a name"], ["OPENAI_API_KEY"]),
        (["models", "install", "nonsense", "--yes"], ["nonsense", "smollm2-135m"]),
        (["models", "install", "smollm2-135m"], ["not installed", "--yes"]),
        (["backup", "/nowhere/at/all.zip"], ["no folder /nowhere/at"]),
        (["backup", "/"], ["is a folder"]),
        (["restore", "nothing"], ["no backup nothing"]),
        (["restore"], ["Which backup"]),
        ([], ["needs a terminal"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_words_that_do_not_fit(words: Sequence[str], said: Sequence[str], home: Home) -> None:
    before = home.settings.read_bytes()
    told(run(home, *words, stdin=""), *said)
    assert home.settings.read_bytes() == before


@pytest.mark.parametrize(
    "words", [["nonsense"], ["ask"], ["goal"], ["recall", "-k", "-1", "x"], ["recall", "-k", "many", "x"]]
)
def test_wrong_usage(words: Sequence[str], home: Home) -> None:
    assert "usage: sage" in told(run(home, *words), code=2).err


@pytest.mark.parametrize(
    "request_of",
    [wire.ImportNotes, wire.MakeBackup, wire.ExportHome, lambda path: wire.Share(path, "clear")],
    ids=["import", "backup", "export", "share"],
)
def test_a_path_that_no_file_can_have(request_of: Callable[[str], wire.Request[Any]], home: Home) -> None:
    with Client(home) as client, pytest.raises(BadInput, match="NUL"):
        client.call(request_of("/somewhere/note\0.md"))


def test_errors_are_data_with_json(home: Home) -> None:
    ended = run(home, "why", "--json", "nothing")
    assert ended.code == 1 and not ended.out
    assert set(json.loads(ended.err)) == {"error", "what", "safe", "do"}


def test_as_many_hits_as_anybody_could_want(home: Home) -> None:
    for k in ("1000000", "1" + "0" * 40):
        ended = run(home, "recall", "--json", "-k", k, "beans")
        assert ended.code == 0 and 4 <= len(json.loads(ended.out)["hits"]) < 100


@pytest.mark.parametrize(
    "words",
    [
        [b"ask"],
        [b"note"],
        [b"recall"],
        [b"import"],
        [b"why"],
        [b"task", b"add"],
        [b"goal", b"add"],
        [b"backup"],
        [b"restore"],
    ],
    ids=lambda words: words[0].decode(),
)
def test_words_that_are_not_utf8(words: list[bytes], home: Home) -> None:
    told(run_raw(home, *words, b"caf\xe9"))


def test_standard_input_that_is_not_utf8(home: Home) -> None:
    for command in ("ask", "note"):
        told(run_raw(home, command, "-", stdin=b"caf\xe9 \xff\xfe"), "not UTF-8")


def test_a_question_of_ten_megabytes_and_one_too_large(home: Home) -> None:
    ended = run(home, "ask", "-", stdin="word " * 2_000_000)
    assert ended.code == 0 and ended.out
    told(run(home, "ask", "-", stdin="word " * 14_000_000), "70 MB")


def test_output_that_cannot_be_written_or_shown(home: Home) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no file that is always full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sage", "--home", str(home.path), "task", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    told(Ended(done.returncode, "", done.stderr.decode()), "could not be printed")
    old = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert run(home, "note", "--title", "Käse", "für später", env=old).code == 0
    assert run_raw(home, "recall", "Käse", env=old).code == 0
    assert json.loads(run_raw(home, "recall", "--json", "Käse", env=old).out)["query"] == "Käse"
    assert not CONTROL.search(told(run(home, "why", "Käse", env=old)).err)


# --- files -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one good note and every kind of bad one."""
    folder = tmp_path_factory.mktemp("bad-files")
    (folder / "Good.md").write_text("# Good\n\nLemons are yellow.\n")
    (folder / "Binary.md").write_bytes(b"\x00\x01\x02\xff" * 100)
    (folder / "Broken.md").write_text("---\ntags: [a, b\ntitle: x: y\n---\n# Broken\n\nLimes are green.\n")
    (folder / "Latin.md").write_bytes("# Café\n\nA crème.\n".encode("latin-1"))
    with (folder / "Huge.md").open("wb") as huge:
        huge.write(b"# Huge\n\nsome words\n")
        huge.truncate(50_000_000)
    os.mkfifo(folder / "Pipe.md")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "One.md").symlink_to(folder / "Two.md")
    (folder / "Two.md").symlink_to(folder / "One.md")
    with socket.socket(socket.AF_UNIX) as door, contextlib.suppress(OSError):  # too long a path on some systems
        door.bind(str(folder / "Door.md"))
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).write_text("# Unsayable\n")
    return folder


def test_what_could_not_be_read_in_a_folder_is_listed_by_name(bad_files: Path, home: Home) -> None:
    for _ in range(2):  # the second time nothing has changed, and it is told all the same
        ended = told(run(home, "import", str(bad_files)), "Import again when they are mended")
        assert "2 added" in ended.out or "2 unchanged" in ended.out
        for name, what in {
            "Binary.md": "binary",
            "Broken.md": "front matter",
            "Latin.md": "not valid UTF-8",
            "Huge.md": "too large",
            "Pipe.md": "neither a file nor a folder",
            "One.md": "leads nowhere",
            "caf?.md": "not valid text",
        }.items():
            assert any(name in line and what in line for line in ended.err.splitlines()), (name, ended.err)
    assert json.loads(run(home, "recall", "--json", "lemons").out)["hits"][0]["source"] == "Good.md"
    assert json.loads(run(home, "recall", "--json", "limes").out)["hits"][0]["source"] == "Broken.md"


@pytest.mark.parametrize("name", ["Binary.md", "Latin.md", "Huge.md", "Pipe.md", "One.md"])
def test_one_bad_file_alone(name: str, bad_files: Path, home: Home) -> None:
    told(run(home, "import", str(bad_files / name)))


def test_a_large_note_that_is_allowed_is_read(tmp_path: Path) -> None:
    home = make_home(tmp_path, settings="[memory]\nmax_note_mb = 60\n")
    notes = tmp_path / "notes"
    notes.mkdir()
    paragraph = "All work and no play. " * 40 + "\n\n"
    (notes / "Huge.md").write_text(
        "# Huge\n\n" + paragraph * (3_000_000 // len(paragraph)) + "\n## End\n\nThe quince.\n"
    )
    with engine_of(home):
        assert run(home, "import", str(notes)).code == 0
        assert json.loads(run(home, "recall", "--json", "-k", "1", "quince").out)["hits"][0]["heading"] == "End"


def test_nothing_that_is_printed_can_steer_a_terminal(home: Home, tmp_path: Path) -> None:
    notes = tmp_path / f"notes{EVIL}"
    notes.mkdir()
    (notes / f"Name{EVIL}.md").write_text(f"---\ntags: [{EVIL}]\n---\n# Head {EVIL}\n\nA zebra {EVIL} in text.\n")
    (notes / f"Shut{EVIL}.md").write_bytes(b"\0")
    commands: list[list[str]] = [
        ["import", str(notes)],
        ["import", str(notes / f"none{EVIL}")],
        ["recall", "zebra"],
        ["ask", f"zebra{EVIL} in text?"],
        ["goal", "add", f"Goal{EVIL}", "--why", EVIL],
        ["goal", "list"],
        ["goal", "show", f"Goal{EVIL}"],
        ["goal", "show", f"nothing{EVIL}"],
        ["task", "add", f"Task{EVIL}"],
        ["task", "add", f"Task{EVIL}", "--due", f"never{EVIL}"],
        ["task", "list"],
        ["note", f"words{EVIL}", "--title", f"Title{EVIL}"],
        ["why", EVIL],
        ["ask", "x", "--conversation", EVIL],
        ["models", "use", f"openai{EVIL}"],
        ["models", "use", "openai/x", "--base-url", f"http://{EVIL}"],
        ["--profile", EVIL, "ask", "x"],
        ["backup", f"/nowhere{EVIL}/x.zip"],
        ["restore", EVIL],
        [EVIL],
        ["recall", "-k", EVIL, "x"],
    ]  # fmt: skip
    for words in commands:
        for data in ([], ["--json"]) if words[0] in ("import", "recall", "ask", "task", "why", "restore") else ([],):
            ended = run(home, *words, *data)
            assert not CONTROL.search(ended.out + ended.err), (words, data, ended)
            assert "Traceback" not in ended.err, ended.err
    assert json.loads(run(home, "recall", "--json", "zebra").out)["hits"][0]["text"].count(EVIL) == 2, "data is whole"


# --- the home ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ask", "recall", "note", "backup", "serve"])
def test_a_home_that_is_a_file(command: str, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    words = [command] if command in ("backup", "serve") else [command, "x"]
    ended = told(run(Home(file), *words), "is a file, not a folder", "--home")
    assert len(ended.err.splitlines()) == 3, "and nothing but what is for a person"
    told(run(Home(file / "below"), *words), "not a folder")
    assert file.read_text() == "precious"


def test_an_environment_that_names_a_file(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    command = [sys.executable, "-m", "sage", "ask", "x"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "SAGE_HOME": str(file)}
    )
    told(Ended(done.returncode, done.stdout, done.stderr), "is a file, not a folder", "SAGE_HOME")


def test_a_file_in_the_place_of_a_folder_and_a_folder_in_that_of_a_file(tmp_path: Path) -> None:
    home = make_home(tmp_path / "one")
    home.notes.rmdir()
    home.notes.write_text("precious")
    told(run(home, "ask", "x"), "notes is a file", "Move that file away")
    assert home.notes.read_text() == "precious"
    home = make_home(tmp_path / "two")
    home.journal.mkdir()
    told(run(home, "ask", "x"), "journal.db")


def test_tasks_and_goals_that_are_not_utf8_stay_as_they_are(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    home.tasks.write_bytes(b"- [ ] caf\xe9\n")
    (home.goals / "Caf.md").write_bytes(b"caf\xe9")
    os.mkfifo(home.goals / "Pipe.md")
    with engine_of(home):
        for words in (["task", "list"], ["task", "add", "x"], ["task", "done", "x"]):
            told(run(home, *words), "not UTF-8", "tasks.md")
        assert run(home, "goal", "add", "Grow salad").code == 0
        listed = run(home, "goal", "list")  # one bad file is told in its place and hides no other
        assert listed.code == 0 and "Grow salad" in listed.out and "Caf.md is not UTF-8" in listed.out
        told(run(home, "goal", "done", "Caf"), "not UTF-8", "Caf.md")
        assert run(home, "note", "x").code == 0
    assert home.tasks.read_bytes() == b"- [ ] caf\xe9\n"


@pytest.mark.usefixtures("weak")
def test_a_read_only_home(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home), Client(home) as client:
        client.call(wire.AddTask("kept task"))
    everything = [home.path, *home.path.rglob("*")]
    for path in everything:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        for words in (
            ["ask", "x"],
            ["note", "x"],
            ["backup"],
            ["serve"],
        ):
            told(
                run_raw(home, *words, weak=True),
                f"{home.path} cannot be written (Permission denied)",
                "Make it writable",
            )
        assert "The home cannot be written" in run_raw(home, "doctor", weak=True).out
    finally:
        for path in everything:
            path.chmod(0o700 if path.is_dir() else 0o600)
    assert "kept task" in run(home, "task", "list").out
    stop_engine(home)


@pytest.mark.usefixtures("weak")
def test_a_home_of_somebody_else(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    if os.getuid() == 0:
        os.chown(home.path, 65534, 65534)
        home.path.chmod(0o755)
        told(run_raw(home, "ask", "x", weak=True), "belongs to another user", "--home")
    else:
        told(run(Home(Path("/usr")), "ask", "x"), "belongs to another user", "--home")


@pytest.mark.usefixtures("weak")
def test_folders_and_files_that_are_closed(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    notes = tmp_path / "notes"
    (notes / "Closed").mkdir(parents=True)
    (notes / "Closed" / "Hidden.md").write_text("hidden")
    (notes / "Shut.md").write_text("hidden")
    (notes / "Open.md").write_text("# Open\n\nLemons.\n")
    try:
        (notes / "Closed").chmod(0)
        (notes / "Shut.md").chmod(0)
        ended = told(
            run_raw(home, "import", str(notes), weak=True),
            "Closed: The folder cannot be read",
            "Shut.md: It cannot be read",
        )
        assert "1 added" in ended.out
        told(run_raw(home, "import", str(notes / "Closed"), weak=True), "cannot be read")
        told(run_raw(home, "import", str(notes / "Closed" / "Hidden.md"), weak=True), "cannot be read")
        told(run_raw(home, "import", str(notes / "Shut.md"), weak=True), "cannot be read")
        (notes / "Open.md").write_text("# Open\n\nLemons and limes.\n")
        (notes / "Open.md").chmod(0)
        told(run_raw(home, "import", str(notes), weak=True), "Open.md")
        ended = run_raw(home, "recall", "lemons", weak=True)
        assert "Open.md" in ended.out, "what cannot be read just now is not forgotten"
    finally:
        stop_engine(home)
        (notes / "Closed").chmod(0o700)


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own; skips where none may be mounted."""
    folder.mkdir()
    options = f"size={megabytes}m"
    mounted = os.getuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], capture_output=True, check=False
    ).returncode  # fmt: skip
    if not mounted:
        pytest.skip("only root may mount a small disk here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, *, leave: int = 0) -> Path:
    """Takes all room of a disk but `leave` bytes, in one file that is returned."""
    path = disk / "filling"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for size in (65536, 512):
            with contextlib.suppress(OSError):
                while True:
                    os.write(descriptor, b"x" * size)
        if leave:
            os.truncate(path, max(0, path.stat().st_size - leave))
    finally:
        os.close(descriptor)
    return path


def test_a_full_disk(tmp_path: Path) -> None:
    notes = make_notes(tmp_path)
    with small_disk(tmp_path / "disk", 8) as disk:
        home = make_home(disk)
        with engine_of(home):
            assert run(home, "import", str(notes)).code == 0
            with Client(home) as client:
                client.call(wire.AddTask("kept task"))
                client.call(wire.AddGoal("Kept goal"))
                client.call(wire.AddNote("kept words", "Kept note"))
            for number in range(300):
                text = " ".join(f"word{number}x{place}" for place in range(300))
                (notes / f"More {number}.md").write_text(f"# More {number}\n\n{text}\n")
            for leave in (0, 300_000):
                filling = fill(disk, leave=leave)
                told(run(home, "import", str(notes)), "disk", "is full", "Free some room")
            fill(disk)
            commands = (
                ["note", "lost"],
                ["ask", "boiler pressure?"],
                ["backup"],
                ["task", "add", "lost"],
                ["goal", "add", "lost"],
            )
            for words in commands:
                told(run(home, *words), "disk", "is full", "Free some room")
                fill(disk)
            told(run(home, "models", "use", "librarian", "--key-env", "SOME_KEY"), "is full")
            assert "kept task" in run(home, "task", "list").out
            assert_kept(home)
        assert "kept task" in run(home, "task", "list").out, "an engine starts on a full disk, and can be read from"
        stop_engine(home)
        assert "Free some room" in run(home, "doctor").out
        filling.unlink()
        for path in notes.glob("More ??*.md"):  # else the engine goes on with them, and fills the disk again
            path.unlink()
        assert not [path for path in home.path.rglob("*") if path.name.endswith(".tmp")]
        with engine_of(home):
            assert_kept(home)
            assert "lost" not in run(home, "task", "list", "--all").out + run(home, "goal", "list", "--all").out
            assert (
                run(home, "note", "after").code
                == run(home, "ask", "boiler pressure?").code
                == run(home, "backup").code
                == 0
            )
            assert run(home, "import", str(notes)).code == 0
            assert json.loads(run(home, "recall", "--json", "word7x7").out)["hits"][0]["source"] == "More 7.md"


# --- settings ----------------------------------------------------------------------------------------------------

SETTINGS = {
    "an unknown key": ("[person]\nnmae = 'x'\n", ["line 2", "person.name"]),
    "an unknown table": ("[persn]\nname = 'x'\n", ["line 1", "person"]),
    "broken TOML": ("[person\nname = x\n", ["line 1", "TOML"]),
    "a wrong type": ("[agent]\nmax_steps = 'many'\n", ["line 2", "whole number"]),
    "out of range": ("[caps]\nper_day_usd = -1\n", ["line 2", "from 0"]),
    "a secret": (f"[model]\nkey_env = '{KEY}'\n", ["line 2", "looks like a secret key"]),
    "a secret elsewhere": (f"[person]\nname = '{KEY}'\n", ["line 2", "looks like a secret key"]),
    "control bytes": ('[person]\n"na\\u001b[31mme" = 1\n', ["line 2", "no setting"]),
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_that_do_not_fit(kind: str, home: Home) -> None:
    text, said = SETTINGS[kind]
    home.settings.write_text(text)
    told(run(home, "ask", "x"), "settings.toml", *said)
    told(run(home, "models", "use", "librarian"), "settings.toml", *said)
    assert home.settings.read_text() == text
    with Client(home) as client:
        assert client.call(wire.ListTasks()).tasks, "what needs no settings still works"


def test_settings_that_do_not_fit_before_an_engine_runs(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    for content, said in ((SETTINGS["a secret"][0].encode(), "looks like a secret"), (b"\xff\xfe", "not UTF-8")):
        home.settings.write_bytes(content)
        told(run(home, "ask", "x"), said)
        ended = run(home, "doctor")
        assert ended.code == 1 and said in ended.out and KEY not in ended.out


def test_a_profile_that_sets_what_is_the_homes(home: Home) -> None:
    home.profiles.mkdir(exist_ok=True)
    (home.profiles / "mine.toml").write_text("[caps]\nper_day_usd = 900\n")
    told(run(home, "--profile", "mine", "ask", "x"), "profiles/mine.toml line 1", "belongs to the home")


# --- models ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, StandIn]]:
    """One engine whose model is at a server on loopback that says what a test tells it to."""
    folder = tmp_path_factory.mktemp("served")
    with StandIn(models=("qwen-local", f"llama{EVIL}")) as server, pytest.MonkeyPatch.context() as patched:
        patched.setenv("CANARY_KEY", KEY)
        home = make_home(folder, settings=_model_settings(server))
        with engine_of(home):
            yield home, server
        for path in home.path.rglob("*"):
            assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def _model_settings(server: StandIn) -> str:
    return (
        f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server.base_url}"\n'
        'key_env = "CANARY_KEY"\ntimeout_seconds = 1.5\n'
    )


@pytest.mark.parametrize(
    ("answer", "said", "heard"),
    [
        (
            Answer(status=401, error=f"Incorrect API key provided: {KEY}"),
            ["key for openai/qwen-local was refused", "CANARY_KEY"],
            "",
        ),
        (Answer(status=403, error="no"), ["was refused"], ""),
        (Answer(status=404, error="The model `qwen-local` does not exist"), ["no model openai/qwen-local"], ""),
        (Answer(status=429, error="slow down"), ["asks for a pause"], ""),
        (Answer(status=429, error="insufficient_quota: see your billing details"), ["credit is used up"], ""),
        (Answer(status=500, error="oops"), ["fault of its own", "HTTP 500"], ""),
        (Answer(status=503, error="overloaded"), ["fault of its own", "HTTP 503"], ""),
        (Answer(status=400, error=f"bad {EVIL} thing, {KEY}"), ["did not accept the request: bad"], ""),
        (Answer(status=400, error="maximum context length exceeded"), ["longer than openai/qwen-local can read"], ""),
        (Answer(("Half an ",), dies=True), ["stopped in the middle"], "Half an"),
        (Answer(hangs=True), ["said nothing for 1.5 seconds", "model.timeout_seconds"], ""),
        (Answer(("Half an ",), hangs=True), ["stopped in the middle"], "Half an"),
        (Answer(raw=("data: {nonsense",)), ["no answer of a model"], ""),
        (Answer(raw=("<html>hello</html>",)), ["no answer of a model"], ""),
    ],
    ids=lambda value: f"{value.status} {value.error[:8]}".strip() if isinstance(value, Answer) else None,
)
def test_a_provider_that_fails(answer: Answer, said: list[str], heard: str, served: tuple[Home, StandIn]) -> None:
    home, server = served
    server.answers.append(answer)
    ended = told(run(home, "ask", "Is this kept?"), *said)
    assert heard in ended.out
    with Client(home) as client:
        past = client.call(wire.ShowConversation("last")).turns[0]
    assert past.said == "Is this kept?" and past.answer.state == "failed" and past.answer.answer == heard.strip()
    server.answers.append(Answer(("It is well.",)))
    assert run(home, "ask", "And now?").out.startswith("It is well.")


def test_a_model_that_says_what_would_steer_a_terminal(served: tuple[Home, StandIn]) -> None:
    home, server = served
    for words in (["ask"], ["ask", "--json"]):
        server.answers.append(Answer(("\x1b", "[31mred ", EVIL, " half \ud83e", "!")))
        ended = run(home, *words, "say something")
        assert ended.code == 0 and "red" in ended.out and not CONTROL.search(ended.out + ended.err)


def test_models_that_are_not_there(served: tuple[Home, StandIn]) -> None:
    home, server = served
    settings = home.settings.read_text()
    url = ["--base-url", server.base_url]
    told(
        run(home, "models", "use", "openai/none", *url),
        "no model openai/none",
        "nearest known one is openai/qwen-local",
    )
    told(run(home, "models", "use", "ollama_chat/none", "--base-url", server.address), "no model ollama_chat/none")
    told(run(home, "models", "use", "nobody/none"), "no provider 'nobody'")
    told(run(home, "models", "use", "anthropic/claude", "--key-env", "NOT_SET"), "needs a key", "NOT_SET")
    assert home.settings.read_text() == settings


def test_a_server_that_is_not_there(served: tuple[Home, StandIn]) -> None:
    home, _ = served
    settings = home.settings.read_text()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    try:
        for model, path in (("openai/x", "/v1"), ("ollama_chat/x", "")):
            address = f"http://127.0.0.1:{port}{path}"
            assert run(home, "models", "use", model, "--base-url", address).code == 0, "it may be started later"
            told(run(home, "ask", "x"), f"{address} cannot be reached", "Start that server")
    finally:
        home.settings.write_text(settings)


def test_a_model_file_that_is_corrupt_or_gone(home: Home) -> None:
    model = find_model("smollm2-135m")
    path = home.models / model.file
    with path.open("wb") as file:
        file.write(b"GGUF\x03\x00\x00\x00")
        file.truncate(model.size)
    try:
        assert run(home, "models", "use", "embedded:smollm2-135m").code == 0
        told(run(home, "ask", "x"), "does not load", str(path), "sage models install smollm2-135m")
        path.unlink()
        told(run(home, "ask", "x"), "smollm2-135m", "not", "sage models install smollm2-135m")
    finally:
        path.unlink(missing_ok=True)
