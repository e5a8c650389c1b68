"""One mail server for all tests of a module, and a mailbox for each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from sage.testing.plugins import Relay
from tests.plugins.mail.scenes import MailScene, Wires
from tests.servers.mail import MailServer, mail_server

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def user() -> str:
    """A mailbox that no other test has."""
    return f"ana{next(_NUMBERS)}"


@pytest_asyncio.fixture
async def scene(server: MailServer, user: str) -> AsyncIterator[MailScene]:
    async with Relay(server.imaps) as imap, Relay(server.smtps) as smtp:
        yield MailScene(server, Wires(imap, smtp), user)
