from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import stat
import traceback
from pathlib import Path

import pytest

from sage.adapters.home import secret_store
from sage.adapters.home.secret_store import RedactingFilter, Secret, SecretStore, hide_keys
from sage.core.errors import BadInput, HomeTrouble, NoKey
from sage.locations import Home

CANARY = "canary-5up3r-s3cr3t-value"
NAME = "SAGE_TEST_KEY"

WORKING = """
import json, os, pathlib
from keyring.backend import KeyringBackend
class Ring(KeyringBackend):
    priority = 1
    def _all(self):
        file = pathlib.Path(os.environ["RING_FILE"])
        return json.loads(file.read_text()) if file.exists() else {}
    def get_password(self, service, name): return self._all().get(service + "/" + name)
    def set_password(self, service, name, value):
        pathlib.Path(os.environ["RING_FILE"]).write_text(json.dumps(self._all() | {service + "/" + name: value}))
    def delete_password(self, service, name):
        rest = self._all(); rest.pop(service + "/" + name); pathlib.Path(os.environ["RING_FILE"]).write_text(json.dumps(rest))
"""
HANGING = """
import time
from keyring.backend import KeyringBackend
class Ring(KeyringBackend):
    priority = 1
    def get_password(self, service, name): time.sleep(60)
    set_password = get_password
"""
ASKING = HANGING.replace("time.sleep(60)", "return input('Password: ')")
FAILING = HANGING.replace("time.sleep(60)", "raise ZeroDivisionError")
FORGETFUL = HANGING.replace("time.sleep(60)", "return None")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return Home(tmp_path / "home")


def use_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backend: str) -> Path:
    (tmp_path / "ring").mkdir()
    (tmp_path / "ring" / "test_ring.py").write_text(backend)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "ring"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "test_ring.Ring")
    monkeypatch.setenv("RING_FILE", str(tmp_path / "ring.json"))
    return tmp_path / "ring.json"


def revealed(secret: Secret | None) -> str:
    assert secret is not None
    return secret.reveal()


def test_the_environment_goes_first_then_the_keyring_then_the_file(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = use_keyring(monkeypatch, tmp_path, WORKING)
    home.secrets.mkdir(parents=True)
    (home.secrets / NAME).write_text("from-the-file\n")
    (home.secrets / NAME).chmod(0o600)
    assert revealed(SecretStore(home, {}).read(NAME)) == "from-the-file"
    ring.write_text(json.dumps({f"sage/{NAME}": "from-the-keyring"}))
    assert revealed(SecretStore(home, {}).read(NAME)) == "from-the-keyring"
    assert revealed(SecretStore(home, {NAME: " from-the-environment\n"}).read(NAME)) == "from-the-environment"


def test_a_key_is_kept_in_the_keyring_and_forgotten_from_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = use_keyring(monkeypatch, tmp_path, WORKING)
    home.secrets.mkdir(parents=True)
    (home.secrets / NAME).write_text("an older one")
    store = SecretStore(home, {})
    assert store.store(NAME, CANARY + "\n") == "keyring"
    assert json.loads(ring.read_text()) == {f"sage/{NAME}": CANARY} and not (home.secrets / NAME).exists()
    assert revealed(SecretStore(home, {}).read(NAME)) == CANARY
    assert store.forget(NAME) == ["keyring"] and store.forget(NAME) == []
    assert json.loads(ring.read_text()) == {} and store.read(NAME) is None


@pytest.mark.parametrize("backend", [HANGING, ASKING, FAILING, FORGETFUL])
def test_a_keyring_that_hangs_asks_fails_or_forgets_counts_as_none(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    use_keyring(monkeypatch, tmp_path, backend)
    monkeypatch.setattr(secret_store, "KEYRING_SECONDS", 1.0)
    store = SecretStore(home, {})
    assert store.read(NAME) is None
    assert store.store(NAME, CANARY) == "file"
    assert revealed(SecretStore(home, {}).read(NAME)) == CANARY


def test_a_keyring_that_failed_is_not_asked_at_each_question(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = use_keyring(monkeypatch, tmp_path, WORKING + "raise ImportError\n")
    store = SecretStore(home, {})
    assert store.read(NAME) is None
    (tmp_path / "ring" / "test_ring.py").write_text(WORKING)
    ring.write_text(json.dumps({f"sage/{NAME}": CANARY}))
    assert store.read(NAME) is None and revealed(SecretStore(home, {}).read(NAME)) == CANARY


def test_the_file_is_for_its_owner_alone(home: Home) -> None:
    assert SecretStore(home, {}).store(NAME, CANARY) == "file"
    path = home.secrets / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(home.secrets.stat().st_mode) == 0o700
    path.chmod(0o640)
    with pytest.raises(NoKey) as caught:
        SecretStore(home, {}).read(NAME)
    assert caught.value.do == f"Run: chmod 600 {path}" and CANARY not in str(caught.value)


@pytest.mark.parametrize("name", ["../journal.db", "a/b", "", "sk-key", "KEY\n"])
def test_a_name_cannot_leave_the_folder(home: Home, name: str) -> None:
    with pytest.raises(BadInput):
        SecretStore(home, {}).read(name)
    with pytest.raises(BadInput):
        SecretStore(home, {}).store(name, CANARY)
    assert not home.path.exists()


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "nul\0"])
def test_what_cannot_be_a_key_is_refused(home: Home, value: str) -> None:
    with pytest.raises(BadInput):
        SecretStore(home, {}).store(NAME, value)


def test_a_secret_never_shows_itself(home: Home) -> None:
    secret = Secret(CANARY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        f"{secret} {secret!r}",
        repr([secret]),
        repr({"a": secret}),
    ]
    assert not [text for text in shown if CANARY in text] and "…" in shown[0]
    for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            write(secret)
    store = SecretStore(home, {NAME: CANARY})
    store.read(NAME)
    assert CANARY not in repr(vars(store)["_known"]) and CANARY not in repr(store)


def test_log_records_and_tracebacks_lose_every_key_in_use() -> None:
    secret = Secret(CANARY)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RedactingFilter())
    logger = logging.getLogger("sage.test_secret_store")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        logger.warning("sent %s with %s", CANARY, {"Authorization": f"Bearer {CANARY}"}, stack_info=True)
        logger.warning("and sk-abcdefgh12345678 of another")
        try:
            raise ValueError(f"refused: {secret.reveal()}")
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    assert CANARY not in written.getvalue() and "sk-abcdefgh" not in written.getvalue()
    assert "ValueError" in written.getvalue() and "sent …" in written.getvalue()
    assert "refused" not in written.getvalue().replace('raise ValueError(f"refused: {secret.reveal()}")', "")


def test_errors_of_the_store_hold_no_key(home: Home) -> None:
    home.path.mkdir()
    home.secrets.write_text("a file where the folder should be")
    with pytest.raises(HomeTrouble) as caught:
        SecretStore(home, {}).store(NAME, CANARY)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_short_words_that_pass_for_keys_tear_no_holes() -> None:
    kept = Secret("none")
    assert hide_keys("none of this") == "none of this" and kept.reveal() == "none"
