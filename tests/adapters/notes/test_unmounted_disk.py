"""A disk below an imported folder that is not mounted any more: a real one, where this system lets a test make it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import namespace

SCRIPT = """
import ctypes, shutil, sys
from pathlib import Path
from sage.adapters.memory.memory import SageMemory
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder
from tests import namespace

top = Path(sys.argv[1])
disk = top / "vault/disk"
disk.mkdir(parents=True)
(top / "index").mkdir()
(top / "vault/here.md").write_text("The walrus sleeps.")
try:
    namespace.mount_small_disk(disk, 1_000_000)
except OSError:
    sys.exit(namespace.NOT_PERMITTED)
(disk / "there.md").write_text("The otter swims.")
(disk / "gone.md").write_text("The heron waits.")
with SageMemory(top / "index", FakeTexts(), FakeEmbedder()) as memory:
    def sources():
        return sorted(hit.source for hit in memory.file_passages())
    memory.import_path(top / "vault")
    (disk / "gone.md").unlink()
    memory.look_again([disk / "gone.md"])
    assert sources() == ["disk/there.md", "here.md"], sources()
    shutil.copy(disk / "there.md", top / "vault/copy.md")
    assert ctypes.CDLL(None).umount2(str(disk).encode(), 2) == 0
    assert list(disk.iterdir()) == []
    memory.rescan()
    memory.look_again([disk, disk / "there.md"])
    assert sources() == ["copy.md", "disk/there.md", "here.md"], sources()
    assert len({hit.id for hit in memory.file_passages()}) == 3, "what is elsewhere is a copy"
    shutil.rmtree(disk)
    memory.rescan()
    assert "disk/there.md" in sources()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="disks are mounted as Linux does")
def test_what_was_on_a_disk_that_is_not_mounted_stays_in_memory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode == namespace.NOT_PERMITTED:
        pytest.skip("this system lets nobody make a disk here")
    assert done.returncode == 0, done.stderr
