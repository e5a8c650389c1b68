"""`sage serve --install`: the engine as a service of the person's own account, for systemd and launchd."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from sage.client import engine_command
from sage.core.errors import BadInput, EngineTrouble
from sage.locations import Home, find_home

Run = Callable[[Sequence[str]], bool]
"""Runs a command; whether it went well."""


class Service(NamedTuple):
    """A service file, and what brings it into force and out of it. Each command is tried; the first that fails is told."""

    path: Path
    text: str
    enable: tuple[tuple[str, ...], ...]
    disable: tuple[tuple[str, ...], ...]
    remark: str


def service_of(home: Home, folder: Path, system: str, user: int) -> Service:
    """The service for a home in the home folder of an account, on `linux` or `darwin`. Raises BadInput elsewhere."""
    usual = home.path == find_home(None).path and not os.environ.get("SAGE_HOME")
    mark = "" if usual else f"-{hashlib.sha256(bytes(home.path)).hexdigest()[:8]}"
    command = engine_command(home, "serve", "--stays", "--waits")
    if system == "linux":
        name = f"sage{mark}.service"
        path = folder / ".config" / "systemd" / "user" / name
        systemctl = ("systemctl", "--user")
        return Service(
            path,
            _unit(command),
            enable=((*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", name)),
            disable=((*systemctl, "disable", "--now", name),),
            remark="It runs while you are logged in; to keep it running afterwards: loginctl enable-linger",
        )
    if system == "darwin":
        name = f"sage.engine{mark}"
        path = folder / "Library" / "LaunchAgents" / f"{name}.plist"
        return Service(
            path,
            _plist(name, command),
            enable=(("launchctl", "bootstrap", f"gui/{user}", str(path)),),
            disable=(("launchctl", "bootout", f"gui/{user}/{name}"),),
            remark="",
        )
    raise BadInput(
        f"There is no service file for {system}.", safe="Nothing was written.", do="Keep this running: sage serve"
    )


def install(service: Service, run: Run) -> list[str]:
    """Writes the file and brings it into force; returns what to tell. Raises EngineTrouble when it cannot be written."""
    _write(service.path, service.text)
    lines = [f"Wrote {service.path}"]
    failed = next((command for command in service.enable if not run(command)), None)
    if failed:
        lines.append(f"It could not be started from here. Run: {_joined(service.enable)}")
    else:
        lines.append("Sage runs now, and whenever you log in. Reminders are told without a terminal.")
    return [*lines, service.remark] if service.remark else lines


def uninstall(service: Service, run: Run) -> list[str]:
    """Takes the service out of force and its file away; returns what to tell."""
    if not service.path.exists():
        return ["Sage is not installed as a service."]
    ended = all(run(command) for command in service.disable)
    service.path.unlink()
    lines = [f"Removed {service.path}"]
    return lines if ended else [*lines, f"If it still runs: {_joined(service.disable)}"]


def system_run(command: Sequence[str]) -> bool:
    """Runs one of the system's own commands, quietly."""
    if not shutil.which(command[0]):
        return False
    try:
        return (
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        return False


def refuse_root(user: int) -> None:
    """Raises BadInput for the system's administrator: nobody's reminders need its rights."""
    if user == 0:
        raise BadInput(
            "Sage is not installed for root.", safe="Nothing was written.", do="Run this from your own account."
        )


def account() -> tuple[Path, str, int]:
    """The home folder, the system and the user id of whoever runs this."""
    return Path.home(), sys.platform, os.getuid()


def _unit(command: Sequence[str]) -> str:
    """systemd: a percent sign and a dollar have a meaning of their own, and a quoted word is read with escapes."""
    words = " ".join(f'"{_quoted(word)}"' for word in command)
    return f"""\
[Unit]
Description=Sage: reminders while no terminal is open
StartLimitIntervalSec=0

[Service]
ExecStart={words}
Environment=MALLOC_ARENA_MAX=2
Restart=on-failure
RestartSec=30

[Install]
WantedBy=default.target
"""


def _quoted(word: str) -> str:
    for each, other in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(each, other)
    return word


def _plist(name: str, command: Sequence[str]) -> str:
    words = "\n".join(f"    <string>{escape(word)}</string>" for word in command)
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>{escape(name)}</string>
  <key>ProgramArguments</key>
  <array>
{words}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>30</integer>
</dict>
</plist>
"""


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.new")
        part.write_text(text)
        part.replace(path)
    except OSError as error:
        raise EngineTrouble(
            f"{path} cannot be written ({error.strerror}).", safe="Nothing was changed.", do="Make its folder writable."
        ) from error


def _joined(commands: Sequence[Sequence[str]]) -> str:
    return " && ".join(" ".join(command) for command in commands)


def as_data(service: Service) -> dict[str, Any]:
    """What --json tells of a service."""
    return {"path": str(service.path), "text": service.text, "commands": [list(each) for each in service.enable]}
