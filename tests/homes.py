"""Homes and engines for tests: made in a temporary folder, ended by their process id."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sage.client import engine_command, running_engine, stop_engine
from sage.locations import Home

NOTES = {
    "Garden.md": "# Garden\n\n## Tomatoes\n\nTomatoes want six hours of sun and water at the roots.\n\n## Beans\n\nBeans climb.\n",
    "House/Boiler.md": "---\ntags: [house]\n---\n# Boiler\n\nThe boiler pressure should stay between 1.2 and 1.8 bar.\n",
    "People.md": "# People\n\n## Demo Aunt\n\nHer birthday is on 3 May. She likes marzipan.\n",
}


def make_home(folder: Path, *, linger: float = 0.5, settings: str = "") -> Home:
    """A home whose engine leaves soon after its last front end."""
    home = Home(folder / "home")
    home.prepare()
    home.settings.write_text(f"[notify]\ndesktop = false\n[engine]\nlinger_seconds = {linger}\n{settings}")
    home.settings.chmod(0o600)
    return home


def make_notes(folder: Path) -> Path:
    """A small folder of notes."""
    notes = folder / "notes"
    for name, text in NOTES.items():
        path = notes / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return notes


def start_engine(home: Home, *, stays: bool = False) -> subprocess.Popen[bytes]:
    """An engine in the foreground of a process of the test's own."""
    command = engine_command(home, "serve", *(["--stays"] if stays else []))
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/"
    )


@contextlib.contextmanager
def engine_of(home: Home, *, stays: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    """A real engine that is ready, and gone afterwards."""
    engine = start_engine(home, stays=stays)
    until = time.monotonic() + 30
    while not running_engine(home):
        assert engine.poll() is None, engine.stderr and engine.stderr.read().decode()
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield engine
    finally:
        end(engine)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that a test started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9, and wait until it is gone."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    if process.stderr:
        process.stderr.close()


def sage(
    home: Home, *words: str, stdin: str | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs one command as a person would, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "sage", "--home", str(home.path), *words],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **(env or {})},
    )


__all__ = ["NOTES", "end", "engine_of", "kill", "make_home", "make_notes", "sage", "start_engine", "stop_engine"]
