"""What a screen looks like, kept in three sizes and two themes: `python -m tests.tui.snapshots --update [VIEW …]`.

`check` compares the screen that an app shows with what is kept. The files are text (see `drawing`), so that a difference can be
read, in a review, too; `--svg FOLDER` draws them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import difflib
import os
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from sage.locations import Home
from tests.tui.drawing import rows_of, svg, text

KEPT = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (60, 20), (140, 45))
THEMES = ("dark", "light")


def check(app: Any, name: str, *, update: bool | None = None) -> None:
    """Compares what an app shows with the kept drawing of this name; raises AssertionError with the difference.

    With `update` (or SAGE_UPDATE_SNAPSHOTS in the environment) it is kept instead.
    """
    path = KEPT / f"{name}.txt"
    drawn = text(app)
    if update or (update is None and os.environ.get("SAGE_UPDATE_SNAPSHOTS")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
        return
    assert path.exists(), f"{name} is not kept yet: python -m tests.tui.snapshots --update"
    kept = path.read_text(encoding="utf-8")
    if kept != drawn:
        raise AssertionError(f"{name} does not look as it did:\n{difference(kept, drawn)}")


def difference(kept: str, drawn: str) -> str:
    """How two drawings differ, the first lines of it: in their text, then in colours and styles."""
    same = rows_of(kept) == rows_of(drawn)
    found = difflib.unified_diff(kept.splitlines(), drawn.splitlines(), "kept", "shown now", lineterm="", n=1)
    return "\n".join([*(["The text is the same; colours or styles are not:"] if same else []), *islice(found, 60)])


async def check_all_sizes(pilot: Pilot[Any], name: str, theme: str, *, update: bool | None = None) -> None:
    """`check` in each size. The app shows the theme already."""
    wrong = []
    for width, height in SIZES:
        await pilot.resize_terminal(width, height)
        for _ in range(3):
            await pilot.pause(0.05)
        for _ in range(2):  # a blink that was due already may come once more
            _still(pilot.app)
            await pilot.pause(0.1)
        try:
            check(pilot.app, f"{name}-{width}x{height}-{theme}", update=update)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


def _still(app: App[Any]) -> None:
    """The cursor of the field that is written in stays, and is drawn, whatever it did before."""
    for screen in app.screen_stack:
        for field in (*screen.query(Input), *screen.query(TextArea)):
            field.cursor_blink = False
            field._cursor_visible = True


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
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="draw what is kept of the views there")
    parser.add_argument("views", nargs="*", help="names of views (all)")
    args = parser.parse_args(arguments)
    failed = 0
    for name in args.views or VIEWS:
        if args.text:
            print("\n".join([f"== {name}", *rows_of((KEPT / f"{name}-80x24-dark.txt").read_text(encoding="utf-8"))]))
            continue
        if args.svg:
            args.svg.mkdir(exist_ok=True)
            for path in KEPT.glob(f"{name}-*.txt"):
                (args.svg / f"{path.stem}.svg").write_text(svg(path.read_text(encoding="utf-8")), encoding="utf-8")
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
