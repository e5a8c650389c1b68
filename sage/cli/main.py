"""`sage` and its commands: reads the command line, runs one command, tells errors, returns the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sage import __version__
from sage.cli.commands import GROUPS
from sage.core.errors import BadInput, EngineTrouble, SageError
from sage.locations import find_home, is_plain

if TYPE_CHECKING:
    import argparse

    from sage.cli.printing import Printer
    from sage.locations import Home
    from sage.tui.early import EarlyLine

IN_BROWSER = "TEXTUAL_DRIVER"
"""Set where the app is driven by `sage web`, and has no terminal."""
DONE, TOLD_ERROR, USAGE, INTERRUPTED = 0, 1, 2, 130


def run(arguments: Sequence[str] | None = None, printer: Printer | None = None) -> int:
    """Runs one command: 0 done, 1 a told error (on standard error), 2 usage, 130 interrupted. `printer`: who prints for it."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words:  # the app's first paint waits for nothing that is not needed
        return _run(SimpleNamespace(home=None, profile=None, plain=False), printer)
    import argparse

    places = argparse.ArgumentParser(prog="sage", add_help=False)
    _places(places, None)
    _add_plain(places)
    given, rest = places.parse_known_args(words)
    if rest:  # a command
        given = build_parser(rest[0]).parse_args(words)
    return _run(given, printer)


def _run(given: Any, printer: Printer | None) -> int:
    from sage.cli.printing import Printer

    printer = printer or Printer(as_json=getattr(given, "json", False))
    try:
        if given.profile == "demo":
            from sage.cli.demo import demo_home

            with demo_home(given.home) as given.home:
                return _do(given, printer)
        given.home = find_home(given.home)
        return _do(given, printer)
    except SageError as error:
        printer.error(error)
        return TOLD_ERROR
    except KeyboardInterrupt:
        print("Stopped. What was acknowledged is kept.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return DONE


def _do(given: Any, printer: Printer) -> int:
    """Runs the command that was given, or the app."""
    if getattr(given, "run", None) is None:
        return _open_app(given)
    if not getattr(given, "tells_settings", False):
        _tell_misplaced(given.home.settings, printer)
    code = int(given.run(given, printer) or DONE)
    printer.finish()
    return code


def _tell_misplaced(settings: Path, printer: Printer) -> None:
    """What stands among the accounts of plugins and is none, once a command. What else is wrong there the command tells."""
    import tomllib

    try:
        text = settings.read_text(encoding="utf-8-sig")
        if "plugins" not in text:
            return
        values = tomllib.loads(text)
    except (OSError, ValueError):
        return
    from sage.core.layers import Layer
    from sage.core.plugins.account_tables import misplaced

    for one in misplaced(Layer(settings.name, text, values)):
        printer.trouble(f"{one.what} {one.do} All else goes on without it.")


def _drop_output() -> None:
    """Nobody reads standard output any more; what is left of it goes nowhere, rather than into an error at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser(command: str) -> argparse.ArgumentParser:
    """The command line as far as `command` needs it: of its group, or of all by their names alone where it is none."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="sage",
        description="A personal wise AI in the terminal. Without a command it opens the app.",
        epilog="Exit codes: 0 done, 1 an error that was told, 2 wrong usage. Every command takes --help.",
    )
    parser.add_argument("--version", action="version", version=f"sage {__version__}")
    _add_plain(parser)
    _places(parser, None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    _places(common, argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help="print data as JSON")
    group = next((group for group, known in GROUPS.items() if command in known), "")
    if group:
        import_module(f"sage.cli.{group}").add_commands(commands, common)
        return parser
    for known in GROUPS.values():
        for name, told in known.items():
            commands.add_parser(name, help=told)
    return parser


def _places(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--home", metavar="FOLDER", default=default, help="the data folder (else SAGE_HOME, else the system's)"
    )
    parser.add_argument("--profile", metavar="NAME", default=default, help="the profile, such as offline or focus")


def _add_plain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="the conversation as lines, without a screen")


def _open_app(given: Any) -> int:
    if given.plain or (is_plain(os.environ) and IN_BROWSER not in os.environ):
        from sage.cli.plain import talk_plainly

        return talk_plainly(given.home, given.profile or "")
    has_terminal = all(end is not None and end.isatty() for end in (sys.stdin, sys.stdout))  # a closed one is None
    if not has_terminal and IN_BROWSER not in os.environ:
        raise BadInput(
            "The app needs a terminal.",
            safe="Nothing was changed.",
            do="Use a command instead: sage --help, or: sage ask 'your question', or: sage --plain",
        )
    import gc

    from sage.tui.early import EarlyLine

    gc.disable()  # nothing that is loaded for the first paint is garbage; the app turns it on again
    line = EarlyLine()
    try:
        line.draw(os.environ)
        return _load_app()(given.home, given.profile or "", line)
    finally:
        line.close()


def _load_app() -> Callable[[Home, str, EarlyLine], int]:
    try:
        from sage.tui.app import open_app
    except ModuleNotFoundError as error:
        raise EngineTrouble(f"The app cannot start: {error.name} is missing.", do="Install Sage again.") from error
    return open_app
