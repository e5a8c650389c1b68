"""Runs a plugin's own tests in a process, and tells in words what came of it."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from sage.adapters.plugins.looking_over import Finding

NEEDED = {"pytest": "pytest", "pytest_asyncio": "pytest-asyncio"}
WITHIN = 600.0
"""Seconds that all tests of a plugin may take."""
MOST_TOLD = 10
LOOP = ("-o", "asyncio_default_fixture_loop_scope=function", "-o", "asyncio_mode=auto")


def run_tests(folder: Path, checkout: Path | None = None) -> Iterator[Finding]:
    """Runs the tests in a folder; those that belong to a checkout of Sage, by its own rules. Blocks, up to `WITHIN`."""
    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        do = f"Run: {sys.executable} -m pip install {' '.join(missing)}"
        yield Finding("tests", "wrong", f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing.", do)
        return
    with tempfile.TemporaryDirectory(prefix="sage-check-") as place:
        report = Path(place, "report.xml")
        rules = [] if checkout else [
            "--import-mode=importlib", f"--rootdir={folder}", "-c", os.devnull, *LOOP,
        ]  # fmt: skip
        command = [
            sys.executable, "-P", "-m", "pytest", str(folder), "-q", "-p", "no:cacheprovider", "--tb=short",
            f"--junitxml={report}", f"--basetemp={place}/tests", *rules,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command,
                cwd=checkout or place,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=WITHIN,
                umask=0o022,  # the usual one: a server that a test starts may run as another user, and reads what the test wrote
            )
        except subprocess.TimeoutExpired:
            yield Finding("tests", "wrong", f"The tests took longer than {WITHIN:.0f} s.", f"Run: {_by_hand(folder)}")
            return
        if not report.exists():
            words = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["pytest could not run."]
            yield Finding("tests", "wrong", words[0][:300], f"Run: {_by_hand(folder)}")
            return
        yield from _told(ElementTree.parse(report).getroot(), folder)  # noqa: S314 - pytest has just written it


def _by_hand(folder: Path) -> str:
    """The command with which an author runs the tests as they are run here."""
    return shlex.join([sys.executable, "-m", "pytest", *LOOP, str(folder)])


def _told(root: ElementTree.Element, folder: Path) -> Iterator[Finding]:
    cases = list(root.iter("testcase"))
    failed = [(case, part) for case in cases for part in case if part.tag in ("failure", "error")]
    skipped = Counter(part.get("message", "") for case in cases for part in case if part.tag == "skipped")
    for reason, count in skipped.most_common():
        yield Finding("tests", "remark", f"{count} left out: {reason}")
    for case, part in failed[:MOST_TOLD]:
        name = case.get("name", "").removeprefix("test_").replace("_", " ")
        raised = [line[2:].strip() for line in (part.text or "").splitlines() if line.startswith("E ")]
        words = (raised or part.get("message", "").strip().splitlines() or ["it failed"])[0]
        yield Finding("tests", "wrong", f"Not held: {name}: {words[:300]}")
    passed = len(cases) - len(failed) - skipped.total()
    if failed:
        do = f"See them all: {_by_hand(folder)}"
        yield Finding("tests", "remark", f"{len(failed)} of {len(cases)} tests fail.", do)
    elif not passed:
        yield Finding("tests", "wrong", "No test ran.", "Derive one from the suite of its kind.")
    else:
        yield Finding("tests", "ok", f"{passed} tests hold.")
