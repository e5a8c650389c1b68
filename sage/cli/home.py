"""The home: `profile`, `why`, `doctor`, `backup`, `export`, `restore`, `serve` and `engine`."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client, run_engine_tool, running_engine, stop_engine
from sage.core.errors import BadInput
from sage.core.sharing_words import counted
from sage.locations import typed_path


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    profile = commands.add_parser("profile").add_subparsers(required=True, metavar="WHAT")
    show = profile.add_parser("show", parents=[common], help="every value and where it came from")
    show.set_defaults(run=run_profile_show)
    why = commands.add_parser("why", parents=[common])
    why.add_argument("id")
    why.set_defaults(run=run_why)
    doctor = commands.add_parser("doctor", parents=[common])
    doctor.set_defaults(run=run_doctor, tells_settings=True)
    backup = commands.add_parser("backup", parents=[common])
    backup.add_argument("file", nargs="?", default="", help="where to (the home's backups folder)")
    backup.set_defaults(run=run_backup)
    export = commands.add_parser("export", parents=[common])
    export.add_argument("folder", help="a new folder, or an empty one")
    export.set_defaults(run=run_export)
    restore = commands.add_parser("restore", parents=[common])
    restore.add_argument("file", nargs="?", default="")
    restore.add_argument("--list", action="store_true", help="list the home's backups")
    restore.set_defaults(run=run_restore)
    serve = commands.add_parser("serve", parents=[common])
    serve.add_argument("--install", action="store_true", help="as a service that starts when you log in")
    serve.add_argument("--uninstall", action="store_true", help="take that service away")
    serve.add_argument("--dry-run", action="store_true", help="only show the service file")
    serve.set_defaults(run=run_serve)
    engine = commands.add_parser("engine").add_subparsers(required=True, metavar="WHAT")
    status = engine.add_parser("status", parents=[common], help="what the engine is doing")
    status.set_defaults(run=run_status)
    stop = engine.add_parser("stop", parents=[common], help="end the engine")
    stop.set_defaults(run=run_stop)


def run_profile_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowProfile())
    width = max(len(setting.key) for setting in shown.settings)
    lines = [f"profile {shown.name}"]
    lines += [f"{setting.key:<{width}}  {setting.value!r:<24} {setting.origin}" for setting in shown.settings]
    printer.data(shown, lines)
    return 0


def run_why(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        told = client.call(wire.Why(given.id))
    printer.data({"id": told.id, "kind": told.kind, "lines": told.lines, **told.data}, told.lines)
    return 0


def run_doctor(given: argparse.Namespace, printer: Printer) -> int:
    return run_engine_tool(given.home, "doctor", *(["--json"] if given.json else []))


def run_backup(given: argparse.Namespace, printer: Printer) -> int:
    target = str(typed_path(given.file)) if given.file else ""
    with Client(given.home, profile=given.profile or "") as client:
        made = client.call(wire.MakeBackup(target))
    lines = [f"Backed up to {made.path} ({made.bytes / 1e6:.1f} MB)."]
    printer.data(made, [*lines, *(f"Not in it: {each}" for each in made.left_out)])
    return 0


def run_export(given: argparse.Namespace, printer: Printer) -> int:
    if not given.folder.strip():
        raise BadInput("No folder was named.", safe="Nothing was written.", do="Name a new one: sage export FOLDER")
    with Client(given.home, profile=given.profile or "") as client:
        made = client.call(wire.ExportHome(str(typed_path(given.folder))))
    counts = ((made.notes, "note"), (made.conversations, "conversation"), (made.texts, "remembered text"),
              (made.reminders, "reminder"), (made.facts, "fact"))  # fmt: skip
    told = ", ".join(f"{count} {what}{'s' * (count > 1)}" for count, what in counts if count) or "nothing yet"
    lines = [f"Exported to {made.path}: {told}; {counted(made.files, 'file')}, {made.bytes / 1e6:.1f} MB."]
    printer.data(made, [*lines, *(f"Not in it: {each}." for each in made.left_out)])
    return 0


def run_restore(given: argparse.Namespace, printer: Printer) -> int:
    flags = [
        *([given.file] if given.file else []),
        *(["--list"] if given.list else []),
        *(["--json"] if given.json else []),
    ]
    return run_engine_tool(given.home, "restore", *flags)


def run_serve(given: argparse.Namespace, printer: Printer) -> int:
    if given.install or given.uninstall or given.dry_run:
        return _install(given, printer)
    printer.line(f"Sage serves {given.home.path}. Ctrl+C ends it.")
    profile = ("--profile", given.profile) if given.profile else ()
    return 1 if run_engine_tool(given.home, "serve", "--stays", *profile) else 0


def _install(given: argparse.Namespace, printer: Printer) -> int:
    from sage.cli import serving

    folder, system, user = serving.account()
    service = serving.service_of(given.home, folder, system, user)
    if given.dry_run:
        printer.data(serving.as_data(service), [f"{service.path}:", "", *service.text.splitlines()])
        return 0
    serving.refuse_root(user)
    deed = serving.uninstall if given.uninstall else serving.install
    lines = deed(service, serving.system_run)
    printer.data({**serving.as_data(service), "told": lines}, lines)
    return 0


def run_status(given: argparse.Namespace, printer: Printer) -> int:
    if not running_engine(given.home):
        printer.data({"running": False}, ["No engine runs."])
        return 0
    with Client(given.home, profile=given.profile or "") as client:
        status = client.call(wire.ShowStatus())
    lines = [
        f"Engine {status.sage}, process {status.pid}, {status.memory_mb:.0f} MB, "
        f"{'stays' if status.stays else 'leaves when alone'}",
        f"{status.answering} answers (profile {status.profile}); spent today: ${status.spent_today_usd:.2f}",
        f"{status.documents:,} notes and texts, {counted(status.passages, 'passage')} in {status.home}",
        f"{counted(status.watched, 'folder')} of notes {'is' if status.watched == 1 else 'are'} watched",
    ]
    if status.paused:
        lines.append(f"Sage is paused {status.paused}; nothing is said unasked")
    if status.unwatched:
        lines.append(f"{status.unwatched} cannot be watched, and are looked through every half minute")
    printer.data(status, lines)
    return 0


def run_stop(given: argparse.Namespace, printer: Printer) -> int:
    stopped = stop_engine(given.home)
    printer.data({"stopped": stopped}, ["The engine has ended." if stopped else "No engine runs."])
    return 0
