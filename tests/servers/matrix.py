"""Synapse, a Matrix homeserver, with a database of its own below a folder."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.servers.environments import server_python
from tests.servers.running import free_port, kill, running

_SECRET = "only for tests"
_SETTINGS = """
server_name: sage.test
pid_file: {folder}/pid
listeners:
  - {{port: {port}, bind_addresses: [127.0.0.1], type: http, tls: false, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: {secret}
macaroon_secret_key: {secret}
form_secret: {secret}
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
presence: {{enabled: false}}
bcrypt_rounds: 4
rc_message: {rate}
rc_registration: {rate}
rc_login: {{address: {rate}, account: {rate}, failed_attempts: {rate}}}
rc_joins: {{local: {rate}, remote: {rate}}}
rc_invites: {{per_room: {rate}, per_user: {rate}, per_issuer: {rate}}}
rc_room_creation: {rate}
rc_key_requests: {rate}
"""
_LOG = "{version: 1, handlers: {err: {class: logging.StreamHandler}}, root: {level: WARNING, handlers: [err]}}"


class Synapse:
    """A running homeserver of the name sage.test. It can be killed and started again with all that it had on disk."""

    def __init__(self, folder: Path) -> None:
        self._python, self._folder = server_python("matrix"), folder
        self._run = contextlib.ExitStack()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        """Where it answers."""
        many = "{per_second: 1000, burst_count: 1000}"
        (folder / "hs.yaml").write_text(_SETTINGS.format(folder=folder, port=self.port, secret=_SECRET, rate=many))
        (folder / "log.yaml").write_text(_LOG)
        self._command = [self._python, "-m", "synapse.app.homeserver", "-c", "hs.yaml"]
        subprocess.run([*self._command, "--generate-keys"], cwd=folder, check=True, capture_output=True)

    def start(self) -> None:
        self.server = self._run.enter_context(running(self._command, self._answers, self._folder))

    def stop(self) -> None:
        self._run.close()

    def kill(self) -> None:
        """Ends it at once."""
        kill(self.server)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(self.ask("/_matrix/client/versions"))
        return False

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What it answers to a GET, or to a POST with `body`."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data), timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def register(self, name: str, password: str, *, admin: bool = False) -> dict[str, Any]:
        """A new user: `user_id`, `device_id` and `access_token` of a first session."""
        path = "/_synapse/admin/v1/register"
        nonce, role = self.ask(path)["nonce"], "admin" if admin else "notadmin"
        told = "\0".join((nonce, name, password, role))
        mac = hmac.new(_SECRET.encode(), told.encode(), hashlib.sha1).hexdigest()
        return self.ask(path, {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac})


@contextlib.contextmanager
def synapse(folder: Path) -> Iterator[Synapse]:
    """A homeserver for as long as the block lasts."""
    server = Synapse(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
