"""The suite for messaging plugins, against Dovecot and an SMTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sage.testing.plugins import MessagingConformance, Relay
from sage.testing.plugins.messaging_scene import Driver, in_process
from tests.plugins.mail.scenes import MailScene, Wires
from tests.servers.mail import MailServer

pytestmark = pytest.mark.server


class TestMail(MessagingConformance):
    plugin = "mail"


class TestMailAfterStartTls(MessagingConformance):
    """The same with connections that are encrypted after they began."""

    plugin = "mail"

    @pytest_asyncio.fixture
    async def scene(self, server: MailServer, user: str) -> AsyncIterator[MailScene]:
        async with Relay(server.imap) as imap, Relay(server.smtp) as smtp:
            yield MailScene(server, Wires(imap, smtp), user, imap_tls="starttls", smtp_tls="starttls")


class TestMailInAProcess(MessagingConformance):
    """The same in a process of its own, as Sage runs it."""

    plugin = "mail"

    @pytest.fixture
    def drive(self) -> Driver:
        return in_process
