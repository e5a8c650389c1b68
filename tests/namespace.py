"""A network of its own for a process of a test: loopback and nothing else, with the kernel's count of what tried to leave;
or a small disk of its own.

Only on Linux, and where the system lets a user make namespaces (root may, most plain users too).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

NEW_USER, NEW_NETWORK, NEW_MOUNTS = 0x10000000, 0x40000000, 0x00020000
PRIVATE, RECURSIVE = 1 << 18, 1 << 14
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 0x1
NOT_PERMITTED = 77
"""The exit code of this module run as a program where it may not make a network of its own."""


def enter() -> None:
    """Puts this process, and all that it starts, into a network with loopback alone. Raises OSError where it may not."""
    _unshare(NEW_NETWORK)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))


def mount_small_disk(folder: Path, size: int) -> None:
    """Puts this process into a view of the files where `folder` is an empty disk of `size` bytes, in memory, which is gone
    when the process ends. Before it starts threads. Raises OSError where it may not."""
    _unshare(NEW_MOUNTS)
    library = ctypes.CDLL(None, use_errno=True)
    if library.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None) or library.mount(
        b"none", os.fsencode(folder), b"tmpfs", 0, f"size={size}".encode()
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _unshare(flags: int) -> None:
    user, group = os.getuid(), os.getgid()
    flags |= 0 if user == 0 else NEW_USER
    if sys.platform != "linux" or ctypes.CDLL(None, use_errno=True).unshare(flags):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if flags & NEW_USER:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def attempts() -> dict[str, int]:
    """What the kernel counted in this network: packets and connections without a route, datagrams nobody took.

    It counts for whoever asked it: interpreters, native libraries, threads, children. A name that is looked up shows in
    the first two, or in the last if the system's resolver is on this machine.
    """
    found: dict[str, int] = {}
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind, *columns = names.split()
        found |= {f"{kind[:-1]}{name}": int(value) for name, value in zip(columns, values.split()[1:], strict=True)}
    more = Path("/proc/self/net/snmp6")
    if more.exists():
        found |= {name: int(value) for name, value in map(str.split, more.read_text().splitlines())}
    asked = ("IpOutNoRoutes", "Ip6OutNoRoutes", "UdpNoPorts", "Udp6NoPorts")
    return {name: found[name] for name in asked if found.get(name)}


def run(command: Sequence[str]) -> int:
    """Runs a command in such a network, then prints what was counted as the last line. Returns its exit code."""
    import json
    import subprocess

    try:
        enter()
    except OSError as error:
        print(error.strerror)
        return NOT_PERMITTED
    code = subprocess.run(command, check=False).returncode
    print(json.dumps(attempts()))
    return code


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
