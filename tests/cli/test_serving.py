"""Sage as a service: the file is right for the system, and brought into force only with the person's own rights."""

from __future__ import annotations

import plistlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sage.cli.serving import Service, install, refuse_root, service_of, uninstall
from sage.client import running_engine
from sage.core.errors import BadInput
from sage.locations import Home
from tests.homes import sage

HARD = 'my "home" 100% $HOME \\ é'


def make(tmp_path: Path, system: str) -> Service:
    return service_of(Home(tmp_path / HARD), tmp_path / "account", system, 1000)


def test_a_unit_is_written_enabled_and_taken_away(tmp_path: Path) -> None:
    service, ran = make(tmp_path, "linux"), list[Sequence[str]]()
    told = install(service, lambda command: not ran.append(command))
    assert service.path.parent == tmp_path / "account/.config/systemd/user" and service.path.read_text() == service.text
    assert [command[2] for command in ran] == ["daemon-reload", "enable"] and "Sage runs now" in told[1]
    ran.clear()
    uninstall(service, lambda command: not ran.append(command))
    assert [command[2] for command in ran] == ["disable"] and not service.path.exists()
    assert uninstall(service, lambda command: True) == ["Sage is not installed as a service."]


def test_without_the_tool_the_one_command_is_told(tmp_path: Path) -> None:
    service = make(tmp_path, "linux")
    told = install(service, lambda command: False)
    assert f"systemctl --user enable --now {service.path.name}" in told[1] and service.path.exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    service = make(tmp_path, "linux")
    install(service, lambda command: True)
    said = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(service.path)], capture_output=True, text=True, check=False, timeout=60,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert service.path.name not in said.stderr and said.returncode == 0, said.stderr


def test_a_property_list_names_the_same_command(tmp_path: Path) -> None:
    service = make(tmp_path, "darwin")
    found = plistlib.loads(service.text.encode())
    assert found["ProgramArguments"][-2:] == ["--home", str(tmp_path / HARD)] and "--waits" in found["ProgramArguments"]
    assert service.path.parent == tmp_path / "account/Library/LaunchAgents" and found["Label"] in service.disable[0][-1]


def test_another_home_is_another_service(tmp_path: Path) -> None:
    names = {service_of(Home(tmp_path / name), tmp_path, "linux", 1000).path.name for name in "ab"}
    assert len(names) == 2


def test_nothing_is_installed_for_root_or_an_unknown_system(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="root"):
        refuse_root(0)
    with pytest.raises(BadInput, match="plan9"):
        make(tmp_path, "plan9")


def test_a_dry_run_only_shows_the_file(tmp_path: Path) -> None:
    shown = sage(Home(tmp_path / "home"), "serve", "--install", "--dry-run", env={"HOME": str(tmp_path / "account")})
    assert shown.returncode == 0 and "--waits" in shown.stdout
    assert not (tmp_path / "account").exists()


def test_whoever_ends_the_command_ends_the_engine(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    command = [sys.executable, "-m", "sage", "--home", str(home.path), "serve"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as serving:
        end = time.monotonic() + 60
        while not running_engine(home):
            assert time.monotonic() < end and serving.poll() is None
            time.sleep(0.05)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 0
    assert not running_engine(home)
