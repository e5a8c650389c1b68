"""Draws the README's picture: `python -m tests.picture`. The notes are a demo's, the app and the engine are real."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from sage import wire
from sage.client import Client, stop_engine
from sage.tui.app import SageApp
from sage.tui.screens.talk import Talk
from tests.homes import make_home

TARGET = Path(__file__).parent.parent / ".ci" / "talk.svg"
NOTES = {
    "Garden.md": "# Garden\n\n## Tomatoes\n\nTomatoes want six hours of sun and water at the roots, never on the leaves. "
    "The bed by the south wall did best last year.\n\n## Beans\n\nSow after the last frost.\n",
    "House/Boiler.md": "# Boiler\n\n## Pressure\n\nKeep it between 1.2 and 1.8 bar. The tap to refill is behind the panel.\n",
}


async def draw(folder: Path) -> None:
    """Asks two things in the app and saves what it shows."""
    home = make_home(folder, linger=30)
    notes = folder / "notes"
    for name, text in NOTES.items():
        (notes / name).parent.mkdir(parents=True, exist_ok=True)
        (notes / name).write_text(text)
    with Client(home) as client:
        client.call(wire.ImportNotes(str(notes)))
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    app = SageApp(home)
    async with app.run_test(size=(92, 27)) as pilot:
        for text in ("Where do the tomatoes go?", "remind me on Friday at 9 to refill the boiler"):
            await pilot.press(*text, "enter")
            await _answered(app, pilot)
        talk = app.screen
        assert isinstance(talk, Talk)
        first = next(place for place, entry in enumerate(talk.transcript.entries) if entry.sources)
        talk.transcript.fold_sources(first, folded=False)
        await pilot.pause(0.3)
        # Without the fonts that the drawing would fetch from elsewhere.
        TARGET.write_text(re.sub(r"@font-face \{.*?\}\n?", "", app.export_screenshot(title="Sage"), flags=re.DOTALL))
    stop_engine(home)


async def _answered(app: SageApp, pilot: object) -> None:
    """Waits until the last entry is a finished answer."""
    for _ in range(200):
        await asyncio.sleep(0.05)
        talk = app.screen
        if isinstance(talk, Talk) and (entries := talk.transcript.entries) and entries[-1].footer:
            return
    raise TimeoutError("no answer was shown")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="sage-picture-") as folder:
        asyncio.run(draw(Path(folder)))
