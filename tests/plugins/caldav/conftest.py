from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.plugins.caldav.accounts import OtherProgram, other_program
from tests.servers.dav import SERVERS, DavServer


@pytest.fixture(scope="module", params=sorted(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavServer]:
    """Each of the two, for all tests of a module."""
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def program(server: DavServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherProgram]:
    with other_program(server, tmp_path_factory.mktemp("other")) as running:
        yield running
