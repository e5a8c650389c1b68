"""Denies the network to every Python process that finds this folder on PYTHONPATH: loopback and Unix sockets alone work.

An audit hook sees what the interpreter's own socket module does, whoever calls it, and cannot be taken off again. Each
process leaves a line in the file that SAGE_TEST_NETWORK_LOG names, and one with address and stack for each attempt.
"""

import errno
import ipaddress
import json
import os
import sys
import traceback

LOG = os.environ.get("SAGE_TEST_NETWORK_LOG", "")
LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
ADDRESSED = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind")


def _write(**line: object) -> None:
    data = json.dumps({"pid": os.getpid(), "command": sys.orig_argv, **line}).encode() + b"\n"
    descriptor = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def _is_here(host: object) -> bool:
    """Whether a host is this machine, by its name alone."""
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _deny(event: str, values: tuple[object, ...]) -> None:
    if event in LOOKUPS:
        where: object = values[0]
    elif event in ADDRESSED:
        where = values[1]
        if not isinstance(where, tuple) or not where or where[0] == "":  # a Unix socket's path, or none
            return
        where = where[0]
    else:
        return
    if not _is_here(where):
        _write(event=event, where=repr(values[:3]), stack=traceback.format_stack()[:-1])
        raise OSError(errno.ENETUNREACH, f"the test denies the network ({event})")


if LOG:
    _write(event="guarded")
    sys.addaudithook(_deny)
