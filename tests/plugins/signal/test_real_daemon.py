"""What signal-cli itself answers without an account: none can be made without a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sage_plugins.signal.config import Config
from sage_plugins.signal.daemon import Daemon
from sage_plugins.signal.source import Signal

from sage.plugin_api import AuthRefused, Context, Refused
from tests.servers.environments import signal_cli
from tests.servers.running import free_port, listens, running
from tests.servers.signal_cli import ACCOUNT

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command, variables = signal_cli()
    folder, port = tmp_path_factory.mktemp("signal"), free_port()
    command += ["--config", str(folder), "daemon", "--http", f"127.0.0.1:{port}", "--receive-mode=on-connection"]
    with running(command, lambda: listens(port), folder, env=variables):
        yield f"http://127.0.0.1:{port}"


async def test_signal_cli_says_its_version_and_refuses_what_it_does_not_know(server: str) -> None:
    daemon = Daemon(server, ACCOUNT)
    try:
        assert (await daemon.version())[0].isdecimal()
        assert await daemon.ask("listAccounts") == []
        with pytest.raises(Refused, match="does not know"):
            await daemon.ask("nonsense")
    finally:
        await daemon.close()


async def test_an_account_that_signal_cli_does_not_have_is_refused_everywhere(server: str, tmp_path: Path) -> None:
    surface = Signal(Context("signal/test", Config(account=ACCOUNT, server=server), tmp_path))
    with pytest.raises(AuthRefused):
        await surface.open()
    daemon = Daemon(server, ACCOUNT)
    try:
        with pytest.raises(AuthRefused):
            await daemon.send(recipient=["+15550101"], message="Nobody gets this.")
        with pytest.raises(AuthRefused):
            await daemon.groups("x")
        with pytest.raises(AuthRefused):
            await anext(daemon.stream())
    finally:
        await daemon.close()
