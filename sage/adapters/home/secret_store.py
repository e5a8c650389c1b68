"""Keys: read from the environment, the system's keyring or a private file; never shown, never logged.

A key's name is that of the environment variable it is usually kept in, everywhere.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import subprocess
import sys
import threading
import traceback
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NoReturn

from sage.adapters.files import write_whole
from sage.core.errors import BadInput, NoKey
from sage.core.redaction import HIDDEN, redact
from sage.locations import Home, home_trouble, make_private_folder

SERVICE = "sage"
KEYRING_SECONDS = 5.0
"""How long the keyring may take: without a desktop session some backends wait forever for somebody to unlock them."""

READ_KEYRING = """
import sys, keyring
sys.stdout.write(keyring.get_password(sys.argv[1], sys.argv[2]) or "")
"""
WRITE_KEYRING = """
import sys, keyring
value = sys.stdin.read()
keyring.set_password(sys.argv[1], sys.argv[2], value)
sys.exit(keyring.get_password(sys.argv[1], sys.argv[2]) != value)
"""
FORGET_KEYRING = """
import sys, keyring
if keyring.get_password(sys.argv[1], sys.argv[2]) is not None:
    keyring.delete_password(sys.argv[1], sys.argv[2])
    sys.stdout.write("gone")
"""


class Secret:
    """A key that shows itself only when asked with `reveal`."""

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        with _alive_turn:
            _alive.add(self)

    def reveal(self) -> str:
        """The key itself: for the call that needs it, never for a text."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not copied or written")


_alive: weakref.WeakSet[Secret] = weakref.WeakSet()
_alive_turn = threading.Lock()


class SecretStore:
    """The keys of one home. Methods block (the keyring up to KEYRING_SECONDS): call them in a thread."""

    def __init__(self, home: Home, environ: Mapping[str, str] | None = None) -> None:
        self._home, self._environ = home, os.environ if environ is None else environ
        self._known: dict[str, Secret] = {}
        self._keyring_fails = False
        self._turn = threading.Lock()

    def read(self, name: str) -> Secret | None:
        """The key of that name, or None. Raises NoKey for a key file that others can read."""
        check_name(name)
        with self._turn:
            if name not in self._known:
                value = self._environ.get(name, "").strip() or self._from_keyring(name) or self._from_file(name)
                if not value:
                    return None
                self._known[name] = Secret(value)
            return self._known[name]

    def store(self, name: str, value: str) -> Literal["keyring", "file"]:
        """Keeps a key in the keyring, or, where there is none, in a file only its owner can read. Returns where."""
        check_name(name)
        value = value.strip()
        if not value or any(ord(letter) < 32 for letter in value):
            raise BadInput("That is not a key: it is empty or has more than one line.", safe="Nothing was kept.")
        with self._turn:
            self._known[name] = Secret(value)
            if self._ask_keyring(WRITE_KEYRING, name, value) is not None:
                self._drop_file(name)
                return "keyring"
            make_private_folder(self._home.secrets)
            write_whole(self._home.secrets / name, value + "\n")
            return "file"

    def look_again(self, name: str) -> None:
        """After a key was refused: the next `read` takes it from its place anew, where it may have been mended."""
        with self._turn:
            self._known.pop(name, None)

    def forget(self, name: str) -> list[Literal["keyring", "file"]]:
        """Takes a key out of the keyring and of the home, and returns where it was; an environment variable is not ours
        to unset."""
        check_name(name)
        with self._turn:
            self._known.pop(name, None)
            places: list[Literal["keyring", "file"]] = []
            if self._ask_keyring(FORGET_KEYRING, name):
                places.append("keyring")
            if self._drop_file(name):
                places.append("file")
            return places

    def in_environment(self, name: str) -> bool:
        """Whether the environment has a key of that name, which is then read before any other."""
        return bool(self._environ.get(name, "").strip())

    def advice(self, name: str) -> str:
        """How to give Sage a key, as a sentence."""
        return (
            f"Set {name} in the environment and run sage engine stop, "
            f"or put the key in {self._home.secrets / name} (chmod 600)."
        )

    def _from_keyring(self, name: str) -> str:
        return (self._ask_keyring(READ_KEYRING, name) or "").strip()

    def _from_file(self, name: str) -> str:
        path = self._home.secrets / name
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise NoKey(
                    f"The key file {path} can be read by other users of this machine, so it was not used.",
                    safe="Nothing was sent.",
                    do=f"Run: chmod 600 {path}",
                )
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise NoKey(f"The key file {path} cannot be read.", do=f"Check it, or delete it: rm {path}") from error

    def _drop_file(self, name: str) -> bool:
        path = self._home.secrets / name
        try:
            path.unlink()
            return True
        except FileNotFoundError:
            return False
        except OSError as error:
            raise home_trouble(error, path) from error

    def _ask_keyring(self, program: str, name: str, value: str = "") -> str | None:
        """What a child process got from the keyring; None if there is none, or it failed, hung or wanted to prompt.

        A child, since backends load native code, wait without end and ask on the terminal. The key travels by pipe.
        """
        if self._keyring_fails and program == READ_KEYRING:
            return None
        command = [sys.executable, "-P", "-c", program, SERVICE, name]
        try:
            done = subprocess.run(
                command,
                input=value,
                capture_output=True,
                text=True,
                timeout=KEYRING_SECONDS,
                check=True,
                start_new_session=True,
                cwd=Path(sys.prefix),
            )
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            self._keyring_fails = True
            return None
        return done.stdout


class RedactingFilter(logging.Filter):
    """Takes keys out of log records, and from exceptions all that they say: it may be the person's words. Put it on handlers:
    a logger's filter misses its children."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hide_keys(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _where(record.exc_info[1])
        if record.exc_text:
            record.exc_text = hide_keys(record.exc_text)
        if record.stack_info:
            record.stack_info = hide_keys(record.stack_info)
        return True


def _where(error: BaseException | None) -> str:
    """Where an exception and those behind it came from, and of which kind they are, without what they say."""
    lines: list[str] = []
    while error:
        lines = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n", *lines]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "".join(lines).rstrip()


def hide_keys(text: str) -> str:
    """The text without any key that this process has read, and without what looks like one."""
    with _alive_turn:
        known = [secret.reveal() for secret in list(_alive)]
    return redact(text, known)


def check_name(name: str) -> None:
    """Raises BadInput for what cannot be the name of an environment variable (and so of a key)."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", name):
        raise BadInput(
            "A key's name is that of an environment variable, such as OPENAI_API_KEY.",
            safe="Nothing was changed.",
            do="Name the variable, not the key.",
        )
