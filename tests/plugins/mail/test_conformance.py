"""The suite for messaging plugins, against Dovecot and an SMTP server."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.testing.plugins import MessagingConformance, Relay
from sage.testing.plugins.accounts import manifest_of
from sage.testing.plugins.messaging_scene import Driver, Stage, in_process
from tests.plugins.mail.scenes import MailScene, Wires
from tests.servers.mail import MailServer

pytestmark = pytest.mark.server


class TestMail(MessagingConformance):
    plugin = "mail"


class TestMailInAProcess(MessagingConformance):
    """The same in a process of its own, as Sage runs it."""

    plugin = "mail"

    @pytest.fixture
    def drive(self) -> Driver:
        return in_process


@pytest.mark.parametrize(
    "test",
    [
        "refused_credentials_are_told_apart",
        "a_service_that_does_not_answer_is_unreachable",
        "a_message_comes_in",
        "it_goes_on_after_the_network_was_cut",
        "what_is_sent_arrives_once",
        "a_lost_answer_is_never_taken_for_sent_or_unsent",
        "a_draft_is_left_once_and_not_sent",
    ],
)
async def test_what_rests_on_the_connection_holds_when_it_is_encrypted_after_it_began(
    server: MailServer, user: str, tmp_path: Path, test: str
) -> None:
    async with Relay(server.imap) as imap, Relay(server.smtp) as smtp:
        scene = MailScene(server, Wires(imap, smtp), user, imap_tls="starttls", smtp_tls="starttls")
        stage = Stage(scene, manifest_of("mail"), tmp_path / "account")
        try:
            await getattr(MessagingConformance(), f"test_{test}")(stage)
        finally:
            await stage.end()
