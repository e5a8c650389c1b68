"""Messages of a Matrix account: in a process of its own, with a homeserver on loopback and another person's program."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mautrix.types import EventType

from sage.plugin_api import Outbound
from sage.testing.plugins.accounts import manifest_of
from sage.testing.plugins.messaging_scene import Listening
from tests.plugins.apart import Apart
from tests.plugins.matrix.people import Person, SealedPerson
from tests.plugins.matrix.scenes import MatrixScene, SealedScene
from tests.servers.matrix import Synapse, synapse

_IMPORTS = """
import resource, sys, time
before, began = set(sys.modules), time.perf_counter()
from sage.adapters.plugins.loading import reach
from sage.locations import bundled
reach(bundled("plugins"))
import sage_plugins.matrix.source
disabled = time.perf_counter() - began
import sage_plugins.matrix.incoming, sage_plugins.matrix.signing
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(disabled, time.perf_counter() - began, memory, len(set(sys.modules) - before))
"""


def measure(_: Path | None = None, messages: int = 40) -> dict[str, Any]:
    """Milliseconds from a message's way out (already encrypted) to the event in Sage's process, and back to the other;
    seconds and MB of the plugin's import and of opening an account."""
    with tempfile.TemporaryDirectory() as folder, synapse(Path(folder)) as server:
        plain = asyncio.run(_through(MatrixScene, server, Path(folder), messages))
        sealed = asyncio.run(_through(SealedScene, server, Path(folder), messages))
    return {"import": _import_cost(), "plain": plain, "encrypted": sealed}


def _import_cost() -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=True)
    light, whole, memory, modules = (float(each) for each in done.stdout.split())
    return {"source_s": round(light, 3), "with_mautrix_s": round(whole, 2), "mb": round(memory), "modules": modules}


async def _through(kind: type[MatrixScene], server: Synapse, folder: Path, messages: int) -> dict[str, Any]:
    home = folder / kind.__name__
    home.mkdir()
    async with kind(server, home) as scene:
        began = time.perf_counter()
        surface = Apart(manifest_of("matrix"), scene.account, home / "account")
        await surface.open()
        opened = time.perf_counter() - began
        listening = Listening(surface, "", 10.0)
        await listening.batch()
        inward, outward = [], []
        for number in range(messages):
            text = f"message {number}"
            sealed = await _sealed(scene, text)
            listening.ask()
            began = time.perf_counter()
            await Person.send(scene.ben, scene.alone, *sealed)
            met = await listening.until(text)
            inward.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            await surface.send(Outbound(met.conversation, (met.sender.id,), "answer"), f"key-{number}")
            outward.append((time.perf_counter() - began) * 1000)
        memory = surface.process.memory if surface.process else 0.0
        await listening.stop()
        await surface.close()
    return {"open_s": round(opened, 2), "mb": round(memory), "in_ms": _spread(inward), "send_ms": _spread(outward)}


async def _sealed(scene: MatrixScene, text: str) -> tuple[dict[str, Any], str]:
    """Content and kind of the event that says a text."""
    content = {"msgtype": "m.text", "body": text}
    if not isinstance(scene.ben, SealedPerson):
        return content, "m.room.message"
    await scene.ben.look()
    found = await scene.ben.client.encrypt(scene.alone, EventType.ROOM_MESSAGE, content)
    return found.serialize(), "m.room.encrypted"


def _spread(found: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(found), 1),
        "p95": round(statistics.quantiles(found, n=20)[-1], 1),
        "most": round(max(found), 1),
    }
