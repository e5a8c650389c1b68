"""What a screen looks like, kept as SVG in three sizes and two themes: `python -m tests.tui.snapshots --update [VIEW …]`.

`check` compares the screen that an app shows with what is kept, and tells a difference as text. The files are gzipped SVG
(a browser opens them once `gunzip` has): as they are they would be eight times as large.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import gzip
import html
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from sage.locations import Home

KEPT = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (60, 20), (140, 45))
THEMES = ("dark", "light")


def svg(app: Any) -> str:
    """The screen that an app shows, without what differs from run to run (ids) and what would be fetched (fonts)."""
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(title="Sage"), flags=re.DOTALL)
    found = re.search(r"terminal-(\d+)-", drawn)
    return drawn.replace(f"terminal-{found[1]}-", "t-") if found else drawn


def text_of(drawn: str) -> str:
    """The text of an SVG, a line for each row of the screen."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, words in re.findall(r'<text [^>]*?x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', drawn):
        rows.setdefault(float(y), []).append((float(x), html.unescape(words).replace("\xa0", " ")))
    lines = []
    for _, parts in sorted(rows.items()):
        line = ""
        for x, words in sorted(parts):
            line = line.ljust(round(x / 12.2)) + words
        lines.append(line.rstrip())
    return "\n".join(lines)


def check(app: Any, name: str, *, update: bool | None = None) -> None:
    """Compares what an app shows with the kept drawing of this name; raises AssertionError with the difference.

    With `update` (or SAGE_UPDATE_SNAPSHOTS in the environment) it is kept instead.
    """
    path = KEPT / f"{name}.svgz"
    drawn = svg(app)
    if update or (update is None and os.environ.get("SAGE_UPDATE_SNAPSHOTS")):
        if not path.exists() or gzip.decompress(path.read_bytes()).decode() != drawn:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(drawn.encode(), mtime=0))
        return
    assert path.exists(), f"{name} is not kept yet: python -m tests.tui.snapshots --update"
    kept = gzip.decompress(path.read_bytes()).decode()
    if kept != drawn:
        raise AssertionError(f"{name} does not look as it did:\n{difference(kept, drawn)}")


def difference(kept: str, drawn: str) -> str:
    """How two drawings differ: in their text, or else in colours and styles, the rows of which are told."""
    before, after = text_of(kept).splitlines(), text_of(drawn).splitlines()
    if before != after:
        return "\n".join(difflib.unified_diff(before, after, "kept", "shown now", lineterm="", n=1))
    changed = [line for line in difflib.ndiff(kept.splitlines(), drawn.splitlines()) if line[:2] in ("- ", "+ ")]
    return "The text is the same; colours or styles are not:\n" + "\n".join(line[:300] for line in changed[:12])


async def check_all_sizes(pilot: Pilot[Any], name: str, theme: str, *, update: bool | None = None) -> None:
    """`check` in each size. The app shows the theme already."""
    wrong = []
    for screen in pilot.app.screen_stack:
        for field in (*screen.query(Input), *screen.query(TextArea)):
            field.cursor_blink = False  # it is drawn, and stays
    for width, height in SIZES:
        await pilot.resize_terminal(width, height)
        for _ in range(3):
            await pilot.pause(0.05)
        try:
            check(pilot.app, f"{name}-{width}x{height}-{theme}", update=update)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


async def check_view(name: str, folder: Path, theme: str, *, update: bool | None = None) -> None:
    """`check` of one of the app's views in a theme."""
    from tests.tui.every_screen import VIEWS, showing

    with contextlib.chdir(folder):  # what names the home is the same wherever it is
        async with showing(VIEWS[name], Home(Path("home")), SIZES[0], theme) as pilot:
            await check_all_sizes(pilot, name, theme, update=update)


def main(arguments: list[str]) -> int:
    from tests.tui.every_screen import VIEWS

    parser = argparse.ArgumentParser(prog="python -m tests.tui.snapshots", description=__doc__)
    parser.add_argument("--update", action="store_true", help="keep how it looks now")
    parser.add_argument("--text", action="store_true", help="print the kept text of the views (80 x 24)")
    parser.add_argument("views", nargs="*", help="names of views (all)")
    args = parser.parse_args(arguments)
    failed = 0
    for name in args.views or VIEWS:
        if args.text:
            print(f"== {name}\n{text_of(gzip.decompress((KEPT / f'{name}-80x24-dark.svgz').read_bytes()).decode())}")
            continue
        for theme in THEMES:
            with tempfile.TemporaryDirectory(prefix="sage-look-") as folder:
                try:
                    asyncio.run(check_view(name, Path(folder), theme, update=args.update))
                except Exception as error:
                    failed += 1
                    print(f"{name}, {theme}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
